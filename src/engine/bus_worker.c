#include "bus_worker.h"
#include "spawn.h"

#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRAFFIC_MAX 262144 /* bytes of text that are kept of one job */

_Static_assert(SPAWN_FD == BUS_WIRE_FD, "that is where the worker looks");

/* ---- what it says ---- */

static struct bus_flight *
flight_of(struct bus_worker *w, int64_t job)
{
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (job != 0 && w->flights[i].job == job && !w->flights[i].over)
            return &w->flights[i];
    }
    return NULL;
}

static void
take_answer(struct bus_worker *w, const struct bus_wire_answer *a)
{
    struct bus_flight *f = flight_of(w, a->job);

    if (f == NULL || a->length > sizeof(f->answer) - f->n_answer)
        return;
    memcpy(f->answer + f->n_answer, a->bytes, a->length);
    f->n_answer += a->length;
}

/* "  183 < 68 61 01 ...": what line_replay.c reads. */
static void
take_traffic(struct bus_worker *w, const struct bus_wire_traffic *t)
{
    struct bus_flight *f = flight_of(w, t->job);
    size_t room = 3 * (size_t)t->length + 24;
    char *more;

    if (f == NULL || t->length == 0 || f->n_traffic + room > TRAFFIC_MAX ||
        (more = realloc(f->traffic, f->n_traffic + room)) == NULL)
        return;
    f->traffic = more;
    f->n_traffic +=
        (size_t)snprintf(more + f->n_traffic, room, "%6u %c", t->at_ms, t->out ? '>' : '<');
    for (size_t i = 0; i < t->length; i++, f->n_traffic += 3)
        snprintf(more + f->n_traffic, 4, " %02X", t->bytes[i]);
    memcpy(more + f->n_traffic, "\n", 2);
    f->n_traffic++;
}

static void
take_result(struct bus_worker *w, const struct bus_wire_result *r)
{
    struct bus_flight *f = flight_of(w, r->job);

    if (f == NULL)
        return;
    f->result = *r;
    f->over = true;
}

static void
take_state(struct bus_worker *w, const struct bus_wire_state *s)
{
    bool changed = w->state.health != s->health;

    w->state = *s;
    w->is_new = true;
    if (s->health == BUS_READY)
        child_got_ready(&w->child);
    if (changed && s->health != BUS_STARTING)
        log_info(w->child.name, "%s%s%s", bus_worker_health(w),
                 *s->reason != '\0' ? ": " : "", s->reason);
}

/* False when it said what it may not. */
static bool
take_packet(struct bus_worker *w, const struct bus_wire *packet)
{
    if (!w->child.greeted && packet->kind != BUS_WIRE_HELLO)
        return false;
    switch ((enum bus_wire_kind)packet->kind) {
    case BUS_WIRE_HELLO: w->child.greeted = true; return true;
    case BUS_WIRE_ALIVE: return true;
    case BUS_WIRE_STATE: take_state(w, &packet->u.state); return true;
    case BUS_WIRE_TRAFFIC: take_traffic(w, &packet->u.traffic); return true;
    case BUS_WIRE_ANSWER: take_answer(w, &packet->u.answer); return true;
    case BUS_WIRE_RESULT: take_result(w, &packet->u.result); return true;
    case BUS_WIRE_SETUP:
    case BUS_WIRE_JOB:
    case BUS_WIRE_STOP:
    case BUS_WIRE_KINDS: break;
    }
    return false;
}

#define PACKETS_A_TIME 256 /* so that a worker that floods does not hold up the others */

static void
on_ready(void *context, uint32_t events)
{
    struct bus_worker *w = context;
    struct bus_wire packet;
    struct err e;
    bool got = true;

    (void)events;
    for (int i = 0; i < PACKETS_A_TIME && got; i++) {
        if (!bus_wire_get(w->child.watch.fd, &packet, &got, &e)) {
            if (e.kind == FAIL_REJECT)
                child_kill(&w->child, "its worker talks nonsense");
            else
                child_hung_up(&w->child);
            return;
        }
        if (!got)
            return;
        w->child.heard_ms = clock_mono_ms();
        if (!take_packet(w, &packet)) {
            child_kill(&w->child, w->child.greeted ? "its worker talks nonsense"
                                                   : "its worker did not greet");
            return;
        }
    }
}

/* ---- life ---- */

void
bus_worker_init(struct bus_worker *w, int loop, const struct bus_wire_setup *setup)
{
    memset(w, 0, sizeof(*w));
    child_init(&w->child, setup->name, loop, on_ready, w);
    w->setup = *setup;
}

bool
bus_worker_start(struct bus_worker *w, const char *program, struct err *e)
{
    struct bus_wire hello = {.kind = BUS_WIRE_HELLO,
                             .u.hello = {BUS_WIRE_VERSION, (uint32_t)getpid()}};
    struct bus_wire setup = {.kind = BUS_WIRE_SETUP, .u.setup = w->setup};

    if (!child_start(&w->child, program, e))
        return false;
    memset(&w->state, 0, sizeof(w->state));
    if (bus_worker_give(w, &hello, e) && bus_worker_give(w, &setup, e))
        return true;
    child_kill(&w->child, e->text);
    return err_in(e, "%s", w->child.name);
}

void
bus_worker_stop(struct bus_worker *w)
{
    struct bus_wire stop = {.kind = BUS_WIRE_STOP};
    struct err e;

    if (w->child.life != CHILD_RUNNING || w->child.stopping)
        return;
    child_stopping(&w->child);
    if (!bus_worker_give(w, &stop, &e))
        child_kill(&w->child, "its worker does not listen");
}

void
bus_worker_last_words(struct bus_worker *w)
{
    if (w->state.health == BUS_FAILED)
        child_last_words(&w->child, w->state.reason);
}

void
bus_worker_settled(struct bus_worker *w, int64_t now_ms)
{
    w->state.health = 0;
    child_settled(&w->child, now_ms);
}

bool
bus_worker_is_ready(const struct bus_worker *w)
{
    return w->child.life == CHILD_RUNNING && !w->child.stopping &&
           w->state.health == BUS_READY;
}

/* ---- jobs ---- */

struct bus_flight *
bus_worker_room(struct bus_worker *w)
{
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (w->flights[i].job == 0)
            return &w->flights[i];
    }
    return NULL;
}

bool
bus_worker_give(struct bus_worker *w, struct bus_wire *job, struct err *e)
{
    if (w->child.watch.fd == -1)
        return err_set(e, FAIL_FATAL, "%s has no worker", w->child.name);
    return bus_wire_put(w->child.watch.fd, job, e);
}

void
bus_flight_end(struct bus_flight *f)
{
    free(f->traffic);
    memset(f, 0, sizeof(*f));
}

const char *
bus_worker_health(const struct bus_worker *w)
{
    if (w->child.life != CHILD_RUNNING)
        return w->child.stopping ? "off" : "failed";
    switch ((enum bus_health)w->state.health) {
    case BUS_STARTING: return "starting";
    case BUS_READY: return "ready";
    case BUS_WAITING: return "waiting";
    case BUS_FAILED: return "failed";
    }
    return "starting";
}

void
bus_worker_finish(struct bus_worker *w)
{
    child_finish(&w->child);
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++)
        bus_flight_end(&w->flights[i]);
}
