#include "worker.h"
#include "spawn.h"

#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define REST_MAX_S   300
#define HEALTHY_MS   60000 /* ready for so long: the next rest is a short one again */
#define STOP_WAIT_MS 20000 /* for a message that is in the air */
#define FLOOD_WINDOW 10000 /* ms */
#define FLOOD_MAX    5000  /* packets in it: no modem is that fast */

static const char hung_up[] = "its worker ended suddenly";

static void
hang_up(struct worker *w)
{
    if (w->watch.fd == -1)
        return;
    if (!w->stuffed)
        loop_remove(w->loop, &w->watch);
    close(w->watch.fd);
    w->watch.fd = -1;
    w->stuffed = false;
}

static void
lose(struct worker *w, const char *why)
{
    if (w->life == WORKER_RUNNING || strcmp(w->why, hung_up) == 0)
        text_clip(w->why, sizeof(w->why), why);
    w->life = WORKER_GONE;
    if (w->pid != 0)
        kill(w->pid, SIGKILL);
}

void
worker_kill(struct worker *w, const char *why)
{
    hang_up(w); /* nothing that it said after this is believed */
    lose(w, why);
}

/* ---- reading ---- */

static bool
may_say(const struct worker *w, uint32_t kind)
{
    if (!w->greeted)
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

    if (!wire_get(w->watch.fd, packet, &got, &e)) {
        if (e.kind == FAIL_REJECT) {
            worker_kill(w, "its worker talks nonsense");
        } else {
            hang_up(w);
            lose(w, hung_up);
        }
        return false;
    }
    if (!got)
        return false;
    w->heard_ms = now_ms;
    if (!may_say(w, packet->kind) || is_flood(w, now_ms)) {
        worker_kill(w,
                    w->greeted ? "its worker talks too much" : "its worker did not greet");
        return false;
    }
    w->greeted = true;
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
    if (w->watch.fd != -1 && w->n_in == WORKER_QUEUE) {
        loop_remove(w->loop, &w->watch);
        w->stuffed = true;
    }
}

void
worker_drop_queue(struct worker *w)
{
    struct err e;

    w->n_in = 0;
    if (!w->stuffed)
        return;
    w->stuffed = false;
    if (!loop_add(w->loop, &w->watch, EPOLLIN, &e))
        worker_kill(w, e.text);
}

/* ---- life ---- */

void
worker_init(struct worker *w, int loop, const struct wire_setup *setup)
{
    memset(w, 0, sizeof(*w));
    text_clip(w->name, sizeof(w->name), setup->name);
    w->setup = *setup;
    w->loop = loop;
    w->watch = (struct watch){.fd = -1, .ready = on_ready, .context = w};
    w->rest_s = 1;
}

bool
worker_start(struct worker *w, const char *program, struct err *e)
{
    pid_t pid;
    int fd;

    return spawn_worker(program, w->name, &pid, &fd, e) && worker_adopt(w, pid, fd, e);
}

bool
worker_adopt(struct worker *w, pid_t pid, int fd, struct err *e)
{
    struct wire hello = {.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, (uint32_t)getpid()}};
    struct wire setup = {.kind = WIRE_SETUP, .u.setup = w->setup};

    w->watch.fd = fd;
    w->pid = pid;
    w->life = WORKER_RUNNING;
    w->greeted = w->stopping = w->stuffed = false;
    w->heard_ms = w->window_ms = clock_mono_ms();
    w->ready_ms = 0;
    w->in_window = 0;
    memset(&w->state, 0, sizeof(w->state));
    if (loop_add(w->loop, &w->watch, EPOLLIN, e) && wire_put(fd, &hello, e) &&
        wire_put(fd, &setup, e))
        return true;
    worker_kill(w, e->text);
    return err_in(e, "%s", w->name);
}

void
worker_stop(struct worker *w)
{
    struct wire stop = {.kind = WIRE_STOP};
    struct err e;

    if (w->life != WORKER_RUNNING || w->stopping)
        return;
    w->stopping = true;
    w->stop_ms = clock_mono_ms();
    if (w->watch.fd == -1 || !wire_put(w->watch.fd, &stop, &e))
        worker_kill(w, "its worker does not listen");
}

void
worker_reaped(struct worker *w, int status)
{
    char why[sizeof(w->why)];

    w->pid = 0;
    text_clip(why, sizeof(why), hung_up); /* a SIGKILL was ours, or has no reason to tell */
    if (w->state.health == WIRE_FAILED && *w->state.reason != '\0')
        text_clip(why, sizeof(why), w->state.reason);
    else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        snprintf(why, sizeof(why), "its worker was ended by signal %d", WTERMSIG(status));
    else if (WIFEXITED(status))
        snprintf(why, sizeof(why), "its worker ended with status %d%s", WEXITSTATUS(status),
                 WEXITSTATUS(status) == 127 ? " (could not be started)" : "");
    lose(w, why);
}

void
worker_check(struct worker *w, int64_t now_ms)
{
    if (w->life != WORKER_RUNNING)
        return;
    if (now_ms - w->heard_ms > WIRE_DEAD_S * INT64_C(1000))
        worker_kill(w, "its worker gave no sign of life");
    else if (w->stopping && now_ms - w->stop_ms > STOP_WAIT_MS)
        worker_kill(w, "its worker did not stop");
}

bool
worker_is_over(const struct worker *w)
{
    return w->life == WORKER_GONE && w->pid == 0 && w->watch.fd == -1;
}

void
worker_last_words(struct worker *w)
{
    if (w->state.health == WIRE_FAILED && *w->state.reason != '\0')
        text_clip(w->why, sizeof(w->why), w->state.reason);
}

void
worker_settled(struct worker *w, int64_t now_ms)
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
        log_warn(w->name, "%s; again in %d s", w->why, w->rest_s);
    w->rest_s = w->rest_s * 2 > REST_MAX_S ? REST_MAX_S : w->rest_s * 2;
}

bool
worker_is_ready(const struct worker *w)
{
    return w->life == WORKER_RUNNING && !w->stopping && w->state.health == WIRE_READY;
}

bool
worker_put(struct worker *w, struct wire *packet, struct err *e)
{
    if (w->watch.fd == -1)
        return err_set(e, FAIL_FATAL, "%s has no worker", w->name);
    return wire_put(w->watch.fd, packet, e);
}

const char *
worker_health(const struct worker *w)
{
    if (w->life != WORKER_RUNNING)
        return w->stopping ? "off" : "failed";
    switch ((enum wire_health)w->state.health) {
    case WIRE_STARTING: return "starting";
    case WIRE_READY: return "ready";
    case WIRE_NO_NETWORK: return "no_network";
    case WIRE_STOPPED: return "stopped";
    case WIRE_FAILED: return "failed";
    }
    return "starting";
}

void
worker_finish(struct worker *w)
{
    worker_kill(w, "the engine ends");
    if (w->pid != 0)
        waitpid(w->pid, NULL, 0);
    w->pid = 0;
}
