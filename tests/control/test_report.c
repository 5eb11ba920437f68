/* Reports: each is built of an empty utility and of a small one, as JSON and as a page. */
#include "meterpost/control/report.h"

#include "meterpost/store/list.h"
#include "meterpost/store/overview.h"
#include "store/stmt.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "/tmp/meterpost-report-XXXXXX";
static struct conf conf = {
    .decimals = 2,
    .utility = {.name = "Kibo <Water>", .currency = "KES", .language = "en"}};
static struct desk desk;
static struct err e;

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    snprintf(conf.database, sizeof(conf.database), "%s/m.db", folder);
    desk.conf = &conf;
    desk.now = clock_from_local(2026, 11, 22, 12, 0, 0);
    cr_assert(store_open(conf.database, STORE_WRITE, &desk.store, &e), "%s", e.text);
}

static void
tear_down(void)
{
    char command[100];

    store_close(desk.store);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(report, .init = set_up, .fini = tear_down);

static json_t *
build(const char *name)
{
    json_t *built =
        report_build(&desk, report_find(name), clock_from_local(2026, 11, 1, 0, 0, 0),
                     clock_from_local(2026, 12, 1, 0, 0, 0), &e);

    cr_assert_not_null(built, "%s: %s", name, e.text);
    return built;
}

Test(report, each_can_be_made_of_an_empty_utility)
{
    for (size_t i = 0; i < report_count(); i++) {
        const struct report *r = report_at(i);
        json_t *built = build(r->name);
        char *page = report_html(&desk, r, built, &e);

        cr_assert_not_null(page, "%s: %s", r->name, e.text);
        cr_expect_not_null(strstr(page, "Kibo &lt;Water&gt;"), "%s is not escaped",
                           r->name);
        cr_expect_null(strstr(page, "http://www.w3.org/1999"), "%s", r->name);
        free(page);
        json_decref(built);
    }
}

static void
pay(int day, int amount)
{
    char sql[300];

    snprintf(sql, sizeof(sql),
             "INSERT INTO payment (channel, reference, amount_minor, paid_at, received_at,"
             " actor) VALUES ('%s', 'R%d', %d, %lld, %lld, 'x')",
             day % 2 == 0 ? "cash" : "bank", day, amount,
             (long long)clock_from_local(2026, 11, day, 9, 0, 0),
             (long long)clock_from_local(2026, 11, day, 9, 0, 0));
    cr_assert(store_exec(desk.store, sql, &e), "%s", e.text);
}

Test(report, payments_are_summed_by_channel_and_month)
{
    json_t *built, *rows;

    pay(3, 150000);
    pay(4, 20000);
    pay(5, 50000);
    built = build("collection");
    rows = json_object_get(json_object_get(built, "sections"), "channels");
    cr_assert_eq(json_array_size(rows), 2);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(rows, 0), "channel")),
                     "bank");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(rows, 0), "amount")),
                     "2000.00");
    rows = json_object_get(json_object_get(built, "sections"), "months");
    cr_expect_eq(json_array_size(rows), 1, "months before there was anything are left out");
    json_decref(built);
}

Test(report, a_chart_has_words_for_people_who_hear_the_page)
{
    const struct report *r = report_find("success");
    json_t *built;
    char *page;

    pay(3, 1);
    built = build("success");
    page = report_html(&desk, r, built, &e);
    cr_assert_not_null(page);
    cr_expect_not_null(strstr(page, "<svg"));
    cr_expect_not_null(strstr(page, "<figure class=\"phone\">"), "a chart for phones");
    cr_expect_not_null(strstr(page, "data-name="), "cells that can stand alone");
    cr_expect_not_null(strstr(page, "<title>Meters read, by day</title>"));
    cr_expect_not_null(strstr(page, "<desc>"));
    free(page);
    json_decref(built);
}

Test(report, numbers_and_times_are_written_for_readers)
{
    static const struct {
        const char *value;
        enum report_cell cell;
        const char *want;
    } cases[] = {
        {"1234567.50", REPORT_MONEY, "1,234,567.50"},
        {"-1234.50", REPORT_MONEY, "-1,234.50"},
        {"999", REPORT_NUMBER, "999"},
        {"", REPORT_MONEY, ""},
        {"2026-11-22T17:20:00+03:00", REPORT_TIME, "2026-11-22 17:20"},
        {"plain", REPORT_TEXT, "plain"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *value = json_string(cases[i].value);
        char got[60];

        report_cell_text(value, cases[i].cell, got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "%s: got '%s', want '%s'", cases[i].value, got,
                         cases[i].want);
        json_decref(value);
    }
}

/* A digest goes to each phone once, at its hour. */
Test(report, a_digest_is_sent_when_it_is_due)
{
    static const char count[] = "SELECT count(*) FROM outbox";
    int64_t n = 0;
    bool found;
    int done = 0;

    conf.n_reports = 1;
    conf.reports[0] = (struct conf_report){
        .name = "daily", .every = CONF_EVERY_DAY, .at_min = 360, .n_sms = 2};
    snprintf(conf.reports[0].sms[0], PHONE_MAX, "+254700000901");
    snprintf(conf.reports[0].sms[1], PHONE_MAX, "+254700000902");
    cr_assert(store_begin(desk.store, &e));
    for (int hour = 0; hour < 48; hour++, desk.now += HOUR_S)
        cr_assert(report_plan(&desk, &done, &e), "%s", e.text);
    cr_expect_eq(done, 2);
    cr_assert(stmt_one_int(stmt_get(desk.store, count, &e), &n, &found, &e));
    cr_expect_eq(n, 4, "got %lld", (long long)n);
    store_rollback(desk.store);
}
