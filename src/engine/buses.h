/*
 * buses.h - the buses of the configuration, their workers, and the jobs that go to them and
 * come back. For src/engine.
 */
#ifndef METERPOST_ENGINE_BUSES_H
#define METERPOST_ENGINE_BUSES_H

#include "bus_worker.h"
#include "engine.h"

/* What a turn has noted for one bus; of no effect until the commit. */
struct bus_turn {
    struct bus_wire send[BUS_IN_FLIGHT_MAX]; /* BUS_WIRE_JOB */
    int n_send;
    bool taken[BUS_IN_FLIGHT_MAX]; /* flights whose result is written down */
    bool said;                     /* so is the state */
    bool over;                     /* what a dead worker had is settled */
};

struct bus {
    const struct conf_bus *conf; /* NULL: not in the configuration any more */
    struct bus_worker worker;
    struct bus_turn turn;
};

bool buses_configure(struct engine *en, struct err *e);
void buses_reaped(struct engine *en, pid_t pid, int status);
void buses_supervise(struct engine *en, int64_t now_ms);
void buses_stop(struct engine *en);
void buses_kill(struct engine *en, const char *why);
bool buses_all_rest(const struct engine *en);
void buses_begin_turn(struct engine *en);
void buses_after_commit(struct engine *en);
void buses_close(struct engine *en);
/* Nothing is under way, and nothing is due for a bus that could take it. */
bool buses_are_quiet(struct engine *en);

/* bus_jobs.c: results into the store; what is due to the workers. */
bool stage_wire_results(struct engine *en, int at_most, int *done, struct err *e);
bool stage_wire_jobs(struct engine *en, int at_most, int *done, struct err *e);
/* At the start: what was with a worker when the last engine ended. */
bool buses_recover(struct engine *en, struct err *e);

#endif
