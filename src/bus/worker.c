#include "bus/worker.h"

#include "bus/session.h"
#include "meterpost/base/log.h"
#include "meterpost/base/rights.h"
#include "meterpost/base/text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SETUP_MS  30000 /* the engine has this long to say what to do */
#define LOOK_MS   200   /* between two looks at a line that calls come in on */
#define QUEUE_MAX BUS_IN_FLIGHT_MAX

struct worker {
    int sock;
    const char *name;
    struct bus_wire_setup setup;
    struct line *line;
    struct bus_wire_state state;
    bool said; /* the state */
    int64_t alive_ms;
    struct bus_wire_job queue[QUEUE_MAX]; /* the first is under way */
    int64_t came_ms[QUEUE_MAX];           /* when each came */
    size_t waiting;
    int64_t job_ms; /* when it began */
    struct session *session;
    struct trouble calls;
    bool ended;
    enum bus_worker_end end;
};

static void
leave(struct worker *w, enum bus_worker_end end)
{
    if (!w->ended)
        w->end = end;
    w->ended = true;
}

/* Waits as long as the engine is busy. */
static void
say(struct worker *w, struct bus_wire *packet)
{
    struct err e;

    while (!w->ended && !bus_wire_put(w->sock, packet, &e)) {
        struct pollfd p = {.fd = w->sock, .events = POLLOUT};

        if (e.kind == FAIL_RETRY) {
            poll(&p, 1, -1);
        } else {
            if (e.kind != FAIL_FATAL)
                log_error(w->name, "%s", e.text);
            leave(w, e.kind == FAIL_FATAL ? BUS_WORKER_STOPPED : BUS_WORKER_PROTOCOL);
        }
    }
}

static void
say_state(struct worker *w, enum bus_health health, const char *reason)
{
    struct bus_wire packet = {.kind = BUS_WIRE_STATE};
    struct bus_wire_state now = {.health = (uint8_t)health};

    text_clip(now.reason, sizeof(now.reason), reason);
    if (w->line != NULL) {
        now.echo = w->line->echoes;
        text_clip(now.peer, sizeof(now.peer), w->line->peer);
    }
    if (w->said && now.health == w->state.health && now.echo == w->state.echo &&
        strcmp(now.reason, w->state.reason) == 0 && strcmp(now.peer, w->state.peer) == 0)
        return;
    w->state = now;
    w->said = true;
    packet.u.state = now;
    say(w, &packet);
}

static void
say_alive(struct worker *w)
{
    struct bus_wire packet = {.kind = BUS_WIRE_ALIVE};

    if (clock_mono_ms() < w->alive_ms)
        return;
    w->alive_ms = clock_mono_ms() + BUS_ALIVE_S * 1000;
    say(w, &packet);
}

static void
say_result(struct worker *w, const struct bus_wire_result *result)
{
    struct bus_wire packet = {.kind = BUS_WIRE_RESULT, .u.result = *result};

    say(w, &packet);
}

/* ---- what the engine says ---- */

static void
take_job(struct worker *w, const struct bus_wire_job *job)
{
    struct bus_wire_result full = {
        .job = job->job, .outcome = BUS_OUT_LINE, .reason = "too many jobs at a time"};

    if (w->waiting == QUEUE_MAX) {
        say_result(w, &full);
        return;
    }
    w->came_ms[w->waiting] = clock_mono_ms();
    w->queue[w->waiting++] = *job;
}

static void
hear(struct worker *w)
{
    struct bus_wire packet;
    struct err e;
    bool got = true;

    while (!w->ended && got) {
        if (!bus_wire_get(w->sock, &packet, &got, &e))
            leave(w, e.kind == FAIL_FATAL ? BUS_WORKER_STOPPED : BUS_WORKER_PROTOCOL);
        else if (got && packet.kind == BUS_WIRE_STOP)
            leave(w, BUS_WORKER_STOPPED);
        else if (got && packet.kind == BUS_WIRE_JOB)
            take_job(w, &packet.u.job);
    }
}

/* ---- hooks of the line ---- */

static bool
on_idle(void *ctx)
{
    struct worker *w = ctx;

    say_alive(w);
    hear(w);
    return !w->ended;
}

static void
on_traffic(void *ctx, bool out, const uint8_t *bytes, size_t n)
{
    struct worker *w = ctx;
    struct bus_wire packet = {.kind = BUS_WIRE_TRAFFIC};

    if (w->waiting == 0 || !w->queue[0].trace)
        return;
    packet.u.traffic.job = w->queue[0].job;
    packet.u.traffic.at_ms = (uint32_t)(clock_mono_ms() - w->job_ms);
    packet.u.traffic.out = out;
    for (size_t from = 0; from < n; from += BUS_CHUNK_MAX) {
        size_t chunk = n - from < BUS_CHUNK_MAX ? n - from : BUS_CHUNK_MAX;

        packet.u.traffic.length = (uint16_t)chunk;
        memcpy(packet.u.traffic.bytes, bytes + from, chunk);
        say(w, &packet);
    }
}

/* ---- work ---- */

static void
say_answer(struct worker *w)
{
    struct bus_wire packet = {.kind = BUS_WIRE_ANSWER, .u.answer.job = w->queue[0].job};
    const struct session *s = w->session;

    for (size_t from = 0; from < s->n_answer; from += BUS_CHUNK_MAX) {
        size_t left = s->n_answer - from;
        size_t chunk = left < BUS_CHUNK_MAX ? left : BUS_CHUNK_MAX;

        packet.u.answer.length = (uint16_t)chunk;
        memcpy(packet.u.answer.bytes, s->answer + from, chunk);
        say(w, &packet);
    }
}

static void
give_back(struct worker *w, const char *reason)
{
    for (size_t i = 0; i < w->waiting; i++) {
        struct bus_wire_result result = {.job = w->queue[i].job, .outcome = BUS_OUT_LINE};

        text_clip(result.reason, sizeof(result.reason), reason);
        say_result(w, &result);
    }
    w->waiting = 0;
}

/* Nothing is read while nothing was asked: what comes then is thrown away before the next
 * request; but that the line is gone is seen at once. */
static bool
has_hung_up(const struct pollfd *p)
{
    return p->fd != -1 && (p->revents & (POLLHUP | POLLERR | POLLNVAL | POLLRDHUP)) != 0;
}

/* A line that was lost: a terminal may call again; a device is opened anew by the next
 * worker. */
static void
lose_line(struct worker *w, const char *reason)
{
    char why[BUS_WORD_MAX * 2];

    text_clip(why, sizeof(why), reason);
    give_back(w, why);
    if (w->ended || w->line->driver->call != NULL)
        return;
    say_state(w, BUS_FAILED, why);
    leave(w, BUS_WORKER_DEVICE);
}

static void
next_job(struct worker *w)
{
    w->waiting--;
    memmove(w->queue, w->queue + 1, w->waiting * sizeof(w->queue[0]));
    memmove(w->came_ms, w->came_ms + 1, w->waiting * sizeof(w->came_ms[0]));
}

static void
do_job(struct worker *w)
{
    struct bus_wire_result result;
    bool good;

    w->job_ms = clock_mono_ms();
    if (w->queue[0].life_ms != 0 &&
        w->job_ms - w->came_ms[0] > (int64_t)w->queue[0].life_ms) {
        result = (struct bus_wire_result){.job = w->queue[0].job, .outcome = BUS_OUT_LINE};
        text_clip(result.reason, sizeof(result.reason), "it waited too long");
        say_result(w, &result);
        next_job(w);
        return;
    }
    w->queue[0].now += (w->job_ms - w->came_ms[0]) / 1000;
    w->session->job = &w->queue[0];
    w->session->result = &result;
    w->session->x.line = w->line;
    good = session_run(w->session);
    if (w->ended && !good)
        return; /* the engine knows what it means that we left */
    say_answer(w);
    say_result(w, &result);
    next_job(w);
    if (!good)
        lose_line(w, result.reason);
}

static void
look_for_calls(struct worker *w)
{
    struct err e;

    if (!line_wait_call(w->line, &e) && trouble_again(&w->calls))
        log_warn(w->name, "%s", e.text);
    if (line_is_up(w->line))
        say_state(w, BUS_READY, "");
    else
        say_state(w, BUS_WAITING, "no terminal has called");
}

static void
serve(struct worker *w)
{
    while (!w->ended) {
        bool calls = w->line->driver->call != NULL;
        struct pollfd p[] = {{.fd = w->sock, .events = POLLIN},
                             {.fd = calls ? -1 : w->line->fd, .events = POLLRDHUP}};

        say_alive(w);
        if (w->waiting == 0)
            poll(p, 2, calls ? LOOK_MS : BUS_ALIVE_S * 1000);
        if (has_hung_up(&p[1]))
            lose_line(w, "the line hung up");
        hear(w);
        if (!w->ended)
            look_for_calls(w);
        if (!w->ended && w->waiting > 0)
            do_job(w);
    }
}

/* ---- the start ---- */

static void
greet(struct worker *w)
{
    struct bus_wire packet = {.kind = BUS_WIRE_HELLO, .u.hello.version = BUS_WIRE_VERSION};
    int64_t until_ms = clock_mono_ms() + SETUP_MS, left_ms;
    struct err e;
    bool got;

    say(w, &packet);
    while (!w->ended) {
        struct pollfd p = {.fd = w->sock, .events = POLLIN};

        left_ms = until_ms - clock_mono_ms();
        if (poll(&p, 1, left_ms > 0 ? (int)left_ms : 0) < 1) {
            leave(w, BUS_WORKER_PROTOCOL);
        } else if (!bus_wire_get(w->sock, &packet, &got, &e)) {
            leave(w, e.kind == FAIL_FATAL ? BUS_WORKER_STOPPED : BUS_WORKER_PROTOCOL);
        } else if (got && packet.kind == BUS_WIRE_SETUP) {
            w->setup = packet.u.setup;
            return;
        }
    }
}

/* The line is found and opened with the rights that go then. */
static void
start(struct worker *w)
{
    const struct line_hooks hooks = {on_idle, on_traffic, w};
    struct err e;

    say_state(w, BUS_STARTING, "");
    if (!line_open(&w->setup, &hooks, &w->line, &e)) {
        say_state(w, BUS_FAILED, e.text);
        leave(w, BUS_WORKER_DEVICE);
        return;
    }
    rights_drop();
    look_for_calls(w);
}

enum bus_worker_end
bus_worker_run(int sock, const char *name)
{
    struct worker w = {.sock = sock, .name = name};

    w.session = calloc(1, sizeof(*w.session));
    if (w.session != NULL)
        w.session->x.f = calloc(1, sizeof(*w.session->x.f));
    if (w.session == NULL || w.session->x.f == NULL) {
        log_error(name, "out of memory");
        free(w.session);
        return BUS_WORKER_DEVICE;
    }
    greet(&w);
    if (!w.ended)
        start(&w);
    if (!w.ended)
        serve(&w);
    line_close(w.line);
    free(w.session->x.f);
    free(w.session);
    return w.end;
}
