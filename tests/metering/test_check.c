#include "meterpost/metering/check.h"

#include <criterion/criterion.h>
#include <string.h>

#define KWH  "1-0:1.8.0"
#define NOON 1767268800

static const struct conf_validation limits = {.high = 200,
                                              .very_high = 500,
                                              .low = 50,
                                              .very_low = 10,
                                              .clock_warn_s = 900,
                                              .clock_hold_s = DAY_S,
                                              .too_old_s = 40 * DAY_S,
                                              .rollover = 3,
                                              .outlier = 4,
                                              .spike = 180,
                                              .small = 1,
                                              .zero_days = 28,
                                              .estimates = 3,
                                              .after_cut = 500,
                                              .max_electricity = 77,
                                              .max_water = 5};

#define BEFORE(milli, days)                                                                \
    {                                                                                      \
        true, {milli}, NOON - (days)*DAY_S                                                 \
    }
/* 10 units a day, as long as is known. */
#define TEN_A_DAY                                                                          \
    {                                                                                      \
        .n = 30, .median = 10000, .spread = 1000, .last = 10000                            \
    }

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
         "decrease,exchanged",
         "a new meter would"},
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
         "late,above-later",
         "more than the later 6 of 2026-01-02"},
        {"40 digits", {.value = {INT64_MAX}}, CHECK_REJECT, "value", "no register"},
        {"another meter",
         {.value = {5}, .serial = "0042", .told_serial = "43"},
         CHECK_HOLD,
         "identity",
         "names meter 43"},
        {"the same meter with zeros",
         {.value = {5}, .serial = "42", .told_serial = "00042"},
         CHECK_ACCEPT,
         "",
         ""},
        {"Wh for kWh",
         {.value = {1010000000}, .before = BEFORE(1000000, 1), .use = TEN_A_DAY},
         CHECK_HOLD,
         "scale",
         "thousand times more"},
        {"another multiplier",
         {.value = {5}, .multiplier_milli = 1000, .told_multiplier_milli = 40000},
         CHECK_HOLD,
         "multiplier",
         "multiplied by 40, on file is 1"},
        {"overflow", {.value = {5}, .device = "overflow"}, CHECK_HOLD, "overflow", ""},
        {"rollover as expected",
         {.value = {17000},
          .digits = 5,
          .before = BEFORE(99950000, 30),
          .use = {.n = 5, .median = 2200, .last = 2200}},
         CHECK_ACCEPT,
         "rollover",
         ""},
        {"too much for a rollover",
         {.value = {9000000},
          .digits = 5,
          .before = BEFORE(99950000, 1),
          .use = {.n = 5, .median = 2200, .last = 2200}},
         CHECK_HOLD,
         "decrease",
         "less"},
        {"below an estimate",
         {.value = {1210000},
          .before = BEFORE(1250000, 30),
          .before_quality = 'E',
          .actual = BEFORE(1100000, 60)},
         CHECK_ACCEPT,
         "overestimated",
         ""},
        {"below the actual before the estimate",
         {.value = {1050000},
          .before = BEFORE(1250000, 30),
          .before_quality = 'E',
          .actual = BEFORE(1100000, 60)},
         CHECK_HOLD,
         "decrease",
         "less than the 1250"},
        {"backwards",
         {.value = {980000}, .before = BEFORE(1000000, 2), .held = BEFORE(990000, 1)},
         CHECK_HOLD,
         "decrease,reversed",
         "backwards"},
        {"a new meter",
         {.value = {9000}, .before = BEFORE(4512000, 1), .use = TEN_A_DAY},
         CHECK_HOLD,
         "decrease,exchanged",
         "a new meter would"},
        {"the neighbour's",
         {.value = {4380000}, .before = BEFORE(4512000, 30), .fits = "M2"},
         CHECK_HOLD,
         "decrease,swapped",
         "go on from meter M2"},
        {"more than can flow",
         {.value = {3000000}, .before = BEFORE(1000000, 1)},
         CHECK_REJECT,
         "physical",
         "2000 kWh in 24 hours"},
        {"more than can flow since the installation",
         {.value = {3000000}, .before = BEFORE(0, 1), .before_installed = true},
         CHECK_ACCEPT,
         "first-reading",
         ""},
        {"six times the use",
         {.value = {1060000}, .before = BEFORE(1000000, 1), .use = TEN_A_DAY},
         CHECK_HOLD,
         "very-high,outlier",
         "60 kWh a day, usually 10"},
        {"six times, but so it was last year",
         {.value = {1060000},
          .before = BEFORE(1000000, 1),
          .use = {.n = 9,
                  .median = 10000,
                  .last = 10000,
                  .has_season = true,
                  .season = 55000}},
         CHECK_ACCEPT,
         "",
         ""},
        {"three times",
         {.value = {1030000},
          .before = BEFORE(1000000, 1),
          .use = {.n = 9, .median = 10000, .last = 10000}},
         CHECK_ACCEPT,
         "high",
         ""},
        {"a twentieth",
         {.value = {1000500},
          .before = BEFORE(1000000, 1),
          .use = {.n = 9, .median = 10000, .last = 10000}},
         CHECK_HOLD,
         "very-low",
         "0.5 kWh a day"},
        {"a third",
         {.value = {1003000},
          .before = BEFORE(1000000, 1),
          .use = {.n = 9, .median = 10000, .last = 10000}},
         CHECK_ACCEPT,
         "low",
         ""},
        {"a little of nearly nothing",
         {.value = {1000900},
          .before = BEFORE(1000000, 1),
          .use = {.n = 9, .median = 100, .last = 100}},
         CHECK_ACCEPT,
         "",
         ""},
        {"outlier",
         {.value = {1126000}, .before = BEFORE(1000000, 7), .use = TEN_A_DAY},
         CHECK_HOLD,
         "outlier",
         "18 kWh a day"},
        {"a feast of one day",
         {.value = {1018000}, .before = BEFORE(1000000, 1), .use = TEN_A_DAY},
         CHECK_ACCEPT,
         "",
         ""},
        {"a spike of one hour",
         {.value = {1004000},
          .before = {true, {1000000}, NOON - HOUR_S},
          .use = {.n_day = 20, .third = 24000, .usual_s = HOUR_S}},
         CHECK_ACCEPT,
         "spike",
         ""},
        {"much, but not beside the day before",
         {.value = {1002500},
          .before = {true, {1000000}, NOON - HOUR_S},
          .use = {.n_day = 20, .third = 24000, .usual_s = HOUR_S}},
         CHECK_ACCEPT,
         "",
         ""},
        {"too few intervals to tell",
         {.value = {1004000},
          .before = {true, {1000000}, NOON - HOUR_S},
          .use = {.n_day = 5, .third = 24000, .usual_s = HOUR_S}},
         CHECK_ACCEPT,
         "",
         ""},
        {"two hours where it is read every hour",
         {.value = {1001000},
          .before = {true, {1000000}, NOON - 2 * HOUR_S},
          .use = {.usual_s = HOUR_S}},
         CHECK_ACCEPT,
         "gap",
         ""},
        {"nothing for a month",
         {.value = {5},
          .before = {true, {5}, NOON - 1},
          .unchanged_since = NOON - 29 * DAY_S},
         CHECK_ACCEPT,
         "zero",
         ""},
        {"nothing for two months",
         {.value = {5},
          .before = {true, {5}, NOON - 1},
          .unchanged_since = NOON - 57 * DAY_S},
         CHECK_ACCEPT,
         "stuck",
         ""},
        {"nothing, but it is off",
         {.value = {5},
          .before = {true, {5}, NOON - 1},
          .unchanged_since = NOON - 57 * DAY_S,
          .off = true},
         CHECK_ACCEPT,
         "off",
         ""},
        {"sum",
         {.value = {50000}, .has_parts = true, .parts = {48000}, .whole = {50000}},
         CHECK_HOLD,
         "sum",
         "give 48, the total shows 50"},
        {"sum within a unit",
         {.value = {50000}, .has_parts = true, .parts = {49100}, .whole = {50000}},
         CHECK_ACCEPT,
         "",
         ""},
        {"after the cut",
         {.value = {2000}, .before = BEFORE(1000, 1), .off = true, .before_off = true},
         CHECK_ACCEPT,
         "after-cut,off",
         ""},
        {"before it was cut",
         {.value = {2000}, .before = BEFORE(1000, 1), .off = true},
         CHECK_ACCEPT,
         "off",
         ""},
        {"in the cupboard",
         {.value = {2000}, .before = BEFORE(1000, 1), .not_installed = true},
         CHECK_ACCEPT,
         "not-installed",
         ""},
        {"the third estimate",
         {.value = {5}, .quality = 'E', .estimates = 2},
         CHECK_ACCEPT,
         "prolonged",
         ""},
        {"what the device says",
         {.value = {5}, .device = "reset,battery,tamper"},
         CHECK_ACCEPT,
         "tamper,reset,battery",
         ""},
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

Test(check, the_table_of_rules_is_sound)
{
    for (size_t i = 0; check_rule_at(i) != NULL; i++) {
        const struct check_rule *r = check_rule_at(i);

        cr_expect_eq(check_rule_find(r->name), (int)i, "%s is there twice", r->name);
        cr_expect(strstr("accept reject estimate visit", r->proposal) != NULL, "%s",
                  r->name);
        cr_expect(i == 0 || check_rule_at(i - 1)->stage <= r->stage, "%s: stage", r->name);
    }
    cr_expect_eq(check_points("very-high,outlier,unheard-of"), 50);
    cr_expect_str_eq(check_worst("high,decrease,swapped")->name, "swapped");
    cr_expect_null(check_worst("released"));
}

Test(check, a_severity_of_ones_own_takes_the_place_of_the_tables)
{
    enum check_severity severity[CHECK_RULES_MAX];
    struct check_case c = {.obis = KWH,
                           .unit = "kWh",
                           .value = {1060000},
                           .taken_at = NOON,
                           .received_at = NOON,
                           .before = BEFORE(1000000, 1),
                           .use = {.n = 9, .median = 10000, .last = 10000},
                           .limits = &limits,
                           .severity = severity};
    static const struct {
        enum check_severity severity;
        enum check_action action;
        const char *flags;
    } cases[] = {
        {SEVERITY_OFF, CHECK_ACCEPT, ""},
        {SEVERITY_WARN, CHECK_ACCEPT, "very-high"},
        {SEVERITY_HOLD, CHECK_HOLD, "very-high"},
        {SEVERITY_REJECT, CHECK_REJECT, "very-high"},
    };

    for (size_t i = 0; check_rule_at(i) != NULL; i++)
        severity[i] = check_rule_at(i)->severity;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct check_verdict got;

        severity[check_rule_find("very-high")] = cases[i].severity;
        check_reading(&c, &got);
        cr_expect_eq(got.action, cases[i].action, "%zu: %d", i, got.action);
        cr_expect_str_eq(got.flags, cases[i].flags, "%zu: %s", i, got.flags);
        cr_expect_eq(got.usage.milli, 60000);
    }
}

Test(check, expected_use_is_the_median_of_what_was)
{
    struct check_point points[12];
    bool rolled[12] = {false};
    struct check_use use = {0};
    bool known;

    for (int i = 0; i < 12; i++) /* newest first, 4 a day, one day of 400 */
        points[i] = (struct check_point){
            true, {(100 - i) * 4000 + (i < 6 ? 396000 : 0)}, NOON - i * DAY_S};
    check_use_of(points, rolled, 12, 0, &use);
    cr_expect_eq(use.n, 11);
    cr_expect_eq(use.median, 4000);
    cr_expect_eq(use.spread, 0);
    cr_expect_eq(check_use_expected(&use, &known), 4000);
    cr_expect(known);
    use.has_season = true;
    use.season = 8000;
    cr_expect_eq(check_use_expected(&use, &known), 6000);
    points[0].value.milli = 1000; /* it went round at 1000 */
    points[1].value.milli = 997000;
    rolled[0] = true;
    check_use_of(points, rolled, 2, 1000000, &use);
    cr_expect_eq(use.last, 4000);
    check_use_of(points, NULL, 2, 1000000, &use);
    cr_expect_eq(use.n, 0, "a fall that is no rollover counts for nothing");
}

Test(check, intervals_of_the_day_before_are_told_apart_from_days)
{
    struct check_point points[40];
    struct check_use use = {0};

    for (int i = 0; i < 30; i++) /* hourly, newest first; one hour with nine */
        points[i] = (struct check_point){
            true, {1000000 - i * 1000 + (i < 10 ? 8000 : 0)}, NOON - (i + 1) * HOUR_S};
    check_intervals_of(points, false, 30, NOON, &use);
    cr_expect_eq(use.n_day, 23);
    cr_expect_eq(use.third, 24000);
    cr_expect_eq(use.usual_s, HOUR_S);
    for (int i = 0; i < 30; i++)
        points[i].at = NOON - (i + 1) * DAY_S;
    check_intervals_of(points, false, 30, NOON, &use);
    cr_expect_eq(use.n_day, 0);
    cr_expect_eq(use.usual_s, DAY_S);
    check_intervals_of(points, false, 3, NOON, &use);
    cr_expect_eq(use.usual_s, 0);
}
