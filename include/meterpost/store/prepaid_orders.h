/*
 * prepaid_orders.h - rows of limits, tokens and credit that were sent to meters. In the
 * transaction of the caller.
 */
#ifndef METERPOST_STORE_PREPAID_ORDERS_H
#define METERPOST_STORE_PREPAID_ORDERS_H

#include "meterpost/store/orders.h"

#define PREPAID_VALUE_MAX 61 /* bytes with NUL */

struct prepaid_order {
    int64_t id, meter_id, outbox_id; /* outbox_id 0: not yet */
    char action[WORD_MAX];           /* limit, token, credit */
    char value[PREPAID_VALUE_MAX];
    char actor[ACTOR_MAX];
    utc_t made_at;
};

bool prepaid_order_add(struct store *s, const struct prepaid_order *o, int64_t *id,
                       struct err *e);
bool prepaid_order_sent(struct store *s, int64_t id, int64_t outbox_id, struct err *e);
/* The newest of a meter that was made after `since` and has no answer; `id` 0: any. */
bool prepaid_order_open(struct store *s, int64_t meter_id, int64_t id, utc_t since,
                        struct prepaid_order *out, bool *found, struct err *e);
/* The meter has said what became of it. */
bool prepaid_order_answer(struct store *s, int64_t id, const char *answer, utc_t now,
                          struct err *e);

#endif
