/*
 * worker.h - a modem's worker: what it says, and what is said to it.
 *
 * Knows the socket and the process (child.h), not the store: packets wait in a queue until
 * the engine has committed what they mean.
 */
#ifndef METERPOST_ENGINE_WORKER_H
#define METERPOST_ENGINE_WORKER_H

#include "child.h"
#include "meterpost/sms/wire.h"

#define WORKER_QUEUE 32 /* packets read and not yet committed */

struct worker {
    struct child child; /* unwatched while the queue is full */
    struct wire_setup setup;
    int64_t window_ms; /* of the count of packets */
    int in_window;
    struct wire_state state;
    struct wire in[WORKER_QUEUE];
    int n_in;
};

/* Due to start at once. */
void worker_init(struct worker *w, int loop, const struct wire_setup *setup);

/* Run `program` as this worker. FAIL_RETRY when the machine refuses. */
bool worker_start(struct worker *w, const char *program, struct err *e);

/* Take over a process and our end of its socket, and greet it. */
bool worker_adopt(struct worker *w, pid_t pid, int fd, struct err *e);

/* Ask it to finish and exit. */
void worker_stop(struct worker *w);

/* What it said of its end counts, also when the kernel told of that first. */
void worker_last_words(struct worker *w);
/* What it had is settled: it rests. */
void worker_settled(struct worker *w, int64_t now_ms);

/* The queue was committed: empty, and the socket is watched again. */
void worker_drop_queue(struct worker *w);

/* True when it can be given a message. */
bool worker_is_ready(const struct worker *w);
bool worker_put(struct worker *w, struct wire *packet, struct err *e);

/* "starting", "ready", ... as in the table of modems. */
const char *worker_health(const struct worker *w);

#endif
