/*
 * one_modem.h - what the tests of the engine stand on: a folder of its own, a clock that is
 * moved by hand, and one modem whose worker the test plays at the other end of the socket.
 */
#ifndef METERPOST_TESTS_ENGINE_ONE_MODEM_H
#define METERPOST_TESTS_ENGINE_ONE_MODEM_H

#include "engine/engine.h"
#include "meterpost/control/client.h"
#include "meterpost/control/lock.h"
#include "meterpost/control/verb.h"
#include "meterpost/sms/inbox.h"
#include "meterpost/sms/outbox.h"
#include "store/stmt.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW         1790000000
#define PATIENCE_MS 60000 /* for other processes, on a busy machine */
#define NUMBER      "+254711000001"

static char dir[] = "/tmp/meterpost-engine-XXXXXX";
static char config[64], clock_file[64];
static struct engine en;
static struct err e;
static int peer = -1; /* our end: the worker's */
static struct wire got;

static const char *more = ""; /* settings of the modem */

static inline void
write_config(const char *rate)
{
    FILE *f = fopen(config, "w");

    cr_assert_not_null(f);
    fprintf(f,
            "utility: {name: Test, currency: KES, timezone: Africa/Nairobi,"
            " country_code: \"254\"}\n"
            "database: %s/test.db\n"
            "run_dir: %s/run\n"
            "paths: {profiles: %s/conf/profiles, tariffs: %s/conf/tariffs,"
            " words: %s/conf/words, payments: %s/conf/payments, templates: %s/templates}\n"
            "modems:\n"
            "  - {name: sim1, device: /dev/null, rate: %s%s}\n",
            dir, dir, TOP, TOP, TOP, TOP, TOP, rate, more);
    fclose(f);
}

static inline void
begin(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(config, sizeof(config), "%s/meterpost.yaml", dir);
    snprintf(clock_file, sizeof(clock_file), "%s/clock", dir);
    cr_assert(clock_hand_set(clock_file, NOW, &e), "%s", e.text);
    setenv("METERPOST_CLOCK", clock_file, 1);
    write_config("600/min");
}

static inline void
end(void)
{
    char command[100];

    if (en.desk != NULL)
        engine_close(&en);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(engine, .init = begin, .fini = end, .timeout = 120);

static inline void
open_engine(void)
{
    snprintf(en.worker_path, sizeof(en.worker_path), "/nonexistent/worker");
    cr_assert(engine_open(&en, config, &e), "%s", e.text);
}

static inline void
rounds(int n)
{
    for (int i = 0; i < n; i++)
        engine_round(&en, 20);
}

/* Until the end of the worker's process was noticed, which takes the time it takes. It is
 * not started again. */
static inline void
rounds_until_resting(void)
{
    struct worker *w = &en.modems[0]->worker;
    int64_t until = clock_mono_ms() + PATIENCE_MS;

    while (w->child.life != CHILD_RESTING && clock_mono_ms() < until)
        rounds(1);
    cr_assert_eq(w->child.life, CHILD_RESTING, "its life is %d", (int)w->child.life);
    w->child.restart_ms = INT64_MAX;
}

/* A process that stands for the worker; the test talks for it. */
static inline void
plug_in(void)
{
    int pair[2];
    pid_t pid;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    pid = fork();
    if (pid == 0) {
        close(pair[0]);
        close(pair[1]);
        for (;;)
            pause();
    }
    peer = pair[1];
    cr_assert(worker_adopt(&en.modems[0]->worker, pid, pair[0], &e), "%s", e.text);
}

static inline void
say(struct wire w)
{
    cr_assert(wire_put(peer, &w, &e), "%s", e.text);
}

/* The next packet that the engine sent; false when there is none. */
static inline bool
hear(void)
{
    struct wire w;
    bool is;

    cr_assert(wire_get(peer, &w, &is, &e), "%s", e.text);
    if (is)
        got = w;
    return is;
}

static inline void
be_ready(void)
{
    struct wire state = {.kind = WIRE_STATE,
                         .u.state = {.health = WIRE_READY,
                                     .signal_percent = 80,
                                     .sim_used = 0,
                                     .sim_size = 20,
                                     .imsi = "639020000000001"}};

    plug_in();
    say((struct wire){.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, 1}});
    say(state);
    rounds(3);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_HELLO);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_SETUP);
    cr_expect_str_eq(got.u.setup.device, "/dev/null");
    cr_expect(worker_is_ready(&en.modems[0]->worker));
}

static inline int64_t
queue(const char *key, enum outbox_kind kind)
{
    const struct outbox_new m = {
        .key = key, .kind = kind, .number = NUMBER, .text = "hello"};
    int64_t id;

    cr_assert(store_begin(en.desk->store, &e) &&
                  outbox_add(en.desk->store, &m, NOW, &id, &e) &&
                  store_commit(en.desk->store, &e),
              "%s", e.text);
    en.due = true;
    return id;
}

static inline void
expect_state(int64_t id, enum outbox_state want)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(en.desk->store, id, &m, &found, &e) && found, "%s", e.text);
    cr_expect_eq(m.state, want, "outbox=%lld: got %s, want %s", (long long)id,
                 outbox_state_name(m.state), outbox_state_name(want));
}

static inline void
answer(enum wire_outcome outcome)
{
    say((struct wire){.kind = WIRE_RESULT,
                      .u.result = {.outbox = got.u.send.outbox,
                                   .part = got.u.send.concat.number,
                                   .outcome = (uint8_t)outcome,
                                   .ref = 9,
                                   .code = -1}});
}

static inline struct wire
text(uint64_t token, const char *body)
{
    struct wire w = {.kind = WIRE_ARRIVED,
                     .u.arrived = {.token = token,
                                   .arrival = WIRE_TEXT,
                                   .ref = -1,
                                   .tp_status = -1,
                                   .smsc_time = NOW,
                                   .number = NUMBER,
                                   .length = (uint16_t)strlen(body)}};

    snprintf(w.u.arrived.body, sizeof(w.u.arrived.body), "%s", body);
    return w;
}

static inline int64_t
inbox_count(void)
{
    static const char sql[] = "SELECT count(*) FROM inbox";
    int64_t n;
    bool found;

    cr_assert(stmt_one_int(stmt_get(en.desk->store, sql, &e), &n, &found, &e));
    return n;
}

#endif
