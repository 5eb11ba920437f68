/*
 * child.h - a worker as a process and our end of its socket: its life, whoever it works
 * for. What it says is the matter of its kind (worker.h a modem's, bus_worker.h a bus's).
 *
 *   RESTING ── restart_ms ──► RUNNING ── exit, EOF, silence, nonsense ──► GONE
 *      ▲                                                                   │
 *      └────────── child_settled(): what it had in hand is in doubt ───────┘
 */
#ifndef METERPOST_ENGINE_CHILD_H
#define METERPOST_ENGINE_CHILD_H

#include "loop.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/log.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum child_life { CHILD_RESTING, CHILD_RUNNING, CHILD_GONE };

struct child {
    char name[CONF_NAME_MAX];
    enum child_life life;
    int loop;
    struct watch watch; /* fd -1 when there is no socket */
    pid_t pid;          /* 0 when no process is left */
    bool greeted;       /* its HELLO came */
    bool stopping;      /* it was asked to stop */
    bool unwatched;     /* its socket is left alone for a while */
    int64_t heard_ms, ready_ms, restart_ms;
    int64_t stop_ms; /* since when it shall stop */
    int rest_s;      /* before the next start */
    int64_t restarts;
    char why[160]; /* the last one ended */
    struct trouble trouble;
};

/* Due to start at once; `ready` is called with `context` when it has said something. */
void child_init(struct child *c, const char *name, int loop,
                void (*ready)(void *context, uint32_t events), void *context);

/* True when it has rested enough. */
bool child_is_due(const struct child *c, int64_t now_ms);
/* Run `program` with the name as its argument. FAIL_RETRY when the machine refuses: it is
 * due again after its rest. */
bool child_start(struct child *c, const char *program, struct err *e);
/* Take over a process and our end of its socket. */
bool child_adopt(struct child *c, pid_t pid, int fd, struct err *e);

/* Leave its socket alone, or look at it again. */
void child_unwatch(struct child *c);
bool child_watch(struct child *c, struct err *e);

/* It was ready for the first time: from now its rest gets shorter. */
void child_got_ready(struct child *c);
/* It is asked to stop, and has some seconds for that. */
void child_stopping(struct child *c);
/* Begin again at once: nothing that went wrong before counts. */
void child_begin_again(struct child *c);

/* End it; nothing that it said after this is believed. */
void child_kill(struct child *c, const char *why);
/* Its end of the socket is closed. */
void child_hung_up(struct child *c);
/* The process ended with a status of waitpid(). What it wrote before that can still be
 * read, and its own last words say more than the status. */
void child_reaped(struct child *c, int status);
/* What it gave as the reason of its end; "": nothing. */
void child_last_words(struct child *c, const char *reason);
/* Kill it when it was silent for dead_s, or does not stop: it is caught in some call. */
void child_check(struct child *c, int64_t now_ms, int dead_s);

/* True when it is gone and nothing that it said is left to read. */
bool child_is_over(const struct child *c);
/* What it had is settled: rest, twice as long each time it does not get far. */
void child_settled(struct child *c, int64_t now_ms);

/* Close everything, kill the process and wait for its end. */
void child_finish(struct child *c);

#endif
