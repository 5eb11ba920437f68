#include "meterpost/base/units.h"

#include <string.h>

#define YEARS_MAX_MS (10LL * 365 * DAY_S * 1000)

struct unit_of_time {
    const char *word;
    int64_t ms;
};

static const struct unit_of_time units[] = {
    {"ms", 1},
    {"s", 1000},
    {"m", MINUTE_S * 1000},
    {"h", HOUR_S * 1000},
    {"d", (int64_t)DAY_S * 1000},
    {"w", (int64_t)DAY_S * 7000},
    {"min", MINUTE_S * 1000}, /* from here on in paces only */
    {"hour", HOUR_S * 1000},
    {"day", (int64_t)DAY_S * 1000},
};
#define UNITS_OF_DURATION 6
#define UNITS_OF_PACE     (sizeof(units) / sizeof(units[0]))

/* Milliseconds of a unit, 0 when it is none of the first n. */
static int64_t
unit_find(const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(units[i].word, word) == 0)
            return units[i].ms;
    }
    return 0;
}

/* Digits at *text to a number of at most 9 digits; *text moves on. False: no digits. */
static bool
take_number(const char **text, int64_t *out)
{
    size_t n = strspn(*text, "0123456789");

    *out = 0;
    if (n == 0 || n > 9)
        return false;
    for (; n > 0; n--)
        *out = *out * 10 + (*(*text)++ - '0');
    return true;
}

bool
duration_parse(const char *text, int64_t *ms, struct err *e)
{
    const char *c = text;
    int64_t number, unit;

    if (!take_number(&c, &number) || (unit = unit_find(c, UNITS_OF_DURATION)) == 0)
        return err_set(
            e, FAIL_REJECT,
            "expected a duration such as 1500ms, 30s, 10m, 6h or 2d, got '%.40s'", text);
    if (number * unit > YEARS_MAX_MS)
        return err_set(e, FAIL_REJECT, "expected at most ten years, got '%.40s'", text);
    *ms = number * unit;
    return true;
}

bool
pace_parse(const char *text, struct pace *out, struct err *e)
{
    const char *c = text;
    int64_t count, times = 1, unit, ms = 0;

    if (!take_number(&c, &count) || count < 1 || *c++ != '/')
        goto bad;
    if (*c >= '0' && *c <= '9' && !take_number(&c, &times))
        goto bad;
    unit = unit_find(c, UNITS_OF_PACE);
    ms = times * unit;
    if (ms < 1000 || ms % 1000 != 0 || ms > YEARS_MAX_MS)
        goto bad;
    out->count = (int)count;
    out->per_s = (int)(ms / 1000);
    return true;
bad:
    return err_set(e, FAIL_REJECT,
                   "expected a rate such as 10/min, 5/10m or 200/h, got '%.40s'", text);
}

/* "hh:mm" at *text; it moves on. -1: it is none. */
static int
take_time(const char **text)
{
    const char *c = *text;
    int hour, minute;

    for (int i = 0; i < 5; i++) {
        if (i == 2 ? c[i] != ':' : c[i] < '0' || c[i] > '9')
            return -1;
    }
    hour = (c[0] - '0') * 10 + (c[1] - '0');
    minute = (c[3] - '0') * 10 + (c[4] - '0');
    if (minute > 59 || hour * 60 + minute > MINUTES_A_DAY)
        return -1;
    *text += 5;
    return hour * 60 + minute;
}

bool
time_of_day_parse(const char *text, int *minutes, struct err *e)
{
    const char *c = text;
    int taken = take_time(&c);

    if (taken == -1 || *c != '\0')
        return err_set(e, FAIL_REJECT, "expected a time such as 06:30, got '%.40s'", text);
    *minutes = taken;
    return true;
}

bool
window_parse(const char *text, struct day_window *out, struct err *e)
{
    const char *c = text;
    int from = take_time(&c), to = -1;

    if (from != -1 && *c == '-') {
        c++;
        to = take_time(&c);
    }
    if (to == -1 || *c != '\0' || from == to || from == MINUTES_A_DAY)
        return err_set(e, FAIL_REJECT,
                       "expected hours such as \"22:00-06:00\" (the whole day is "
                       "\"00:00-24:00\"), got '%.40s'",
                       text);
    out->from_min = from;
    out->to_min = to;
    return true;
}

bool
window_holds(struct day_window w, int minute)
{
    if (w.from_min < w.to_min)
        return minute >= w.from_min && minute < w.to_min;
    return minute >= w.from_min || minute < w.to_min;
}

bool
window_open(struct day_window w, utc_t t)
{
    struct tm tm;

    clock_local(t, &tm);
    return window_holds(w, tm.tm_hour * 60 + tm.tm_min);
}

utc_t
window_next(struct day_window w, utc_t t)
{
    struct tm tm;
    utc_t opens;

    if (window_open(w, t))
        return t;
    clock_local(t, &tm);
    opens = clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, w.from_min / 60,
                             w.from_min % 60, 0);
    if (opens <= t)
        opens = clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + 1,
                                 w.from_min / 60, w.from_min % 60, 0);
    return opens;
}
