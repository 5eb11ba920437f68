#include "engine.h"
#include "buses.h"

#include "meterpost/base/text.h"
#include "meterpost/control/lock.h"
#include "meterpost/relay/work.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/arrears.h"
#include "meterpost/store/modem_care.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define BOOT_S            600 /* a machine that runs for longer has its time */
#define TICK_MS           1000
#define TICK_HAND_MS      20   /* a clock that is moved by hand is looked at more often */
#define REST_MS           1000 /* after a turn that failed */
#define ROUND_MS          5000 /* the longest wait; ticks come long before */
#define ROUND_STOPPING_MS 50
#define BACKUP_MS         20     /* of a copy of the database, between two turns */
#define NOTE_MS           300000 /* between two notes of what was seen of the database */

/* ---- the steps of the start ---- */

static bool
read_settings(struct engine *en, struct err *e)
{
    struct problems p = {0};

    en->desk = desk_load(en->config, &p);
    if (en->desk == NULL)
        problems_err(&p, e);
    problems_free(&p);
    if (en->desk == NULL)
        return false;
    log_set_level(en->desk->conf->log_level);
    return true;
}

static bool
take_lock(struct engine *en, struct err *e)
{
    return lock_take(en->desk->conf->run_dir, &en->lock, e);
}

static bool
open_database(struct engine *en, struct err *e)
{
    return desk_open_store(en->desk, STORE_WRITE, e);
}

/* Is it the database that this machine worked with? */
static bool
look_at_fence(struct engine *en, struct err *e)
{
    en->noted_ms = clock_mono_ms();
    if (!fence_start(en->desk->store, en->desk->conf->database, clock_now(), &en->fence, e))
        return false;
    if (en->fence.up)
        log_error(
            "engine",
            "%s: nothing that cuts or restores goes out, and what was queued is held, "
            "until `meterpost fence release`",
            en->fence.reason);
    return true;
}

/* A machine without a battery wakes up at some time that is past: one that has just started
 * with a store that is older, and follows no time server, does not know what time it is. */
static bool
doubt_clock(const struct relay *r, struct err *e)
{
    int64_t up_s = clock_uptime_s();
    utc_t first;

    if (clock_is_synchronised() || up_s > BOOT_S)
        return true;
    if (!utility_since(r->store, &first, e))
        return false;
    return first == 0 || first > r->now - up_s ||
           relay_clock_doubt(r, "the machine has just started, without a time server", e);
}

/* What was with a modem when the last engine ended may have left. */
static bool
recover(struct engine *en, struct err *e)
{
    struct store *s = en->desk->store;
    struct relay r;
    int count;

    en->since = en->desk->now = clock_now();
    r = desk_relay(en->desk);
    if (!store_begin(s, e))
        return false;
    if (!doubt_clock(&r, e)) {
        store_rollback(s);
        return false;
    }
    if (!outbox_modem_lost(s, NULL, en->desk->now, &count, e) ||
        !modem_care_lost(s, "the engine ended meanwhile", en->desk->now, e) ||
        !settings_note(en, e)) {
        store_rollback(s);
        return false;
    }
    if (count > 0)
        log_warn("engine", "%d messages were on their way when the engine ended", count);
    return store_commit(s, e);
}

/* A worker stands beside this program, or where `install` puts it. */
static bool
find_program(char path[PATH_MAX], const char *name, bool needed, struct err *e)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    const char *dir;

    if (*path != '\0')
        return true;
    if (n <= 0)
        return err_set(e, FAIL_FATAL, "/proc/self/exe: %s", strerror(errno));
    self[n] = '\0';
    dir = dirname(self);
    snprintf(path, PATH_MAX, "%s/%s", dir, name);
    if (access(path, X_OK) == 0)
        return true;
    snprintf(path, PATH_MAX, "%s/../libexec/meterpost/%s", dir, name);
    return access(path, X_OK) == 0 || !needed ||
           err_set(e, FAIL_FATAL,
                   "%s is not installed: neither in %s nor in ../libexec/meterpost", name,
                   dir);
}

static bool
find_workers(struct engine *en, struct err *e)
{
    const struct conf *c = en->desk->conf;

    return find_program(en->worker_path, "meterpost-modem", c->n_modems > 0, e) &&
           find_program(en->bus_worker_path, "meterpost-bus", c->n_buses > 0, e);
}

/* What was with a worker of a bus when the last engine ended. */
static bool
start_buses(struct engine *en, struct err *e)
{
    struct store *s = en->desk->store;

    if (!buses_configure(en, e) || !store_begin(s, e))
        return false;
    if (buses_recover(en, e))
        return store_commit(s, e);
    store_rollback(s);
    return false;
}

static void
on_signal(void *context, uint32_t events)
{
    struct engine *en = context;
    struct signalfd_siginfo info;

    (void)events;
    en->due = true;
    while (read(en->signals.fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGCHLD)
            modems_reap(en);
        else if (info.ssi_signo == SIGHUP)
            en->reload = true;
        else if (!en->stopping) {
            log_info("engine", "stopping");
            en->stopping = true;
            en->stop_ms = clock_mono_ms() + STOP_MS;
            sd_notify(0, "STOPPING=1");
            modems_stop(en);
            buses_stop(en);
        }
    }
}

static bool
watch_signals(struct engine *en, struct err *e)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    en->signals = (struct watch){.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
                                 .ready = on_signal,
                                 .context = en};
    if (en->signals.fd == -1)
        return err_set(e, FAIL_FATAL, "signalfd: %s", strerror(errno));
    return loop_add(en->loop, &en->signals, EPOLLIN, e);
}

static void
on_tick(void *context, uint32_t events)
{
    struct engine *en = context;
    uint64_t ticks;

    (void)events;
    if (read(en->ticks.fd, &ticks, sizeof(ticks)) == (ssize_t)sizeof(ticks) &&
        clock_now() != en->desk->now)
        en->due = true;
}

static bool
start_ticking(struct engine *en, struct err *e)
{
    long ms = clock_is_by_hand() ? TICK_HAND_MS : TICK_MS;
    struct timespec each = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    struct itimerspec every = {.it_interval = each, .it_value = each};

    en->ticks =
        (struct watch){.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                       .ready = on_tick,
                       .context = en};
    if (en->ticks.fd == -1 || timerfd_settime(en->ticks.fd, 0, &every, NULL) == -1)
        return err_set(e, FAIL_FATAL, "timerfd: %s", strerror(errno));
    return loop_add(en->loop, &en->ticks, EPOLLIN, e);
}

static bool
make_loop(struct engine *en, struct err *e)
{
    return loop_open(&en->loop, e);
}

/* The start-up, in order. What a step opened engine_close() closes. */
static const struct step {
    const char *what;
    bool (*run)(struct engine *en, struct err *e);
} steps[] = {
    {"settings", read_settings},  {"lock", take_lock},
    {"workers", find_workers},    {"database", open_database},
    {"fence", look_at_fence},     {"recovery", recover},
    {"loop", make_loop},          {"signals", watch_signals},
    {"clock", start_ticking},     {"control socket", server_open},
    {"modems", modems_configure}, {"buses", start_buses},
};

bool
engine_open(struct engine *en, const char *config, struct err *e)
{
    en->config = config;
    en->lock = en->loop = en->signals.fd = en->ticks.fd = -1;
    en->due = true;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (!steps[i].run(en, e)) {
            err_in(e, "%s", steps[i].what);
            engine_close(en);
            return false;
        }
        log_debug("engine", "%s: ready", steps[i].what);
    }
    return true;
}

void
engine_close(struct engine *en)
{
    struct err e;

    backup_work_end(en->backup);
    en->backup = NULL;
    if (en->desk != NULL && en->desk->store != NULL &&
        !fence_note(en->desk->store, en->desk->conf->database, &e))
        log_warn("engine", "%s", e.text);
    modems_close(en);
    buses_close(en);
    server_close(en->server);
    en->server = NULL;
    if (en->ticks.fd != -1)
        close(en->ticks.fd);
    if (en->signals.fd != -1)
        close(en->signals.fd);
    loop_close(en->loop);
    desk_free(en->desk);
    en->desk = NULL;
    lock_drop(en->lock);
    en->lock = en->loop = en->signals.fd = en->ticks.fd = -1;
}

/* ---- the life ---- */

/* What may not be done inside a transaction. */
static void
work_between(struct engine *en, int64_t now_ms)
{
    bool waits = false;
    struct err e;

    if (!en->stopping && !backup_work(en->desk, &en->backup, BACKUP_MS, &waits, &e))
        log_error("backup", "%s", e.text);
    en->due = en->due || (en->backup != NULL && !waits);
    if (now_ms - en->noted_ms < NOTE_MS)
        return;
    en->noted_ms = now_ms;
    if (!fence_note(en->desk->store, en->desk->conf->database, &e))
        log_warn("engine", "%s", e.text);
}

static void
take_turn(struct engine *en, int64_t now_ms)
{
    struct err e;
    int done;

    en->due = false;
    if (engine_turn(en, &done, &e)) {
        if (trouble_over(&en->turns) > 0)
            log_info("engine", "the database works again");
        en->worked = done > 0;
        en->due = en->due || en->worked;
        work_between(en, now_ms);
        return;
    }
    en->due = true;
    en->rest_until_ms = now_ms + REST_MS;
    if (trouble_again(&en->turns))
        log_error("engine", "nothing is sent or taken (%u times): %s", en->turns.times,
                  e.text);
}

/* The database is in order as long as turns succeed: only then the watchdog is fed. */
static void
feed_watchdog(struct engine *en, int64_t now_ms)
{
    uint64_t usec;

    if (en->turns.times > 0 || sd_watchdog_enabled(0, &usec) <= 0 ||
        now_ms - en->fed_ms < (int64_t)(usec / 2000))
        return;
    sd_notify(0, "WATCHDOG=1");
    en->fed_ms = now_ms;
}

static void
tell_systemd(struct engine *en)
{
    int ready = 0;

    for (int i = 0; i < en->n_modems; i++)
        ready += worker_is_ready(&en->modems[i]->worker);
    if (ready == en->told_ready)
        return;
    en->told_ready = ready;
    sd_notifyf(0, "STATUS=%d of %d modems ready", ready, en->n_modems);
}

static bool
is_over(struct engine *en, int64_t now_ms)
{
    if (!en->stopping)
        return false;
    if (modems_all_rest(en) && buses_all_rest(en))
        return true;
    if (now_ms < en->stop_ms)
        return false;
    for (int i = 0; i < en->n_modems; i++) {
        if (en->modems[i]->worker.child.life == CHILD_RUNNING)
            child_kill(&en->modems[i]->worker.child, "its worker did not stop in time");
    }
    buses_kill(en, "its worker did not stop in time");
    return now_ms > en->stop_ms + STOP_KILLED_MS;
}

bool
engine_round(struct engine *en, int timeout_ms)
{
    int64_t now_ms = clock_mono_ms();
    bool may_turn = now_ms >= en->rest_until_ms;

    loop_wait(en->loop, en->due && may_turn ? 0 : timeout_ms);
    now_ms = clock_mono_ms();
    if (en->reload && !en->stopping)
        engine_reload(en);
    en->reload = false;
    modems_supervise(en, now_ms);
    buses_supervise(en, now_ms);
    if (en->due && now_ms >= en->rest_until_ms)
        take_turn(en, now_ms);
    if (en->desk->now == clock_now())
        server_serve(en);
    else
        en->due = true; /* answers are as of a turn of this time */
    feed_watchdog(en, now_ms);
    tell_systemd(en);
    return !is_over(en, now_ms);
}

void
engine_run(struct engine *en)
{
    sd_notify(0, "READY=1");
    log_info("engine", "ready: %d modems, %s", en->n_modems, en->desk->conf->database);
    while (engine_round(en, en->stopping ? ROUND_STOPPING_MS : ROUND_MS))
        ;
    log_info("engine", "stopped");
}
