#include "meterpost/metering/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MICRO 1000000

/* A heat meter's GJ and Gcal stay what they are: they are no whole number of kWh. */
static const struct unit units[] = {
    {"kWh", 1, 1000, "Wh"},
    {"kWh", 1, 1, "kWh KW-Hr kW-h kW.h"},
    {"kWh", 1000, 1, "MWh"},
    {"kWh", 1000000, 1, "GWh"},
    {"kvarh", 1, 1000, "varh"},
    {"kvarh", 1, 1, "kvarh"},
    {"kVAh", 1, 1000, "VAh"},
    {"kVAh", 1, 1, "kVAh"},
    {"GJ", 1, 1, "GJ"},
    {"GJ", 1, 1000, "MJ"},
    {"Gcal", 1, 1, "Gcal"},
    {"W", 1, 1, "W Watt"},
    {"W", 1000, 1, "kW"},
    {"W", 1000000, 1, "MW"},
    {"var", 1, 1, "var"},
    {"var", 1000, 1, "kvar"},
    {"VA", 1, 1, "VA"},
    {"VA", 1000, 1, "kVA"},
    {"m3", 1, 1, "m3 m\xc2\xb3 cbm"},
    {"m3", 1, 1000, "l litre litres liter liters ltr"},
    {"m3/h", 1, 1, "m3/h m\xc2\xb3/h"},
    {"m3/h", 1, 1000, "l/h"},
    {"m3/h", 18, 5, "l/s"},
    {"V", 1, 1, "V Volt ACV"},
    {"V", 1000, 1, "kV"},
    {"A", 1, 1, "A Amp ACA"},
    {"A", 1, 1000, "mA"},
    {"Hz", 1, 1, "Hz"},
    {"h", 1, 1, "h hour hours hrs"},
    {"s", 1, 1, "s sec"},
    {"C", 1, 1,
     "C \xc2\xb0"
     "C"},
    {"F", 1, 1,
     "F \xc2\xb0"
     "F"}, /* not made Celsius: that is more than a factor */
    {"bar", 1, 1, "bar"},
    {"bar", 1, 1000, "hPa mbar"},
    {"bar", 1, 100, "kPa"},
    {"ppm", 1, 1, "ppm"},
    {"%", 1, 1, "% %RH"},
    {"m", 1, 1, "m"}, /* a level */
    {"m", 1, 1000, "mm"},
    {"m/s", 1, 1, "m/s"},
    {"pH", 1, 1, "pH"},
    {"uS", 1, 1, "uS \xc2\xb5S"},
    {"lx", 1, 1, "lx Lux"},
    {"dB", 1, 1, "dB"},
    {"dBm", 1, 1, "dBm"},
    {"1", 1, 1, "1 -"}, /* a plain number: power factor, counts */
};

typedef int compare_words(const char *a, const char *b, size_t n);

static bool
is_spelled(const char *spellings, const char *word, size_t n, compare_words *compare)
{
    for (const char *at = spellings; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (compare(at, word, n) == 0 && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

static const struct unit *
find_by(const char *word, compare_words *compare)
{
    size_t n = strlen(word);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (is_spelled(units[i].spellings, word, n, compare))
            return &units[i];
    }
    return NULL;
}

const struct unit *
unit_find(const char *word)
{
    const struct unit *exact;

    if (*word == '\0')
        return NULL;
    exact = find_by(word, strncmp);
    return exact != NULL ? exact : find_by(word, strncasecmp);
}

/* The six groups of a code; F is 255 when it is left out. */
static bool
obis_split(const char *code, int group[6])
{
    static const char marks[] = "-:..*";
    const char *c = code;

    group[5] = 255;
    for (int i = 0; i < 6; i++) {
        size_t n = strspn(c, "0123456789");

        if (n < 1 || n > 3)
            return false;
        group[i] = atoi(c);
        c += n;
        if (group[i] > 255)
            return false;
        if (*c == '\0')
            return i >= 4;
        if (i == 5 || *c++ != marks[i])
            return false;
    }
    return false;
}

bool
obis_valid(const char *code)
{
    int group[6];

    return strlen(code) < OBIS_MAX && obis_split(code, group);
}

static bool
one_of(int number, const int *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == number)
            return true;
    }
    return false;
}

#define ONE_OF(number, ...)                                                                \
    one_of((number), (const int[]){__VA_ARGS__},                                           \
           sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

/* Electricity, IEC 62056-6-1 table 5: C is what is measured, D how; 0.4 is the ratio of a
 * transformer. */
static const char *
electricity_unit(int c, int d)
{
    bool energy = d == 8 || d == 9 || d == 29, now = d == 7 || d == 6 || d == 4;

    if (c == 0)
        return d == 4 ? "1" : NULL;
    if (ONE_OF(c, 1, 2, 15, 16, 21, 22, 41, 42, 61, 62))
        return energy ? "kWh" : now ? "W" : NULL;
    if (ONE_OF(c, 3, 4, 5, 6, 7, 8, 23, 24, 43, 44, 63, 64))
        return energy ? "kvarh" : now ? "var" : NULL;
    if (ONE_OF(c, 9, 10, 29, 49, 69))
        return energy ? "kVAh" : now ? "VA" : NULL;
    if (ONE_OF(c, 11, 31, 51, 71, 91))
        return now ? "A" : NULL;
    if (ONE_OF(c, 12, 32, 52, 72))
        return now ? "V" : NULL;
    if (ONE_OF(c, 13, 33, 53, 73))
        return now ? "1" : NULL;
    return c == 14 && now ? "Hz" : NULL;
}

const char *
obis_unit(const char *code)
{
    int group[6];

    if (!obis_split(code, group))
        return NULL;
    switch (group[0]) {
    case 1: return electricity_unit(group[2], group[3]);
    case 7: /* gas */ return group[2] == 3 ? "m3" : NULL;
    case 8: /* cold water */
    case 9: /* hot water */ return group[2] == 1 ? "m3" : group[2] == 2 ? "m3/h" : NULL;
    default: return NULL;
    }
}

/* The digits of a number as an integer and the count of those after the point. */
static bool
take_digits(const char *number, int64_t *digits, int *places, struct err *e)
{
    const char *c = number;
    bool minus = *c == '-';
    int counted = 0, after = -1;

    *digits = 0;
    *places = 0;
    for (c += minus; *c != '\0'; c++) {
        if (*c == '.' && after == -1) {
            after = 0;
            continue;
        }
        if (*c < '0' || *c > '9')
            return err_set(e, FAIL_REJECT, "'%.40s' is no number", number);
        if (counted > 0 || *c != '0')
            counted++;
        if (counted > UNIT_DIGITS_MAX || after >= UNIT_DIGITS_MAX)
            return err_set(e, FAIL_REJECT, "'%.40s' has more than %d digits", number,
                           UNIT_DIGITS_MAX);
        *digits = *digits * 10 + (*c - '0');
        after += after >= 0;
    }
    if (after == 0 || c == number + minus || number[minus] == '.')
        return err_set(e, FAIL_REJECT, "'%.40s' is no number", number);
    *digits = minus ? -*digits : *digits;
    *places = after < 0 ? 0 : after;
    return true;
}

bool
unit_convert(const char *number, const struct unit *from, int64_t scale_micro,
             const enum rounding *rounding, struct quantity *out, struct err *e)
{
    int64_t digits, result;
    int places;
    int128 value, divisor = (int128)MICRO * from->per;

    if (!take_digits(number, &digits, &places, e))
        return false;
    /* 10^15 x 10^12 x 10^9: far from the end of 128 bits. */
    value = (int128)digits * scale_micro * from->times * 1000;
    for (; places > 0; places--)
        divisor *= 10;
    if (rounding == NULL && value % divisor != 0)
        return err_set(e, FAIL_REJECT,
                       "'%.40s' does not fit thousandths of %s: the profile may say how to "
                       "round",
                       number, from->name);
    if (!round_divide(value, divisor, rounding == NULL ? ROUND_DOWN : *rounding, &result,
                      e))
        return err_in(e, "'%.40s'", number);
    if (result >= 1000000000000000 || result <= -1000000000000000)
        return err_set(e, FAIL_REJECT,
                       "'%.40s' has more than %d digits in thousandths of %s", number,
                       UNIT_DIGITS_MAX, from->name);
    out->milli = result;
    return true;
}
