/* What is told of a text before a pattern is tried must never hide one that matches. */
#include "metering/profile_file.h"

#include <criterion/criterion.h>
#include <string.h>

static pcre2_code *
compile(const char *pattern)
{
    int code;
    size_t at;

    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &at,
                         NULL);
}

static bool
lets(const char *pattern, const char *text)
{
    pcre2_code *re = compile(pattern);
    struct rule_sieve sieve = {0};

    cr_assert_not_null(re, "%s", pattern);
    profile_sieve_make(re, &sieve);
    pcre2_code_free(re);
    return profile_sieve_lets(&sieve, text, strlen(text));
}

Test(profile_sieve, lets_through_whatever_could_match)
{
    static const struct {
        const char *pattern, *text;
    } cases[] = {
        {"^E1:", "E1:5"},
        {"(?i)^energy", "ENERGY 5"},
        {"energy", "the energy"},
        {"^(?:a|b|cd)x", "cdx"},
        {"^a?b", "b"},
        {"^\\s*b", "b"},
        {"^(?=.*kWh)\\d", "5 kWh"},
        {"^(?!x)[a-z]", "y"},
        {"^.*b", "\xc3\xa9"
                 "b"},
        {"(?m)^b", "a\nb"},
        {"^$", ""},
        {"^(?:|x)$", ""},
        {"(?i)^\\d+ K\xc3\x89$", "5 k\xc3\xa9"},
        {"(?i)^x\\d*Wh$", "X5wH"},
        {"^(\\w)\\1", "aa"},
        {"(?|^a|^b)", "b"},
        {"^\xc3\xa9", "\xc3\xa9"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect(lets(cases[i].pattern, cases[i].text), "%s hides '%s'", cases[i].pattern,
                  cases[i].text);
}

Test(profile_sieve, stops_what_begins_otherwise_is_too_short_or_lacks_a_letter)
{
    cr_expect_not(lets("^E1:", "F1:5"));
    cr_expect_not(lets("(?i)^energy", "meter 5"));
    cr_expect_not(lets("^\\d{5}", "5"));
    cr_expect_not(lets("^\\d+ kWh$", "555555 m3/"));
}
