/*
 * staff.h - who may command by text message: people with a role, their phone, and what
 * their codes are checked against.
 *
 * A phone identifies, it never authorises: staff_by_phone() tells who somebody claims to
 * be; meterpost/talk/code.h tells whether a code proves it. Keys are sealed before they
 * come here, codes of a sheet are hashed. Nothing is deleted. All functions run in the
 * transaction of the caller.
 */
#ifndef METERPOST_STORE_STAFF_H
#define METERPOST_STORE_STAFF_H

#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/store.h"

#include <stddef.h>
#include <stdint.h>

#define STAFF_SEALED_MAX 128 /* bytes of a sealed key */
#define STAFF_HASH       32  /* bytes of the hash of a code */
#define STAFF_MAX        64  /* people in use that a function lists at most */
#define SHEET_CODES      100 /* numbered 1 to 100 */

enum staff_role {
    STAFF_READER,   /* reads meters, looks, reports */
    STAFF_OPERATOR, /* and cuts, restores, takes money */
    STAFF_ADMIN,    /* and hears of what is wrong */
};

struct staff {
    int64_t id;
    char staff[KEY_MAX]; /* the name in commands and in the audit: "jonas" */
    char name[PERSON_MAX];
    enum staff_role role;
    char phone[PHONE_MAX];
    char language[WORD_MAX];
    char supervisor[KEY_MAX]; /* who hears of wrong codes; "": the first admin */
    bool digest;              /* gets the daily digest */
    int on_call;              /* 1 is told of alarms first, then 2 ...; 0: never */
    utc_t phone_since;        /* that this phone is theirs */
    utc_t suspended_at;       /* 0: not */
    utc_t since, until;       /* until 0: in use */
};

/* What codes are checked against, and how that went. */
struct staff_proof {
    uint8_t sealed[STAFF_SEALED_MAX];
    size_t sealed_size; /* 0: not enrolled */
    utc_t enrolled_at, expires_at;
    int64_t last_step;    /* of one-time codes: older ones are void */
    int64_t last_counter; /* of signed commands: so far, void */
    int sheet;            /* number of the sheet in use; 0: none */
    int failures;         /* in a row */
    utc_t failed_at, locked_until;
    utc_t codes_from; /* codes of moments before may have been used: a database came back */
};

bool staff_role_parse(const char *word, enum staff_role *out);

/* By name, also one that was closed. */
bool staff_by_name(struct store *s, const char *name, struct staff *out, bool *found,
                   struct err *e);
bool staff_by_id(struct store *s, int64_t id, struct staff *out, bool *found,
                 struct err *e);
/* The one in use who has this phone, suspended or not. */
bool staff_by_phone(struct store *s, const char *number, struct staff *out, bool *found,
                    struct err *e);
/* All in use, in the order they came; at most STAFF_MAX. */
bool staff_all(struct store *s, struct staff out[STAFF_MAX], size_t *n, struct err *e);
/* Who hears of what goes wrong with `of`: the supervisor, else the first admin in use who
 * is somebody else. */
bool staff_supervisor(struct store *s, const struct staff *of, struct staff *out,
                      bool *found, struct err *e);

bool staff_add(struct store *s, const struct staff *p, int64_t *id, struct err *e);
/* Write all but name of command and times of begin, end and suspension. */
bool staff_update(struct store *s, const struct staff *p, struct err *e);
bool staff_close(struct store *s, int64_t id, utc_t now, struct err *e);
/* `at` 0 ends a suspension. */
bool staff_suspend(struct store *s, int64_t id, utc_t at, struct err *e);

bool staff_proof_get(struct store *s, int64_t id, struct staff_proof *out, struct err *e);
bool staff_proof_save(struct store *s, int64_t id, const struct staff_proof *p,
                      struct err *e);

/* ---- codes of sheets ---- */

bool staff_code_add(struct store *s, int64_t id, int sheet, int number,
                    const uint8_t hash[STAFF_HASH], struct err *e);
/* How many of a sheet were never asked for. */
bool staff_code_left(struct store *s, int64_t id, int sheet, int *left, struct err *e);
/* The `skip`th (from 0) that was never asked for; it is marked as used now. */
bool staff_code_draw(struct store *s, int64_t id, int sheet, int skip, utc_t now,
                     int *number, bool *found, struct err *e);
bool staff_code_hash(struct store *s, int64_t id, int sheet, int number,
                     uint8_t out[STAFF_HASH], bool *found, struct err *e);

/* ---- commands that wait for YES ---- */

#define STAFF_REF_MAX       8
#define STAFF_VERB_MAX      16
#define STAFF_ARGUMENTS_MAX 500 /* bytes of JSON with NUL */

enum staff_request_state {
    STAFF_WAITING,
    STAFF_DONE,    /* confirmed */
    STAFF_REFUSED, /* confirmed, but what it asks for is not possible any more */
    STAFF_DEAD,    /* too many wrong codes, too late, or replaced */
};

struct staff_request {
    int64_t id;
    char ref[STAFF_REF_MAX];
    int64_t staff_id;
    char verb[STAFF_VERB_MAX];
    char arguments[STAFF_ARGUMENTS_MAX];
    int number; /* of the sheet's code that must come; 0: the ref alone */
    int tries;
    int64_t inbox_id;
    utc_t created_at, expires_at;
};

bool staff_request_add(struct store *s, const struct staff_request *r, int64_t *id,
                       struct err *e);
/* The one that waits under this name and has not expired. */
bool staff_request_waiting(struct store *s, int64_t staff_id, const char *ref, utc_t now,
                           struct staff_request *out, bool *found, struct err *e);
/* How many were made since. */
bool staff_request_count(struct store *s, int64_t staff_id, utc_t since, int64_t *count,
                         struct err *e);
bool staff_request_try(struct store *s, int64_t id, struct err *e);
bool staff_request_end(struct store *s, int64_t id, enum staff_request_state state,
                       utc_t now, struct err *e);
/* Those of a verb and the same arguments, and those that expired, wait no more. */
bool staff_request_replace(struct store *s, int64_t staff_id, const char *verb,
                           const char *arguments, utc_t now, struct err *e);

/* ---- readings that staff asked for ---- */

struct staff_wait {
    int64_t request_id, staff_id, meter_id;
    bool answered; /* else it was given up */
};

/* Twice is once. */
bool staff_wait_add(struct store *s, int64_t request_id, int64_t staff_id, int64_t inbox_id,
                    struct err *e);
/* One whose question is over. */
bool staff_wait_over(struct store *s, struct staff_wait *out, bool *found, struct err *e);
bool staff_wait_end(struct store *s, const struct staff_wait *w, struct err *e);

/* ---- what they set going: an order, a step of care for a modem ---- */

#define STAFF_OUTCOME_MAX 161 /* bytes with NUL, as all of these */

enum staff_watched { STAFF_WATCHES_ORDER, STAFF_WATCHES_CARE };

struct staff_watch {
    enum staff_watched what;
    int64_t object_id, staff_id;
    char step[STAFF_VERB_MAX];       /* "cut", "restore"; "topup" */
    char target[KEY_MAX];            /* a meter, or a modem */
    char state[WORD_MAX];            /* "verified", "failed" ... */
    char outcome[STAFF_OUTCOME_MAX]; /* what the network or the meter said; "" */
};

/* Twice is once. */
bool staff_watch_add(struct store *s, enum staff_watched what, int64_t object_id,
                     int64_t staff_id, struct err *e);
/* One that is over. */
bool staff_watch_over(struct store *s, struct staff_watch *out, bool *found, struct err *e);
bool staff_watch_end(struct store *s, const struct staff_watch *w, struct err *e);

/* Note that a command came; *before is true when the very same came already, and then
 * *was is that message. Forgets what is older than `keep_since`. */
bool staff_seen(struct store *s, const uint8_t hash[STAFF_HASH], int64_t inbox_id,
                utc_t now, utc_t keep_since, bool *before, int64_t *was, struct err *e);

#endif
