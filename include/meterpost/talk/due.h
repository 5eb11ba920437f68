/*
 * due.h - what conversations do by themselves: phones that waited long enough, the
 * evening's digest and head of the audit, alarms that nobody has seen, what came of
 * commands.
 */
#ifndef METERPOST_TALK_DUE_H
#define METERPOST_TALK_DUE_H

#include "meterpost/talk/desk.h"

/* Up to at_most steps of what is due, in the open transaction. */
bool talk_do_due(struct desk *d, int at_most, int *done, struct err *e);

/* When there is something to do next; 0: never. */
bool talk_next_due(struct desk *d, utc_t *when, struct err *e);

#endif
