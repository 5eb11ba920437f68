/*
 * rounds.h - rows of reading rounds: which meters are expected, which came in.
 */
#ifndef METERPOST_STORE_ROUNDS_H
#define METERPOST_STORE_ROUNDS_H

#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/requests.h"
#include "meterpost/store/store.h"

enum round_meter_state {
    ROUND_EXPECTED,
    ROUND_IN,
    ROUND_HELD,
    ROUND_MISSING,
    ROUND_METER_STATES
};

struct round {
    int64_t id;
    char name[KEY_MAX];
    int64_t group_id; /* 0: all meters */
    utc_t started_at, closes_at;
    utc_t closed_at; /* 0: running */
    char window[16]; /* of its questions, "22:00-06:00"; only for the start */
    char actor[ACTOR_MAX];
};

struct round_counts {
    int64_t of[ROUND_METER_STATES];
};

const char *round_meter_state_name(enum round_meter_state state);

bool round_add(struct store *s, const struct round *r, int64_t *id, struct err *e);
bool round_by_name(struct store *s, const char *name, struct round *out, bool *found,
                   struct err *e);
/* The running round that closes first. */
bool round_next_to_close(struct store *s, struct round *out, bool *found, struct err *e);
/* A running round of which every meter is in, or held. */
bool round_next_complete(struct store *s, struct round *out, bool *found, struct err *e);
bool round_set_closed(struct store *s, int64_t id, utc_t now, struct err *e);

/* Expect every meter of the round's scope that is installed, or is a check meter. The scope
 * is r->group_id with all groups below it, or everything. */
bool round_expect(struct store *s, const struct round *r, int64_t *meters, struct err *e);

/* One waiting request to each expected meter that has a phone and profile of its own, and
 * one to each concentrator before expected meters that have none; next_at is `ask_at`. */
bool round_ask_meters(struct store *s, const struct round *r, utc_t ask_at,
                      int64_t *requests, struct err *e);
bool round_ask_concentrators(struct store *s, const struct round *r, utc_t ask_at,
                             int64_t *requests, struct err *e);

/* One waiting request by bus to each expected meter that has no other way. */
bool round_ask_buses(struct store *s, const struct round *r, utc_t ask_at,
                     int64_t *requests, struct err *e);

/* ---- whom a round would ask (round_rows.c) ---- */

struct round_target {   /* a phone that gets one question */
    char name[KEY_MAX]; /* of the meter or concentrator */
    char phone[PHONE_MAX], profile[WORD_MAX], address[WORD_MAX], password[WORD_MAX];
    int port;
    int64_t meters; /* that one question is for */
};

/* False stops, with *e. */
typedef bool round_target_fn(const struct round_target *t, void *context, struct err *e);
bool round_each_target(struct store *s, int64_t group_id, round_target_fn *row,
                       void *context, struct err *e);
/* Meters in the scope, and those that only a bus reaches. */
bool round_count_scope(struct store *s, int64_t group_id, int64_t *meters, int64_t *by_bus,
                       struct err *e);

/* ---- its meters, and how they stand ---- */

struct round_member {
    char meter[KEY_MAX];
    enum round_meter_state state;
    int64_t group_id;
    char concentrator[KEY_MAX]; /* that is asked for it; "" when it has a phone itself */
    char carrier[WORD_MAX];     /* of its SIM, else the first digits of its number */
    char device[WORD_MAX];      /* modem that asked it last; "" none */
    char request[WORD_MAX];     /* state of its question */
    char channel[WORD_MAX];
    int attempts;
    utc_t next_at;
    char reason[REQUEST_WHY_MAX];
};

typedef bool round_member_fn(const struct round_member *m, void *context);
bool round_each_member(struct store *s, int64_t round_id, round_member_fn *row,
                       void *context, struct err *e);

/* The first meter with an id above `after` that is expected by a question. */
bool round_next_expected(struct store *s, int64_t request_id, int64_t after,
                         int64_t *meter_id, bool *found, struct err *e);
/* Another question asks for a meter of the round now. */
bool round_set_request(struct store *s, int64_t round_id, int64_t meter_id,
                       int64_t request_id, struct err *e);

bool round_count(struct store *s, int64_t id, struct round_counts *out, struct err *e);

/* Meters of a request that are still expected. */
bool round_count_expected(struct store *s, int64_t request_id, int64_t *count,
                          struct err *e);

/* A reading of a meter came: what running rounds that started before `received_at` make of
 * it. A meter that is in stays in. */
bool round_meter_came(struct store *s, int64_t meter_id, bool held, utc_t received_at,
                      struct err *e);
/* Those of a request, or of a round, that are still expected will not come. */
bool round_meters_missing(struct store *s, int64_t request_id, struct err *e);
/* Withdraw the messages of the open questions of a round that have not left, and end the
 * tries whose message did not. */
bool round_cancel_messages(struct store *s, int64_t round_id, const char *reason,
                           struct err *e);
bool round_end_attempts(struct store *s, int64_t round_id, const char *reason, utc_t now,
                        struct err *e);
/* Give up the open questions of a round. */
bool round_fail_requests(struct store *s, int64_t round_id, const char *reason,
                         struct err *e);
bool round_rest_missing(struct store *s, int64_t round_id, struct err *e);

#endif
