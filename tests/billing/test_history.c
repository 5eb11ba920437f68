/* What bills before decide: where ladders of the year stand, and the class of who uses
 * little. */
#include "billing/town.h"

#include "meterpost/billing/explain.h"
#include "meterpost/billing/recompute.h"
#include "meterpost/store/registry.h"

TestSuite(history, .init = town_make, .fini = town_remove);

static struct bill
bill_of(const char *number)
{
    struct bill bill;

    cr_assert(bill_by_number(s, number, &bill, &found, &e) && found, "%s", number);
    return bill;
}

/* Read the meter in the first night after a month, and bill the month. */
static void
bill_to(int64_t meter, const char *day, int64_t kwh, char quality, const char *month)
{
    add_reading_of(meter, "1-0:1.8.0", day, kwh * 1000, quality, "");
    b.now = at(day) + 2 * DAY_S;
    json_decref(run_month(month));
}

/* ---- the year ---- */

#define LADDER                                                                             \
    "tariff: ladder\nname: L\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"          \
    "decimals: 2\ncomponents:\n  - {code: e, label: E, type: blocks, basis: ytd, blocks: " \
    "[{upto: 50, rate: 1}, {rate: 3}]}\n"

Test(history, days_after_new_year_count_for_the_ladder_of_the_new_year)
{
    int64_t meter;

    town_tariff(LADDER);
    meter = add_meter("m", add_account("1", "ladder"), "2025-12-01", 0, 1);
    bill_to(meter, "2026-02-01", 62, 'A', "2026-01"); /* one a day, 31 in each year */
    cr_expect_eq(bill_of("2026-000001").total.minor, 6200);
    bill_to(meter, "2026-03-01", 90, 'A', "2026-02"); /* 31 before: 19 at 1, 9 at 3 */
    cr_expect_eq(bill_of("2026-000002").total.minor, 1900 + 2700, "%lld",
                 (long long)bill_of("2026-000002").total.minor);
}

Test(history, what_was_guessed_before_new_year_does_not_count_after_it)
{
    int64_t meter;

    town_tariff(LADDER);
    meter = add_meter("m", add_account("1", "ladder"), "2025-12-01", 0, 1);
    bill_to(meter, "2026-01-01", 0, 'E', "2025-12");
    bill_to(meter, "2026-02-01", 62, 'A', "2026-01"); /* 31 of it are of December */
    bill_to(meter, "2026-03-01", 90, 'A', "2026-02");
    cr_expect_not_null(strstr(bill_of("2026-000003").usage, "\"ytd_before\":\"31\""), "%s",
                       bill_of("2026-000003").usage);
}

/* 4 of 12 months: 40 of 120; the account was imported in November. */
Test(history, a_ladder_of_a_part_year_begins_where_the_meter_was_hung)
{
    struct account a = {.account = "9", .name = "N", .language = "en"};
    struct contract c = {.tariff = "part"};
    int64_t id, meter;

    town_tariff("tariff: part\nname: P\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
                "decimals: 2\ncomponents:\n  - {code: e, type: blocks, basis: ytd, "
                "scale: year, blocks: [{upto: 120, rate: 1}, {rate: 3}]}\n");
    a.opened_at = at("2026-11-03");
    cr_assert(account_add(s, &a, &id, &e) && contract_add(s, id, &c, &e));
    meter = add_meter("m", id, "2026-09-01", 0, 1);
    bill_to(meter, "2026-12-01", 50, 'A', "2026-11");
    cr_expect_eq(bill_of("2026-000001").total.minor, 4000 + 3000, "%lld",
                 (long long)bill_of("2026-000001").total.minor);
}

/* ---- the class ---- */

#define LIFELINE                                                                           \
    "tariff: home\nname: H\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"            \
    "decimals: 2\nclasses:\n  - {class: lifeline, months: 3, upto: 30}\n"                  \
    "  - {class: ordinary}\ncomponents:\n"                                                 \
    "  - {code: l, label: L, type: blocks, blocks: [{rate: 1}], when: {class: "            \
    "lifeline}}\n"                                                                         \
    "  - {code: o, label: O, type: blocks, blocks: [{rate: 5}], when: {class: "            \
    "ordinary}}\n"                                                                         \
    "  - {code: s, label: S, type: fixed, amount: 9, when: {class: shop}}\n"               \
    "  - {code: t, label: T, type: percent, rate: 0, of: [l, o, s]}\n"

static void
expect_bill(const char *number, int64_t total, const char *class)
{
    struct bill bill = bill_of(number);
    static struct quote again;

    cr_expect_eq(bill.total.minor, total, "%s: %lld", number, (long long)bill.total.minor);
    cr_expect_str_eq(bill.class, class, "%s", number);
    cr_assert(billing_recompute(s, &bill, &again, &e), "%s", e.text);
    cr_expect_eq(again.total.minor, bill.total.minor, "%s", number);
}

static const char *
class_on(int64_t account, const char *day)
{
    static struct contract c;

    cr_assert(contract_at(s, account, at(day), &c, &found, &e) && found);
    return c.class;
}

Test(history, the_average_of_the_months_before_decides_the_class)
{
    int64_t account, meter;
    json_t *why;

    town_tariff(LIFELINE);
    account = add_account("1", "home");
    meter = add_meter("m", account, "2026-01-01", 0, 1);
    bill_to(meter, "2026-02-01", 20, 'A', "2026-01");
    expect_bill("2026-000001", 10000, "ordinary"); /* nobody knows yet */
    bill_to(meter, "2026-03-01", 40, 'A', "2026-02");
    bill_to(meter, "2026-04-01", 90, 'A', "2026-03");
    expect_bill("2026-000003", 25000, "ordinary");
    bill_to(meter, "2026-05-01", 110, 'A', "2026-04"); /* 90 in three months */
    expect_bill("2026-000004", 2000, "lifeline");
    cr_expect_str_eq(class_on(account, "2026-03-31"), "ordinary");
    cr_expect_str_eq(class_on(account, "2026-04-02"), "lifeline");
    bill_to(meter, "2026-06-01", 111, 'A', "2026-05"); /* 20 + 50 + 20 */
    bill_to(meter, "2026-07-01", 151, 'A', "2026-06");
    expect_bill("2026-000005", 100, "lifeline");
    expect_bill("2026-000006", 4000, "lifeline"); /* 50 + 20 + 1 */
    why = billing_explain_bill(s, &conf, "2026-000006", &e);
    cr_assert_not_null(why, "%s", e.text);
    cr_expect_str_eq(
        json_string_value(json_object_get(json_object_get(why, "class_by"), "average")),
        "23.667");
    json_decref(why);
    expect_ledger_agrees();
}

Test(history, a_class_that_no_rule_names_is_left_alone)
{
    int64_t account, meter;
    struct contract c = {.tariff = "home", .class = "shop", .valid_from = 2};

    town_tariff(LIFELINE);
    account = add_account("1", "home");
    c.valid_from = at("2026-01-02");
    cr_assert(contract_add(s, account, &c, &e));
    meter = add_meter("m", account, "2026-01-02", 0, 1);
    bill_to(meter, "2026-02-01", 20, 'A', "2026-01");
    expect_bill("2026-000001", 900, "shop");
}

Test(history, a_class_that_the_tariff_forgot_gets_no_empty_bill)
{
    int64_t account;
    struct contract c = {.tariff = "home", .class = "mill"};
    json_t *result;

    town_tariff(LIFELINE);
    account = add_account("1", "home");
    c.valid_from = at("2026-01-02");
    cr_assert(contract_add(s, account, &c, &e));
    add_reading(add_meter("m", account, "2026-10-01", 0, 1), "2026-11-01", 20000);
    result = run_month("2026-10");
    cr_expect_eq(count_of(result, "skipped"), 1);
    cr_expect_not_null(
        strstr(json_string_value(json_object_get(
                   json_array_get(json_object_get(result, "accounts"), 0), "reason")),
               "is for class 'mill' in month 10"));
    json_decref(result);
}

/* ---- how often, and how finely ---- */

Test(history, a_tariff_of_two_months_is_billed_every_second_one)
{
    int64_t meter;

    town_tariff("tariff: two\nname: T\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
                "decimals: 2\nperiod: {frequency: bimonth}\ncomponents:\n"
                "  - {code: e, label: E, type: blocks, blocks: [{rate: 1}]}\n");
    meter = add_meter("m", add_account("1", "two"), "2026-01-01", 0, 1);
    bill_to(meter, "2026-02-01", 20, 'A', "2026-01");
    cr_assert(bill_by_number(s, "2026-000001", &(struct bill){0}, &found, &e));
    cr_expect_not(found, "the first month waits");
    bill_to(meter, "2026-03-01", 45, 'A', "2026-02");
    cr_expect_eq(bill_of("2026-000001").total.minor, 4500);
    cr_expect_eq(bill_of("2026-000001").days, 59);
}

Test(history, what_does_not_fill_a_unit_is_billed_with_the_next_one)
{
    int64_t meter;

    town_tariff("tariff: kilo\nname: K\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
                "decimals: 2\nread_in: 1000\ncomponents:\n"
                "  - {code: e, label: E, type: blocks, quantity: {factor: \"0.001\"}, "
                "blocks: [{rate: 7}]}\n");
    meter = add_meter("m", add_account("1", "kilo"), "2026-01-01", 5999, 1);
    bill_to(meter, "2026-02-01", 9530, 'A', "2026-01");
    cr_expect_eq(bill_of("2026-000001").total.minor, 2800, "9 - 5 thousand");
    bill_to(meter, "2026-03-01", 10000, 'A', "2026-02");
    cr_expect_eq(bill_of("2026-000002").total.minor, 700, "10 - 9 thousand");
}

Test(history, a_register_may_have_passed_its_end_in_a_month_without_a_bill)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-01-01", 99990, 1);

    add_reading_of(meter, "1-0:1.8.0", "2026-01-16", 2000, 'A', "rollover");
    bill_to(meter, "2026-03-01", 20, 'A', "2026-02");
    cr_expect_eq(bill_of("2026-000001").total.minor, (10000 + 30000) * 116 / 100);
}
