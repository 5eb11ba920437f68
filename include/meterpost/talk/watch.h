/* watch.h - what staff set going by text message and is over: told to who did. */
#ifndef METERPOST_TALK_WATCH_H
#define METERPOST_TALK_WATCH_H

#include "meterpost/talk/desk.h"

/* Orders that are proven, failed or cancelled, vouchers that the network took or not; up to
 * at_most, in the open transaction. */
bool watch_due(struct desk *d, int at_most, int *done, struct err *e);

#endif
