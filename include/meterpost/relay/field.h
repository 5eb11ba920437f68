/*
 * field.h - orders for a technician: what cannot be done from afar, by text message, with
 * `DONE 12` or `FAILED 12 nobody at home` as the answer.
 *
 * All functions run in the open transaction of the caller.
 */
#ifndef METERPOST_RELAY_FIELD_H
#define METERPOST_RELAY_FIELD_H

#include "meterpost/relay/order.h"
#include "meterpost/store/field_orders.h"

struct field_wish {
    const struct meter *meter;
    const char *action;     /* cut, restore, visit */
    const char *reason;     /* for the technician */
    const char *key;        /* the same twice is one order */
    const char *technician; /* name; NULL: who the settings name */
    const char *number;     /* phone; NULL: the one of the settings */
    int64_t order_id;       /* that it is for; 0: none */
};

/* Make one; it is sent when there is a number. *id names it, also when its key was there.
 */
bool relay_field_add(const struct relay *r, const struct relay_who *who,
                     const struct field_wish *w, int64_t *id, struct err *e);

/* The technician says what came of it. The relay is looked at where that is possible; what
 * cannot be asked is believed. FAIL_REJECT for one that does not wait for an answer, or
 * when `number` (NULL: any) is not the phone that it was sent to. */
bool relay_field_answer(const struct relay *r, const struct relay_who *who, int64_t id,
                        const char *number, bool done, const char *answer, struct err *e);

/* Which one an answer without a number means: the only one that waits for this phone.
 * FAIL_REJECT when there are none or several. */
bool relay_field_meant(const struct relay *r, const char *number, int64_t *id,
                       struct err *e);

#endif
