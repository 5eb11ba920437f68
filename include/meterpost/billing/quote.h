/*
 * quote.h - what a tariff asks for a use: the lines of a bill and their sum. Pure: values
 * in, values out. A bill is a quote that was issued.
 */
#ifndef METERPOST_BILLING_QUOTE_H
#define METERPOST_BILLING_QUOTE_H

#include "meterpost/billing/tariff.h"

#include <jansson.h>

#define USAGE_NAMES_MAX      24
#define USAGE_FACTORS_MAX    8
#define QUOTE_LINES_MAX      96
#define QUOTE_LINE_LABEL_MAX (TARIFF_LABEL_MAX + TARIFF_CODE_MAX)

struct usage_quantity {
    char name[TARIFF_CODE_MAX]; /* "total", "peak", "kva", ...; empty: end */
    struct quantity used;
};

/* What a dated factor was, such as a fuel charge for each kWh or percent of a levy. */
struct usage_factor {
    char name[TARIFF_CODE_MAX]; /* empty: end */
    struct rate value;
};

/* What was used in one billing period, and where the period lies. Zero it to start. */
struct usage {
    int month;       /* 1 to 12, for seasons; 0: not known                */
    int days;        /* of the period; 0: as many as the tariff's normal   */
    int months;      /* of the period; 0: one                              */
    int year_months; /* of this year that the account is served; 0: all twelve */
    int of_days; /* 0: all of a period. Else it is `days` of a period of so many: limits and
                    amounts are for that share of it, and so must the quantities be */
    char class_name[TARIFF_CLASS_MAX]; /* of the account, or ""        */
    struct quantity ytd_before;        /* used this year before the period               */
    struct usage_quantity named[USAGE_NAMES_MAX];
    struct usage_factor factors[USAGE_FACTORS_MAX];
};

/* Note a quantity. It must not be negative, nor above TARIFF_QUANTITY_MAX units. */
bool usage_set(struct usage *u, const char *name, struct quantity used, struct err *e);

/* The quantity of that name; NULL when the use does not know it. */
const struct quantity *usage_get(const struct usage *u, const char *name);

/* Note what a factor was. FAIL_REJECT when there are too many. */
bool usage_set_factor(struct usage *u, const char *name, struct rate value, struct err *e);

/* A quantity that is a height (kw, kva, kw_sanctioned, amperes) and not a use: in half a
 * period it is as high, and costs half. */
bool usage_is_level(const char *name);

struct quote_line {
    int part;      /* of the period: 0 unless it was cut     */
    int component; /* index in the tariff of that part       */
    bool tax;      /* a percent that adds: a levy for others */
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

/* The two halves of it, for a period of several parts: append the lines of part number
 * `part` to *out, and make the sum of all lines, rounded as this tariff asks. */
bool quote_add_part(const struct tariff *t, const struct usage *u, int part,
                    struct quote *out, struct err *e);
bool quote_sum(const struct tariff *t, struct quote *out, struct err *e);

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
