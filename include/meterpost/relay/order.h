/*
 * order.h - orders to cut and restore supply, as people give them: by command, by text
 * message, or in a batch out of the arrears.
 *
 * A cut is proposed by one person and approved by another, never by the same, and dies
 * after arrears.cut.approval. The guards (guard.h) are asked at both moments and again when
 * the command is handed out. A restore asks nobody: it is made by a payment (work.h) or by
 * a person, goes ahead of every other message and is tried until supply is back.
 *
 * People are named as in the audit: "amina", "staff:amina"; the part behind a colon is who
 * it is, so that the same person at two places is one. All functions run in the open
 * transaction of the caller, who undoes it on failure; what cannot be done is FAIL_REJECT
 * in a sentence. Each writes its audit row.
 */
#ifndef METERPOST_RELAY_ORDER_H
#define METERPOST_RELAY_ORDER_H

#include "meterpost/base/conf.h"
#include "meterpost/billing/policy.h"
#include "meterpost/relay/guard.h"
#include "meterpost/store/flags.h"
#include "meterpost/store/orders.h"

#include <jansson.h>

struct bus_kinds;
struct profiles;
struct templates;

/* What orders are worked with; made by who runs a turn. */
struct relay {
    struct store *store;
    const struct conf *conf;
    const struct policy *policy;
    const struct profiles *profiles;
    const struct templates *templates;
    const struct bus_kinds *kinds; /* NULL: protocols alone */
    utc_t now;
    bool by_sheet; /* who acts proved it with a code of a sheet: no signature */
};

struct relay_who {
    const char *person;  /* "amina", "staff:amina" */
    const char *channel; /* of the audit: "cli", "sms", "engine" */
};

/* ---- cutting ---- */

struct relay_wish {
    const struct meter *meter;
    enum order_cause cause;
    const char *reason; /* for people; "" or NULL: what the cause is */
    int64_t batch_id;   /* 0: an order of its own */
    int64_t batch_size; /* orders that are in it, for the limit; 0: 1 */
};

struct relay_outcome {
    int64_t order_id; /* 0: none was made */
    enum order_state state;
    struct guard_result guards; /* reasons; with some of them an order may stand and wait */
};

/* Propose to cut a meter. With a reason that kills, no order is made: out->order_id is 0
 * and out->guards says why; one that only waits is kept with the order. While the kill
 * switch is on nothing is proposed. */
bool relay_propose(const struct relay *r, const struct relay_who *who,
                   const struct relay_wish *w, struct relay_outcome *out, struct err *e);

/* Approve a cut. With a reason that kills the order is cancelled. Somebody's own proposal,
 * a second approval of the same person and an order that is not proposed any more are
 * FAIL_REJECT; so is the second of two with nothing but a sheet (staff.cut_signed). */
bool relay_approve(const struct relay *r, const struct relay_who *who, int64_t order_id,
                   const char *note, struct relay_outcome *out, struct err *e);

/* Orders proposed together. */
bool relay_batch_begin(const struct relay *r, const struct relay_who *who, const char *note,
                       int64_t *batch_id, struct err *e);
struct relay_counts {
    int done, refused, waits; /* orders */
};
/* Approve all of a batch that are still proposed. */
bool relay_batch_approve(const struct relay *r, const struct relay_who *who,
                         int64_t batch_id, const char *note, struct relay_counts *out,
                         struct err *e);

/* Say no, or take back: an order whose command has not left. *done is false when it is too
 * late; then nothing was done. */
bool relay_cancel(const struct relay *r, const struct relay_who *who, int64_t order_id,
                  const char *reason, bool *done, struct err *e);

/* ---- restoring ---- */

struct relay_on {
    const struct meter *meter;
    enum order_cause cause;
    const char *reason; /* or NULL */
    utc_t since;        /* when the reason for it came; 0: now */
};

/* Switch supply on, at once. What is proposed or approved against the meter is cancelled, a
 * cut that is on its way is turned round. *order_id is the restore that runs now, also when
 * there was one. FAIL_REJECT while somebody works on the meter (relay_lock). */
bool relay_restore(const struct relay *r, const struct relay_who *who,
                   const struct relay_on *on, int64_t *order_id, struct err *e);

/* ---- what stops all ---- */

/* The kill switch, maintenance, a moratorium, a clock in doubt, the trial of a new utility:
 * on until `until` (0: until it is switched off). Off with `on` false. */
bool relay_flag(const struct relay *r, const struct relay_who *who, enum flag flag, bool on,
                const char *reason, utc_t until, struct err *e);
/* Is it on, and why? The kill switch is also the file arrears.cut.kill_file, the trial also
 * arrears.cut.trial. */
bool relay_flag_now(const struct relay *r, enum flag flag, bool *on, char why[PLACE_MAX],
                    struct err *e);
/* After cuts failed in a row: somebody has looked, go on. */
bool relay_resume(const struct relay *r, const struct relay_who *who, const char *reason,
                  struct err *e);

/* Somebody works at the meter: nothing is switched on, until the lock is taken off. */
bool relay_lock(const struct relay *r, const struct relay_who *who, const struct meter *m,
                bool on, const char *reason, struct err *e);
/* A group has no supply. */
bool relay_outage(const struct relay *r, const struct relay_who *who, const struct group *g,
                  bool on, const char *reason, struct err *e);

/* ---- looking ---- */

/* What the guards say of a meter now. */
bool relay_guards(const struct relay *r, const struct meter *m, enum order_cause cause,
                  struct guard_result *out, struct err *e);

/* True when both names mean one person. */
bool relay_same_person(const char *a, const char *b);

#endif
