/*
 * quote.h - what a tariff asks for a use: the lines of a bill and their sum. Pure: values
 * in, values out. A bill is a quote that was issued.
 */
#ifndef METERPOST_BILLING_QUOTE_H
#define METERPOST_BILLING_QUOTE_H

#include "meterpost/billing/tariff.h"

#include <jansson.h>

#define USAGE_NAMES_MAX      24
#define QUOTE_LINES_MAX      96
#define QUOTE_LINE_LABEL_MAX (TARIFF_LABEL_MAX + TARIFF_CODE_MAX)

struct usage_quantity {
    char name[TARIFF_CODE_MAX]; /* "total", "peak", "kva", ...; empty: end */
    struct quantity used;
};

/* What was used in one billing period, and where the period lies. Zero it to start. */
struct usage {
    int month;  /* 1 to 12, for seasons; 0: not known                */
    int days;   /* of the period; 0: as many as the tariff's normal   */
    int months; /* of the period; 0: one                              */
    char class_name[TARIFF_CLASS_MAX]; /* of the account, or ""        */
    struct quantity ytd_before;        /* used this year before the period               */
    struct usage_quantity named[USAGE_NAMES_MAX];
};

/* Note a quantity. It must not be negative, nor above TARIFF_QUANTITY_MAX units. */
bool usage_set(struct usage *u, const char *name, struct quantity used, struct err *e);

/* The quantity of that name; NULL when the use does not know it. */
const struct quantity *usage_get(const struct usage *u, const char *name);

struct quote_line {
    int component; /* index in the tariff */
    char code[TARIFF_CODE_MAX];
    char label[QUOTE_LINE_LABEL_MAX];
    bool has_qty, has_rate;
    struct quantity qty; /* percent: the base, thousandths of the currency unit */
    struct rate rate;    /* percent: of 100 */
    struct money amount;
};

struct quote {
    struct quote_line lines[QUOTE_LINES_MAX];
    int n_lines;
    struct money total;    /* to pay: the sum of the lines, rounded as the tariff asks */
    struct money rounding; /* total less that sum: a line of its own in the ledger     */
};

/* Every amount is exact until it is rounded once, by the rule of its line; scaled limits
 * are compared by cross-multiplication. The quantities of the lines of one ladder add up to
 * the quantity that went through it.
 * FAIL_REJECT: the use lacks a quantity or the month that the tariff asks for, exceeds a
 * ladder whose last block is limited, or the amounts are too large. */
bool quote_compute(const struct tariff *t, const struct usage *u, struct quote *out,
                   struct err *e);

/* {"total":"1200","month":1,"days":30,"months":1,"class":"domestic","ytd_before":"0"}; any
 * other key that holds a decimal is a named quantity. Nested objects are left aside. */
bool usage_from_json(const json_t *object, struct usage *out, struct err *e);

/* {"lines":[{"code","label","qty"?,"rate"?,"amount"}],"total"}, numbers as decimal strings.
 * The caller owns the result. */
json_t *quote_to_json(const struct tariff *t, const struct quote *q);

/* One trial without a store: {"tariff": object or text, "usage": object} to the object of
 * quote_to_json(). NULL with *e when anything is wrong with them. */
json_t *quote_try(const json_t *object, struct err *e);

/* The same from the text of a tariff file that is called `name`, and a usage. */
json_t *quote_try_text(const char *name, const char *tariff_text, const json_t *usage,
                       struct err *e);

#endif
