/*
 * cash.h - tills and agents as the business uses them: what a till must hold at its close,
 * what an agent may still take. In the open transaction of the caller.
 */
#ifndef METERPOST_BILLING_CASH_H
#define METERPOST_BILLING_CASH_H

#include "meterpost/store/payments.h"
#include "meterpost/store/tills.h"

struct cash_close {
    int64_t number; /* of the Z report */
    struct money opening, taken, expected, counted, difference;
};

bool cash_open(struct store *s, const char *till, struct money opening, const char *actor,
               utc_t now, int64_t *number, struct err *e);
bool cash_count(struct store *s, const char *till, struct money counted, utc_t now,
                struct cash_close *out, struct err *e);
/* Book what is over or short and close. FAIL_REJECT when nobody counted. */
bool cash_close(struct store *s, const char *till, const char *actor, utc_t now,
                struct cash_close *out, struct err *e);

/* May money come by this channel now? A till that was ever opened must be open; an agent
 * must be known, and hold no more than the ceiling with it. FAIL_REJECT says why not. */
bool cash_guard(struct store *s, const char *channel, struct money amount, struct err *e);

/* An agent's part of a payment that was just posted, where there is one. */
bool cash_commission(struct store *s, const struct payment *p, struct err *e);

/* Money of a till ("cash", "cash:north") or of an agent ("agent:amina") goes on into
 * another channel ("bank", "cash"). `receipt` makes it once; *held is what stays. Where a
 * bank's statement shows a receipt with that number and amount, it is this and no payment.
 */
bool cash_hand_over(struct store *s, const char *from, const char *to, struct money amount,
                    const char *receipt, utc_t now, struct money *held, struct err *e);

#endif
