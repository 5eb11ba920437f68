/*
 * field_orders.h - rows of what a person does on the spot. In the transaction of the
 * caller.
 */
#ifndef METERPOST_STORE_FIELD_ORDERS_H
#define METERPOST_STORE_FIELD_ORDERS_H

#include "meterpost/store/orders.h"

#define FIELD_KEY_MAX 81 /* bytes with NUL */

struct field_order {
    int64_t id, order_id, meter_id, account_id; /* order_id 0: of its own */
    char key[FIELD_KEY_MAX];                    /* the reason: the same twice is one */
    char action[WORD_MAX];                      /* cut, restore, visit */
    char state[WORD_MAX];                       /* open, sent, done, failed, cancelled */
    char technician[ACTOR_MAX], number[PHONE_MAX];
    char reason[ORDER_REASON_MAX], answer[ORDER_REASON_MAX];
    utc_t created_at, sent_at, ended_at;
    char actor[ACTOR_MAX];
};

/* *added is false when that key was there: *id is that row then. */
bool field_order_add(struct store *s, const struct field_order *f, int64_t *id, bool *added,
                     struct err *e);
bool field_order_by_id(struct store *s, int64_t id, struct field_order *out, bool *found,
                       struct err *e);
/* Write state, technician, number, answer and times. */
bool field_order_save(struct store *s, const struct field_order *f, struct err *e);
/* The first above `after` that nobody was told of yet. */
bool field_order_next_open(struct store *s, int64_t after, struct field_order *out,
                           bool *found, struct err *e);
/* The first above `after` that is open or sent, of an order. */
bool field_order_next_of(struct store *s, int64_t order_id, int64_t after,
                         struct field_order *out, bool *found, struct err *e);
/* Those that wait for an answer of this phone: how many, and the newest. */
bool field_order_sent_to(struct store *s, const char *number, int64_t *count,
                         struct field_order *newest, struct err *e);

#endif
