#include "meterpost/base/phone.h"

#include <criterion/criterion.h>
#include <string.h>

Test(phone, one_number_has_one_spelling)
{
    static const struct {
        const char *raw, *country;
        int kind; /* -1: refused */
        const char *want;
    } cases[] = {
        {"0700 000 001", "254", PHONE_E164, "+254700000001"},
        {"254700000001", "254", PHONE_E164, "+254700000001"},
        {"00254700000001", "254", PHONE_E164, "+254700000001"},
        {"+254-700-000001", "254", PHONE_E164, "+254700000001"},
        {"+254 (0) 700 000 001", "254", PHONE_E164, "+254700000001"},
        {"(0700) 000.001", "254", PHONE_E164, "+254700000001"},
        {"700000001", "254", PHONE_E164, "+254700000001"},
        {"+8613810000000", "254", PHONE_E164, "+8613810000000"},
        {"13810000000", "86", PHONE_E164, "+8613810000000"},
        {"+15551234567", "254", PHONE_E164, "+15551234567"},
        {"234", "254", PHONE_SHORT, "234"},
        {"40404", "254", PHONE_SHORT, "40404"},
        {"123456", "254", PHONE_SHORT, "123456"},
        {"MPESA", "254", PHONE_ALPHA, "MPESA"},
        {"M-PESA 24", "254", PHONE_ALPHA, "M-PESA 24"},
        {"\xc3\x89lectrique", "254", PHONE_ALPHA, "\xc3\x89lectrique"},
        {"1", "254", -1, ""},
        {"", "254", -1, ""},
        {" ", "254", -1, ""},
        {"+", "254", -1, ""},
        {"++254700000001", "254", -1, ""},
        {"+0700000001", "254", -1, ""},
        {"00", "254", -1, ""},
        {"0000700000001", "254", -1, ""},
        {"+1234567890123456", "254", -1, ""},
        {"+123456", "254", -1, ""},
        {"0123456789012345678901234567890123456789", "254", -1, ""},
        {"TWELVELETTER", "254", -1, ""},
        {"a\nb", "254", -1, ""},
        {"\xff\xfe", "254", -1, ""},
        {"\xd9\xa0\xd9\xa7\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa1"
         "\xd9\xa1\xd9\xa1",
         "254", -1, ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        struct phone got = {.kind = (enum phone_kind)9};
        bool good = phone_parse(cases[i].raw, cases[i].country, &got, &e);

        cr_expect_eq(good, cases[i].kind != -1, "'%s': got '%s'", cases[i].raw, got.text);
        if (good)
            cr_expect((int)got.kind == cases[i].kind &&
                          strcmp(got.text, cases[i].want) == 0,
                      "'%s': got %d '%s', want '%s'", cases[i].raw, (int)got.kind, got.text,
                      cases[i].want);
    }
}

Test(phone, logs_show_no_whole_number)
{
    static const struct {
        const char *number, *want;
    } cases[] = {
        {"+254700000001", "+2547*****001"},
        {"+8613810000000", "+8613******000"},
        {"234", "234"},
        {"MPESA", "MPESA"},
        {"+1555123", "+1555123"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = phone_mask(cases[i].number);

        cr_expect_str_eq(got, cases[i].want, "%s: got %s", cases[i].number, got);
    }
}

Test(phone, routes_match_from_the_start)
{
    static const struct {
        const char *pattern, *number;
        bool want;
    } cases[] = {
        {"*", "+254700000001", true},
        {"+25470*", "+254700000001", true},
        {"+25472*", "+254700000001", false},
        {"+254700000001", "+254700000001", true},
        {"+25470000000", "+254700000001", false},
        {"", "", true},
        {"", "+254700000001", false},
        {"+254700000001*", "+254700000001", true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(phone_matches(cases[i].pattern, cases[i].number), cases[i].want,
                     "%s %s", cases[i].pattern, cases[i].number);
}
