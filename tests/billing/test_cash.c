#include "billing/town.h"

#include "meterpost/billing/cash.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/take.h"

TestSuite(cash, .init = town_make, .fini = town_remove);

static bool
pay(int64_t account, int64_t minor, const char *channel)
{
    struct payment_new p = {.account_id = account,
                            .amount = {minor},
                            .channel = channel,
                            .reference = "",
                            .actor = "amina"};
    struct payment_posted out;

    return cash_guard(s, channel, p.amount, &e) && payment_post(s, &p, b.now, &out, &e) &&
           cash_commission(s, &out.payment, &e);
}

static int64_t
held(const char *name)
{
    struct money m;

    cr_assert(ledger_name_balance(s, name, 0, &m, &e), "%s", e.text);
    return m.minor;
}

Test(cash, what_is_short_at_the_close_is_booked)
{
    int64_t account = add_account("1", "power"), number;
    struct cash_close c;

    cr_assert(pay(account, 100, "cash"), "before any till was opened: %s", e.text);
    cr_assert(cash_open(s, "till", (struct money){5000}, "amina", b.now, &number, &e));
    cr_expect_eq(number, 1);
    cr_expect_not(cash_open(s, "till", (struct money){0}, "amina", b.now, &number, &e));
    b.now += 60;
    cr_assert(pay(account, 12000, "cash"), "%s", e.text);
    cr_expect_not(cash_close(s, "till", "amina", b.now, &c, &e), "nobody counted");
    cr_assert(cash_count(s, "till", (struct money){16900}, b.now, &c, &e), "%s", e.text);
    cr_expect_eq(c.difference.minor, -200, "got %ld", (long)c.difference.minor);
    cr_assert(cash_close(s, "till", "amina", b.now, &c, &e), "%s", e.text);
    cr_expect_eq(held("Expense:CashShort"), 200);
    cr_expect_eq(held("Cash:till"), 11900);
    cr_expect_not(pay(account, 1, "cash"), "the till is closed");
    cr_assert(cash_open(s, "till", (struct money){0}, "amina", b.now, &number, &e));
    cr_expect_eq(number, 2, "reports have no gap");
    expect_ledger_agrees();
}

Test(cash, an_agent_holds_no_more_than_the_ceiling)
{
    struct till agent = {
        .name = "amina", .kind = TILL_AGENT, .ceiling = {30000}, .commission_ppm = 15000};
    int64_t account = add_account("1", "power"), id;
    struct money left;

    cr_expect_not(pay(account, 100, "agent:amina"), "not known yet");
    cr_assert(till_put(s, &agent, b.now, &id, &e), "%s", e.text);
    cr_assert(pay(account, 20000, "agent:amina"), "%s", e.text);
    cr_expect_eq(held("Agent:amina"), 20000);
    cr_expect_eq(held("Expense:Commission"), 300);
    cr_expect_not(pay(account, 10001, "agent:amina"));
    cr_expect_not(cash_hand_over(s, "agent:amina", "bank", (struct money){20001}, "H1",
                                 b.now, &left, &e));
    cr_assert(cash_hand_over(s, "agent:amina", "bank", (struct money){15000}, "H1", b.now,
                             &left, &e),
              "%s", e.text);
    cr_expect_eq(left.minor, 5000);
    cr_assert(pay(account, 25000, "agent:amina"), "%s", e.text);
    expect_ledger_agrees();
}

Test(cash, money_of_a_till_on_a_statement_is_no_payment)
{
    struct take_new slip = {.channel = "bank",
                            .receipt = "FT900",
                            .claim = "CASH DEPOSIT SLIP-88 KIBO",
                            .amount = {9000},
                            .actor = "test"};
    int64_t account = add_account("1", "power");
    struct money left;
    struct take took;

    cr_assert(pay(account, 12000, "cash"), "%s", e.text);
    cr_expect_not(cash_hand_over(s, "cash", "bank", (struct money){12001}, "SLIP-88", b.now,
                                 &left, &e));
    cr_assert(cash_hand_over(s, "cash", "bank", (struct money){9000}, "SLIP-88", b.now,
                             &left, &e),
              "%s", e.text);
    cr_expect_eq(left.minor, 3000);
    cr_expect_not(cash_hand_over(s, "cash", "bank", (struct money){1000}, "SLIP-88", b.now,
                                 &left, &e),
                  "a slip is there once");
    cr_assert(take_payment(s, &conf, &slip, b.now, &took, &e), "%s", e.text);
    cr_expect_eq(took.outcome, TAKE_REPEATED);
    cr_expect_eq(held("Bank:main"), 9000);
    slip.amount.minor = 9001;
    slip.receipt = "FT901";
    cr_assert(take_payment(s, &conf, &slip, b.now, &took, &e), "%s", e.text);
    cr_expect_eq(took.outcome, TAKE_SUSPENSE, "another amount");
    expect_ledger_agrees();
}
