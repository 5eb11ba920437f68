/*
 * kill -9 of the engine and of its worker at random moments, while messages go out and come
 * in. Afterwards what the network remembers and what the store says must agree: nothing is
 * missing, and what went twice says so.
 */
#include "meterpost/control/client.h"
#include "meterpost/store/inbox.h"
#include "meterpost/store/outbox.h"
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MESSAGES 200 /* each way */
#define KILLS    14
#define ROWS_MAX 2000
#define NUMBER   "+254799000001" /* of nobody in the village */

static struct rig *r;
static struct err e;
static unsigned dice =
    20261122; /* the same moments each time, as far as the machine lets */

static unsigned
roll(unsigned below)
{
    dice = dice * 1103515245u + 12345u;
    return (dice >> 16) % below;
}

static void
nap_ms(unsigned ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L},
              NULL);
}

static void
begin(void)
{
    r = rig_create(&(struct rig_options){0}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, "", &e) && rig_engine_start(r, &e),
              "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(kill, .init = begin, .fini = end, .timeout = 240);

/* Ask the engine one thing; false while it is dead. */
static bool
ask(const char *verb, json_t *arguments, json_t **answer)
{
    struct control_client *c;
    bool good;

    if (!control_connect(rig_dir(r), &c, &e))
        return false;
    good = control_ask(c, verb, arguments, "test", NULL, NULL, answer, &e);
    control_disconnect(c);
    return good;
}

static void
send_one(int i)
{
    char text[40];
    json_t *answer = NULL, *arguments;

    snprintf(text, sizeof(text), "out %d", i);
    arguments = json_pack("{s:s, s:s}", "number", NUMBER, "text", text);
    if (ask("message.send", arguments, &answer))
        json_decref(answer);
    json_decref(arguments);
}

/* A child of the engine: its worker. 0 when there is none just now. */
static pid_t
worker_of(pid_t engine)
{
    char path[80];
    int pid = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", engine, engine);
    f = fopen(path, "r");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%d", &pid) != 1)
        pid = 0;
    fclose(f);
    return pid;
}

static void
kill_worker(void)
{
    json_t *status = NULL;
    pid_t engine, worker;

    if (!ask("status", NULL, &status))
        return;
    engine = (pid_t)json_integer_value(
        json_object_get(json_object_get(status, "engine"), "pid"));
    worker = worker_of(engine);
    if (worker > 0)
        kill(worker, SIGKILL);
    json_decref(status);
}

static void
kill_engine(void)
{
    rig_engine_kill(r);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
}

/* How often the network took this text from our modem. */
static int
times_taken(const json_t *sent, const char *text)
{
    const json_t *one;
    size_t i;
    int n = 0;

    json_array_foreach (sent, i, one)
        n += strcmp(json_string_value(json_object_get(one, "text")), text) == 0;
    return n;
}

static void
expect_outbox_and_network_agree(struct store *s)
{
    json_t *answer = rig_ask(r, &e, "{s:s, s:i}", "do", "sent", "limit", (int)ROWS_MAX);
    const json_t *sent = json_object_get(answer, "sent");
    static struct outbox_row m;
    int repeated = 0;
    bool found;

    cr_assert_not_null(answer, "%s", e.text);
    for (int64_t id = 1; outbox_row_get(s, id, &m, &found, &e) && found; id++) {
        int times = times_taken(sent, m.text);
        const char *state = outbox_state_name(m.state);

        repeated += m.repeated > 0;
        cr_expect(m.state == OUTBOX_SENT || m.state == OUTBOX_DELIVERED ||
                      (m.state == OUTBOX_IN_DOUBT && m.repeated > 0),
                  "'%s' is %s, repeated %d", m.text, state, m.repeated);
        cr_expect(times >= 1 || m.state == OUTBOX_IN_DOUBT, "'%s' is %s and never left",
                  m.text, state);
        cr_expect(times <= 1 + m.repeated, "'%s' went %d times, repeated is %d", m.text,
                  times, m.repeated);
    }
    fprintf(stderr, "kill: %d messages were in doubt and went again\n", repeated);
    json_decref(answer);
}

static void
expect_every_message_once(struct store *s, int injected)
{
    static struct inbox_row m;
    static int seen[MESSAGES];
    bool found;
    int n;

    for (int64_t id = 1; inbox_row_get(s, id, &m, &found, &e) && found; id++) {
        cr_expect(sscanf(m.text, "in %d", &n) == 1 && n >= 0 && n < injected,
                  "inbox=%lld is '%s'", (long long)id, m.text);
        seen[n]++;
    }
    for (int i = 0; i < injected; i++)
        cr_expect_eq(seen[i], 1, "'in %d' is there %d times", i, seen[i]);
}

Test(kill, no_message_is_missing_and_none_repeats_silently)
{
    char text[40], path[RIG_PATH_MAX];
    struct store *s;

    for (int i = 0; i < MESSAGES; i++) {
        send_one(i);
        snprintf(text, sizeof(text), "in %d", i);
        cr_assert(rig_inject(r, NUMBER, "sim1", text, &e), "%s", e.text);
        nap_ms(roll(20));
        if (i % (MESSAGES / KILLS) != 0)
            continue;
        nap_ms(roll(300));
        if (roll(3) == 0)
            kill_worker();
        else
            kill_engine();
    }
    cr_assert(rig_wait_idle(r, 60000, &e), "%s", e.text);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_READ, &s, &e), "%s",
              e.text);
    expect_outbox_and_network_agree(s);
    expect_every_message_once(s, MESSAGES);
    store_close(s);
}
