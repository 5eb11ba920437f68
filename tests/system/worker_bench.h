/*
 * worker_bench.h - the modem worker as the engine sees it: a socket on one side, an
 * emulated modem on a pty on the other, libGammu between them.
 */
#ifndef METERPOST_TESTS_SYSTEM_WORKER_BENCH_H
#define METERPOST_TESTS_SYSTEM_WORKER_BENCH_H

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

static inline pid_t
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

static inline void
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
static inline json_t *
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

static inline size_t
in_sim(void)
{
    json_t *answer = ask("{\"do\": \"sim\", \"modem\": \"sim1\"}");
    size_t n = json_array_size(json_object_get(answer, "messages"));

    json_decref(answer);
    return n;
}

/* The i-th message that the network took; texts live until the next call. */
static inline json_t *
taken(size_t i)
{
    static json_t *answer;

    json_decref(answer);
    answer = ask("{\"do\": \"sent\"}");
    return json_array_get(json_object_get(answer, "sent"), i);
}

static inline const char *
taken_text(size_t i)
{
    const char *text = json_string_value(json_object_get(taken(i), "text"));

    return text == NULL ? "(none)" : text;
}

/* ---- the worker ---- */

static inline void
say(struct wire *w)
{
    struct err e;

    cr_assert(wire_put(sock, w, &e), "%s", e.text);
}

/* What the engine does when the SIM wants its PIN. */
static inline void
give_pin(void)
{
    struct wire pin = {.kind = WIRE_PIN};

    snprintf(pin.u.pin.pin, sizeof(pin.u.pin.pin), "%s", given_pin);
    snprintf(pin.u.pin.reason, sizeof(pin.u.pin.reason), "set `pin`");
    say(&pin);
}

/* The next packet of a kind; states are noted, signs of life skipped. False: none came. */
static inline bool
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

static inline bool
reaches(enum wire_health health)
{
    struct wire w;
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (state.health != health && clock_mono_ms() < until)
        hear(WIRE_STATE, &w, 200);
    return state.health == health;
}

static inline void
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
static inline int
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

static inline int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void
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

static inline void
begin(void)
{
    emulator_begin();
    worker_begin("", 0);
    cr_assert(reaches(WIRE_READY), "not ready: %s", state.reason);
}

/* Send one part and hear its result. */
static inline struct wire_result
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

static inline void
forget(uint64_t token)
{
    struct wire w = {.kind = WIRE_FORGET, .u.forget.token = token};

    say(&w);
}

static inline bool
sim_empties(void)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (in_sim() > 0 && clock_mono_ms() < until)
        usleep(50000);
    return in_sim() == 0;
}

/* ---- what must hold ---- */

TestSuite(worker, .timeout = 60, .fini = end);

#endif
