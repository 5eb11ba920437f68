/*
 * consumption.h - from what registers showed to what was used: differences times
 * multipliers, registers that pass their end, exchanged meters, estimates that turn out
 * wrong. Pure.
 */
#ifndef METERPOST_BILLING_CONSUMPTION_H
#define METERPOST_BILLING_CONSUMPTION_H

#include "meterpost/base/amount.h"

#include <stdbool.h>

#define CONSUMED_ROLLOVER      (1U << 0) /* the register passed its end                  */
#define CONSUMED_DECREASE      (1U << 1) /* it went down: nothing can be billed          */
#define CONSUMED_OVERESTIMATED (1U << 2) /* below the estimate, above what was read */
#define CONSUMED_EXCHANGE      (1U << 3) /* several meters, one after the other          */
#define CONSUMED_MULT_CHANGED  (1U << 4) /* ... with different multipliers               */
#define CONSUMED_ESTIMATED     (1U << 5) /* a last reading is missing                    */
#define CONSUMED_TRUE_UP       (1U << 6) /* what estimates had taken is taken into account */
#define CONSUMED_CREDIT        (1U << 7) /* ... and they had taken too much              */

/* One register of one meter, from a reading to a reading. */
struct consumed_register {
    struct quantity from, to;
    int64_t multiplier_milli;  /* 1000: what it shows is what was used          */
    int digits;                /* before the point, where it begins again; 0: not known */
    bool rolled_over;          /* the checks of readings found that it passed its end   */
    struct quantity expected;  /* use of the period by its average; 0: not known        */
    bool from_estimated;       /* `from` is an estimate, and ...                        */
    struct quantity from_read; /* ... this the last that was read before it            */
    bool to_missing;           /* nobody read it at the end: ...                       */
    struct quantity per_day;   /* ... so its average of a day                          */
    int days;                  /* ... times these days is what it used                 */
    struct quantity unit;      /* 0, or both readings are first cut down to whole multiples
                                  of this, and the use is counted in it                */
};

/* The use in *out and CONSUMED_* in *flags. An OVERESTIMATED register gives its (negative)
 * difference to the estimate: what it used since the last reading is for the true-up. False
 * with a sentence when nothing can be billed: then *flags has CONSUMED_DECREASE. */
bool consumed_register(const struct consumed_register *r, struct quantity *out,
                       unsigned *flags, struct err *e);

/* The sum of n registers that hung one after the other. */
bool consumed_in_turn(const struct consumed_register *list, int n, struct quantity *out,
                      unsigned *flags, struct err *e);

/* What is left of `actual`, used since the last reading, after n estimates were billed. */
bool consumed_true_up(struct quantity actual, const struct quantity *estimates, int n,
                      struct quantity *out, unsigned *flags, struct err *e);

#endif
