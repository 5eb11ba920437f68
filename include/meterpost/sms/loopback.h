/*
 * loopback.h - texts that a modem of ours gets from us, to see that it hears: a modem that
 * has lost its cell still says that it is registered.
 *
 * Each is a step "loop" of the care of that modem (store/modem_care.h), running until its
 * text comes in. It carries the step's number and a word that nobody else knows.
 * No function here begins or commits a transaction; all need an open one.
 */
#ifndef METERPOST_SMS_LOOPBACK_H
#define METERPOST_SMS_LOOPBACK_H

#include "meterpost/base/conf.h"
#include "meterpost/store/store.h"

/* Queue one to `m`; it leaves over the modem `via`. *step is the number of its step. */
bool loopback_send(struct store *s, const struct conf_modem *m, const char *via,
                   const char *actor, utc_t now, int64_t *step, struct err *e);

/* Is a text that came in one of them? *mine; then its step is done, unless that is over. */
bool loopback_take(struct store *s, const char *text, utc_t now, bool *mine, struct err *e);

/* What became of the text of a step. */
enum loopback_way {
    LOOPBACK_WAITS,  /* in the outbox, or on its way to the network */
    LOOPBACK_SENT,   /* the network took it */
    LOOPBACK_FAILED, /* it did not leave */
};
bool loopback_way(struct store *s, int64_t step, enum loopback_way *way, struct err *e);

#endif
