#include "meterpost/base/amount.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#define BAD INT64_MAX

Test(amount, decimals_are_read_exactly_or_refused)
{
    static const struct {
        const char *text;
        int places;
        int64_t want;
    } cases[] = {
        {"0", 2, 0},
        {"12.5", 2, 1250},
        {"-12.50", 2, -1250},
        {"007", 0, 7},
        {"0.0446", 6, 44600},
        {"1.2300", 2, 123},
        {"-0", 2, 0},
        {"-0.01", 2, -1},
        {"1.234", 2, BAD},
        {"1.230", 2, 123},
        {"", 2, BAD},
        {"-", 2, BAD},
        {".5", 2, BAD},
        {"5.", 2, BAD},
        {"1..2", 2, BAD},
        {"1.2.3", 2, BAD},
        {"1,000", 2, BAD},
        {"+5", 2, BAD},
        {"1e3", 2, BAD},
        {"0x10", 2, BAD},
        {" 1", 2, BAD},
        {"1 ", 2, BAD},
        {"--1", 2, BAD},
        {"1-2", 2, BAD},
        {"NaN", 2, BAD},
        {"\xd9\xa1", 2, BAD},
        {"0.1", 0, BAD},
        {"5.000000000", 0, 5},
        {"9223372036854775808", 0, BAD},
        {"92233720368547758.08", 2, BAD},
        {"99999999999999999999999999999999", 2, BAD},
        {"0.00000000000000000000000000000000", 2, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        int64_t got = BAD;

        decimal_parse(cases[i].text, cases[i].places, &got, &e);
        cr_expect_eq(got, cases[i].want, "'%s': got %" PRId64 ", want %" PRId64,
                     cases[i].text, got, cases[i].want);
    }
}

Test(amount, what_banks_write_is_read_or_refused_and_never_a_hundredfold)
{
    static const struct {
        const char *text;
        char point;
        int places;
        int64_t want;
    } cases[] = {
        {"1,234.50", '.', 2, 123450},
        {"1234.5", '.', 2, 123450},
        {"1,000,000", '.', 2, 100000000},
        {"1,00,000.00", '.', 2, 10000000}, /* a lakh */
        {"1.234,50", ',', 2, 123450},
        {"1 234,50", ',', 2, 123450},
        {"1\u00A0234\u00A0567,50", ',', 2, 123456750},
        {"1\u202F234,50", ',', 2, 123450},
        {"1'234.50", '.', 2, 123450},
        {"1\u2019234.50", '.', 2, 123450},
        {".50", '.', 2, 50},
        {"50 000", '.', 0, 50000},
        {" 12.50 ", '.', 2, 1250},
        {"\u00A012.50\u00A0", '.', 2, 1250},
        {"-12.50", '.', 2, -1250},
        {"\u221212.50", '.', 2, -1250},
        {"+12.50", '.', 2, 1250},
        {"12.50-", '.', 2, -1250},
        {"(12.50)", '.', 2, -1250},
        {"12.50 Dr", '.', 2, -1250},
        {"12.50CR", '.', 2, 1250},
        {"0.000", '.', 3, 0},
        /* the decimal sign is the other one */
        {"12,50", '.', 2, BAD},
        {"1.5", ',', 2, BAD},
        {"1.234,50", '.', 2, BAD},
        {"50.000", '.', 0, BAD},
        {"50.000", '.', 2, BAD},
        {"1,234", ',', 2, BAD},
        /* groups that are none */
        {"1,2345", '.', 2, BAD},
        {"1,23", '.', 2, BAD},
        {"1,2,345", '.', 2, BAD},
        {"1234,567", '.', 2, BAD},
        {"1,234 567", '.', 2, BAD},
        {",500", '.', 2, BAD},
        {"1,,000", '.', 2, BAD},
        {"1,000.", '.', 2, BAD},
        {"1.2.3", '.', 2, BAD},
        /* no amounts */
        {"", '.', 2, BAD},
        {"-", '.', 2, BAD},
        {"--5", '.', 2, BAD},
        {"1e3", '.', 2, BAD},
        {"=1+1", '.', 2, BAD},
        {"KES 5", '.', 2, BAD},
        {"5.001", '.', 2, BAD},
        {"10,000,000,000,000.01", '.', 2, BAD},
        {"92,233,720,368,547,758,070.00", '.', 2, BAD},
        {"99999999999999999999999999999999999999999999999999", '.', 2, BAD},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct money got = {BAD};
        struct err e;

        if (!amount_parse(cases[i].text, cases[i].point, cases[i].places, &got, &e))
            got.minor = BAD;
        cr_expect_eq(got.minor, cases[i].want, "'%s': got %" PRId64 ", want %" PRId64,
                     cases[i].text, got.minor, cases[i].want);
    }
}

Test(amount, the_smallest_and_the_largest_number_fit)
{
    struct err e;
    int64_t got;
    char text[AMOUNT_TEXT_MAX];

    cr_assert(decimal_parse("-9223372036854775808", 0, &got, &e));
    cr_expect_eq(got, INT64_MIN);
    cr_assert(decimal_parse("9223372036854775807", 0, &got, &e));
    cr_expect_eq(got, INT64_MAX);
    cr_expect_str_eq(decimal_print(INT64_MIN, 2, false, text), "-92233720368547758.08");
}

Test(amount, decimals_are_printed_and_read_back)
{
    static const struct {
        int64_t value;
        int places;
        bool trim;
        const char *want;
    } cases[] = {
        {0, 2, false, "0.00"},
        {0, 2, true, "0"},
        {5, 2, false, "0.05"},
        {-5, 2, false, "-0.05"},
        {123450, 3, true, "123.45"},
        {44600, 6, true, "0.0446"},
        {250000, 3, true, "250"},
        {100, 0, true, "100"},
        {100, 0, false, "100"},
        {-1000, 3, true, "-1"},
        {INT64_MAX, 9, false, "9223372036.854775807"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[AMOUNT_TEXT_MAX];
        int64_t back;
        struct err e;

        decimal_print(cases[i].value, cases[i].places, cases[i].trim, text);
        cr_expect_str_eq(text, cases[i].want, "got %s, want %s", text, cases[i].want);
        cr_expect(decimal_parse(text, cases[i].places, &back, &e) && back == cases[i].value,
                  "%s", text);
    }
}

Test(amount, rounding_is_by_its_mode)
{
    static const struct {
        int64_t numerator, denominator;
        int64_t half_up, half_even, down, up;
    } cases[] = {
        {7, 2, 4, 4, 3, 4},      {5, 2, 3, 2, 2, 3},      {-5, 2, -3, -2, -2, -3},
        {-7, 2, -4, -4, -3, -4}, {7, -2, -4, -4, -3, -4}, {6, 3, 2, 2, 2, 2},
        {1, 3, 0, 0, 0, 1},      {2, 3, 1, 1, 0, 1},      {0, 5, 0, 0, 0, 0},
        {-1, 3, 0, 0, 0, -1},    {15, 10, 2, 2, 1, 2},    {25, 10, 3, 2, 2, 3},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int64_t want[] = {cases[i].half_up, cases[i].half_even, cases[i].down,
                                cases[i].up};

        for (int mode = ROUND_HALF_UP; mode <= ROUND_UP; mode++) {
            struct err e;
            int64_t got;

            cr_assert(round_divide(cases[i].numerator, cases[i].denominator,
                                   (enum rounding)mode, &got, &e));
            cr_expect_eq(got, want[mode], "%" PRId64 "/%" PRId64 " mode %d: got %" PRId64,
                         cases[i].numerator, cases[i].denominator, mode, got);
        }
    }
}

Test(amount, what_does_not_fit_is_refused)
{
    struct err e;
    int64_t out;
    struct money m = {MONEY_LIMIT};
    struct quantity q = {INT64_MAX};

    cr_expect_not(round_divide(1, 0, ROUND_DOWN, &out, &e));
    cr_expect_not(round_divide((int128)INT64_MAX * 2, 1, ROUND_DOWN, &out, &e));
    cr_expect_not(round_divide((int128)INT64_MAX * 2 + 1, 2, ROUND_UP, &out, &e));
    cr_expect_not(money_add(&m, (struct money){1}, &e));
    cr_expect_eq(m.minor, MONEY_LIMIT);
    cr_expect(money_add(&m, (struct money){-1}, &e));
    m.minor = -MONEY_LIMIT;
    cr_expect_not(money_add(&m, (struct money){-1}, &e));
    cr_expect_not(money_add(&m, (struct money){INT64_MIN}, &e));
    cr_expect_not(quantity_add(&q, (struct quantity){1}, &e));
    cr_expect_eq(q.milli, INT64_MAX);
    cr_expect_not(round_to_step(MONEY_LIMIT, 1, INT64_MAX, ROUND_UP, &m, &e));
}

Test(amount, amounts_are_rounded_once_to_coins_or_steps)
{
    static const struct {
        int64_t value, per, step; /* value / per coins, to multiples of step */
        enum rounding mode;
        int64_t want;
    } cases[] = {
        {1600000, 1000, 1, ROUND_HALF_UP, 1600}, {125, 10, 1, ROUND_HALF_UP, 13},
        {125, 10, 1, ROUND_HALF_EVEN, 12},       {125, 10, 1, ROUND_DOWN, 12},
        {-125, 10, 1, ROUND_HALF_UP, -13},       {103, 1, 5, ROUND_HALF_UP, 105},
        {102, 1, 5, ROUND_HALF_UP, 100},         {14950, 1, 100, ROUND_HALF_UP, 15000},
        {14949, 1, 100, ROUND_HALF_UP, 14900},   {14901, 1, 100, ROUND_UP, 15000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct money got;
        struct err e;

        cr_assert(round_to_step(cases[i].value, cases[i].per, cases[i].step, cases[i].mode,
                                &got, &e));
        cr_expect_eq(got.minor, cases[i].want, "%zu: got %" PRId64 ", want %" PRId64, i,
                     got.minor, cases[i].want);
    }
}

Test(amount, people_see_commas_and_their_currency_s_decimals)
{
    static const struct {
        int64_t minor;
        const char *currency, *want;
    } cases[] = {
        {142500, "KES", "1,425.00"},   {-142500, "KES", "-1,425.00"},
        {99, "KES", "0.99"},           {99999, "KES", "999.99"},
        {1234567, "UGX", "1,234,567"}, {999, "UGX", "999"},
        {1234567, "KWD", "1,234.567"}, {MONEY_LIMIT, "XXX", "10,000,000,000,000.00"},
        {-100000, "UGX", "-100,000"},  {0, "KES", "0.00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[AMOUNT_TEXT_MAX];

        money_show((struct money){cases[i].minor}, currency_decimals(cases[i].currency),
                   text);
        cr_expect_str_eq(text, cases[i].want, "got %s, want %s", text, cases[i].want);
    }
    cr_expect_eq(currency_decimals(""), 2);
    cr_expect_eq(currency_decimals("F C"), 2, "part of the list, no currency");
}

Test(amount, rounding_words)
{
    enum rounding mode = ROUND_DOWN;

    cr_expect(rounding_parse("half_even", &mode) && mode == ROUND_HALF_EVEN);
    cr_expect(rounding_parse("up", &mode) && mode == ROUND_UP);
    cr_expect_not(rounding_parse("HALF_UP", &mode));
    cr_expect_not(rounding_parse("", &mode));
}
