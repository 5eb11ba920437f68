/*
 * job.h - long work as a row: its arguments, where it stands, what came of it.
 *
 * The engine advances each running job a slice a turn, in one transaction; after a restart
 * the job goes on where it stood, because each piece of work is keyed by what it is about.
 */
#ifndef METERPOST_STORE_JOB_H
#define METERPOST_STORE_JOB_H

#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/store.h"

#define JOB_KIND_MAX 32
#define JOB_TEXT_MAX 4096 /* bytes of JSON arguments or result, NUL included */

enum job_state { JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };

struct job {
    int64_t id;
    char kind[JOB_KIND_MAX];
    char arguments[JOB_TEXT_MAX]; /* JSON */
    enum job_state state;
    int64_t cursor;            /* of the work's own meaning: where the next slice begins */
    int64_t done, total;       /* pieces, for progress; total 0 while unknown */
    char result[JOB_TEXT_MAX]; /* JSON, "" while there is none */
    char error[ERR_TEXT_MAX];
    char actor[ACTOR_MAX];
    utc_t created_at, finished_at;
    bool careful; /* not stored: undo a refused piece alone, at the price of a savepoint
                     for each */
};

/* Add a running job; *id names it. */
bool job_add(struct store *s, const char *kind, const char *arguments, const char *actor,
             utc_t now, int64_t *id, struct err *e);

bool job_get(struct store *s, int64_t id, struct job *out, bool *found, struct err *e);

/* The oldest running job after job `after` (0: from the start); *found false: none. */
bool job_next_running(struct store *s, int64_t after, struct job *out, bool *found,
                      struct err *e);

/* Write cursor, done, total, state, result, error and (when it ended) finished_at. */
bool job_save(struct store *s, const struct job *job, utc_t now, struct err *e);

/* A text that a job works on, beside its row: of any length, until it is dropped. *text is
 * new and freed by the caller. */
bool job_body_put(struct store *s, int64_t id, const char *text, struct err *e);
bool job_body_get(struct store *s, int64_t id, char **text, struct err *e);
bool job_body_drop(struct store *s, int64_t id, struct err *e);

#endif
