/*
 * factors.h - dated factors: values that are published from month to month (fuel, foreign
 * exchange, inflation) and that components of tariffs refer to by name. Insert-only: to
 * mend one it is set again, and the newest row of a name and day holds. Bills keep the
 * values that they used.
 */
#ifndef METERPOST_STORE_FACTORS_H
#define METERPOST_STORE_FACTORS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/store.h"

#define FACTOR_NAME_MAX 24 /* bytes with NUL */

struct factor {
    char name[FACTOR_NAME_MAX];
    utc_t valid_from;
    struct rate value;
    utc_t set_at;
    char actor[ACTOR_MAX];
};

bool factor_add(struct store *s, const struct factor *f, struct err *e);

/* What holds in from <= t < to: the values that begin in it, and of each name the one that
 * is in force at `from`; oldest first, at most `most`. */
bool factors_between(struct store *s, utc_t from, utc_t to, struct factor *out, int most,
                     int *n, struct err *e);

#endif
