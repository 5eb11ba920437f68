/*
 * job.h - work for a wire: a durable queue like the outbox.
 *
 * A job is a row (store/bus_jobs.h); the engine hands it to the worker of its bus and
 * writes down what came of it: readings go to metering by themselves; of what was ordered
 * (order_id) whoever ordered it asks bus_job_next_untold(). All functions run in the open
 * transaction.
 */
#ifndef METERPOST_BUS_JOB_H
#define METERPOST_BUS_JOB_H

#include "meterpost/store/bus_jobs.h"
#include "meterpost/store/registry.h"

struct bus_job_new {
    const char *key; /* the reason: the same twice is one job */
    int64_t meter_id;
    const char *bus; /* NULL or "": the meter's own */
    enum bus_action action;
    int64_t request_id, order_id; /* 0: none; switching needs an order */
    utc_t not_before;             /* 0: now */
    utc_t expires_at;             /* 0: BUS_JOB_LIFE_S from now; nothing is sent after it */
    bool urgent, trace;
    const char *what;  /* NULL: as the kind of meter says */
    const char *actor; /* NULL: "engine" */
};

#define BUS_JOB_LIFE_S   86400
#define BUS_SWITCH_MAX_S 3600 /* what switches must be done within that, or not at all */

/* True when there is a wire to this meter. */
bool bus_reaches(const struct meter *m);

/*
 * Add a job. FAIL_REJECT, in a sentence: the meter is on no bus, has no address there, is
 * out of use; or, for a switch, has no relay, no order stands behind it, its address is a
 * wildcard. A switch expires within BUS_SWITCH_MAX_S of now at the latest.
 */
bool bus_job_add(struct store *s, const struct bus_job_new *n, utc_t now, int64_t *id,
                 struct err *e);

/* For how long a meter is left alone after it was silent so many times in a row: first_s
 * after the first, each time twice as long, a day at the most. */
int64_t bus_rest_s(int64_t first_s, int silent);

#endif
