/*
 * bus_worker.h - a bus's worker: what it says, and what is said to it. Its life is in
 * child.h. For src/engine.
 *
 * What comes for a job is gathered in its flight, outside of any turn; a flight that is
 * over waits until the engine has committed what it means.
 */
#ifndef METERPOST_ENGINE_BUS_WORKER_H
#define METERPOST_ENGINE_BUS_WORKER_H

#include "child.h"
#include "meterpost/bus/wire.h"
#include "meterpost/store/bus_jobs.h"

/* A job that the worker has. */
struct bus_flight {
    int64_t job;  /* 0: none */
    uint8_t wire; /* enum conf_protocol that it is spoken by */
    bool over;    /* its result is here */
    struct bus_wire_result result;
    uint8_t answer[BUS_ANSWER_MAX];
    size_t n_answer;
    char *traffic; /* a text, NULL: none */
    size_t n_traffic;
};

struct bus_worker {
    struct child child;
    struct bus_wire_setup setup;
    struct bus_wire_state state;
    bool is_new; /* the state, to be written down */
    struct bus_flight flights[BUS_IN_FLIGHT_MAX];
};

/* Due to start at once. */
void bus_worker_init(struct bus_worker *w, int loop, const struct bus_wire_setup *setup);
bool bus_worker_start(struct bus_worker *w, const char *program, struct err *e);
void bus_worker_stop(struct bus_worker *w);
/* What it said of its end counts, also when the kernel told of that first. */
void bus_worker_last_words(struct bus_worker *w);
/* What it had is settled: it rests. */
void bus_worker_settled(struct bus_worker *w, int64_t now_ms);
bool bus_worker_is_ready(const struct bus_worker *w);
/* Hand a job over; false when the worker does not listen. */
bool bus_worker_give(struct bus_worker *w, struct bus_wire *job, struct err *e);
/* A free flight; NULL when all are under way. */
struct bus_flight *bus_worker_room(struct bus_worker *w);
/* Its result was committed. */
void bus_flight_end(struct bus_flight *f);
/* "starting", "ready", "waiting", "failed", "off". */
const char *bus_worker_health(const struct bus_worker *w);
/* Close everything and kill the process. */
void bus_worker_finish(struct bus_worker *w);

#endif
