/*
 * consumption.h - from what a register showed to what was used: the difference times the
 * multiplier, also past the register's end. Pure.
 */
#ifndef METERPOST_BILLING_CONSUMPTION_H
#define METERPOST_BILLING_CONSUMPTION_H

#include "meterpost/base/amount.h"

#include <stdbool.h>

/* One register of one meter, from a reading to a reading. */
struct consumed_register {
    struct quantity from, to;
    int64_t multiplier_milli; /* 1000: what it shows is what was used          */
    int digits;               /* before the point, where it begins again; 0: not known */
    bool rolled_over;         /* the checks of readings found that it passed its end   */
    bool from_estimated;   /* so `to` may lie below it: then the use is negative, and what
                              was estimated too much is given back */
    struct quantity whole; /* 0, or both readings are first cut down to whole multiples of
                              this: what is left over is used in the next period */
};

/* The use in *out. FAIL_REJECT, with what to do, when it went down for no reason. */
bool consumed_register(const struct consumed_register *r, struct quantity *out,
                       struct err *e);

#endif
