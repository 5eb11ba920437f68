/* From what registers show to what was used: alone, and on bills of a town. */
#include "billing/published.h"
#include "billing/town.h"

#include "meterpost/billing/consumption.h"

#define FIRST  "2026-10-01"
#define CHANGE "2026-10-10"
#define END    "2026-11-01T00:10"

/* A reading such as "1250 E": its number, and whether it is an estimate. */
static struct quantity
shown(const char *text, bool *estimated)
{
    char figures[40];
    struct quantity q = {0};

    snprintf(figures, sizeof(figures), "%s", text);
    *estimated = strchr(figures, 'E') != NULL;
    figures[strcspn(figures, " ")] = '\0';
    cr_assert(decimal_parse(figures, 3, &q.milli, &e), "%s", e.text);
    return q;
}

static bool
has_flag(const json_t *want, const char *flag)
{
    size_t i;
    json_t *word;

    json_array_foreach (json_object_get(want, "flags"), i, word) {
        if (strcmp(json_string_value(word), flag) == 0)
            return true;
    }
    return false;
}

static const char *
text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

/* ---- one register ---- */

static struct consumed_register
register_of(const json_t *in, const json_t *want)
{
    struct consumed_register r = {.multiplier_milli = 1000};
    bool ignored;

    r.from = shown(text_of(in, "prev"), &r.from_estimated);
    r.to = shown(text_of(in, "curr"), &ignored);
    if (json_object_get(in, "mult") != NULL)
        r.multiplier_milli = number(json_object_get(in, "mult"), 3);
    if (json_is_true(json_object_get(in, "truncate")))
        r.whole.milli = number(json_object_get(in, "unit"), 3);
    r.digits = (int)json_integer_value(json_object_get(in, "digits"));
    r.rolled_over = has_flag(want, "ROLLOVER"); /* as the checks of readings find */
    return r;
}

static void
expect_use(const char *id, const json_t *in, const json_t *want)
{
    struct consumed_register r = register_of(in, want);
    int64_t unit = r.whole.milli == 0 ? 1000 : r.whole.milli;
    struct quantity used = {0};
    bool ignored, ok = consumed_register(&r, &used, &e);

    if (has_flag(want, "DECREASE")) {
        cr_expect_not(ok, "%s", id);
    } else if (has_flag(want, "OVERESTIMATED")) {
        cr_expect(ok && used.milli < 0, "%s: what was guessed too much is given back", id);
        r.from = shown(text_of(in, "prev_actual"), &ignored);
        cr_expect(consumed_register(&r, &used, &e));
        cr_expect_eq(used.milli, number(json_object_get(want, "usage_since_actual"), 3));
    } else {
        cr_expect(ok, "%s: %s", id, e.text);
        cr_expect_eq(used.milli * 1000 / unit, number(json_object_get(want, "usage"), 3),
                     "%s: got %lld", id, (long long)used.milli);
    }
}

Test(consumption, use_is_what_a_register_moved)
{
    size_t i, n = 0;
    json_t *c;

    cases_read("consumption.jsonl");
    json_array_foreach (cases, i, c) {
        const json_t *in = json_object_get(c, "given");

        if (json_object_get(in, "prev") == NULL)
            continue;
        expect_use(text_of(c, "id"), in, json_object_get(c, "expect"));
        n++;
    }
    cr_expect_eq(n, 7);
    json_decref(cases);
}

/* ---- meters one after the other ---- */

TestSuite(consumption_town, .init = town_make, .fini = town_remove);

/* Meter number `i` of the account, from one reading to the other. */
static void
hang(int64_t account, int i, int n, const json_t *segment)
{
    const char *serial = text_of(segment, "meter"), *last = text_of(segment, "curr");
    struct quantity from, to;
    struct meter m;
    bool ignored;
    int64_t id;

    from = shown(text_of(segment, "prev"), &ignored);
    id = add_meter(serial, account, i == 0 ? FIRST : CHANGE, from.milli / 1000,
                   atoi(text_of(segment, "mult")));
    if (last != NULL)
        to = shown(last, &ignored);
    else /* nobody read it: metering estimates it */
        to.milli = from.milli + number(json_object_get(segment, "avg_day"), 3) *
                                    json_integer_value(json_object_get(segment, "days"));
    add_reading_of(id, "1-0:1.8.0", i + 1 == n ? END : CHANGE, to.milli,
                   last == NULL ? 'E' : 'A', "");
    cr_assert(meter_by_id(s, id, &m, &found, &e) && found);
    if (i + 1 < n)
        cr_assert(installation_close(s, m.at.id, at(CHANGE), to, &e));
}

static void
expect_billed(const char *id, const json_t *want)
{
    struct bill_reading readings[BILL_READINGS_MAX];
    struct quantity sum = {0};
    struct bill bill;
    int n;

    json_decref(run_month("2026-10"));
    cr_assert(bill_by_number(s, "2026-000001", &bill, &found, &e) && found, "%s", id);
    cr_assert(bill_readings(s, bill.id, readings, &n, &e));
    for (int i = 0; i < n; i++)
        sum.milli += readings[i].usage.milli;
    cr_expect_eq(sum.milli, number(json_object_get(want, "usage"), 3), "%s", id);
    cr_expect_eq(n > 1, has_flag(want, "EXCHANGE"), "%s", id);
    cr_expect_eq(readings[0].multiplier_milli != readings[n - 1].multiplier_milli,
                 has_flag(want, "MULT_CHANGED"), "%s", id);
    cr_expect_eq(bill.basis == BASIS_MIXED, has_flag(want, "ESTIMATED"), "%s", id);
}

static void
bill_case(const char *id)
{
    const json_t *segments;
    int64_t account = add_account("1", "power");

    cases_read("consumption.jsonl");
    segments = json_object_get(case_of(id, "given"), "segments");
    for (int i = 0, n = (int)json_array_size(segments); i < n; i++)
        hang(account, i, n, json_array_get(segments, (size_t)i));
    expect_billed(id, case_of(id, "expect"));
    json_decref(cases);
}

Test(consumption_town, an_exchanged_meter_is_billed_to_its_end)
{
    bill_case("exchange");
}

Test(consumption_town, each_meter_has_its_own_multiplier)
{
    bill_case("exchange-ct");
}

Test(consumption_town, a_last_reading_that_nobody_took_is_an_estimate_on_the_bill)
{
    bill_case("exchange-gap");
}

/* ---- estimates that were wrong ---- */

/* Two months of estimates, and then a reading of all three. */
static void
true_up_case(const char *id)
{
    static const char *const ends[] = {"2026-10-01", "2026-11-01", "2026-12-01"};
    static const char *const months[] = {"2026-09", "2026-10", "2026-11"};
    int64_t meter = add_meter("m", add_account("1", "power"), "2026-09-01", 0, 1), sum = 0;
    struct bill_reading readings[BILL_READINGS_MAX];
    const json_t *in, *want;
    struct bill bill;
    bool guess;
    int n;

    cases_read("consumption.jsonl");
    in = case_of(id, "given");
    want = case_of(id, "expect");
    for (size_t i = 0; i < 3; i++) {
        const json_t *guessed = json_array_get(json_object_get(in, "bills"), i);

        sum = guessed == NULL ? number(json_object_get(in, "actual_total"), 3)
                              : sum + shown(json_string_value(guessed), &guess).milli;
        add_reading_of(meter, "1-0:1.8.0", ends[i], sum, guessed == NULL ? 'A' : 'E', "");
        b.now = at(ends[i]) + DAY_S;
        json_decref(run_month(months[i]));
    }
    cr_assert(bill_by_number(s, "2026-000003", &bill, &found, &e) && found, "%s", id);
    cr_assert(bill_readings(s, bill.id, readings, &n, &e) && n == 1);
    cr_expect_eq(readings[0].usage.milli, number(json_object_get(want, "usage"), 3), "%s",
                 id);
    cr_expect_eq(readings[0].usage.milli < 0, has_flag(want, "CREDIT"), "%s", id);
    cr_expect_eq(strstr(bill.usage, "\"true_up\"") != NULL, has_flag(want, "TRUE_UP"), "%s",
                 bill.usage);
    json_decref(cases);
}

Test(consumption_town, what_estimates_left_over_is_spread_over_their_months)
{
    true_up_case("estimate-trueup");
}

Test(consumption_town, what_estimates_took_too_much_is_given_back)
{
    true_up_case("trueup-negative");
}
