#include "meterpost/base/text.h"

#include <criterion/criterion.h>
#include <string.h>

Test(text, a_buffer_keeps_what_fits_and_remembers_the_cut)
{
    char buffer[8];
    struct text t;

    text_init(&t, buffer, sizeof(buffer));
    text_add(&t, "abc");
    text_addf(&t, "%d", 42);
    cr_expect_str_eq(buffer, "abc42");
    text_add(&t, "xyz");
    cr_expect(t.cut);
    cr_expect_str_eq(buffer, "abc42", "all of a piece or nothing of it");
    text_add(&t, "x");
    cr_expect_str_eq(buffer, "abc42", "a cut is for good");
    text_init(&t, buffer, sizeof(buffer));
    text_add(&t, "1234567");
    cr_expect_not(t.cut);
    text_addf(&t, "%s", "");
    cr_expect_not(t.cut);
    text_addf(&t, "%s", "8");
    cr_expect(t.cut);
    cr_expect_str_eq(buffer, "1234567");
    text_init(&t, buffer, 1);
    text_add(&t, "a");
    cr_expect(t.cut);
    cr_expect_str_eq(buffer, "");
}

Test(text, a_copy_is_whole_or_empty)
{
    char to[4] = "old";

    cr_expect(text_copy(to, sizeof(to), "abc"));
    cr_expect_str_eq(to, "abc");
    cr_expect_not(text_copy(to, sizeof(to), "abcd"));
    cr_expect_str_eq(to, "");
    cr_expect(text_copy(to, sizeof(to), ""));
}

Test(text, a_clip_ends_between_characters)
{
    static const struct {
        const char *from;
        size_t size;
        const char *want;
    } cases[] = {
        {"abc", 4, "abc"},
        {"abcd", 4, "abc"},
        {"", 4, ""},
        {"a\xc3\xa9", 3, "a"},
        {"a\xc3\xa9", 4, "a\xc3\xa9"},
        {"\xe4\xb8\xad\xe6\x96\x87", 6, "\xe4\xb8\xad"},
        {"\xf0\x9f\x98\x80", 4, ""},
        {"abc", 1, ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char to[16];

        text_clip(to, cases[i].size, cases[i].from);
        cr_expect_str_eq(to, cases[i].want, "'%s' into %zu: got '%s'", cases[i].from,
                         cases[i].size, to);
    }
}

Test(text, utf8_is_told_from_what_is_none)
{
    static const struct {
        const char *bytes;
        size_t n;
        int length; /* -1: no UTF-8 */
        uint32_t point;
    } cases[] = {
        {"", 0, 0, 0},
        {"a", 1, 1, 'a'},
        {"\0", 1, 1, 0},
        {"\x7f", 1, 1, 0x7f},
        {"\xc2\x80", 2, 2, 0x80},
        {"\xdf\xbf", 2, 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 3, 0x800},
        {"\xef\xbf\xbf", 3, 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff},
        {"\x80", 1, -1, 0},     /* goes on from nothing */
        {"\xc0\x80", 2, -1, 0}, /* overlong */
        {"\xc1\xbf", 2, -1, 0},
        {"\xe0\x9f\xbf", 3, -1, 0},
        {"\xf0\x8f\xbf\xbf", 4, -1, 0},
        {"\xed\xa0\x80", 3, -1, 0}, /* half of a pair */
        {"\xed\xbf\xbf", 3, -1, 0},
        {"\xf4\x90\x80\x80", 4, -1, 0},     /* above U+10FFFF */
        {"\xf8\x88\x80\x80\x80", 5, -1, 0}, /* five bytes */
        {"\xfe", 1, -1, 0},
        {"\xff", 1, -1, 0},
        {"\xc3", 1, -1, 0}, /* cut short */
        {"\xe4\xb8", 2, -1, 0},
        {"\xf0\x9f\x98", 3, -1, 0},
        {"\xc3(", 2, -1, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t point = 0;
        int got = utf8_next(cases[i].bytes, cases[i].n, &point);
        char back[4];

        cr_expect_eq(got, cases[i].length, "case %zu: got %d", i, got);
        cr_expect_eq(point, cases[i].point, "case %zu: got U+%04X", i, point);
        if (got > 0 && point > 0)
            cr_expect(utf8_put(point, back) == got &&
                          memcmp(back, cases[i].bytes, (size_t)got) == 0,
                      "case %zu", i);
        cr_expect_eq(utf8_valid(cases[i].bytes, cases[i].n),
                     got >= 0 && (got == 0 || point != 0), "case %zu", i);
    }
}

Test(text, every_character_survives)
{
    for (uint32_t p = 1; p <= 0x10ffff; p++) {
        char bytes[4];
        uint32_t back = 0;
        int n = utf8_put(p, bytes);
        bool surrogate = p >= 0xd800 && p <= 0xdfff;

        cr_assert_eq(utf8_next(bytes, (size_t)n, &back), n, "U+%04X", p);
        cr_assert_eq(back, surrogate ? 0xfffd : p, "U+%04X", p);
    }
}

Test(text, what_comes_in_is_cleaned)
{
    static const struct {
        const char *from;
        size_t n;
        const char *want;
        size_t size;
        bool whole;
    } cases[] = {
        {"abc", 3, "abc", 16, true},
        {"a\r\nb\rc\nd", 8, "a\nb\nc\nd", 16, true},
        {"\r", 1, "\n", 16, true},
        {"a\tb", 3, "a\tb", 16, true},
        {"a\0b", 3,
         "a\xef\xbf\xbd"
         "b",
         16, true},
        {"a\x1b[2J", 5, "a\xef\xbf\xbd[2J", 16, true},
        {"\xff\xfe", 2, "\xef\xbf\xbd\xef\xbf\xbd", 16, true},
        {"\xc2\x85", 2, "\xef\xbf\xbd", 16, true},
        {"\xe4\xb8", 2, "\xef\xbf\xbd\xef\xbf\xbd", 16, true},
        {"abcd", 4, "abc", 4, false},
        {"ab\xc3\xa9", 4, "ab", 4, false},
        {"", 0, "", 1, true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char to[16];

        cr_expect_eq(utf8_clean(to, cases[i].size, cases[i].from, cases[i].n),
                     cases[i].whole, "case %zu", i);
        cr_expect_str_eq(to, cases[i].want, "case %zu: got '%s'", i, to);
    }
}

Test(text, nothing_is_left_that_a_terminal_obeys)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"plain", "plain"},
        {"a\x1b[2Jb", "a[2Jb"},
        {"a\x07\x08\x7f\xc2\x9b"
         "2Jb",
         "a2Jb"},
        {"a\nb\tc", "a\nb\tc"},
        {"pay \xe2\x80\xae"
         "0004",
         "pay 0004"},
        {"\xe2\x81\xa6"
         "a\xe2\x81\xa9",
         "a"},
        {"\xd9\x85\xd8\xb1\xd8\xad", "\xd9\x85\xd8\xb1\xd8\xad"},
        {"\xff"
         "a\xed\xa0\x80",
         "?a???"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char got[40];

        strcpy(got, cases[i].text);
        cr_expect_str_eq(text_for_terminal(got), cases[i].want, "case %zu: got '%s'", i,
                         got);
    }
}

Test(text, length_counts_characters)
{
    cr_expect_eq(utf8_length(""), 0);
    cr_expect_eq(utf8_length("a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80"), 4);
}

Test(text, hexadecimal_goes_both_ways)
{
    static const struct {
        const char *text;
        long n; /* -1: refused */
        const char *want;
    } cases[] = {
        {"68FE16", 3, "68FE16"},
        {"68 fe 16", 3, "68FE16"},
        {"", 0, ""},
        {"  ", 0, ""},
        {"6", -1, ""},
        {"6 8", -1, ""},
        {"6G", -1, ""},
        {"0x68", -1, ""},
        {"0102030405", -1, ""},
        {"01020304", 4, "01020304"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t bytes[4];
        char text[9];
        long n = hex_parse(cases[i].text, bytes, sizeof(bytes));

        cr_expect_eq(n, cases[i].n, "'%s': got %ld", cases[i].text, n);
        if (n >= 0) {
            hex_print(bytes, (size_t)n, text);
            cr_expect_str_eq(text, cases[i].want, "'%s'", cases[i].text);
        }
    }
}
