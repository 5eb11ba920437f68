#include "worker.h"

#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"

#include <string.h>
#include <unistd.h>

#define FLOOD_WINDOW 10000 /* ms */
#define FLOOD_MAX    5000  /* packets in it: no modem is that fast */

/* ---- reading ---- */

static bool
may_say(const struct worker *w, uint32_t kind)
{
    if (!w->child.greeted)
        return kind == WIRE_HELLO;
    return kind == WIRE_ALIVE || kind == WIRE_STATE || kind == WIRE_RESULT ||
           kind == WIRE_ARRIVED || kind == WIRE_ANSWER;
}

static bool
is_flood(struct worker *w, int64_t now_ms)
{
    if (now_ms - w->window_ms > FLOOD_WINDOW) {
        w->window_ms = now_ms;
        w->in_window = 0;
    }
    return ++w->in_window > FLOOD_MAX;
}

/* One packet into the queue. False when there is none, or the worker is given up. */
static bool
read_one(struct worker *w, int64_t now_ms)
{
    struct wire *packet = &w->in[w->n_in];
    struct err e;
    bool got;

    if (!wire_get(w->child.watch.fd, packet, &got, &e)) {
        if (e.kind == FAIL_REJECT)
            child_kill(&w->child, "its worker talks nonsense");
        else
            child_hung_up(&w->child);
        return false;
    }
    if (!got)
        return false;
    w->child.heard_ms = now_ms;
    if (!may_say(w, packet->kind) || is_flood(w, now_ms)) {
        child_kill(&w->child, w->child.greeted ? "its worker talks too much"
                                               : "its worker did not greet");
        return false;
    }
    w->child.greeted = true;
    if (packet->kind != WIRE_HELLO && packet->kind != WIRE_ALIVE)
        w->n_in++;
    return true;
}

static void
on_ready(void *context, uint32_t events)
{
    struct worker *w = context;
    int64_t now_ms = clock_mono_ms();

    (void)events;
    while (w->n_in < WORKER_QUEUE && read_one(w, now_ms))
        ;
    if (w->child.watch.fd != -1 && w->n_in == WORKER_QUEUE)
        child_unwatch(&w->child);
}

void
worker_drop_queue(struct worker *w)
{
    struct err e;

    w->n_in = 0;
    if (w->child.unwatched && !child_watch(&w->child, &e))
        child_kill(&w->child, e.text);
}

/* ---- life ---- */

void
worker_init(struct worker *w, int loop, const struct wire_setup *setup)
{
    memset(w, 0, sizeof(*w));
    child_init(&w->child, setup->name, loop, on_ready, w);
    w->setup = *setup;
}

static bool
greet(struct worker *w, struct err *e)
{
    struct wire hello = {.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, (uint32_t)getpid()}};
    struct wire setup = {.kind = WIRE_SETUP, .u.setup = w->setup};

    w->window_ms = w->child.heard_ms;
    w->in_window = 0;
    memset(&w->state, 0, sizeof(w->state));
    if (worker_put(w, &hello, e) && worker_put(w, &setup, e))
        return true;
    child_kill(&w->child, e->text);
    return err_in(e, "%s", w->child.name);
}

bool
worker_start(struct worker *w, const char *program, struct err *e)
{
    return child_start(&w->child, program, e) && greet(w, e);
}

bool
worker_adopt(struct worker *w, pid_t pid, int fd, struct err *e)
{
    return child_adopt(&w->child, pid, fd, e) && greet(w, e);
}

void
worker_stop(struct worker *w)
{
    struct wire stop = {.kind = WIRE_STOP};
    struct err e;

    if (w->child.life != CHILD_RUNNING || w->child.stopping)
        return;
    child_stopping(&w->child);
    if (!worker_put(w, &stop, &e))
        child_kill(&w->child, "its worker does not listen");
}

void
worker_last_words(struct worker *w)
{
    if (w->state.health == WIRE_FAILED)
        child_last_words(&w->child, w->state.reason);
}

void
worker_settled(struct worker *w, int64_t now_ms)
{
    w->state.health = 0;
    child_settled(&w->child, now_ms);
}

bool
worker_is_ready(const struct worker *w)
{
    return w->child.life == CHILD_RUNNING && !w->child.stopping &&
           w->state.health == WIRE_READY;
}

bool
worker_put(struct worker *w, struct wire *packet, struct err *e)
{
    if (w->child.watch.fd == -1)
        return err_set(e, FAIL_FATAL, "%s has no worker", w->child.name);
    return wire_put(w->child.watch.fd, packet, e);
}

const char *
worker_health(const struct worker *w)
{
    if (w->child.life != CHILD_RUNNING)
        return w->child.stopping ? "off" : "failed";
    switch ((enum wire_health)w->state.health) {
    case WIRE_STARTING: return "starting";
    case WIRE_READY: return "ready";
    case WIRE_NO_NETWORK: return "no_network";
    case WIRE_STOPPED: return "stopped";
    case WIRE_FAILED: return "failed";
    }
    return "starting";
}
