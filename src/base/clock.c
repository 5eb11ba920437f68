#include "meterpost/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

/* The hand clock is a file of eight bytes, shared by mapping it. */
static _Atomic int64_t *hand;
static bool looked;

/* localtime_r() reads the rules of the zone anew for each time, which a bill run asks for
 * by the dozen: the local time at the begin of some quarters of an hour is kept. */
#define QUARTER_S 900
#define QUARTERS  127 /* prime: the starts of days shall not share a place */
static struct quarter {
    bool known;
    utc_t from;
    struct tm begin;
} quarters[QUARTERS];

static _Atomic int64_t *
map_hand(const char *file, int flags)
{
    int fd = open(file, flags | O_CLOEXEC, 0600);
    void *at;

    if (fd == -1)
        return NULL;
    if ((flags & O_CREAT) != 0 && ftruncate(fd, sizeof(int64_t)) == -1) {
        close(fd);
        return NULL;
    }
    at = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return at == MAP_FAILED ? NULL : at;
}

bool
clock_is_by_hand(void)
{
    if (!looked) {
        const char *file = getenv("METERPOST_CLOCK");

        looked = true;
        if (file != NULL && *file != '\0')
            hand = map_hand(file, O_RDWR);
    }
    return hand != NULL;
}

bool
clock_is_synchronised(void)
{
    struct timex t = {.modes = 0};

    return clock_is_by_hand() || (adjtimex(&t) != -1 && (t.status & STA_UNSYNC) == 0);
}

int64_t
clock_uptime_s(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec;
}

utc_t
clock_now(void)
{
    if (clock_is_by_hand())
        return atomic_load(hand);
    return (utc_t)time(NULL);
}

bool
clock_hand_set(const char *file, utc_t now, struct err *e)
{
    _Atomic int64_t *at = map_hand(file, O_RDWR | O_CREAT);

    if (at == NULL)
        return err_set(e, FAIL_REJECT, "hand clock %s: %s", file, strerror(errno));
    atomic_store(at, now);
    munmap(at, sizeof(int64_t));
    return true;
}

int64_t
clock_mono_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
clock_zone_known(const char *zone)
{
    char path[256];
    struct stat s;

    /* Names such as "../../etc/passwd" are no zones. */
    if (*zone == '\0' || *zone == '/' || strstr(zone, "..") != NULL ||
        snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zone) >= (int)sizeof(path))
        return false;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, R_OK) == 0;
}

bool
clock_zone_set(const char *zone, struct err *e)
{
    if (!clock_zone_known(zone))
        return err_set(e, FAIL_REJECT,
                       "'%s' is no time zone of this machine (see `timedatectl "
                       "list-timezones`; Debian keeps them in the package tzdata)",
                       zone);
    if (setenv("TZ", zone, 1) == -1)
        return err_set(e, FAIL_FATAL, "time zone %s: %s", zone, strerror(errno));
    tzset();
    memset(quarters, 0, sizeof(quarters));
    return true;
}

static void
local_time(utc_t t, struct tm *out)
{
    time_t s = (time_t)t;

    if (localtime_r(&s, out) == NULL)
        memset(out, 0, sizeof(*out));
}

/* Remember the quarter of an hour that begins at t; false where the zone's clocks change in
 * the middle of it. */
static bool
quarter_fill(struct quarter *q, utc_t t)
{
    struct tm begin, end;

    local_time(t, &begin);
    local_time(t + QUARTER_S - 1, &end);
    if (begin.tm_mday == 0 || begin.tm_gmtoff != end.tm_gmtoff ||
        begin.tm_gmtoff % QUARTER_S != 0)
        return false;
    *q = (struct quarter){.known = true, .from = t, .begin = begin};
    return true;
}

void
clock_local(utc_t t, struct tm *out)
{
    utc_t from = t - (t % QUARTER_S + QUARTER_S) % QUARTER_S;
    struct quarter *q = &quarters[(uint64_t)(from / QUARTER_S) % QUARTERS];
    int into = (int)(t - from);

    if ((!q->known || q->from != from) && !quarter_fill(q, from)) {
        local_time(t, out);
        return;
    }
    *out = q->begin;
    out->tm_min += into / MINUTE_S;
    out->tm_sec += into % MINUTE_S;
}

/* Seconds that the zone is ahead of UTC at t. */
static int64_t
zone_offset(utc_t t)
{
    struct tm tm;

    clock_local(t, &tm);
    return tm.tm_gmtoff;
}

/* mktime() picks one of two answers by what it was asked before; this always gives the
 * same. `wall` is the local time counted as if it were UTC. */
utc_t
clock_from_local(int year, int month, int day, int hour, int minute, int second)
{
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_sec = second};
    utc_t wall = (utc_t)timegm(&tm);
    int64_t before = zone_offset(wall - DAY_S), after = zone_offset(wall + DAY_S);
    utc_t low = wall - after, high = wall - before;

    if (low + zone_offset(low) == wall && high + zone_offset(high) == wall)
        return low < high ? low : high;
    if (low + zone_offset(low) == wall)
        return low;
    if (high + zone_offset(high) == wall)
        return high;
    /* Skipped: the clocks go forward after `low` and not after `high`. */
    while (high - low > 1) {
        utc_t middle = low + (high - low) / 2;

        if (zone_offset(middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

bool
clock_from_tm(const struct tm *tm, utc_t *out)
{
    struct tm day = {.tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday};

    timegm(&day); /* which makes 3 March of 31 February */
    if (day.tm_mon != tm->tm_mon || day.tm_mday != tm->tm_mday)
        return false;
    *out = clock_from_local(tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour,
                            tm->tm_min, tm->tm_sec);
    return true;
}

const char *
clock_iso(utc_t t, char *out)
{
    struct tm tm;
    long off, minutes;
    size_t n;

    clock_local(t, &tm);
    off = tm.tm_gmtoff;
    minutes = (off < 0 ? -off : off) / 60;
    n = strftime(out, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, TIME_TEXT_MAX - n, "%c%02ld:%02ld", off < 0 ? '-' : '+',
             minutes / 60 % 100, minutes % 60);
    return out;
}

const char *
clock_date(utc_t t, char *out)
{
    struct tm tm;

    clock_local(t, &tm);
    strftime(out, TIME_TEXT_MAX, "%Y-%m-%d", &tm);
    return out;
}

/* A number of exactly n digits at *c; sscanf() would take spaces and signs as well. */
static bool
take_digits(const char **c, int n, int *out)
{
    *out = 0;
    for (; n > 0; n--) {
        if (**c < '0' || **c > '9')
            return false;
        *out = *out * 10 + (*(*c)++ - '0');
    }
    return true;
}

static bool
take_mark(const char **c, char mark)
{
    if (**c != mark)
        return false;
    (*c)++;
    return true;
}

/* The zone at the end of a time: nothing, "Z" or "+hh:mm". */
static bool
zone_parse(const char *c, bool *local, long *offset_s)
{
    bool west = *c == '-';
    int hours, minutes;

    *local = *c == '\0';
    *offset_s = 0;
    if (*local || strcmp(c, "Z") == 0)
        return true;
    if (!west && *c != '+')
        return false;
    c++;
    if (!take_digits(&c, 2, &hours) || !take_mark(&c, ':') ||
        !take_digits(&c, 2, &minutes) || *c != '\0' || hours > 14 || minutes > 59)
        return false;
    *offset_s = (hours * HOUR_S + minutes * MINUTE_S) * (west ? -1L : 1L);
    return true;
}

static bool
fields_valid(int year, int month, int day, int hour, int minute, int second)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    if (day > days[month - 1] + (month == 2 && leap))
        return false;
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 &&
           second <= 59;
}

/* "T17:20:05" or nothing of it. */
static bool
take_time(const char **c, int *hour, int *minute, int *second)
{
    *hour = *minute = *second = 0;
    if (**c != 'T' && **c != ' ')
        return true;
    (*c)++;
    if (!take_digits(c, 2, hour) || !take_mark(c, ':') || !take_digits(c, 2, minute))
        return false;
    return !take_mark(c, ':') || take_digits(c, 2, second);
}

bool
clock_parse(const char *text, utc_t *out, struct err *e)
{
    int year, month, day, hour, minute, second;
    const char *c = text;
    bool local;
    long offset_s;

    if (!take_digits(&c, 4, &year) || !take_mark(&c, '-') || !take_digits(&c, 2, &month) ||
        !take_mark(&c, '-') || !take_digits(&c, 2, &day) ||
        !take_time(&c, &hour, &minute, &second))
        goto bad;
    if (!zone_parse(c, &local, &offset_s) ||
        !fields_valid(year, month, day, hour, minute, second))
        goto bad;
    if (local) {
        *out = clock_from_local(year, month, day, hour, minute, second);
    } else {
        struct tm tm = {.tm_year = year - 1900,
                        .tm_mon = month - 1,
                        .tm_mday = day,
                        .tm_hour = hour,
                        .tm_min = minute,
                        .tm_sec = second};

        *out = (utc_t)timegm(&tm) - offset_s;
    }
    return true;
bad:
    return err_set(e, FAIL_REJECT,
                   "'%.40s' is not a date such as 2026-11-22 or 2026-11-22T17:20", text);
}

utc_t
clock_day_start(utc_t t, int add)
{
    struct tm tm;

    clock_local(t, &tm);
    return clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday + add, 0, 0, 0);
}

utc_t
clock_month_start(utc_t t, int add)
{
    struct tm tm;

    clock_local(t, &tm);
    return clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1 + add, 1, 0, 0, 0);
}

utc_t
clock_earlier(utc_t a, utc_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}
