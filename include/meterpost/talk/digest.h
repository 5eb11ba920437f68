/*
 * digest.h - how the day stands, in one text; and what staff asked for and came later.
 */
#ifndef METERPOST_TALK_DIGEST_H
#define METERPOST_TALK_DIGEST_H

#include "meterpost/talk/desk.h"

/* The fields of the templates `digest` and `staff-status`. */
bool digest_view(struct desk *d, json_t *view, struct err *e);

/* At staff.digest each day, once: the digest to those who want it, the head of the audit to
 * staff.audit_to. */
bool digest_due(struct desk *d, int *done, struct err *e);
/* When that is next; 0: nobody wants it. */
bool digest_next_due(struct desk *d, utc_t *when, struct err *e);

/* Readings that staff asked for and that have come, or will not: told to who asked. */
bool digest_waits(struct desk *d, int at_most, int *done, struct err *e);

#endif
