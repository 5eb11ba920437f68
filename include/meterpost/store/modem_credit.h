/*
 * modem_credit.h - what is left on the SIM of each modem, and until when.
 */
#ifndef METERPOST_STORE_MODEM_CREDIT_H
#define METERPOST_STORE_MODEM_CREDIT_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

struct modem_credit {
    bool has_balance;
    struct money balance;
    bool low;         /* as the carrier said */
    utc_t told_at;    /* those two; 0: never */
    utc_t expires_at; /* start of its last day; 0: not known */
    utc_t next_at;    /* it is asked for again */
};

/* All zero when nothing is known. */
bool modem_credit_get(struct store *s, const char *modem, struct modem_credit *out,
                      struct err *e);
bool modem_credit_save(struct store *s, const char *modem, const struct modem_credit *c,
                       struct err *e);

#endif
