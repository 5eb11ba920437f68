#include "billing/town.h"

#include "meterpost/billing/ledger.h"
#include "meterpost/billing/view.h"
#include "meterpost/store/outbox.h"
#include "meterpost/store/tariffs.h"
#include "store/stmt.h"

#include <sys/stat.h>

TestSuite(run, .init = town_make, .fini = town_remove);

/* The reason that the result names for the only account that was skipped. */
static void
expect_skipped(const char *reason, const char *words)
{
    json_t *result = run_month("2026-10");
    const char *text = json_string_value(
        json_object_get(json_array_get(json_object_get(result, "accounts"), 0), "reason"));

    cr_expect_eq(count_of(result, "issued"), 0, "%s", reason);
    cr_expect_eq(count_of(json_object_get(result, "reasons"), reason), 1, "not '%s' but %s",
                 reason, text);
    cr_expect(text != NULL && strstr(text, words) != NULL, "got %s, want %s", text, words);
    json_decref(result);
}

Test(run, the_first_bill_starts_at_the_installation_and_is_multiplied)
{
    int64_t account = add_account("1042", "power");
    int64_t meter = add_meter("m1", account, "2026-10-01", 500, 2);
    struct bill_reading readings[BILL_READINGS_MAX];
    struct bill bill;
    json_t *result;
    int n;

    add_reading(meter, "2026-10-20T00:10", 510000);
    add_reading(meter, "2026-11-01T00:10", 520500);
    result = run_month("");
    cr_expect_str_eq(json_string_value(json_object_get(result, "month")), "2026-10");
    cr_expect_eq(count_of(result, "issued"), 1);
    cr_expect_str_eq(json_string_value(json_object_get(result, "total")), "719.20");
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found);
    cr_expect_eq(bill.total.minor, 71920, "(100 + 30x10 + 11x20) x 1.16");
    cr_expect_eq(bill.days, 31);
    cr_expect_eq(bill.basis, BASIS_ACTUAL);
    cr_expect_eq(bill.due_at, at("2026-11-15"));
    cr_expect_str_eq(bill.usage, "{\"days\":31,\"month\":10,\"months\":1,\"total\":\"41\","
                                 "\"ytd_before\":\"0\"}");
    cr_assert(bill_readings(s, bill.id, readings, &n, &e) && n == 1);
    cr_expect_eq(readings[0].from.milli, 500000);
    cr_expect_eq(readings[0].from_id, 0);
    cr_expect_eq(readings[0].usage.milli, 41000);
    cr_expect_eq(balance_of(account), 71920);
    expect_ledger_agrees();
    json_decref(result);
}

Test(run, the_next_bill_goes_on_where_the_last_one_ended)
{
    int64_t account = add_account("1042", "power");
    int64_t meter = add_meter("m1", account, "2026-10-01", 0, 1);
    struct bill bill;

    add_reading(meter, "2026-10-31T23:50", 30000);
    add_reading(meter, "2026-11-02T00:00", 31000);
    add_reading(meter, "2026-12-01T06:00", 45000);
    json_decref(run_month("2026-10"));
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_by_number(s, "2026-000002", &bill, &found, &e) && found);
    cr_expect_eq(bill.period_from, at("2026-10-31T23:50"));
    cr_expect_eq(bill.period_to, at("2026-12-01T06:00"));
    cr_expect_eq(bill.total.minor, 29000, "(100 + 15 x 10) x 1.16");
    cr_expect_eq(bill.balance_before.minor, 46400);
    cr_expect_eq(balance_of(account), 75400);
    expect_ledger_agrees();
}

Test(run, a_repeated_run_issues_nothing_twice)
{
    json_t *again;

    for (int i = 0; i < 3; i++) {
        char name[8];
        int64_t meter;

        snprintf(name, sizeof(name), "%d", 1000 + i);
        meter = add_meter(name, add_account(name, "power"), "2026-10-01", 0, 1);
        add_reading(meter, "2026-11-01T00:00", 1000);
    }
    json_decref(run_month("2026-10"));
    again = run_month("2026-10");
    cr_expect_eq(count_of(again, "issued"), 0);
    cr_expect_eq(count_of(again, "existing"), 3);
    json_decref(again);
}

/* The last number of the series; numbers are 1 to that without a gap. */
static int64_t
bills_without_gap(void)
{
    static const char sql[] = "SELECT CASE WHEN max(seq) = count(*) AND min(seq) = 1"
                              " THEN count(*) ELSE -1 END FROM bill";
    struct stmt *q = stmt_get(s, sql, &e);
    int64_t n;

    cr_assert(q != NULL && stmt_one_int(q, &n, &found, &e), "%s", e.text);
    return n;
}

Test(run, a_run_that_is_broken_off_goes_on_without_gap_or_double)
{
    struct job job;
    int64_t id;

    for (int i = 0; i < 9; i++) {
        char name[8];
        int64_t meter;

        snprintf(name, sizeof(name), "%d", 1000 + i);
        meter = add_meter(name, add_account(name, "power"), "2026-10-01", 0, 1);
        add_reading(meter, "2026-11-01T00:00", 1000);
    }
    cr_assert(billing_run_start(&b, "2026-10", NULL, "test", &id, &e), "%s", e.text);
    cr_assert(store_commit(s, &e));
    for (int turn = 0; turn < 40; turn++) {
        cr_assert(store_begin(s, &e));
        cr_assert(job_get(s, id, &job, &found, &e) && found);
        if (job.state != JOB_RUNNING)
            break;
        cr_assert(billing_run_slice(&b, &job, 50, 2, &e), "%s", e.text);
        cr_assert(job_save(s, &job, b.now, &e));
        if (turn % 3 == 1)
            store_rollback(s); /* the power went */
        else
            cr_assert(store_commit(s, &e));
    }
    cr_expect_eq(job.state, JOB_DONE);
    cr_expect_eq(job.done, 9);
    cr_expect_eq(job.total, 9);
    cr_expect_eq(bills_without_gap(), 9);
    expect_ledger_agrees();
}

Test(run, an_issued_bill_cannot_be_changed)
{
    static const char *const tries[] = {
        "UPDATE bill SET total_minor = 0", "DELETE FROM bill_line",
        "UPDATE ledger_entry SET amount_minor = 1", "DELETE FROM bill_reading"};

    add_reading(add_meter("m1", add_account("1", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 1000);
    json_decref(run_month("2026-10"));
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
        cr_expect_not(store_exec(s, tries[i], &e), "%s", tries[i]);
}

Test(run, what_is_stored_with_a_bill_gives_it_again)
{
    struct problems p = {0};
    struct bill bill;
    struct quote again;
    struct usage u;
    struct tariff *t;
    json_t *usage;
    char *body;

    add_reading(add_meter("m1", add_account("1", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 41500);
    json_decref(run_month("2026-10"));
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found);
    cr_assert(tariff_version_body(s, bill.tariff_version_id, &body, &e));
    t = tariff_open_text("kept", body, strlen(body), &p);
    usage = json_loads(bill.usage, 0, NULL);
    cr_assert(t != NULL && usage_from_json(usage, &u, &e), "%s", e.text);
    cr_assert(quote_compute(t, &u, &again, &e), "%s", e.text);
    cr_expect_eq(again.total.minor, bill.total.minor);
    json_decref(usage);
    tariff_destroy(t);
    free(body);
}

Test(run, an_exchanged_meter_gives_two_readings_and_one_sum)
{
    int64_t account = add_account("1", "power");
    int64_t old = add_meter("old", account, "2026-10-01", 4567, 1), new;
    struct bill_reading readings[BILL_READINGS_MAX];
    struct meter m;
    struct bill bill;
    int n;

    cr_assert(meter_by_id(s, old, &m, &found, &e) && found);
    cr_assert(installation_close(s, m.at.id, at("2026-10-11T10:00"),
                                 (struct quantity){4600000}, &e));
    new = add_meter("new", account, "2026-10-11T10:00", 0, 1);
    add_reading(new, "2026-11-01T00:00", 150000);
    json_decref(run_month("2026-10"));
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found);
    cr_assert(bill_readings(s, bill.id, readings, &n, &e) && n == 2);
    cr_expect_eq(readings[0].usage.milli + readings[1].usage.milli, 183000);
    cr_expect_eq(bill.period_from, at("2026-10-01"));
    add_reading(new, "2026-12-01T00:00", 160000);
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_by_number(s, "2026-000002", &bill, &found, &e) && found);
    cr_assert(bill_readings(s, bill.id, readings, &n, &e));
    cr_expect_eq(n, 1, "the old meter is not billed again");
}

/* Its transformers were exchanged: 100 times 40, then 50 times 20, and 20 from then on. */
Test(run, a_meter_with_another_multiplier_is_billed_by_each_for_its_time)
{
    int64_t account = add_account("1", "power"), meter;
    struct installation next = {.account_id = account,
                                .multiplier_milli = 20000,
                                .installed_at = at("2026-10-11"),
                                .initial = {100000}};
    struct bill bill;
    struct meter m;

    meter = add_meter("m", account, "2026-10-01", 0, 40);
    cr_assert(meter_by_id(s, meter, &m, &found, &e) && found);
    cr_assert(installation_close(s, m.at.id, next.installed_at, next.initial, &e));
    next.meter_id = meter;
    cr_assert(installation_add(s, &next, &next.id, &e), "%s", e.text);
    add_reading(meter, "2026-11-01T00:00", 150000);
    json_decref(run_month("2026-10"));
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found);
    cr_expect_not_null(strstr(bill.usage, "\"total\":\"5000\""), "%s", bill.usage);
    add_reading(meter, "2026-12-01T00:00", 160000);
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_by_number(s, "2026-000002", &bill, &found, &e) && found);
    cr_expect_not_null(strstr(bill.usage, "\"total\":\"200\""), "%s", bill.usage);
}

Test(run, a_register_that_passed_its_end_is_billed_when_the_checks_say_so)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-10-01", 99950, 1);
    struct bill bill;

    add_reading_of(meter, "1-0:1.8.0", "2026-11-01T00:00", 17000, 'A', "HIGH,ROLLOVER");
    json_decref(run_month("2026-10"));
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found);
    cr_expect_not_null(strstr(bill.usage, "\"total\":\"67\""), "%s", bill.usage);
}

Test(run, a_decrease_is_not_billed)
{
    add_reading(add_meter("m", add_account("1", "power"), "2026-10-01", 4512, 1),
                "2026-11-01T00:00", 4380000);
    expect_skipped("refused", "meter m: it went from 4512 down to 4380");
}

Test(run, without_a_reading_near_the_end_there_is_no_bill)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1);

    add_reading(meter, "2026-10-15T00:00", 1000);
    expect_skipped("no reading", "meter m has no accepted reading near 2026-11-01");
}

Test(run, a_held_reading_is_not_billed)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1);
    int64_t id = add_reading(meter, "2026-11-01T00:00", 1000);

    cr_assert(reading_set_status(s, id, READING_HELD, "strange", &e));
    expect_skipped("no reading", "no accepted reading");
}

Test(run, without_contract_tariff_or_meter_the_reason_is_named)
{
    add_account("1", "");
    expect_skipped("no contract", "it has no tariff in 2026-10");
    cr_assert(
        contract_add(s, 1, &(struct contract){.tariff = "gone", .valid_from = 1000}, &e));
    expect_skipped("no tariff", "no file has tariff 'gone'");
    cr_assert(
        contract_add(s, 1, &(struct contract){.tariff = "power", .valid_from = 2000}, &e));
    expect_skipped("no meter", "no meter of electricity");
}

Test(run, a_tariff_of_another_currency_or_unit_is_refused)
{
    add_reading(add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 1000);
    strcpy(conf.utility.currency, "UGX");
    expect_skipped("no tariff", "bills in KES with 2 decimals, the utility in UGX");
    strcpy(conf.utility.currency, "KES");
    strcpy(tariffs.list[0]->unit, "MWh");
    expect_skipped("refused", "meter m is read in kWh, tariff 'power' is in MWh");
}

Test(run, a_short_period_waits_for_the_next_month)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-10-29", 0, 1);
    struct bill bill;

    add_reading(meter, "2026-11-01T00:00", 1000);
    expect_skipped("too short", "its period has 3 days");
    add_reading(meter, "2026-12-01T00:00", 40000);
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found);
    cr_expect_eq(bill.period_from, at("2026-10-29"));
}

Test(run, a_bill_says_when_it_stands_on_estimates)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1);
    struct bill bill;

    add_reading_of(meter, "1-0:1.8.0", "2026-11-01T00:00", 1000, 'E', "");
    add_reading(meter, "2026-12-01T00:00", 3000);
    json_decref(run_month("2026-10"));
    cr_assert(bill_newest(s, 1, &bill, &found, &e) && found);
    cr_expect_eq(bill.basis, BASIS_ESTIMATED);
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_newest(s, 1, &bill, &found, &e) && found);
    cr_expect_eq(bill.basis, BASIS_MIXED);
}

#define TOU                                                                                \
    "tariff: tou\nname: T\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"             \
    "decimals: 2\ncomponents:\n"                                                           \
    "  - {code: e, type: registers, rates: [{quantity: peak, rate: 3}, {quantity: "        \
    "valley, rate: 1}]}\n"                                                                 \
    "  - {code: l, type: blocks, basis: ytd, blocks: [{upto: 25, rate: 0}, {rate: 1}]}\n"

Test(run, rate_registers_and_the_year_so_far_are_given_to_the_tariff)
{
    int64_t meter;
    struct bill bill;

    town_tariff(TOU);
    meter = add_meter("m", add_account("1", "tou"), "2026-10-01", 0, 1);
    add_reading(meter, "2026-11-01T00:00", 20000);
    add_reading_of(meter, "1-0:1.8.2", "2026-11-01T00:00", 12000, 'A', "");
    add_reading_of(meter, "1-0:1.8.4", "2026-11-01T00:00", 8000, 'A', "");
    json_decref(run_month("2026-10"));
    cr_assert(bill_newest(s, 1, &bill, &found, &e) && found);
    cr_expect_eq(bill.total.minor, 4400, "12 x 3 + 8 x 1");
    add_reading(meter, "2026-12-01T00:00", 30000);
    add_reading_of(meter, "1-0:1.8.2", "2026-12-01T00:00", 17000, 'A', "");
    add_reading_of(meter, "1-0:1.8.4", "2026-12-01T00:00", 13000, 'A', "");
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_newest(s, 1, &bill, &found, &e) && found);
    cr_expect_eq(bill.total.minor, 2500, "5 x 3 + 5 x 1, and 5 of 10 above 25 of the year");
    expect_ledger_agrees();
}
Test(run, a_bill_that_cannot_be_written_leaves_no_gap_and_stops_no_other)
{
    static const char stale[] =
        "INSERT INTO bill (key, number, series, year, seq, kind, account_id, period_from,"
        " period_to, issued_at, due_at, basis, tariff_version_id, days, currency,"
        " total_minor, balance_before_minor, usage, actor) VALUES ('x', '2026-000001',"
        " 'old', 2026, 1, 'bill', 1, 0, 1, 1, 1, 'A', 1, 1, 'KES', 0, 0, '', 'x')";
    int64_t version;
    json_t *result;

    cr_assert(tariff_version_put(s, "power", 0, POWER, b.now, &version, &e), "%s", e.text);
    add_reading(add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 1000);
    cr_assert(store_exec(s, stale, &e), "%s", e.text);
    result = run_month("2026-10");
    cr_expect_eq(count_of(result, "issued"), 0);
    cr_expect_eq(count_of(json_object_get(result, "reasons"), "refused"), 1);
    cr_expect_eq(bills_without_gap(), 1, "only the stale one");
    expect_ledger_agrees();
    json_decref(result);
}

Test(run, one_account_alone_can_be_billed)
{
    struct job job;
    int64_t id;

    add_reading(add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 1000);
    add_reading(add_meter("n", add_account("2", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 1000);
    cr_expect_not(billing_run_start(&b, "", "3", "test", &id, &e), "no such account");
    cr_assert(billing_run_start(&b, "", "2", "test", &id, &e), "%s", e.text);
    cr_assert(job_get(s, id, &job, &found, &e) && found);
    cr_assert(billing_run_slice(&b, &job, 1000, 0, &e), "%s", e.text);
    cr_expect_eq(job.state, JOB_DONE);
    cr_expect_eq(bills_without_gap(), 1);
}

Test(run, months_are_read_and_bounded_by_the_freeze_day)
{
    static const struct {
        int freeze_day;
        const char *month, *now, *want, *end; /* want NULL: refused */
    } cases[] = {
        {1, "2026-10", "2026-11-01T08:00", "2026-10", "2026-11-01"},
        {1, "", "2026-11-01T08:00", "2026-10", "2026-11-01"},
        {1, "", "2026-11-30T08:00", "2026-10", "2026-11-01"},
        {1, "", "2026-01-01T00:00", "2025-12", "2026-01-01"},
        {25, "", "2026-11-24T08:00", "2026-10", "2026-10-25"},
        {25, "", "2026-11-25T08:00", "2026-11", "2026-11-25"},
        {5, "", "2026-11-04T08:00", "2026-09", "2026-10-05"},
        {1, "2026-11", "2026-11-30T08:00", NULL, NULL},
        {1, "2026-13", "2026-11-30T08:00", NULL, NULL},
        {1, "2026-1", "2026-11-30T08:00", NULL, NULL},
        {1, "2026-01x", "2026-11-30T08:00", NULL, NULL},
        {1, "October", "2026-11-30T08:00", NULL, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct billing_month m;
        bool ok;

        conf.reading.freeze_day = cases[i].freeze_day;
        ok = billing_month(&conf, cases[i].month, at(cases[i].now), &m, &e);
        cr_expect_eq(ok, cases[i].want != NULL, "%zu %s", i, e.text);
        if (ok && cases[i].want != NULL) {
            cr_expect_str_eq(m.month, cases[i].want, "%zu: got %s", i, m.month);
            cr_expect_eq(m.end, at(cases[i].end), "%zu", i);
        }
    }
}

Test(run, bill_numbers_follow_their_format)
{
    static const struct {
        const char *format, *want; /* want NULL: refused */
    } cases[] = {
        {"{year}-{seq:06}", "2026-000042"},
        {"B{seq}/{year}", "B42/2026"},
        {"{series}{seq:3}.{year}", "bill042.2026"},
        {"{year}{seq:0}", "202642"},
        {"{year}", NULL},
        {"{seq}", NULL},
        {"{year}{seq", NULL},
        {"{year}seq}", NULL},
        {"{year}{seq:x}", NULL},
        {"{year}{seq:99}", NULL},
        {"{year}{month}{seq}", NULL},
        {"", NULL},
        {"12345678901234567890123456789{year}{seq}", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char number[BILL_NUMBER_MAX];
        bool ok = billing_number(cases[i].format, "bill", 2026, 42, number, &e);

        cr_expect_eq(ok, cases[i].want != NULL, "%s", cases[i].format);
        if (ok && cases[i].want != NULL)
            cr_expect_str_eq(number, cases[i].want, "%s: got %s", cases[i].format, number);
    }
}
