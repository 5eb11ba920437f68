/*
 * arrears.h (store) - rows of what was done about debts: stages that accounts came to,
 * complaints, promises, plans to pay in parts, and what customers say they have paid.
 * In the transaction of the caller.
 */
#ifndef METERPOST_STORE_ARREARS_H
#define METERPOST_STORE_ARREARS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/items.h"
#include "meterpost/store/registry.h"

#define ARREARS_NOTE_MAX 201 /* bytes with NUL */
#define PLAN_PARTS_MAX   36

/* ---- stages ---- */

struct arrears_step {
    int64_t id, account_id;
    utc_t due_at; /* of the oldest item: names the debt */
    char stage[WORD_MAX], kind[WORD_MAX];
    char state[WORD_MAX]; /* done, skipped */
    utc_t at;
    struct money amount;
    int64_t outbox_id;      /* 0: no message */
    char number[PHONE_MAX]; /* it went to */
    utc_t delivered_at;     /* by hand or post; 0: the message says it */
    char note[ARREARS_NOTE_MAX];
    char actor[ACTOR_MAX];
    /* of the message, when it is read; not written */
    char message[WORD_MAX]; /* its state; "" */
    char modem[WORD_MAX];
    utc_t sent_at, arrived_at;
};

/* *added is false when the account came to that stage of that debt before. */
bool arrears_step_add(struct store *s, const struct arrears_step *t, int64_t *id,
                      bool *added, struct err *e);
/* The newest step of a kind ("": of any) or a stage ("": any) for a debt (0: any). */
bool arrears_step_of(struct store *s, int64_t account_id, utc_t due_at, const char *kind,
                     const char *stage, struct arrears_step *out, bool *found,
                     struct err *e);
/* Somebody brought it by hand, or it was posted. */
bool arrears_step_deliver(struct store *s, int64_t id, utc_t at, const char *note,
                          struct err *e);

struct arrears_run {
    int64_t id;
    utc_t at, feed_at;
    char actor[ACTOR_MAX];
    int64_t accounts, steps;
    char note[ARREARS_NOTE_MAX];
};
bool arrears_run_add(struct store *s, const struct arrears_run *r, int64_t *id,
                     struct err *e);
bool arrears_run_newest(struct store *s, struct arrears_run *out, bool *found,
                        struct err *e);

/* The open account with the smallest id above `after` that has a debt due before `t`. */
bool arrears_next_account(struct store *s, int64_t after, utc_t t, int64_t *account_id,
                          bool *found, struct err *e);

/* Until when payments are known: the newest that came, a statement that was taken, or
 * somebody who said so. 0: never. */
bool arrears_feed_at(struct store *s, utc_t *out, struct err *e);

/* ---- complaints ---- */

struct dispute {
    int64_t id, account_id, item_id; /* item_id 0: all that is open */
    utc_t opened_at, closed_at;
    char actor[ACTOR_MAX], reason[ARREARS_NOTE_MAX];
    int64_t inbox_id;
};
bool dispute_add(struct store *s, const struct dispute *d, int64_t *id, struct err *e);
bool dispute_close(struct store *s, int64_t id, const char *actor, const char *outcome,
                   utc_t now, bool *closed, struct err *e);
/* The oldest open one of an account with an id above `after`. */
bool dispute_next_open(struct store *s, int64_t account_id, int64_t after,
                       struct dispute *out, bool *found, struct err *e);

/* ---- promises ---- */

struct promise {
    int64_t id, account_id;
    struct money amount;
    utc_t made_at, due_at, ended_at;
    char state[WORD_MAX]; /* open, kept, broken, ended */
    char actor[ACTOR_MAX];
    int64_t inbox_id;
};
bool promise_add(struct store *s, const struct promise *p, int64_t *id, struct err *e);
bool promise_open_of(struct store *s, int64_t account_id, struct promise *out, bool *found,
                     struct err *e);
bool promise_end(struct store *s, int64_t id, const char *state, utc_t now, struct err *e);
bool promises_since(struct store *s, int64_t account_id, utc_t since, int64_t *count,
                    struct err *e);
/* The first open one, of any account, above `after`. */
bool promise_next_open(struct store *s, int64_t after, struct promise *out, bool *found,
                       struct err *e);

/* ---- plans ---- */

struct plan_part {
    utc_t due_at;
    struct money amount;
};
struct plan {
    int64_t id, account_id;
    utc_t made_at, ended_at, reminded_at;
    struct money amount;
    char state[WORD_MAX]; /* open, kept, broken, ended */
    char actor[ACTOR_MAX];
    int64_t inbox_id;
    char note[ARREARS_NOTE_MAX];
    struct plan_part parts[PLAN_PARTS_MAX];
    int n_parts;
};
/* With its parts; the items that it covers follow by plan_cover(). */
bool plan_add(struct store *s, const struct plan *p, int64_t *id, struct err *e);
bool plan_cover(struct store *s, int64_t plan_id, int64_t item_id, struct err *e);
/* Is this item covered by the open plan of its account? */
bool plan_covers(struct store *s, int64_t account_id, int64_t item_id, bool *covers,
                 struct err *e);
bool plan_open_of(struct store *s, int64_t account_id, struct plan *out, bool *found,
                  struct err *e);
bool plan_next_open(struct store *s, int64_t after, struct plan *out, bool *found,
                    struct err *e);
bool plan_end(struct store *s, int64_t id, const char *state, const char *note, utc_t now,
              struct err *e);
bool plan_reminded(struct store *s, int64_t id, utc_t now, struct err *e);
bool plans_broken_since(struct store *s, int64_t account_id, utc_t since, int64_t *count,
                        struct err *e);
/* What is still open of the items that a plan covers. */
bool plan_open_amount(struct store *s, int64_t plan_id, struct money *out, struct err *e);

/* ---- what is known beside ---- */

/* The customer has said since `since` that he has paid (paid_claim_add of ticket.h), and no
 * payment came after that. */
bool paid_claim_open(struct store *s, int64_t account_id, utc_t since, bool *open,
                     struct err *e);
/* Payments in suspense that name this account, its holder or one of its phones. */
bool suspense_like(struct store *s, int64_t account_id, struct money *out, struct err *e);
/* A reading of a meter of this account waits for a person. */
bool account_has_held(struct store *s, int64_t account_id, bool *has, struct err *e);
/* The newest bills in a row that stand on estimates alone. */
bool account_estimates(struct store *s, int64_t account_id, int *count, struct err *e);
/* What the account paid since a time, reversals taken off. */
bool account_paid_since(struct store *s, int64_t account_id, utc_t since, struct money *out,
                        struct err *e);
/* When this utility began: its first audit row; 0: not yet. */
bool utility_since(struct store *s, utc_t *out, struct err *e);

#endif
