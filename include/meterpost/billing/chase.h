/*
 * chase.h - the run of arrears: once a day, after the payments were imported, each account
 * that is overdue comes to its next stage, one at a time.
 *
 * A run that does not know the payments of the last arrears.cut.payment_feed_max_age does
 * nothing but say so: that is what prevents most wrongful cuts. What is held, disputed,
 * planned or promised is left alone. All functions run in the open transaction.
 */
#ifndef METERPOST_BILLING_CHASE_H
#define METERPOST_BILLING_CHASE_H

#include "meterpost/billing/arrears.h"
#include "meterpost/render/template.h"
#include "meterpost/store/job.h"

#define CHASE_JOB "arrears"
/* Orders for people who go there for a stage are called that, and the number of the step.
 */
#define CHASE_FIELD_KEY "stage "

struct chase {
    struct store *store;
    const struct conf *conf;
    const struct policy *policy;
    const struct templates *templates; /* NULL: no messages */
    utc_t now;
};

/* What is next for one account. */
struct chase_next {
    struct account account;
    struct arrears arrears;
    char class[WORD_MAX];
    const struct conf_stage *stage; /* NULL: nothing, for the reason in `why` */
    utc_t due_at;                   /* names the debt that it is about */
    struct money amount;
    char number[PHONE_MAX]; /* that gets the message; "": none */
    char last[WORD_MAX];    /* the stage before; "" */
    bool last_delivered;
    bool left_alone; /* on hold, or promised: neither stages nor fees */
    char why[ARREARS_NOTE_MAX];
};

/* What has been done for a debt already, stage by stage. */
struct chase_past {
    bool taken;      /* or skipped */
    utc_t at;        /* when */
    utc_t delivered; /* its message; 0: not. Stages without a message: `at` */
};

/*
 * The stage that is due: the first of those for this class that was not taken, when its
 * time has come, its least debt is reached, the stage it asks for was delivered, and none
 * was taken on this day. -1 with the reason in `why`. Pure.
 */
int chase_choose(const struct conf *conf, const char *class, utc_t due_at,
                 struct money amount, const struct chase_past *past, utc_t now,
                 char why[ARREARS_NOTE_MAX]);

/* What is due for an account now; only reads. */
bool chase_look(const struct chase *c, int64_t account_id, struct chase_next *out,
                struct err *e);
/* Take that step: message and row. */
bool chase_take(const struct chase *c, const struct chase_next *n, const char *actor,
                struct err *e);

/* A stage cuts the supply of this class. */
bool chase_cuts(const struct conf *conf, const char *class);
/* The first day on which supply could be cut for a debt, were its notice delivered now. */
utc_t chase_cut_on(const struct chase *c, utc_t due_at, const char *class);

/* Start a run. *id names its job; 0: payments are not known up to now, or somebody holds
 * the run (FLAG_CHASE); `why` says it, and nothing is done. */
bool chase_start(const struct chase *c, const char *actor, int64_t *id,
                 char why[ARREARS_NOTE_MAX], struct err *e);
/* About budget_ms of a run; job->result has {"accounts", "steps", "fees", "stages": {...},
 * "plans_broken", "promises_broken", "unreached"} at the end. */
bool chase_slice(const struct chase *c, struct job *job, int budget_ms, struct err *e);

/* The run that is due by itself (arrears.run, arrears.run_at): *due, and when the next is.
 */
bool chase_due(const struct chase *c, bool *due, utc_t *next, struct err *e);

#endif
