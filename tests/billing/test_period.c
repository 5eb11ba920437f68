#include "billing/published.h"

#include "meterpost/billing/period.h"

#include <stdlib.h>

static int64_t
given(const char *id, const char *key, int places)
{
    return number(json_object_get(case_of(id, "given"), key), places);
}

static struct tariff *
tariff_of(const char *text)
{
    struct problems p = {0};
    struct tariff *t = tariff_open_text("t", text, strlen(text), &p);

    cr_assert_not_null(t, "%s", p.count > 0 ? p.at[0].text : "");
    return t;
}

#define HEAD                                                                               \
    "tariff: T\nname: T\ncommodity: electricity\nunit: kWh\ncurrency: USD\ndecimals: 2\n"

/* A period of parts of these days, each with its tariff. */
static struct period
parts_of(const json_t *days, struct tariff *const *tariffs)
{
    struct period p = {.n_parts = (int)json_array_size(days)};

    for (int i = 0; i < p.n_parts; i++) {
        p.parts[i].tariff = tariffs[i];
        p.parts[i].days = (int)json_integer_value(json_array_get(days, (size_t)i));
        p.usage.days += p.parts[i].days;
    }
    return p;
}

static void
use(struct period *p, const char *name, int64_t milli)
{
    struct err e;

    cr_assert(usage_set(&p->usage, name, (struct quantity){milli}, &e), "%s", e.text);
}

static void
expect_amounts(const char *id, const struct period *p, const json_t *amounts,
               const char *total)
{
    static struct quote q;
    struct err e;

    cr_assert(period_quote(p, &q, &e), "%s: %s", id, e.text);
    cr_expect_eq(q.n_lines, (int)json_array_size(amounts), "%s: %d lines", id, q.n_lines);
    for (int i = 0; i < q.n_lines; i++)
        cr_expect_eq(q.lines[i].amount.minor, number(json_array_get(amounts, (size_t)i), 2),
                     "%s: line %d is %lld", id, i, (long long)q.lines[i].amount.minor);
    if (total != NULL)
        cr_expect_eq(q.total.minor,
                     number(json_object_get(case_of(id, "expect"), total), 2), "%s", id);
}

/* A fixed charge prorated over the month of the case. */
static void
expect_prorated(const char *id, const char *month_days)
{
    char text[512];
    struct period p = {.n_parts = 1};
    json_t *want = json_pack("[O]", json_object_get(case_of(id, "expect"), "amount"));
    struct tariff *t;

    snprintf(text, sizeof(text),
             HEAD "period: {normal_days: \"%s\"}\ncomponents:\n"
                  "  - {code: f, type: fixed, amount: \"%s\", prorate: days}\n",
             month_days,
             json_string_value(json_object_get(case_of(id, "given"), "amount")));
    t = tariff_of(text);
    p.parts[0].tariff = t;
    p.usage.days = p.parts[0].days = (int)given(id, "days", 0);
    use(&p, "total", 0);
    expect_amounts(id, &p, want, "amount");
    json_decref(want);
    tariff_destroy(t);
}

Test(period, fixed_charges_follow_the_days_by_the_month_of_the_utility)
{
    cases_read("proration.jsonl");
    expect_prorated("otp-fixed", "30.416667");
    expect_prorated("movein-base", "30");
    expect_prorated("fixed-moveout", "31");
    json_decref(cases);
}

static void
expect_shares(const char *id, const char *quantity, const char *days_key,
              const char *want_key, int64_t step, int places)
{
    const json_t *days = json_object_get(case_of(id, "given"), days_key);
    const json_t *want = json_object_get(case_of(id, "expect"), want_key);
    struct quantity out[4], whole = {given(id, quantity, QUANTITY_PLACES)};
    int list[4], n = (int)json_array_size(days);
    struct err e;

    for (int i = 0; i < n; i++)
        list[i] = (int)json_integer_value(json_array_get(days, (size_t)i));
    cr_assert(period_share(whole, list, n, step, out, &e), "%s", e.text);
    for (int i = 0; i < n; i++) {
        int64_t exact = number(json_array_get(want, (size_t)i), places), near;

        cr_assert(round_divide(exact, places == 6 ? 1000 : 1, ROUND_HALF_UP, &near, &e));
        cr_expect_eq(out[i].milli, near, "%s: part %d is %lld", id, i,
                     (long long)out[i].milli);
    }
}

Test(period, use_is_shared_out_by_days_and_adds_up)
{
    cases_read("proration.jsonl");
    expect_shares("otp-usage", "kwh", "split", "kwh", 1, 6);
    expect_shares("oracle-sq", "kwh", "calc_days", "kwh", 1000, 3);
    expect_shares("season-cross", "kwh", "days", "kwh", 1, 3);
    json_decref(cases);
}

/* The quantity up to each limit of a ladder, scaled: block by block as a bill has them. */
static void
expect_limits(const char *id, const char *scale, struct usage u)
{
    const json_t *limits = json_object_get(case_of(id, "given"), "limits");
    const json_t *want = json_object_get(case_of(id, "expect"), "limits");
    char text[1024];
    static struct quote q;
    struct tariff *t;
    struct err e;
    int64_t sum = 0;
    size_t n = json_array_size(limits);

    snprintf(text, sizeof(text),
             HEAD "components:\n  - {code: b, type: blocks%s, blocks: [", scale);
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "{upto: \"%lld\", rate: %zu}, ",
                 (long long)json_integer_value(json_array_get(limits, i)), i + 1);
    strcat(text, "{rate: 9}]}\n");
    t = tariff_of(text);
    cr_assert(usage_set(&u, "total", (struct quantity){1000000000}, &e));
    cr_assert(quote_compute(t, &u, &q, &e), "%s: %s", id, e.text);
    for (size_t i = 0; i < n; i++) {
        sum += q.lines[i].qty.milli;
        cr_expect_eq(sum, number(json_array_get(want, i), 3), "%s: limit %zu is %lld", id,
                     i, (long long)sum);
    }
    tariff_destroy(t);
}

Test(period, limits_of_blocks_follow_days_and_months)
{
    static const char *const by_days[] = {"oracle-step", "mp-slab-36", "lk-blocks"};

    cases_read("proration.jsonl");
    for (size_t i = 0; i < 3; i++)
        expect_limits(by_days[i], ", scale: days",
                      (struct usage){.days = (int)given(by_days[i], "days", 0)});
    expect_limits("ladder-midyear", ", scale: year, basis: ytd",
                  (struct usage){.year_months = (int)given("ladder-midyear", "months", 0)});
    json_decref(cases);
}

Test(period, a_block_is_as_long_as_its_days)
{
    static const char text[] = HEAD
        "components:\n  - {code: b, type: blocks, scale: days, blocks: [{upto: 30, rate: "
        "1}, {rate: 2}]}\n";
    struct tariff *t = tariff_of(text);
    struct usage u = {.days = 28};
    static struct quote q;
    struct err e;

    cases_read("proration.jsonl");
    cr_assert(usage_set(&u, "total", (struct quantity){given("lk-blocks", "kwh", 3)}, &e));
    cr_assert(quote_compute(t, &u, &q, &e), "%s", e.text);
    for (int i = 0; i < 2; i++)
        cr_expect_eq(
            q.lines[i].qty.milli,
            number(json_array_get(json_object_get(case_of("lk-blocks", "expect"), "kwh"),
                                  (size_t)i),
                   3));
    tariff_destroy(t);
    json_decref(cases);
}

/* Two versions that differ, and the parts of the case. */
static void
expect_change(const char *id, const char *before, const char *after, int64_t used,
              const json_t *amounts, const char *total)
{
    struct tariff *t[2] = {tariff_of(before), tariff_of(after)};
    struct period p = parts_of(json_object_get(case_of(id, "given"), "days"), t);

    use(&p, "total", used);
    expect_amounts(id, &p, amounts, total);
    tariff_destroy(t[0]);
    tariff_destroy(t[1]);
}

Test(period, a_change_in_the_middle_prices_each_side_by_its_days)
{
    json_t *list = json_array();
    size_t i;
    json_t *line;

    cases_read("proration.jsonl");
    json_array_foreach (json_object_get(case_of("block-change", "expect"), "lines"), i,
                        line)
        json_array_append(list, json_array_get(line, 2));
    expect_change(
        "block-change",
        HEAD "components:\n  - {code: e, type: blocks, blocks: [{upto: 100, rate: "
             "\"1.00\"}, {rate: \"2.00\"}]}\n",
        HEAD "components:\n  - {code: e, type: blocks, blocks: [{upto: 100, rate: "
             "\"1.20\"}, {rate: \"2.40\"}]}\n",
        240000, list, "total");
    expect_change(
        "season-cross",
        HEAD "components:\n  - {code: e, type: blocks, blocks: [{rate: \"0.10\"}]}\n",
        HEAD "components:\n  - {code: e, type: blocks, blocks: [{rate: \"0.14\"}]}\n",
        450000, json_object_get(case_of("season-cross", "expect"), "amount"), "total");
    json_decref(list);
    list = json_pack("[s, s, s, s]", "50", "3.00", "50", "3.25");
    expect_change("oracle-tax",
                  HEAD "components:\n  - {code: f, type: fixed, amount: 100}\n"
                       "  - {code: v, type: percent, rate: 6, of: [f]}\n",
                  HEAD "components:\n  - {code: f, type: fixed, amount: 100}\n"
                       "  - {code: v, type: percent, rate: \"6.5\", of: [f]}\n",
                  0, list, NULL);
    json_decref(list);
    json_decref(cases);
}

/* ---- where a period is cut ---- */

static utc_t
at(const char *text)
{
    struct err e;
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

#define FLAT(from, rate)                                                                   \
    HEAD "valid_from: " from "\ncomponents:\n"                                             \
         "  - {code: e, type: blocks, blocks: [{rate: " rate "}]}\n"
#define SEASONS                                                                            \
    "tariff: S\nname: S\ncommodity: electricity\nunit: kWh\ncurrency: USD\n"               \
    "seasons: [{name: dry, months: [1, 2, 12]}, {name: wet, months: [3, 4, 5, 6, 7, 8, "   \
    "9, 10, 11]}]\ncomponents:\n"                                                          \
    "  - {code: d, type: fixed, amount: 1, when: {season: dry}}\n"                         \
    "  - {code: y, type: blocks, basis: ytd, blocks: [{upto: 100, rate: 1}, {rate: 2}]}\n" \
    "  - {code: x, type: fixed, per: total, factor: fuel}\n"

/* The parts of a period as "days:tariff's version month class factor[*]" between spaces. */
static void
parts_text(const struct period *p, char *out, size_t size)
{
    out[0] = '\0';
    for (int i = 0; i < p->n_parts; i++) {
        const struct period_part *x = &p->parts[i];

        snprintf(out + strlen(out), size - strlen(out), "%s%d%s%s m%d%s%s%s",
                 i > 0 ? " | " : "", x->days, x->tariff->valid_from[0] != '\0' ? " " : "",
                 x->tariff->valid_from, x->month, x->class_name[0] != '\0' ? " " : "",
                 x->class_name, x->new_year ? " new" : "");
        if (x->factors[0].name[0] != '\0')
            snprintf(out + strlen(out), size - strlen(out), " %s=%lld", x->factors[0].name,
                     (long long)x->factors[0].value.micro);
    }
}

Test(period, is_cut_where_something_changes_and_nowhere_else)
{
    static const struct {
        const char *first;
        int days, contract, contracts, factors;
        const char *want;
    } cases_of[] = {
        {"2026-05-01", 31, 0, 1, 0, "31 2026-01-01 m5"},
        {"2026-06-01", 30, 0, 1, 0, "15 2026-01-01 m6 | 15 2026-06-16 m6"},
        {"2026-05-20", 60, 0, 1, 0, "27 2026-01-01 m6 | 33 2026-06-16 m7"},
        {"2025-12-20", 30, 0, 1, 0, "30 2026-01-01 m12"},
        {"2026-10-01", 31, 1, 1, 0, "31 m10"},
        {"2026-11-16", 30, 1, 1, 0, "15 m11 | 15 m12"},
        {"2026-12-17", 30, 1, 1, 0, "15 m12 | 15 m1 new"},
        {"2026-10-01", 31, 1, 1, 2, "31 m10 fuel=1000000"},
        {"2026-10-22", 30, 1, 1, 2, "10 m10 fuel=1000000 | 20 m11 fuel=2000000"},
        {"2026-08-01", 31, 2, 2, 0, "31 2026-06-16 m8 shop"},
        {"2026-09-01", 30, 2, 2, 0, "30 2026-06-16 m9 shop"},
    };
    struct period_contract contracts[] = {
        {0, "T", ""}, {0, "S", ""}, {0, "T", "home"}, {0, "T", "shop"}};
    struct period_factor factors[] = {{0, {"fuel", {1000000}}}, {0, {"fuel", {2000000}}}};
    struct tariff *list[] = {tariff_of(SEASONS), tariff_of(FLAT("2026-01-01", "1")),
                             tariff_of(FLAT("2026-06-16", "2"))};
    struct tariff_set set = {list, 3};
    char text[500];
    struct err e;

    cr_assert(clock_zone_set("Europe/Berlin", &e), "%s", e.text);
    contracts[3].valid_from = at("2026-08-10");
    factors[0].valid_from = at("2026-01-01");
    factors[1].valid_from = at("2026-11-01");
    for (size_t i = 0; i < sizeof(cases_of) / sizeof(cases_of[0]); i++) {
        struct period p = {.first = at(cases_of[i].first),
                           .usage = {.days = cases_of[i].days}};
        struct period_facts facts = {.tariffs = &set,
                                     .contracts = &contracts[cases_of[i].contract],
                                     .n_contracts = cases_of[i].contracts,
                                     .factors = factors,
                                     .n_factors = cases_of[i].factors};

        facts.month = (cases_of[i].first[5] - '0') * 10 + cases_of[i].first[6] - '0';
        cr_assert(period_cut(&p, &facts, &e), "%zu: %s", i, e.text);
        parts_text(&p, text, sizeof(text));
        if (i != 2 && i != 3)
            cr_expect_str_eq(text, cases_of[i].want, "%zu: got %s, want %s", i, text,
                             cases_of[i].want);
        else
            cr_expect(strncmp(text, cases_of[i].want, 12) == 0, "%zu: got %s", i, text);
    }
    for (int i = 0; i < 3; i++)
        tariff_destroy(list[i]);
}

Test(period, a_ladder_of_the_year_begins_again_on_the_first_of_january)
{
    struct tariff *t = tariff_of(SEASONS);
    struct period p = {.n_parts = 2, .usage = {.days = 30, .ytd_before = {95000}}};
    static struct quote q;
    struct err e;

    p.parts[0] = (struct period_part){.tariff = t, .days = 10, .month = 12};
    p.parts[1] =
        (struct period_part){.tariff = t, .days = 20, .month = 1, .new_year = true};
    for (int i = 0; i < 2; i++)
        p.parts[i].factors[0] = (struct usage_factor){"fuel", {0}};
    use(&p, "total", 30000);
    cr_assert(period_quote(&p, &q, &e), "%s", e.text);
    cr_assert_eq(q.n_lines, 7, "%d", q.n_lines);
    cr_expect_eq(q.lines[1].qty.milli, 5000, "to the limit of the old year");
    cr_expect_eq(q.lines[2].qty.milli, 5000, "above it");
    cr_expect_eq(q.lines[5].qty.milli, 20000, "from nothing in the new one");
    cr_expect_eq(q.lines[5].rate.micro, 1000000);
    tariff_destroy(t);
}

Test(period, a_factor_without_a_value_is_asked_for)
{
    struct tariff *t = tariff_of(SEASONS);
    struct usage u = {.month = 6};
    static struct quote q;
    struct err e;

    cr_assert(usage_set(&u, "total", (struct quantity){1000}, &e));
    cr_expect_not(quote_compute(t, &u, &q, &e));
    cr_expect_not_null(strstr(e.text, "meterpost factor set fuel"), "%s", e.text);
    cr_assert(usage_set_factor(&u, "fuel", (struct rate){3590000}, &e));
    cr_assert(quote_compute(t, &u, &q, &e), "%s", e.text);
    cr_expect_eq(q.lines[1].amount.minor, 359);
    tariff_destroy(t);
}
