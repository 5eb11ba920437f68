/*
 * amount.h - money, quantities and rates as integers, and the one place where they are
 * multiplied, divided and rounded. No floating point.
 */
#ifndef METERPOST_BASE_AMOUNT_H
#define METERPOST_BASE_AMOUNT_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Wide enough for any product of two 64-bit numbers. */
__extension__ typedef __int128 int128;

struct money {
    int64_t minor; /* smallest coin of the currency: cents, or whole shillings for UGX */
};

struct quantity {
    int64_t milli; /* thousandths of the unit: Wh of a kWh, litres of a m3 */
};

struct rate {
    int64_t micro; /* millionths of the currency unit, per unit */
};

#define QUANTITY_PLACES 3
#define RATE_PLACES     6
#define AMOUNT_TEXT_MAX 32               /* bytes for any printed amount, NUL included */
#define MONEY_LIMIT     1000000000000000 /* minor units: ten trillion with two decimals */

enum rounding {
    ROUND_HALF_UP,   /* halves away from zero         */
    ROUND_HALF_EVEN, /* halves to the even neighbour  */
    ROUND_DOWN,      /* towards zero                  */
    ROUND_UP,        /* away from zero                */
};

/* "half_up", "half_even", "down", "up". */
bool rounding_parse(const char *word, enum rounding *out);

/* Decimal text ("-12.50") to an integer count of 10^-places. Refuses anything else: empty,
 * signs inside, exponents, thousands separators, more decimals than `places` that are not
 * zero, values beyond 64 bits. `places` is 0 to 9. */
bool decimal_parse(const char *text, int places, int64_t *out, struct err *e);

/* An amount as banks and people write it, in minor coins of a currency of `places`
 * decimals: "1,234.50", "1 234,50" (point ','), "1'234.50", "1,00,000" as in India,
 * "(12.50)", "12.50-", "12.50 DR". Separators must part groups of three, or of two before
 * the last three; where "50.000" may be fifty or fifty thousand it is refused. So a wrong
 * decimal sign shows, and never books a hundredfold. Beyond MONEY_LIMIT is refused too. */
bool amount_parse(const char *text, char point, int places, struct money *out,
                  struct err *e);

/* The reverse of decimal_parse(). With `trim` no zeros after the last decimal that counts
 * ("0.0446", "250"), without it always `places` decimals. `out` has AMOUNT_TEXT_MAX bytes;
 * returns it. */
const char *decimal_print(int64_t value, int places, bool trim, char *out);

/* numerator / denominator, rounded to a whole number. False (FAIL_REJECT) when the
 * denominator is zero or the result does not fit. */
bool round_divide(int128 numerator, int128 denominator, enum rounding mode, int64_t *out,
                  struct err *e);

/* Rounds `value` (in units of 1/`per` minor coins) to a multiple of `step` minor coins. */
bool round_to_step(int128 value, int128 per, int64_t step, enum rounding mode,
                   struct money *out, struct err *e);

/* *sum += add; refuses results beyond MONEY_LIMIT. */
bool money_add(struct money *sum, struct money add, struct err *e);

/* *sum += add; refuses what does not fit. */
bool quantity_add(struct quantity *sum, struct quantity add, struct err *e);

/* "1,425.00" as people read it: `decimals` places, a comma every three digits. */
const char *money_show(struct money m, int decimals, char *out);

/* Decimals of an ISO 4217 code as its standard says (KES 2, UGX 0, KWD 3); 2 when unknown.
 */
int currency_decimals(const char *code);

#endif
