/*
 * Stages of arrears as they are set: the language and the way of each, what counts as
 * delivered, a visit, and a run that is looked at first, held and skipped.
 */
#include "relay_village.h"

#define TECHNICIAN "+254722000900"
#define SETTINGS                                                                           \
    "reading: {window: \"00:00-24:00\"}\n"                                                 \
    "arrears:\n"                                                                           \
    "  run: true\n"                                                                        \
    "  min_debt: \"100\"\n"                                                                \
    "  cut: {technician: \"" TECHNICIAN "\", payment_feed_max_age: 30d}\n"                 \
    "  stages:\n"                                                                          \
    "    - {name: reminder, after_due: 1d, template: reminder, language: sw}\n"            \
    "    - {name: notice, after_due: 2d, template: notice, channel: hand}\n"               \
    "    - {name: final, after_due: 4d, template: final, after: notice}\n"                 \
    "    - {name: visit, after_due: 6d, after: final}\n"

static void
begin(void)
{
    begin_with(SETTINGS);
    settle_owing(2, "1500");
    done("root", 0, "arrears feed --reason looked");
}

static void
day(int n) /* of March, after the run */
{
    char when[40];

    snprintf(when, sizeof(when), "2026-03-%02dT09:00+03:00", n);
    until(when);
}

/* The newest text to a phone has this in it; NULL: there is none. */
static void
expect_told(const char *phone, const char *want)
{
    json_t *answer = rig_ask(r, &e, "{s:s}", "do", "sent"), *one;
    const char *said = "";
    size_t i;

    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        if (strcmp(text_of(one, "to"), phone) == 0)
            said = text_of(one, "text");
    }
    cr_expect(want == NULL ? *said == '\0' : strstr(said, want) != NULL,
              "%s was told '%s', want '%s'", phone, said, want == NULL ? "" : want);
    json_decref(answer);
}

static void
expect_stage(const char *account, const char *want)
{
    json_t *rows = NULL;

    rig_meterpost(r, &rows, &e, "arrears", "steps", account, "--limit", "1", NULL);
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "stage"), want, "account %s",
                     account);
    json_decref(rows);
}

TestSuite(stage, .init = begin, .fini = end, .timeout = 120);

Test(stage, each_has_its_language_and_its_way_and_a_visit_is_an_order)
{
    day(3); /* due on the 2nd */
    expect_stage("2001", "reminder");
    expect_told("+254722000001", "deni la 1,500.00");
    day(4);
    expect_stage("2001", "notice");
    expect_told("+254722000001", "deni la 1,500.00"); /* nothing by text */
    expect_told(TECHNICIAN, "bring the letter of stage notice: 1,500.00 overdue");
    day(8);
    expect_stage("2001", "notice"); /* nobody says that it was delivered */
    cr_assert(rig_inject(r, TECHNICIAN, "sim1", "DONE 1 given to his wife", &e));
    idle();
    day(9);
    expect_stage("2001", "final");
    expect_stage("2002", "notice");
    day(10);
    expect_stage("2001", "visit");
    expect_told(TECHNICIAN, "stage visit: 1,500.00 overdue since");
}

Test(stage, a_run_is_looked_at_first_held_and_skipped)
{
    json_t *answer = as("root", 0, "arrears preview");

    cr_expect_eq(json_array_size(answer), 0);
    json_decref(answer);
    done("root", 0, "arrears hold --reason strike --until 2026-03-05");
    day(3);
    done("root", 0, "arrears skip 2002 reminder --reason spoken");
    answer = as("root", 0, "arrears preview");
    cr_expect_str_eq(text_of(json_array_get(answer, 0), "next"), "reminder");
    json_decref(answer);
    answer = as("root", 3, "--yes arrears run");
    cr_expect_str_eq(text_of(answer, "reason"), "the run is held by root: strike");
    json_decref(answer);
    expect_stage("2001", "");
    day(5);
    expect_stage("2001", "reminder");
    expect_stage("2002", "notice");
    expect_told("+254722000002", NULL);
    done("root", 1, "arrears hold --off");
}

static void
expect_listed(size_t want, const char *option, const char *value)
{
    json_t *rows = as("root", 0, "arrears list %s %s", option, value);

    cr_expect_eq(json_array_size(rows), want, "%s %s: got %zu, want %zu", option, value,
                 json_array_size(rows), want);
    json_decref(rows);
}

Test(stage, who_owes_is_listed_by_class_group_and_stage)
{
    done("root", 0, "group add T-17 name=Market kind=transformer");
    done("root", 0, "meter set 000000000102 group=T-17");
    done("root", 0, "account set 2001 class=shop");
    day(3);
    expect_listed(2, "--stage", "reminder");
    expect_listed(0, "--stage", "final");
    expect_listed(1, "--group", "T-17");
    expect_listed(0, "--class", "hospital");
    expect_listed(1, "--class", "shop");
}

Test(stage, what_counts_as_delivered_is_shown_for_each_modem)
{
    json_t *answer = as("root", 0, "arrears stages"), *row;

    row = json_array_get(answer, 0);
    cr_expect_str_eq(text_of(row, "delivered"), "sim1: report");
    cr_expect_str_eq(text_of(row, "language"), "sw");
    row = json_array_get(answer, 1);
    cr_expect_str_eq(text_of(row, "delivered"), "somebody says so");
    row = json_array_get(answer, 3);
    cr_expect_str_eq(text_of(row, "kind"), "visit");
    cr_expect_str_eq(text_of(row, "when"), "due + 6 d");
    json_decref(answer);
}

Test(stage, customers_pay_later_by_text_and_are_left_alone_meanwhile)
{
    json_t *rows;

    day(3);
    expect_stage("2001", "reminder");
    cr_assert(rig_inject(r, "+254722000001", "sim1", "PLAN 3", &e) &&
                  rig_inject(r, "+254722000002", "sim1", "PROMISE 6", &e),
              "%s", e.text);
    idle();
    expect_told("+254722000001", "plan: 500.00 by 10 Mar, 500.00 by 10 Apr");
    expect_told("+254722000002", "noted that you pay 1,500.00 KES by 6 Mar");
    day(6);
    expect_stage("2001", "reminder");
    expect_stage("2002", "reminder");
    day(8); /* it is not kept */
    expect_stage("2001", "reminder");
    rows = as("root", 0, "promise list 2002");
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "state"), "broken");
    json_decref(rows);
    day(16); /* nor is the plan, after its grace */
    rows = as("root", 0, "plan list 2001");
    cr_expect_str_eq(text_of(json_array_get(rows, 0), "state"), "broken");
    json_decref(rows);
    expect_told("+254722000001", "part of your plan, 500.00 KES due 10 Mar, is not paid");
    cr_assert(rig_inject(r, "+254722000001", "sim1", "PLAN", &e), "%s", e.text);
    idle();
    rows = as("root", 0, "plan list 2001"); /* once a year: a person makes the next */
    cr_expect_eq(json_array_size(rows), 1);
    json_decref(rows);
}
