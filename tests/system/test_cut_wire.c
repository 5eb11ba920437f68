/*
 * Cuts and restores that are ordered, of meters on a wire: proposed, approved, guarded once
 * more when the worker gets the command, proven by a separate look; through a network of
 * text messages that is down, and through kill -9 of the engine and of the worker.
 */
#include "relay_village.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define ON_WIRE "000000000101"
#define BUTTON  "000000000102"
#define BOTH    "000000000103" /* behind a concentrator with a SIM, and on the wire */
#define VALVE   "00201510270588"
#define SOON_MS 20000
#define LATE_MS 150 /* a meter thinks so long: there is time to kill somebody */

static void
configure(const char *ways)
{
    char yaml[600];

    snprintf(yaml, sizeof(yaml),
             "buses:\n"
             "  - {name: line-1, device: %s/line-1, protocol: dlt645-2007, baud: 9600,\n"
             "     timeout: 400ms, pause: 5ms}\n"
             "reading: {window: \"00:00-24:00\", fallback: [%s]}\n"
             "arrears: {cut: {answer: 2m}}\n",
             rig_dir(r), ways);
    cr_assert(rig_config(r, yaml, &e) && rig_engine_start(r, &e), "%s", e.text);
}

static void
begin(void)
{
    char file[RIG_PATH_MAX];

    r = rig_create(
        &(struct rig_options){.start = MONDAY,
                              .village = TOP "/tests/emulator/supply_wires.json"},
        &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e), "%s", e.text);
    configure("sms, bus");
    cr_assert(
        rig_write(r, "accounts.csv",
                  "account,name,tariff\n"
                  "2001,Amina,domestic-electricity\n"
                  "2002,Joseph,domestic-electricity\n"
                  "2003,Grace,domestic-electricity\n"
                  "2004,Peter,domestic-water\n",
                  &e) &&
        rig_write(r, "boxes.csv",
                  "concentrator,profile,phone\n"
                  "BOX1,dlt-concentrator,+254713000001\n",
                  &e) &&
        rig_write(r, "meters.csv",
                  "meter,account,commodity,profile,concentrator,bus,protocol,address,relay,"
                  "initial_reading,installed_on\n" //
                  ON_WIRE ",2001,electricity,,,line-1,dlt645-2007," ON_WIRE
                  ",yes,0,2026-01-01\n" //
                  BUTTON ",2002,electricity,,,line-1,dlt645-2007-button," BUTTON
                  ",yes,0,2026-01-01\n" //
                  BOTH ",2003,electricity,,BOX1,line-1,dlt645-2007," BOTH
                  ",yes,0,2026-01-01\n" //
                  VALVE ",2004,water,,,line-1,cjt188," VALVE ",yes,0,2026-01-01\n",
                  &e));
    json_decref(
        as("root", 0, "--yes import accounts %s", rig_path(r, "accounts.csv", file)));
    json_decref(
        as("root", 0, "--yes import concentrators %s", rig_path(r, "boxes.csv", file)));
    json_decref(as("root", 0, "--yes import meters %s", rig_path(r, "meters.csv", file)));
    hear_all();
}

TestSuite(cut_wire, .init = begin, .fini = end, .timeout = 240);

/* The wire's own journal: what was sent to move a relay. */
static size_t
jobs_of(const char *meter, const char *action, const char *state)
{
    json_t *rows = as("root", 0, "bus jobs %s --limit 100", meter), *row;
    size_t i, n = 0;

    json_array_foreach (rows, i, row)
        n += strcmp(text_of(row, "action"), action) == 0 &&
             strcmp(text_of(row, "state"), state) == 0;
    json_decref(rows);
    return n;
}

static void
has_event(long long order, const char *event, const char *note)
{
    json_t *one = as("root", 0, "order show %lld", order), *row;
    bool found = false;
    size_t i;

    json_array_foreach (json_object_get(one, "events"), i, row)
        found = found || (strcmp(text_of(row, "what"), event) == 0 &&
                          strstr(text_of(row, "note"), note) != NULL);
    cr_expect(found, "order %lld has no event %s '%s'", order, event, note);
    json_decref(one);
}

Test(cut_wire, happens_once_and_is_proven_by_a_separate_look)
{
    long long order = cut(ON_WIRE);

    until("2026-03-02T10:03+03:00");
    expect_relay(ON_WIRE, 1, "open");
    expect_order(ON_WIRE, "cut", "verified");
    has_event(order, "guards", "all guards pass");
    has_event(order, "prove", "a separate look");
    cr_expect_eq(jobs_of(ON_WIRE, "cut", "done"), 1);
    cr_expect_eq(jobs_of(ON_WIRE, "relay", "done"), 2, "one look before, one behind it");
    done("root", 0, "on " ON_WIRE " --reason paid");
    until("2026-03-02T10:15+03:00");
    expect_relay(ON_WIRE, 2, "closed");
    expect_order(ON_WIRE, "restore", "verified");
    expect_relay(BUTTON, 0, "closed");
}

Test(cut_wire, supply_waits_for_the_button_where_the_meter_has_one)
{
    cut(BUTTON);
    until("2026-03-02T10:03+03:00");
    expect_order(BUTTON, "cut", "verified");
    done("root", 0, "on " BUTTON " --reason paid");
    until("2026-03-02T10:06+03:00");
    expect_relay(BUTTON, 1, "open");
    expect_order(BUTTON, "restore", "armed");
    json_decref(rig_ask(r, &e, "{s:s, s:s, s:s, s:b}", "do", "bus", "bus", "line-1",
                        "meter", BUTTON, "press", 1));
    until("2026-03-02T10:40+03:00");
    expect_relay(BUTTON, 2, "closed");
    expect_order(BUTTON, "restore", "verified");
}

Test(cut_wire, a_valve_is_closed_and_opened)
{
    cut(VALVE);
    until("2026-03-02T10:03+03:00");
    expect_relay(VALVE, 1, "open");
    expect_order(VALVE, "cut", "verified");
    done("root", 0, "on " VALVE " --reason paid");
    until("2026-03-02T10:15+03:00");
    expect_relay(VALVE, 2, "closed");
    expect_order(VALVE, "restore", "verified");
}

/* Nothing that is sent as a text arrives: the wire is the next way, for the look as for the
 * command. */
Test(cut_wire, what_no_text_reaches_is_switched_by_wire)
{
    cr_assert(rig_fault(r, "sim1", "lose_sent", 1000000, &e), "%s", e.text);
    cut(BOTH);
    until("2026-03-02T10:10+03:00");
    expect_relay(BOTH, 1, "open");
    expect_order(BOTH, "cut", "verified");
    done("root", 0, "on " BOTH " --reason paid");
    until("2026-03-02T10:40+03:00");
    expect_relay(BOTH, 2, "closed");
    expect_order(BOTH, "restore", "verified");
    cr_expect_eq(jobs_of(BOTH, "cut", "done"), 1);
}

/* The other way round: the wire comes first, and is cut through. */
Test(cut_wire, what_no_wire_reaches_is_switched_by_text)
{
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    configure("bus, sms");
    json_decref(rig_ask(r, &e, "{s:s, s:s, s:s, s:i}", "do", "bus", "bus", "line-1",
                        "meter", BOTH, "silent", 1));
    cut(BOTH);
    until("2026-03-02T10:20+03:00");
    expect_relay(BOTH, 1, "open");
    expect_order(BOTH, "cut", "verified");
    cr_expect_eq(jobs_of(BOTH, "cut", "done"), 0);
}

/* ---- kill -9 ---- */

static void
nap_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

static pid_t
engine_pid(void)
{
    json_t *status = as("root", 0, "status");
    pid_t pid = (pid_t)json_integer_value(
        json_object_get(json_object_get(status, "engine"), "pid"));

    json_decref(status);
    return pid;
}

static bool
is_bus_worker(int pid)
{
    char path[80], name[40] = "";
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/comm", pid);
    f = fopen(path, "r");
    if (f != NULL && fgets(name, sizeof(name), f) == NULL)
        name[0] = '\0';
    if (f != NULL)
        fclose(f);
    return strncmp(name, "meterpost-bus", 13) == 0;
}

/* 0: there is none just now. */
static pid_t
worker_pid(pid_t engine)
{
    char path[80];
    int pid, worker = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", engine, engine);
    f = fopen(path, "r");
    while (f != NULL && worker == 0 && fscanf(f, "%d", &pid) == 1)
        worker = is_bus_worker(pid) ? pid : 0;
    if (f != NULL)
        fclose(f);
    return worker;
}

static int
requests_heard(void)
{
    json_t *answer = rig_ask(r, &e, "{s:s, s:s, s:s, s:i}", "do", "bus", "bus", "line-1",
                             "meter", ON_WIRE, "late_ms", LATE_MS);
    int n = (int)json_integer_value(json_object_get(answer, "requests"));

    json_decref(answer);
    return n;
}

/* The command is next, or it has just been done and its answer is on its way. */
static void
wait_for_moment(bool done_already, int heard, int switched)
{
    int64_t until_ms = clock_mono_ms() + SOON_MS;
    char relay[8];

    while (done_already ? switches(ON_WIRE, relay) == switched
                        : requests_heard() < heard + 2) {
        cr_assert(clock_mono_ms() < until_ms, "the moment does not come");
        nap_ms(5);
    }
}

/* A worker that died comes back after a second or two of real time. */
static void
wait_for_wire(pid_t dead)
{
    int64_t until_ms = clock_mono_ms() + SOON_MS;
    bool ready = false;

    while (!ready) {
        json_t *rows = as("root", 0, "bus list line-1");

        pid_t worker = worker_pid(engine_pid());

        ready = worker != 0 && worker != dead &&
                strcmp(text_of(json_array_get(rows, 0), "health"), "ready") == 0;
        json_decref(rows);
        cr_assert(clock_mono_ms() < until_ms, "the wire does not come back");
        nap_ms(50);
    }
}

Test(cut_wire, kill_9_of_worker_or_engine_leaves_one_switch)
{
    static const struct {
        bool engine, done_already;
    } cases[] = {{false, false}, {false, true}, {true, false}, {true, true}};
    utc_t now = at(MONDAY);
    int switched = 0;

    for (size_t i = 0; i < 4; i++) {
        const char *action = i % 2 == 0 ? "cut" : "restore";
        int heard = requests_heard();
        pid_t engine = engine_pid(), worker = worker_pid(engine);

        if (i % 2 == 0)
            cut(ON_WIRE);
        else
            done("root", 0, "on " ON_WIRE " --reason paid");
        wait_for_moment(cases[i].done_already, heard, switched);
        if (cases[i].engine)
            rig_engine_kill(r);
        else
            kill(worker, SIGKILL);
        cr_assert(!cases[i].engine || rig_engine_start(r, &e), "%s", e.text);
        wait_for_wire(worker);
        now += 30 * MINUTE_S;
        cr_assert(rig_until(r, now, SOON_MS, &e), "%s", e.text);
        expect_relay(ON_WIRE, ++switched, i % 2 == 0 ? "open" : "closed");
        expect_order(ON_WIRE, action, "verified");
    }
}
