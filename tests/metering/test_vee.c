/* Estimates, what readings do to one another, and decisions of people. */
#include "metering/past.h"

#include "meterpost/metering/estimate.h"
#include "meterpost/metering/hold.h"
#include "meterpost/metering/limits.h"
#include "meterpost/metering/replay.h"

TestSuite(vee, .init = make_past, .fini = remove_village);

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

/* M1 uses ten a day; its neighbour's register shows a twentieth of what is used. */
Test(vee, the_use_of_others_counts_by_their_multipliers)
{
    struct installation at = {.multiplier_milli = 20000, .installed_at = START};
    struct contract c = {.valid_from = 1};
    struct account a = {.account = "N", .name = "N", .language = "en", .opened_at = 1};
    struct meter m = {.meter = "N1", .commodity = "electricity", .since = 1};
    struct reading r;
    bool found;

    take_days("M1", 100000, 20);
    cr_assert(contract_at(s, meter("M1").at.account_id, NOON, &c, &found, &e) && found);
    cr_assert(account_add(s, &a, &at.account_id, &e) &&
              contract_add(s, at.account_id, &c, &e) &&
              meter_add(s, &m, &at.meter_id, &e) && installation_add(s, &at, &at.id, &e));
    m = meter("N1");
    cr_assert(
        metering_estimate(s, &conf, &m, KWH, START + 20 * DAY_S, NOON, "amina", "", &r, &e),
        "%s", e.text);
    cr_expect_eq(r.value.milli, 20 * 10000 / 20, "%lld", (long long)r.value.milli);
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
