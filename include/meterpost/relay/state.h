/*
 * state.h - what may become of an order: a table. Pure.
 */
#ifndef METERPOST_RELAY_STATE_H
#define METERPOST_RELAY_STATE_H

#include "meterpost/store/orders.h"

enum order_event {
    ORDER_APPROVE,
    ORDER_QUEUE,  /* it is being prepared for the modem or the wire */
    ORDER_LEAVE,  /* the command has left */
    ORDER_UNSENT, /* it certainly has not, and may be tried again */
    ORDER_ACK,    /* the meter has answered the command */
    ORDER_ARM,    /* the meter allows to close: somebody must press a button */
    ORDER_PROVE,  /* a separate look shows the relay as it should be */
    ORDER_DOUBT,  /* nobody knows whether it acted */
    ORDER_AGAIN,  /* a look shows that it did not act, and no copy can any more */
    ORDER_GIVE_UP,
    ORDER_EXPIRE,
    ORDER_CANCEL,
    ORDER_TURN, /* its reason has gone while it was on its way: the opposite follows */
    ORDER_EVENTS
};

/* The state after an event; ORDER_STATES when that may not happen in `now`. */
enum order_state order_after(enum order_state now, enum order_event event);
const char *order_event_name(enum order_event event);

/* Nothing follows. */
bool order_state_is_final(enum order_state state);
/* The command may have left. */
bool order_state_is_out(enum order_state state);

#endif
