/* Whatever a tariff and a use are: what must hold of every bill. METERPOST_SEED plays with
 * others. */
#include "seed.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/period.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS   3000
#define RATE_TOP 5000 /* cents */
#define CUTS_MAX 4

static struct quote quotes[2];

static void
begin(void)
{
    seed_random(1);
}

TestSuite(property, .init = begin, .timeout = 60);

static long
pick(long n)
{
    return random() % n;
}

static void
add_ladder(struct text *t, int number, bool rising, const char *mode)
{
    static const char *const options[] = {"", ", scale: days", ", basis: ytd", ""};
    long upto = 0, rate = 0, n = 1 + pick(5);

    text_addf(t, "  - {code: b%d, type: blocks%s%s, blocks: [", number, mode,
              *mode == '\0' ? options[pick(4)] : "");
    for (long i = 0; i < n; i++) {
        upto += 1 + pick(200);
        rate = rising ? rate + pick(RATE_TOP / 5) : pick(RATE_TOP);
        if (i + 1 < n)
            text_addf(t, "{upto: \"%ld.%03ld\", ", upto, pick(1000));
        else
            text_add(t, "{");
        text_addf(t, "rate: \"%ld.%02ld\"}%s", rate / 100, rate % 100,
                  i + 1 < n ? ", " : "]}\n");
    }
}

/* Ladders, fixed charges and levies, in any number; with `linear` only what a split period
 * shares out exactly. */
static struct tariff *
random_tariff(bool rising, bool linear)
{
    static const char *const modes[] = {"half_up", "half_even", "down", "up"};
    static const char *const ladders[] = {"", "", ", mode: whole",
                                          ", mode: whole_prev_slab"};
    struct problems p = {0};
    struct tariff *tariff;
    char buffer[8000];
    struct text t;
    long n = 1 + pick(3);

    text_init(&t, buffer, sizeof(buffer));
    text_addf(&t,
              "tariff: R\nname: R\ncommodity: water\nunit: m3\ncurrency: KES\ndecimals: 2\n"
              "period: {normal_days: \"%ld\"}\nrounding: {line: {mode: %s}}\ncomponents:\n",
              28 + pick(4), modes[pick(4)]);
    for (int i = 0; i < n; i++)
        add_ladder(&t, i, rising, linear || rising ? "" : ladders[pick(4)]);
    text_addf(&t, "  - {code: f, type: fixed, amount: \"%ld.50\"%s}\n", pick(300),
              pick(2) == 0 ? ", prorate: days" : "");
    text_addf(&t, "  - {code: v, type: percent, rate: \"%ld\", of: [b0, f]}\n", pick(30));
    if (!linear)
        text_addf(&t, "  - {code: m, type: minimum, amount: \"%ld\", of: [b0, f]}\n",
                  pick(500));
    tariff = tariff_open_text("random", buffer, t.used, &p);
    cr_assert_not_null(tariff, "%s\n%s", p.count > 0 ? p.at[0].text : "", buffer);
    return tariff;
}

static struct usage
random_usage(int64_t milli)
{
    struct usage u = {.days = 1 + (int)pick(70), .month = 1 + (int)pick(12)};
    struct err e;

    u.ytd_before.milli = pick(500000);
    cr_assert(usage_set(&u, "total", (struct quantity){milli}, &e), "%s", e.text);
    return u;
}

static int64_t
quote_of(const struct tariff *t, const struct usage *u)
{
    struct err e;

    cr_assert(quote_compute(t, u, &quotes[0], &e), "%s\n%s", e.text, t->text);
    return quotes[0].total.minor;
}

Test(property, lines_add_up_and_blocks_partition_the_quantity)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct tariff *t = random_tariff(false, false);
        struct usage u = random_usage(pick(1000000));
        int64_t total = quote_of(t, &u), sum = quotes[0].rounding.minor;

        for (int i = 0; i < quotes[0].n_lines; i++)
            sum += quotes[0].lines[i].amount.minor;
        cr_expect_eq(sum, total, "%s", t->text);
        for (int c = 0; c < t->n_components && t->components[c].type == COMPONENT_BLOCKS;
             c++) {
            int64_t through = 0;

            for (int i = 0; i < quotes[0].n_lines; i++) {
                if (quotes[0].lines[i].component == c) {
                    cr_expect_gt(quotes[0].lines[i].qty.milli, -1, "%s", t->text);
                    through += quotes[0].lines[i].qty.milli;
                }
            }
            cr_expect_eq(through, usage_get(&u, "total")->milli, "%s", t->text);
        }
        tariff_destroy(t);
    }
}

Test(property, more_use_never_costs_less_where_rates_rise)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct tariff *t = random_tariff(true, false);
        int64_t used = pick(1000000), less;
        struct usage u = random_usage(used);
        struct err e;

        less = quote_of(t, &u);
        cr_assert(usage_set(&u, "total", (struct quantity){used + 1 + pick(50000)}, &e));
        cr_expect_geq(quote_of(t, &u), less, "from %lld\n%s", (long long)used, t->text);
        tariff_destroy(t);
    }
}

/* Cut a period of u at random days, all parts by the same tariff. */
static struct period
cut_anyhow(const struct tariff *t, const struct usage *u)
{
    struct period p = {.usage = *u};
    int left = u->days;

    while (left > 0) {
        int days = p.n_parts == CUTS_MAX ? left : 1 + (int)pick(left);

        p.parts[p.n_parts++] =
            (struct period_part){.tariff = t, .days = days, .month = u->month};
        left -= days;
    }
    return p;
}

Test(property, cutting_a_period_changes_no_more_than_the_rounding_of_its_lines)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct tariff *t = random_tariff(false, true);
        struct usage u = random_usage(0);
        struct period p;
        int64_t whole, lines;
        struct err e;

        /* Whole thousandths a day: then no part is rounded but its amounts. */
        cr_assert(usage_set(&u, "total", (struct quantity){pick(20000) * u.days}, &e));
        whole = quote_of(t, &u);
        p = cut_anyhow(t, &u);
        cr_assert(period_quote(&p, &quotes[1], &e), "%s\n%s", e.text, t->text);
        /* A coin a line, and the levy on it. */
        lines = quotes[0].n_lines + quotes[1].n_lines;
        cr_expect_leq(llabs(quotes[1].total.minor - whole), lines * 2,
                      "%lld in %d parts, %lld whole\n%s", (long long)quotes[1].total.minor,
                      p.n_parts, (long long)whole, t->text);
        tariff_destroy(t);
    }
}

Test(property, shares_of_days_add_up_to_the_whole)
{
    for (int round = 0; round < ROUNDS; round++) {
        int days[PERIOD_PARTS_MAX], n = 1 + (int)pick(PERIOD_PARTS_MAX);
        struct quantity out[PERIOD_PARTS_MAX], whole = {pick(2000000000) - 1000000000};
        int64_t sum = 0, step = pick(2) == 0 ? 1 : 1000;
        struct err e;

        for (int i = 0; i < n; i++)
            days[i] = 1 + (int)pick(40);
        cr_assert(period_share(whole, days, n, step, out, &e), "%s", e.text);
        for (int i = 0; i < n; i++)
            sum += out[i].milli;
        cr_expect_eq(sum, whole.milli);
    }
}
