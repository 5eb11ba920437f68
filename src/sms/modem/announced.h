/*
 * announced.h - the stored messages that the engine has been told of, until it has
 * committed them and they are gone from the SIM.
 */
#ifndef METERPOST_SMS_MODEM_ANNOUNCED_H
#define METERPOST_SMS_MODEM_ANNOUNCED_H

#include "modem.h"

#define ANNOUNCED_MAX 512 /* what else is stored waits for its turn in SIM and modem */

struct announcement {
    uint64_t token; /* 0: this row is free */
    struct place where;
    struct octets what;
    bool forget; /* committed: to be deleted, or deleted and not yet seen gone */
    bool seen;   /* in the walk that is on */
};

struct announced {
    uint64_t last_token;
    struct announcement row[ANNOUNCED_MAX];
};

/* The row of what lies at a place and is `what`; NULL when it is not there. A row of the
 * same place that is something else is dropped: that message is gone. */
struct announcement *announced_find(struct announced *a, const struct place *where,
                                    const struct octets *what);

/* A new row with a token that was never used; NULL when there is no room. */
struct announcement *announced_add(struct announced *a, const struct place *where,
                                   const struct octets *what);

/* By token; NULL when there is none. */
struct announcement *announced_by_token(struct announced *a, uint64_t token);

/* How many the engine has not committed yet. */
int announced_open(const struct announced *a);

void announced_drop(struct announcement *row);

/* Around a walk over all places: what a whole walk did not see is dropped. */
void announced_walk_begin(struct announced *a);
void announced_walk_end(struct announced *a);

#endif
