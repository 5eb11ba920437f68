/*
 * talk.h - rows of what people said about themselves by text message: what they do not want
 * to get, who gets no answers, what they call their accounts, changes of phones.
 * All functions run in the transaction of the caller.
 */
#ifndef METERPOST_STORE_TALK_H
#define METERPOST_STORE_TALK_H

#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/store.h"

/* ---- consent: by category; what the law wants people to get has none ---- */

enum consent_category {
    CONSENT_OPTIONAL, /* questions for readings, tips */
    CONSENT_BILLS,    /* bills by text message; then they come on paper */
};

/* Note that a number stopped a category, or wants it again. */
bool consent_set(struct store *s, const char *number, enum consent_category category,
                 bool stopped, int64_t inbox_id, const char *actor, utc_t now,
                 struct err *e);
bool consent_stopped(struct store *s, const char *number, enum consent_category category,
                     bool *stopped, struct err *e);

/* ---- who gets no answers ---- */

#define MUTE_EVERYBODY "*"

bool mute_add(struct store *s, const char *number, utc_t until, const char *reason,
              const char *actor, utc_t now, int64_t *id, struct err *e);
/* End what is on for a number; *ended rows. */
bool mute_end(struct store *s, const char *number, utc_t now, int64_t *ended,
              struct err *e);
/* True when the number, or everybody, is muted. */
bool mute_is(struct store *s, const char *number, utc_t now, bool *muted, struct err *e);

/* ---- floods: what was answered ---- */

struct reply_counts {
    int64_t to_number;     /* answers to this number in the short while */
    int64_t to_number_day; /* and in a day */
    int64_t all;           /* to anybody in an hour */
    bool same;             /* the very same text went to it in the short while */
};

/* `short_s` seconds are the short while. */
bool reply_count(struct store *s, const char *number, const char *text, int short_s,
                 utc_t now, struct reply_counts *out, struct err *e);
/* True when the text is one that went to this number since then: our own words come back.
 */
bool reply_is_echo(struct store *s, const char *number, const char *text, utc_t since,
                   bool *echo, struct err *e);
/* How many messages of this number since then were handled as `reason`. */
bool inbox_count_reason(struct store *s, const char *number, const char *reason,
                        utc_t since, int64_t *count, struct err *e);
/* Put other words in the place of a text that held a code, and forget its octets. */
bool inbox_mask(struct store *s, int64_t id, const char *text, struct err *e);

/* A meter in use by the letters and digits of its number alone, capital. */
bool meter_by_reference(struct store *s, const char *reference, struct meter *out,
                        bool *found, struct err *e);
/* How many tickets are open. */
bool ticket_count_open(struct store *s, int64_t *count, struct err *e);

/* ---- phones ---- */

/* Since when nobody doubts that a phone is of an account's people: when it was added, or
 * when it last proved it. 0: it is no phone of an open account. */
bool phone_seen(struct store *s, const char *number, utc_t *seen, struct err *e);
/* How many messages to it could not be delivered since then; 0 when one could. */
bool phone_undelivered(struct store *s, const char *number, utc_t since, int64_t *count,
                       struct err *e);
bool phone_set_seen(struct store *s, const char *number, utc_t now, struct err *e);
/* The role of a phone at an account, and since when; *found is false when it has none. */
bool phone_role_at(struct store *s, int64_t account_id, const char *number,
                   enum phone_role *role, utc_t *since, bool *found, struct err *e);

bool nick_set(struct store *s, const char *number, int64_t account_id, const char *nick,
              struct err *e);
/* "" when it has none. */
bool nick_get(struct store *s, const char *number, int64_t account_id, char out[WORD_MAX],
              struct err *e);

struct phone_change {
    int64_t id, account_id;
    char number[PHONE_MAX];
    enum phone_role role;
    char asked_by[PHONE_MAX];
    char ref[8];            /* what a YES must name */
    utc_t asked_at, due_at; /* due_at 0: only when somebody says yes */
};

bool phone_change_add(struct store *s, const struct phone_change *c, int64_t *id,
                      struct err *e);
/* How many were asked for since then, whatever became of them. */
bool phone_change_count(struct store *s, int64_t account_id, utc_t since, int64_t *count,
                        struct err *e);
/* The oldest of an account that waits and was not asked for by `by`; the oldest of all that
 * are due. */
bool phone_change_waiting(struct store *s, int64_t account_id, const char *by,
                          struct phone_change *out, bool *found, struct err *e);
bool phone_change_next(struct store *s, utc_t now, struct phone_change *out, bool *found,
                       struct err *e);
bool phone_change_by_id(struct store *s, int64_t id, struct phone_change *out, bool *found,
                        struct err *e);
bool phone_change_end(struct store *s, int64_t id, bool done, const char *actor, utc_t now,
                      struct err *e);
/* When the next is due; *found false: none waits. */
bool phone_change_next_due(struct store *s, utc_t *when, bool *found, struct err *e);

#endif
