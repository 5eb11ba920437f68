/*
 * payments.h - money that came in, once by its receipt: channel and reference together are
 * the key. Insert-only.
 */
#ifndef METERPOST_STORE_PAYMENTS_H
#define METERPOST_STORE_PAYMENTS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"

#define PAYMENT_CHANNEL_MAX   33 /* bytes with NUL: "cash", "bank", "mpesa" */
#define PAYMENT_REFERENCE_MAX 65 /* bytes with NUL */

struct payment {
    int64_t id;
    char channel[PAYMENT_CHANNEL_MAX];
    char reference[PAYMENT_REFERENCE_MAX];
    int64_t account_id; /* 0: nobody's yet */
    struct money amount;
    utc_t paid_at, received_at;
    char payer[PERSON_MAX]; /* as the channel names who paid; may be "" */
    int64_t inbox_id;       /* the message that told of it; 0: none */
    char actor[ACTOR_MAX];
};

/* *added is false when this receipt is there already: then *id names that row and nothing
 * was written. */
bool payment_add(struct store *s, const struct payment *p, int64_t *id, bool *added,
                 struct err *e);

bool payment_by_reference(struct store *s, const char *channel, const char *reference,
                          struct payment *out, bool *found, struct err *e);

/* The newest payments of an account that were booked in from < t <= to, newest first, at
 * most `most`. */
bool payments_of_account(struct store *s, int64_t account_id, utc_t from, utc_t to,
                         struct payment *out, int most, int *n, struct err *e);

#endif
