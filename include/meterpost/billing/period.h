/*
 * period.h - a billing period that is cut where something changes in it: the tariff's
 * version, the class, the season, a dated factor, or the year of a yearly ladder. Pure.
 *
 * Without readings between, the use of a part is taken as the average of each day times its
 * days; limits and amounts are for the part's share. A rate or a percent is never
 * multiplied by days. Everything is shared by cross-multiplication in whole numbers, and
 * what rounding leaves goes on to the next part, so that parts add up to the whole.
 */
#ifndef METERPOST_BILLING_PERIOD_H
#define METERPOST_BILLING_PERIOD_H

#include "meterpost/base/clock.h"
#include "meterpost/billing/quote.h"

#define PERIOD_PARTS_MAX     12
#define PERIOD_CONTRACTS_MAX 16
#define PERIOD_FACTORS_MAX   64

struct period_part {
    const struct tariff *tariff;
    int64_t version_id; /* of its kept copy; 0: not known */
    int days;
    int month;     /* 1 to 12, that of its middle, for seasons */
    bool new_year; /* ladders of the year begin again with it */
    char class_name[TARIFF_CLASS_MAX];
    struct usage_factor factors[USAGE_FACTORS_MAX];
};

struct period {
    utc_t first;        /* local midnight of its first day; 0: not known */
    struct usage usage; /* of the whole; its days are those of all parts */
    int class_months;   /* 0, or the use of so many months before decided the class: ... */
    struct quantity class_average; /* ... this, of a month */
    struct period_part parts[PERIOD_PARTS_MAX];
    int n_parts;
};

/* Share `whole` out by days: out[i] for days[i], rounded to `step` thousandths. The parts
 * add up to the whole. The days are not negative, their sum is above zero. */
bool period_share(struct quantity whole, const int *days, int n, int64_t step,
                  struct quantity *out, struct err *e);

/* What part number i has used: its quantities, days, class, factors and the year before. */
bool period_usage(const struct period *p, int i, struct usage *out, struct err *e);

/* The lines of all parts, and the total. One part gives what quote_compute() gives. Lines
 * of several parts carry the days of theirs in the label. */
bool period_quote(const struct period *p, struct quote *out, struct err *e);

/* What an account pays by, from a time on. */
struct period_contract {
    utc_t valid_from;
    char tariff[TARIFF_ID_MAX];
    char class_name[TARIFF_CLASS_MAX];
};

/* The value of a factor, from a time on. */
struct period_factor {
    utc_t valid_from;
    struct usage_factor factor;
};

/* What is known of the time around a period; lists are by time, oldest first. */
struct period_facts {
    const struct tariff_set *tariffs;
    const struct period_contract *contracts;
    int n_contracts; /* at least one: before it began it holds, too */
    const struct period_factor *factors;
    int n_factors;
    int month; /* of the bill: the season of a period that is not cut */
};

/* Cut p (first day and usage.days are set) into parts: wherever tariff, version, class,
 * season, factor or year (where a ladder counts it) is another than the day before.
 * FAIL_REJECT where a day has no tariff, or with more than PERIOD_PARTS_MAX parts. */
bool period_cut(struct period *p, const struct period_facts *facts, struct err *e);

/* Does any component of the tariff depend on this factor? */
bool tariff_uses_factor(const struct tariff *t, const char *name);

/* On any? */
bool tariff_asks_factors(const struct tariff *t);

#endif
