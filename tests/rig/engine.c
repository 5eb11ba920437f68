#include "inner.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define READY_MS  20000
#define STOP_MS   10000
#define STOPS_MAX 100000 /* due times that rig_until() goes through */

/* The socket that systemd would give; -1 with *e. */
static int
notify_open(const char *path, struct err *e)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    unlink(path);
    if (fd == -1 || !text_copy(at.sun_path, sizeof(at.sun_path), path) ||
        bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1) {
        err_set(e, FAIL_FATAL, "%s: %s", path, strerror(errno));
        if (fd != -1)
            close(fd);
        return -1;
    }
    return fd;
}

static bool
wait_ready(struct rig *r, int notify)
{
    int64_t end = clock_mono_ms() + READY_MS;

    while (clock_mono_ms() < end && rig_engine_runs(r)) {
        struct pollfd p = {.fd = notify, .events = POLLIN};
        char text[1024] = "";

        if (poll(&p, 1, 50) == 1 && recv(notify, text, sizeof(text) - 1, 0) > 0 &&
            strstr(text, "READY=1") != NULL)
            return true;
    }
    return false;
}

bool
rig_engine_start(struct rig *r, struct err *e)
{
    char config[RIG_PATH_MAX], log[RIG_PATH_MAX], notify_path[RIG_PATH_MAX];
    const char *argv[] = {BIN "/meterpostd", "--config",
                          rig_path(r, "meterpost.yaml", config), "--foreground", NULL};
    int notify = notify_open(rig_path(r, "notify.sock", notify_path), e);
    int out;
    bool ready;

    if (notify == -1)
        return false;
    out = open(rig_path(r, "meterpostd.log", log),
               O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
    setenv("NOTIFY_SOCKET", notify_path, 1);
    r->engine = process_start(argv, out, out);
    unsetenv("NOTIFY_SOCKET");
    close(out);
    ready = r->engine > 0 && wait_ready(r, notify);
    close(notify);
    if (ready)
        return true;
    rig_engine_kill(r);
    return err_set(e, FAIL_FATAL, "meterpostd does not get ready: see %s", log);
}

bool
rig_engine_runs(struct rig *r)
{
    int status;

    if (r->engine > 0 && process_wait(r->engine, 0, &status))
        r->engine = 0;
    return r->engine > 0;
}

bool
rig_engine_stop(struct rig *r, struct err *e)
{
    int status = 0;

    if (r->engine <= 0)
        return err_set(e, FAIL_REJECT, "meterpostd is not running");
    kill(r->engine, SIGTERM);
    if (!process_wait(r->engine, STOP_MS, &status)) {
        rig_engine_kill(r);
        return err_set(e, FAIL_FATAL, "meterpostd did not stop within %d ms", STOP_MS);
    }
    r->engine = 0;
    return status == 0 || err_set(e, FAIL_FATAL, "meterpostd ended with status %d", status);
}

void
rig_engine_kill(struct rig *r)
{
    if (r->engine > 0)
        process_kill(r->engine);
    r->engine = 0;
}

/* ---- idle */

/* How many parts and reports went through the network so far, or -1 while it is busy. */
static json_int_t
network_stands(struct rig *r, struct err *e)
{
    json_t *idle = rig_ask(r, e, "{s:s}", "do", "idle"), *stats;
    json_int_t sum = -1;

    if (idle != NULL && json_is_true(json_object_get(idle, "idle")) &&
        json_integer_value(json_object_get(idle, "stored")) == 0 &&
        (stats = rig_ask(r, e, "{s:s}", "do", "stats")) != NULL) {
        sum = json_integer_value(json_object_get(stats, "parts_taken")) +
              json_integer_value(json_object_get(stats, "parts_sent")) +
              json_integer_value(json_object_get(stats, "injected")) +
              json_integer_value(json_object_get(stats, "reports"));
        json_decref(stats);
    } else if (idle != NULL) {
        char *text = json_dumps(idle, JSON_COMPACT);

        err_set(e, FAIL_RETRY, "the network is busy: %s", text);
        free(text);
    }
    json_decref(idle);
    return sum;
}

/* The engine's `status`: idle, and when something is due next (0: nothing is). */
static bool
engine_stands(struct rig *r, utc_t *next_due, struct err *e)
{
    json_t *status;
    const char *due;
    bool idle = false;

    *next_due = 0;
    if (rig_meterpost(r, &status, e, "status", NULL) == 0) {
        idle = json_is_true(json_object_get(status, "idle"));
        due = json_string_value(json_object_get(status, "next_due"));
        if (!idle)
            err_set(e, FAIL_RETRY, "the engine is busy");
        else if (due != NULL && !clock_parse(due, next_due, e))
            idle = false;
    }
    json_decref(status);
    return idle;
}

static bool
wait_idle(struct rig *r, int max_ms, utc_t *next_due, struct err *e)
{
    const struct timespec nap = {.tv_nsec = 5000000};
    int64_t end = clock_mono_ms() + max_ms;

    do {
        json_int_t before = network_stands(r, e);

        if (before >= 0 && engine_stands(r, next_due, e) && network_stands(r, e) == before)
            return true;
        if (!rig_engine_runs(r))
            return err_set(e, FAIL_FATAL, "meterpostd is gone: see %s/meterpostd.log",
                           r->dir);
        nanosleep(&nap, NULL);
    } while (clock_mono_ms() < end);
    e->kind = FAIL_RETRY;
    return err_in(e, "not idle after %d ms", max_ms);
}

bool
rig_wait_idle(struct rig *r, int max_ms, struct err *e)
{
    utc_t next_due;

    return wait_idle(r, max_ms, &next_due, e);
}

bool
rig_until(struct rig *r, utc_t target, int max_ms, struct err *e)
{
    for (int i = 0; i < STOPS_MAX; i++) {
        utc_t now = clock_now(), next_due;

        if (!wait_idle(r, max_ms, &next_due, e))
            return false;
        if (now >= target)
            return true;
        if (next_due == 0 || next_due > target)
            next_due = target;
        if (next_due <= now)
            next_due = now + 1;
        if (!rig_clock_set(r, next_due, e))
            return false;
    }
    return err_set(e, FAIL_FATAL, "more than %d due times before the end", STOPS_MAX);
}
