/*
 * ask.h - questions to meters: who is asked when, how often, and when it is given up.
 *
 * A question is a row (store/requests.h); its text is the profile's, with the fields
 * {{meter}} {{address}} {{password}} {{port}} {{order}} {{now}}; it leaves through the
 * outbox. All functions run in the open transaction.
 */
#ifndef METERPOST_METERING_ASK_H
#define METERPOST_METERING_ASK_H

#include "meterpost/base/conf.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/requests.h"

struct profiles;

/* Ask one meter, as soon as a modem is free: itself, or through its concentrator. While a
 * question to it is open that one is asked now instead. FAIL_REJECT, in a sentence, for a
 * meter that cannot be asked by text message. `actor` is who wants to know. */
bool metering_read_now(struct store *s, const struct profiles *profiles,
                       const struct meter *m, const char *actor, utc_t now,
                       int64_t *request_id, struct err *e);

/* Up to at_most steps of what is due: put questions into the outbox, count those as late
 * that have no answer after the reply_timeout of profile or settings, ask again after the
 * pauses of conf->reading.backoff_s, give up after conf->reading.attempts, close rounds
 * whose time is over or that lack nothing. *done steps were made; fewer than at_most: all
 * that was due.
 */
bool metering_ask_due(struct store *s, const struct conf *conf,
                      const struct profiles *profiles, utc_t now, int at_most, int *done,
                      struct err *e);

/* When metering_ask_due() has something to do next; *found is false when never. */
bool metering_next_due(struct store *s, utc_t *when, bool *found, struct err *e);

#endif
