#include "billing/town.h"

#include "meterpost/billing/ledger.h"

TestSuite(payment, .init = town_make, .fini = town_remove);

static struct payment_new
cash(int64_t account, int64_t minor, const char *reference)
{
    return (struct payment_new){.account_id = account,
                                .amount = {minor},
                                .channel = "cash",
                                .reference = reference,
                                .actor = "jonas"};
}

Test(payment, lowers_what_an_account_owes)
{
    int64_t account = add_account("1", "power");
    struct payment_new p = cash(account, 50000, "A1");
    struct payment_posted out;
    struct account a;

    cr_assert(account_by_id(s, account, &a, &found, &e) && found);
    cr_assert(ledger_post_opening(s, &a, (struct money){120000}, b.now, &e), "%s", e.text);
    cr_assert(payment_post(s, &p, b.now, &out, &e), "%s", e.text);
    cr_expect_eq(balance_of(account), 70000);
    cr_expect_not(out.repeated);
    cr_expect_not(ledger_post_opening(s, &a, (struct money){1}, b.now, &e), "once only");
    expect_ledger_agrees();
}

Test(payment, the_same_receipt_is_booked_once)
{
    int64_t account = add_account("1", "power");
    struct payment_new p = cash(account, 50000, "A1");
    struct payment_posted first, again;

    cr_assert(payment_post(s, &p, b.now, &first, &e), "%s", e.text);
    cr_assert(payment_post(s, &p, b.now + 60, &again, &e), "%s", e.text);
    cr_expect(again.repeated);
    cr_expect_eq(again.payment.id, first.payment.id);
    cr_expect_eq(again.payment.received_at, b.now);
    cr_expect_eq(balance_of(account), -50000);
    p.amount.minor = 40000;
    cr_expect_not(payment_post(s, &p, b.now, &again, &e));
    cr_expect_not_null(strstr(e.text, "booked before, with another amount"), "%s", e.text);
    p = cash(add_account("2", "power"), 50000, "A1");
    cr_expect_not(payment_post(s, &p, b.now, &again, &e));
    cr_expect_not_null(strstr(e.text, "with another account"), "%s", e.text);
    p = cash(account, 50000, "A1");
    p.channel = "bank";
    cr_assert(payment_post(s, &p, b.now, &again, &e), "another channel, another receipt");
    cr_expect_eq(balance_of(account), -100000);
    expect_ledger_agrees();
}

Test(payment, without_a_receipt_we_write_one)
{
    struct payment_new p = cash(add_account("1", "power"), 100, "");
    struct payment_posted out;

    cr_assert(payment_post(s, &p, b.now, &out, &e), "%s", e.text);
    cr_expect_str_eq(out.payment.reference, "R2026-000001");
    cr_assert(payment_post(s, &p, b.now, &out, &e), "%s", e.text);
    cr_expect_str_eq(out.payment.reference, "R2026-000002");
}

Test(payment, of_nobody_waits_in_suspense)
{
    struct payment_new p = cash(0, 100, "A1");
    struct payment_posted out;

    p.channel = "mpesa";
    cr_assert(payment_post(s, &p, b.now, &out, &e), "%s", e.text);
    cr_expect_eq(out.payment.account_id, 0);
    expect_ledger_agrees();
}

Test(payment, what_cannot_be_is_refused)
{
    int64_t account = add_account("1", "power");
    struct payment_posted out;
    struct {
        struct payment_new p;
        const char *want;
    } cases[] = {
        {cash(account, 0, "A"), "above zero"},
        {cash(account, -1, "A"), "above zero"},
        {cash(account, MONEY_LIMIT + 1, "A"), "too large"},
        {cash(99, 1, "A"), "FOREIGN KEY"},
        {cash(account, 1, "\xff"), "reference: expected UTF-8"},
        {cash(account, 1, "A"), "in the future"},
        {cash(account, 1, "A"), "needs a channel"},
    };

    cases[5].p.paid_at = b.now + 3 * DAY_S;
    cases[6].p.channel = "";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_not(payment_post(s, &cases[i].p, b.now, &out, &e), "%zu", i);
        cr_expect_not_null(strstr(e.text, cases[i].want), "%zu: got %s, want %s", i, e.text,
                           cases[i].want);
    }
}

Test(payment, the_ledger_says_when_it_does_not_agree)
{
    struct payment lone = {.channel = "cash",
                           .reference = "X",
                           .amount = {5},
                           .paid_at = 1,
                           .received_at = 1,
                           .actor = "x"};
    int64_t id, entries;
    bool added;

    cr_assert(payment_add(s, &lone, &id, &added, &e) && added, "%s", e.text);
    cr_expect_not(ledger_verify(s, &entries, &e));
    cr_expect_str_eq(e.text, "payment cash X: its ledger entries are not its amount");
}
