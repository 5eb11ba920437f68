/* What follows from a case before any rule is asked: how much flowed, how fast, and how
 * fast that was to be expected. */
#include "check_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHORTEST_S (DAY_S / 2) /* less is too short to speak of use a day */

bool
check_register_counts(const char *obis)
{
    int medium, channel, what, how;

    if (sscanf(obis, "%d-%d:%d.%d", &medium, &channel, &what, &how) != 4)
        return false;
    switch (medium) {
    case 1: return how == 8;               /* electricity: time integral 1   */
    case 5:                                /* cooling */
    case 6: return what == 1 || what == 2; /* heat: energy, volume           */
    case 7: return what == 3 || what == 0; /* gas: volume                    */
    case 8:                                /* cold water */
    case 9: return what == 1;              /* hot water: volume              */
    default: return false;
    }
}

bool
check_register_is_interval(const char *obis)
{
    int medium, channel, what, how;

    return sscanf(obis, "%d-%d:%d.%d", &medium, &channel, &what, &how) == 4 &&
           medium == 1 && how == 29; /* time integral 5 */
}

int64_t
check_register_size(int digits)
{
    int64_t end = 1000;

    if (digits <= 0 || digits > 15)
        return 0;
    for (int i = 0; i < digits; i++)
        end *= 10;
    return end;
}

bool
check_clock_sane(utc_t meter_time, utc_t received_at, const struct conf_validation *limits)
{
    return meter_time <= received_at + limits->clock_hold_s &&
           meter_time >= received_at - limits->too_old_s;
}

/* a x b / c of numbers that came from outside, held within 64 bits. */
static int64_t
scaled(int64_t a, int64_t b, int64_t c)
{
    int128 x = (int128)a * b / c;

    return x > INT64_MAX / 4   ? INT64_MAX / 4
           : x < INT64_MIN / 4 ? INT64_MIN / 4
                               : (int64_t)x;
}

int64_t
check_use_expected(const struct check_use *use, bool *known)
{
    *known = use->has_season || use->n >= 3;
    if (use->n < 3)
        return use->season;
    return use->has_season ? use->median / 2 + use->season / 2 : use->median;
}

static int64_t
within(int64_t milli)
{
    return milli > CHECK_VALUE_MOST    ? CHECK_VALUE_MOST
           : milli < -CHECK_VALUE_MOST ? -CHECK_VALUE_MOST
                                       : milli;
}

/* The seasons that a use is judged by: high only when it is high against all of them. */
static void
expect_use(struct check_work *w)
{
    const struct check_use *u = &w->c->use;
    const int64_t seen[] = {within(u->median), within(u->last), within(u->season)};
    bool has[] = {u->n >= 3, u->n >= 3, u->has_season};
    int64_t small = (int64_t)w->c->limits->small * 1000;

    w->expected = within(check_use_expected(u, &w->expects));
    w->least = INT64_MAX;
    if (w->interval) { /* nights are no days: nothing is expected of one */
        w->expects = false;
        return;
    }
    for (int i = 0; i < 3; i++) {
        if (has[i] && seen[i] > w->most)
            w->most = seen[i];
        if (has[i] && seen[i] < w->least)
            w->least = seen[i];
    }
    if (w->most < small)
        w->most = small;
    if (w->expected < small)
        w->expected = small;
}

int64_t
check_expected_flow(const struct check_work *w, int times)
{
    int64_t seconds = w->c->taken_at - w->c->before.at;

    if (!w->expects || w->expected <= 0)
        return 0;
    if (seconds < DAY_S)
        seconds = DAY_S;
    return scaled(scaled(w->expected, seconds, DAY_S), times, 1);
}

/* What would have passed the end is little enough; where nothing is known of its use, it
 * stood in its last tenth and stands in its first. */
static bool
is_rollover(const struct check_work *w)
{
    const struct check_case *c = w->c;
    int64_t before = c->before.value.milli, now = c->value.milli;

    if (w->size == 0 || before >= w->size || now < 0)
        return false;
    if (w->expects && w->expected > 0)
        return w->size - before + now <= check_expected_flow(w, c->limits->rollover);
    return before >= w->size - w->size / 10 && now < w->size / 10;
}

/* The last reading was an estimate, and this one is not below the last that was not. */
static bool
is_overestimate(const struct check_work *w)
{
    const struct check_case *c = w->c;

    if (c->before_quality == 0 || c->before_quality == QUALITY_ACTUAL)
        return false;
    if (c->actual.known && c->actual.value.milli == within(c->actual.value.milli))
        return c->value.milli >= c->actual.value.milli;
    return !is_rollover(w);
}

static void
find_flow(struct check_work *w)
{
    const struct check_case *c = w->c;
    const struct check_point *from = w->over ? &c->actual : &c->before;

    if (w->interval && c->use.usual_s > 0 && c->value.milli >= 0) {
        w->flows = true;
        w->moved = c->value.milli;
        w->seconds = c->use.usual_s;
        return;
    }
    if (!w->counts || !from->known || (w->went_down && !w->rolled && !w->over) ||
        c->taken_at <= from->at)
        return;
    w->flows = true;
    w->moved = c->value.milli - from->value.milli + (w->rolled ? w->size : 0);
    w->seconds = c->taken_at - from->at;
    w->per_day = scaled(w->moved, DAY_S, w->seconds < SHORTEST_S ? SHORTEST_S : w->seconds);
}

void
check_work_of(const struct check_case *c, struct check_work *w)
{
    *w = (struct check_work){.c = c,
                             .counts = check_register_counts(c->obis),
                             .interval = check_register_is_interval(c->obis),
                             .size = check_register_size(c->digits)};
    expect_use(w);
    if (within(c->value.milli) != c->value.milli ||
        within(c->before.value.milli) != c->before.value.milli)
        return; /* nothing can be computed with such numbers */
    w->went_down = w->counts && c->before.known && c->value.milli < c->before.value.milli;
    w->over = w->went_down && is_overestimate(w);
    w->rolled = w->went_down && !w->over && is_rollover(w);
    find_flow(w);
}

/* Units an hour, by the medium of the register. */
static int64_t
most_an_hour(const struct check_case *c)
{
    const struct conf_validation *l = c->limits;

    switch (atoi(c->obis)) {
    case 1: return l->max_electricity;
    case 5:
    case 6: return l->max_heat;
    case 7: return l->max_gas;
    case 8:
    case 9: return l->max_water;
    default: return 0;
    }
}

/* A display of whole units may move by one at any time. */
bool
check_is_too_much(const struct check_work *w)
{
    int64_t limit = most_an_hour(w->c) * 1000;
    int64_t seconds = w->seconds < HOUR_S ? HOUR_S : w->seconds;

    return w->flows && limit > 0 && w->moved > scaled(limit, seconds, HOUR_S) + 1000;
}
