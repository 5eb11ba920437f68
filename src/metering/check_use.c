/* What a register usually does in a day, and when a reading confirms another. */
#include "check_rule.h"

#include <stdlib.h>

#define SHORT_S (DAY_S / 4)

static int
compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Sorts the n numbers. */
static int64_t
median_of(int64_t *x, int n)
{
    if (n == 0)
        return 0;
    qsort(x, (size_t)n, sizeof(*x), compare);
    return n % 2 == 1 ? x[n / 2] : x[n / 2 - 1] / 2 + x[n / 2] / 2;
}

/* Use a day between two points; *good is false where the register went down. */
static int64_t
rate_of(const struct check_point *from, const struct check_point *to, bool rolled,
        int64_t size, bool *good)
{
    int64_t moved = to->value.milli - from->value.milli;
    utc_t seconds = to->at - from->at;

    if (moved < 0 && rolled)
        moved += size;
    *good = moved >= 0 && seconds >= SHORT_S;
    return *good ? (int64_t)((int128)moved * DAY_S / seconds) : 0;
}

void
check_use_of(const struct check_point *points, const bool *rolled, int n,
             int64_t size_milli, struct check_use *out)
{
    int64_t rates[CHECK_HISTORY_MAX], newest[3];
    int count = 0;
    bool good;

    out->n = 0;
    for (int i = 0; i + 1 < n && count < CHECK_HISTORY_MAX; i++) {
        rates[count] = rate_of(&points[i + 1], &points[i], rolled != NULL && rolled[i],
                               size_milli, &good);
        if (good && count < 3)
            newest[count] = rates[count];
        count += good;
    }
    if (count == 0)
        return;
    out->n = count;
    out->last = median_of(newest, count < 3 ? count : 3);
    out->median = median_of(rates, count);
    for (int i = 0; i < count; i++)
        rates[i] = llabs(rates[i] - out->median);
    out->spread = median_of(rates, count);
}

#define OFTEN_S   (6 * HOUR_S)
#define STRETCHES 12

void
check_intervals_of(const struct check_point *points, bool each, int n, utc_t at,
                   struct check_use *out)
{
    int64_t lengths[STRETCHES], highest[3] = {0};
    int count = 0;

    out->n_day = 0;
    for (int i = 0; i + 1 < n; i++) {
        utc_t seconds = points[i].at - points[i + 1].at;
        int64_t was = each ? 0 : points[i + 1].value.milli;
        int64_t moved = points[i].value.milli - was, rate;

        if (seconds > 0 && count < STRETCHES)
            lengths[count++] = seconds;
        if (seconds <= 0 || seconds > OFTEN_S || moved < 0 || points[i + 1].at < at - DAY_S)
            continue;
        out->n_day++;
        rate = (int64_t)((int128)moved * DAY_S / seconds);
        for (int k = 0; k < 3; k++) {
            int64_t lower = highest[k];

            if (rate <= lower)
                continue;
            highest[k] = rate;
            rate = lower;
        }
    }
    out->third = highest[2];
    out->usual_s = count >= 4 ? median_of(lengths, count) : 0;
}

/* ---- release ---- */

static bool
goes_on(const struct check_release *r)
{
    bool before, after;
    int64_t was = rate_of(&r->before, &r->held, false, 0, &before);
    int64_t is = rate_of(&r->held, &r->now, false, 0, &after);

    return before && after && llabs(is - was) <= (was > is ? was : is) / 5;
}

/* What came later makes sense without it, and lies above it: then it was not too much. */
static bool
is_between(const struct check_release *r)
{
    return r->now_fits && r->now.at - r->held.at >= SHORT_S &&
           r->before.value.milli <= r->held.value.milli &&
           r->held.value.milli <= r->now.value.milli;
}

/* Asked again, it shows the same, or what it has moved on since. */
static bool
is_repeated(const struct check_release *r)
{
    int64_t moved = r->now.value.milli - r->held.value.milli;

    return r->now.at - r->held.at < SHORT_S && r->held_source != SOURCE_CUSTOMER &&
           r->now_source != SOURCE_CUSTOMER && moved >= 0 && moved <= 1000;
}

static bool
customer_agrees(const struct check_release *r)
{
    int64_t days = (r->now.at - r->held.at) / DAY_S + 1;

    return (r->held_source == SOURCE_CUSTOMER) != (r->now_source == SOURCE_CUSTOMER) &&
           days <= 7 && llabs(r->now.value.milli - r->held.value.milli) <= 1000 * days;
}

const char *
check_releases(const struct check_release *r)
{
    static const struct {
        bool (*holds)(const struct check_release *r);
        const char *why;
    } reasons[] = {
        {customer_agrees, "the customer and the meter agree"},
        {is_repeated, "confirmed by the meter: asked again it shows the same"},
        {goes_on, "the next reading goes on at the same pace"},
        {is_between, "it lies between two readings that are as expected"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].holds(r))
            return reasons[i].why;
    }
    return NULL;
}
