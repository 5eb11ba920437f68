#include "meterpost/billing/quote.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 16384

/* Compare a quote with what the case expects; true when they agree. */
static bool
case_agrees(const json_t *c, char *why, size_t size)
{
    struct err e = {0};
    json_t *got = quote_try(c, &e);
    char *text = got == NULL ? strdup(e.text) : json_dumps(got, JSON_SORT_KEYS);
    char *want = json_dumps(json_object_get(c, "expect"), JSON_SORT_KEYS);
    bool same = got != NULL && json_equal(got, json_object_get(c, "expect"));

    snprintf(why, size, "%s:\n got  %s\n want %s",
             json_string_value(json_object_get(c, "id")), text, want);
    free(text);
    free(want);
    json_decref(got);
    return same;
}

static int
expect_cases(const char *path)
{
    char line[LINE_MAX_BYTES], why[2 * LINE_MAX_BYTES];
    FILE *f = fopen(path, "r");
    int n = 0;

    cr_assert_not_null(f, "%s", path);
    for (; fgets(line, sizeof(line), f) != NULL; n++) {
        json_t *c = json_loads(line, 0, NULL);

        cr_assert_not_null(c, "%s:%d: not JSON", path, n + 1);
        cr_expect(case_agrees(c, why, sizeof(why)), "%s", why);
        json_decref(c);
    }
    fclose(f);
    return n;
}

Test(quote, gives_the_bills_that_utilities_published)
{
    cr_expect_eq(expect_cases(TOP "/tests/billing/cases/utilities.jsonl"), 44);
}

Test(quote, honours_every_option_alone)
{
    cr_expect_gt(expect_cases(TOP "/tests/billing/cases/options.jsonl"), 60);
}

/* Worked out with exact fractions by a program that shares nothing with ours. */
Test(quote, agrees_with_another_program_on_tariffs_that_mix_all_options)
{
    cr_expect_gt(expect_cases(TOP "/tests/billing/cases/invented.jsonl"), 40);
}

#define HEAD "tariff: T\nname: T\ncommodity: water\nunit: m3\ncurrency: KES\ncomponents:\n"
#define LADDER                                                                             \
    HEAD "  - {code: w, type: blocks, blocks: [{upto: 10, rate: 1}], quantity: {from: "    \
         "x}}\n"
#define SEASONAL                                                                           \
    HEAD "  - {code: w, type: fixed, amount: 1, when: {season: dry}}\n"                    \
         "seasons: [{name: dry, months: [1]}]\n"

/* Tariff, usage, and what must be said about them. */
static const struct {
    const char *tariff, *usage, *want;
} refused[] = {
    {LADDER, "{\"total\": \"1\"}", "asks for the quantity 'x'"},
    {LADDER, "{\"x\": \"10.001\"}", "beyond the last block of component 'w'"},
    {LADDER, "{\"x\": \"-1\"}", "x must not be negative"},
    {LADDER, "{\"x\": \"1000000001\"}", "x is beyond 1000000000"},
    {LADDER, "{\"x\": \"1.0001\"}", "'1.0001' has more than 3 decimals"},
    {LADDER, "{\"x\": 1.5}", "x: expected a decimal in quotes"},
    {LADDER, "{\"x\": \"1e3\"}", "'1e3' is not a decimal"},
    {LADDER, "{\"x\": null}", "x: expected a decimal in quotes"},
    {LADDER, "{\"x\": \"1\", \"month\": 13}", "month: expected a number from 1 to 12"},
    {LADDER, "{\"x\": \"1\", \"days\": 0}", "days: expected a number from 1"},
    {LADDER, "{\"x\": \"1\", \"class\": 1}", "class: expected a text"},
    {LADDER, "{\"x\": \"1\", \"ytd_before\": \"-1\"}", "ytd_before must not be negative"},
    {LADDER, "{\"a quantity with a very long name\": \"1\"}", "at most 23 letters"},
    {LADDER, "[]", "usage: expected an object"},
    {SEASONAL, "{}", "depends on the season: the usage needs a month"},
};

Test(quote, refuses_a_use_it_cannot_price_and_says_why)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        json_t *usage = json_loads(refused[i].usage, 0, NULL);
        struct err e = {0};
        json_t *got = quote_try_text("t.yaml", refused[i].tariff, usage, &e);

        cr_expect(got == NULL && strstr(e.text, refused[i].want) != NULL,
                  "%zu %s: got %s, want %s", i, refused[i].usage, e.text, refused[i].want);
        json_decref(got);
        json_decref(usage);
    }
}

Test(quote, refuses_a_trial_that_is_none)
{
    static const char *const objects[] = {"{}", "{\"tariff\": 1}", "[]", "{\"tariff\": {}}",
                                          "{\"tariff\": \"a: [\"}"};

    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        json_t *o = json_loads(objects[i], 0, NULL);
        struct err e = {0};

        cr_expect_null(quote_try(o, &e), "%s", objects[i]);
        cr_expect_neq(e.text[0], '\0', "%s", objects[i]);
        json_decref(o);
    }
}

Test(quote, reports_the_rounding_of_the_total_apart)
{
    static const char text[] = HEAD "  - {code: w, type: blocks, blocks: [{rate: 1}]}\n"
                                    "rounding: {total: {mode: half_up, step: 1}}\n";
    struct problems p = {0};
    struct tariff *t = tariff_open_text("t", text, strlen(text), &p);
    struct usage u = {0};
    struct quote q;
    struct err e;

    cr_assert_not_null(t);
    cr_assert(usage_set(&u, "total", (struct quantity){10490}, &e));
    cr_assert(quote_compute(t, &u, &q, &e), "%s", e.text);
    cr_expect_eq(q.total.minor, 1000);
    cr_expect_eq(q.rounding.minor, -49);
    tariff_destroy(t);
}

/* A generator of its own, so that a seed gives the same run on every machine. */
static uint64_t
next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int64_t
below(uint64_t *state, int64_t n)
{
    return (int64_t)(next_random(state) % (uint64_t)n);
}

/* A ladder with rising limits; with `rising` the rates rise too. */
static void
random_ladder(uint64_t *state, bool rising, struct tariff *t)
{
    struct component *c = &t->components[0];
    int64_t upto = 0, rate = 0;

    memset(t, 0, sizeof(*t));
    strcpy(t->id, "R");
    t->decimals = (int)below(state, 4);
    t->normal_days_micro = 1 + below(state, 62000000);
    t->n_components = 1;
    strcpy(c->code, "e");
    strcpy(c->from, "total");
    c->type = COMPONENT_BLOCKS;
    c->round = (struct rounding_rule){(enum rounding)below(state, 4), 1 + below(state, 5)};
    c->factor.micro = below(state, 2) ? 1000000 : 1 + below(state, 2000000);
    c->scale = (enum tariff_scale)below(state, 3);
    c->ytd = below(state, 2);
    c->n_steps = 1 + (int)below(state, TARIFF_STEPS_MAX);
    for (int i = 0; i < c->n_steps; i++) {
        upto += 1 + below(state, 200000);
        rate = rising ? rate + below(state, 3000000) : below(state, 9000000);
        c->steps[i].limited = i + 1 < c->n_steps;
        c->steps[i].upto.milli = upto;
        c->steps[i].rate.micro = rate;
    }
}

static void
random_usage(uint64_t *state, struct usage *u)
{
    struct err e;

    memset(u, 0, sizeof(*u));
    u->days = 1 + (int)below(state, 70);
    u->months = 1 + (int)below(state, 12);
    u->ytd_before.milli = below(state, 2000000);
    cr_assert(usage_set(u, "total", (struct quantity){below(state, 4000000)}, &e));
}

static int64_t
sum_of_lines(const struct quote *q, int64_t *qty)
{
    int64_t sum = 0;

    *qty = 0;
    for (int i = 0; i < q->n_lines; i++) {
        sum += q->lines[i].amount.minor;
        *qty += q->lines[i].qty.milli;
    }
    return sum;
}

#define SEED   20241122
#define ROUNDS 4000

Test(quote, blocks_partition_the_quantity_and_lines_add_up)
{
    static const enum block_mode modes[] = {BLOCK_INCREMENTAL, BLOCK_WHOLE,
                                            BLOCK_WHOLE_PREV_SLAB};
    uint64_t state = SEED;

    for (int n = 0; n < ROUNDS; n++) {
        struct tariff t;
        struct usage u;
        struct quote q;
        struct err e;
        int64_t qty, sum, derived;

        random_ladder(&state, false, &t);
        random_usage(&state, &u);
        t.components[0].mode = modes[n % 3];
        cr_assert(quote_compute(&t, &u, &q, &e), "seed %d round %d: %s", SEED, n, e.text);
        sum = sum_of_lines(&q, &qty);
        cr_assert_eq(sum, q.total.minor, "seed %d round %d", SEED, n);
        derived = (u.named[0].used.milli * t.components[0].factor.micro + 500000) / 1000000;
        cr_assert_eq(qty, derived, "seed %d round %d: got %ld, want %ld", SEED, n,
                     (long)qty, (long)derived);
    }
}

Test(quote, more_use_never_costs_less_where_rates_rise)
{
    uint64_t state = SEED;

    for (int n = 0; n < ROUNDS; n++) {
        struct tariff t;
        struct usage u;
        struct quote less, more;
        struct err e;

        random_ladder(&state, true, &t);
        random_usage(&state, &u);
        t.components[0].mode = (enum block_mode)below(&state, 3);
        t.components[0].one_line = true; /* many lines may each round down */
        cr_assert(quote_compute(&t, &u, &less, &e), "%s", e.text);
        u.named[0].used.milli += 1 + below(&state, 100000);
        cr_assert(quote_compute(&t, &u, &more, &e), "%s", e.text);
        cr_assert_geq(more.total.minor, less.total.minor, "seed %d round %d: %ld then %ld",
                      SEED, n, (long)less.total.minor, (long)more.total.minor);
    }
}

Test(quote, one_line_is_the_sum_of_its_blocks_but_for_their_rounding)
{
    uint64_t state = SEED;

    for (int n = 0; n < ROUNDS; n++) {
        struct tariff t;
        struct usage u;
        struct quote each, one;
        struct err e;
        int64_t apart;

        random_ladder(&state, false, &t);
        random_usage(&state, &u);
        cr_assert(quote_compute(&t, &u, &each, &e), "%s", e.text);
        t.components[0].one_line = true;
        cr_assert(quote_compute(&t, &u, &one, &e), "%s", e.text);
        apart = llabs(each.total.minor - one.total.minor);
        cr_assert_leq(apart, (each.n_lines + 1) * t.components[0].round.step,
                      "seed %d round %d: %ld apart", SEED, n, (long)apart);
    }
}
