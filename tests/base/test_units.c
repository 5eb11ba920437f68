#include "meterpost/base/units.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define BAD INT64_MIN

Test(units, durations)
{
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"1500ms", 1500}, {"30s", 30000},      {"10m", 600000},
        {"6h", 21600000}, {"2d", 172800000},   {"1w", 604800000},
        {"0s", 0},        {"007s", 7000},      {"3650d", 315360000000},
        {"3651d", BAD},   {"999999999w", BAD}, {"9999999999999999999s", BAD},
        {"", BAD},        {"s", BAD},          {"10", BAD},
        {"10 m", BAD},    {" 10m", BAD},       {"10m ", BAD},
        {"-1s", BAD},     {"1.5h", BAD},       {"1h30m", BAD},
        {"10min", BAD},   {"10M", BAD},        {"\xd9\xa1s", BAD},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e = {0};
        int64_t got = BAD;
        bool good = duration_parse(cases[i].text, &got, &e);

        cr_expect_eq(good, cases[i].want != BAD, "'%s'", cases[i].text);
        cr_expect_eq(got, cases[i].want, "'%s': got %lld, want %lld", cases[i].text,
                     (long long)got, (long long)cases[i].want);
        cr_expect(good || strstr(e.text, "expected") != NULL, "%s", e.text);
    }
}

Test(units, paces)
{
    static const struct {
        const char *text;
        int count, per_s;
    } cases[] = {
        {"10/min", 10, 60},
        {"5/10m", 5, 600},
        {"200/h", 200, 3600},
        {"1/s", 1, 1},
        {"3/hour", 3, 3600},
        {"7/day", 7, 86400},
        {"2/2d", 2, 172800},
        {"1/1000ms", 1, 1},
        {"1/1500ms", 0, 0},
        {"0/min", 0, 0},
        {"10", 0, 0},
        {"10/", 0, 0},
        {"/min", 0, 0},
        {"10/0s", 0, 0},
        {"10/5", 0, 0},
        {"1/min/min", 0, 0},
        {"99999999999/s", 0, 0},
        {"1/99999999999s", 0, 0},
        {"", 0, 0},
        {"-1/s", 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        struct pace got = {0};
        bool good = pace_parse(cases[i].text, &got, &e);

        cr_expect_eq(good, cases[i].count != 0, "'%s'", cases[i].text);
        cr_expect(got.count == cases[i].count && got.per_s == cases[i].per_s,
                  "'%s': got %d in %d s", cases[i].text, got.count, got.per_s);
    }
}

Test(units, windows)
{
    static const struct {
        const char *text;
        int from, to;
    } cases[] = {
        {"22:00-06:00", 1320, 360}, {"09:00-15:00", 540, 900},
        {"00:00-24:00", 0, 1440},   {"22:00-00:00", 1320, 0},
        {"08:00-08:00", -1, -1},    {"24:00-06:00", -1, -1},
        {"9:00-15:00", -1, -1},     {"09:00", -1, -1},
        {"09:00-", -1, -1},         {"09:60-10:00", -1, -1},
        {"09:00-24:01", -1, -1},    {"09:00-25:00", -1, -1},
        {"09:00-10:00x", -1, -1},   {"", -1, -1},
        {"aa:bb-cc:dd", -1, -1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        struct day_window got = {-1, -1};

        cr_expect_eq(window_parse(cases[i].text, &got, &e), cases[i].from != -1, "'%s'",
                     cases[i].text);
        cr_expect(got.from_min == cases[i].from && got.to_min == cases[i].to,
                  "'%s': got %d to %d", cases[i].text, got.from_min, got.to_min);
    }
}

Test(units, a_window_holds_its_start_and_not_its_end)
{
    static const struct {
        int from, to, minute;
        bool want;
    } cases[] = {
        {540, 900, 539, false}, {540, 900, 540, true},    {540, 900, 899, true},
        {540, 900, 900, false}, {1320, 360, 1319, false}, {1320, 360, 1320, true},
        {1320, 360, 0, true},   {1320, 360, 359, true},   {1320, 360, 360, false},
        {0, 1440, 0, true},     {0, 1440, 1439, true},    {1320, 0, 1439, true},
        {1320, 0, 0, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct day_window w = {cases[i].from, cases[i].to};

        cr_expect_eq(window_holds(w, cases[i].minute), cases[i].want, "%d-%d at %d",
                     w.from_min, w.to_min, cases[i].minute);
    }
}

Test(units, the_next_opening_is_by_the_clock_of_the_zone)
{
    static const struct {
        const char *zone, *window, *now, *want;
    } cases[] = {
        {"Africa/Nairobi", "22:00-06:00", "2026-11-22T12:00", "2026-11-22T22:00:00+03:00"},
        {"Africa/Nairobi", "22:00-06:00", "2026-11-22T23:30", "2026-11-22T23:30:00+03:00"},
        {"Africa/Nairobi", "22:00-06:00", "2026-11-22T05:59", "2026-11-22T05:59:00+03:00"},
        {"Africa/Nairobi", "09:00-15:00", "2026-11-22T15:00", "2026-11-23T09:00:00+03:00"},
        {"Africa/Nairobi", "09:00-15:00", "2026-12-31T18:00", "2027-01-01T09:00:00+03:00"},
        /* 02:30 does not exist on the last Sunday of March */
        {"Europe/Berlin", "02:30-04:00", "2026-03-29T00:00", "2026-03-29T03:00:00+02:00"},
        /* and is there twice on the last of October: the first one counts */
        {"Europe/Berlin", "02:30-04:00", "2026-10-25T00:00", "2026-10-25T02:30:00+02:00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        struct day_window w;
        utc_t now;
        char got[TIME_TEXT_MAX];

        cr_assert(clock_zone_set(cases[i].zone, &e), "%s", e.text);
        cr_assert(window_parse(cases[i].window, &w, &e));
        cr_assert(clock_parse(cases[i].now, &now, &e));
        clock_iso(window_next(w, now), got);
        cr_expect_str_eq(got, cases[i].want, "%s %s: got %s, want %s", cases[i].window,
                         cases[i].now, got, cases[i].want);
    }
}
