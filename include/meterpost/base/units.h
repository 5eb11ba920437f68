/*
 * units.h - the small notations of the files that people write: durations, paces, times
 * of day and windows. Pure, but for the two functions that say so.
 */
#ifndef METERPOST_BASE_UNITS_H
#define METERPOST_BASE_UNITS_H

#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define MINUTES_A_DAY 1440

/* So many in so much time: "10/min" is 10 in 60 s, "5/10m" is 5 in 600 s. */
struct pace {
    int count;
    int per_s;
};

/* Part of every day, in minutes from midnight, end not included. from > to goes over
 * midnight: "22:00-06:00" is {1320, 360}. The whole day is {0, 1440}. */
struct day_window {
    int from_min;
    int to_min;
};

/* "1500ms", "30s", "10m", "6h", "2d", "1w" to milliseconds: a whole number and one unit,
 * at most ten years. */
bool duration_parse(const char *text, int64_t *ms, struct err *e);

/* "10/min", "200/h", "5/10m": a whole number from 1, a slash, then a duration of whole
 * seconds, where "min", "hour", "day" and a unit without number mean one. */
bool pace_parse(const char *text, struct pace *out, struct err *e);

/* "06:30" to minutes from midnight; "24:00" is 1440. */
bool time_of_day_parse(const char *text, int *minutes, struct err *e);

/* "22:00-06:00". Refuses a window of no length. */
bool window_parse(const char *text, struct day_window *out, struct err *e);

/* True when the minute of the day (0 to 1439) lies in the window. */
bool window_holds(struct day_window w, int minute);

/* True when t lies in the window, by the clock of the zone. */
bool window_open(struct day_window w, utc_t t);

/* t itself when the window is open then, else the next time that it opens, by the clock of
 * the zone. */
utc_t window_next(struct day_window w, utc_t t);

#endif
