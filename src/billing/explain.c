#include "meterpost/billing/explain.h"

#include "kept.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/recompute.h"
#include "meterpost/store/bus_jobs.h"
#include "meterpost/store/inbox.h"
#include "rule.h"
#include "view_source.h"

#include <stdlib.h>
#include <string.h>

#define RULE_MAX   400
#define FRAMES_MAX 512 /* bytes of what a meter answered, as far as it is shown */

/* ---- readings ---- */

static void
put_quantity(json_t *o, const char *key, struct quantity q)
{
    char number[AMOUNT_TEXT_MAX];

    view_text(o, key, decimal_print(q.milli, QUANTITY_PLACES, true, number));
}

static void
put_time(json_t *o, const char *key, utc_t t)
{
    char text[TIME_TEXT_MAX];

    view_text(o, key, clock_iso(t, text));
}

static json_t *
words_of(const char *flags)
{
    json_t *list = json_array();

    for (const char *word = flags; *word != '\0';) {
        size_t n = strcspn(word, ",");

        json_array_append_new(list, json_stringn(word, n));
        word += n + (word[n] == ',');
    }
    return list;
}

/* The text message that a reading came in; null without one. */
static bool
put_message(struct store *s, json_t *o, int64_t inbox_id, struct err *e)
{
    struct inbox_row *row = malloc(sizeof(*row));
    bool found = false, ok = row != NULL;

    if (!ok)
        err_set(e, FAIL_RETRY, "out of memory");
    ok = ok && (inbox_id == 0 || inbox_row_get(s, inbox_id, row, &found, e));
    if (ok && found)
        json_object_set_new(o, "message",
                            json_pack("{s:I, s:s, s:s}", "id", (json_int_t)row->id, "from",
                                      row->sender, "text", row->text));
    else
        json_object_set_new(o, "message", json_null());
    free(row);
    return ok;
}

/* The frames that a reading came in by wire. */
static bool
put_frame(struct store *s, json_t *o, const struct reading *r, struct err *e)
{
    uint8_t frames[FRAMES_MAX];
    char hex[2 * FRAMES_MAX + 1], *traffic = NULL;
    bool found = false;
    int64_t job;
    size_t n = 0;

    if (r->source != SOURCE_BUS)
        return true;
    if (!bus_job_behind(s, r->meter_id, r->request_id, r->received_at, &job, &found, e) ||
        (found && !bus_job_kept(s, job, frames, sizeof(frames), &n, &traffic, e)))
        return false;
    free(traffic);
    hex_print(frames, n, hex);
    if (n > 0)
        json_object_set_new(o, "frame",
                            json_pack("{s:I, s:s}", "job", (json_int_t)job, "hex", hex));
    return true;
}

/* One end of a register's period. reading_id 0: the installation noted it. */
static json_t *
reading_end(struct store *s, int64_t reading_id, struct quantity value, utc_t at,
            char quality, struct err *e)
{
    const char letter[2] = {quality, '\0'};
    json_t *o = json_object();
    struct reading r;
    bool found = false;

    put_quantity(o, "value", value);
    put_time(o, "at", at);
    view_text(o, "quality", letter);
    if (reading_id != 0 && !reading_by_id(s, reading_id, &r, &found, e)) {
        json_decref(o);
        return NULL;
    }
    view_text(o, "source", found ? reading_source_name(r.source) : "installation");
    if (!found)
        return o;
    json_object_set_new(o, "reading", json_integer(r.id));
    view_text(o, "by", r.actor);
    view_text(o, "raw", r.raw);
    json_object_set_new(o, "flags", words_of(r.flags));
    put_time(o, "received_at", r.received_at);
    if (put_message(s, o, r.inbox_id, e) && put_frame(s, o, &r, e))
        return o;
    json_decref(o);
    return NULL;
}

static bool
explain_reading(struct store *s, const struct bill_reading *r, json_t *list, struct err *e)
{
    json_t *o = json_object(), *from, *to;
    struct meter meter;
    bool found;

    json_array_append_new(list, o);
    if (!meter_by_id(s, r->meter_id, &meter, &found, e))
        return false;
    view_text(o, "meter", found ? meter.meter : "");
    view_text(o, "register", r->obis);
    view_text(o, "unit", r->unit);
    put_quantity(o, "multiplier", (struct quantity){r->multiplier_milli});
    put_quantity(o, "usage", r->usage);
    from = reading_end(s, r->from_id, r->from, r->from_at, r->from_quality, e);
    if (from == NULL)
        return false;
    json_object_set_new(o, "from", from);
    to = reading_end(s, r->to_id, r->to, r->to_at, r->to_quality, e);
    if (to != NULL)
        json_object_set_new(o, "to", to);
    return to != NULL;
}

static bool
explain_readings(struct store *s, const struct bill *b, json_t *out, struct err *e)
{
    struct bill_reading *list = calloc(BILL_READINGS_MAX, sizeof(*list));
    json_t *readings = json_array();
    bool ok;
    int n = 0;

    json_object_set_new(out, "readings", readings);
    if (list == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = bill_readings(s, b->id, list, &n, e);
    for (int i = 0; ok && i < n; i++)
        ok = explain_reading(s, &list[i], readings, e);
    free(list);
    return ok;
}

/* ---- parts and lines ---- */

static void
explain_parts(const struct kept *k, json_t *out)
{
    json_t *parts = json_array();

    for (int i = 0; i < k->period.n_parts; i++) {
        const struct period_part *part = &k->period.parts[i];

        json_array_append_new(
            parts, json_pack("{s:i, s:s, s:s, s:I, s:s, s:o}", "days", part->days, "tariff",
                             part->tariff->id, "valid_from", part->tariff->valid_from,
                             "version", (json_int_t)part->version_id, "class",
                             part->class_name, "factors", factors_to_json(part->factors)));
    }
    json_object_set_new(out, "parts", parts);
}

/* What decided the class, where past use did. */
static void
explain_class(const struct kept *k, json_t *out)
{
    json_t *by;

    if (k->period.class_months == 0)
        return;
    by = json_pack("{s:i}", "months", k->period.class_months);
    put_quantity(by, "average", k->period.class_average);
    json_object_set_new(out, "class_by", by);
}

static void
explain_true_ups(const struct kept *k, json_t *out)
{
    json_t *list = json_array();

    for (int i = 0; i < k->n_true_ups; i++) {
        const struct true_up *u = &k->true_ups[i];
        json_t *used = json_object(), *o = json_object();

        for (int n = 0; n < USAGE_NAMES_MAX && u->used[n].name[0] != '\0'; n++)
            put_quantity(used, u->used[n].name, u->used[n].used);
        view_text(o, "bill", u->number);
        json_object_set_new(o, "used", used);
        json_array_append_new(list, o);
    }
    json_object_set_new(out, "true_up", list);
}

static json_t *
explain_line(const struct conf *conf, const struct quote_line *l, const char *rule)
{
    json_t *o = json_object();
    char text[AMOUNT_TEXT_MAX];

    view_text(o, "code", l->code);
    view_text(o, "label", l->label);
    if (l->has_qty)
        put_quantity(o, "qty", l->qty);
    if (l->has_rate)
        view_text(o, "rate", decimal_print(l->rate.micro, RATE_PLACES, true, text));
    view_text(o, "amount", decimal_print(l->amount.minor, conf->decimals, false, text));
    view_text(o, "rule", rule);
    return o;
}

/* Why line i is there. Those behind the period's own are of true-ups. */
static bool
rule_in_words(const struct kept *k, const struct quote *q, int i, bool true_up,
              char out[RULE_MAX], struct err *e)
{
    struct text t;
    struct usage usage;
    struct pricing p = {k->period.parts[q->lines[i].part].tariff, &usage, (struct quote *)q,
                        q->lines[i].part};

    text_init(&t, out, RULE_MAX);
    if (true_up) {
        text_add(&t, "what that bill would be more or less, had the use since the last "
                     "reading been spread by days");
        return true;
    }
    if (!period_usage(&k->period, q->lines[i].part, &usage, e))
        return false;
    rule_of_line(&p, i, &t);
    return true;
}

static bool
explain_lines(struct store *s, const struct conf *conf, const struct bill *b,
              const struct kept *k, json_t *out, struct err *e)
{
    json_t *lines = json_array();
    struct quote *q = malloc(sizeof(*q));
    char rule[RULE_MAX];
    bool ok = q != NULL;
    int own;

    json_object_set_new(out, "lines", lines);
    if (!ok)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = period_quote(&k->period, q, e);
    own = q->n_lines;
    ok = ok && billing_recompute(s, b, q, e);
    for (int i = 0; ok && i < q->n_lines; i++) {
        ok = rule_in_words(k, q, i, i >= own, rule, e);
        if (ok)
            json_array_append_new(lines, explain_line(conf, &q->lines[i], rule));
    }
    if (ok && q->total.minor != b->total.minor)
        view_text(out, "warning",
                  "computed again, this bill has another total: tell "
                  "whoever looks after the program");
    free(q);
    return ok;
}

/* ---- the whole ---- */

static void
explain_head(const struct conf *conf, const struct bill *b, const struct account *a,
             json_t *o)
{
    char text[AMOUNT_TEXT_MAX];

    view_text(o, "bill", b->number);
    view_text(o, "kind", b->credit ? "credit" : "bill");
    view_text(o, "account", a->account);
    view_text(o, "name", a->name);
    put_time(o, "period_from", b->period_from);
    put_time(o, "period_to", b->period_to);
    json_object_set_new(o, "days", json_integer(b->days));
    view_text(o, "basis", bill_basis_name(b->basis));
    view_text(o, "total", decimal_print(b->total.minor, conf->decimals, false, text));
    view_text(o, "rounding", decimal_print(b->rounding.minor, conf->decimals, false, text));
    view_text(o, "by", b->actor);
}

/* A credit note: what it takes back, and why. */
static bool
explain_credit(const struct bill *b, json_t *o)
{
    json_t *kept = json_loads(b->usage, 0, NULL);

    json_object_set(o, "corrects", json_object_get(kept, "credits"));
    json_object_set(o, "reason", json_object_get(kept, "reason"));
    json_decref(kept);
    return true;
}

static bool
explain_bill(struct store *s, const struct conf *conf, const struct bill *b, json_t *o,
             struct err *e)
{
    struct kept *k = NULL;
    bool ok;

    if (b->credit)
        return explain_credit(b, o);
    ok = explain_readings(s, b, o, e) && kept_open(s, b, &k, e);
    if (ok) {
        explain_parts(k, o);
        explain_class(k, o);
        explain_true_ups(k, o);
        ok = explain_lines(s, conf, b, k, o, e);
    }
    kept_close(k);
    return ok;
}

json_t *
billing_explain_bill(struct store *s, const struct conf *conf, const char *number,
                     struct err *e)
{
    struct account a;
    struct bill b;
    json_t *o;

    if (!find_bill(s, number, &b, &a, e))
        return NULL;
    o = json_object();
    explain_head(conf, &b, &a, o);
    if (explain_bill(s, conf, &b, o, e))
        return o;
    json_decref(o);
    return NULL;
}
