/*
 * profile_time.c - the times that meters write. strptime() guesses, depends on the locale
 * and accepts the 31st of February; this does none of it.
 */
#include "metering/profile_file.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

struct fields {
    int year, month, day, hour, minute, second;
    bool afternoon, twelve; /* %p says PM; %I was read */
};

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of at most `most` digits at *c; all of them must be there when `whole`. */
static bool
take_number(const char **c, int most, bool whole, int *out)
{
    int n = 0;

    *out = 0;
    for (; n < most && is_digit(**c); n++)
        *out = *out * 10 + (*(*c)++ - '0');
    return whole ? n == most : n > 0;
}

/* The place of a three-letter word in a list of them; -1: none. */
static int
take_word(const char **c, const char *list)
{
    for (int i = 0; list[3 * i] != '\0'; i++) {
        if (strncasecmp(*c, list + 3 * i, 3) == 0) {
            *c += 3;
            return i;
        }
    }
    return -1;
}

static bool
take_half_of_day(const char **c, struct fields *f)
{
    bool morning = strncasecmp(*c, "AM", 2) == 0;

    f->afternoon = strncasecmp(*c, "PM", 2) == 0;
    *c += 2 * (morning || f->afternoon);
    return morning || f->afternoon;
}

static bool
take_field(char directive, bool whole, const char **c, struct fields *f)
{
    int word;

    switch (directive) {
    case 'Y': return take_number(c, 4, true, &f->year);
    case 'y':
        if (!take_number(c, 2, true, &f->year))
            return false;
        f->year += 2000;
        return true;
    case 'm': return take_number(c, 2, whole, &f->month);
    case 'd': return take_number(c, 2, whole, &f->day);
    case 'H': return take_number(c, 2, whole, &f->hour);
    case 'I': f->twelve = true; return take_number(c, 2, whole, &f->hour);
    case 'M': return take_number(c, 2, whole, &f->minute);
    case 'S': return take_number(c, 2, whole, &f->second);
    case 'p': return take_half_of_day(c, f);
    case 'b':
        word = take_word(c, months);
        f->month = word + 1;
        return word >= 0;
    case 'a': return take_word(c, days) >= 0;
    default: return *(*c)++ == '%';
    }
}

/* All of the text by all of the format. */
static bool
take_all(const char *c, const char *format, struct fields *f)
{
    bool touches = false; /* the field before, with nothing between */

    for (; *format != '\0'; format++) {
        if (*format == ' ') {
            if (*c != ' ' && *c != '\n')
                return false;
            c += strspn(c, " \n");
        } else if (*format != '%') {
            if (*c++ != *format)
                return false;
        } else {
            format++;
            if (!take_field(*format, touches || format[1] == '%', &c, f))
                return false;
            touches = true;
            continue;
        }
        touches = false;
    }
    return *c == '\0';
}

bool
profile_time_format_valid(const char *format, struct err *e)
{
    bool year = false, month = false, day = false;

    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '%')
            continue;
        c++;
        if (*c == '\0' || strchr("YymbdHIpMSa%", *c) == NULL)
            return err_set(
                e, FAIL_REJECT,
                "expected %%Y %%y %%m %%b %%d %%H %%I %%p %%M %%S %%a or %%%% in a "
                "time format, got '%%%.1s'",
                c);
        year = year || *c == 'Y' || *c == 'y';
        month = month || *c == 'm' || *c == 'b';
        day = day || *c == 'd';
    }
    if (!year || !month || !day)
        return err_set(e, FAIL_REJECT, "expected a time format with year, month and day");
    return true;
}

/* 12 AM is midnight, 12 PM noon. */
static bool
settle_half_of_day(struct fields *f)
{
    if (!f->twelve)
        return true;
    if (f->hour < 1 || f->hour > 12)
        return false;
    f->hour = f->hour % 12 + (f->afternoon ? 12 : 0);
    return true;
}

bool
profile_time(const char *text, const char *format, const char *zone, utc_t *out,
             struct err *e)
{
    struct fields f = {0};
    char plain[TIME_TEXT_MAX];
    const char *suffix = zone;

    if (!take_all(text, format, &f) || !settle_half_of_day(&f))
        return err_set(e, FAIL_REJECT, "expected a time such as '%s', got '%.40s'", format,
                       text);
    if (zone == NULL || strcmp(zone, "utility") == 0)
        suffix = "";
    else if (strcmp(zone, "utc") == 0)
        suffix = "Z";
    snprintf(plain, sizeof(plain), "%04d-%02d-%02dT%02d:%02d:%02d%.8s", f.year, f.month,
             f.day, f.hour, f.minute, f.second, suffix);
    if (!clock_parse(plain, out, e))
        return err_set(e, FAIL_REJECT, "the time '%.40s' does not exist", text);
    return true;
}
