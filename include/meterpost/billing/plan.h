/*
 * plan.h - paying later by agreement: a plan in parts, a promise, a complaint.
 *
 * A plan takes the place of all that is overdue: while its parts come in time nothing of it
 * is chased, new bills are paid beside it. A part that is late is reminded of once; after
 * arrears.grace the plan is broken and its debts count as before. A promise holds until its
 * day. All functions run in the open transaction; what is not possible is FAIL_REJECT, in a
 * sentence that the customer may read.
 */
#ifndef METERPOST_BILLING_PLAN_H
#define METERPOST_BILLING_PLAN_H

#include "meterpost/billing/chase.h"

struct plan_wish {
    const struct account *account;
    int parts;          /* a month each; 0: arrears.plan_parts */
    struct money first; /* of the first part; 0: as the others */
    utc_t start;        /* when the first is due; 0: in seven days */
    const char *actor;  /* "amina", "customer" */
    int64_t inbox_id;   /* the message that asked for it; 0: none */
};

/* Equal parts, the last takes what is left over. Pure. */
bool plan_split(struct money amount, struct money first, int parts, utc_t start,
                struct plan *out, struct err *e);

/* Make one of all that is overdue now. A customer (actor "customer") who broke one within a
 * year gets none. */
bool plan_make(const struct chase *c, const struct plan_wish *w, struct plan *out,
               struct err *e);
/* End it: its debts count again. */
bool plan_break(const struct chase *c, const struct account *a, const char *reason,
                const char *actor, struct err *e);

/* Promise to pay `amount` (0: all that is overdue) by `until`: at most arrears.promise
 * ahead, at most arrears.promises in a year. */
bool promise_make(const struct chase *c, const struct account *a, struct money amount,
                  utc_t until, const char *actor, int64_t inbox_id, struct promise *out,
                  struct err *e);

/* Plans and promises whose day has come: kept, late, or broken. *broken of each. */
bool plan_keep_watch(const struct chase *c, int *plans_broken, int *promises_broken,
                     struct err *e);

/* What templates plan-made, plan-late and promise-made show. New; NULL when memory is
 * short. */
json_t *plan_view(const struct chase *c, const struct account *a, const struct plan *p,
                  const char *language);
json_t *promise_view(const struct chase *c, const struct account *a,
                     const struct promise *p, const char *language);

/* A complaint: about a bill, or (bill "") about all that is open. What it is about stands
 * apart until it is closed. */
bool dispute_begin(const struct chase *c, const struct account *a, const char *bill,
                   const char *reason, const char *actor, int64_t inbox_id, int64_t *id,
                   struct err *e);

#endif
