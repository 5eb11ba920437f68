/* What a reading is compared with beside its own past: the tariff registers of the same
 * time, a load profile, reactive energy, outages. */
#include "case.h"
#include "check_rule.h"

#include "meterpost/store/flags.h"

#include <stdio.h>
#include <string.h>

#define TOTAL "1-0:1.8.0"

/* Four rates and the total must have come together: as many as at the time before. */
static bool
load_parts(struct store *s, const struct reading *r, bool is_stored, struct reading_case *k,
           struct err *e)
{
    struct reading_parts now, before;

    if (!reading_parts_at(s, r->meter_id, r->taken_at, &now, e) ||
        !reading_parts_at(s, r->meter_id, k->c.before.at, &before, e))
        return false;
    now.n += !is_stored; /* this one is not there yet */
    k->c.has_parts = now.has_total && before.has_total && now.n == before.n &&
                     (is_stored || quantity_add(&now.sum, r->value, e));
    k->c.parts = now.sum;
    k->c.whole = now.total;
    return true;
}

/* ---- a load profile ---- */

/* "1-0:1.8.0" and "1-0:1.29.0": what a register counts, and its profile; false where `from`
 * is not the time integral of this code. */
static bool
other_integral(const char *obis, int from, int to, char out[OBIS_MAX])
{
    int channel, what, how, rate, n = 0;

    if (sscanf(obis, "1-%d:%d.%d.%d%n", &channel, &what, &how, &rate, &n) != 4 ||
        how != from || rate != 0 || obis[n] != '\0')
        return false;
    snprintf(out, OBIS_MAX, "1-%d:%d.%d.0", channel, what, to);
    return true;
}

/* Compare where each interval between the two times is there: the first ends one length
 * after `from`, the last at `to`. */
static bool
compare_intervals(struct store *s, int64_t meter_id, const char *obis,
                  const struct check_point *from, const struct check_point *to,
                  const struct reading *more, struct reading_case *k, struct err *e)
{
    struct reading_intervals all;

    if (!reading_intervals(s, meter_id, obis, from->at, to->at, &all, e))
        return false;
    if (more != NULL) {
        all.first = all.n == 0 || more->taken_at < all.first ? more->taken_at : all.first;
        all.last = all.n == 0 || more->taken_at > all.last ? more->taken_at : all.last;
        all.n++;
        all.sum.milli += more->value.milli;
    }
    k->c.has_intervals = all.n > 1 && all.last == to->at &&
                         (all.first - from->at) * all.n == to->at - from->at &&
                         to->value.milli >= from->value.milli;
    k->c.intervals = all.sum;
    k->c.between.milli = to->value.milli - from->value.milli;
    return true;
}

/* A register with a profile, since it was read before. */
static bool
load_profile(struct store *s, const struct reading *r, const char *profile,
             struct reading_case *k, struct err *e)
{
    const struct check_point now = {true, r->value, r->taken_at};

    return !k->c.before.known || k->c.before_quality != QUALITY_ACTUAL ||
           compare_intervals(s, r->meter_id, profile, &k->c.before, &now, NULL, k, e);
}

/* An interval that may be the last one missing between two readings of its register. */
static bool
load_register(struct store *s, const struct reading *r, const char *total, bool is_stored,
              struct reading_case *k, struct err *e)
{
    struct reading before, after;
    struct check_point from, to;
    bool has_before, has_after;

    if (!reading_last_actual(s, r->meter_id, total, r->taken_at, &before, &has_before, e) ||
        !reading_from(s, r->meter_id, total, r->taken_at, &after, &has_after, e))
        return false;
    if (!has_before || !has_after || after.quality != QUALITY_ACTUAL)
        return true;
    from = (struct check_point){true, before.value, before.taken_at};
    to = (struct check_point){true, after.value, after.taken_at};
    return compare_intervals(s, r->meter_id, r->obis, &from, &to, is_stored ? NULL : r, k,
                             e);
}

/* ---- reactive energy ---- */

/* How far a register moved between two times that it was read at. */
static bool
moved_between(struct store *s, int64_t meter_id, const char *obis, utc_t from, utc_t to,
              int64_t *moved, bool *known, struct err *e)
{
    struct reading a, b = {0};
    bool has_a, has_b = false;

    if (!reading_at(s, meter_id, obis, from, b.value, &a, &has_a, e) ||
        (has_a && !reading_at(s, meter_id, obis, to, a.value, &b, &has_b, e)))
        return false;
    *known = has_a && has_b;
    *moved = *known ? b.value.milli - a.value.milli : 0;
    return true;
}

static bool
load_reactive(struct store *s, const struct reading *r, struct reading_case *k,
              struct err *e)
{
    k->c.reactive.milli = r->value.milli - k->c.before.value.milli;
    return !k->c.before.known ||
           moved_between(s, r->meter_id, TOTAL, k->c.before.at, r->taken_at,
                         &k->c.active.milli, &k->c.has_reactive, e);
}

/* ---- all of it ---- */

static bool
load_outages(struct store *s, const struct meter *m, struct reading_case *k, struct err *e)
{
    utc_t still = k->c.unchanged_since == 0 ? 0 : k->c.taken_at - k->c.unchanged_since;

    return still < (utc_t)k->limits.values.zero_days * DAY_S || still == 0 ||
           m->group_id == 0 ||
           outage_seconds(s, m->group_id, k->c.unchanged_since, k->c.taken_at, &k->c.dark_s,
                          e);
}

bool
case_load_beside(struct store *s, const struct meter *m, const struct reading *r,
                 bool is_stored, struct reading_case *k, struct err *e)
{
    char other[OBIS_MAX];

    if (r->value.milli > CHECK_VALUE_MOST || r->value.milli < -CHECK_VALUE_MOST)
        return true; /* nothing can be computed with such a number */
    if (!load_outages(s, m, k, e))
        return false;
    if (strncmp(r->obis, "1-0:1.8.", 8) == 0 && strcmp(r->obis, TOTAL) != 0)
        return load_parts(s, r, is_stored, k, e);
    if (strcmp(r->obis, "1-0:3.8.0") == 0)
        return load_reactive(s, r, k, e);
    if (other_integral(r->obis, 8, 29, other))
        return load_profile(s, r, other, k, e);
    if (other_integral(r->obis, 29, 8, other))
        return load_register(s, r, other, is_stored, k, e);
    return true;
}
