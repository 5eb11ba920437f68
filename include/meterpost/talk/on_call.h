/*
 * on_call.h - alarms by text message to the staff on call: those with on_call=1 at once, in
 * one text for all that came within alarms.group; when nobody has texted SEEN for
 * alarms.escalate, those with the next number.
 */
#ifndef METERPOST_TALK_ON_CALL_H
#define METERPOST_TALK_ON_CALL_H

#include "meterpost/talk/desk.h"

bool on_call_due(struct desk *d, int *done, struct err *e);
/* When there is somebody to tell next; 0: never. */
bool on_call_next_due(struct desk *d, utc_t *when, struct err *e);

#endif
