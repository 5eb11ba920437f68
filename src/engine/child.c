#include "child.h"
#include "spawn.h"

#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define REST_MAX_S   300
#define HEALTHY_MS   60000 /* ready for so long: the next rest is a short one again */
#define STOP_WAIT_MS 20000 /* for a message that is in the air */

static const char hung_up[] = "its worker ended suddenly";

void
child_init(struct child *c, const char *name, int loop,
           void (*ready)(void *context, uint32_t events), void *context)
{
    memset(c, 0, sizeof(*c));
    text_clip(c->name, sizeof(c->name), name);
    c->loop = loop;
    c->watch = (struct watch){.fd = -1, .ready = ready, .context = context};
    c->rest_s = 1;
}

/* ---- its socket ---- */

void
child_unwatch(struct child *c)
{
    loop_remove(c->loop, &c->watch);
    c->unwatched = true;
}

bool
child_watch(struct child *c, struct err *e)
{
    c->unwatched = false;
    return loop_add(c->loop, &c->watch, EPOLLIN, e);
}

static void
close_socket(struct child *c)
{
    if (c->watch.fd == -1)
        return;
    if (!c->unwatched)
        loop_remove(c->loop, &c->watch);
    close(c->watch.fd);
    c->watch.fd = -1;
    c->unwatched = false;
}

/* ---- its beginning ---- */

bool
child_is_due(const struct child *c, int64_t now_ms)
{
    return c->life == CHILD_RESTING && now_ms >= c->restart_ms;
}

bool
child_start(struct child *c, const char *program, struct err *e)
{
    pid_t pid;
    int fd;

    if (spawn_worker(program, c->name, &pid, &fd, e))
        return child_adopt(c, pid, fd, e);
    c->restart_ms = clock_mono_ms() + c->rest_s * INT64_C(1000);
    return false;
}

bool
child_adopt(struct child *c, pid_t pid, int fd, struct err *e)
{
    c->watch.fd = fd;
    c->pid = pid;
    c->life = CHILD_RUNNING;
    c->greeted = c->stopping = c->unwatched = false;
    c->heard_ms = clock_mono_ms();
    c->ready_ms = 0;
    if (loop_add(c->loop, &c->watch, EPOLLIN, e))
        return true;
    child_kill(c, e->text);
    return err_in(e, "%s", c->name);
}

void
child_got_ready(struct child *c)
{
    if (c->ready_ms != 0)
        return;
    c->ready_ms = clock_mono_ms();
    trouble_over(&c->trouble);
}

void
child_begin_again(struct child *c)
{
    c->rest_s = 1;
    if (c->life == CHILD_RESTING)
        c->restart_ms = clock_mono_ms();
}

/* ---- its end ---- */

void
child_stopping(struct child *c)
{
    c->stopping = true;
    c->stop_ms = clock_mono_ms();
}

static void
lose(struct child *c, const char *why)
{
    if (c->life == CHILD_RUNNING || strcmp(c->why, hung_up) == 0)
        text_clip(c->why, sizeof(c->why), why);
    c->life = CHILD_GONE;
    if (c->pid != 0)
        kill(c->pid, SIGKILL);
}

void
child_kill(struct child *c, const char *why)
{
    close_socket(c);
    lose(c, why);
}

void
child_hung_up(struct child *c)
{
    child_kill(c, hung_up);
}

void
child_reaped(struct child *c, int status)
{
    char why[sizeof(c->why)];

    c->pid = 0;
    text_clip(why, sizeof(why), hung_up); /* a SIGKILL was ours, or has no reason to tell */
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        snprintf(why, sizeof(why), "its worker was ended by signal %d", WTERMSIG(status));
    else if (WIFEXITED(status))
        snprintf(why, sizeof(why), "its worker ended with status %d%s", WEXITSTATUS(status),
                 WEXITSTATUS(status) == 127 ? " (could not be started)" : "");
    lose(c, why);
}

void
child_last_words(struct child *c, const char *reason)
{
    if (*reason != '\0')
        text_clip(c->why, sizeof(c->why), reason);
}

void
child_check(struct child *c, int64_t now_ms, int dead_s)
{
    if (c->life != CHILD_RUNNING)
        return;
    if (now_ms - c->heard_ms > dead_s * INT64_C(1000))
        child_kill(c, "its worker gave no sign of life");
    else if (c->stopping && now_ms - c->stop_ms > STOP_WAIT_MS)
        child_kill(c, "its worker did not stop");
}

bool
child_is_over(const struct child *c)
{
    return c->life == CHILD_GONE && c->pid == 0 && c->watch.fd == -1;
}

void
child_settled(struct child *c, int64_t now_ms)
{
    bool was_healthy = c->ready_ms != 0 && now_ms - c->ready_ms > HEALTHY_MS;

    c->life = CHILD_RESTING;
    if (c->stopping) {
        c->restart_ms = now_ms;
        return;
    }
    c->restarts++;
    if (was_healthy)
        c->rest_s = 1;
    c->restart_ms = now_ms + c->rest_s * INT64_C(1000);
    if (trouble_again(&c->trouble) || was_healthy)
        log_warn(c->name, "%s; again in %d s", c->why, c->rest_s);
    c->rest_s = c->rest_s * 2 > REST_MAX_S ? REST_MAX_S : c->rest_s * 2;
}

void
child_finish(struct child *c)
{
    child_kill(c, "the engine ends");
    if (c->pid != 0)
        waitpid(c->pid, NULL, 0);
    c->pid = 0;
}
