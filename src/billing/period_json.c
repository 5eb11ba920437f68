/*
 * What a bill was computed from, as the text that is stored with it:
 *
 *   {"total": "240", "month": 6, "days": 30, "months": 1, "ytd_before": "0",
 *    "factors": {"fuel": "3.59"}, "class_by": {"months": 3, "average": "25.333"},
 *    "parts": [{"tariff": 7, "days": 15, "month": 6, "class": "domestic", ...}],
 *    "true_up": [{"bill": "2026-000002", "total": "100", "ytd_before": "0"}]}
 *
 * Without "parts" the period was not cut, and the version is that of the bill.
 */
#include "kept.h"
#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void
part_to_json(const struct period_part *part, json_t *parts)
{
    json_t *o = json_object();

    json_object_set_new(o, "tariff", json_integer(part->version_id));
    json_object_set_new(o, "days", json_integer(part->days));
    json_object_set_new(o, "month", json_integer(part->month));
    if (part->class_name[0] != '\0')
        json_object_set_new(o, "class", json_string(part->class_name));
    if (part->new_year)
        json_object_set_new(o, "new_year", json_true());
    if (part->factors[0].name[0] != '\0')
        json_object_set_new(o, "factors", factors_to_json(part->factors));
    json_array_append_new(parts, o);
}

static void
true_up_to_json(const struct true_up *u, json_t *list)
{
    json_t *o = json_object();
    struct usage usage = {.ytd_before = u->ytd_before};

    memcpy(usage.named, u->used, sizeof(usage.named));
    usage_put_json(&usage, o);
    json_object_set_new(o, "bill", json_string(u->number));
    json_array_append_new(list, o);
}

/* The usage of a period that was not cut has all that its one part has. */
static void
whole_to_json(const struct period *p, json_t *o)
{
    struct usage u = p->usage;

    if (p->n_parts == 1) {
        u.month = p->parts[0].month;
        memcpy(u.class_name, p->parts[0].class_name, sizeof(u.class_name));
        memcpy(u.factors, p->parts[0].factors, sizeof(u.factors));
    }
    usage_put_json(&u, o);
}

/* What decided the class, for whoever asks why it is that. */
static void
class_to_json(const struct period *p, json_t *o)
{
    char average[AMOUNT_TEXT_MAX];

    if (p->class_months > 0)
        json_object_set_new(o, "class_by",
                            json_pack("{s:i, s:s}", "months", p->class_months, "average",
                                      decimal_print(p->class_average.milli, QUANTITY_PLACES,
                                                    true, average)));
}

static bool
class_from_json(const json_t *by, struct period *p, struct err *e)
{
    const char *average = json_string_value(json_object_get(by, "average"));

    p->class_months = (int)json_integer_value(json_object_get(by, "months"));
    return average == NULL ||
           decimal_parse(average, QUANTITY_PLACES, &p->class_average.milli, e);
}

bool
period_to_text(const struct period *p, const struct true_up *true_ups, int n,
               char out[BILL_USAGE_MAX], struct err *e)
{
    json_t *o = json_object(), *list = json_array();
    char *text;
    bool fits;

    whole_to_json(p, o);
    class_to_json(p, o);
    for (int i = 0; i < p->n_parts && p->n_parts > 1; i++)
        part_to_json(&p->parts[i], list);
    if (p->n_parts > 1)
        json_object_set(o, "parts", list);
    json_decref(list);
    list = json_array();
    for (int i = 0; i < n; i++)
        true_up_to_json(&true_ups[i], list);
    if (n > 0)
        json_object_set(o, "true_up", list);
    json_decref(list);
    text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    fits = text != NULL && text_copy(out, BILL_USAGE_MAX, text);
    free(text);
    json_decref(o);
    return fits ||
           err_set(e, FAIL_REJECT, "the usage is too large to be kept with the bill");
}

/* ---- reading ---- */

static bool
part_from_json(const json_t *o, struct period_part *out, struct err *e)
{
    const char *class = json_string_value(json_object_get(o, "class"));
    const json_t *factors = json_object_get(o, "factors");
    struct usage u = {0};

    out->version_id = json_integer_value(json_object_get(o, "tariff"));
    out->days = (int)json_integer_value(json_object_get(o, "days"));
    out->month = (int)json_integer_value(json_object_get(o, "month"));
    out->new_year = json_is_true(json_object_get(o, "new_year"));
    text_clip(out->class_name, sizeof(out->class_name), class == NULL ? "" : class);
    if (factors != NULL && !factors_from_json(factors, &u, e))
        return false;
    memcpy(out->factors, u.factors, sizeof(out->factors));
    return out->days > 0 ||
           err_set(e, FAIL_FATAL, "what is stored with the bill has a part without days");
}

static bool
parts_from_json(const json_t *list, int64_t version_id, struct period *p, struct err *e)
{
    size_t n = json_array_size(list);

    if (n > PERIOD_PARTS_MAX)
        return err_set(e, FAIL_FATAL, "what is stored with the bill has too many parts");
    p->n_parts = n == 0 ? 1 : (int)n;
    if (n == 0) {
        struct period_part *one = &p->parts[0];

        *one = (struct period_part){
            .version_id = version_id, .days = p->usage.days, .month = p->usage.month};
        memcpy(one->class_name, p->usage.class_name, sizeof(one->class_name));
        memcpy(one->factors, p->usage.factors, sizeof(one->factors));
    }
    for (size_t i = 0; i < n; i++) {
        if (!part_from_json(json_array_get(list, i), &p->parts[i], e))
            return false;
    }
    return true;
}

static bool
true_up_from_json(json_t *o, struct true_up *out, struct err *e)
{
    const char *number = json_string_value(json_object_get(o, "bill"));
    struct usage u;
    bool ok;

    text_clip(out->number, sizeof(out->number), number == NULL ? "" : number);
    json_object_del(o, "bill");
    ok = usage_from_json(o, &u, e);
    if (ok) {
        memcpy(out->used, u.named, sizeof(out->used));
        out->ytd_before = u.ytd_before;
    }
    return ok;
}

static bool
period_from_json(json_t *o, int64_t version_id, struct kept *out, struct err *e)
{
    json_t *list = json_object_get(o, "true_up");
    size_t n = json_array_size(list);

    if (!usage_from_json(o, &out->period.usage, e) ||
        !class_from_json(json_object_get(o, "class_by"), &out->period, e) ||
        !parts_from_json(json_object_get(o, "parts"), version_id, &out->period, e))
        return false;
    if (n > TRUE_UPS_MAX)
        return err_set(e, FAIL_FATAL, "what is stored with the bill has too many true-ups");
    out->n_true_ups = (int)n;
    for (size_t i = 0; i < n; i++) {
        if (!true_up_from_json(json_array_get(list, i), &out->true_ups[i], e))
            return false;
    }
    return true;
}

bool
period_from_text(const char *text, int64_t version_id, struct kept *out, struct err *e)
{
    json_t *o = json_loads(text, 0, NULL);
    bool ok = period_from_json(o, version_id, out, e);

    json_decref(o);
    return ok;
}
