/* Estimates, what readings do to one another, decisions of people, and losses. */
#include "village.h"

#include "meterpost/metering/estimate.h"
#include "meterpost/metering/hold.h"
#include "meterpost/metering/limits.h"
#include "meterpost/metering/loss.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/replay.h"
#include "meterpost/metering/try_validate.h"
#include "meterpost/store/readings.h"

#define KWH   "1-0:1.8.0"
#define START (NOON - 31 * DAY_S) /* of the installations: 2025-12-01T12:00 */

static void
begin(void)
{
    make_village();
    conf.validation = (struct conf_validation){.high = 200,
                                               .very_high = 500,
                                               .low = 50,
                                               .very_low = 10,
                                               .clock_warn_s = 900,
                                               .clock_hold_s = DAY_S,
                                               .too_old_s = 400 * DAY_S,
                                               .rollover = 3,
                                               .outlier = 4,
                                               .small = 1,
                                               .zero_days = 28,
                                               .estimates = 3,
                                               .after_cut = 500,
                                               .max_electricity = 77,
                                               .max_water = 5};
    conf.losses = (struct conf_losses){95, 8, 15, 1, {1000}};
    conf.reading.freeze_day = 1;
    settle_village();
}

TestSuite(vee, .init = begin, .fini = remove_village);

static struct reading
take(const char *name, int64_t value, utc_t at)
{
    struct meter m = meter(name);
    struct reading r = {.value = {value},
                        .taken_at = at,
                        .received_at = at,
                        .quality = QUALITY_ACTUAL,
                        .source = SOURCE_SMS};

    text_copy(r.obis, sizeof(r.obis), metering_main_register(m.commodity));
    text_copy(r.unit, sizeof(r.unit), strcmp(m.commodity, "water") == 0 ? "m3" : "kWh");
    text_copy(r.actor, sizeof(r.actor), "meter");
    cr_assert(metering_reading_add(s, &conf, &m, 0, &r, &e), "%s", e.text);
    return r;
}

/* Ten a day from the installation on. */
static void
take_days(const char *name, int64_t start, int days)
{
    for (int i = 1; i <= days; i++)
        cr_assert_eq(take(name, start + i * 10000, START + i * DAY_S).status,
                     READING_ACCEPTED);
}

static struct reading
stored(int64_t id)
{
    struct reading r;
    bool found;

    cr_assert(reading_by_id(s, id, &r, &found, &e) && found, "reading %lld", (long long)id);
    return r;
}

static const struct decision by_amina = {NULL, &conf, "amina", "seen", NOON};

static struct decision
decision(const char *actor)
{
    struct decision d = by_amina;

    d.store = s;
    d.actor = actor;
    return d;
}

Test(vee, methods_of_estimation_come_in_order)
{
    static const struct {
        const char *what;
        struct estimate_case c;
        int64_t value;
        const char *method; /* NULL: refused */
    } cases[] = {
        {"nothing", {.at = NOON}, 0, NULL},
        {"nothing but a reading", {.at = NOON, .has_before = true}, 0, NULL},
        {"between two",
         {.at = NOON,
          .has_before = true,
          .before = {1000},
          .before_at = NOON - 30 * DAY_S,
          .has_after = true,
          .after = {5000},
          .after_at = NOON + 10 * DAY_S,
          .has_last_year = true,
          .last_year = 9},
         4000,
         "17"},
        {"between two around its end",
         {.at = NOON,
          .size_milli = 100000,
          .has_before = true,
          .before = {99000},
          .before_at = NOON - DAY_S,
          .has_after = true,
          .after = {3000},
          .after_at = NOON + DAY_S,
          .rolled = true},
         1000,
         "17"},
        {"off",
         {.at = NOON,
          .has_before = true,
          .before = {7000},
          .before_at = NOON - 30 * DAY_S,
          .off = true,
          .has_average = true,
          .average = 5},
         7000,
         "68"},
        {"last year, and more since",
         {.at = NOON,
          .has_before = true,
          .before = {1000},
          .before_at = NOON - 10 * DAY_S,
          .has_last_year = true,
          .last_year = 1000,
          .trend = 120,
          .has_average = true},
         13000,
         "61"},
        {"its average",
         {.at = NOON,
          .has_before = true,
          .before = {1000},
          .before_at = NOON - 10 * DAY_S,
          .has_average = true,
          .average = 500,
          .has_class = true,
          .class = 9},
         6000,
         "65"},
        {"its class",
         {.at = NOON,
          .has_before = true,
          .before = {1000},
          .before_at = NOON - 10 * DAY_S,
          .has_class = true,
          .class = 300},
         4000,
         "63"},
        {"the average across its end",
         {.at = NOON,
          .size_milli = 10000,
          .has_before = true,
          .before = {9000},
          .before_at = NOON - 10 * DAY_S,
          .has_average = true,
          .average = 200},
         1000,
         "65"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct estimate got = {0};
        bool made = estimate_make(&cases[i].c, &got, &e);

        cr_expect_eq(made, cases[i].method != NULL, "%s: %s", cases[i].what, e.text);
        if (!made || cases[i].method == NULL)
            continue;
        cr_expect_str_eq(got.method, cases[i].method, "%s: %s", cases[i].what, got.method);
        cr_expect_eq(got.value.milli, cases[i].value, "%s: %lld", cases[i].what,
                     (long long)got.value.milli);
    }
}

Test(vee, an_actual_reading_takes_the_place_of_estimates)
{
    struct meter m = meter("M1");
    struct reading estimate, actual, line;
    bool found;

    take_days("M1", 100000, 10);
    cr_assert(metering_estimate(s, &conf, &m, KWH, START + 20 * DAY_S, NOON, "amina", "",
                                &estimate, &e),
              "%s", e.text);
    cr_expect_eq(estimate.value.milli, 300000, "%lld", (long long)estimate.value.milli);
    cr_expect_str_eq(estimate.method, "65");
    cr_expect_eq(estimate.quality, 'E');
    actual = take("M1", 250000, START + 25 * DAY_S);
    cr_expect_eq(actual.status, READING_ACCEPTED);
    cr_expect(check_has_flag(actual.flags, "overestimated"), "%s", actual.flags);
    cr_expect_eq(stored(estimate.id).status, READING_SUPERSEDED);
    cr_assert(reading_at(s, m.id, KWH, START + 20 * DAY_S, (struct quantity){0}, &line,
                         &found, &e) &&
              found);
    cr_expect_eq(line.value.milli, 233333, "%lld", (long long)line.value.milli);
    cr_expect_eq(line.quality, 'S');
    cr_expect_str_eq(line.method, "17");
    cr_expect_eq(line.replaces_id, estimate.id);
}

Test(vee, a_third_estimate_in_a_row_asks_for_a_visit)
{
    struct meter m = meter("M1");
    struct reading r;

    take_days("M1", 100000, 5);
    for (int i = 1; i <= 3; i++) {
        cr_assert(metering_estimate(s, &conf, &m, KWH, START + (5 + i) * DAY_S, NOON,
                                    "amina", "", &r, &e),
                  "%s", e.text);
        cr_expect_str_eq(r.flags, i < 3 ? "estimated" : "estimated,prolonged");
    }
    cr_expect_not(
        metering_estimate(s, &conf, &m, KWH, START + 5 * DAY_S, NOON, "amina", "", &r, &e));
    cr_expect_not_null(strstr(e.text, "was read"), "%s", e.text);
}

Test(vee, a_level_that_goes_on_is_released)
{
    struct reading high, next;

    take_days("M1", 100000, 15);
    high = take("M1", 320000, START + 16 * DAY_S);
    cr_expect_eq(high.status, READING_HELD, "%s", high.flags);
    next = take("M1", 388000, START + 17 * DAY_S);
    cr_expect_eq(next.status, READING_ACCEPTED, "%s", next.flags);
    cr_expect_eq(stored(high.id).status, READING_ACCEPTED);
    cr_expect_not_null(strstr(stored(high.id).flags, "released"));
}

Test(vee, a_misreading_stays_held_when_use_goes_on_as_before)
{
    struct reading high;
    json_t *rows;

    take_days("M1", 100000, 15);
    high = take("M1", 320000, START + 16 * DAY_S);
    cr_expect_eq(take("M1", 270000, START + 17 * DAY_S).status, READING_ACCEPTED);
    cr_expect_eq(stored(high.id).status, READING_HELD);
    rows = hold_rows(s, &conf, "M1", NULL, 0, &e);
    cr_assert_eq(json_array_size(rows), 1);
    cr_expect_str_eq(
        json_string_value(json_object_get(json_array_get(rows, 0), "proposal")), "reject");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(rows, 0), "advice")),
                     "a later reading lies below it");
    json_decref(rows);
}

Test(vee, people_decide_with_a_name_and_a_reason)
{
    struct decision d;
    struct reading held, out;

    d = decision("amina");
    take_days("M1", 100000, 15);
    held = take("M1", 200000, START + 16 * DAY_S);
    cr_assert_eq(held.status, READING_HELD);
    cr_expect(hold_estimate(&d, held.id, &out, &e), "%s", e.text);
    cr_expect_eq(stored(held.id).status, READING_REJECTED);
    cr_expect_str_eq(stored(held.id).reason, "rejected by amina: seen");
    cr_expect_eq(out.value.milli, 260000);
    cr_expect_not(hold_accept(&d, held.id, false, &out, &e));
    cr_expect_not_null(strstr(e.text, "is not held: it is rejected"), "%s", e.text);
    cr_expect_not(hold_reject(&d, 999999, &out, &e));
}

Test(vee, an_edit_is_a_new_row)
{
    struct decision d = decision("amina");
    struct reading old, out;

    take_days("M1", 100000, 3);
    old = take("M1", 141000, START + 4 * DAY_S);
    cr_expect(metering_reading_edit(&d, old.id, (struct quantity){140000}, 'S', &out, &e),
              "%s", e.text);
    cr_expect_eq(stored(old.id).status, READING_SUPERSEDED);
    cr_expect_eq(stored(out.id).replaces_id, old.id);
    cr_expect_str_eq(stored(out.id).actor, "amina");
    cr_expect_str_eq(stored(out.id).reason, "put in the place of 141 by amina: seen");
    cr_expect_not(metering_reading_edit(&d, old.id, (struct quantity){1}, 'S', &out, &e));
    cr_expect_not(metering_reading_edit(&d, out.id, (struct quantity){1}, 'N', &out, &e));
    d.reason = "";
    cr_expect_not(metering_reading_edit(&d, out.id, (struct quantity){1}, 'S', &out, &e));
}

Test(vee, what_is_agreed_needs_two_people)
{
    struct decision one = decision("amina"), two = decision("joseph");
    struct reading r, out;

    cr_assert(metering_reading_agree(&one, "M1", KWH, START + DAY_S,
                                     (struct quantity){105000}, &r, &e),
              "%s", e.text);
    cr_expect_eq(r.status, READING_HELD);
    cr_expect_not(hold_accept(&one, r.id, false, &out, &e));
    cr_expect_not_null(strstr(e.text, "another person"), "%s", e.text);
    cr_expect(hold_accept(&two, r.id, false, &out, &e), "%s", e.text);
    cr_expect_eq(out.quality, 'F');
}

Test(vee, limits_hold_for_a_class_or_a_meter_until_a_day)
{
    struct vee_override o = {.since = START,
                             .until = START + 20 * DAY_S,
                             .name = "very-high",
                             .value = "off",
                             .reason = "season",
                             .actor = "amina"};
    struct meter m = meter("M1");
    struct limits limits;
    int64_t id;
    bool known, ended;

    o.meter_id = m.id;
    cr_assert(vee_override_add(s, &o, &id, &e), "%s", e.text);
    text_copy(o.name, sizeof(o.name), "high");
    text_copy(o.value, sizeof(o.value), "400");
    cr_assert(vee_override_add(s, &o, &id, &e), "%s", e.text);
    cr_assert(limits_of(s, &conf.validation, &m, START + DAY_S, &limits, &e));
    cr_expect_eq(limits_get(&limits, "high", &known), 400);
    cr_expect_eq(limits.severity[check_rule_find("very-high")], SEVERITY_OFF);
    cr_assert(vee_override_end(s, id, START + 5 * DAY_S, &ended, &e) && ended);
    cr_assert(limits_of(s, &conf.validation, &m, START + 6 * DAY_S, &limits, &e));
    cr_expect_eq(limits_get(&limits, "high", &known), 200);
    cr_expect_eq(limits.severity[check_rule_find("very-high")], SEVERITY_OFF);
    cr_assert(limits_of(s, &conf.validation, &m, START + 21 * DAY_S, &limits, &e));
    cr_expect_eq(limits.severity[check_rule_find("very-high")], SEVERITY_HOLD);
    cr_expect_not(limits_set(&limits, "hihg", "3", &e));
    cr_expect_not_null(strstr(e.text, "try high"), "%s", e.text);
    cr_expect_not(limits_set(&limits, "low", "101", &e));
    cr_expect_not(limits_set(&limits, "decrease", "maybe", &e));
}

Test(vee, a_replay_tells_what_other_limits_would_have_held)
{
    const char *set = "high=600", *severity = "high=hold";
    json_t *got;

    take_days("M1", 100000, 10);
    take("M1", 225000, START + 11 * DAY_S);
    got = metering_replay(s, &conf, "high", START, &set, 1, &e);
    cr_assert_not_null(got, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(got, "readings")), 11);
    cr_expect_eq(json_integer_value(json_object_get(got, "fires")), 1);
    cr_expect_eq(json_integer_value(json_object_get(got, "would_fire")), 0);
    json_decref(got);
    got = metering_replay(s, &conf, "high", START, &severity, 1, &e);
    cr_assert_not_null(got, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(got, "would_be_held")), 1);
    cr_expect_eq(json_array_size(json_object_get(got, "examples")), 1);
    json_decref(got);
    cr_expect_null(metering_replay(s, &conf, "unheard-of", START, NULL, 0, &e));
}

/* ---- losses ---- */

Test(vee, a_loss_is_judged_by_its_size_its_coverage_and_its_past)
{
    static const struct {
        const char *what;
        struct loss_sum sum;
        int median, periods;
        enum loss_state state;
        int rate, low, high;
    } cases[] = {
        {"green", {1000, 950, 950, 950, 10, 10, 0, 0, 1, 0}, 0, 0, LOSS_GREEN, 50, 50, 50},
        {"amber",
         {1000, 900, 900, 900, 10, 10, 0, 0, 1, 0},
         0,
         0,
         LOSS_AMBER,
         100,
         100,
         100},
        {"red", {1000, 800, 800, 800, 10, 10, 0, 0, 1, 0}, 0, 0, LOSS_RED, 200, 200, 200},
        {"twice its own",
         {1000, 900, 900, 900, 10, 10, 0, 0, 1, 0},
         45,
         4,
         LOSS_RED,
         100,
         100,
         100},
        {"more than it was",
         {1000, 930, 930, 930, 10, 10, 0, 0, 1, 0},
         30,
         4,
         LOSS_AMBER,
         70,
         70,
         70},
        {"negative",
         {1000, 1050, 1050, 1050, 10, 10, 0, 0, 1, 0},
         0,
         0,
         LOSS_NEGATIVE,
         -50,
         -50,
         -50},
        {"a range",
         {1000, 940, 930, 960, 100, 97, 2, 1, 1, 0},
         0,
         0,
         LOSS_GREEN,
         60,
         40,
         70},
        {"too few", {1000, 900, 900, 900, 10, 9, 0, 1, 1, 0}, 0, 0, LOSS_UNUSABLE, 0, 0, 0},
        {"no supply", {0, 900, 900, 900, 10, 10, 0, 0, 0, 0}, 0, 0, LOSS_UNUSABLE, 0, 0, 0},
        {"supply not read",
         {900, 900, 900, 900, 9, 9, 0, 0, 2, 1},
         0,
         0,
         LOSS_UNUSABLE,
         0,
         0,
         0},
        {"no customers", {900, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 0, 0, LOSS_UNUSABLE, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct loss got;

        loss_judge(&cases[i].sum, &conf.losses, cases[i].median, cases[i].periods, &got);
        cr_expect_eq(got.state, cases[i].state, "%s: %s", cases[i].what,
                     loss_state_name(got.state));
        cr_expect_eq(got.rate, cases[i].rate, "%s: %d", cases[i].what, got.rate);
        cr_expect_eq(got.rate_low, cases[i].low, "%s: %d", cases[i].what, got.rate_low);
        cr_expect_eq(got.rate_high, cases[i].high, "%s: %d", cases[i].what, got.rate_high);
        cr_expect((got.cause[0] == '\0') == (got.state == LOSS_GREEN), "%s", cases[i].what);
    }
}

/* Two transformers, one customer each; the first one's customer also uses on the second. */
Test(vee, neighbours_that_cancel_out_are_named)
{
    const char *want[][3] = {{"T1", "red", "T2"}, {"T2", "negative", "T1"}};
    json_t *rows;

    must_import("meters", "meter,account,commodity,profile,phone,digits,initial_reading,"
                          "installed_on,group,check_meter\n"
                          "K1,1,electricity,gsm,0711000011,8,0,2025-12-01,T1,1\n"
                          "K2,1,electricity,gsm,0711000012,8,0,2025-12-01,T2,1\n");
    for (int day = 1; day <= 8; day++) {
        utc_t at = clock_day_start(START, day);

        take("K1", day * 40000, at);
        take("K2", day * 20000, at);
        take("M1", 100000 + day * 20000, at);
        take("000000000017", 10000 + day * 12000, at);
        take("B4", 10000 + day * 12000, at);
        take("B5", 10000 + day * 12000, at);
    }
    rows = loss_rows(s, &conf, NULL, NULL, clock_day_start(START, 1),
                     clock_day_start(START, 8), &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_assert_eq(json_array_size(rows), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *row = json_array_get(rows, i);
        const char *with = json_string_value(json_object_get(row, "with"));

        cr_expect_str_eq(json_string_value(json_object_get(row, "group")), want[i][0]);
        cr_expect_str_eq(json_string_value(json_object_get(row, "state")), want[i][1]);
        cr_expect_str_eq(with == NULL ? "" : with, want[i][2]);
        cr_expect_str_eq(json_string_value(json_object_get(row, "coverage")), "100");
    }
    json_decref(rows);
}

Test(vee, hints_add_up_and_name_their_reasons)
{
    int64_t use[20], loss[20], flat[20];
    const char *reasons[SUSPECT_REASONS];
    int n;

    for (int i = 0; i < 20; i++) {
        use[i] = 10000 + (i % 5) * 2000;
        loss[i] = 50000 - (i % 5) * 1800;
        flat[i] = 10000 + i % 2;
    }
    cr_expect(suspect_opposite(use, loss, 20));
    cr_expect_not(suspect_opposite(use, use, 20));
    cr_expect_not(suspect_opposite(use, flat, 20));
    cr_expect_eq(suspect_score(&(struct suspect){.now = 100, .last_year = 90}, reasons, &n),
                 0);
    cr_expect_eq(suspect_score(&(struct suspect){.now = 100,
                                                 .last_year = 900,
                                                 .usual_of_group = 500,
                                                 .loss_up = true,
                                                 .tamper = 1},
                               reasons, &n),
                 80);
    cr_expect_eq(n, 3);
    cr_expect_eq(suspect_score(&(struct suspect){.now = -1, .daily = flat, .n_days = 20},
                               reasons, &n),
                 10);
    cr_expect_eq(
        suspect_score(
            &(struct suspect){.now = -1, .daily = use, .daily_loss = loss, .n_days = 20},
            reasons, &n),
        25);
}

Test(vee, a_period_is_a_month_a_day_or_two_ends)
{
    static const struct {
        const char *text, *from, *to; /* from NULL: refused */
    } cases[] = {
        {"2025-12", "2025-12-01", "2026-01-01"},
        {"2025-12-05", "2025-12-05", "2025-12-06"},
        {"2025-12-01..2025-12-08", "2025-12-01", "2025-12-08"},
        {NULL, "2025-12-01", "2026-01-01"},
        {"2025-13", NULL, NULL},
        {"2025-12-08..2025-12-01", NULL, NULL},
        {"yesterday", NULL, NULL},
        {"..", NULL, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char from_day[TIME_TEXT_MAX], to_day[TIME_TEXT_MAX];
        utc_t from, to;
        bool good = loss_period(&conf, cases[i].text, NOON, &from, &to, &e);

        cr_expect_eq(good, cases[i].from != NULL, "%s", cases[i].text);
        if (!good || cases[i].from == NULL)
            continue;
        cr_expect_str_eq(clock_date(from, from_day), cases[i].from, "%s", cases[i].text);
        cr_expect_str_eq(clock_date(to, to_day), cases[i].to, "%s", cases[i].text);
    }
}

/* ---- try validate ---- */

Test(vee, a_case_can_be_tried)
{
    static const struct {
        const char *in, *usage, *flag, *action; /* action NULL: refused */
    } cases[] = {
        {"{'previous':{'value':'1234.5'},'current':{'value':'1301.2'},'digits':5}", "66.7",
         "", "accept"},
        {"{'previous':{'value':'1234'},'current':{'value':'1259'},'multiplier':40}", "1000",
         "", "accept"},
        {"{'previous':{'value':'99950'},'current':{'value':'00017'},'digits':5,"
         "'average_per_day':'2.2'}",
         "67", "ROLLOVER", "accept"},
        {"{'previous':{'value':'04512'},'current':{'value':'04380'},'digits':5,"
         "'average_per_day':3,'days':30}",
         NULL, "DECREASE", "hold"},
        {"{'previous':{'value':'1250','quality':'E'},'previous_actual':{'value':'1100'},"
         "'current':{'value':'1210'}}",
         NULL, "OVERESTIMATED", "accept"},
        {"{'previous':{'value':'100'},'current':{'value':'NaN'}}", NULL, "VALUE", "reject"},
        {"{'previous':{'value':'1'},'current':{'value':'"
         "1111111111111111111111111111111111111111'"
         "}}",
         NULL, "VALUE", "reject"},
        {"{'previous':{'value':'-9223372036854775.808'},'current':{'value':"
         "'9223372036854775.807'}}",
         NULL, "VALUE", "reject"},
        {"{'previous':{'value':'100'},'current':{'value':'100'},'average_per_day':5}", "0",
         "ZERO", "accept"},
        {"{'previous':{'value':'100'},'current':{'value':'3000'},'average_per_day':5}",
         "2900", "VERY_HIGH", "hold"},
        {"{'previous':{'value':'100'},'current':{'value':'3000'},'average_per_day':5,"
         "'limits':{'very-high':'warn'}}",
         "2900", "VERY_HIGH", "accept"},
        {"{'serial':'42','current':{'value':'3000','serial':'43'}}", NULL, "IDENTITY",
         "hold"},
        {"{'current':{'value':'1','meter_time':'2000-01-01T00:00:00Z'}}", NULL, "ANCIENT",
         "hold"},
        {"{'current':{'value':'1','meter_time':'2036-01-01T00:00:00Z'}}", NULL, "FUTURE",
         "hold"},
        {"{'current':{}}", NULL, NULL, NULL},
        {"{'previous':{'value':[]},'current':{'value':'1'}}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'register':'nonsense'}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'digits':99}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'multiplier':'0'}", NULL, NULL, NULL},
        {"{'current':{'value':'1','taken_at':'2026-02-30'}}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'limits':{'hihg':3}}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'history':['x']}", NULL, NULL, NULL},
        {"{}", NULL, NULL, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[400];
        const char *flag;
        json_t *in, *out;

        text_copy(text, sizeof(text), cases[i].in);
        for (char *c = text; *c != '\0'; c++)
            *c = *c == '\'' ? '"' : *c;
        in = json_loads(text, 0, NULL);
        cr_assert_not_null(in, "%s", text);
        out = validate_try(in, &conf.validation, &e);
        json_decref(in);
        cr_expect_eq(out != NULL, cases[i].action != NULL, "%s: %s", text, e.text);
        if (out == NULL || cases[i].action == NULL)
            continue;
        cr_expect_str_eq(json_string_value(json_object_get(out, "action")), cases[i].action,
                         "%s", text);
        if (cases[i].usage != NULL)
            cr_expect_str_eq(json_string_value(json_object_get(out, "usage")),
                             cases[i].usage, "%s", text);
        else
            cr_expect_null(json_string_value(json_object_get(out, "usage")), "%s", text);
        flag = json_string_value(json_array_get(json_object_get(out, "flags"), 0));
        cr_expect_str_eq(flag == NULL ? "" : flag, cases[i].flag, "%s", text);
        json_decref(out);
    }
}
