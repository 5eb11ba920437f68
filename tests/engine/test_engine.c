/* The engine with a worker that the test plays itself, at the other end of the socket. */
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

static void
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

static void
begin(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(config, sizeof(config), "%s/meterpost.yaml", dir);
    snprintf(clock_file, sizeof(clock_file), "%s/clock", dir);
    cr_assert(clock_hand_set(clock_file, NOW, &e), "%s", e.text);
    setenv("METERPOST_CLOCK", clock_file, 1);
    write_config("600/min");
}

static void
end(void)
{
    char command[100];

    if (en.desk != NULL)
        engine_close(&en);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(engine, .init = begin, .fini = end, .timeout = 120);

static void
open_engine(void)
{
    snprintf(en.worker_path, sizeof(en.worker_path), "/nonexistent/worker");
    cr_assert(engine_open(&en, config, &e), "%s", e.text);
}

static void
rounds(int n)
{
    for (int i = 0; i < n; i++)
        engine_round(&en, 20);
}

/* Until the end of the worker's process was noticed, which takes the time it takes. It is
 * not started again. */
static void
rounds_until_resting(void)
{
    struct worker *w = &en.modems[0]->worker;
    int64_t until = clock_mono_ms() + PATIENCE_MS;

    while (w->life != WORKER_RESTING && clock_mono_ms() < until)
        rounds(1);
    cr_assert_eq(w->life, WORKER_RESTING, "its life is %d", (int)w->life);
    w->restart_ms = INT64_MAX;
}

/* A process that stands for the worker; the test talks for it. */
static void
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

static void
say(struct wire w)
{
    cr_assert(wire_put(peer, &w, &e), "%s", e.text);
}

/* The next packet that the engine sent; false when there is none. */
static bool
hear(void)
{
    struct wire w;
    bool is;

    cr_assert(wire_get(peer, &w, &is, &e), "%s", e.text);
    if (is)
        got = w;
    return is;
}

static void
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

static int64_t
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

static void
expect_state(int64_t id, enum outbox_state want)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(en.desk->store, id, &m, &found, &e) && found, "%s", e.text);
    cr_expect_eq(m.state, want, "outbox=%lld: got %s, want %s", (long long)id,
                 outbox_state_name(m.state), outbox_state_name(want));
}

static void
answer(enum wire_outcome outcome)
{
    say((struct wire){.kind = WIRE_RESULT,
                      .u.result = {.outbox = got.u.send.outbox,
                                   .part = got.u.send.concat.number,
                                   .outcome = (uint8_t)outcome,
                                   .ref = 9,
                                   .code = -1}});
}

static struct wire
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

static int64_t
inbox_count(void)
{
    static const char sql[] = "SELECT count(*) FROM inbox";
    int64_t n;
    bool found;

    cr_assert(stmt_one_int(stmt_get(en.desk->store, sql, &e), &n, &found, &e));
    return n;
}

Test(engine, a_message_goes_out_and_its_result_comes_back)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_NOTICE);
    rounds(2);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_SEND);
    cr_expect_str_eq(got.u.send.number, NUMBER);
    expect_state(id, OUTBOX_SENDING);
    answer(WIRE_SENT);
    rounds(2);
    expect_state(id, OUTBOX_SENT);
    cr_expect_not(hear());
}

Test(engine, one_message_at_a_time_is_with_a_modem)
{
    open_engine();
    be_ready();
    queue("a", OUT_NOTICE);
    queue("b", OUT_NOTICE);
    rounds(5);
    cr_assert(hear());
    cr_expect_not(hear());
    answer(WIRE_SENT);
    rounds(5);
    cr_expect(hear());
    cr_expect_not(hear());
}

/* What somebody else sees in the store at the moment that the worker gets the message. */
static int
watch_commit(int64_t id)
{
    struct pollfd p = {.fd = peer, .events = POLLIN};
    struct outbox_row m = {.state = OUTBOX_STATES};
    char path[100];
    struct store *reader;
    bool found;

    snprintf(path, sizeof(path), "%s/test.db", dir);
    if (poll(&p, 1, 5000) != 1 || !store_open(path, STORE_READ, &reader, &e) ||
        !outbox_row_get(reader, id, &m, &found, &e))
        return OUTBOX_STATES;
    store_close(reader);
    return (int)m.state;
}

Test(engine, the_row_is_committed_before_the_worker_hears_of_it)
{
    int64_t id;
    int status = 0;
    pid_t watcher;

    open_engine();
    be_ready();
    id = queue("a", OUT_NOTICE);
    watcher = fork();
    if (watcher == 0)
        _exit(watch_commit(id));
    rounds(2);
    /* the engine reaps all children: it must not run before we have seen this one end */
    cr_assert_eq(waitpid(watcher, &status, 0), watcher);
    cr_expect_eq(WEXITSTATUS(status), OUTBOX_SENDING, "got %s",
                 outbox_state_name((enum outbox_state)WEXITSTATUS(status)));
}

Test(engine, what_arrived_is_forgotten_only_when_it_is_committed)
{
    open_engine();
    be_ready();
    cr_assert(store_exec(en.desk->store, "PRAGMA max_page_count=1", &e));
    for (int i = 0; i < 20; i++) { /* more than fits into the pages that are there */
        char body[700];

        memset(body, 'a' + i, sizeof(body) - 1);
        body[sizeof(body) - 1] = '\0';
        say(text((uint64_t)i + 1, body));
    }
    rounds(5);
    cr_expect_not(hear(), "forgotten, but never stored");
    cr_expect_eq(inbox_count(), 0);
    cr_assert(store_exec(en.desk->store, "PRAGMA max_page_count=1000000", &e));
    en.rest_until_ms = 0;
    rounds(5);
    cr_expect_eq(inbox_count(), 20);
    for (uint64_t i = 1; i <= 20; i++) {
        cr_assert(hear());
        cr_expect_eq(got.kind, WIRE_FORGET);
        cr_expect_eq(got.u.forget.token, i);
    }
}

/* From now on whatever writes `event` makes the COMMIT of its transaction fail. */
static void
spoil(const char *event)
{
    char sql[400];

    snprintf(sql, sizeof(sql),
             "CREATE TABLE spoilt (id INTEGER REFERENCES account(id)"
             " DEFERRABLE INITIALLY DEFERRED);"
             "CREATE TRIGGER spoil AFTER %s BEGIN INSERT INTO spoilt VALUES (99999); END",
             event);
    cr_assert(store_exec(en.desk->store, sql, &e), "%s", e.text);
}

static void
mend(void)
{
    cr_assert(store_exec(en.desk->store, "DROP TRIGGER spoil", &e), "%s", e.text);
    en.rest_until_ms = 0;
}

Test(engine, nothing_is_sent_when_the_commit_fails)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    spoil("UPDATE ON outbox");
    rounds(3);
    cr_expect_not(hear(), "it was sent, and nobody will know");
    expect_state(id, OUTBOX_QUEUED);
    mend();
    rounds(3);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_SEND);
    cr_expect_not(hear());
}

Test(engine, nothing_is_forgotten_when_the_commit_fails)
{
    open_engine();
    be_ready();
    spoil("INSERT ON inbox");
    say(text(7, "BAL"));
    rounds(3);
    cr_expect_not(hear(), "forgotten, but never stored");
    cr_expect_eq(inbox_count(), 0);
    mend();
    rounds(3);
    cr_expect_eq(inbox_count(), 1);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_FORGET);
    cr_expect_eq(got.u.forget.token, 7);
}

Test(engine, a_result_survives_a_commit_that_fails)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    rounds(3);
    cr_assert(hear());
    spoil("UPDATE ON outbox");
    answer(WIRE_SENT);
    rounds(3);
    expect_state(id, OUTBOX_SENDING);
    mend();
    rounds(3);
    expect_state(id, OUTBOX_SENT);
}

Test(engine, what_a_dead_worker_had_is_settled_by_its_kind)
{
    int64_t cut, request;

    open_engine();
    be_ready();
    cut = queue("cut", OUT_CUT);
    rounds(2);
    close(peer);
    rounds_until_resting();
    expect_state(cut, OUTBOX_IN_DOUBT);

    be_ready();
    request = queue("request", OUT_REQUEST);
    rounds(2);
    expect_state(request, OUTBOX_SENDING);
    close(peer);
    rounds_until_resting();
    expect_state(request, OUTBOX_QUEUED);
}

Test(engine, what_a_worker_never_got_goes_to_the_next_at_once)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    shutdown(peer, SHUT_RD); /* the engine's next packet finds nobody */
    close(peer);
    engine_turn(&en, &(int){0}, &e);
    expect_state(id, OUTBOX_SENDING);
    rounds_until_resting();
    expect_state(id, OUTBOX_QUEUED);
    be_ready();
    rounds(2);
    cr_assert(hear());
    cr_expect_eq(got.u.send.outbox, id);
}

Test(engine, the_last_words_of_a_dead_worker_are_heard)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    rounds(2);
    cr_assert(hear());
    answer(WIRE_SENT);
    say(text(5, "BAL"));
    close(peer);
    rounds_until_resting();
    expect_state(id, OUTBOX_SENT);
    cr_expect_eq(inbox_count(), 1);
}

Test(engine, a_worker_that_talks_nonsense_is_replaced)
{
    open_engine();
    be_ready();
    cr_assert_eq(send(peer, "nonsense", 8, 0), 8);
    rounds_until_resting();
    cr_expect_eq(en.modems[0]->worker.restarts, 1);
}

Test(engine, a_worker_that_does_not_greet_is_replaced)
{
    open_engine();
    plug_in();
    say((struct wire){.kind = WIRE_ALIVE});
    rounds_until_resting();
}

Test(engine, rests_double_until_a_worker_is_healthy)
{
    static const int want[] = {2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
    struct worker w = {.life = WORKER_GONE, .rest_s = 1};

    for (int i = 0; i < 10; i++) {
        worker_settled(&w, 1000);
        cr_expect_eq(w.rest_s, want[i], "%d: got %d, want %d", i, w.rest_s, want[i]);
    }
    w.ready_ms = 1;
    worker_settled(&w, 100000);
    cr_expect_eq(w.restart_ms, 101000);
}

Test(engine, a_silent_worker_is_replaced)
{
    open_engine();
    be_ready();
    worker_check(&en.modems[0]->worker, clock_mono_ms() + WIRE_DEAD_S * 1000 - 5000);
    cr_expect_eq(en.modems[0]->worker.life, WORKER_RUNNING);
    worker_check(&en.modems[0]->worker, clock_mono_ms() + WIRE_DEAD_S * 1000 + 5000);
    cr_expect_eq(en.modems[0]->worker.life, WORKER_GONE);
}

Test(engine, a_stop_commits_the_last_result_and_takes_less_than_five_seconds)
{
    int64_t first, begun;

    open_engine();
    be_ready();
    first = queue("a", OUT_CUT);
    queue("b", OUT_CUT);
    rounds(2);
    cr_assert(hear());
    begun = clock_mono_ms();
    raise(SIGTERM);
    engine_round(&en, 20);
    answer(WIRE_SENT);
    while (engine_round(&en, 20) && clock_mono_ms() - begun < 10000)
        ;
    cr_expect_lt(clock_mono_ms() - begun, 5000);
    expect_state(first, OUTBOX_SENT);
    cr_assert(hear());
    cr_expect_eq(got.kind, WIRE_STOP);
}

Test(engine, what_was_on_its_way_when_the_engine_ended_is_settled_at_the_next_start)
{
    int64_t id;

    open_engine();
    be_ready();
    id = queue("a", OUT_CUT);
    rounds(2);
    expect_state(id, OUTBOX_SENDING);
    engine_close(&en);
    memset(&en, 0, sizeof(en));
    open_engine();
    expect_state(id, OUTBOX_IN_DOUBT);
}

Test(engine, a_second_engine_is_refused_with_a_sentence)
{
    static struct engine second;

    open_engine();
    snprintf(second.worker_path, sizeof(second.worker_path), "/nonexistent/worker");
    cr_expect_not(engine_open(&second, config, &e));
    cr_expect(strstr(e.text, "holds the lock") != NULL, "%s", e.text);
}

Test(engine, pace_makes_messages_wait_for_the_clock_and_status_says_how_long)
{
    json_t *status = json_object();
    char want[TIME_TEXT_MAX];

    write_config("1/min");
    open_engine();
    be_ready();
    queue("a", OUT_NOTICE);
    queue("b", OUT_NOTICE);
    rounds(3);
    cr_assert(hear());
    answer(WIRE_SENT);
    rounds(5);
    cr_expect_not(hear());
    json_object_set_new(status, "outbox_due", json_integer(1));
    json_object_set_new(status, "idle", json_false());
    engine_status(&en, status);
    cr_expect(json_is_true(json_object_get(status, "idle")));
    cr_expect_str_eq(json_string_value(json_object_get(status, "next_due")),
                     clock_iso(NOW + 60, want));
    cr_assert(clock_hand_set(clock_file, NOW + 60, &e));
    rounds(10);
    cr_expect(hear());
    json_decref(status);
}

/* Ask as the command line does, in a process of its own; its exit status. */
static int
ask(const char *verb)
{
    struct control_client *c;
    json_t *answered = NULL;
    char run[80];
    bool good;

    snprintf(run, sizeof(run), "%s/run", dir);
    if (!control_connect(run, &c, &e))
        return 10;
    good = control_ask(c, verb, NULL, "test", NULL, NULL, &answered, &e);
    if (good && json_is_array(json_object_get(answered, "modems")))
        return 0;
    return good ? 11 : (int)e.kind + 1;
}

Test(engine, clients_are_answered_over_the_control_socket)
{
    static const struct {
        const char *verb;
        int want;
    } cases[] = {{"status", 0}, {"no.such.verb", FAIL_REJECT + 1}};

    open_engine();
    for (size_t i = 0; i < 2; i++) {
        struct pollfd answered = {.events = POLLIN};
        int64_t until;
        int out[2];
        char status = 99;

        cr_assert_eq(pipe(out), 0);
        answered.fd = out[0];
        if (fork() == 0) {
            status = (char)ask(cases[i].verb);
            _exit(write(out[1], &status, 1) == 1 ? 0 : 1);
        }
        close(out[1]);
        until = clock_mono_ms() + PATIENCE_MS;
        while (poll(&answered, 1, 0) == 0 && clock_mono_ms() < until)
            rounds(1);
        cr_assert_eq(read(out[0], &status, 1), 1);
        cr_expect_eq(status, cases[i].want, "%s: got %d, want %d", cases[i].verb, status,
                     cases[i].want);
        close(out[0]);
    }
}

static int
connect_raw(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s/run/control.sock", dir);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

Test(engine, a_client_that_talks_nonsense_is_told_and_sent_away)
{
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {{"GET / HTTP/1.1\r\n\r\n", 18},
               {"\xff\xff\xff\xff", 4},
               {"\0\0\0\2[]", 6},
               {"\0\0\0\4nul", 8}};
    char answered[500];

    open_engine();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int fd = connect_raw();
        ssize_t n;

        cr_assert_eq(send(fd, bad[i].bytes, bad[i].n, 0), (ssize_t)bad[i].n);
        rounds(4);
        n = recv(fd, answered, sizeof(answered), MSG_DONTWAIT);
        cr_expect_gt(n, 4, "case %zu: no answer", i);
        cr_expect_eq(recv(fd, answered, sizeof(answered), MSG_DONTWAIT), 0,
                     "case %zu: still connected", i);
        close(fd);
    }
}

Test(engine, clients_that_say_nothing_leave_room_for_others)
{
    int fds[20];

    open_engine();
    for (int i = 0; i < 20; i++) {
        fds[i] = connect_raw();
        rounds(1);
    }
    for (int i = 0; i < 20; i++)
        close(fds[i]);
    rounds(3);
    fds[0] = connect_raw();
    rounds(2);
    cr_expect_eq(recv(fds[0], &(char){0}, 1, MSG_DONTWAIT), -1, "it was sent away");
    close(fds[0]);
}

Test(engine, a_bad_file_on_reload_leaves_the_old_settings)
{
    FILE *f;

    open_engine();
    f = fopen(config, "a");
    fputs("nonsense: true\n", f);
    fclose(f);
    raise(SIGHUP);
    rounds(2);
    cr_expect_eq(en.desk->conf->modems[0].rate.count, 600);
    write_config("7/min");
    raise(SIGHUP);
    rounds(2);
    cr_expect_eq(en.desk->conf->modems[0].rate.count, 7);
}

/* ---- the PIN ---- */

static void
begin_with_pin(void)
{
    more = ", pin: \"1234\"";
    write_config("600/min");
}

/* The worker says that the SIM wants its PIN, and hears what the engine has to say. */
static const char *
ask_for_pin(void)
{
    static struct wire answer;

    plug_in();
    say((struct wire){.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, 1}});
    say((struct wire){.kind = WIRE_STATE,
                      .u.state = {.health = WIRE_STARTING, .pin = WIRE_PIN_ASKED}});
    rounds(3);
    cr_assert(hear() && got.kind == WIRE_HELLO);
    cr_assert(hear() && got.kind == WIRE_SETUP);
    cr_assert(hear() && got.kind == WIRE_PIN);
    answer = got;
    return answer.u.pin.pin;
}

static void
restart_engine(void)
{
    engine_close(&en);
    close(peer);
    memset(&en, 0, sizeof(en));
    open_engine();
}

static void
say_pin(enum wire_pin_state pin)
{
    say((struct wire){
        .kind = WIRE_STATE,
        .u.state = {.health = pin == WIRE_PIN_OPEN ? WIRE_READY : WIRE_STOPPED,
                    .pin = (uint8_t)pin}});
    rounds(3);
}

Test(engine, a_pin_that_was_refused_is_not_tried_again, .init = begin_with_pin)
{
    open_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    say_pin(WIRE_PIN_REFUSED);
    for (int i = 0; i < 3; i++) {
        restart_engine();
        cr_expect_str_eq(ask_for_pin(), "");
        cr_expect(strstr(got.u.pin.reason, "refused") != NULL, "%s", got.u.pin.reason);
    }
}

Test(engine, a_pin_of_unknown_outcome_is_tried_once_more, .init = begin_with_pin)
{
    open_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "");
}

Test(engine, a_pin_that_opened_the_sim_counts_from_the_start, .init = begin_with_pin)
{
    open_engine();
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(ask_for_pin(), "1234");
        say_pin(WIRE_PIN_OPEN);
        restart_engine();
    }
}

Test(engine, another_pin_is_tried_and_a_third_only_after_a_reset, .init = begin_with_pin)
{
    json_t *answer = json_object(), *arguments = json_pack("{s:s}", "modem", "sim1");

    open_engine();
    cr_expect_str_eq(ask_for_pin(), "1234");
    say_pin(WIRE_PIN_REFUSED);
    more = ", pin: \"4321\"";
    write_config("600/min");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "4321");
    say_pin(WIRE_PIN_REFUSED);
    more = ", pin: \"1111\"";
    write_config("600/min");
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "");
    cr_assert(control_run(en.desk, "modem.reset", "amina", arguments, answer, &e), "%s",
              e.text);
    restart_engine();
    cr_expect_str_eq(ask_for_pin(), "1111");
    json_decref(answer);
    json_decref(arguments);
}
