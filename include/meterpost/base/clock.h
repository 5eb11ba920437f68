/*
 * clock.h - the time of the business, which tests and the demo can move, and the time of
 * the machine, which nobody can.
 *
 * Business time is UTC seconds. With METERPOST_CLOCK=FILE in the environment it is what
 * FILE holds (see clock_hand_set) and stands still until somebody writes another: all
 * processes with that variable see the same time. Pure functions never ask for the time;
 * they are given `now`.
 */
#ifndef METERPOST_BASE_CLOCK_H
#define METERPOST_BASE_CLOCK_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

typedef int64_t utc_t; /* seconds since 1970-01-01T00:00:00Z */

#define MINUTE_S      60
#define HOUR_S        3600
#define DAY_S         86400
#define TIME_TEXT_MAX 40 /* bytes for any text that this header writes, NUL included */

/* Now, by the clock of the business. */
utc_t clock_now(void);

/* True when METERPOST_CLOCK moves the time by hand. */
bool clock_is_by_hand(void);

/* Does the machine's clock follow a time server? A clock that is moved by hand is right. */
bool clock_is_synchronised(void);

/* Seconds since the machine was started. */
int64_t clock_uptime_s(void);

/* Make FILE a hand clock that shows `now`, or set it to `now`. */
bool clock_hand_set(const char *file, utc_t now, struct err *e);

/* Milliseconds that only go forward, for deadlines of devices and processes. */
int64_t clock_mono_ms(void);

/* True when the machine has this IANA zone ("Africa/Nairobi"). */
bool clock_zone_known(const char *zone);

/* Use this IANA zone for all local times of this process. */
bool clock_zone_set(const char *zone, struct err *e);

/* Between UTC and the calendar of the zone. A local time that does not exist (clocks going
 * forward) becomes the first one after it; one that exists twice is the first. */
void clock_local(utc_t t, struct tm *out);
utc_t clock_from_local(int year, int month, int day, int hour, int minute, int second);
/* Local time in fields, as strptime() leaves it; false for a day that its month has not. */
bool clock_from_tm(const struct tm *tm, utc_t *out);

/* "2026-11-22T17:20:00+03:00" in the zone. `out` has TIME_TEXT_MAX bytes. */
const char *clock_iso(utc_t t, char *out);
/* "2026-11-22" in the zone. */
const char *clock_date(utc_t t, char *out);

/* Read "2026-11-22", "2026-11-22T17:20", "2026-11-22 17:20:00", with or without a zone
 * ("Z", "+03:00"); without one it is local. Refuses days that do not exist. */
bool clock_parse(const char *text, utc_t *out, struct err *e);

/* Local midnight at the start of the day, or month, that holds t; `add` days or months on.
 */
utc_t clock_day_start(utc_t t, int add);
utc_t clock_month_start(utc_t t, int add);

/* The earlier of two times, where 0 means never. */
utc_t clock_earlier(utc_t a, utc_t b);

#endif
