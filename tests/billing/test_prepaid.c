/* Accounts that pay before they use. */
#include "billing/town.h"

#include "meterpost/billing/prepaid.h"
#include "meterpost/billing/view.h"
#include "meterpost/sms/outbox.h"

static struct templates *templates;
static int64_t account, meter;

static void
pay(int64_t minor, const char *receipt)
{
    struct payment_new p = {.account_id = account,
                            .amount = {minor},
                            .channel = "bank",
                            .reference = receipt,
                            .actor = "test"};
    struct payment_posted posted;

    cr_assert(payment_post(s, &p, b.now, &posted, &e), "%s", e.text);
}

static void
prepaid_make(void)
{
    town_make();
    cr_assert(templates_open(TOP "/templates", "en", &templates, &e), "%s", e.text);
    b.templates = templates;
    account = add_account("1042", "power");
    meter = add_meter("m", account, "2026-11-01", 0, 1);
    cr_assert(phone_add(s, account, "+254711000001", ROLE_PAY, 1, &e), "%s", e.text);
    b.now = at("2026-11-01T08:00");
    pay(100000, "F1"); /* 1,000.00 */
    cr_assert(billing_prepaid_set(s, account, (struct money){5000}, (struct money){20000},
                                  b.now, &e));
}

static void
prepaid_remove(void)
{
    templates_close(templates);
    town_remove();
}

TestSuite(prepaid, .init = prepaid_make, .fini = prepaid_remove);

static struct prepaid_state
state(void)
{
    struct prepaid_state now;

    cr_assert(billing_prepaid_state(s, account, &now, &e), "%s", e.text);
    return now;
}

/* The day's charge at that time, after a reading then. */
static int64_t
charged_at(const char *when, int64_t kwh)
{
    static struct job job;
    int64_t charged;
    json_t *result;

    b.now = at(when);
    if (kwh >= 0)
        add_reading(meter, when, kwh * 1000);
    job = (struct job){.state = JOB_RUNNING};
    while (job.state == JOB_RUNNING)
        cr_assert(billing_prepaid_slice(&b, &job, 50, &e), "%s", e.text);
    result = json_loads(job.result, 0, NULL);
    cr_assert(
        decimal_parse(json_string_value(json_object_get(result, "sum")), 2, &charged, &e));
    json_decref(result);
    return charged;
}

static int64_t
notices(void)
{
    int64_t n;

    cr_assert(outbox_row_count_to(s, "+254711000001", OUT_NOTICE, 0, &n, &e));
    return n;
}

static void
expect_books(void)
{
    int64_t entries;

    cr_expect(ledger_verify(s, &entries, &e), "%s", e.text);
}

Test(prepaid, use_is_charged_by_the_ladder_of_the_month)
{
    /* fixed 100, 10 a kWh to 30, then 20; VAT 16% */
    cr_expect_eq(charged_at("2026-11-02T07:00", 10), 23200);
    cr_expect_eq(charged_at("2026-11-02T09:00", -1), 0, "no new reading");
    cr_expect_eq(charged_at("2026-11-03T07:00", 20), 11600, "the fixed charge was paid");
    cr_expect_eq(charged_at("2026-11-04T07:00", 40), 34800, "ten of them dearer");
    cr_expect_eq(state().left.minor, 100000 + 5000 - 23200 - 11600 - 34800);
    cr_expect_eq(state().days_left, 35400 / (69600 / 3));
    expect_books();
}

Test(prepaid, it_is_told_once_when_little_is_left_and_once_when_nothing_is)
{
    charged_at("2026-11-04T07:00", 40); /* 696.00; 354.00 left */
    cr_expect_eq(state().level, PREPAID_OK);
    cr_expect_eq(notices(), 0);
    charged_at("2026-11-05T07:00", 47); /* 191.60 left */
    cr_expect_eq(state().level, PREPAID_LOW);
    charged_at("2026-11-06T07:00", 48);
    cr_expect_eq(notices(), 1, "only once");
    charged_at("2026-11-07T07:00", 60);
    cr_expect_eq(state().level, PREPAID_EMPTY);
    cr_expect_leq(state().left.minor, 0);
    cr_expect_eq(state().days_left, 0);
    cr_expect_eq(notices(), 2);
    pay(200000, "F2");
    cr_expect_eq(state().level, PREPAID_OK, "the state is of now");
    charged_at("2026-11-08T07:00", 61);
    cr_expect_eq(notices(), 2, "good news is no notice");
}

Test(prepaid, the_bill_takes_the_place_of_the_charges)
{
    struct money balance;
    struct bill bill;
    json_t *view;

    charged_at("2026-11-10T07:00", 20);
    charged_at("2026-12-01T00:10", 41);
    cr_assert(account_balance(s, account, &balance, &e));
    cr_expect_eq(balance.minor, -100000 + 71920);
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    cr_assert(bill_newest(s, account, &bill, &found, &e) && found);
    cr_expect_eq(bill.total.minor, 71920);
    cr_expect_eq(bill.balance_before.minor, -100000);
    cr_assert(account_balance(s, account, &balance, &e));
    cr_expect_eq(balance.minor, -100000 + 71920, "nothing is paid twice");
    view = billing_view_bill(s, &conf, bill.number, "en", &e);
    cr_assert_not_null(view, "%s", e.text);
    cr_expect_eq(json_array_size(json_object_get(view, "adjustments")), 0);
    json_decref(view);
    cr_expect_eq(charged_at("2026-12-02T07:00", 42), 12760, "the new month begins");
    expect_books();
}

Test(prepaid, a_run_goes_over_all_of_them_and_who_has_left_is_no_more_one)
{
    struct job job;
    int64_t id;

    add_account("7", "power");
    add_reading(meter, "2026-11-03T07:00", 10000);
    b.now = at("2026-11-03T08:00");
    cr_assert(job_add(s, PREPAID_JOB, "{}", "test", b.now, &id, &e));
    cr_assert(job_get(s, id, &job, &found, &e) && found);
    for (int i = 0; i < 3 && job.state == JOB_RUNNING; i++)
        cr_assert(billing_prepaid_slice(&b, &job, 0, &e), "%s", e.text);
    cr_expect_eq(job.state, JOB_DONE);
    cr_expect_not_null(strstr(job.result, "\"charged\":1,\"told\":0"), "%s", job.result);
    cr_expect_not_null(strstr(job.result, "\"sum\":\"232.00\""), "%s", job.result);
    cr_assert(billing_prepaid_end(s, account, b.now, &e), "%s", e.text);
    cr_expect_not(state().prepaid);
    cr_expect_not(billing_prepaid_end(s, account, b.now, &e));
    cr_expect_not(
        billing_prepaid_set(s, account, (struct money){-1}, (struct money){0}, b.now, &e));
    b.now = at("2026-12-01T08:00");
    add_reading(meter, "2026-12-01T00:10", 20000);
    json_decref(run_month("2026-11"));
    expect_books();
}
