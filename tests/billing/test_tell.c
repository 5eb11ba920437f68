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

static const char *const languages[] = {"en", "zh", "es", "fr", "sw"};

/* Both texts of WHY in a language, each one message. */
static void
expect_why(int64_t account, const char *language, const char *in_first,
           const char *in_second)
{
    static const char *const names[] = {"why.sms", "why-lines.sms"};
    json_t *view;

    cr_assert(billing_view_why(s, &conf, templates, account, language, &view, &e), "%s",
              e.text);
    cr_assert_not_null(view);
    for (size_t k = 0; k < 2; k++) {
        char *text = filled(language, names[k], view);
        struct segments size;

        cr_assert(segment_measure(text, &size, &e), "%s", e.text);
        cr_expect_eq(size.count, 1, "%s %zu: %s", language, k, text);
        cr_expect_eq(size.alphabet == WIRE_UCS2, strcmp(language, "zh") == 0, "%s", text);
        cr_expect_not_null(strstr(text, k == 0 ? in_first : in_second), "%s", text);
        free(text);
    }
    json_decref(view);
}

Test(tell, why_is_two_messages_in_every_language)
{
    int64_t account = add_account("1042", "power");
    json_t *view;

    cr_assert(billing_view_why(s, &conf, templates, account, "en", &view, &e), "%s",
              e.text);
    cr_expect_null(view, "there is no bill yet");
    add_reading(add_meter("m", account, "2026-10-01", 0, 1), "2026-11-01T00:10", 41000);
    json_decref(run_month("2026-10"));
    for (size_t i = 0; i < 5; i++)
        expect_why(account, languages[i], "41", "20");
}

#define MUCH                                                                               \
    "tariff: much\nname: M\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"            \
    "decimals: 2\ncomponents:\n"                                                           \
    "  - {code: a, label: Charge for the connection, type: fixed, amount: 123456.78}\n"    \
    "  - {code: b, label: Energy that was used in all, type: blocks, blocks: "             \
    "[{upto: 30, rate: 123.45}, {upto: 60, rate: 234.56}, {rate: 345.67}]}\n"              \
    "  - {code: c, label: By the time of the day, type: registers, rates: "                \
    "[{quantity: peak, rate: 12.34}, {quantity: valley, rate: 23.45}]}\n"                  \
    "  - {code: d, label: Levy for villages, type: percent, rate: 12.345, of: [a, b]}\n"   \
    "  - {code: e, label: Value added tax, type: percent, rate: 16, of: [a, b, c, d]}\n"

/* Two meters of three registers each, with multipliers, estimates and old debt. */
Test(tell, why_is_two_messages_however_much_there_is_to_tell)
{
    static const char *const registers[] = {"1-0:1.8.0", "1-0:1.8.2", "1-0:1.8.4"};
    static const char *const serials[] = {"123456789012", "210987654321"};
    int64_t account;

    town_tariff(MUCH);
    account = add_account("10234567-8", "much");
    for (size_t m = 0; m < 2; m++) {
        int64_t meter = add_meter(serials[m], account, "2026-09-01", 0, 40);

        for (size_t i = 0; i < 3; i++) {
            add_reading_of(meter, registers[i], "2026-10-01T00:10", 12345678, 'A', "");
            add_reading_of(meter, registers[i], "2026-11-01T00:10", 54321123, 'E', "");
        }
    }
    json_decref(run_month("2026-09"));
    pay(account, 123456789, "F1");
    json_decref(run_month("2026-10"));
    for (size_t i = 0; i < 5; i++)
        expect_why(account, languages[i], "54321.123", "KES");
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
