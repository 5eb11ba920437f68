/*
 * prepaid.h (store) - accounts that pay before they use: how far each may go, and where it
 * stood when it was last looked at. In the transaction of the caller.
 */
#ifndef METERPOST_STORE_PREPAID_H
#define METERPOST_STORE_PREPAID_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

enum prepaid_level {
    PREPAID_OK,
    PREPAID_LOW,   /* no more left than it wants to be told at */
    PREPAID_EMPTY, /* nothing left: supply may stop */
};

struct prepaid {
    int64_t account_id;
    struct money limit; /* it may owe so much; 0: nothing */
    struct money warn;  /* of what is left, the limit included */
    utc_t since, until; /* until 0: prepaid now */
    enum prepaid_level level;
    utc_t level_at;   /* since when it has this level */
    int64_t charges;  /* number of the last one */
    struct money day; /* what a day cost of late; 0: not known */
};

/* "ok", "low", "empty". */
const char *prepaid_level_name(enum prepaid_level level);

/* *found also for one that has ended. */
bool prepaid_get(struct store *s, int64_t account_id, struct prepaid *out, bool *found,
                 struct err *e);
/* Write the row, whole. */
bool prepaid_put(struct store *s, const struct prepaid *p, struct err *e);
/* The next prepaid account behind `after` that has not ended. */
bool prepaid_next(struct store *s, int64_t after, struct prepaid *out, bool *found,
                  struct err *e);
/* What was charged and not given back when a bill came. */
bool prepaid_charged(struct store *s, int64_t account_id, struct money *out, struct err *e);

#endif
