/* Whose is a payment? */
#include "billing/town.h"

#include "meterpost/billing/ledger.h"
#include "meterpost/billing/take.h"
#include "meterpost/store/ticket.h"

TestSuite(match, .init = town_make, .fini = town_remove);

Test(match, the_ladder_finds_whose_it_is)
{
    int64_t first = add_account("10234-7", "power"), second = add_account("66-6", "power");
    static const struct {
        const char *claim, *phone;
        enum match_rung rung;
        int who; /* 0: nobody */
    } cases[] = {
        {"10234-7", "", MATCH_ACCOUNT, 1},
        {"102347", "", MATCH_ACCOUNT, 1},
        {"acc 102347 may", "", MATCH_ACCOUNT, 1},
        {"SVWZ+102347 BILL", "", MATCH_ACCOUNT, 1},
        {"/REMI/10234-7.", "", MATCH_ACCOUNT, 1},
        {"A/C#10234-7", "", MATCH_ACCOUNT, 1},
        {"66-6", "", MATCH_ACCOUNT, 2},
        {"666", "", MATCH_NONE, 0}, /* of two accounts */
        {"10 234 7", "", MATCH_ACCOUNT, 1},
        {"102348", "", MATCH_NONE, 0},
        {"", "+254700000002", MATCH_PHONE, 2},
        {"102348", "+254700000002", MATCH_PHONE, 2},
        {"66-6 10234-7", "", MATCH_NONE, 0},
        {"M77", "", MATCH_METER, 2},
        {"", "+254700000009", MATCH_NONE, 0},
        {"", "+254700000003", MATCH_NONE, 0},
    };

    add_account("6-66", "power");
    add_meter("M77", second, "2026-01-01", 0, 1);
    cr_assert(phone_add(s, second, "+254700000002", ROLE_MANAGE, 1, &e));
    cr_assert(phone_add(s, second, "+254700000003", ROLE_PAY, 1, &e));
    cr_assert(phone_add(s, first, "+254700000003", ROLE_PAY, 1, &e));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct match_question q = {
            .claim = cases[i].claim, .phone = cases[i].phone, .amount = {100}};
        int64_t want = cases[i].who == 0 ? 0 : cases[i].who == 1 ? first : second;
        struct match m;

        cr_assert(match_payment(s, &conf, &q, &m, &e), "%s", e.text);
        cr_expect_eq(m.rung, cases[i].rung, "%zu: got rung %d, want %d", i, (int)m.rung,
                     (int)cases[i].rung);
        cr_expect_eq(m.account_id, want, "%zu '%s'", i, cases[i].claim);
    }
}

Test(match, with_check_digits_a_mistyped_account_is_nobodys)
{
    int64_t account = add_account("7992739871", "power");
    struct match_question q = {.claim = "79927398713", .phone = "", .amount = {100}};
    char reference[KEY_MAX + 1];
    struct match m;

    conf.billing.check_digit = CONF_CHECK_LUHN;
    match_reference(&conf, "7992739871", reference);
    cr_expect_str_eq(reference, "79927398713");
    cr_assert(match_payment(s, &conf, &q, &m, &e));
    cr_expect_eq(m.account_id, account);
    q.claim = "7992739871";
    cr_assert(match_payment(s, &conf, &q, &m, &e));
    cr_expect_eq(m.account_id, 0);
}

Test(match, one_mistake_of_typing_is_a_proposal_only)
{
    int64_t account = add_account("10234-7", "power");
    struct match_question q = {.claim = "102374", .phone = "", .amount = {120000}};
    struct match_proposal list[PROPOSALS_MAX];
    struct account a;
    struct match m;
    int n;

    cr_assert(account_by_id(s, account, &a, &found, &e) && found);
    cr_assert(ledger_post_opening(s, &a, (struct money){120000}, b.now, &e), "%s", e.text);
    cr_assert(match_payment(s, &conf, &q, &m, &e));
    cr_expect_eq(m.rung, MATCH_NONE);
    cr_assert(match_propose(s, &conf, &q, list, &n, &e), "%s", e.text);
    cr_expect_eq(n, 1);
    cr_expect_str_eq(list[0].account, "10234-7");
    q.amount.minor++;
    cr_assert(match_propose(s, &conf, &q, list, &n, &e));
    cr_expect_eq(n, 0, "another amount");
}

Test(match, who_texted_about_a_receipt_is_proposed_and_freed_when_it_comes)
{
    struct match_question q = {
        .claim = "", .phone = "", .amount = {500}, .receipt = "qx81kd92", .now = b.now};
    struct take_new lost = {
        .channel = "mpesa", .receipt = "qx81kd92", .amount = {500}, .actor = "mpesa"};
    struct ticket t = {.kind = "paid",
                       .created_at = b.now,
                       .text = "Says that QX81KD92 was paid; nobody knows of it"};
    struct payment_change give = {.reason = "theirs", .actor = "test"};
    struct match_proposal list[PROPOSALS_MAX];
    struct account a;
    struct take took;
    int n;

    t.account_id = give.account_id = add_account("7", "power");
    cr_assert(account_by_id(s, t.account_id, &a, &found, &e) && found);
    strcpy(a.hold, "says that QX81KD92 was paid");
    a.hold_until = b.now + DAY_S;
    cr_assert(account_update(s, &a, &e) && ticket_add(s, &t, &e), "%s", e.text);
    cr_assert(paid_claim_add(s, t.account_id, "QX81KD92", 0, b.now - DAY_S, &e));
    cr_assert(take_payment(s, &conf, &lost, b.now, &took, &e), "%s", e.text);
    cr_expect_eq(took.outcome, TAKE_SUSPENSE, "a text is no proof");
    cr_assert(match_propose(s, &conf, &q, list, &n, &e), "%s", e.text);
    cr_assert_eq(n, 1);
    cr_expect_str_eq(list[0].account, "7");
    q.now += 40 * DAY_S;
    cr_assert(match_propose(s, &conf, &q, list, &n, &e));
    cr_expect_eq(n, 0, "too long ago");
    give.payment_id = took.payment_id;
    cr_assert(payment_assign(s, &give, b.now, &e), "%s", e.text);
    cr_assert(ticket_open_of(s, a.id, "paid", &t, &found, &e));
    cr_expect_not(found, "the ticket is closed");
    cr_assert(account_by_id(s, a.id, &a, &found, &e));
    cr_expect_str_eq(a.hold, "");
}
