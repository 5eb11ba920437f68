/* What customers are told about money: WHY, receipts, what else is on a bill. */
#include "billing/town.h"

#include "meterpost/billing/charge.h"
#include "meterpost/billing/receipt.h"
#include "meterpost/billing/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"

static struct templates *templates;

static void
tell_make(void)
{
    town_make();
    conf.billing.receipts = true;
    cr_assert(templates_open(TOP "/templates", "en", &templates, &e), "%s", e.text);
}

static void
tell_remove(void)
{
    templates_close(templates);
    town_remove();
}

TestSuite(tell, .init = tell_make, .fini = tell_remove);

static const char *
text_in(const json_t *view, const char *part, const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(view, part), key));

    return text == NULL ? "" : text;
}

static int64_t
pay(int64_t account, int64_t minor, const char *receipt)
{
    struct payment_new p = {.account_id = account,
                            .amount = {minor},
                            .channel = "bank",
                            .reference = receipt,
                            .actor = "test"};
    struct payment_posted posted;

    cr_assert(payment_post(s, &p, b.now, &posted, &e), "%s", e.text);
    return posted.payment.id;
}

static char *
filled(const char *language, const char *name, const json_t *view)
{
    char *text = NULL;

    cr_assert(templates_render(templates, language, name, view, &text, &e), "%s", e.text);
    return text;
}

Test(tell, why_is_two_texts_in_every_language)
{
    static const char *const languages[] = {"en", "zh", "es", "fr", "sw"};
    static const char *const names[] = {"why.sms", "why-lines.sms"};
    int64_t account = add_account("1042", "power");
    json_t *view;

    cr_assert(billing_view_why(s, &conf, account, "en", &view, &e), "%s", e.text);
    cr_expect_null(view, "there is no bill yet");
    add_reading(add_meter("m", account, "2026-10-01", 0, 1), "2026-11-01T00:10", 41000);
    json_decref(run_month("2026-10"));
    for (size_t i = 0; i < 5; i++) {
        cr_assert(billing_view_why(s, &conf, account, languages[i], &view, &e));
        cr_assert_not_null(view);
        for (size_t k = 0; k < 2; k++) {
            char *text = filled(languages[i], names[k], view);
            struct segments size;

            cr_assert(segment_measure(text, &size, &e), "%s", e.text);
            cr_expect_leq(size.count, 2, "%s %s: %s", languages[i], names[k], text);
            cr_expect_eq(size.alphabet == WIRE_UCS2, i == 1, "%s", text);
            cr_expect_not_null(strstr(text, "1042"), "%s", text);
            cr_expect_not_null(strstr(text, k == 0 ? "41" : "20"), "%s", text);
            free(text);
        }
        json_decref(view);
    }
}

Test(tell, a_bill_shows_what_was_charged_and_taken_off_since_the_last_one)
{
    int64_t account = add_account("1042", "power"), fee;
    int64_t meter = add_meter("m", account, "2026-10-01", 0, 1);
    struct item item;
    struct account a;
    struct money waived;
    json_t *view;

    add_reading(meter, "2026-11-01T00:10", 10000);
    json_decref(run_month("2026-10")); /* 232.00 */
    cr_assert(account_by_id(s, account, &a, &found, &e) && found);
    b.now = at("2026-11-20T08:00");
    cr_assert(charge_fee(s, &a, (struct money){5000}, "k1", "late", b.now, &e));
    cr_assert(charge_fee(s, &a, (struct money){700}, "k2", "call", b.now, &e));
    cr_assert(item_by_key(s, "fee k2", &item, &found, &e) && found);
    fee = item.id;
    cr_assert(charge_waive(s, fee, "our mistake", b.now + 1, &waived, &e), "%s", e.text);
    pay(account, 20000, "F1");
    b.now = at("2026-12-01T08:00");
    add_reading(meter, "2026-12-01T00:10", 20000);
    json_decref(run_month("2026-11"));
    view = billing_view_bill(s, &conf, "2026-000002", "en", &e);
    cr_assert_not_null(view, "%s", e.text);
    cr_expect_eq(json_array_size(json_object_get(view, "adjustments")), 3);
    cr_expect_str_eq(text_in(view, "totals", "balance_before"), "232.00");
    cr_expect_str_eq(text_in(view, "totals", "payments"), "200.00");
    cr_expect_str_eq(text_in(view, "totals", "adjustments"), "50.00");
    cr_expect_str_eq(text_in(view, "totals", "total"), "232.00");
    cr_expect_str_eq(text_in(view, "totals", "balance_due"), "314.00");
    json_decref(view);
}

static int64_t
receipts(void)
{
    int64_t n = 0;

    cr_assert(outbox_row_count_to(s, "+254711000001", OUT_RECEIPT, 0, &n, &e));
    return n;
}

Test(tell, a_receipt_goes_to_whose_payment_it_is_once)
{
    int64_t account = add_account("1042", "power"), nobody = add_account("7", "power");
    int64_t paid = pay(account, 50000, "F1"), lost = pay(0, 100, "F2"),
            silent = pay(nobody, 100, "F3");

    cr_assert(phone_add(s, account, "+254711000001", ROLE_PAY, 1, &e), "%s", e.text);
    for (int twice = 0; twice < 2; twice++)
        cr_expect(receipt_tell(s, &conf, templates, paid, b.now, &e), "%s", e.text);
    cr_expect_eq(receipts(), 1);
    cr_expect(receipt_tell(s, &conf, templates, lost, b.now, &e), "in suspense");
    cr_expect(receipt_tell(s, &conf, templates, silent, b.now, &e), "no phone");
    cr_expect_eq(receipts(), 1);
    paid = pay(account, 600, "F4");
    cr_expect(receipt_tell(s, &conf, templates, paid, b.now + 8 * DAY_S, &e), "long ago");
    conf.billing.receipts = false;
    cr_expect(receipt_tell(s, &conf, templates, paid, b.now, &e), "switched off");
    cr_expect_eq(receipts(), 1);
}
