/*
 * verb.h - the changes and questions of operators, as functions on a desk: JSON in, JSON
 * out. The engine runs them for a client of the control socket; with no engine up
 * `meterpost` runs the very same ones itself, under the lock.
 *
 * A verb refuses what it does not understand and then leaves nothing behind: it runs in a
 * transaction of its own that is undone when it fails. A verb that changes something
 * writes an audit row.
 * Long work is not done by the verb: it adds a job row, and its answer is {"job": id}.
 * Whoever ran the verb advances the job with control_job_slice() until it ended; the
 * job's result is then the answer.
 *
 * Any answer may hold "outcome": "done" (also when it is absent), "part", "refused" (by a
 * guard; "reason" says which), "waits" (for an approval) or "failed" (undone; for failures
 * that need more than a sentence: "problems" lists them).
 */
#ifndef METERPOST_CONTROL_VERB_H
#define METERPOST_CONTROL_VERB_H

#include "meterpost/control/client.h"
#include "meterpost/store/job.h"
#include "meterpost/talk/desk.h"

#include <jansson.h>
#include <signal.h>

/* Run in an open transaction. `actor` is who asked ("root", "amina"). `arguments` is an
 * object, as it came from outside: nothing in it has been checked. Results go into the
 * object *answer. FAIL_REJECT with a sentence for what cannot be done. */
typedef bool verb_run(struct desk *d, const char *actor, const json_t *arguments,
                      json_t *answer, struct err *e);

struct verb {
    const char *name; /* "round.start" */
    bool changes;     /* false: only asks, a STORE_READ store will do */
    verb_run *run;
};

/* The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);

/* Run a verb whole: begin, run, commit; undone when it fails, and also when the arguments
 * hold "dry_run": true (then the answer does, too). Not inside a transaction. A verb that
 * only asks runs without one. Where no verb has that name the nearest one is named. */
bool control_run(struct desk *d, const char *name, const char *actor,
                 const json_t *arguments, json_t *answer, struct err *e);

/* Advance a running job for about `budget_ms`, in a transaction of its own, and save its
 * row: cursor, done, total; state and result when it ended. A job that cannot go on ends as
 * failed, with the reason in job->error: that is no failure of this function. */
bool control_job_slice(struct desk *d, struct job *job, int budget_ms, struct err *e);

/* What an ended job answers: its result is put into *answer. False with its reason when it
 * failed; "outcome": "part" when it was cancelled. */
bool control_job_answer(const struct job *job, json_t *answer, struct err *e);

/* For who has no engine: run a job to its end, a transaction a slice. When *stop becomes
 * true it ends as cancelled between two slices. `progress` may be NULL. */
bool control_job_run(struct desk *d, int64_t id, const volatile sig_atomic_t *stop,
                     control_progress *progress, void *context, json_t *answer,
                     struct err *e);

/* When there is something to do by itself that is not a text to send: ask a meter or a
 * wire, go on without parts of a message that did not come, remind, tell. 0: never. */
bool control_next_due(struct desk *d, utc_t *when, struct err *e);

/* {"accounts", "meters", ..., "idle": bool, "next_due": ISO time or null}: what is known
 * from the store alone. The verb "status". */
bool control_status(struct desk *d, json_t *answer, struct err *e);

#endif
