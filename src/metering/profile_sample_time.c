/*
 * profile_sample_time.c - the times that a pasted reply may hold: find one, and how a
 * profile is to read it.
 */
#include "metering/profile_sample.h"

#include "metering/profile_file.h"

#include <ctype.h>
#include <string.h>

/* The longer before what it begins with. A day comes before its month, as nearly everywhere
 * where such meters are. */
static const struct {
    const char *format, *pattern;
} times[] = {
    {"%Y-%m-%dT%H:%M:%S", "\\d{4}-\\d\\d?-\\d\\d?T\\d\\d?:\\d\\d:\\d\\d"},
    {"%Y-%m-%dT%H:%M", "\\d{4}-\\d\\d?-\\d\\d?T\\d\\d?:\\d\\d"},
    {"%Y-%m-%d %H:%M:%S", "\\d{4}-\\d\\d?-\\d\\d?\\s+\\d\\d?:\\d\\d:\\d\\d"},
    {"%Y/%m/%d %H:%M:%S", "\\d{4}/\\d\\d?/\\d\\d?\\s+\\d\\d?:\\d\\d:\\d\\d"},
    {"%Y.%m.%d %H:%M:%S", "\\d{4}\\.\\d\\d?\\.\\d\\d?\\s+\\d\\d?:\\d\\d:\\d\\d"},
    {"%Y-%m-%d %H:%M", "\\d{4}-\\d\\d?-\\d\\d?\\s+\\d\\d?:\\d\\d"},
    {"%Y/%m/%d %H:%M", "\\d{4}/\\d\\d?/\\d\\d?\\s+\\d\\d?:\\d\\d"},
    {"%Y.%m.%d %H:%M", "\\d{4}\\.\\d\\d?\\.\\d\\d?\\s+\\d\\d?:\\d\\d"},
    {"%d.%m.%Y %H:%M:%S", "\\d\\d?\\.\\d\\d?\\.\\d{4}\\s+\\d\\d?:\\d\\d:\\d\\d"},
    {"%d/%m/%Y %H:%M:%S", "\\d\\d?/\\d\\d?/\\d{4}\\s+\\d\\d?:\\d\\d:\\d\\d"},
    {"%d-%m-%Y %H:%M:%S", "\\d\\d?-\\d\\d?-\\d{4}\\s+\\d\\d?:\\d\\d:\\d\\d"},
    {"%d.%m.%Y %H:%M", "\\d\\d?\\.\\d\\d?\\.\\d{4}\\s+\\d\\d?:\\d\\d"},
    {"%d/%m/%Y %H:%M", "\\d\\d?/\\d\\d?/\\d{4}\\s+\\d\\d?:\\d\\d"},
    {"%d-%m-%Y %H:%M", "\\d\\d?-\\d\\d?-\\d{4}\\s+\\d\\d?:\\d\\d"},
    {"%d.%m.%y %H:%M", "\\d\\d?\\.\\d\\d?\\.\\d\\d\\s+\\d\\d?:\\d\\d"},
    {"%d/%m/%y %H:%M", "\\d\\d?/\\d\\d?/\\d\\d\\s+\\d\\d?:\\d\\d"},
    {"%d-%m-%y %H:%M", "\\d\\d?-\\d\\d?-\\d\\d\\s+\\d\\d?:\\d\\d"},
    {"%H:%M:%S %d-%m-%y", "\\d\\d?:\\d\\d:\\d\\d\\s+\\d\\d-\\d\\d-\\d\\d"},
    {"%H:%M:%S %d.%m.%Y", "\\d\\d?:\\d\\d:\\d\\d\\s+\\d\\d?\\.\\d\\d?\\.\\d{4}"},
    {"%Y%m%d%H%M%S", "20\\d{12}"},
    {"%y%m%d%H%M%S", "[1-4]\\d{11}"},
    {"%Y-%m-%d", "\\d{4}-\\d\\d?-\\d\\d?"},
    {"%Y/%m/%d", "\\d{4}/\\d\\d?/\\d\\d?"},
    {"%Y.%m.%d", "\\d{4}\\.\\d\\d?\\.\\d\\d?"},
    {"%d/%m/%Y", "\\d\\d?/\\d\\d?/\\d{4}"},
    {"%d-%m-%Y", "\\d\\d?-\\d\\d?-\\d{4}"},
    {"%d/%m/%y", "\\d\\d/\\d\\d/\\d\\d"},
    {"%d-%m-%y", "\\d\\d-\\d\\d-\\d\\d"},
};

#define N_TIMES ((int)(sizeof(times) / sizeof(times[0])))

const char *
sample_time_format(int format)
{
    return times[format].format;
}

const char *
sample_time_pattern(int format)
{
    return times[format].pattern;
}

/* Bytes of a time at `at` that exists by this format; 0: none. */
static size_t
time_length(const char *at, int format)
{
    size_t most = strspn(at, "0123456789-/.:T "), n = most > 19 ? 19 : most;
    char text[24];
    utc_t t;
    struct err e;

    for (; n >= 8; n--) {
        memcpy(text, at, n);
        text[n] = '\0';
        if (!isdigit((unsigned char)at[n]) && isdigit((unsigned char)at[n - 1]) &&
            profile_time(text, times[format].format, "utc", &t, &e))
            return n;
    }
    return 0;
}

size_t
sample_time_take(const char *at, int *format)
{
    if (!isdigit((unsigned char)*at))
        return 0;
    for (int i = 0; i < N_TIMES; i++) {
        size_t n = time_length(at, i);

        if (n > 0) {
            *format = i;
            return n;
        }
    }
    return 0;
}
