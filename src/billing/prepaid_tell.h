/* prepaid_tell.h - the notice of a credit that goes down; for src/billing alone. */
#ifndef METERPOST_SRC_BILLING_PREPAID_TELL_H
#define METERPOST_SRC_BILLING_PREPAID_TELL_H

#include "meterpost/billing/prepaid.h"

/* Queue `prepaid-low.sms` or `prepaid-empty.sms`. *told is false without phone, without
 * templates, and when the text cannot be written, which is logged. */
bool prepaid_tell(const struct billing *b, const struct account *a,
                  const struct prepaid_state *now, bool *told, struct err *e);

#endif
