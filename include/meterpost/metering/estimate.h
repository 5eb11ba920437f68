/*
 * estimate.h - what a register probably showed at a time when nobody read it.
 *
 * Methods in this order, the first that has what it needs; each leaves its number (those of
 * AEMO's MDFF for basic meters, where there is one) on the reading:
 *   17 the line between two actual readings around the time: always allowed, the total
 *      stays right
 *   61 the use of the same time last year, times the trend since
 *   65 the average of the last actual periods
 *   63 the average of the class of customers
 *   68 no use: supply is off or nobody lives there
 *   64 agreed with the customer: held until a second person accepts it
 * Never from estimates alone: 61 and 65 need an actual reading in the last year.
 */
#ifndef METERPOST_METERING_ESTIMATE_H
#define METERPOST_METERING_ESTIMATE_H

#include "meterpost/base/conf.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

#define ESTIMATE_LINEAR    "17"
#define ESTIMATE_LAST_YEAR "61"
#define ESTIMATE_CLASS     "63"
#define ESTIMATE_AGREED    "64"
#define ESTIMATE_AVERAGE   "65"
#define ESTIMATE_ZERO      "68"

/* "the line between the readings before and after" for "17"; "" when it is unknown. */
const char *estimate_method_name(const char *method);

/* All that is known: pure. */
struct estimate_case {
    utc_t at;
    int64_t size_milli; /* where the register starts again; 0: not known */
    bool has_before, has_after;
    struct quantity before, after; /* actual readings */
    utc_t before_at, after_at;
    bool rolled; /* between the two */
    bool off;    /* supply is off, or the house is empty */
    bool has_last_year, has_average, has_class;
    int64_t last_year, average, class; /* thousandths a day */
    int trend;                         /* percent of last year's use; 0: not known */
};

struct estimate {
    struct quantity value;
    char method[UNIT_MAX];
};

/* False, with the reason, when nothing is known. The value never lies below the last. */
bool estimate_make(const struct estimate_case *c, struct estimate *out, struct err *e);

/* The value at `at` on the line from one reading to the other; false when they do not fit
 * or `at` does not lie between. size_milli is that of a register that started again, else
 * 0. */
bool estimate_between(struct quantity from, utc_t from_at, struct quantity to, utc_t to_at,
                      int64_t size_milli, utc_t at, struct quantity *out);

/* Estimate a register at `at` and store it, accepted, quality E (S between two actual
 * readings). `reason` may be "". FAIL_REJECT when there is a reading of that time, or
 * nothing to go by. */
bool metering_estimate(struct store *s, const struct conf *conf, const struct meter *m,
                       const char *obis, utc_t at, utc_t now, const char *actor,
                       const char *reason, struct reading *out, struct err *e);

#endif
