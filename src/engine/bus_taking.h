/*
 * bus_taking.h - a job on its way to a wire or back from it, and what is written of it. For
 * bus_jobs.c and bus_give.c.
 */
#ifndef METERPOST_ENGINE_BUS_TAKING_H
#define METERPOST_ENGINE_BUS_TAKING_H

#include "buses.h"

#include "meterpost/bus/job.h"

struct taking {
    struct engine *en;
    struct bus *bus;
    const struct bus_flight *flight;
    const struct bus_wire_result *r;
    struct bus_job job;
    struct meter meter; /* id 0: the job is about the bus */
    struct bus_meter breaker;
};

bool taking_save(struct taking *t, struct err *e);
bool taking_end(struct taking *t, enum bus_job_state state, const char *reason,
                struct err *e);
bool taking_again(struct taking *t, utc_t at, const char *reason, struct err *e);
/* It failed for good: who asked goes another way. */
bool taking_fail(struct taking *t, const char *reason, struct err *e);
/* How often a job is tried on this bus. */
int taking_attempts(const struct bus *b);

#endif
