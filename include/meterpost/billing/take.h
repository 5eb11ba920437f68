/*
 * take.h - book what somebody else says was paid: a notice, a line of a statement. It is
 * matched, posted to the account or to suspense, once by channel and receipt.
 */
#ifndef METERPOST_BILLING_TAKE_H
#define METERPOST_BILLING_TAKE_H

#include "meterpost/billing/match.h"
#include "meterpost/billing/payment.h"

struct take_new {
    const char *channel, *receipt, *payer, *phone, *claim;
    struct money amount;
    utc_t paid_at; /* 0: now */
    int64_t inbox_id;
    const char *actor;
};

enum take_outcome {
    TAKE_MATCHED,
    TAKE_SUSPENSE, /* booked; nobody's yet */
    TAKE_REPEATED, /* this receipt was booked before, or is our own money from a till or an
                      agent: nothing was written */
};

struct take {
    enum take_outcome outcome;
    struct match match;
    int64_t payment_id;
};

/* In the open transaction. FAIL_REJECT when the receipt was booked with another amount. */
bool take_payment(struct store *s, const struct conf *conf, const struct take_new *t,
                  utc_t now, struct take *out, struct err *e);

#endif
