/*
 * requests.h - rows of questions to devices: who is asked what, how often, until when.
 *
 *   waiting --asked by message--> asked --reply--> answered
 *      ^                            |
 *      +------ late, once more -----+---- late, no more --> failed
 */
#ifndef METERPOST_STORE_REQUESTS_H
#define METERPOST_STORE_REQUESTS_H

#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/store.h"

#define REQUEST_KEY_MAX   81  /* bytes with NUL */
#define REQUEST_WHY_MAX   241 /* bytes with NUL */
#define MESSAGE_STATE_MAX 16  /* bytes with NUL */

enum request_kind { REQUEST_READ, REQUEST_RELAY };
enum request_channel { REQUEST_BY_SMS, REQUEST_BY_BUS, REQUEST_BY_CUSTOMER };
/* Why somebody wants to know. */
enum request_cause {
    REQUEST_FOR_OPERATOR,
    REQUEST_FOR_ROUND,
    REQUEST_FOR_HELD,    /* a reading was held: once more */
    REQUEST_FOR_CUT,     /* does it count although it was cut off? */
    REQUEST_FOR_DISPUTE, /* a customer doubts a reading */
    REQUEST_FOR_SILENCE, /* nothing was heard for long */
    REQUEST_FOR_STAFF,
    REQUEST_FOR_CUSTOMER,
    REQUEST_FOR_SIBLING, /* registers that use to come together did not */
};
enum request_state {
    REQUEST_WAITING,
    REQUEST_ASKED,
    REQUEST_ANSWERED,
    REQUEST_FAILED,
};

struct request {
    int64_t id;
    char key[REQUEST_KEY_MAX]; /* the reason: the same twice is one request */
    enum request_kind kind;
    int64_t meter_id, concentrator_id; /* one of them is 0 */
    int64_t round_id;                  /* 0: none */
    enum request_channel channel;
    enum request_cause cause;
    enum request_state state;
    int attempts;    /* in all */
    int tries;       /* by the present channel */
    char window[16]; /* asked only then: "22:00-06:00"; "": any time */
    utc_t created_at;
    utc_t next_at; /* waiting: ask then; asked: without an answer until then it is late */
    utc_t expires_at; /* not asked any more from then on */
    utc_t answered_at;
    int64_t inbox_id; /* of the answer */
    char reason[REQUEST_WHY_MAX];
    char actor[ACTOR_MAX];
};

const char *request_cause_name(enum request_cause cause);
const char *request_channel_name(enum request_channel channel);
enum request_channel request_channel_of(const char *name);

/* Add one that waits. *added is false when the key was there: *id is that row then. */
bool request_add(struct store *s, const struct request *r, int64_t *id, bool *added,
                 struct err *e);
bool request_by_id(struct store *s, int64_t id, struct request *out, bool *found,
                   struct err *e);
/* Write state, channel, attempts, tries, window, next_at, answered_at, inbox_id and reason.
 */
bool request_save(struct store *s, const struct request *r, struct err *e);

/* Ask meters with a phone, and concentrators with meters, of which nothing was heard since
 * now - silence_s, and that were not asked for that since then; at most `at_most` of each.
 * *asked of them. */
bool request_add_silent(struct store *s, utc_t now, int64_t silence_s, int at_most,
                        int64_t *asked, struct err *e);

/* The open request (waiting or asked) with the earliest next_at <= now. */
bool request_next_due(struct store *s, utc_t now, struct request *out, bool *found,
                      struct err *e);
/* The first open request of a round with an id above `after` whose message has left. */
bool request_sent_of_round(struct store *s, int64_t round_id, int64_t after,
                           struct request *out, bool *found, struct err *e);
/* The earliest next_at of all that are open. */
bool request_next_at(struct store *s, utc_t *when, bool *found, struct err *e);

/* The first request of a kind to a device, with an id above `after`, that is open. One of
 * meter_id and concentrator_id is 0. */
bool request_open_of(struct store *s, enum request_kind kind, int64_t meter_id,
                     int64_t concentrator_id, int64_t after, struct request *out,
                     bool *found, struct err *e);

/* The question that was asked first of those that a phone has not answered: to a meter, or
 * (meter_id 0) to a concentrator or any meter behind it. */
bool request_asked_of(struct store *s, int64_t meter_id, int64_t concentrator_id,
                      struct request *out, bool *found, struct err *e);

/* Where the last message of a request is: its state in words and when it left (0: it has
 * not). */
bool request_message(struct store *s, int64_t id, char state[MESSAGE_STATE_MAX],
                     utc_t *sent_at, bool *found, struct err *e);

#endif
