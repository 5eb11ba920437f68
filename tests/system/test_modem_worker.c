/*
 * The modem worker as the engine sees it: a socket on one side, an emulated modem on a pty
 * on the other, libGammu between them.
 */
#include "meterpost/base/clock.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/wire.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 15000 /* for anything; sanitizers and a busy machine are slow */
#define PEER    "+254711000001"

static const char village[] =
    "{\"seed\": 1, \"zone\": \"UTC\", \"since\": \"2026-01-01\", \"kinds\": {}, "
    "\"meters\": [],"
    " \"network\": {\"name\": \"Village Mobile\", \"code\": \"00101\","
    " \"smsc\": \"+254700000999\", \"country_code\": \"254\"}}";

static char dir[64];
static pid_t emulator = -1, worker = -1;
static int control = -1, sock = -1;
static struct wire_state state; /* the last that was told */
static const char *given_pin;
static uint8_t settle_auto;

/* ---- the emulator ---- */

static pid_t
spawn(const char *const argv[], int out, int as)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, as);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

static void
emulator_begin(void)
{
    char file[96], path[96], word[16] = "";
    const char *argv[] = {
        BIN "/meterpost-emulator", "--dir",     dir,  "--village", file, "--modem",
        "sim1:+254700000100",      "--control", path, NULL};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int out[2];
    FILE *f;

    snprintf(dir, sizeof(dir), "/tmp/meterpost-modem-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    snprintf(file, sizeof(file), "%s/village.json", dir);
    snprintf(path, sizeof(path), "%s/control", dir);
    f = fopen(file, "w");
    cr_assert(f != NULL && fputs(village, f) >= 0 && fclose(f) == 0);
    cr_assert_eq(pipe(out), 0);
    emulator = spawn(argv, out[1], STDOUT_FILENO);
    close(out[1]);
    cr_assert(read(out[0], word, sizeof(word) - 1) > 0, "the emulator did not start");
    close(out[0]);
    snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(connect(control, (struct sockaddr *)&to, sizeof(to)), 0);
}

/* One command; the answer is the caller's. */
static json_t *
ask(const char *fmt, ...)
{
    static char line[1 << 20];
    va_list args;
    size_t n = 0;
    json_t *answer;

    va_start(args, fmt);
    vsnprintf(line, sizeof(line) - 1, fmt, args);
    va_end(args);
    strcat(line, "\n");
    cr_assert_eq(write(control, line, strlen(line)), (ssize_t)strlen(line));
    do
        cr_assert_eq(read(control, line + n, 1), 1, "the emulator is gone");
    while (line[n++] != '\n' && n < sizeof(line));
    answer = json_loadb(line, n, 0, NULL);
    cr_assert(answer != NULL && json_object_get(answer, "error") == NULL, "%.*s", (int)n,
              line);
    return answer;
}

#define DO(...) json_decref(ask(__VA_ARGS__))

static size_t
in_sim(void)
{
    json_t *answer = ask("{\"do\": \"sim\", \"modem\": \"sim1\"}");
    size_t n = json_array_size(json_object_get(answer, "messages"));

    json_decref(answer);
    return n;
}

/* The i-th message that the network took; texts live until the next call. */
static json_t *
taken(size_t i)
{
    static json_t *answer;

    json_decref(answer);
    answer = ask("{\"do\": \"sent\"}");
    return json_array_get(json_object_get(answer, "sent"), i);
}

static const char *
taken_text(size_t i)
{
    const char *text = json_string_value(json_object_get(taken(i), "text"));

    return text == NULL ? "(none)" : text;
}

/* ---- the worker ---- */

static void
say(struct wire *w)
{
    struct err e;

    cr_assert(wire_put(sock, w, &e), "%s", e.text);
}

/* What the engine does when the SIM wants its PIN. */
static void
give_pin(void)
{
    struct wire pin = {.kind = WIRE_PIN};

    snprintf(pin.u.pin.pin, sizeof(pin.u.pin.pin), "%s", given_pin);
    snprintf(pin.u.pin.reason, sizeof(pin.u.pin.reason), "set `pin`");
    say(&pin);
}

/* The next packet of a kind; states are noted, signs of life skipped. False: none came. */
static bool
hear(enum wire_kind kind, struct wire *w, int64_t wait_ms)
{
    int64_t until = clock_mono_ms() + wait_ms;
    struct err e;
    bool got;

    while (clock_mono_ms() < until) {
        struct pollfd p = {.fd = sock, .events = POLLIN};

        poll(&p, 1, 50);
        if (!wire_get(sock, w, &got, &e)) {
            cr_assert_eq(e.kind, FAIL_FATAL, "%s", e.text);
            return false;
        }
        if (got && w->kind == WIRE_STATE)
            state = w->u.state;
        if (got && w->kind == WIRE_STATE && state.pin == WIRE_PIN_ASKED &&
            state.health == WIRE_STARTING)
            give_pin();
        if (got && w->kind == (uint32_t)kind)
            return true;
        cr_expect(!got || w->kind == WIRE_STATE || w->kind == WIRE_ALIVE,
                  "unexpected packet of kind %u", w->kind);
    }
    return false;
}

static bool
reaches(enum wire_health health)
{
    struct wire w;
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (state.health != health && clock_mono_ms() < until)
        hear(WIRE_STATE, &w, 200);
    return state.health == health;
}

static void
worker_begin(const char *pin, uint8_t settle_percent)
{
    const char *argv[] = {BIN "/meterpost-modem", "sim1", NULL};
    struct wire hello = {.kind = WIRE_HELLO, .u.hello.version = WIRE_VERSION};
    struct wire setup = {
        .kind = WIRE_SETUP,
        .u.setup = {.name = "sim1", .poll_s = 1, .reports = 1, .answer_s = 2}};
    int pair[2];

    snprintf(setup.u.setup.device, sizeof(setup.u.setup.device), "%s/sim1", dir);
    given_pin = pin;
    setup.u.setup.settle_percent = settle_percent;
    setup.u.setup.settle_auto = settle_auto;
    memset(&state, 0, sizeof(state));
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    worker = spawn(argv, pair[1], WIRE_FD);
    close(pair[1]);
    sock = pair[0];
    say(&hello);
    say(&setup);
    cr_assert(hear(WIRE_HELLO, &hello, WAIT_MS), "no HELLO");
    cr_assert_eq(hello.u.hello.version, WIRE_VERSION);
}

/* Exit status; -1 when it does not end by itself. */
static int
worker_ends(void)
{
    int64_t until = clock_mono_ms() + WAIT_MS;
    int status;

    while (clock_mono_ms() < until) {
        if (waitpid(worker, &status, WNOHANG) == worker) {
            worker = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        }
        usleep(10000);
    }
    return -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void
end(void)
{
    struct wire stop = {.kind = WIRE_STOP};

    if (worker > 0) {
        say(&stop);
        cr_expect_eq(worker_ends(), 0, "STOP ends it well");
    }
    if (worker > 0)
        kill(worker, SIGKILL);
    close(sock);
    close(control);
    kill(emulator, SIGTERM);
    waitpid(emulator, NULL, 0);
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
begin(void)
{
    emulator_begin();
    worker_begin("", 0);
    cr_assert(reaches(WIRE_READY), "not ready: %s", state.reason);
}

/* Send one part and hear its result. */
static struct wire_result
send_part(struct wire_send s)
{
    static int64_t outbox;
    struct wire w = {.kind = WIRE_SEND, .u.send = s};

    w.u.send.outbox = ++outbox;
    if (w.u.send.number[0] == '\0')
        snprintf(w.u.send.number, sizeof(w.u.send.number), PEER);
    w.u.send.length = (uint16_t)strlen(s.body);
    say(&w);
    cr_assert(hear(WIRE_RESULT, &w, WAIT_MS), "no result");
    cr_expect_eq(w.u.result.outbox, outbox);
    return w.u.result;
}

static void
forget(uint64_t token)
{
    struct wire w = {.kind = WIRE_FORGET, .u.forget.token = token};

    say(&w);
}

static bool
sim_empties(void)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (in_sim() > 0 && clock_mono_ms() < until)
        usleep(50000);
    return in_sim() == 0;
}

/* ---- what must hold ---- */

TestSuite(worker, .timeout = 60, .fini = end);

Test(worker, modem_and_sim_are_named, .init = begin)
{
    cr_expect_eq(strlen(state.imei), 15, "IMEI '%s'", state.imei);
    cr_expect_eq(strlen(state.imsi), 15, "IMSI '%s'", state.imsi);
    cr_expect_str_eq(state.smsc, "+254700000999");
    cr_expect_str_eq(state.operator_name, "Village Mobile");
    cr_expect(state.model[0] != '\0' && state.firmware[0] != '\0');
    cr_expect(state.signal_percent > 0 && state.sim_size > 0 && state.sim_used == 0);
    cr_expect_not(state.roaming);
}

Test(worker, what_is_sent_arrives_as_it_was_meant, .init = begin)
{
    static const struct wire_send texts[] = {
        {.alphabet = WIRE_GSM7, .body = "=READ_METER#"},
        {.alphabet = WIRE_GSM7,
         .body =
             "@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\u00C5\u00E5"
             "\u0394_\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\u00C6\u00E6"
             "\u00DF\u00C9 !\"#\u00A4%&'()*+,-./0123456789:;<=>?\u00A1\u00C4\u00D6\u00D1"
             "\u00DC\u00A7\u00BF\u00E4\u00F6\u00F1\u00FC\u00E0^{}\\[~]|\u20AC"},
        {.alphabet = WIRE_UCS2, .body = "\u60A8\u7684\u7535\u8D39 ~12.50~ \U0001F600"},
        {.alphabet = WIRE_GSM7,
         .body =
             "1234567890123456789012345678901234567890123456789012345678901234567890123456"
             "7890123456789012345678901234567890123456789012345678901234567890123456789012"
             "34567890"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct wire_result r = send_part(texts[i]);

        cr_expect(r.outcome == WIRE_SENT && r.ref >= 0, "text %zu: %s", i, r.reason);
        cr_expect_str_eq(taken_text(i), texts[i].body, "text %zu: %s", i, taken_text(i));
    }
}

Test(worker, what_does_not_fit_or_cannot_be_dialled_is_refused_here, .init = begin)
{
    static const struct wire_send bad[] = {
        {.alphabet = WIRE_GSM7,
         .body =
             "1234567890123456789012345678901234567890123456789012345678901234567890123456"
             "7890123456789012345678901234567890123456789012345678901234567890123456789012"
             "345678\u20AC1"},
        {.alphabet = WIRE_GSM7, .body = "\u4E2D"},
        {.alphabet = WIRE_GSM7, .number = "MPESA", .body = "hello"},
        {.alphabet = WIRE_GSM7, .number = "+254\"70", .body = "hello"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct wire_result r = send_part(bad[i]);

        cr_expect(r.outcome == WIRE_REFUSED && r.reason[0] != '\0', "row %zu: %s", i,
                  r.reason);
    }
    cr_expect_null(taken(0), "nothing was sent");
}

Test(worker, parts_of_a_message_are_joined_by_its_receiver, .init = begin)
{
    struct wire_send s = {
        .alphabet = WIRE_GSM7, .body = "first part, ", .concat = {9, 8, 2, 1}};

    cr_expect_eq(send_part(s).outcome, WIRE_SENT);
    snprintf(s.body, sizeof(s.body), "second part");
    s.concat.number = 2;
    cr_expect_eq(send_part(s).outcome, WIRE_SENT);
    cr_expect_str_eq(taken_text(0), "first part, second part");
}

Test(worker, a_delivery_report_names_the_reference_of_its_message, .init = begin)
{
    struct wire w;

    for (int stored = 0; stored < 2; stored++) {
        struct wire_result r;

        DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"reports\": 1, \"report_status\": "
           "%d}",
           stored == 0 ? 0 : 0x46);
        r = send_part((struct wire_send){.body = "bill", .report = 1});
        cr_expect_eq(r.outcome, WIRE_SENT);
        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "no report");
        cr_expect_eq(w.u.arrived.arrival, WIRE_REPORT);
        cr_expect_eq(w.u.arrived.ref, r.ref);
        cr_expect_eq(w.u.arrived.tp_status, stored == 0 ? 0 : 0x46);
        cr_expect_str_eq(w.u.arrived.number, PEER);
        forget(w.u.arrived.token);
        cr_expect(sim_empties());
    }
}

Test(worker, a_report_on_the_line_is_heard_too)
{
    struct wire w;
    struct wire_result r;

    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"reports\": 1, \"reports_stored\": 0}");
    worker_begin("", 0);
    cr_assert(reaches(WIRE_READY));
    r = send_part((struct wire_send){.body = "bill", .report = 1});
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "no report");
    cr_expect(w.u.arrived.arrival == WIRE_REPORT && w.u.arrived.ref == r.ref);
    cr_expect_str_eq(w.u.arrived.number, PEER);
}

Test(worker, a_message_is_told_once_and_deleted_when_it_is_committed, .init = begin)
{
    struct wire w, again;

    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"BAL\"}");
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "nothing arrived");
    cr_expect_eq(w.u.arrived.arrival, WIRE_TEXT);
    cr_expect_str_eq(w.u.arrived.number, PEER);
    cr_expect_str_eq(w.u.arrived.body, "BAL");
    cr_expect_str_eq(w.u.arrived.smsc, "+254700000999");
    cr_expect_neq(w.u.arrived.smsc_time, 0);
    cr_expect_gt(w.u.arrived.pdu_length, 20);
    cr_expect_not(hear(WIRE_ARRIVED, &again, 2500), "told again by the next walk");
    cr_expect_eq(in_sim(), 1, "it stays until FORGET");
    forget(w.u.arrived.token);
    cr_expect(sim_empties());
    cr_expect_not(hear(WIRE_ARRIVED, &again, 1500));
}

Test(worker, a_restarted_worker_tells_what_was_not_committed)
{
    struct wire w;

    emulator_begin();
    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"BAL\"}");
    worker_begin("", 0);
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "nothing arrived");
    kill(worker, SIGKILL);
    waitpid(worker, NULL, 0);
    close(sock);
    worker_begin("", 0);
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "nothing arrived");
    cr_expect_str_eq(w.u.arrived.body, "BAL");
    forget(w.u.arrived.token);
    cr_expect(sim_empties());
}

Test(worker, parts_arrive_as_parts, .init = begin)
{
    struct wire w;
    bool had[4] = {false};
    char text[400] = "";

    memset(text, 'x', 350);
    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"%s\","
       " \"ref_bits\": 16, \"order\": [3, 1, 2]}",
       text);
    for (int i = 0; i < 3; i++) {
        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "part %d of 3 is missing", i + 1);
        cr_expect(w.u.arrived.concat.total == 3 && w.u.arrived.concat.ref_bits == 16);
        cr_assert_leq(w.u.arrived.concat.number, 3);
        had[w.u.arrived.concat.number] = true;
        forget(w.u.arrived.token);
    }
    cr_expect(had[1] && had[2] && had[3]);
    cr_expect(sim_empties());
}

Test(worker, many_messages_at_once_are_all_told, .init = begin)
{
    struct wire w;
    bool had[25] = {false};

    for (int i = 0; i < 25; i++)
        DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\","
           " \"text\": \"READ %d\"}",
           i);
    for (int i = 0; i < 25; i++) {
        int n = -1;

        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "%d of 25 arrived", i);
        cr_assert_eq(sscanf(w.u.arrived.body, "READ %d", &n), 1);
        cr_assert(n >= 0 && n < 25 && !had[n], "READ %d twice", n);
        had[n] = true;
        forget(w.u.arrived.token);
    }
    cr_expect(sim_empties());
}

Test(worker, an_error_of_the_network_says_whether_to_try_again, .init = begin)
{
    static const struct {
        int code, at_prompt;
        enum wire_outcome outcome;
    } cases[] = {
        {28, 0, WIRE_REFUSED},  {331, 0, WIRE_NOT_NOW}, {38, 0, WIRE_IN_DOUBT},
        {302, 1, WIRE_NOT_NOW}, {38, 1, WIRE_NOT_NOW}, /* nothing was written yet */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wire_result r;

        DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"cms\": %d, \"cms_next\": 1,"
           " \"cms_at_prompt\": %d}",
           cases[i].code, cases[i].at_prompt);
        r = send_part((struct wire_send){.body = "bill"});
        cr_expect(r.outcome == cases[i].outcome && r.code == cases[i].code && r.ref == -1,
                  "row %zu: outcome %d, code %d, %s", i, r.outcome, r.code, r.reason);
    }
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

Test(worker, a_lost_answer_is_in_doubt_and_the_next_message_gets_its_own, .init = begin)
{
    struct wire_result before = send_part((struct wire_send){.body = "one"}), lost, after;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"drop_reply\": 1}");
    lost = send_part((struct wire_send){.body = "two"});
    cr_expect(lost.outcome == WIRE_IN_DOUBT && lost.ref == -1, "%s", lost.reason);
    after = send_part((struct wire_send){.body = "three"});
    cr_expect(after.outcome == WIRE_SENT, "%s", after.reason);
    cr_expect_eq(after.ref, (before.ref + 2) % 256, "got %d after %d", after.ref,
                 before.ref);
    cr_expect_str_eq(taken_text(1), "two", "it had left");
    cr_expect_str_eq(taken_text(2), "three");
}

Test(worker, a_late_answer_is_not_taken_for_the_next_one, .init = begin)
{
    struct wire_result before = send_part((struct wire_send){.body = "one"}), late, after;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"latency_ms\": 2500}");
    late = send_part((struct wire_send){.body = "two"});
    cr_expect_eq(late.outcome, WIRE_IN_DOUBT);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"latency_ms\": 0}");
    after = send_part((struct wire_send){.body = "three"});
    cr_expect(after.outcome == WIRE_SENT && after.ref == (before.ref + 2) % 256,
              "outcome %d, got %d after %d, %s", after.outcome, after.ref, before.ref,
              after.reason);
}

Test(worker, poison_is_told_with_its_octets_and_freed, .init = begin)
{
    static const char *const pdus[] = {
        "0791527400009", /* half an octet is cut */
        "07915274000099F9040C91527400000010000062112271030021A041", /* user data too short
                                                                     */
        "07915274000099F9070C9152740000001000006211227103002101",   /* reserved type */
        "00FFFFFFFFFFFFFFFFFFFF",
        "00",
        "07915274000099F9440C9152740000001000006211227103002106FFFFFFFFFFFF",
        "07915274000099F904FF91FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    };
    struct wire w;

    for (size_t i = 0; i < sizeof(pdus) / sizeof(pdus[0]); i++) {
        char hex[128], got[2 * WIRE_PDU_MAX + 1];

        snprintf(hex, sizeof(hex), "%.*s", (int)(strlen(pdus[i]) / 2 * 2), pdus[i]);
        DO("{\"do\": \"inject\", \"to\": \"sim1\", \"pdu\": \"%s\"}", hex);
        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "%s: nothing arrived", hex);
        hex_print(w.u.arrived.pdu, w.u.arrived.pdu_length, got);
        cr_expect(w.u.arrived.arrival == WIRE_POISON && w.u.arrived.reason[0] != '\0',
                  "%s: arrival %d", hex, w.u.arrived.arrival);
        cr_expect_str_eq(got, hex);
        forget(w.u.arrived.token);
        cr_expect(sim_empties(), "%s stays", hex);
    }
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

Test(worker, a_flash_message_is_put_aside, .init = begin)
{
    struct wire w;

    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"now!\","
       " \"class\": 0}");
    if (!hear(WIRE_ARRIVED, &w, 3000))
        return; /* a modem may show it and not store it */
    cr_expect_eq(w.u.arrived.arrival, WIRE_ASIDE);
    forget(w.u.arrived.token);
    cr_expect(sim_empties());
}

Test(worker, an_unplugged_modem_ends_the_worker, .init = begin)
{
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    cr_expect(reaches(WIRE_FAILED));
    cr_expect_eq(worker_ends(), 3);
}

Test(worker, a_device_that_is_not_there_ends_the_worker)
{
    emulator_begin();
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_FAILED));
    cr_expect_eq(worker_ends(), 3);
}

static int
pin_tries(void)
{
    json_t *answer = ask("{\"do\": \"fault\", \"modem\": \"sim1\"}");
    int n = (int)json_integer_value(
        json_object_get(json_object_get(answer, "faults"), "pin_tries"));

    json_decref(answer);
    return n;
}

Test(worker, a_wrong_pin_is_tried_once)
{
    struct wire_result r;

    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"pin\": \"4711\"}");
    cr_assert_eq(pin_tries(), 3);
    worker_begin("1234", 0);
    cr_expect(reaches(WIRE_STOPPED));
    cr_expect(state.reason[0] != '\0');
    r = send_part((struct wire_send){.body = "bill"});
    cr_expect_eq(r.outcome, WIRE_NOT_NOW);
    cr_expect_eq(state.pin, WIRE_PIN_REFUSED);
    cr_expect_eq(pin_tries(), 2);
}

Test(worker, the_right_pin_opens_the_sim)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"pin\": \"4711\"}");
    worker_begin("4711", 0);
    cr_expect(reaches(WIRE_READY), "%s", state.reason);
    cr_expect_eq(pin_tries(), 3);
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

Test(worker, a_missing_pin_is_asked_for)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"pin\": \"4711\"}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_STOPPED));
    cr_expect_eq(pin_tries(), 3);
}

Test(worker, no_network_is_a_state_and_not_an_end)
{
    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"registration\": 2}");
    worker_begin("", 0);
    cr_expect(reaches(WIRE_NO_NETWORK), "%s", state.reason);
    cr_expect(state.reason[0] != '\0');
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_NOT_NOW);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"registration\": 5}");
    cr_expect(reaches(WIRE_READY));
    cr_expect(state.roaming);
}

Test(worker, without_an_engine_there_is_no_worker, .init = begin)
{
    close(sock);
    sock = -1;
    cr_expect_eq(worker_ends(), 0);
}

/* The least of some sends: a busy machine makes one longer, none shorter. */
static int64_t
send_ms(void)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < 5; i++) {
        int64_t t = clock_mono_ms();

        cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
        t = clock_mono_ms() - t;
        least = t < least ? t : least;
    }
    return least;
}

Test(worker, waits_of_a_send_are_the_librarys_own_or_shorter)
{
    static const struct {
        uint8_t percent;
        int64_t least_ms, most_ms;
    } cases[] = {{100, 690, 1500}, {10, 65, 500}};

    emulator_begin();
    for (size_t i = 0; i < 2; i++) {
        struct wire stop = {.kind = WIRE_STOP};
        int64_t t;

        worker_begin("", cases[i].percent);
        cr_assert(reaches(WIRE_READY));
        cr_expect_eq(state.settle_percent, cases[i].percent);
        send_part((struct wire_send){.body = "warm"});
        t = send_ms();
        cr_expect(t >= cases[i].least_ms && t <= cases[i].most_ms, "%d %%: %lld ms",
                  cases[i].percent, (long long)t);
        say(&stop);
        cr_expect_eq(worker_ends(), 0);
        close(sock);
    }
}

Test(worker, waits_are_shortened_by_sending_and_come_back_with_the_first_trouble)
{
    struct wire_result r;
    struct wire w;

    emulator_begin();
    settle_auto = 1;
    worker_begin("", 100);
    cr_assert(reaches(WIRE_READY), "%s", state.reason);
    cr_expect_eq(state.settle_percent, 100);
    for (int i = 0; i < 6; i++)
        cr_expect_eq(send_part((struct wire_send){.body = "x"}).outcome, WIRE_SENT);
    hear(WIRE_STATE, &w, 1000);
    cr_expect_eq(state.settle_percent, 10, "got %d", state.settle_percent);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"drop_reply\": 1}");
    r = send_part((struct wire_send){.body = "x"});
    cr_expect_neq(r.outcome, WIRE_SENT);
    for (int i = 0; i < 5 && state.settle_percent != 100; i++)
        hear(WIRE_STATE, &w, 1000);
    cr_expect_eq(state.settle_percent, 100, "got %d", state.settle_percent);
}

Test(worker, what_waits_when_the_modem_goes_away_comes_back_as_not_begun, .init = begin)
{
    static const int sends = 4;
    int not_begun = 0;
    struct wire w;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"latency_ms\": 500}");
    for (int i = 0; i < sends; i++) {
        w = (struct wire){.kind = WIRE_SEND,
                          .u.send = {.outbox = i + 1, .body = "cut", .length = 3}};
        snprintf(w.u.send.number, sizeof(w.u.send.number), PEER);
        say(&w);
    }
    usleep(200000);
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    for (int i = 0; i < sends; i++) {
        cr_assert(hear(WIRE_RESULT, &w, WAIT_MS), "result %d", i);
        not_begun += w.u.result.outcome == WIRE_NOT_BEGUN;
    }
    cr_expect_eq(not_begun, sends - 1, "got %d", not_begun);
    cr_expect_eq(worker_ends(), 3, "the device is gone");
}
