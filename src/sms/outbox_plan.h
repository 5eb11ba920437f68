/* outbox_plan.h - how a queued message is cut, when it is added and when it leaves. */
#ifndef METERPOST_SMS_OUTBOX_PLAN_H
#define METERPOST_SMS_OUTBOX_PLAN_H

#include "meterpost/sms/segment.h"
#include "meterpost/store/outbox.h"

#define OCTETS_MAX 1340 /* ten parts of data */

/* *m in parts whose header has a reference of so many bits. Data is in *octets then, which
 * has OCTETS_MAX bytes. FAIL_REJECT when it is too long, or no data. */
bool outbox_plan(const struct outbox_row *m, unsigned ref_bits, struct segments *plan,
                 uint8_t *octets, struct err *e);

#endif
