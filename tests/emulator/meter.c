#include "meter.h"

#include "buf.h"
#include "meterpost/base/text.h"

#include <string.h>

#define DAYS_MAX 14600 /* forty years: what a meter counts at most */

/* splitmix64: a number that looks like chance and is not. */
static uint64_t
mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static uint64_t
chance(const struct device *d, uint64_t what)
{
    uint64_t x = 0xCBF29CE484222325u;

    for (const char *c = d->serial; *c != '\0'; c++)
        x = (x ^ (uint8_t)*c) * 0x100000001B3u;
    return mix(mix(d->seed ^ x) + what);
}

/* 70 to 130 % of the average. */
static int64_t
day_use(const struct device *d, int64_t day)
{
    return d->per_day_milli * (70 + (int64_t)(chance(d, (uint64_t)day) % 61)) / 100;
}

/* What it would have counted since it was installed, had the relay never opened. */
static int64_t
counted(const struct device *d, utc_t now)
{
    int64_t seconds = now > d->since ? now - d->since : 0;
    int64_t days = seconds / DAY_S, sum = 0;

    if (days >= DAYS_MAX)
        days = DAYS_MAX;
    for (int64_t day = 0; day < days; day++)
        sum += day_use(d, day);
    return sum + day_use(d, days) * (seconds % DAY_S) / DAY_S;
}

int64_t
meter_total(const struct device *d, utc_t now)
{
    int64_t milli = d->start_milli + counted(d, now);

    for (size_t i = 0; i < d->n_journal; i++) {
        utc_t until = i + 1 < d->n_journal ? d->journal[i + 1].at : now;

        if (!d->journal[i].closed && until > d->journal[i].at)
            milli -= counted(d, until) - counted(d, d->journal[i].at);
    }
    return milli;
}

int64_t
meter_flow(const struct device *d, utc_t now)
{
    int64_t hour = (now - d->since) / HOUR_S;

    if (now < d->since || !meter_closed(d))
        return 0;
    return day_use(d, hour / 24) / 24 *
           (50 + (int64_t)(chance(d, (uint64_t)hour + DAYS_MAX) % 101)) / 100;
}

bool
meter_closed(const struct device *d)
{
    return d->n_journal == 0 || d->journal[d->n_journal - 1].closed;
}

void
meter_switch(struct device *d, bool closed, utc_t now, const char *by)
{
    struct relay_change *c;

    if (meter_closed(d) == closed)
        return;
    d->journal = must_realloc(d->journal, (d->n_journal + 1) * sizeof(*d->journal));
    c = &d->journal[d->n_journal++];
    c->at = now;
    c->closed = closed;
    text_clip(c->by, sizeof(c->by), by);
}

void
meter_set(struct device *d, int64_t milli, utc_t now)
{
    d->start_milli += milli - meter_total(d, now);
}
