/* The calendar of a policy. Pure, but for the zone of the process. */
#include "meterpost/billing/policy.h"

#include <string.h>

#define LOOK_DAYS 400 /* for the next day on which work is done */

static int
day_number(utc_t t)
{
    struct tm tm;

    clock_local(t, &tm);
    return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

bool
policy_works_on(const struct policy *p, utc_t t)
{
    int day = day_number(t);
    struct tm tm;

    clock_local(t, &tm);
    if (!p->weekdays[tm.tm_wday])
        return false;
    for (int i = 0; i < p->n_holidays; i++) {
        if (p->holidays[i] == day)
            return false;
    }
    return true;
}

utc_t
policy_notice_over(const struct policy *p, utc_t delivered)
{
    utc_t day = clock_day_start(delivered, 0);
    int left = p->notice_days;

    if (!p->clear_days && !p->business_days)
        return delivered + (utc_t)p->notice_days * DAY_S;
    for (int i = 0; i < LOOK_DAYS && left > 0; i++) {
        day = clock_day_start(day, 1);
        left -= !p->business_days || policy_works_on(p, day);
    }
    /* Whole days lie between: the day after the last of them is the first. Otherwise the
     * last of them counts itself. */
    return p->clear_days ? clock_day_start(day, 1)
                         : day + (delivered - clock_day_start(delivered, 0));
}

const char *
policy_hours_why(const struct policy *p, utc_t t)
{
    if (!policy_works_on(p, t))
        return "nothing is cut on this day of the week, or holiday";
    if (!window_open(p->hours[0], t) || !window_open(p->hours[1], t))
        return "outside the hours in which supply may be cut";
    if (!p->before_rest && !policy_works_on(p, clock_day_start(t, 1)))
        return "nobody could restore it tomorrow: a day without work follows";
    return "";
}

/* Of the year, both within; over the new year where it begins later than it ends. */
static bool
is_between(int day, int from, int until)
{
    return from <= until ? day >= from && day <= until : day >= from || day <= until;
}

const struct policy_season *
policy_season_at(const struct policy *p, utc_t t)
{
    int day = day_number(t) % 10000;

    for (int i = 0; i < p->n_seasons; i++) {
        if (is_between(day, p->seasons[i].from, p->seasons[i].until))
            return &p->seasons[i];
    }
    return NULL;
}

bool
policy_asks_weather(const struct policy *p, utc_t t)
{
    const struct policy_weather *w = &p->weather;

    return w->used &&
           (w->from == 0 || is_between(day_number(t) % 10000, w->from, w->until));
}

/* The latest of both windows' next openings. */
static utc_t
next_hours(const struct policy *p, utc_t t)
{
    utc_t a = window_next(p->hours[0], t), b = window_next(p->hours[1], t);

    return a > b ? a : b;
}

utc_t
policy_next_open(const struct policy *p, utc_t t)
{
    for (int i = 0; i < 2 * LOOK_DAYS; i++) {
        utc_t open = next_hours(p, t);

        if (policy_hours_why(p, open)[0] == '\0')
            return open;
        t = open > t ? open : clock_day_start(t, 1);
    }
    return 0;
}

bool
policy_protects(const struct policy *p, const char *class)
{
    for (int i = 0; i < p->n_protected; i++) {
        if (strcmp(p->protected[i], class) == 0)
            return true;
    }
    return false;
}
