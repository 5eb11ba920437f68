#include "bus_worker.h"

#include "meterpost/base/text.h"
#include "spawn.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define REST_MAX_S  60
#define HEALTHY_MS  60000
#define TRAFFIC_MAX 262144 /* bytes of text that are kept of one job */

_Static_assert(SPAWN_FD == BUS_WIRE_FD, "that is where the worker looks");

static void
hang_up(struct bus_worker *w)
{
    if (w->watch.fd == -1)
        return;
    loop_remove(w->loop, &w->watch);
    close(w->watch.fd);
    w->watch.fd = -1;
}

static void
lose(struct bus_worker *w, const char *why)
{
    if (w->life == WORKER_RUNNING)
        text_clip(w->why, sizeof(w->why), why);
    w->life = WORKER_GONE;
    if (w->pid != 0)
        kill(w->pid, SIGKILL);
}

void
bus_worker_kill(struct bus_worker *w, const char *why)
{
    hang_up(w);
    lose(w, why);
}

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
    if (s->health == BUS_READY && w->ready_ms == 0) {
        w->ready_ms = clock_mono_ms();
        trouble_over(&w->trouble);
    }
    if (changed && s->health != BUS_STARTING)
        log_info(w->name, "%s%s%s", bus_worker_health(w), *s->reason != '\0' ? ": " : "",
                 s->reason);
}

/* False when it said what it may not. */
static bool
take_packet(struct bus_worker *w, const struct bus_wire *packet)
{
    if (!w->greeted && packet->kind != BUS_WIRE_HELLO)
        return false;
    switch ((enum bus_wire_kind)packet->kind) {
    case BUS_WIRE_HELLO: w->greeted = true; return true;
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
        if (!bus_wire_get(w->watch.fd, &packet, &got, &e)) {
            hang_up(w);
            lose(w, e.kind == FAIL_REJECT ? "it talks nonsense" : "it hung up");
            return;
        }
        if (!got)
            return;
        w->heard_ms = clock_mono_ms();
        if (!take_packet(w, &packet)) {
            bus_worker_kill(w, w->greeted ? "it talks nonsense" : "it did not greet");
            return;
        }
    }
}

/* ---- life ---- */

void
bus_worker_init(struct bus_worker *w, int loop, const struct bus_wire_setup *setup)
{
    memset(w, 0, sizeof(*w));
    text_clip(w->name, sizeof(w->name), setup->name);
    w->setup = *setup;
    w->loop = loop;
    w->watch = (struct watch){.fd = -1, .ready = on_ready, .context = w};
    w->rest_s = 1;
}

bool
bus_worker_start(struct bus_worker *w, const char *program, struct err *e)
{
    struct bus_wire hello = {.kind = BUS_WIRE_HELLO,
                             .u.hello = {BUS_WIRE_VERSION, (uint32_t)getpid()}};
    struct bus_wire setup = {.kind = BUS_WIRE_SETUP, .u.setup = w->setup};

    if (!spawn_worker(program, w->name, &w->pid, &w->watch.fd, e)) {
        w->watch.fd = -1;
        w->pid = 0;
        return false;
    }
    w->life = WORKER_RUNNING;
    w->greeted = w->stopping = false;
    w->heard_ms = clock_mono_ms();
    w->ready_ms = 0;
    memset(&w->state, 0, sizeof(w->state));
    if (loop_add(w->loop, &w->watch, EPOLLIN, e) && bus_wire_put(w->watch.fd, &hello, e) &&
        bus_wire_put(w->watch.fd, &setup, e))
        return true;
    bus_worker_kill(w, e->text);
    return err_in(e, "%s", w->name);
}

void
bus_worker_stop(struct bus_worker *w)
{
    struct bus_wire stop = {.kind = BUS_WIRE_STOP};
    struct err e;

    if (w->life != WORKER_RUNNING || w->stopping)
        return;
    w->stopping = true;
    if (w->watch.fd == -1 || !bus_wire_put(w->watch.fd, &stop, &e))
        bus_worker_kill(w, "it does not listen");
}

void
bus_worker_reaped(struct bus_worker *w, int status)
{
    char why[sizeof(w->why)] = "it hung up";

    w->pid = 0;
    if (w->watch.fd != -1) /* what it said last */
        on_ready(w, 0);
    if (w->state.health == BUS_FAILED && *w->state.reason != '\0')
        text_clip(why, sizeof(why), w->state.reason);
    else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        snprintf(why, sizeof(why), "it was ended by signal %d", WTERMSIG(status));
    else if (WIFEXITED(status))
        snprintf(why, sizeof(why), "it ended with status %d%s", WEXITSTATUS(status),
                 WEXITSTATUS(status) == 127 ? " (could not be started)" : "");
    hang_up(w);
    if (w->life == WORKER_GONE && strcmp(w->why, "it hung up") == 0)
        text_clip(w->why, sizeof(w->why), why);
    lose(w, why);
}

void
bus_worker_check(struct bus_worker *w, int64_t now_ms)
{
    if (w->life == WORKER_RUNNING && now_ms - w->heard_ms > BUS_DEAD_S * INT64_C(1000))
        bus_worker_kill(w, "it gave no sign of life");
}

bool
bus_worker_is_over(const struct bus_worker *w)
{
    return w->life == WORKER_GONE && w->pid == 0 && w->watch.fd == -1;
}

void
bus_worker_settled(struct bus_worker *w, int64_t now_ms)
{
    bool was_healthy = w->ready_ms != 0 && now_ms - w->ready_ms > HEALTHY_MS;

    w->life = WORKER_RESTING;
    w->state.health = 0;
    if (w->stopping) {
        w->restart_ms = now_ms;
        return;
    }
    w->restarts++;
    if (was_healthy)
        w->rest_s = 1;
    w->restart_ms = now_ms + w->rest_s * INT64_C(1000);
    if (trouble_again(&w->trouble) || was_healthy)
        log_warn(w->name, "worker: %s; again in %d s", w->why, w->rest_s);
    w->rest_s = w->rest_s * 2 > REST_MAX_S ? REST_MAX_S : w->rest_s * 2;
}

bool
bus_worker_is_ready(const struct bus_worker *w)
{
    return w->life == WORKER_RUNNING && !w->stopping && w->state.health == BUS_READY;
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
    if (w->watch.fd == -1)
        return err_set(e, FAIL_FATAL, "%s has no worker", w->name);
    return bus_wire_put(w->watch.fd, job, e);
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
    if (w->life != WORKER_RUNNING)
        return w->stopping ? "off" : "failed";
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
    bus_worker_kill(w, "the engine ends");
    if (w->pid != 0)
        waitpid(w->pid, NULL, 0);
    w->pid = 0;
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++)
        bus_flight_end(&w->flights[i]);
}
