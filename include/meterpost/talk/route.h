/*
 * route.h - who an incoming message is from decides who handles it.
 *
 * The sender is a claim: a number identifies, it never authorises. The routes are tried in
 * the order of the table in route.c; the first that knows the sender handles the message
 * whole, in the open transaction: what it leads to (readings, an answer) and what became of
 * it are committed together.
 */
#ifndef METERPOST_TALK_ROUTE_H
#define METERPOST_TALK_ROUTE_H

#include "meterpost/sms/inbox.h"
#include "meterpost/talk/desk.h"

/* Handle one message in state `new`: afterwards it is done, ignored or quarantined. False
 * only when the store failed (FAIL_RETRY, FAIL_FATAL) or a handler could not go on
 * (FAIL_REJECT): undo the transaction; on FAIL_REJECT put the row aside with the reason. */
bool talk_route(struct desk *d, const struct inbox_row *m, struct err *e);

/* Hide what may be a code in the row of a message. talk_route() does; whoever undoes its
 * work and keeps the message must do it again. */
bool talk_mask(struct desk *d, const struct inbox_row *m, struct err *e);

#endif
