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
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/requests.h"

struct profiles;
struct templates;

/* Ask one meter, as soon as a modem is free: itself, or through its concentrator. While a
 * question to it is open that one is asked now instead. FAIL_REJECT, in a sentence, for a
 * meter that cannot be asked by text message. `actor` is who wants to know. */
bool metering_read_now(struct store *s, const struct profiles *profiles,
                       const struct meter *m, const char *actor, utc_t now,
                       int64_t *request_id, struct err *e);

/* The same of all meters behind a concentrator, with one question. */
bool metering_read_concentrator(struct store *s, const struct profiles *profiles,
                                const struct concentrator *c, const char *actor, utc_t now,
                                int64_t *request_id, struct err *e);

/* Up to at_most steps of what is due: put questions into the outbox, count those as late
 * that have no answer after the reply_timeout of profile or settings, ask again after the
 * pauses of conf->reading.backoff_s, with another modem where there is one, take the next
 * way of conf->reading.fallback after conf->reading.attempts, start the rounds of the
 * settings, close rounds whose time is over or that lack nothing. `templates` (NULL: none)
 * have the text that asks customers. *done steps were made; fewer than at_most: all that
 * was due. */
bool metering_ask_due(struct store *s, const struct conf *conf,
                      const struct profiles *profiles, const struct templates *templates,
                      utc_t now, int at_most, int *done, struct err *e);

/* When metering_ask_due() has something to do next; *found is false when never. */
bool metering_next_due(struct store *s, const struct conf *conf, utc_t now, utc_t *when,
                       bool *found, struct err *e);

/* Something makes a reading wanted: one was held, a meter counts although it is cut off, a
 * customer doubts, staff or a customer ask. Once a day for each cause and meter. While a
 * question is open that one serves. *request_id is 0 when nothing but a person reaches the
 * meter. */
bool metering_ask_for(struct store *s, const struct meter *m, enum request_cause cause,
                      const char *actor, utc_t now, int64_t *request_id, struct err *e);
/* The same, but not before `when`: a reading that comes by itself until then serves. */
bool metering_ask_later(struct store *s, const struct meter *m, enum request_cause cause,
                        const char *actor, utc_t now, utc_t when, int64_t *request_id,
                        struct err *e);

/* The same for all meters of an account. */
bool metering_ask_account(struct store *s, int64_t account_id, enum request_cause cause,
                          const char *actor, utc_t now, struct err *e);

/* A customer texted what the meter shows: *r comes with value, unit, register, taken_at,
 * received_at and inbox_id. It is checked and stored as any other, rounds and questions
 * that wait for it are served. */
bool metering_take_customer_reading(struct store *s, const struct conf *conf,
                                    const struct meter *m, struct reading *r,
                                    struct err *e);

#endif
