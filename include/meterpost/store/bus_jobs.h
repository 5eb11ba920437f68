/*
 * bus_jobs.h - rows of work on wires, and the breaker of each meter; see bus/job.h for how
 * to add some.
 *
 *   queued ──handed to the worker──► sent ──► done | failed
 *     ▲  │                            │
 *     │  └─► expired, cancelled       ├─► in_doubt: a switch of which nobody knows
 *     └────────── again later ────────┘
 */
#ifndef METERPOST_STORE_BUS_JOBS_H
#define METERPOST_STORE_BUS_JOBS_H

#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/store.h"

#include <stddef.h>

#define BUS_JOB_KEY_MAX  81   /* bytes with NUL */
#define BUS_JOB_WHY_MAX  241  /* bytes with NUL */
#define BUS_JOB_WHAT_MAX 161  /* bytes with NUL */
#define BUS_ANSWER_MAX   8192 /* bytes of frames that are kept of one job */

enum bus_action {
    BUS_READ,
    BUS_RELAY,   /* ask how the relay or valve stands */
    BUS_CUT,     /* open the relay, close the valve */
    BUS_ALLOW,   /* the customer may press the button */
    BUS_RESTORE, /* close the relay, open the valve */
    BUS_CLOCK,   /* set the clock to the time of the utility */
    BUS_FREEZE,  /* keep the registers of this moment */
    BUS_BAUD,    /* speak at another speed from now on */
    BUS_SCAN,    /* who is there? */
    BUS_ACTIONS,
};

enum bus_job_state {
    BUS_JOB_QUEUED,
    BUS_JOB_SENT,
    BUS_JOB_DONE,
    BUS_JOB_FAILED,
    BUS_JOB_EXPIRED,
    BUS_JOB_CANCELLED,
    BUS_JOB_IN_DOUBT,
};

struct bus_job {
    int64_t id;
    char key[BUS_JOB_KEY_MAX]; /* the reason: the same twice is one job */
    char bus[CONF_NAME_MAX];
    int64_t meter_id; /* 0: about the whole bus */
    enum bus_action action;
    enum bus_job_state state;
    bool urgent; /* a person waits for it: first, and also from a meter that rests */
    bool trace;  /* its traffic is kept */
    int attempts;
    int64_t request_id, order_id; /* 0: none */
    char what[BUS_JOB_WHAT_MAX];  /* identifiers, range of a scan; "": as usual */
    utc_t created_at, next_at, expires_at, sent_at, ended_at;
    char relay[8]; /* closed, open, armed; "" not known */
    char reason[BUS_JOB_WHY_MAX];
    char actor[ACTOR_MAX];
};

const char *bus_action_name(enum bus_action action);
const char *bus_job_state_name(enum bus_job_state state);
/* True for what moves a relay or a valve. */
bool bus_action_switches(enum bus_action action);

/* Add one that is queued. *added is false when the key was there: *id is that row then. */
bool bus_job_insert(struct store *s, const struct bus_job *j, int64_t *id, bool *added,
                    struct err *e);
bool bus_job_by_id(struct store *s, int64_t id, struct bus_job *out, bool *found,
                   struct err *e);
/* Write state, attempts, times, relay and reason. */
bool bus_job_save(struct store *s, const struct bus_job *j, struct err *e);
/* What came of it: n bytes of frames; `traffic` NULL leaves that as it is. */
bool bus_job_keep(struct store *s, int64_t id, const void *answer, size_t n,
                  const char *traffic, struct err *e);

/* What bus_job_keep() kept: at most `size` bytes of frames, and the traffic as a text that
 * is the caller's to free, NULL where there is none. */
bool bus_job_kept(struct store *s, int64_t id, void *answer, size_t size, size_t *n,
                  char **traffic, struct err *e);

/* The job whose frames a reading of `at` came in: one of that request, or that ended then.
 */
bool bus_job_behind(struct store *s, int64_t meter_id, int64_t request_id, utc_t at,
                    int64_t *id, bool *found, struct err *e);

/* The next job of a bus that is due: urgent ones first, then in the order of next_at. */
bool bus_job_next_due(struct store *s, const char *bus, utc_t now, struct bus_job *out,
                      bool *found, struct err *e);
/* The first job of a bus above `after` that its worker has. */
bool bus_job_next_sent(struct store *s, const char *bus, int64_t after, struct bus_job *out,
                       bool *found, struct err *e);
/* The first queued job that nobody wants any more at `now`. */
bool bus_job_next_late(struct store *s, utc_t now, struct bus_job *out, bool *found,
                       struct err *e);
/* When something that is queued is due, or too late, after a time. */
bool bus_job_next_at(struct store *s, utc_t after, utc_t *when, bool *found, struct err *e);

/* The first job above `after` that has ended, was ordered (order_id) and is not told yet;
 * and that it is told now. */
bool bus_job_next_untold(struct store *s, int64_t after, struct bus_job *out, bool *found,
                         struct err *e);
bool bus_job_set_told(struct store *s, int64_t id, struct err *e);

/* Take back what is still queued; *done is false when it was not. */
bool bus_job_cancel(struct store *s, int64_t id, const char *reason, utc_t now, bool *done,
                    struct err *e);

/* ---- the breaker ---- */

struct bus_meter {
    int64_t meter_id;
    int silent; /* times in a row */
    utc_t silent_since, rest_until, heard_at;
    char spoke[CONF_NAME_MAX]; /* the protocol, where its kind leaves that open; "": not
                                  known */
};

/* Zeroed when nothing is known. */
bool bus_meter_get(struct store *s, int64_t meter_id, struct bus_meter *out, struct err *e);
bool bus_meter_save(struct store *s, const struct bus_meter *m, struct err *e);

/* ---- the buses ---- */

struct bus_row {
    char name[CONF_NAME_MAX];
    const char *health, *reason;
    int64_t restarts;
    utc_t seen_at;
};

bool bus_row_save(struct store *s, const struct bus_row *b, struct err *e);
/* One more job that was answered, or was not, or came damaged. */
bool bus_row_count(struct store *s, const char *name, int answered, int silent, int damaged,
                   struct err *e);
bool bus_row_record(struct store *s, const char *name, utc_t until, struct err *e);
bool bus_row_recording(struct store *s, const char *name, utc_t now, bool *on,
                       struct err *e);

#endif
