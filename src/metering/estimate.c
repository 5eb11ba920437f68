#include "meterpost/metering/estimate.h"

#include "case.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/unit.h"

#include <stdio.h>
#include <string.h>

#define YEAR_S   (365 * (utc_t)DAY_S)
#define SEASON_S (28 * DAY_S)
#define CLASS_S  (62 * DAY_S)

static const struct {
    const char *method, *name;
} names[] = {
    {ESTIMATE_LINEAR, "the line between the readings before and after"},
    {ESTIMATE_LAST_YEAR, "the use of the same time last year"},
    {ESTIMATE_AVERAGE, "the average of the last periods"},
    {ESTIMATE_CLASS, "the average of the class of customers"},
    {ESTIMATE_ZERO, "no use: supply is off"},
    {ESTIMATE_AGREED, "agreed with the customer"},
};

const char *
estimate_method_name(const char *method)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].method, method) == 0)
            return names[i].name;
    }
    return "";
}

/* ---- pure ---- */

bool
estimate_between(struct quantity from, utc_t from_at, struct quantity to, utc_t to_at,
                 int64_t size_milli, utc_t at, struct quantity *out)
{
    int64_t moved = to.milli - from.milli;
    struct err e;

    if (moved < 0 && size_milli > 0)
        moved += size_milli;
    if (moved < 0 || at < from_at || at > to_at || to_at <= from_at ||
        !round_divide((int128)moved * (at - from_at), to_at - from_at, ROUND_HALF_UP,
                      &out->milli, &e))
        return false;
    out->milli += from.milli;
    if (size_milli > 0 && out->milli >= size_milli)
        out->milli -= size_milli;
    return true;
}

/* The method that has what it needs, and its use a day. */
static const char *
choose(const struct estimate_case *c, int64_t *per_day)
{
    *per_day = 0;
    if (c->off)
        return ESTIMATE_ZERO;
    if (c->has_last_year) {
        *per_day = (int64_t)((int128)c->last_year * (c->trend > 0 ? c->trend : 100) / 100);
        return ESTIMATE_LAST_YEAR;
    }
    if (c->has_average) {
        *per_day = c->average;
        return ESTIMATE_AVERAGE;
    }
    if (!c->has_class)
        return NULL;
    *per_day = c->class;
    return ESTIMATE_CLASS;
}

bool
estimate_make(const struct estimate_case *c, struct estimate *out, struct err *e)
{
    const char *method;
    int64_t per_day, moved;

    if (!c->has_before)
        return err_set(e, FAIL_REJECT, "there is no actual reading before it to go by");
    if (c->has_after &&
        estimate_between(c->before, c->before_at, c->after, c->after_at,
                         c->rolled ? c->size_milli : 0, c->at, &out->value)) {
        text_copy(out->method, sizeof(out->method), ESTIMATE_LINEAR);
        return true;
    }
    if ((method = choose(c, &per_day)) == NULL)
        return err_set(e, FAIL_REJECT,
                       "nothing is known of its use, nor of others of its class");
    if (!round_divide((int128)per_day * (c->at - c->before_at), DAY_S, ROUND_HALF_UP,
                      &moved, e))
        return false;
    out->value.milli = c->before.milli + (moved > 0 ? moved : 0);
    if (c->size_milli > 0 && out->value.milli >= c->size_milli)
        out->value.milli -= c->size_milli;
    text_copy(out->method, sizeof(out->method), method);
    return true;
}

/* ---- what the store knows ---- */

struct estimating {
    struct store *store;
    const struct conf *conf;
    const struct meter *meter;
    struct reading reading;
    struct reading_case past;
};

/* Last year's use of the days to be estimated, and what the weeks before were then and are
 * now. */
static bool
use_of(struct estimating *x, utc_t from, utc_t to, bool *known, int64_t *per_day,
       struct err *e)
{
    const struct meter *m = x->meter;
    struct reading a, b;
    bool has_a, has_b;

    *known = false;
    if (!reading_from(x->store, m->id, x->reading.obis, from - DAY_S, &a, &has_a, e) ||
        !reading_until(x->store, m->id, x->reading.obis, to + DAY_S, &b, &has_b, e))
        return false;
    if (!has_a || !has_b || b.taken_at < a.taken_at + (to - from) / 2 ||
        b.value.milli < a.value.milli || a.taken_at < m->at.installed_at)
        return true;
    *known = true;
    *per_day = (int64_t)((int128)(b.value.milli - a.value.milli) * DAY_S /
                         (b.taken_at - a.taken_at));
    return true;
}

static bool
add_last_year(struct estimating *x, struct estimate_case *c, struct err *e)
{
    utc_t from = c->before_at, to = c->at;
    int64_t then, now;
    bool has_then, has_now;

    if (to - from < SEASON_S)
        from = to - SEASON_S;
    if (!use_of(x, from - YEAR_S, to - YEAR_S, &c->has_last_year, &c->last_year, e) ||
        !use_of(x, c->before_at - 2 * SEASON_S - YEAR_S, c->before_at - YEAR_S, &has_then,
                &then, e) ||
        !use_of(x, c->before_at - 2 * SEASON_S, c->before_at, &has_now, &now, e))
        return false;
    if (has_then && has_now && then > 0 && now / 5 <= then && now >= then / 5)
        c->trend = (int)((int128)now * 100 / then);
    return true;
}

static bool
fill_case(struct estimating *x, struct estimate_case *c, struct err *e)
{
    const struct check_case *k = &x->past.c;
    const struct check_point *before = k->estimates > 0 ? &k->actual : &k->before;

    *c = (struct estimate_case){.at = x->reading.taken_at,
                                .size_milli = check_register_size(x->meter->digits),
                                .has_before = before->known,
                                .before = before->value,
                                .before_at = before->at,
                                .has_after = k->after.known,
                                .after = k->after.value,
                                .after_at = k->after.at,
                                .off = k->off,
                                .has_average = k->use.n >= 1,
                                .average = k->use.n >= 3 ? k->use.last : k->use.median};
    c->rolled = c->has_after && c->after.milli < c->before.milli &&
                c->before.milli >= c->size_milli - c->size_milli / 10;
    if (!c->has_before || c->at - c->before_at > YEAR_S)
        c->has_average = false;
    if (!c->has_before || c->has_after)
        return true;
    if (!add_last_year(x, c, e) ||
        !class_use_per_day(x->store, x->meter->at.account_id, x->reading.obis,
                           c->at - CLASS_S, c->at, &c->class, &c->has_class, e))
        return false;
    /* What others use, as this register would show it. */
    if (x->meter->at.multiplier_milli > 0)
        c->class =
            (int64_t)((int128)c->class * MULTIPLIER_ONE / x->meter->at.multiplier_milli);
    return true;
}

static bool
is_free(struct estimating *x, struct err *e)
{
    struct reading there;
    bool found;
    char time[TIME_TEXT_MAX], value[AMOUNT_TEXT_MAX];

    if (!reading_at(x->store, x->meter->id, x->reading.obis, x->reading.taken_at,
                    (struct quantity){0}, &there, &found, e))
        return false;
    if (!found || there.status != READING_ACCEPTED)
        return true;
    return err_set(e, FAIL_REJECT, "meter %s was read at %s: %s", x->meter->meter,
                   clock_iso(x->reading.taken_at, time),
                   decimal_print(there.value.milli, QUANTITY_PLACES, true, value));
}

/* The rules of estimates: so many in a row are too many. */
static void
add_flags(struct estimating *x)
{
    struct check_verdict verdict;
    struct text flags;

    x->past.c.value = x->reading.value;
    x->past.c.quality = x->reading.quality;
    check_reading(&x->past.c, &verdict);
    text_init(&flags, x->reading.flags, sizeof(x->reading.flags));
    text_add(&flags, "estimated");
    if (check_has_flag(verdict.flags, "prolonged"))
        text_add(&flags, ",prolonged");
    if (check_has_flag(verdict.flags, "rollover"))
        text_add(&flags, ",rollover");
    if (check_has_flag(verdict.flags, "off"))
        text_add(&flags, ",off");
}

static bool
keep_estimate(struct estimating *x, const struct estimate *made, struct err *e)
{
    struct reading *r = &x->reading;

    r->value = made->value;
    r->status = READING_ACCEPTED;
    r->quality =
        strcmp(made->method, ESTIMATE_LINEAR) == 0 ? QUALITY_SUBSTITUTE : QUALITY_ESTIMATED;
    text_copy(r->method, sizeof(r->method), made->method);
    add_flags(x);
    if (r->reason[0] == '\0')
        text_clip(r->reason, sizeof(r->reason), estimate_method_name(made->method));
    return reading_add(x->store, r, &r->id, e);
}

bool
metering_estimate(struct store *s, const struct conf *conf, const struct meter *m,
                  const char *obis, utc_t at, utc_t now, const char *actor,
                  const char *reason, struct reading *out, struct err *e)
{
    const char *unit = obis_unit(obis);
    struct estimating x = {.store = s,
                           .conf = conf,
                           .meter = m,
                           .reading = {.meter_id = m->id,
                                       .taken_at = at,
                                       .received_at = now,
                                       .quality = QUALITY_ESTIMATED,
                                       .source = SOURCE_ESTIMATE}};
    struct estimate_case c;
    struct estimate made;

    if (unit == NULL || !check_register_counts(obis))
        return err_set(e, FAIL_REJECT,
                       "register %.20s does not count up: it cannot be "
                       "estimated",
                       obis);
    text_clip(x.reading.obis, sizeof(x.reading.obis), obis);
    text_clip(x.reading.unit, sizeof(x.reading.unit), unit);
    text_clip(x.reading.actor, sizeof(x.reading.actor), actor);
    text_clip(x.reading.reason, sizeof(x.reading.reason), reason);
    if (!is_free(&x, e) ||
        !case_load(s, &conf->validation, NULL, m, 0, &x.reading, true, &x.past, e) ||
        !fill_case(&x, &c, e))
        return false;
    if (!estimate_make(&c, &made, e))
        return err_in(e, "meter %s", m->meter);
    if (!keep_estimate(&x, &made, e))
        return false;
    *out = x.reading;
    return true;
}
