/*
 * kill -9 of the engine and of its worker at random moments, while messages go out and come
 * in, and while 200 meters are read. Afterwards what the network remembers and what the
 * store says must agree: nothing is missing, what went twice says so, each meter has its
 * reading once.
 */
#include "meterpost/base/text.h"
#include "meterpost/control/client.h"
#include "meterpost/metering/round.h"
#include "meterpost/store/inbox.h"
#include "meterpost/store/list.h"
#include "meterpost/store/outbox.h"
#include "meterpost/talk/desk.h"
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MESSAGES 200 /* each way */
#define KILLS    14
#define METERS   200
#define ROWS_MAX 5000
#define LATENCY  20 /* ms between a message and its result: so long it is in the air */
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
start_all(const struct rig_options *options)
{
    json_t *answer;

    r = rig_create(options, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) &&
                  rig_config(r,
                             "reading: {window: \"00:00-24:00\"}\n"
                             "hours: {notice: \"00:00-24:00\"}\n",
                             &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
    answer = rig_ask(r, &e, "{s:s, s:s, s:i}", "do", "fault", "modem", "sim1", "latency_ms",
                     LATENCY);
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(kill, .fini = end, .timeout = 240);

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

/* A modem that is being opened sends nothing: kill while there is something to break. */
static void
wait_for_modem(void)
{
    int64_t until = clock_mono_ms() + 20000;
    json_t *status, *modem;
    bool ready = false;

    while (!ready && clock_mono_ms() < until) {
        if (ask("status", NULL, &status)) {
            modem = json_array_get(json_object_get(status, "modems"), 0);
            ready =
                strcmp(json_string_value(json_object_get(modem, "health")), "ready") == 0;
            json_decref(status);
        }
        nap_ms(10);
    }
    cr_assert(ready, "the modem does not get ready");
}

/* One in three kills is the worker's alone. */
static void
kill_one(void)
{
    wait_for_modem();
    nap_ms(roll(400));
    if (roll(3) == 0) {
        kill_worker();
        return;
    }
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

/* What the modem could not take just then is tried again after a while. */
static void
wait_for_later(void)
{
    int64_t until = clock_mono_ms() + 120000, later = 1;
    json_t *status;

    while (later > 0 && clock_mono_ms() < until) {
        cr_assert(ask("status", NULL, &status), "%s", e.text);
        later = json_integer_value(json_object_get(status, "outbox_later")) +
                json_integer_value(json_object_get(status, "outbox_due")) +
                json_integer_value(json_object_get(status, "outbox_sending"));
        json_decref(status);
        nap_ms(50);
    }
    cr_assert_eq(later, 0);
}

Test(kill, no_message_is_missing_and_none_repeats_silently)
{
    char text[40], path[RIG_PATH_MAX];
    struct store *s;

    start_all(&(struct rig_options){0});
    for (int i = 0; i < MESSAGES; i++) {
        send_one(i);
        snprintf(text, sizeof(text), "in %d", i);
        cr_assert(rig_inject(r, NUMBER, "sim1", text, &e), "%s", e.text);
        nap_ms(roll(20));
        if (i % (MESSAGES / KILLS) != 0)
            continue;
        kill_one();
    }
    cr_assert(rig_wait_idle(r, 60000, &e), "%s", e.text);
    wait_for_later();
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_READ, &s, &e), "%s",
              e.text);
    expect_outbox_and_network_agree(s);
    expect_every_message_once(s, MESSAGES);
    store_close(s);
}

/* ---- readings ---- */

static char rows[64 * 1024]; /* of a file under construction */

/* A village of METERS meters of one kind, written beside the rig. */
static void
write_village(char *path, size_t size)
{
    struct text t;
    FILE *f;

    text_init(&t, rows, sizeof(rows));
    text_add(&t, "{\"seed\": 7, \"zone\": \"Africa/Nairobi\", \"since\": \"2026-01-01\","
                 "\"network\": {\"name\": \"Village Mobile\", \"code\": \"00101\","
                 " \"smsc\": \"+254700000999\", \"country_code\": \"254\"},"
                 "\"kinds\": {\"kamstrup-gsm7i\": {\"answers\": [{"
                 "\"match\": \"=READ_METER#\", \"reply\": \"{{total.0}} kWh,\\n{{power}} W,"
                 "\\n{{hours}} Hours,\\nMeter No.: {{serial}}\"}]}}, \"meters\": [");
    for (int i = 0; i < METERS; i++)
        text_addf(&t,
                  "%s{\"serial\": \"2020%04d\", \"kind\": \"kamstrup-gsm7i\", \"phone\":"
                  " \"+25471110%04d\", \"start\": \"%d\", \"per_day\": \"4.2\"}",
                  i == 0 ? "" : ",", i, i, 1000 + i);
    text_add(&t, "]}");
    cr_assert_not(t.cut);
    snprintf(path, size, "/tmp/meterpost-village-%d.json", (int)getpid());
    f = fopen(path, "w");
    cr_assert(f != NULL && fputs(rows, f) >= 0 && fclose(f) == 0);
}

static void
import(const char *kind)
{
    json_t *answer = NULL, *arguments = json_pack("{s:s, s:s}", "kind", kind, "text", rows);

    cr_assert(ask("import", arguments, &answer), "%s", e.text);
    cr_assert_eq(json_integer_value(json_object_get(answer, "rows")), METERS, "%s: %s",
                 kind, json_dumps(answer, 0));
    json_decref(arguments);
    json_decref(answer);
}

static void
register_meters(void)
{
    struct text t;

    text_init(&t, rows, sizeof(rows));
    text_add(&t, "account,name,tariff\n");
    for (int i = 0; i < METERS; i++)
        text_addf(&t, "%d,House %d,domestic-electricity\n", 1000 + i, i);
    import("accounts");
    text_init(&t, rows, sizeof(rows));
    text_add(&t, "meter,account,commodity,profile,phone,initial_reading,installed_on\n");
    for (int i = 0; i < METERS; i++)
        text_addf(&t,
                  "2020%04d,%d,electricity,kamstrup-gsm7i,+25471110%04d,%d,2026-01-01\n", i,
                  1000 + i, i, 1000 + i);
    import("meters");
}

/* While no engine runs, as `meterpost` does it under the lock. */
static void
start_round(void)
{
    const struct round_start start = {.name = "2026-03", .actor = "test"};
    struct problems p = {0};
    char path[RIG_PATH_MAX];
    struct round_summary sum;
    struct desk *d;

    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    d = desk_load(rig_path(r, "meterpost.yaml", path), &p);
    cr_assert_not_null(d);
    cr_assert(desk_open_store(d, STORE_WRITE, &e) && store_begin(d->store, &e) &&
                  metering_round_start(d->store, d->conf, &start, d->now, &sum, &e) &&
                  store_commit(d->store, &e),
              "%s", e.text);
    cr_assert_eq(sum.requests, METERS);
    desk_free(d);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
}

static bool
count_reading(json_t *row, void *context)
{
    int *seen = context;
    int i = atoi(json_string_value(json_object_get(row, "meter"))) - 20200000;

    cr_expect_str_eq(json_string_value(json_object_get(row, "status")), "accepted");
    if (i >= 0 && i < METERS &&
        strcmp(json_string_value(json_object_get(row, "register")), "1-0:1.8.0") == 0)
        seen[i]++;
    json_decref(row);
    return true;
}

Test(kill, each_meter_has_its_reading_once)
{
    static int seen[METERS];
    char village[80], path[RIG_PATH_MAX];
    struct store *s;

    write_village(village, sizeof(village));
    start_all(&(struct rig_options){.village = village, .start = "2026-03-01T06:00Z"});
    register_meters();
    start_round();
    for (int i = 0; i < KILLS; i++) {
        kill_one();
    }
    cr_assert(rig_wait_idle(r, 120000, &e), "%s", e.text);
    cr_assert(rig_until(r, clock_now() + DAY_S, 60000, &e), "%s", e.text);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_READ, &s, &e), "%s",
              e.text);
    cr_assert(list_each(s, "readings", &(struct list_filter){.limit = ROWS_MAX}, 2,
                        count_reading, seen, &e),
              "%s", e.text);
    for (int i = 0; i < METERS; i++)
        cr_expect_eq(seen[i], 1, "meter 2020%04d has %d readings", i, seen[i]);
    store_close(s);
    unlink(village);
}
