/*
 * receipt.h - the text message that thanks for a payment. Called wherever a payment was
 * given to an account, in the same transaction.
 */
#ifndef METERPOST_BILLING_RECEIPT_H
#define METERPOST_BILLING_RECEIPT_H

#include "meterpost/base/conf.h"
#include "meterpost/render/template.h"
#include "meterpost/store/store.h"

#define RECEIPT_OLD_S (7 * DAY_S) /* of a payment this old nobody is told any more */

/* Queue the template `receipt.sms` to the account that has the payment now, once a payment
 * and account. Nothing is queued when billing.receipts is off, when nobody has the payment
 * (suspense), when the account has no phone or the payment is old; a template that cannot
 * be filled is logged. False only when the store failed. */
bool receipt_tell(struct store *s, const struct conf *conf,
                  const struct templates *templates, int64_t payment_id, utc_t now,
                  struct err *e);

#endif
