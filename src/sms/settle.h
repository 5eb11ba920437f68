/*
 * settle.h - how much of libGammu's own waits a modem needs: found out by sending.
 *
 * libGammu rests 0.7 s in every send, whatever the modem. A modem that takes its messages
 * with less is given less, a step at a time; at the first sign of trouble it has all of it
 * again, until its worker starts anew. Pure.
 */
#ifndef METERPOST_SMS_SETTLE_H
#define METERPOST_SMS_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

enum settle_sign {
    SETTLE_GOOD,    /* a part was taken by the network */
    SETTLE_TROUBLE, /* the modem did not understand, or did not answer */
    SETTLE_NOTHING, /* an error that has nothing to do with the pace */
};

struct settle {
    uint8_t percent; /* to be used now */
    bool looking;    /* for a shorter wait */
    int good;        /* parts at this percentage */
};

void settle_start(struct settle *s, uint8_t percent, bool look);

/* What became of a part at s->percent. True when the percentage has changed. */
bool settle_learn(struct settle *s, enum settle_sign sign);

#endif
