/*
 * A debt from its due day to the cut, and from the payment to power: the daily run, its
 * messages, the list, two people, and the restore that nobody has to ask for.
 */
#include "relay_village.h"

#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "arrears:\n"                                                                           \
    "  run: true\n"                                                                        \
    "  min_debt: \"100\"\n"                                                                \
    "  stages:\n"                                                                          \
    "    - {name: reminder, after_due: 3d, template: reminder}\n"                          \
    "    - {name: notice, after_due: 4d, template: notice}\n"                              \
    "    - {name: final, after_due: 15d, template: final, after: notice}\n"                \
    "    - {name: cut, after_due: 17d, after: final}\n"                                    \
    "  cut: {answer: 2m}\n"

static void
begin(void)
{
    begin_with(SETTINGS);
    settle_owing(3, "1500");
}

TestSuite(chase, .init = begin, .fini = end, .timeout = 240);

/* Live through the days up to `last`; somebody says each morning that payments are known.
 */
static void
days(const char *first, int n, bool feed)
{
    utc_t day = at(first);

    for (int i = 0; i < n; i++) {
        char when[TIME_TEXT_MAX];

        until(clock_iso(clock_day_start(day, i) + 7 * HOUR_S, when));
        if (feed)
            json_decref(as("root", 0, "arrears feed --reason looked"));
        until(clock_iso(clock_day_start(day, i) + 9 * HOUR_S, when));
    }
}

/* The stages that an account came to, oldest first, with a blank behind each. */
static void
stages_of(const char *account, char *out, size_t size)
{
    json_t *rows = NULL;

    *out = '\0';
    if (rig_meterpost(r, &rows, &e, "arrears", "steps", account, NULL) == 0) {
        for (size_t i = json_array_size(rows); i > 0; i--)
            snprintf(out + strlen(out), size - strlen(out), "%s ",
                     text_of(json_array_get(rows, i - 1), "stage"));
    }
    json_decref(rows);
}

static void
expect_stages(const char *account, const char *want)
{
    char got[200];

    stages_of(account, got, sizeof(got));
    cr_expect_str_eq(got, want, "account %s came to '%s', want '%s'", account, got, want);
}

static void
expect_guard(const json_t *rows, const char *account, bool may, const char *why)
{
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        if (strcmp(text_of(row, "account"), account) != 0)
            continue;
        cr_expect_eq(json_is_true(json_object_get(row, "may")), may, "%s: %s", account,
                     text_of(row, "why"));
        cr_expect_not_null(strstr(text_of(row, "why"), why), "%s: %s", account,
                           text_of(row, "why"));
        return;
    }
    cr_expect(false, "account %s is not in the list", account);
}

Test(chase, a_debt_comes_to_its_stages_one_a_day_and_is_cut_and_restored)
{
    json_t *answer, *row;

    days("2026-03-03", 4, true); /* to Friday the 6th */
    expect_stages("2001", "reminder notice ");
    days("2026-03-07", 3, true);
    json_decref(as("root", 0, "account protect 2003 --kind medical"));
    json_decref(as("root", 0, "promise add 2002 1500 --until 2026-03-20"));
    days("2026-03-10", 12, true); /* to Saturday the 21st */
    expect_stages("2001", "reminder notice final cut ");
    expect_stages("2002", "reminder notice final "); /* broken on the 21st */
    days("2026-03-22", 2, true);
    hear_all();
    until("2026-03-23T10:00+03:00");
    answer = as("root", 0, "cut list");
    expect_guard(answer, "2001", true, "");
    expect_guard(answer, "2003", false, "protected: medical");
    json_decref(answer);

    answer = as(PROPOSER, 4, "--yes cut propose");
    cr_expect_eq(json_array_size(json_object_get(answer, "orders")), 2);
    cr_expect_str_eq(text_of(answer, "amount"), "3000.00");
    json_decref(as(APPROVER, 0, "cut approve %lld",
                   json_integer_value(json_object_get(answer, "batch"))));
    json_decref(answer);
    until("2026-03-23T10:20+03:00");
    expect_relay("000000000101", 1, "open");
    expect_relay("000000000102", 1, "open");
    expect_relay("000000000103", 0, "closed");
    expect_order("000000000101", "cut", "verified");

    json_decref(as("root", 0, "pay add 2001 1500 --channel cash --reference T1"));
    until("2026-03-23T10:45+03:00");
    expect_relay("000000000101", 2, "closed");
    expect_relay("000000000102", 1, "open");
    expect_order("000000000101", "restore", "verified");
    answer = as("root", 0, "report power");
    row = json_array_get(answer, 0);
    cr_expect_leq(json_integer_value(json_object_get(row, "seconds")), 60);
    json_decref(answer);
}

Test(chase, without_fresh_payments_nobody_comes_to_a_stage)
{
    json_t *answer;

    days("2026-03-03", 6, false);
    expect_stages("2001", "");
    answer = as("root", 3, "--yes arrears run");
    cr_expect_not_null(strstr(text_of(answer, "reason"), "payments are not known"), "%s",
                       text_of(answer, "reason"));
    json_decref(answer);
    json_decref(as("root", 0, "arrears feed --reason looked"));
    json_decref(as("root", 0, "--yes arrears run"));
    expect_stages("2001", "reminder ");
    json_decref(as("root", 0, "--yes arrears run")); /* the same day: no second stage */
    expect_stages("2001", "reminder ");
}

/* Its meter was asked, for this cause. */
static void
expect_asked_for(const char *account, const char *cause)
{
    json_t *rows = NULL;

    cr_assert_eq(rig_meterpost(r, &rows, &e, "attempt", "list", account, NULL), 0);
    cr_expect_geq(json_array_size(rows), 1, "%s was not asked", account);
    cr_expect_str_eq(text_of(json_array_get(rows, json_array_size(rows) - 1), "cause"),
                     cause);
    json_decref(rows);
}

Test(chase, plans_and_complaints_are_left_alone_until_they_are_over)
{
    until("2026-03-03T06:00+03:00"); /* due yesterday */
    json_decref(as("root", 0, "plan make 2001 --parts 3"));
    json_decref(as("root", 0, "dispute open 2002 --reason wrong"));
    days("2026-03-03", 4, true);
    expect_asked_for("2002", "dispute");
    expect_stages("2001", "");
    expect_stages("2002", "");
    expect_stages("2003", "reminder notice ");
    json_decref(as("root", 0, "dispute close 1 --reason right"));
    days("2026-03-07", 6, true);
    expect_stages("2001", ""); /* the first part was due on the 10th: there is grace */
    days("2026-03-13", 6, true);
    expect_stages("2001", "reminder notice final ");
    expect_stages("2002", "reminder notice final ");
}
