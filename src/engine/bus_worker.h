/*
 * bus_worker.h - one bus worker as a process: started, heard, replaced; the same life as
 * that of a modem's (worker.h). For src/engine.
 *
 * What comes for a job is gathered in its flight, outside of any turn; a flight that is
 * over waits until the engine has committed what it means.
 */
#ifndef METERPOST_ENGINE_BUS_WORKER_H
#define METERPOST_ENGINE_BUS_WORKER_H

#include "meterpost/base/conf.h"
#include "meterpost/base/log.h"
#include "meterpost/bus/wire.h"
#include "meterpost/store/bus_jobs.h"
#include "worker.h"

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
    char name[CONF_NAME_MAX];
    struct bus_wire_setup setup;
    enum worker_life life;
    int loop;
    struct watch watch; /* fd -1 when there is no socket */
    pid_t pid;          /* 0 when no process is left */
    bool greeted, stopping;
    int64_t heard_ms, ready_ms, restart_ms;
    int rest_s; /* before the next start */
    int64_t restarts;
    char why[160]; /* the last one ended */
    struct bus_wire_state state;
    bool is_new; /* the state, to be written down */
    struct bus_flight flights[BUS_IN_FLIGHT_MAX];
    struct trouble trouble;
};

/* Due to start at once. */
void bus_worker_init(struct bus_worker *w, int loop, const struct bus_wire_setup *setup);
bool bus_worker_start(struct bus_worker *w, const char *program, struct err *e);
void bus_worker_stop(struct bus_worker *w);
void bus_worker_kill(struct bus_worker *w, const char *why);
/* The process ended with a status of waitpid(). */
void bus_worker_reaped(struct bus_worker *w, int status);
/* Kill it when it was silent for too long. */
void bus_worker_check(struct bus_worker *w, int64_t now_ms);
/* True when it is gone, and when nothing of it is left to be committed: rest. */
bool bus_worker_is_over(const struct bus_worker *w);
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
