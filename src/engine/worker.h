/*
 * worker.h - one modem worker as a process: started, heard, replaced.
 *
 * Knows the socket and the process, not the store: packets wait in a queue until the
 * engine has committed what they mean.
 *
 *   RESTING ── restart_ms ──► RUNNING ── exit, EOF, silence, nonsense ──► GONE
 *      ▲                                                                   │
 *      └────────── worker_settled(): its messages are in doubt ────────────┘
 */
#ifndef METERPOST_ENGINE_WORKER_H
#define METERPOST_ENGINE_WORKER_H

#include "loop.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/log.h"
#include "meterpost/sms/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define WORKER_QUEUE 32 /* packets read and not yet committed */

enum worker_life { WORKER_RESTING, WORKER_RUNNING, WORKER_GONE };

struct worker {
    char name[CONF_NAME_MAX];
    struct wire_setup setup;
    enum worker_life life;
    int loop;
    struct watch watch; /* fd -1 when there is no socket */
    pid_t pid;          /* 0 when no process is left */
    bool greeted;       /* its HELLO came */
    bool stopping;      /* STOP went out */
    bool stuffed;       /* the queue is full: not watched for a while */
    int64_t heard_ms, ready_ms, restart_ms;
    int64_t stop_ms;   /* since when it shall stop */
    int64_t window_ms; /* of the count of packets */
    int in_window;
    int rest_s; /* before the next start */
    int64_t restarts;
    char why[160]; /* the last one ended */
    struct wire_state state;
    struct wire in[WORKER_QUEUE];
    int n_in;
    struct trouble trouble;
};

/* Due to start at once. */
void worker_init(struct worker *w, int loop, const struct wire_setup *setup);

/* Run `program` as this worker. FAIL_RETRY when the machine refuses. */
bool worker_start(struct worker *w, const char *program, struct err *e);

/* Take over a process and our end of its socket, and greet it. */
bool worker_adopt(struct worker *w, pid_t pid, int fd, struct err *e);

/* Ask it to finish and exit. */
void worker_stop(struct worker *w);
void worker_kill(struct worker *w, const char *why);

/* The process ended with a status of waitpid(). */
void worker_reaped(struct worker *w, int status);

/* Kill it when it was silent for too long, or did not stop when asked: it is caught in a
 * call of the library. */
void worker_check(struct worker *w, int64_t now_ms);

/* True when it is gone and nothing that it said is left to read or to commit. */
bool worker_is_over(const struct worker *w);
/* What it said of its end counts, also when the kernel told of that first. */
void worker_last_words(struct worker *w);
/* What it had is settled: rest, twice as long each time it does not get far. */
void worker_settled(struct worker *w, int64_t now_ms);

/* The queue was committed: empty, and the socket is watched again. */
void worker_drop_queue(struct worker *w);

/* True when it can be given a message. */
bool worker_is_ready(const struct worker *w);
bool worker_put(struct worker *w, struct wire *packet, struct err *e);

/* "starting", "ready", ... as in the table of modems. */
const char *worker_health(const struct worker *w);

/* Close everything and kill the process. */
void worker_finish(struct worker *w);

#endif
