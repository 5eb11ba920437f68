/* From what registers show to what was used. */
#include "billing/published.h"

#include "meterpost/billing/consumption.h"

static unsigned
flags_of(const json_t *words)
{
    static const struct {
        const char *word;
        unsigned flag;
    } known[] = {{"ROLLOVER", CONSUMED_ROLLOVER},
                 {"DECREASE", CONSUMED_DECREASE},
                 {"OVERESTIMATED", CONSUMED_OVERESTIMATED},
                 {"EXCHANGE", CONSUMED_EXCHANGE},
                 {"MULT_CHANGED", CONSUMED_MULT_CHANGED},
                 {"ESTIMATED", CONSUMED_ESTIMATED},
                 {"TRUE_UP", CONSUMED_TRUE_UP},
                 {"CREDIT", CONSUMED_CREDIT}};
    unsigned flags = 0;
    size_t i;
    json_t *word;

    json_array_foreach (words, i, word) {
        for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
            if (strcmp(known[k].word, json_string_value(word)) == 0)
                flags |= known[k].flag;
        }
    }
    return flags;
}

/* A reading such as "1250 E": its number, and whether it is an estimate. */
static struct quantity
shown(const json_t *o, const char *key, bool *estimated)
{
    char text[40];
    struct quantity q = {0};
    struct err e;

    snprintf(text, sizeof(text), "%s", json_string_value(json_object_get(o, key)));
    *estimated = strchr(text, 'E') != NULL;
    text[strcspn(text, " ")] = '\0';
    cr_assert(decimal_parse(text, 3, &q.milli, &e), "%s", e.text);
    return q;
}

static struct consumed_register
register_of(const json_t *o)
{
    struct consumed_register r = {.multiplier_milli = 1000};
    int64_t average = 0;
    bool ignored;

    r.from = shown(o, "prev", &r.from_estimated);
    r.to_missing = json_is_null(json_object_get(o, "curr"));
    if (!r.to_missing)
        r.to = shown(o, "curr", &ignored);
    if (json_object_get(o, "mult") != NULL)
        r.multiplier_milli = number(json_object_get(o, "mult"), 3);
    if (json_object_get(o, "unit") != NULL)
        r.unit.milli = number(json_object_get(o, "unit"), 3);
    if (json_object_get(o, "prev_actual") != NULL)
        r.from_read = shown(o, "prev_actual", &ignored);
    r.digits = (int)json_integer_value(json_object_get(o, "digits"));
    if (json_object_get(o, "avg_day") != NULL)
        average = number(json_object_get(o, "avg_day"), 3);
    r.per_day.milli = average;
    r.days = (int)json_integer_value(json_object_get(o, "days"));
    r.expected.milli = average * r.days;
    return r;
}

/* Sum of "120 E" and the like, into `list`. */
static int
estimates_of(const json_t *bills, struct quantity *list)
{
    int n = 0;
    size_t i;
    json_t *bill;

    json_array_foreach (bills, i, bill) {
        json_t *o = json_pack("{s:O}", "q", bill);
        bool ignored;

        list[n++] = shown(o, "q", &ignored);
        json_decref(o);
    }
    return n;
}

static bool
consume(const json_t *in, struct quantity *out, unsigned *flags, struct err *e)
{
    const json_t *segments = json_object_get(in, "segments");
    struct consumed_register list[4];
    struct quantity estimates[4];
    int n = 0;

    if (json_object_get(in, "bills") != NULL) {
        n = estimates_of(json_object_get(in, "bills"), estimates);
        return consumed_true_up(
            (struct quantity){number(json_object_get(in, "actual_total"), 3)}, estimates, n,
            out, flags, e);
    }
    for (size_t i = 0; i < json_array_size(segments); i++)
        list[n++] = register_of(json_array_get(segments, i));
    if (n == 0)
        list[n++] = register_of(in);
    return consumed_in_turn(list, n, out, flags, e);
}

Test(consumption, use_is_what_registers_moved)
{
    size_t i;
    json_t *c;

    cases_read("consumption.jsonl");
    cr_expect_eq(json_array_size(cases), 12);
    json_array_foreach (cases, i, c) {
        const char *id = json_string_value(json_object_get(c, "id"));
        const json_t *in = json_object_get(c, "given"),
                     *want = json_object_get(c, "expect");
        const json_t *usage = json_object_get(want, "usage");
        struct consumed_register r;
        struct quantity used;
        unsigned flags = 0;
        struct err e;
        bool ok = consume(in, &used, &flags, &e);

        if (json_object_get(want, "usage_since_actual") != NULL) {
            r = register_of(in);
            used.milli = r.to.milli - r.from_read.milli;
            usage = json_object_get(want, "usage_since_actual");
        }
        cr_expect_eq(ok, json_is_string(usage), "%s: %s", id, e.text);
        if (ok)
            cr_expect_eq(used.milli, number(usage, 3), "%s: got %lld", id,
                         (long long)used.milli);
        else
            flags = CONSUMED_DECREASE;
        cr_expect_eq(flags, flags_of(json_object_get(want, "flags")), "%s: flags %x", id,
                     flags);
    }
    json_decref(cases);
}
