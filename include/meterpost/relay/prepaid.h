/*
 * prepaid.h (relay) - a limit, a token or credit for a meter that keeps its own
 * account, by text message, where its profile has words for it.
 *
 * What is in doubt goes again, with the same number: a limit is a limit, a token is taken
 * once by every meter that takes tokens, and credit is only sent where the text carries the
 * number of the order. Nothing is booked: the money is another matter (billing/payment.h).
 * In the open transaction of the caller.
 */
#ifndef METERPOST_RELAY_PREPAID_H
#define METERPOST_RELAY_PREPAID_H

#include "meterpost/relay/order.h"
#include "meterpost/relay/work.h"

/* Orders of this kind carry their number and this much, so that an answer with a number is
 * of one kind of order only. */
#define PREPAID_ORDER_FIRST 900000000

/* Send `action` ("limit", "token", "credit") with `value` to a meter. A token is digits,
 * blanks and dashes, 8 to 60 digits; the others are decimals, zero or more. FAIL_REJECT
 * when it is not, or when the meter has no words for it. */
bool relay_prepaid_send(const struct relay *r, const struct relay_who *who,
                        const struct meter *m, const char *action, const char *value,
                        int64_t *id, struct err *e);

/* Is it an answer to one of these? Then *mine, and it is noted. */
bool relay_prepaid_hear(const struct relay *r, const struct relay_heard *h, bool *mine,
                        struct err *e);

#endif
