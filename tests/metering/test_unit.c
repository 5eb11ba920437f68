#include "meterpost/metering/unit.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

Test(unit, every_spelling_finds_its_unit)
{
    static const struct {
        const char *word, *name;
        int64_t times, per;
    } cases[] = {
        {"Wh", "kWh", 1, 1000},
        {"kWh", "kWh", 1, 1},
        {"KWH", "kWh", 1, 1},
        {"kwh", "kWh", 1, 1},
        {"KW-Hr", "kWh", 1, 1},
        {"MWh", "kWh", 1000, 1},
        {"m3", "m3", 1, 1},
        {"M3", "m3", 1, 1},
        {"m\xc2\xb3", "m3", 1, 1},
        {"l", "m3", 1, 1000},
        {"Litres", "m3", 1, 1000},
        {"M3/H", "m3/h", 1, 1},
        {"l/s", "m3/h", 18, 5},
        {"kW", "W", 1000, 1},
        {"W", "W", 1, 1},
        {"Hours", "h", 1, 1},
        {"C", "C", 1, 1},
        {"\xc2\xb0"
         "C",
         "C", 1, 1},
        {"%", "%", 1, 1},
        {"GJ", "GJ", 1, 1},
        {"mA", "A", 1, 1000},
        {"", NULL, 0, 0},
        {"furlong", NULL, 0, 0},
        {" kWh", NULL, 0, 0},
        {"k", NULL, 0, 0},
        {"kWh Wh", NULL, 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct unit *got = unit_find(cases[i].word);

        if (cases[i].name == NULL || got == NULL) {
            cr_expect((cases[i].name == NULL) == (got == NULL), "'%s'", cases[i].word);
            continue;
        }
        cr_expect_str_eq(got->name, cases[i].name, "'%s'", cases[i].word);
        cr_expect(got->times == cases[i].times && got->per == cases[i].per, "'%s'",
                  cases[i].word);
    }
}

Test(unit, a_register_tells_its_unit)
{
    static const struct {
        const char *code, *unit;
        bool valid;
    } cases[] = {
        {"1-0:1.8.0", "kWh", true},     {"1-0:2.8.1", "kWh", true},
        {"1-0:3.8.0", "kvarh", true},   {"1-0:1.7.0", "W", true},
        {"1-0:32.7.0", "V", true},      {"1-0:31.7.0", "A", true},
        {"1-0:14.7.0", "Hz", true},     {"1-0:13.7.0", "1", true},
        {"8-0:1.0.0", "m3", true},      {"8-0:2.0.0", "m3/h", true},
        {"7-0:3.0.0", "m3", true},      {"0-0:96.8.0", NULL, true},
        {"1-0:1.8.0*255", "kWh", true}, {"1-0:1.8", NULL, false},
        {"1.8.0", NULL, false},         {"1-0:1.8.0.1", NULL, false},
        {"1-0:256.8.0", NULL, false},   {"", NULL, false},
        {"1-0:1.8.0*", NULL, false},    {"a-0:1.8.0", NULL, false},
        {"1-0:1.8.0 ", NULL, false},    {"1-0:0001.8.0", NULL, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = obis_unit(cases[i].code);

        cr_expect_eq(obis_valid(cases[i].code), cases[i].valid, "'%s'", cases[i].code);
        cr_expect_str_eq(got == NULL ? "" : got, cases[i].unit == NULL ? "" : cases[i].unit,
                         "'%s': got %s", cases[i].code, got);
    }
}

#define BAD INT64_MIN

Test(unit, values_become_thousandths_exactly_or_not_at_all)
{
    static const struct {
        const char *number, *unit;
        int64_t scale_micro, want;
    } cases[] = {
        {"32432", "kWh", 1000000, 32432000},
        {"0032432.10", "kWh", 1000000, 32432100},
        {"10.00", "Wh", 1000000, 10},
        {"9.75", "Wh", 1000000, BAD},
        {"114931.6", "MWh", 1000000, 114931600000},
        {"157.93", "l/s", 1000000, 568548},
        {"-12.5", "C", 1000000, -12500},
        {"1234", "kWh", 10000, 12340},
        {"1234", "kWh", 40000000, 49360000},
        {"0", "kWh", 1000000, 0},
        {"999999999999", "kWh", 1000000, 999999999999000},
        {"999999999999.999", "kWh", 1000000, 999999999999999},
        {"1000000000000", "kWh", 1000000, BAD},
        {"1000000000", "MWh", 1000000, BAD},
        {"18446744073709551616", "kWh", 1000000, BAD},
        {"99999999999999999999999999999999999999999999", "kWh", 1000000, BAD},
        {"0.0000000000000000000000001", "kWh", 1000000, BAD},
        {"00000000000000000000000000012.5", "kWh", 1000000, 12500},
        {"1.2345", "kWh", 1000000, BAD},
        {"1.2340", "kWh", 1000000, 1234},
        {"", "kWh", 1000000, BAD},
        {"-", "kWh", 1000000, BAD},
        {".5", "kWh", 1000000, BAD},
        {"5.", "kWh", 1000000, BAD},
        {"1.2.3", "kWh", 1000000, BAD},
        {"1,2", "kWh", 1000000, BAD},
        {"--1", "kWh", 1000000, BAD},
        {"1e5", "kWh", 1000000, BAD},
        {"12A", "kWh", 1000000, BAD},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct quantity got = {BAD};
        struct err e;

        cr_expect_eq(unit_convert(cases[i].number, unit_find(cases[i].unit),
                                  cases[i].scale_micro, NULL, &got, &e),
                     cases[i].want != BAD, "%s %s", cases[i].number, cases[i].unit);
        cr_expect_eq(got.milli, cases[i].want, "%s %s: got %" PRId64 ", want %" PRId64,
                     cases[i].number, cases[i].unit, got.milli, cases[i].want);
    }
}

Test(unit, a_profile_may_say_how_to_round)
{
    static const struct {
        enum rounding mode;
        const char *number;
        int64_t want;
    } cases[] = {
        {ROUND_DOWN, "1.2345", 1234},    {ROUND_UP, "1.2341", 1235},
        {ROUND_HALF_UP, "1.2345", 1235}, {ROUND_HALF_EVEN, "1.2345", 1234},
        {ROUND_DOWN, "-1.2345", -1234},  {ROUND_HALF_UP, "-1.2345", -1235},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct quantity got;
        struct err e;

        cr_assert(unit_convert(cases[i].number, unit_find("kWh"), 1000000, &cases[i].mode,
                               &got, &e));
        cr_expect_eq(got.milli, cases[i].want, "%s: got %" PRId64, cases[i].number,
                     got.milli);
    }
}
