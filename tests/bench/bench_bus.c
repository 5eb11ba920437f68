/*
 * Meters on a wire: a hundred polled by the engine and its worker, beside what the line
 * itself can carry (bytes on the wire over its speed); and frames decoded a second.
 */
#include "bench.h"
#include "meterpost/base/text.h"
#include "meterpost/protocol/frame.h"
#include "meterpost/store/bus_jobs.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define METERS    100
#define BITS      11 /* of a byte: start, 8, parity, stop */
#define WAIT_MS   120000
#define DECODES   20000
#define TEXT_SIZE 32768

/* ---- polling ---- */

static bool
write_village(struct rig *r, struct err *e)
{
    static char village[TEXT_SIZE], accounts[TEXT_SIZE], meters[TEXT_SIZE];
    struct text v, a, m;

    text_init(&v, village, sizeof(village));
    text_init(&a, accounts, sizeof(accounts));
    text_init(&m, meters, sizeof(meters));
    text_add(&v, "{\"seed\": 3, \"zone\": \"Africa/Nairobi\", \"since\": \"2026-01-01\","
                 " \"kinds\": {}, \"meters\": [");
    text_add(&a, "account,name,tariff\n");
    text_add(&m, "meter,account,commodity,profile,bus,protocol,address\n");
    for (int i = 1; i <= METERS; i++) {
        text_addf(&v, "%s{\"serial\": \"%012d\", \"start\": \"%d\", \"per_day\": \"3\"}",
                  i == 1 ? "" : ",", i, 100 * i);
        text_addf(&a, "%d,Household %d,domestic-electricity\n", i, i);
        text_addf(&m, "%012d,%d,electricity,,line,dlt645-2007,%012d\n", i, i, i);
    }
    text_add(&v, "], \"buses\": {\"line\": {\"meters\": [");
    for (int i = 1; i <= METERS; i++)
        text_addf(&v, "%s{\"serial\": \"%012d\", \"protocol\": \"dlt645-2007\"}",
                  i == 1 ? "" : ",", i);
    text_add(&v, "]}}}");
    return rig_write(r, "village.json", village, e) &&
           rig_write(r, "accounts.csv", accounts, e) &&
           rig_write(r, "meters.csv", meters, e);
}

static bool
import(struct rig *r, const char *kind, struct err *e)
{
    char path[RIG_PATH_MAX], name[40];
    json_t *answer = NULL;
    int status;

    snprintf(name, sizeof(name), "%s.csv", kind);
    status = rig_meterpost(r, &answer, e, "--yes", "import", kind, rig_path(r, name, path),
                           NULL);
    json_decref(answer);
    return status == 0 || err_in(e, "import %s", kind);
}

static long long
bytes_on_line(struct rig *r, struct err *e)
{
    json_t *answer = rig_ask(r, e, "{s:s, s:s}", "do", "bus", "bus", "line");
    long long n = json_integer_value(json_object_get(answer, "bytes_in")) +
                  json_integer_value(json_object_get(answer, "bytes_out"));

    json_decref(answer);
    return n;
}

/* Until all jobs have ended; *us is when the first went out to when the last ended. */
static bool
wait_jobs(struct rig *r, int64_t from_us, double *seconds, struct err *e)
{
    const struct timespec nap = {.tv_nsec = 2000000};
    int64_t end = clock_mono_ms() + WAIT_MS;
    char path[RIG_PATH_MAX];
    struct store *s;
    struct bus_job j;
    bool found = true;

    if (!store_open(rig_path(r, "meterpost.db", path), STORE_READ, &s, e))
        return false;
    do {
        nanosleep(&nap, NULL);
        if (!bus_job_by_id(s, METERS, &j, &found, e))
            break;
    } while (j.ended_at == 0 && clock_mono_ms() < end);
    *seconds = (double)(bench_now_us() - from_us) / 1e6;
    store_close(s);
    return (found && j.state == BUS_JOB_DONE) ||
           err_set(e, FAIL_FATAL, "the last meter was not read: %s", j.reason);
}

static bool
poll_at(struct rig *r, int baud, struct err *e)
{
    char yaml[600], name[60];
    struct figure f = {name, "meters/s", "the line itself", 0, 0};
    json_t *answer = NULL;
    long long before, bytes;
    double seconds = 0;
    int64_t from_us;
    int status;

    snprintf(yaml, sizeof(yaml),
             "buses:\n  - {name: line, device: %s/line, protocol: dlt645-2007, baud: %d,\n"
             "     timeout: 1s, pause: 0s}\n",
             rig_dir(r), baud);
    if (!rig_config(r, yaml, e) || !rig_engine_start(r, e) || !import(r, "accounts", e) ||
        !import(r, "meters", e))
        return false;
    before = bytes_on_line(r, e);
    status = rig_meterpost(r, &answer, e, "--yes", "round", "start", "all", NULL);
    from_us = bench_now_us();
    json_decref(answer);
    if (status != 0 || !wait_jobs(r, from_us, &seconds, e))
        return false;
    bytes = bytes_on_line(r, e) - before;
    f.ours = METERS / seconds;
    f.theirs = METERS / ((double)bytes * BITS / baud);
    snprintf(name, sizeof(name), "100 meters polled at %d baud", baud);
    figure_print(&f);
    return rig_engine_stop(r, e);
}

static bool
poll(int baud, struct err *e)
{
    char path[RIG_PATH_MAX];
    struct rig_options options = {.start = NULL};
    struct rig *r = rig_create(&options, e);
    bool good = r != NULL && write_village(r, e);

    if (good) {
        rig_village(r, rig_path(r, "village.json", path));
        good = rig_emulator_start(r, e) && poll_at(r, baud, e);
    }
    rig_destroy(r);
    return good;
}

/* ---- decoding ---- */

static const struct {
    const char *protocol, *hex;
} frames[] = {
    {"dlt645-2007", "6861010000000068910833333433593333338A16"},
    {"dlt645-1997", "6895320600000068810643C3483333330B16"},
    {"modbus-rtu", "010404436633341B38"},
    {"cjt188", "68108805271015200081169 01F01000000002C000000002C0620170901172000008E16"},
    {"mbus", "681B1B680801720720 1800E61E35074C0000000C78072018000C16690200009616"},
    {"iec62056-21",
     "024 "
     "62E46283030303030303030290D0A312E382E30283030303132332E3435362A6B5768290D0A210D0A03"
     "55"},
};

static bool
decode(size_t i, struct frame *f, struct err *e)
{
    char dense[400], name[60];
    uint8_t bytes[200];
    struct figure figure = {name, "frames/s", NULL, 0, 0};
    enum conf_protocol protocol;
    size_t n = 0;
    long count;
    int64_t from_us;

    for (const char *c = frames[i].hex; *c != '\0'; c++) {
        if (*c != ' ')
            dense[n++] = *c;
    }
    dense[n] = '\0';
    count = hex_parse(dense, bytes, sizeof(bytes));
    if (count < 0 || !frame_protocol_find(frames[i].protocol, &protocol, e))
        return err_in(e, "%s", frames[i].protocol);
    if (!frame_decode(protocol, bytes, (size_t)count, f))
        return err_set(e, FAIL_FATAL, "%s: %s", frames[i].protocol, f->note);
    from_us = bench_now_us();
    for (int k = 0; k < DECODES; k++)
        frame_decode(protocol, bytes, (size_t)count, f);
    figure.ours = figure_rate(DECODES, from_us);
    snprintf(name, sizeof(name), "decoded, %s", frames[i].protocol);
    figure_print(&figure);
    return true;
}

bool
bench_bus(struct err *e)
{
    struct frame *f = malloc(sizeof(*f));
    bool good = f != NULL;

    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]) && good; i++)
        good = decode(i, f, e);
    free(f);
    return good && poll(2400, e) && poll(9600, e);
}
