/*
 * inbox.h - what comes in by text message: each message whole, once, in clean text.
 *
 * A part is a row before the SIM forgets it; the same part twice is one row; parts of one
 * message are linked by our own code, in any order. What becomes of a whole message is the
 * business of talk/: inbox_next_new() and inbox_finish() (meterpost/store/inbox.h).
 *
 * No function here begins or commits a transaction; all need an open one.
 */
#ifndef METERPOST_SMS_INBOX_H
#define METERPOST_SMS_INBOX_H

#include "meterpost/sms/wire.h"
#include "meterpost/store/inbox.h"

#define INBOX_PARTS_WAIT_S DAY_S /* then a message goes on without its missing parts */

struct inbox_source {
    const char *modem;
    const char *imsi; /* "" when the worker has not said */
    const char *country_code;
};

/* Store what a worker brought, whatever it is: text, part, report, poison. After the commit
 * the worker may forget it. False only when the store failed. */
bool inbox_take(struct store *s, const struct inbox_source *from,
                const struct wire_arrived *a, utc_t now, struct err *e);

/* Messages whose missing parts did not come in time, at most at_most of them: on with what
 * there is, marked incomplete. */
bool inbox_late(struct store *s, const char *country_code, utc_t now, int at_most,
                int *done, struct err *e);

/* When inbox_late() has work next; *found is false when no part waits. */
bool inbox_next_late(struct store *s, utc_t *when, bool *found, struct err *e);

/* When it was sent, by the service centre; when it came, where that cannot be: more than
 * ten minutes ahead of us, or longer ago than old_s, in seconds. */
utc_t inbox_sent_at(const struct inbox_row *m, int64_t old_s);

/* The name under which the same message is recognised: SHA-256 of SIM and raw octets (or,
 * without octets, of what the worker decoded). */
void inbox_dedup(const char *sim, const struct wire_arrived *a,
                 uint8_t out[INBOX_DEDUP_SIZE]);

#endif
