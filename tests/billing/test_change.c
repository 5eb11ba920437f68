#include "billing/town.h"

#include "meterpost/billing/cancel.h"
#include "meterpost/billing/recompute.h"
#include "meterpost/store/factors.h"
#include "meterpost/store/vee.h"

TestSuite(change, .init = town_make, .fini = town_remove);

/* What is stored with each bill must give it again. */
static void
expect_again(const char *number)
{
    static struct quote q;
    static struct bill_line lines[BILL_LINES_MAX];
    struct bill bill;
    int n;

    cr_assert(bill_by_number(s, number, &bill, &found, &e) && found, "%s", number);
    cr_assert(billing_recompute(s, &bill, &q, &e), "%s", e.text);
    cr_assert(bill_lines(s, bill.id, lines, &n, &e));
    cr_expect_eq(q.total.minor, bill.total.minor, "%s", number);
    cr_assert_eq(q.n_lines, n, "%s", number);
    for (int i = 0; i < n; i++) {
        cr_expect_eq(q.lines[i].amount.minor, lines[i].amount.minor, "%s %d", number, i);
        cr_expect_str_eq(q.lines[i].label, lines[i].label);
    }
}

static int64_t
total_of(const char *number)
{
    struct bill bill;

    cr_assert(bill_by_number(s, number, &bill, &found, &e) && found, "%s", number);
    return bill.total.minor;
}

static void
bill_months(const char *const *months, int n)
{
    struct billing_month m;

    for (int i = 0; i < n; i++) {
        json_t *result;

        b.now = at("2027-06-01");
        cr_assert(billing_month(&conf, months[i], b.now, &m, &e), "%s", e.text);
        b.now = m.end + 8 * HOUR_S;
        result = run_month(months[i]);
        cr_expect_eq(count_of(result, "issued"), 1, "%s", months[i]);
        json_decref(result);
    }
}

#define STEEP                                                                              \
    "tariff: steep\nname: S\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"           \
    "decimals: 2\ncomponents:\n"                                                           \
    "  - {code: e, label: Energy, type: blocks, blocks: [{upto: 100, rate: 1}, {rate: "    \
    "3}]}\n"                                                                               \
    "  - {code: vat, label: VAT, type: percent, rate: 10, of: [e]}\n"

Test(change, estimates_are_set_right_by_spreading_over_their_time)
{
    static const char *const months[] = {"2026-09", "2026-10", "2026-11"};
    int64_t account, meter;
    struct bill bill;

    town_tariff(STEEP);
    account = add_account("1", "steep");
    meter = add_meter("m", account, "2026-09-01", 0, 1);
    add_reading_of(meter, "1-0:1.8.0", "2026-10-01T00:00", 120000, 'E', "");
    add_reading_of(meter, "1-0:1.8.0", "2026-11-01T00:00", 240000, 'E', "");
    add_reading(meter, "2026-12-01T00:00", 273000);
    bill_months(months, 3);
    cr_expect_eq(total_of("2026-000001"), 17600, "(100 + 20 x 3) x 1.1");
    /* 273 in 91 days: 90, 93 and 90, each within the cheap block. */
    cr_expect_eq(total_of("2026-000003"), 9900 + (9900 - 17600) + (10230 - 17600));
    cr_expect_eq(balance_of(account), 273 * 110);
    cr_assert(bill_by_number(s, "2026-000003", &bill, &found, &e) && found);
    cr_expect_not_null(strstr(bill.usage, "\"true_up\":[{\"bill\":\"2026-000001\""), "%s",
                       bill.usage);
    for (int i = 1; i <= 3; i++) {
        char number[20];

        snprintf(number, sizeof(number), "2026-%06d", i);
        expect_again(number);
    }
    expect_ledger_agrees();
}

Test(change, an_estimate_above_the_next_reading_gives_credit)
{
    static const char *const months[] = {"2026-10", "2026-11"};
    int64_t account, meter;

    town_tariff(STEEP);
    account = add_account("1", "steep");
    meter = add_meter("m", account, "2026-10-01", 0, 1);
    add_reading_of(meter, "1-0:1.8.0", "2026-11-01T00:00", 90000, 'E', "");
    add_reading(meter, "2026-12-01T00:00", 61000);
    bill_months(months, 2);
    cr_expect_eq(total_of("2026-000002"), 3300 + 3410 - 9900, "30 and 31 instead of 90");
    cr_expect_eq(balance_of(account), 6710);
    expect_again("2026-000002");
    expect_ledger_agrees();
}

Test(change, a_reading_put_right_after_its_bill_is_made_good_by_the_next)
{
    static const char *const months[] = {"2026-10", "2026-11"};
    int64_t account, meter, wrong, right, bills;
    struct bill first;
    bool open;

    town_tariff(STEEP);
    account = add_account("1", "steep");
    meter = add_meter("m", account, "2026-10-01", 0, 1);
    wrong = add_reading(meter, "2026-11-01T00:00", 90000); /* of the neighbour */
    b.now = at("2026-11-02T08:00");
    bill_months(months, 1);
    cr_assert(reading_set_status(s, wrong, READING_SUPERSEDED, "edited", &e));
    right = add_reading(meter, "2026-11-01T00:00", 30000);
    cr_assert(trueup_add(s, wrong, right, b.now, &bills, &e), "%s", e.text);
    cr_assert_eq(bills, 1);
    add_reading(meter, "2026-12-01T00:00", 61000);
    b.now = at("2026-12-02T08:00");
    bill_months(months + 1, 1);
    cr_expect_eq(total_of("2026-000002"), 3300 + 3410 - 9900,
                 "as if it had been estimated");
    cr_expect_eq(balance_of(account), 6710);
    cr_assert(bill_by_number(s, "2026-000001", &first, &found, &e) && found);
    cr_assert(trueup_open(s, first.id, &open, &e));
    cr_expect_not(open, "it is settled");
    expect_again("2026-000002");
    expect_ledger_agrees();
}

Test(change, ladders_of_the_year_stand_right_after_estimates)
{
    static const char *const months[] = {"2026-10", "2026-11", "2026-12"};
    int64_t account, meter;
    struct bill bill;

    town_tariff("tariff: year\nname: Y\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
                "decimals: 2\ncomponents:\n"
                "  - {code: e, type: blocks, basis: ytd, blocks: [{upto: 100, rate: 1}, "
                "{rate: 2}]}\n");
    account = add_account("1", "year");
    meter = add_meter("m", account, "2026-10-01", 0, 1);
    add_reading_of(meter, "1-0:1.8.0", "2026-11-01T00:00", 150000, 'E', "");
    add_reading(meter, "2026-12-01T00:00", 122000);
    add_reading(meter, "2027-01-01T00:00", 130000);
    bill_months(months, 3);
    cr_expect_eq(total_of("2026-000001"), 20000, "100 + 50 x 2");
    cr_expect_eq(total_of("2026-000002"), 8200 + 6200 - 20000,
                 "62 at 1; then 38 at 1 and 22 at 2");
    cr_assert(bill_newest(s, account, &bill, &found, &e) && found);
    cr_expect_not_null(strstr(bill.usage, "\"ytd_before\":\"122\""), "%s", bill.usage);
    cr_expect_eq(balance_of(account), 14400 + 1600);
    expect_again("2026-000002");
}

Test(change, a_factor_that_changes_within_a_period_makes_two_parts)
{
    static const char *const months[] = {"2026-10"};
    struct factor f = {.name = "fuel", .actor = "test"};
    int64_t meter;
    struct bill bill;

    town_tariff("tariff: fuelled\nname: F\ncommodity: electricity\nunit: kWh\n"
                "currency: KES\ndecimals: 2\ncomponents:\n"
                "  - {code: fuel, label: Fuel, type: fixed, per: total, factor: fuel}\n");
    f.valid_from = at("2026-09-01");
    f.value.micro = 3000000;
    cr_assert(factor_add(s, &f, &e), "%s", e.text);
    f.value.micro = 1000000; /* set again: this one holds */
    cr_assert(factor_add(s, &f, &e), "%s", e.text);
    f.valid_from = at("2026-10-01");
    f.value.micro = 2000000;
    cr_assert(factor_add(s, &f, &e), "%s", e.text);
    meter = add_meter("m", add_account("1", "fuelled"), "2026-09-21", 0, 1);
    add_reading(meter, "2026-10-31T00:00", 40000);
    bill_months(months, 1);
    cr_expect_eq(total_of("2026-000001"), 10 * 100 + 30 * 200);
    cr_assert(bill_newest(s, 1, &bill, &found, &e) && found);
    cr_expect_not_null(strstr(bill.usage, "\"factors\":{\"fuel\":\"2\"}"), "%s",
                       bill.usage);
    expect_again("2026-000001");
    expect_ledger_agrees();
}

Test(change, a_new_class_and_a_new_version_hold_from_their_day)
{
    static const char *const months[] = {"2026-10"};
    struct contract shop = {.tariff = "classy", .class = "shop"};
    int64_t account, meter;
    struct bill bill;

    town_tariff("tariff: classy\nname: C\ncommodity: electricity\nunit: kWh\n"
                "currency: KES\ndecimals: 2\ncomponents:\n"
                "  - {code: e, type: blocks, blocks: [{rate: 1}]}\n"
                "  - {code: s, type: fixed, amount: 31, when: {class: shop}}\n");
    town_tariff("tariff: classy\nname: C\ncommodity: electricity\nunit: kWh\n"
                "currency: KES\ndecimals: 2\nvalid_from: 2026-10-22\ncomponents:\n"
                "  - {code: e, type: blocks, blocks: [{rate: 2}]}\n"
                "  - {code: s, type: fixed, amount: 31, when: {class: shop}}\n");
    account = add_account("1", "classy");
    shop.valid_from = at("2026-10-12");
    cr_assert(contract_add(s, account, &shop, &e), "%s", e.text);
    meter = add_meter("m", account, "2026-10-01", 0, 1);
    add_reading(meter, "2026-11-01T00:00", 31000);
    bill_months(months, 1);
    cr_expect_eq(total_of("2026-000001"), 2100 + 2000 + 2000, "11, 10 and 10 days");
    cr_assert(bill_newest(s, account, &bill, &found, &e) && found);
    cr_expect_str_eq(bill.class, "shop");
    expect_again("2026-000001");
    expect_ledger_agrees();
}

Test(change, who_moved_out_is_billed_to_the_last_day)
{
    int64_t account = add_account("1", "power");
    int64_t meter = add_meter("m", account, "2026-10-30", 0, 1);
    struct meter m;
    json_t *result;

    cr_assert(meter_by_id(s, meter, &m, &found, &e) && found);
    cr_assert(
        installation_close(s, m.at.id, at("2026-11-01"), (struct quantity){3000}, &e));
    result = run_month("2026-10");
    cr_expect_eq(count_of(result, "issued"), 1);
    cr_expect_eq(total_of("2026-000001"), 15080, "(100 + 3 x 10) x 1.16");
    json_decref(result);
}

/* ---- bills that are taken back ---- */

static json_t *
cancel(const char *number, bool with_later, bool no_bill)
{
    struct billing_cancel c = {.number = number,
                               .reason = "the reading was of the neighbour",
                               .with_later = with_later,
                               .no_bill = no_bill,
                               .actor = "amina"};
    json_t *answer = json_object();

    if (billing_cancel(&b, &c, answer, &e))
        return answer;
    json_decref(answer);
    return NULL;
}

static void
supersede(int64_t reading, int64_t meter, const char *when, int64_t milli)
{
    cr_assert(reading_set_status(s, reading, READING_SUPERSEDED, "wrong", &e), "%s",
              e.text);
    add_reading(meter, when, milli);
}

Test(change, a_cancelled_bill_is_credited_and_billed_again)
{
    int64_t account = add_account("1", "power"), wrong;
    int64_t meter = add_meter("m", account, "2026-10-01", 0, 1);
    struct bill bill;
    json_t *answer;

    wrong = add_reading(meter, "2026-11-01T00:00", 41000);
    json_decref(run_month("2026-10"));
    supersede(wrong, meter, "2026-11-01T00:00", 14000);
    answer = cancel("2026-000001", false, false);
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    cr_assert(bill_by_number(s, "C2026-000001", &bill, &found, &e) && found);
    cr_expect(bill.credit);
    cr_expect_eq(bill.total.minor, -71920);
    cr_assert(bill_by_number(s, "2026-000002", &bill, &found, &e) && found);
    cr_expect_eq(bill.total.minor, 27840, "(100 + 14 x 10) x 1.16");
    cr_expect_str_eq(bill.key, "1 #2 2026-10");
    cr_expect_eq(balance_of(account), 27840);
    cr_expect_null(cancel("2026-000001", false, false), "twice");
    cr_expect_not_null(strstr(e.text, "taken back before, by C2026-000001"), "%s", e.text);
    cr_expect_null(cancel("C2026-000001", false, false));
    answer = run_month("2026-10");
    cr_expect_eq(count_of(answer, "existing"), 1, "the new one is there");
    json_decref(answer);
    expect_ledger_agrees();
}

Test(change, later_bills_are_taken_back_with_it_and_billed_again)
{
    static const char *const months[] = {"2026-09", "2026-10", "2026-11"};
    int64_t account = add_account("1", "power"), wrong;
    int64_t meter = add_meter("m", account, "2026-09-01", 0, 1);
    json_t *answer;

    add_reading(meter, "2026-10-01T00:00", 20000);
    wrong = add_reading(meter, "2026-11-01T00:00", 100000);
    add_reading(meter, "2026-12-01T00:00", 101000);
    bill_months(months, 3);
    supersede(wrong, meter, "2026-11-01T00:00", 50000);
    cr_expect_null(cancel("2026-000002", false, false));
    cr_expect_not_null(strstr(e.text, "2026-000003 stands on the readings"), "%s", e.text);
    answer = cancel("2026-000002", true, false);
    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_eq(json_array_size(json_object_get(answer, "cancelled")), 2);
    cr_expect_eq(json_array_size(json_object_get(answer, "issued")), 2);
    json_decref(answer);
    cr_expect_eq(total_of("2026-000004"), (10000 + 30 * 1000) * 116 / 100);
    cr_expect_eq(total_of("2026-000005"), (10000 + 30 * 1000 + 21 * 2000) * 116 / 100);
    expect_again("2026-000005");
    expect_ledger_agrees();
}

Test(change, a_month_that_cannot_be_billed_again_keeps_its_bill)
{
    int64_t account = add_account("1", "power");
    int64_t meter = add_meter("m", account, "2026-10-01", 0, 1);
    int64_t wrong = add_reading(meter, "2026-11-01T00:00", 41000);

    json_decref(run_month("2026-10"));
    cr_assert(reading_set_status(s, wrong, READING_REJECTED, "wrong", &e));
    cr_assert(store_mark(s, &e));
    cr_expect_null(cancel("2026-000001", false, false));
    cr_expect_not_null(strstr(e.text, "no bill for 2026-10: meter m has no"), "%s", e.text);
    cr_assert(store_undo(s, &e));
    json_decref(cancel("2026-000001", false, true));
    cr_expect_eq(balance_of(account), 0);
    expect_ledger_agrees();
}
