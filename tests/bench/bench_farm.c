/* The farm: one and eight modems behind a network that takes 200 ms for a message; messages
 * received; what the engine costs while it waits. */
#include "bench.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define EACH       60 /* messages of a modem */
#define LATENCY_MS 200
#define RECEIVED   10000
#define OWN_READ   2000 /* beside those that take seconds for a few */
#define SLOTS      255
#define QUEUED     100000
#define WATCH_S    60 /* of an idle engine */
#define SETTLED_S  10 /* after a start */
#define FARM       8
#define ALL_HOURS  "hours: {notice: \"00:00-24:00\"}\n"
#define WAIT_MS    120000

static const struct rig_options one = {.village = NULL};
static const struct rig_options eight = {
    .modems = {"sim1:+254700000100", "sim2:+254700000200", "sim3:+254700000300",
               "sim4:+254700000400", "sim5:+254700000500", "sim6:+254700000600",
               "sim7:+254700000700", "sim8:+254700000800"}};

/* A rig with an emulator and a configuration; NULL with *e. */
static struct rig *
farm(const struct rig_options *options, struct err *e)
{
    struct rig *r = rig_create(options, e);

    if (r == NULL)
        return NULL;
    if (rig_emulator_start(r, e) && rig_config(r, ALL_HOURS, e))
        return r;
    rig_destroy(r);
    return NULL;
}

/* ---- latency ---- */

static bool
slow_network(struct rig *r, int modems, struct err *e)
{
    char name[8];

    for (int i = 1; i <= modems; i++) {
        snprintf(name, sizeof(name), "sim%d", i);
        if (!rig_fault(r, name, "latency_ms", LATENCY_MS, e))
            return false;
    }
    return true;
}

/* Messages a second through so many modems; `bare` gets what the bare loop does, or NULL.
 */
static bool
time_farm(const struct rig_options *options, int modems, double *rate, double *bare,
          struct err *e)
{
    struct rig *r = farm(options, e);
    int64_t before;
    bool good;

    if (r == NULL)
        return false;
    good = slow_network(r, modems, e) && bench_queue(r, modems * EACH, 0, e) &&
           (bare == NULL || bench_bare_loop(r, "+254700001001", EACH / 2, "0", bare, e));
    before = bench_carried(r);
    good = good && rig_engine_start(r, e) &&
           bench_time_carrying(r, before, modems * EACH, rate, e) && rig_engine_stop(r, e);
    rig_destroy(r);
    return good;
}

bool
bench_latency(struct err *e)
{
    struct figure single = {.name = "sent at 200 ms, one modem",
                            .unit = "/s",
                            .baseline = "bare libGammu loop, without its pauses"};
    struct figure many = {.name = "sent at 200 ms, eight modems",
                          .unit = "/s",
                          .baseline = "eight times one modem"};

    if (!time_farm(&one, 1, &single.ours, &single.theirs, e))
        return false;
    figure_print(&single);
    if (!time_farm(&eight, FARM, &many.ours, NULL, e))
        return false;
    many.theirs = FARM * single.ours;
    figure_print(&many);
    return true;
}

/* ---- processes ---- */

static long
engine_pid(struct rig *r, struct err *e)
{
    json_t *status = NULL;
    long pid = 0;

    if (rig_meterpost(r, &status, e, "status", NULL) == 0)
        pid = (long)json_integer_value(
            json_object_get(json_object_get(status, "engine"), "pid"));
    json_decref(status);
    return pid;
}

/* Resident memory in MiB. */
static double
resident(long pid)
{
    char path[40];
    long pages = 0, all = 0;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%ld/statm", pid);
    f = fopen(path, "re");
    if (f == NULL)
        return 0;
    if (fscanf(f, "%ld %ld", &all, &pages) != 2)
        pages = 0;
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576.0;
}

/* Processor time so far of a process, in seconds. */
static double
processor_s(long pid)
{
    char path[40], line[600] = "";
    unsigned long user = 0, system = 0;
    const char *behind;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
    f = fopen(path, "re");
    if (f == NULL)
        return 0;
    if (fgets(line, sizeof(line), f) != NULL && (behind = strrchr(line, ')')) != NULL)
        sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system);
    fclose(f);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* The engine and all that it started. */
static double
family_s(long pid)
{
    char path[60];
    double sum = processor_s(pid);
    long child;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", pid, pid);
    f = fopen(path, "re");
    if (f == NULL)
        return sum;
    while (fscanf(f, "%ld", &child) == 1)
        sum += processor_s(child);
    fclose(f);
    return sum;
}

/* ---- receiving ---- */

/* Of a sender that is never answered: sending is measured elsewhere. */
static bool
fill(struct rig *r, int messages, struct err *e)
{
    char text[60];

    for (int i = 0; i < messages; i++) {
        snprintf(text, sizeof(text), "%d kWh, meter %08d", 1000 + i, i);
        if (!rig_inject(r, "Carrier", "sim1", text, e))
            return false;
    }
    return true;
}

static int64_t
left_to_read(struct rig *r)
{
    struct err e;
    json_t *idle = rig_ask(r, &e, "{s:s}", "do", "idle");
    int64_t n = json_integer_value(json_object_get(idle, "stored")) +
                json_integer_value(json_object_get(idle, "kept"));

    json_decref(idle);
    return n;
}

/* From the first that is deleted to the last: each is committed before. */
static bool
time_reading(struct rig *r, int messages, double *rate, struct err *e)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    int64_t end = clock_mono_ms() + WAIT_MS, from, first;

    while ((first = left_to_read(r)) == messages && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    from = bench_now_us();
    while (left_to_read(r) > 0 && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    *rate = figure_rate(first, from);
    return left_to_read(r) == 0 ||
           err_set(e, FAIL_RETRY, "not all messages were read within %d s", WAIT_MS / 1000);
}

/* Of processor time: the bare loop's is that of a child which has ended. */
static double
ended_s(void)
{
    struct rusage use;

    getrusage(RUSAGE_CHILDREN, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static bool
bare_reading(struct rig *r, int count, struct spent *theirs, struct err *e)
{
    double before = ended_s();

    if (!fill(r, count, e) || !bench_bare_loop(r, "read", count, "0", &theirs->by_clock, e))
        return false;
    theirs->by_cpu = count / (ended_s() - before);
    return true;
}

static bool
own_reading(struct rig *r, int count, struct spent *ours, struct err *e)
{
    if (!fill(r, count, e) || !rig_engine_start(r, e) ||
        !time_reading(r, count, &ours->by_clock, e))
        return false;
    ours->by_cpu = count / family_s(engine_pid(r, e));
    return rig_engine_stop(r, e);
}

/* A rig whose SIM is large. */
static struct rig *
reader(struct err *e)
{
    struct rig *r = farm(&one, e);

    if (r == NULL || rig_fault(r, "sim1", "sim_size", SLOTS, e))
        return r;
    rig_destroy(r);
    return NULL;
}

bool
bench_own_reading(double *rate, struct err *e)
{
    struct spent ours;
    struct rig *r = reader(e);
    bool good;

    if (r == NULL)
        return false;
    good = own_reading(r, OWN_READ, &ours, e);
    *rate = ours.by_clock;
    rig_destroy(r);
    return good;
}

bool
bench_receive(struct err *e)
{
    int count = bench_size(RECEIVED);
    struct spent ours, theirs;
    struct rig *r = reader(e);
    bool good;

    if (r == NULL)
        return false;
    good = bare_reading(r, count, &theirs, e) && own_reading(r, count, &ours, e);
    if (good)
        spent_print("messages received, committed", &ours, &theirs,
                    "bare libGammu loop that reads and deletes");
    rig_destroy(r);
    return good;
}

/* ---- memory and idle time ---- */

/* Percent of a processor that engine and workers use, from a moment when all is quiet. */
static bool
idle_percent(struct rig *r, double *percent, struct err *e)
{
    long pid = engine_pid(r, e);
    double before;

    if (!rig_wait_idle(r, WAIT_MS, e))
        return false;
    sleep(5); /* modems have started, workers have looked around */
    before = family_s(pid);
    sleep(WATCH_S);
    *percent = (family_s(pid) - before) * 100.0 / WATCH_S;
    return true;
}

/* Resident memory of an engine with so many messages, waiting for an hour or due now. */
static bool
memory_with(struct rig *r, utc_t not_before, double *mib, struct err *e)
{
    if (!bench_queue(r, QUEUED, not_before, e) || !rig_engine_start(r, e))
        return false;
    sleep(SETTLED_S);
    *mib = resident(engine_pid(r, e));
    return rig_engine_stop(r, e);
}

bool
bench_memory(struct err *e)
{
    struct figure idle = {.name = "idle: engine and 8 workers", .unit = "% of a CPU"};
    struct figure later = {.name = "engine, 8 modems, 100,000 queued",
                           .unit = "MiB",
                           .baseline = "the same, nothing queued"};
    struct figure due = {.name = "  and 100,000 more due now, sending",
                         .unit = "MiB",
                         .baseline = "the same, nothing queued"};
    struct rig *r = farm(&eight, e);
    bool good;

    if (r == NULL)
        return false;
    good = rig_engine_start(r, e) && idle_percent(r, &idle.ours, e);
    later.theirs = due.theirs = good ? resident(engine_pid(r, e)) : 0;
    good = good && rig_engine_stop(r, e) &&
           memory_with(r, clock_now() + HOUR_S, &later.ours, e) &&
           memory_with(r, 0, &due.ours, e);
    if (good) {
        figure_print(&idle);
        figure_print(&later);
        figure_print(&due);
    }
    rig_destroy(r);
    return good;
}
