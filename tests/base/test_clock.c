#include "meterpost/base/clock.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
zone(const char *name)
{
    struct err e;

    cr_assert(clock_zone_set(name, &e), "%s", e.text);
}

Test(clock, dates_are_read_or_refused)
{
    static const struct {
        const char *text, *want; /* want NULL: refused */
    } cases[] = {
        {"2026-11-22", "2026-11-22T00:00:00+03:00"},
        {"2026-11-22T17:20", "2026-11-22T17:20:00+03:00"},
        {"2026-11-22 17:20:05", "2026-11-22T17:20:05+03:00"},
        {"2026-11-22T17:20:05Z", "2026-11-22T20:20:05+03:00"},
        {"2026-11-22T17:20+05:30", "2026-11-22T14:50:00+03:00"},
        {"2026-11-22T17:20-03:00", "2026-11-22T23:20:00+03:00"},
        {"2026-11-22Z", "2026-11-22T03:00:00+03:00"},
        {"2024-02-29", "2024-02-29T00:00:00+03:00"},
        {"2000-02-29", "2000-02-29T00:00:00+03:00"},
        {"2023-02-29", NULL},
        {"2100-02-29", NULL},
        {"2026-13-01", NULL},
        {"2026-00-01", NULL},
        {"2026-04-31", NULL},
        {"2026-01-00", NULL},
        {"1969-12-31", NULL},
        {"2026-1-2", NULL},
        {"2026- 1- 2", NULL},
        {"2026-+1-+2", NULL},
        {" 2026-01-02", NULL},
        {"2026-01-02 ", NULL},
        {"2026-01-02T24:00", NULL},
        {"2026-01-02T10:60", NULL},
        {"2026-01-02T10:10:60", NULL},
        {"2026-01-02T1:10", NULL},
        {"2026-01-02T10:1", NULL},
        {"2026-01-02T 1:10", NULL},
        {"2026-01-02T10:10:5", NULL},
        {"2026-01-02T10:10+3", NULL},
        {"2026-01-02T10:10+15:00", NULL},
        {"2026-01-02T10:10+03:60", NULL},
        {"2026-01-02T10:10+03:00x", NULL},
        {"2026-01-02T10:10+ 3: 0", NULL},
        {"2026-01-02T", NULL},
        {"02/01/2026", NULL},
        {"20260102", NULL},
        {"", NULL},
    };

    zone("Africa/Nairobi");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        utc_t t = 0;
        char got[TIME_TEXT_MAX];
        bool good = clock_parse(cases[i].text, &t, &e);

        cr_expect_eq(good, cases[i].want != NULL, "'%s'", cases[i].text);
        if (good && cases[i].want != NULL)
            cr_expect_str_eq(clock_iso(t, got), cases[i].want, "'%s': got %s",
                             cases[i].text, got);
    }
}

Test(clock, summer_time_begins_and_ends_with_one_answer)
{
    static const struct {
        const char *zone, *local, *want;
    } cases[] = {
        {"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T01:59:00+01:00"},
        {"Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00:00+02:00"},
        {"Europe/Berlin", "2026-03-29T02:59", "2026-03-29T03:00:00+02:00"},
        {"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T03:00:00+02:00"},
        {"Europe/Berlin", "2026-10-25T01:59", "2026-10-25T01:59:00+02:00"},
        {"Europe/Berlin", "2026-10-25T02:00", "2026-10-25T02:00:00+02:00"},
        {"Europe/Berlin", "2026-10-25T02:59", "2026-10-25T02:59:00+02:00"},
        {"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T03:00:00+01:00"},
        {"America/New_York", "2026-03-08T02:30", "2026-03-08T03:00:00-04:00"},
        {"America/New_York", "2026-11-01T01:30", "2026-11-01T01:30:00-04:00"},
        {"Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-04T02:30:00+11:00"},
        {"Asia/Kathmandu", "2026-06-01T00:00", "2026-06-01T00:00:00+05:45"},
        {"America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T01:00:00-02:00"},
        {"Pacific/Apia", "2011-12-30T12:00", "2011-12-31T00:00:00+14:00"},
        {"UTC", "2026-02-03T04:05", "2026-02-03T04:05:00+00:00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        utc_t t;
        char got[TIME_TEXT_MAX];

        zone(cases[i].zone);
        cr_assert(clock_parse(cases[i].local, &t, &e), "%s", e.text);
        cr_expect_str_eq(clock_iso(t, got), cases[i].want, "%s %s: got %s", cases[i].zone,
                         cases[i].local, got);
    }
}

Test(clock, days_and_months_start_at_local_midnight)
{
    static const struct {
        const char *zone, *now, *want;
        int add;
        bool month;
    } cases[] = {
        {"Africa/Nairobi", "2026-11-22T17:20", "2026-11-22T00:00:00+03:00", 0, false},
        {"Africa/Nairobi", "2026-11-22T00:00", "2026-11-22T00:00:00+03:00", 0, false},
        {"Africa/Nairobi", "2026-11-22T00:00", "2026-11-21T00:00:00+03:00", -1, false},
        {"Africa/Nairobi", "2026-12-31T23:59", "2027-01-01T00:00:00+03:00", 1, false},
        {"Africa/Nairobi", "2026-11-22T17:20", "2026-12-01T00:00:00+03:00", 1, true},
        {"Africa/Nairobi", "2026-12-22T17:20", "2027-01-01T00:00:00+03:00", 1, true},
        {"Africa/Nairobi", "2026-01-22T17:20", "2025-12-01T00:00:00+03:00", -1, true},
        {"Africa/Nairobi", "2026-01-31T17:20", "2026-02-01T00:00:00+03:00", 1, true},
        /* the day that has 25 hours, and the one that has 23 */
        {"Europe/Berlin", "2026-10-25T23:00", "2026-10-26T00:00:00+01:00", 1, false},
        {"Europe/Berlin", "2026-03-28T23:00", "2026-03-29T00:00:00+01:00", 1, false},
        {"Europe/Berlin", "2026-03-29T23:00", "2026-03-30T00:00:00+02:00", 1, false},
        /* midnight itself is skipped */
        {"America/Sao_Paulo", "2018-11-04T12:00", "2018-11-04T01:00:00-02:00", 0, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        utc_t now;
        char got[TIME_TEXT_MAX];

        zone(cases[i].zone);
        cr_assert(clock_parse(cases[i].now, &now, &e));
        clock_iso(cases[i].month ? clock_month_start(now, cases[i].add)
                                 : clock_day_start(now, cases[i].add),
                  got);
        cr_expect_str_eq(got, cases[i].want, "%s %+d: got %s, want %s", cases[i].now,
                         cases[i].add, got, cases[i].want);
    }
}

Test(clock, only_zones_of_the_machine_are_taken)
{
    static const struct {
        const char *zone;
        bool known;
    } cases[] = {
        {"Africa/Nairobi", true},
        {"UTC", true},
        {"Asia/Shanghai", true},
        {"Africa", false},
        {"", false},
        {"/etc/passwd", false},
        {"../../../etc/passwd", false},
        {"Mars/One", false},
        {"EAT+3", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;

        cr_expect_eq(clock_zone_known(cases[i].zone), cases[i].known, "%s", cases[i].zone);
        cr_expect_eq(clock_zone_set(cases[i].zone, &e), cases[i].known, "%s",
                     cases[i].zone);
    }
}

Test(clock, dates_are_those_of_the_zone)
{
    char text[TIME_TEXT_MAX];
    utc_t t = 1795382400; /* 2026-11-22T21:20:00Z */

    zone("UTC");
    cr_expect_str_eq(clock_iso(t, text), "2026-11-22T21:20:00+00:00", "%s", text);
    zone("Africa/Nairobi");
    cr_expect_str_eq(clock_date(t, text), "2026-11-23", "%s", text);
    zone("America/St_Johns");
    cr_expect_str_eq(clock_iso(t, text), "2026-11-22T17:50:00-03:30", "%s", text);
}

Test(clock, a_hand_clock_stands_still_until_it_is_set)
{
    char file[] = "/tmp/meterpost-clock-XXXXXX";
    int fd = mkstemp(file);
    struct err e;

    cr_assert_neq(fd, -1);
    close(fd);
    cr_assert(clock_hand_set(file, 1000, &e), "%s", e.text);
    setenv("METERPOST_CLOCK", file, 1);
    cr_expect(clock_is_by_hand());
    cr_expect_eq(clock_now(), 1000);
    usleep(2000);
    cr_expect_eq(clock_now(), 1000);
    cr_assert(clock_hand_set(file, 86400, &e));
    cr_expect_eq(clock_now(), 86400);
    unlink(file);
    cr_expect_eq(clock_now(), 86400, "the file is mapped");
}

Test(clock, without_a_hand_clock_it_is_the_machine_s)
{
    struct err e;
    utc_t before = (utc_t)time(NULL), now;
    int64_t mono;

    unsetenv("METERPOST_CLOCK");
    now = clock_now();
    cr_expect(now >= before && now <= (utc_t)time(NULL));
    cr_expect_not(clock_is_by_hand());
    cr_expect_not(clock_hand_set("/nowhere/clock", 1, &e));
    mono = clock_mono_ms();
    usleep(3000);
    cr_expect_geq(clock_mono_ms() - mono, 2);
}
