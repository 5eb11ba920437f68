/*
 * farm.h - what the tests of several modems stand on: an engine whose workers are played by
 * the test. Modem i of the configuration talks over peer[i].
 */
#ifndef METERPOST_TESTS_ENGINE_FARM_H
#define METERPOST_TESTS_ENGINE_FARM_H

#include "engine/engine.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/modem_care.h"
#include "meterpost/store/modem_credit.h"
#include "store/stmt.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOW    1790000000 /* 2026-09-21 16:13:20 in Nairobi */
#define MODEMS 3
#define SAFARI "+254722000" /* a prefix that modem "b" has a route of its own for */
#define OTHER  "+254733000"

static char dir[] = "/tmp/meterpost-farm-XXXXXX";
static char config[64], clock_file[64];
static struct engine en;
static struct err e;
static int peer[MODEMS];
static struct wire got[64];
static struct wire_ask asked; /* the last question */

static inline void
write_config(const char *modems, const char *more)
{
    FILE *f = fopen(config, "w");

    cr_assert_not_null(f);
    fprintf(f,
            "utility: {name: Test, currency: KES, timezone: Africa/Nairobi,"
            " country_code: \"254\"}\n"
            "database: %s/test.db\n"
            "run_dir: %s/run\n"
            "paths: {profiles: %s/conf/profiles, tariffs: %s/conf/tariffs,"
            " words: %s/conf/words, payments: %s/conf/payments, carriers: %s/conf/carriers,"
            " templates: %s/templates}\n"
            "modems:\n%s%s",
            dir, dir, TOP, TOP, TOP, TOP, TOP, TOP, modems, more);
    fclose(f);
}

#define A "  - {name: a, device: /dev/null, rate: 60000/min}\n"
#define B                                                                                  \
    "  - {name: b, device: /dev/zero, rate: 60000/min, segment_cost: \"2.00\","            \
    " routes: [\"+254722*\"]}\n"

static inline void
begin(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(config, sizeof(config), "%s/meterpost.yaml", dir);
    snprintf(clock_file, sizeof(clock_file), "%s/clock", dir);
    cr_assert(clock_hand_set(clock_file, NOW, &e), "%s", e.text);
    setenv("METERPOST_CLOCK", clock_file, 1);
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

TestSuite(farm, .init = begin, .fini = end, .timeout = 60);

static inline void
rounds(int n)
{
    for (int i = 0; i < n; i++)
        engine_round(&en, 5);
}

static inline void
say(int i, struct wire w)
{
    cr_assert(wire_put(peer[i], &w, &e), "%s", e.text);
}

static inline void
be(int i, enum wire_health health)
{
    say(i, (struct wire){.kind = WIRE_STATE, .u.state = {.health = (uint8_t)health}});
    rounds(2);
}

static inline void
plug_in(int i)
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
    peer[i] = pair[1];
    cr_assert(worker_adopt(&en.modems[i]->worker, pid, pair[0], &e), "%s", e.text);
    say(i, (struct wire){.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, 1}});
    be(i, WIRE_READY);
}

static inline void
start(const char *modems, const char *more, int n)
{
    write_config(modems, more);
    snprintf(en.worker_path, sizeof(en.worker_path), "/nonexistent/worker");
    cr_assert(engine_open(&en, config, &e), "%s", e.text);
    for (int i = 0; i < n; i++)
        plug_in(i);
}

/* The SENDs that modem i got meanwhile, into got[]. */
static inline int
hear(int i)
{
    struct wire w;
    bool is;
    int n = 0;

    rounds(3);
    for (;;) {
        cr_assert(wire_get(peer[i], &w, &is, &e), "%s", e.text);
        if (!is)
            return n;
        if (w.kind == WIRE_SEND && n < 64)
            got[n++] = w;
        if (w.kind == WIRE_ASK)
            asked = w.u.ask;
    }
}

/* The number of the question that modem i got meanwhile, 0 when there was none. */
static inline int64_t
hear_asked(int i)
{
    asked.id = 0;
    en.due = true;
    hear(i);
    return asked.id;
}

static inline int64_t
queue(const char *prefix, int number, enum outbox_kind kind)
{
    static int key;
    char name[20], to[20];
    const struct outbox_new m = {.key = name, .kind = kind, .number = to, .text = "hello"};
    int64_t id;

    snprintf(name, sizeof(name), "k%d", key++);
    snprintf(to, sizeof(to), "%s%03d", prefix, number);
    cr_assert(outbox_add(en.desk->store, &m, clock_now(), &id, &e), "%s", e.text);
    en.due = true;
    return id;
}

static inline void
queue_many(const char *prefix, int n, enum outbox_kind kind)
{
    cr_assert(store_begin(en.desk->store, &e));
    for (int i = 0; i < n; i++)
        queue(prefix, i % 1000, kind);
    cr_assert(store_commit(en.desk->store, &e));
}

static inline void
answer(int i, const struct wire *send, enum wire_outcome outcome)
{
    say(i, (struct wire){.kind = WIRE_RESULT,
                         .u.result = {.outbox = send->u.send.outbox,
                                      .part = send->u.send.concat.number,
                                      .outcome = (uint8_t)outcome,
                                      .ref = 9,
                                      .code = -1}});
}

static inline enum outbox_state
state_of(int64_t id)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(en.desk->store, id, &m, &found, &e) && found, "%s", e.text);
    return m.state;
}

#endif
