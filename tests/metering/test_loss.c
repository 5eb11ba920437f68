/* Losses of groups, hints at customers, periods. */
#include "metering/past.h"
#include "meterpost/metering/loss.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/store/fittings.h"

TestSuite(loss, .init = make_past, .fini = remove_village);

Test(loss, a_loss_is_judged_by_its_size_its_coverage_and_its_past)
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

/* Two transformers; the first one's customer also uses on the second. */
static json_t *
two_groups(int64_t first, int64_t second)
{
    json_t *rows;

    must_import("meters", "meter,account,commodity,profile,phone,digits,initial_reading,"
                          "installed_on,group,check_meter\n"
                          "K1,1,electricity,gsm,0711000011,8,0,2025-12-01,T1,1\n"
                          "K2,1,electricity,gsm,0711000012,8,0,2025-12-01,T2,1\n");
    for (int day = 1; day <= 8; day++) {
        utc_t at = clock_day_start(START, day);

        take("K1", day * first, at);
        take("K2", day * second, at);
        take("M1", 100000 + day * 20000, at);
        take("000000000017", 10000 + day * 12000, at);
        take("B4", 10000 + day * 12000, at);
        take("B5", 10000 + day * 12000, at);
    }
    rows = loss_rows(s, &conf, NULL, NULL, clock_day_start(START, 1),
                     clock_day_start(START, 8), &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_assert_eq(json_array_size(rows), 2);
    return rows;
}

static void
expect_pair(int64_t first, int64_t second, const char *want[2][3])
{
    json_t *rows = two_groups(first, second);

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

Test(loss, neighbours_that_cancel_out_are_named)
{
    const char *want[2][3] = {{"T1", "red", "T2"}, {"T2", "negative", "T1"}};

    expect_pair(40000, 20000, want);
}

Test(loss, a_neighbour_gains_already_when_it_loses_nothing)
{
    const char *want[2][3] = {{"T1", "amber", "T2"}, {"T2", "green", "T1"}};

    expect_pair(23000, 35900, want);
}

Test(loss, neighbours_keep_their_names_when_the_worst_comes_first)
{
    const char *want[2][3] = {{"T2", "amber", "T1"}, {"T1", "green", "T2"}};

    expect_pair(19800, 41000, want);
}

Test(loss, hints_add_up_and_name_their_reasons)
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
    cr_expect_eq(suspect_score(&(struct suspect){.now = -1,
                                                 .reset_alone = true,
                                                 .just_under = 3,
                                                 .idle_prepaid = true,
                                                 .restores = 2},
                               reasons, &n),
                 50);
    cr_expect_eq(n, 4);
    cr_expect_eq(suspect_score(&(struct suspect){.now = -1, .just_under = 2, .restores = 1},
                               reasons, &n),
                 0);
}

Test(loss, uses_just_under_a_block_are_counted)
{
    static const int64_t use[] = {49000, 49900, 50000,  200000, 50100,
                                  0,     500,   148900, 149000};

    cr_expect_eq(suspect_just_under(use, 9), 5);
    cr_expect_eq(suspect_just_under(use, 0), 0);
}

static const char *
member_of(const json_t *rows, const char *key, const char *value, const char *want)
{
    static char text[200];
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        json_t *got = json_object_get(row, want);

        if (strcmp(json_string_value(json_object_get(row, key)), value) != 0)
            continue;
        if (json_is_integer(got))
            snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(got));
        else
            snprintf(text, sizeof(text), "%s",
                     json_is_string(got) ? json_string_value(got) : "");
        return text;
    }
    return "none";
}

/* The feeder's customers are those that hung below it then. */
Test(loss, a_group_counts_with_the_parent_that_it_had)
{
    utc_t first = clock_day_start(START, 1), moved = clock_day_start(START, 10),
          last = clock_day_start(START, 20);
    struct group t1, f2;
    json_t *rows;
    bool found;

    must_import("groups", "group,name,kind\nF1,East,feeder\nF2,West,feeder\n");
    must_import("meters", "meter,account,commodity,profile,phone,digits,initial_reading,"
                          "installed_on,group,check_meter\n"
                          "K1,1,electricity,gsm,0711000011,8,0,2025-12-01,F1,1\n"
                          "K2,1,electricity,gsm,0711000012,8,0,2025-12-01,F2,1\n");
    cr_assert(group_by_code(s, "T1", &t1, &found, &e) && found);
    cr_assert(group_by_code(s, "F1", &f2, &found, &e) && found);
    cr_assert(group_move(s, t1.id, f2.id, START, &e), "%s", e.text);
    cr_assert(group_by_code(s, "F2", &f2, &found, &e) && found);
    cr_assert(group_move(s, t1.id, f2.id, moved, &e), "%s", e.text);
    for (int day = 1; day <= 20; day++) {
        utc_t at = clock_day_start(START, day);

        take("K1", day < 10 ? day * 21000 : 9 * 21000 + 21000, at);
        take("K2", day <= 10 ? 0 : (day - 10) * 21000, at);
        take("M1", 100000 + day * 20000, at);
    }
    rows = loss_rows(s, &conf, "feeder", NULL, first, moved, &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_expect_str_eq(member_of(rows, "group", "F1", "sold"), "180");
    cr_expect_str_eq(member_of(rows, "group", "F1", "percent"), "4.7");
    cr_expect_str_eq(member_of(rows, "group", "F2", "meters"), "0");
    json_decref(rows);
    rows = loss_rows(s, &conf, "feeder", NULL, moved, last, &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_expect_str_eq(member_of(rows, "group", "F1", "meters"), "0");
    cr_expect_str_eq(member_of(rows, "group", "F2", "sold"), "200");
    json_decref(rows);
    rows = loss_rows(s, &conf, "feeder", NULL, first, last, &e);
    cr_expect_str_eq(member_of(rows, "group", "F1", "sold"), "180", "each its part");
    cr_expect_str_eq(member_of(rows, "group", "F2", "sold"), "200");
    cr_expect_str_eq(member_of(rows, "group", "F2", "money"), "100.00",
                     "ten kilowatt hours at ten");
    json_decref(rows);
}

Test(loss, those_worth_a_visit_come_with_reasons)
{
    struct reading r;
    json_t *rows;

    for (int day = 1; day <= 32; day++) {
        utc_t at = clock_day_start(START, day);

        take("000000000017", 10000 + day * 12000, at);
        take("B4", 10000 + day * 12000, at);
        r = take("B5", 10000 + day * 10000 + day % 3 * 10, at);
    }
    cr_assert(reading_set_verdict(s, r.id, READING_ACCEPTED, "tamper,reset", "", &e));
    rows =
        loss_suspects(s, "T2", clock_day_start(START, 1), clock_day_start(START, 32), &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_expect_str_eq(member_of(rows, "meter", "B5", "points"), "65",
                     "tamper, reset alone, flat: %s",
                     member_of(rows, "meter", "B5", "points"));
    json_decref(rows);
}

Test(loss, alarms_and_seals_that_are_off_are_hints)
{
    struct alarm_new cover = {"tamper", "meter B4", "meter B4 reports tampering", true};
    utc_t at = clock_day_start(START, 20);
    json_t *rows;

    for (int day = 1; day <= 32; day++) {
        take("000000000017", 10000 + day * 12000, clock_day_start(START, day));
        take("B4", 10000 + day * 12000 + day % 5 * 3000, clock_day_start(START, day));
        take("B5", 10000 + day * 12000 + day % 5 * 3000, clock_day_start(START, day));
    }
    cr_assert(alarm_raise(s, &conf, &cover, at, NULL, &e), "%s", e.text);
    cr_assert(seal_add(s, meter("B5").id, "S1", START, &e), "%s", e.text);
    cr_assert(seal_close(s, meter("B5").id, "S1", at, &e), "%s", e.text);
    rows =
        loss_suspects(s, "T2", clock_day_start(START, 1), clock_day_start(START, 32), &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_expect_str_eq(member_of(rows, "meter", "B4", "points"), "40");
    cr_expect_str_eq(member_of(rows, "meter", "B5", "points"), "40");
    json_decref(rows);
    cr_assert(seal_add(s, meter("B5").id, "S2", at, &e), "%s", e.text);
    rows =
        loss_suspects(s, "T2", clock_day_start(START, 1), clock_day_start(START, 32), &e);
    cr_expect_str_eq(member_of(rows, "meter", "B5", "points"), "none",
                     "it is sealed again");
    json_decref(rows);
}

Test(loss, a_period_is_a_month_a_day_or_two_ends)
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
