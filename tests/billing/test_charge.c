/* Late fees, waivers, write-off, deposits, and months that are closed. */
#include "billing/town.h"

#include "meterpost/billing/charge.h"
#include "meterpost/billing/ledger.h"

static int64_t account;
static struct account who;

/* 510 kWh of October: 100 + 30 x 10 + 480 x 20, and 16% on it: 11,600.00, due on 15 Nov. */
#define BILLED 1160000

static void
charge_make(void)
{
    town_make();
    conf.late_fee = (struct conf_late_fee){.after_s = 7 * DAY_S,
                                           .fixed = {1000},
                                           .percent_micro = 2500000,
                                           .cap = {20000},
                                           .min_debt = {10000}};
    account = add_account("1042", "power");
    cr_assert(account_by_id(s, account, &who, &found, &e) && found);
    add_reading(add_meter("m", account, "2026-10-01", 0, 1), "2026-11-01T00:00", 510000);
    json_decref(run_month("2026-10"));
    cr_assert_eq(balance_of(account), BILLED);
}

static void
charge_remove(void)
{
    expect_ledger_agrees();
    town_remove();
}

TestSuite(charge, .init = charge_make, .fini = charge_remove);

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

Test(charge, a_late_fee_is_fixed_and_percent_to_a_cap)
{
    static const struct {
        const char *name;
        int64_t open, want;
        struct conf_late_fee fee;
    } cases[] = {
        {"both parts", 100000, 3500, {0, {1000}, 2500000, {20000}, {10000}}},
        {"the cap", 1000000, 20000, {0, {1000}, 2500000, {20000}, {10000}}},
        {"without a cap", 1000000, 26000, {0, {1000}, 2500000, {0}, {10000}}},
        {"as much as the least debt", 10000, 1250, {0, {1000}, 2500000, {20000}, {10000}}},
        {"less than the least debt", 9999, 0, {0, {1000}, 2500000, {20000}, {10000}}},
        {"credit", -5000, 0, {0, {1000}, 2500000, {20000}, {0}}},
        {"half a cent up", 20, 1, {0, {0}, 2500000, {0}, {0}}},
        {"less than half a cent", 19, 0, {0, {0}, 2500000, {0}, {0}}},
        {"no fee at all", 100000, 0, {0, {0}, 0, {0}, {0}}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct money fee;

        cr_assert(late_fee_of(&cases[i].fee, (struct money){cases[i].open}, &fee, &e));
        cr_expect_eq(fee.minor, cases[i].want, "%s: got %lld", cases[i].name,
                     (long long)fee.minor);
    }
}

static int64_t
fees_on(const char *day)
{
    static struct job job;
    int64_t before = balance_of(account);

    job = (struct job){0};
    b.now = at(day);
    while (job.state == JOB_RUNNING)
        cr_assert(late_fee_slice(s, &conf, b.now, &job, 10, &e), "%s", e.text);
    return balance_of(account) - before;
}

Test(charge, a_bill_is_charged_once_for_what_is_open_and_never_for_its_fee)
{
    pay(BILLED - 100000, "R1");
    cr_expect_eq(fees_on("2026-11-21T12:00"), 0, "six days late");
    cr_expect_eq(fees_on("2026-11-23T12:00"), 3500);
    cr_expect_eq(fees_on("2026-11-24T12:00"), 0, "again");
    cr_expect_eq(fees_on("2027-06-01T12:00"), 0, "half a year later");
}

static struct item
fee_item(void)
{
    struct item items[4];
    int n;

    cr_assert(items_open(s, account, false, items, 4, &n, &e), "%s", e.text);
    for (int i = 0; i < n; i++) {
        if (items[i].kind == ITEM_FEE)
            return items[i];
    }
    cr_assert_fail("no fee is open");
    return items[0];
}

Test(charge, a_fee_is_waived_once_and_with_a_reason)
{
    struct money waived;
    struct item fee;

    cr_expect_eq(fees_on("2026-11-23T12:00"), 20000);
    fee = fee_item();
    cr_expect_not(charge_waive(s, fee.id, "", b.now, &waived, &e));
    cr_expect_not_null(strstr(e.text, "say why"), "%s", e.text);
    cr_assert(charge_waive(s, fee.id, "bill came late", b.now, &waived, &e), "%s", e.text);
    cr_expect_eq(waived.minor, 20000);
    cr_expect_eq(balance_of(account), BILLED);
    cr_expect_not(charge_waive(s, fee.id, "again", b.now, &waived, &e));
    cr_expect_eq(fees_on("2026-11-30T12:00"), 0, "a waived fee does not come again");
}

Test(charge, a_fee_that_was_paid_is_credit_once_it_is_waived)
{
    struct money waived;
    struct item fee;

    fees_on("2026-11-23T12:00");
    fee = fee_item();
    pay(BILLED + 20000, "R1");
    cr_assert(charge_waive(s, fee.id, "goodwill", b.now, &waived, &e), "%s", e.text);
    cr_expect_eq(balance_of(account), -20000);
}

Test(charge, what_was_given_up_is_paid_by_later_credit)
{
    struct money m;

    cr_expect_not(charge_write_off(s, &who, "", b.now, &m, &e), "without a reason");
    cr_assert(charge_write_off(s, &who, "left the country", b.now, &m, &e), "%s", e.text);
    cr_expect_eq(m.minor, BILLED);
    cr_expect_eq(balance_of(account), 0);
    cr_expect_not(charge_write_off(s, &who, "again", b.now, &m, &e), "nothing is owed");
    cr_expect_not(charge_recover(s, &who, "no credit yet", b.now, &m, &e));
    pay(300000, "R1");
    cr_assert(charge_recover(s, &who, "came back", b.now, &m, &e), "%s", e.text);
    cr_expect_eq(m.minor, 300000);
    cr_expect_eq(balance_of(account), 0);
    cr_assert(ledger_name_balance(s, "Expense:BadDebt", 0, &m, &e));
    cr_expect_eq(m.minor, BILLED - 300000, "got %lld", (long long)m.minor);
}

Test(charge, a_deposit_pays_a_debt_or_goes_back_and_never_more_than_is_held)
{
    struct money used;

    cr_assert(deposit_take(s, &who, "cash", (struct money){50000}, "D1", b.now, &e));
    cr_expect_not(deposit_take(s, &who, "cash", (struct money){50000}, "D1", b.now, &e),
                  "the same receipt");
    cr_expect_eq(balance_of(account), BILLED, "a deposit is no payment");
    cr_expect_not(deposit_refund(s, &who, "cash", (struct money){50001}, "", b.now, &e));
    cr_assert(deposit_refund(s, &who, "cash", (struct money){20000}, "", b.now, &e));
    cr_assert(deposit_use(s, &who, b.now, &used, &e), "%s", e.text);
    cr_expect_eq(used.minor, 30000);
    cr_expect_eq(balance_of(account), BILLED - 30000);
    cr_expect_not(deposit_use(s, &who, b.now, &used, &e), "nothing is left");
}

Test(charge, nothing_is_posted_into_a_month_that_is_closed)
{
    struct ledger_closed closed;
    struct money before, after;
    utc_t december = at("2026-12-01");

    cr_expect_not(
        ledger_close_month(s, "2026-11", december, "test", at("2026-11-30"), &closed, &e),
        "it is not over");
    cr_assert(ledger_name_balance(s, "Bank:main", december, &before, &e));
    cr_assert(ledger_close_month(s, "2026-11", december, "test", december, &closed, &e),
              "%s", e.text);
    cr_expect_eq(closed.debits.minor, BILLED);
    cr_expect_not(
        ledger_close_month(s, "2026-11", december, "test", december, &closed, &e));
    pay(100000, "R1"); /* at the time of the bill run, in November */
    cr_assert(ledger_name_balance(s, "Bank:main", december, &after, &e));
    cr_expect_eq(after.minor, before.minor, "November has changed");
    cr_assert(ledger_name_balance(s, "Bank:main", december + 1, &after, &e));
    cr_expect_eq(after.minor, before.minor + 100000, "it is not in December");
    cr_expect_eq(balance_of(account), BILLED - 100000);
}
