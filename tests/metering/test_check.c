#include "meterpost/metering/check.h"

#include <criterion/criterion.h>
#include <string.h>

#define KWH  "1-0:1.8.0"
#define NOON 1767268800

static const struct conf_validation limits = {
    .clock_warn_s = 900, .clock_hold_s = DAY_S, .too_old_s = 40 * DAY_S};

Test(check, each_rule_finds_what_it_is_for)
{
    static const struct {
        const char *what;
        struct check_case c;
        enum check_action action;
        const char *flags, *reason; /* reason: some words of it */
    } cases[] = {
        {"nothing known", {.value = {5000}}, CHECK_ACCEPT, "", ""},
        {"more than before",
         {.value = {5000}, .before = {true, {4000}, NOON - DAY_S}},
         CHECK_ACCEPT,
         "",
         ""},
        {"the same as before",
         {.value = {5000}, .before = {true, {5000}, NOON - DAY_S}},
         CHECK_ACCEPT,
         "",
         ""},
        {"duplicate",
         {.value = {5000}, .same = {true, {5000}, NOON}},
         CHECK_REJECT,
         "duplicate",
         "same value"},
        {"conflict",
         {.value = {5000}, .same = {true, {6000}, NOON}},
         CHECK_HOLD,
         "conflict",
         "showed 6 at"},
        {"decrease",
         {.value = {5000}, .before = {true, {5001}, NOON - DAY_S}},
         CHECK_HOLD,
         "decrease",
         "less than the 5.001 of 2025-12-31"},
        {"decrease of what may go down",
         {.obis = "1-0:1.7.0", .unit = "W", .value = {5}, .before = {true, {9}, 1}},
         CHECK_ACCEPT,
         "",
         ""},
        {"rollover",
         {.value = {12000}, .digits = 4, .before = {true, {9990000}, NOON - DAY_S}},
         CHECK_ACCEPT,
         "rollover",
         ""},
        {"too far for a rollover",
         {.value = {5000000}, .digits = 4, .before = {true, {9990000}, NOON - DAY_S}},
         CHECK_HOLD,
         "decrease",
         "less than"},
        {"rollover of unknown digits",
         {.value = {12000}, .before = {true, {9990000}, NOON - DAY_S}},
         CHECK_HOLD,
         "decrease",
         "less than"},
        {"unit", {.unit = "m3", .value = {5}}, CHECK_HOLD, "unit", "counts kWh"},
        {"negative", {.value = {-1}}, CHECK_HOLD, "negative", "less than zero"},
        {"beyond its digits",
         {.value = {10000000}, .digits = 4},
         CHECK_HOLD,
         "digits",
         "4 digits"},
        {"the last it can show", {.value = {9999999}, .digits = 4}, CHECK_ACCEPT, "", ""},
        {"a clock of next week",
         {.value = {5}, .meter_time = NOON + 7 * DAY_S},
         CHECK_HOLD,
         "future,clock",
         "in the future"},
        {"a clock without a battery",
         {.value = {5}, .meter_time = 946684800},
         CHECK_HOLD,
         "ancient,clock",
         "2000-01-01"},
        {"a slow clock",
         {.value = {5}, .meter_time = NOON - 1000},
         CHECK_ACCEPT,
         "clock",
         ""},
        {"a good clock", {.value = {5}, .meter_time = NOON - 60}, CHECK_ACCEPT, "", ""},
        {"late but fitting",
         {.value = {5}, .after = {true, {6}, NOON + 60}},
         CHECK_ACCEPT,
         "late",
         ""},
        {"late and above",
         {.value = {7000}, .after = {true, {6000}, NOON + DAY_S}},
         CHECK_HOLD,
         "above-later,late",
         "more than the later 6 of 2026-01-02"},
        {"two faults, the first tells",
         {.unit = "m3", .value = {5}, .before = {true, {6}, 1}},
         CHECK_HOLD,
         "unit,decrease",
         "counts kWh"},
    };
    struct err e;

    cr_assert(clock_zone_set("UTC", &e));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct check_case c = cases[i].c;
        struct check_verdict got;

        c.limits = &limits;
        c.taken_at = c.received_at = NOON;
        c.obis = c.obis != NULL ? c.obis : KWH;
        c.unit = c.unit != NULL ? c.unit : "kWh";
        check_reading(&c, &got);
        cr_expect_eq(got.action, cases[i].action, "%s: action %d", cases[i].what,
                     got.action);
        cr_expect_str_eq(got.flags, cases[i].flags, "%s: flags %s", cases[i].what,
                         got.flags);
        cr_expect(strstr(got.reason, cases[i].reason) != NULL, "%s: reason %s",
                  cases[i].what, got.reason);
        cr_expect((got.reason[0] == '\0') == (got.action == CHECK_ACCEPT), "%s",
                  cases[i].what);
    }
}

Test(check, registers_that_count_are_known)
{
    static const struct {
        const char *obis;
        bool counts;
    } cases[] = {
        {"1-0:1.8.0", true},   {"1-0:1.8.4", true},  {"1-0:1.7.0", false},
        {"1-0:32.7.0", false}, {"8-0:1.0.0", true},  {"7-0:3.0.0", true},
        {"6-0:1.0.0", true},   {"6-0:8.0.0", false}, {"", false},
        {"nonsense", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(check_register_counts(cases[i].obis), cases[i].counts, "%s",
                     cases[i].obis);
}
