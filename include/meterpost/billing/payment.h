/*
 * payment.h - money that came in, booked once.
 */
#ifndef METERPOST_BILLING_PAYMENT_H
#define METERPOST_BILLING_PAYMENT_H

#include "meterpost/billing/allocate.h"
#include "meterpost/store/payments.h"

struct payment_new {
    int64_t account_id;    /* 0: not known; it waits in suspense */
    struct money amount;   /* above zero */
    const char *channel;   /* "cash", "bank", "mpesa" */
    const char *reference; /* the receipt's number; "" or NULL: we write the receipt and
                              give it the next number */
    const char *payer;     /* or NULL */
    const char *claim;     /* whose it is, as the payer wrote it; or NULL */
    utc_t paid_at;         /* 0: now */
    int64_t inbox_id;      /* the message that told of it; 0: none */
    const char *actor;
    enum allocation_policy policy;
    int64_t bill_id; /* to be closed first; 0: none */
};

struct payment_posted {
    struct payment payment;
    bool repeated; /* this receipt was booked before: nothing was written */
};

/* Book a payment in the open transaction. The same receipt again, with the same amount, is
 * no failure: *out is then what was booked the first time. With another amount or account
 * it is FAIL_REJECT. */
bool payment_post(struct store *s, const struct payment_new *p, utc_t now,
                  struct payment_posted *out, struct err *e);

/* Where a payment is now. */
struct payment_place {
    int64_t account_id; /* 0: in suspense, or gone */
    bool reversed;
    int seq; /* of the last change; 0: as it was booked */
};

bool payment_where(struct store *s, const struct payment *p, struct payment_place *out,
                   struct err *e);

struct payment_change {
    int64_t payment_id;
    int64_t account_id; /* payment_assign(): to whom */
    int64_t bill_id;    /* to be closed first; 0: none */
    enum allocation_policy policy;
    const char *reason; /* must not be empty */
    const char *actor;
};

/* Give a payment to an account, out of suspense or from another account; what it had
 * closed there is open again. FAIL_REJECT when it is there already or was reversed. */
bool payment_assign(struct store *s, const struct payment_change *c, utc_t now,
                    struct err *e);

/* The money went back, or the cheque bounced: what it had closed is open again. Once. */
bool payment_reverse(struct store *s, const struct payment_change *c, utc_t now,
                     struct err *e);

#endif
