/*
 * payment.h - money that came in, booked once.
 */
#ifndef METERPOST_BILLING_PAYMENT_H
#define METERPOST_BILLING_PAYMENT_H

#include "meterpost/store/payments.h"

struct payment_new {
    int64_t account_id;    /* 0: not known; it waits in suspense */
    struct money amount;   /* above zero */
    const char *channel;   /* "cash", "bank", "mpesa" */
    const char *reference; /* the receipt's number; "" or NULL: we write the receipt and
                              give it the next number */
    const char *payer;     /* or NULL */
    utc_t paid_at;         /* 0: now */
    int64_t inbox_id;      /* the message that told of it; 0: none */
    const char *actor;
};

struct payment_posted {
    struct payment payment;
    bool repeated;        /* this receipt was booked before: nothing was written */
    struct money balance; /* of the account, after it; 0 without an account */
};

/* Book a payment in the open transaction. The same receipt again, with the same amount, is
 * no failure: *out is then what was booked the first time. With another amount or account
 * it is FAIL_REJECT. */
bool payment_post(struct store *s, const struct payment_new *p, utc_t now,
                  struct payment_posted *out, struct err *e);

#endif
