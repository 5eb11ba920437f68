/*
 * price.h - quantities that are exact while a bill is computed, and the lines that come
 * out of them. Private to billing/.
 */
#ifndef BILLING_PRICE_H
#define BILLING_PRICE_H

#include "meterpost/billing/quote.h"

/* A bill under way. */
struct pricing {
    const struct tariff *tariff;
    const struct usage *usage;
    struct quote *out;
    int part;
};

/* up / down, in lowest terms, both positive. */
struct fraction {
    int64_t up, down;
};

/* A quantity is a count of 1/den thousandths of the unit: so no scaled limit and no part
 * of a quantity is ever divided before its price is rounded. */
struct slice {
    int128 from, to;
};

/* The share of the period that this use is: 1 unless it is a part of one. */
struct fraction price_share(const struct pricing *p);

/* The fraction by which a limit or an amount is multiplied in this period. */
struct fraction price_scale(const struct pricing *p, enum tariff_scale scale);

struct fraction fraction_reduce(int64_t up, int64_t down);

/* The named quantity in *out; FAIL_REJECT that names the component when it is missing. */
bool price_quantity(const struct pricing *p, const struct component *c, const char *name,
                    struct quantity *out, struct err *e);

/* What an amount or rate is: the file's, or the factor of that name. FAIL_REJECT when the
 * use does not know the factor. */
bool price_rate(const struct pricing *p, const struct component *c, struct rate written,
                struct rate *out, struct err *e);

/* rate x part, part in 1/den thousandths, summed into *exact (1/den of 10^-9 units). */
bool price_part(struct rate rate, int128 part, int128 *exact, struct err *e);

/* *exact as money, rounded by the component's rule. */
bool price_round(const struct pricing *p, const struct component *c, int128 exact,
                 int128 den, struct money *out, struct err *e);

/* A new line of the component with its code, label and amount; NULL when there is no room.
 */
struct quote_line *price_line(struct pricing *p, const struct component *c,
                              struct money amount, struct err *e);

/* That by which the limits of a ladder are multiplied: one of the year is as long for a
 * part of a period as for all of it. */
struct fraction ladder_scale(const struct pricing *p, const struct component *c);

/* The blocks component: ladder.c. */
bool ladder_apply(struct pricing *p, const struct component *c, struct err *e);

/* The first step whose limit, scaled, is not below `used`; -1 when the last is too small.
 * `used` and limit x `unit` are in the same unit. */
int ladder_find(const struct component *c, int128 used, int128 unit);

#endif
