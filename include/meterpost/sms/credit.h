/*
 * credit.h - the credit and the last day of the SIMs: kept, and an alarm when either is
 * near its end.
 *
 * No function here begins or commits a transaction; all need an open one.
 */
#ifndef METERPOST_SMS_CREDIT_H
#define METERPOST_SMS_CREDIT_H

#include "meterpost/base/conf.h"
#include "meterpost/sms/carrier.h"
#include "meterpost/store/modem_credit.h"

/* What a network said about the SIM of a modem. `told` gets a sentence about it for people
 * ("250.00 left, until 2026-12-31"), `size` bytes. */
bool credit_take(struct store *s, const struct conf *c, const struct conf_modem *m,
                 const struct carrier_said *said, utc_t now, char *told, size_t size,
                 struct err *e);

/* Is the last day near, as the network told it or as the configuration has it? Once a day
 * is often enough. */
bool credit_watch_expiry(struct store *s, const struct conf *c, const struct conf_modem *m,
                         utc_t now, struct err *e);

#endif
