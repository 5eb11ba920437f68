#include "billing/town.h"

#include "meterpost/billing/explain.h"
#include "meterpost/billing/preview.h"
#include "meterpost/store/bus_jobs.h"
#include "meterpost/store/factors.h"
#include "meterpost/store/inbox.h"

TestSuite(look, .init = town_make, .fini = town_remove);

static const char *
text_at(const json_t *o, const char *list, size_t i, const char *key)
{
    const char *text;

    if (list != NULL)
        o = json_array_get(json_object_get(o, list), i);
    text = json_string_value(json_object_get(o, key));
    return text == NULL ? "" : text;
}

/* A reading that came in by a text message. */
static void
add_told(int64_t meter, const char *when, int64_t milli)
{
    static struct inbox_row row;
    struct reading r = {.meter_id = meter,
                        .obis = "1-0:1.8.0",
                        .unit = "kWh",
                        .value = {milli},
                        .quality = 'A',
                        .source = SOURCE_SMS,
                        .status = READING_ACCEPTED,
                        .flags = "HIGH",
                        .actor = "engine"};
    int64_t id;

    row = (struct inbox_row){.modem = "sim1",
                             .sender = "+254711000001",
                             .sender_kind = PHONE_E164,
                             .text = "41 kWh, Meter No.: m",
                             .parts = 1,
                             .received_at = at(when)};
    cr_assert(inbox_row_add(s, &row, &r.inbox_id, &e), "%s", e.text);
    r.taken_at = r.received_at = at(when);
    cr_assert(reading_add(s, &r, &id, &e), "%s", e.text);
}

Test(look, a_bill_is_explained_down_to_the_text_message)
{
    json_t *o, *end;

    add_told(add_meter("m", add_account("1042", "power"), "2026-10-01", 0, 2),
             "2026-11-01T00:10", 20500);
    json_decref(run_month("2026-10"));
    o = billing_explain_bill(s, &conf, "2026-000001", &e);
    cr_assert_not_null(o, "%s", e.text);
    cr_expect_str_eq(text_at(o, "lines", 1, "rule"), "block 1 of 2, up to 30 kWh");
    cr_expect_str_eq(text_at(o, "lines", 2, "rule"), "block 2 of 2, above 30 kWh");
    cr_expect_str_eq(text_at(o, "lines", 3, "rule"), "16% of fixed + energy = 620.00");
    cr_expect_str_eq(text_at(o, "readings", 0, "multiplier"), "2");
    end = json_object_get(json_array_get(json_object_get(o, "readings"), 0), "to");
    cr_expect_str_eq(text_at(end, NULL, 0, "source"), "sms");
    cr_expect_str_eq(
        json_string_value(json_object_get(json_object_get(end, "message"), "text")),
        "41 kWh, Meter No.: m");
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(end, "flags"), 0)),
                     "HIGH");
    cr_expect_null(json_object_get(o, "warning"));
    json_decref(o);
    cr_expect_null(billing_explain_bill(s, &conf, "2026-000009", &e));
}

Test(look, a_bill_is_explained_down_to_the_frame)
{
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1), id;
    struct bus_job job = {.key = "read m",
                          .bus = "rs485-1",
                          .meter_id = meter,
                          .action = BUS_READ,
                          .actor = "engine",
                          .created_at = 1};
    struct reading r = {.meter_id = meter,
                        .obis = "1-0:1.8.0",
                        .unit = "kWh",
                        .value = {5000},
                        .quality = 'A',
                        .source = SOURCE_BUS,
                        .status = READING_ACCEPTED,
                        .actor = "engine"};
    json_t *o, *end;
    bool added;

    r.taken_at = r.received_at = job.ended_at = at("2026-11-01T00:05");
    cr_assert(bus_job_insert(s, &job, &job.id, &added, &e) && added, "%s", e.text);
    job.state = BUS_JOB_DONE;
    cr_assert(bus_job_save(s, &job, &e) &&
                  bus_job_keep(s, job.id, "\x68\x11\x16", 3, NULL, &e) &&
                  reading_add(s, &r, &id, &e),
              "%s", e.text);
    json_decref(run_month("2026-10"));
    o = billing_explain_bill(s, &conf, "2026-000001", &e);
    cr_assert_not_null(o, "%s", e.text);
    end = json_object_get(json_array_get(json_object_get(o, "readings"), 0), "to");
    cr_expect_str_eq(text_at(json_object_get(end, "frame"), NULL, 0, "hex"), "681116");
    json_decref(o);
}

/* Rules with scaled limits, conditions, factors, in words. */
Test(look, rules_say_how_limits_were_scaled)
{
    static const char *const want[] = {
        "30 once x 31/30 days",
        "block 1 of 2, up to 103.333 (100 x 31/30 days) kWh",
        "block 2 of 2, above 103.333 (100 x 31/30 days) kWh",
        "all at the rate of the block reached: block 2 of 2, above 50 kWh",
        "through 2 blocks, rounded once; use x 0.75; only what exceeds 10; counted from "
        "the "
        "start of the year, 0 before this",
        "band 2 of 2, above 20 kWh",
        "-5% of a + b = 164.66",
        "what b lack to 1000",
    };
    json_t *o;

    town_tariff(
        "tariff: all\nname: A\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
        "decimals: 2\ncomponents:\n"
        "  - {code: a, type: fixed, amount: 30, prorate: days}\n"
        "  - {code: b, type: blocks, scale: days, blocks: [{upto: 100, rate: 1}, {rate: "
        "2}]}\n"
        "  - {code: c, type: blocks, mode: whole, blocks: [{upto: 50, rate: 1}, {rate: "
        "2}]}\n"
        "  - {code: d, type: blocks, lines: sum, basis: ytd, quantity: {factor: \"0.75\", "
        "over: 10}, blocks: [{upto: 50, rate: 1}, {rate: 2}]}\n"
        "  - {code: g, type: band_fixed, bands: [{upto: 20, amount: 1}, {amount: 2}]}\n"
        "  - {code: h, type: percent, rate: -5, of: [a, b]}\n"
        "  - {code: i, type: minimum, amount: 1000, of: [b]}\n");
    add_reading(add_meter("m", add_account("1", "all"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 120000 - 1500);
    json_decref(run_month("2026-10"));
    o = billing_explain_bill(s, &conf, "2026-000001", &e);
    cr_assert_not_null(o, "%s", e.text);
    cr_expect_eq(json_array_size(json_object_get(o, "lines")),
                 sizeof(want) / sizeof(want[0]));
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
        cr_expect_str_eq(text_at(o, "lines", i, "rule"), want[i],
                         "%zu: got '%s', want '%s'", i, text_at(o, "lines", i, "rule"),
                         want[i]);
    json_decref(o);
}

Test(look, a_preview_compares_and_writes_nothing)
{
    int64_t one = add_meter("m", add_account("1", "power"), "2026-09-01", 0, 1);
    int64_t two = add_meter("n", add_account("2", "power"), "2026-09-01", 0, 1);
    json_t *o;

    add_reading(one, "2026-10-01T00:00", 10000);
    add_reading(two, "2026-10-01T00:00", 10000);
    b.now = at("2026-10-01T08:00");
    json_decref(run_month("2026-09"));
    add_reading(one, "2026-11-01T00:00", 60000);
    add_reading_of(two, "1-0:1.8.0", "2026-11-01T00:00", 25000, 'E', "");
    add_meter("o", add_account("3", "power"), "2026-10-01", 0, 1);
    b.now = at("2026-11-01T08:00");
    o = billing_preview(&b, "2026-10", NULL, NULL, &e);
    cr_assert_not_null(o, "%s", e.text);
    cr_expect_eq(count_of(o, "bills"), 2);
    cr_expect_eq(count_of(o, "estimated"), 1);
    cr_expect_str_eq(text_at(o, "estimates", 0, "account"), "2");
    cr_expect_eq(count_of(o, "skipped"), 1);
    cr_expect_str_eq(text_at(o, NULL, 0, "total"), "1218.00");
    cr_expect_str_eq(text_at(o, "changes", 0, "account"), "1");
    cr_expect_str_eq(text_at(o, "changes", 0, "difference"), "696.00");
    cr_expect_str_eq(text_at(o, "changes", 1, "difference"), "58.00");
    cr_expect_str_eq(text_at(o, "without", 0, "reason"), "no reading");
    cr_expect_str_eq(text_at(json_object_get(o, "last_month"), NULL, 0, "total"), "464.00");
    cr_expect_eq(count_of(json_object_get(o, "last_year"), "bills"), 0);
    json_decref(o);
    json_decref(run_month("2026-10"));
    o = billing_preview(&b, "2026-10", NULL, NULL, &e);
    cr_expect_eq(count_of(o, "existing"), 2);
    json_decref(o);
}

Test(look, a_preview_names_the_twenty_biggest_changes)
{
    int64_t meters[25];
    char name[4];
    json_t *o, *changes;

    for (int i = 0; i < 25; i++) {
        snprintf(name, sizeof(name), "%d", 10 + i);
        meters[i] = add_meter(name, add_account(name, "power"), "2026-09-01", 0, 1);
        add_reading(meters[i], "2026-10-01T00:00", 50000);
        /* the odd ones use less than in September, the others more; 34 the most */
        add_reading(meters[i], "2026-11-01T00:00", 100000 + (i % 2 ? -i : i) * 1000);
    }
    b.now = at("2026-10-01T08:00");
    json_decref(run_month("2026-09"));
    b.now = at("2026-11-01T08:00");
    o = billing_preview(&b, "2026-10", NULL, NULL, &e);
    cr_assert_not_null(o, "%s", e.text);
    changes = json_object_get(o, "changes");
    cr_expect_eq(json_array_size(changes), 20);
    cr_expect_str_eq(text_at(o, "changes", 0, "account"), "34");
    cr_expect_str_eq(text_at(o, "changes", 1, "account"), "32");
    cr_expect_str_eq(text_at(o, "changes", 2, "account"), "33");
    cr_expect_str_eq(text_at(o, "changes", 2, "difference"), "-498.80");
    cr_expect_str_eq(text_at(o, "changes", 19, "account"), "15");
    json_decref(o);
}

Test(look, another_tariff_is_compared_on_real_use)
{
    struct problems p = {0};
    static const char cheaper_first[] =
        "tariff: power\nname: New\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
        "decimals: 2\ncomponents:\n"
        "  - {code: fixed, label: Fixed, type: fixed, amount: 50}\n"
        "  - {code: energy, type: blocks, blocks: [{upto: 30, rate: 10}, {rate: 30}]}\n"
        "  - {code: vat, label: VAT, type: percent, rate: 16, of: [fixed, energy]}\n";
    struct tariff *new = tariff_open_text("new", cheaper_first, strlen(cheaper_first), &p);
    json_t *o;

    cr_assert_not_null(new);
    add_reading(add_meter("m", add_account("1", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 20000);
    add_reading(add_meter("n", add_account("2", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 60000);
    json_decref(run_month("2026-10"));
    o = billing_compare(&b, tariffs.list[0], new, "2026-10", &e);
    cr_assert_not_null(o, "%s", e.text);
    cr_expect_eq(count_of(o, "bills"), 2);
    cr_expect_str_eq(text_at(o, NULL, 0, "difference"), "232.00", "%s",
                     text_at(o, NULL, 0, "difference"));
    cr_expect_str_eq(text_at(json_object_get(o, "gain"), NULL, 0, "amount"), "-58.00");
    cr_expect_str_eq(text_at(json_object_get(o, "lose"), NULL, 0, "amount"), "290.00");
    cr_expect_str_eq(text_at(o, "changes", 0, "account"), "2");
    json_decref(o);
    tariff_destroy(new);
}

/* The new tariff asks for what bills by the old one did not keep. */
Test(look, another_tariff_is_compared_with_its_own_factors_and_seasons)
{
    static const char seasonal[] =
        "tariff: new\nname: N\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
        "decimals: 2\nseasons: [{name: wet, months: [11, 12]}]\ncomponents:\n"
        "  - {code: fuel, type: fixed, per: total, factor: fuel}\n"
        "  - {code: wet, type: blocks, blocks: [{rate: 1}], when: {season: wet}}\n";
    struct problems p = {0};
    struct tariff *new = tariff_open_text("new", seasonal, strlen(seasonal), &p);
    struct factor fuel = {.name = "fuel", .value = {2000000}, .actor = "test"};
    json_t *o;

    cr_assert_not_null(new);
    fuel.valid_from = at("2026-01-01");
    cr_assert(factor_add(s, &fuel, &e), "%s", e.text);
    add_reading(add_meter("m", add_account("1", "power"), "2026-10-02", 0, 1),
                "2026-12-01T00:00", 60000); /* half of it is of November */
    b.now = at("2026-12-02");
    json_decref(run_month("2026-11"));
    o = billing_compare(&b, tariffs.list[0], new, "2026-11", &e);
    cr_assert_not_null(o, "%s", e.text);
    cr_expect_str_eq(text_at(o, NULL, 0, "before"), "1160.00");
    cr_expect_str_eq(text_at(o, NULL, 0, "after"), "150.00", "%s",
                     text_at(o, NULL, 0, "after"));
    json_decref(o);
    strcpy(new->commodity, "water");
    cr_expect_null(billing_compare(&b, tariffs.list[0], new, "2026-11", &e));
    cr_expect_not_null(strstr(e.text, "'new' for water"), "%s", e.text);
    tariff_destroy(new);
}
