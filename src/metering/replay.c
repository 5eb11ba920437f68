#include "meterpost/metering/replay.h"

#include "case.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

struct replay {
    struct store *store;
    const struct conf *conf;
    const char *rule;
    const char *const *sets;
    size_t n_sets;
    int64_t readings, fires[2], held[2]; /* now, and then */
    json_t *examples;
    struct reading_case k;
};

static bool
change_limits(const struct replay *p, struct limits *l, struct err *e)
{
    char name[VEE_NAME_MAX], value[VEE_VALUE_MAX];

    for (size_t i = 0; i < p->n_sets; i++) {
        if (!limits_split(p->sets[i], name, value, e) || !limits_set(l, name, value, e))
            return false;
    }
    return true;
}

static void
add_example(struct replay *p, const struct meter *m, const struct reading *r,
            const struct check_verdict *now, const struct check_verdict *then)
{
    char value[AMOUNT_TEXT_MAX], at[TIME_TEXT_MAX];
    bool held = then->action != CHECK_ACCEPT;

    if ((now->action == CHECK_ACCEPT) == !held ||
        json_array_size(p->examples) >= REPLAY_EXAMPLES)
        return;
    json_array_append_new(
        p->examples,
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "meter", m->meter, "value",
                  decimal_print(r->value.milli, QUANTITY_PLACES, true, value), "taken_at",
                  clock_iso(r->taken_at, at), "change", held ? "held" : "free", "reason",
                  held ? then->reason : now->reason));
}

static bool
replay_one(struct replay *p, const struct reading *r, struct err *e)
{
    utc_t meter_time = r->meter_clock ? r->taken_at : 0;
    struct check_verdict verdicts[2];
    struct meter m;
    struct limits limits;
    bool found;

    if (!meter_by_id(p->store, r->meter_id, &m, &found, e) ||
        !limits_of(p->store, &p->conf->validation, &m, r->taken_at, &limits, e))
        return false;
    for (int i = 0; i < 2; i++) {
        if ((i == 1 && !change_limits(p, &limits, e)) ||
            !case_load(p->store, &p->conf->validation, &limits, &m, meter_time, r, true,
                       &p->k, e) ||
            !case_check(p->store, &m, &p->k, &verdicts[i], e))
            return false;
        p->fires[i] += check_has_flag(verdicts[i].flags, p->rule);
        p->held[i] += verdicts[i].action != CHECK_ACCEPT;
    }
    p->readings++;
    add_example(p, &m, r, &verdicts[0], &verdicts[1]);
    return true;
}

/* "1.3" of a hundred. */
static json_t *
percent(int64_t part, int64_t whole)
{
    char text[AMOUNT_TEXT_MAX];

    return json_string(decimal_print(whole == 0 ? 0 : part * 10000 / whole, 2, true, text));
}

static json_t *
answer(struct replay *p)
{
    json_t *out =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "rule", p->rule, "readings",
                  (json_int_t)p->readings, "fires", (json_int_t)p->fires[0], "would_fire",
                  (json_int_t)p->fires[1], "held", (json_int_t)p->held[0], "would_be_held",
                  (json_int_t)p->held[1]);

    json_object_set_new(out, "held_percent", percent(p->held[0], p->readings));
    json_object_set_new(out, "would_be_held_percent", percent(p->held[1], p->readings));
    json_object_set(out, "examples", p->examples);
    return out;
}

static bool
replay_all(struct replay *p, int64_t since, struct err *e)
{
    struct reading r = {0};
    bool found;

    if (check_rule_find(p->rule) < 0)
        return err_set(e, FAIL_REJECT, "there is no rule '%.40s': see `vee rules`",
                       p->rule);
    limits_start(&p->conf->validation, &p->k.limits);
    if (!change_limits(p, &p->k.limits, e))
        return false;
    for (;;) {
        if (!reading_next(p->store, r.id, since, &r, &found, e))
            return false;
        if (!found)
            return true;
        if ((check_register_counts(r.obis) || check_register_is_interval(r.obis)) &&
            !replay_one(p, &r, e))
            return false;
    }
}

json_t *
metering_replay(struct store *s, const struct conf *conf, const char *rule, int64_t since,
                const char *const *sets, size_t n, struct err *e)
{
    struct replay p = {.store = s,
                       .conf = conf,
                       .rule = rule,
                       .sets = sets,
                       .n_sets = n,
                       .examples = json_array()};
    json_t *out = replay_all(&p, since, e) ? answer(&p) : NULL;

    json_decref(p.examples);
    return out;
}
