#include "meterpost/base/amount.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t
power_of_ten(int places)
{
    int64_t p = 1;

    while (places-- > 0)
        p *= 10;
    return p;
}

bool
rounding_parse(const char *word, enum rounding *out)
{
    static const char *const words[] = {
        [ROUND_HALF_UP] = "half_up",
        [ROUND_HALF_EVEN] = "half_even",
        [ROUND_DOWN] = "down",
        [ROUND_UP] = "up",
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(word, words[i]) == 0) {
            *out = (enum rounding)i;
            return true;
        }
    }
    return false;
}

bool
decimal_parse(const char *text, int places, int64_t *out, struct err *e)
{
    const char *c = text;
    bool minus = *c == '-';
    int digits = 0, after = -1; /* decimals seen, -1 before the point */
    int64_t value = 0;

    if (minus)
        c++;
    for (; *c != '\0'; c++) {
        if (*c == '.' && after == -1 && digits > 0) {
            after = 0;
            continue;
        }
        if (*c < '0' || *c > '9')
            return err_set(e, FAIL_REJECT, "'%.40s' is not a decimal number", text);
        digits++;
        if (after >= 0 && after++ >= places) {
            if (*c != '0')
                return err_set(e, FAIL_REJECT, "'%.40s' has more than %d decimals", text,
                               places);
            continue;
        }
        /* Counted downwards, so that the smallest number fits as well. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *c - '0', &value))
            return err_set(e, FAIL_REJECT, "'%.40s' is too large", text);
    }
    if (digits == 0 || after == 0)
        return err_set(e, FAIL_REJECT, "'%.40s' is not a decimal number", text);
    for (after = after < 0 ? 0 : after; after < places; after++) {
        if (__builtin_mul_overflow(value, 10, &value))
            return err_set(e, FAIL_REJECT, "'%.40s' is too large", text);
    }
    if (!minus && __builtin_sub_overflow((int64_t)0, value, &value))
        return err_set(e, FAIL_REJECT, "'%.40s' is too large", text);
    *out = value;
    return true;
}

const char *
decimal_print(int64_t value, int places, bool trim, char *out)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t scale = (uint64_t)power_of_ten(places);
    const char *sign = value < 0 ? "-" : "";
    size_t n;

    if (places == 0) {
        snprintf(out, AMOUNT_TEXT_MAX, "%s%" PRIu64, sign, magnitude);
        return out;
    }
    snprintf(out, AMOUNT_TEXT_MAX, "%s%" PRIu64 ".%0*" PRIu64, sign, magnitude / scale,
             places, magnitude % scale);
    if (trim) {
        n = strlen(out);
        while (out[n - 1] == '0')
            n--;
        if (out[n - 1] == '.')
            n--;
        out[n] = '\0';
    }
    return out;
}

/* 0 or 1: what rounding adds to the whole part of |a| / b. */
static int
round_carry(int128 whole, int128 rest, int128 divisor, enum rounding mode)
{
    switch (mode) {
    case ROUND_DOWN: return 0;
    case ROUND_UP: return rest > 0;
    case ROUND_HALF_UP: return rest >= divisor - rest;
    case ROUND_HALF_EVEN:
        if (rest == divisor - rest)
            return (int)(whole & 1);
        return rest > divisor - rest;
    }
    return 0;
}

bool
round_divide(int128 numerator, int128 denominator, enum rounding mode, int64_t *out,
             struct err *e)
{
    bool minus = (numerator < 0) != (denominator < 0);
    int128 a = numerator < 0 ? -numerator : numerator;
    int128 b = denominator < 0 ? -denominator : denominator;
    int128 whole;

    if (b == 0)
        return err_set(e, FAIL_REJECT, "division by zero");
    whole = a / b;
    whole += round_carry(whole, a % b, b, mode);
    if (whole > INT64_MAX)
        return err_set(e, FAIL_REJECT, "the amount is too large");
    *out = (int64_t)(minus ? -whole : whole);
    return true;
}

bool
round_to_step(int128 value, int128 per, int64_t step, enum rounding mode, struct money *out,
              struct err *e)
{
    int64_t steps = 0;

    if (!round_divide(value, per * step, mode, &steps, e))
        return false;
    if (__builtin_mul_overflow(steps, step, &out->minor) || out->minor > MONEY_LIMIT ||
        out->minor < -MONEY_LIMIT)
        return err_set(e, FAIL_REJECT, "the amount is too large");
    return true;
}

bool
money_add(struct money *sum, struct money add, struct err *e)
{
    int64_t result;

    if (__builtin_add_overflow(sum->minor, add.minor, &result) || result > MONEY_LIMIT ||
        result < -MONEY_LIMIT)
        return err_set(e, FAIL_REJECT, "the sum is too large");
    sum->minor = result;
    return true;
}

bool
quantity_add(struct quantity *sum, struct quantity add, struct err *e)
{
    int64_t result;

    if (__builtin_add_overflow(sum->milli, add.milli, &result))
        return err_set(e, FAIL_REJECT, "the quantity is too large");
    sum->milli = result;
    return true;
}

const char *
money_show(struct money m, int decimals, char *out)
{
    char plain[AMOUNT_TEXT_MAX];
    size_t sign, whole, to = 0;

    decimal_print(m.minor, decimals, false, plain);
    sign = plain[0] == '-';
    whole = strcspn(plain, ".");
    for (size_t i = 0; plain[i] != '\0' && to + 2 < AMOUNT_TEXT_MAX; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = plain[i];
    }
    out[to] = '\0';
    return out;
}

int
currency_decimals(const char *code)
{
    static const char none[] =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";

    if (strlen(code) != 3 || strchr(code, ' ') != NULL)
        return 2;
    if (strstr(none, code) != NULL)
        return 0;
    return strstr(three, code) != NULL ? 3 : 2;
}
