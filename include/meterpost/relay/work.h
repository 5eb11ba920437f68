/*
 * work.h - orders at work: what the engine calls each turn, and what it tells of.
 *
 * All functions run in the open transaction of a turn.
 */
#ifndef METERPOST_RELAY_WORK_H
#define METERPOST_RELAY_WORK_H

#include "meterpost/relay/order.h"
#include "meterpost/store/bus_jobs.h"
#include "meterpost/store/inbox.h"

/* Up to at_most steps of what is due: restores of who has paid, commands that may go out,
 * looks at relays, what is too late. *done steps were made. */
bool relay_work(const struct relay *r, int at_most, int *done, struct err *e);

/* When relay_work() has something to do next by itself. */
bool relay_next_due(struct store *s, const struct conf *conf, utc_t now, utc_t *when,
                    bool *found, struct err *e);

/* The last moment before a modem gets message `outbox_id`: when it is a command, the guards
 * are asked again. *may is false when it must not go: the message was withdrawn. */
bool relay_gate(const struct relay *r, int64_t outbox_id, bool *may, struct err *e);
/* The same before the worker of a wire gets a job that switches. */
bool relay_gate_job(const struct relay *r, const struct bus_job *j, bool *may,
                    struct err *e);

/* What a meter said. */
struct relay_heard {
    int64_t meter_id, inbox_id;
    const char *kind;  /* "relay", "ack", "error", ... */
    const char *relay; /* closed, open, armed; "" when it says nothing of it */
    const char *order; /* the number that it answers; "" */
    utc_t sent_at;     /* by the service centre */
    const char *word;  /* of an error */
};

/* *put_aside is set, with the reason in `why`, when it answers an order that is not that
 * meter's, or one of long ago. */
bool relay_hear(const struct relay *r, const struct relay_heard *h, bool *put_aside,
                char why[ERR_TEXT_MAX], struct err *e);

/* The machine has just started: is its clock to be believed? Without word from outside
 * nothing is cut. */
bool relay_clock_doubt(const struct relay *r, const char *why, struct err *e);
/* A message came, with the time of its service centre: where both clocks agree ours is
 * right. Only the engine's own doubt ends so, not that of a person. */
bool relay_clock_heard(const struct relay *r, utc_t smsc_at, utc_t received_at,
                       struct err *e);

#endif
