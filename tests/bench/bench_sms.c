/* Text messages a second through one emulated modem, every state committed, beside libGammu
 * in the shortest loop: at its own pace, and with its pauses taken out. */
#include "bench.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/talk/desk.h"
#include "rig.h"

#include <stdio.h>
#include <time.h>

#define PEER                 "+254700001001"
#define MESSAGES             300
#define MESSAGES_AT_OWN_PACE 12
#define WAIT_MS              120000

bool
bench_bare_loop(struct rig *r, const char *what, int count, const char *percent,
                double *rate, struct err *e)
{
    char device[RIG_PATH_MAX], number[16];
    const char *argv[] = {BIN "/meterpost-gammu-loop",
                          rig_path(r, "sim1", device),
                          what,
                          number,
                          percent,
                          NULL};
    struct rig_output out;
    json_t *answer;

    snprintf(number, sizeof(number), "%d", count);
    if (!rig_run(r, argv, WAIT_MS, &out, e))
        return false;
    answer = json_loads(out.out, 0, NULL);
    *rate = (double)json_integer_value(json_object_get(answer, "done")) * 1000.0 /
            (double)(json_integer_value(json_object_get(answer, "milliseconds")) + 1);
    json_decref(answer);
    rig_output_free(&out);
    return *rate > 0 || err_set(e, FAIL_FATAL, "the bare loop did nothing");
}

static bool
add_notices(struct desk *d, int messages, utc_t not_before, struct err *e)
{
    for (int i = 0; i < messages; i++) {
        char text[80], number[20], key[40];
        int64_t id;

        snprintf(key, sizeof(key), "bench %lld %d", (long long)clock_mono_ms(), i);
        snprintf(text, sizeof(text), "Bench message %05d meter command READ ALL", i);
        snprintf(number, sizeof(number), "+2547000%05d", 1001 + i % 1000);
        if (!outbox_add(d->store,
                        &(struct outbox_new){.key = key,
                                             .kind = OUT_NOTICE,
                                             .number = number,
                                             .text = text,
                                             .not_before = not_before},
                        clock_now(), &id, e))
            return false;
    }
    return true;
}

bool
bench_queue(struct rig *r, int messages, utc_t not_before, struct err *e)
{
    struct problems problems = {0};
    char path[RIG_PATH_MAX];
    struct desk *d = desk_load(rig_path(r, "meterpost.yaml", path), &problems);
    bool good;

    if (d == NULL)
        return problems_err(&problems, e);
    good = desk_open_store(d, STORE_WRITE, e) && store_begin(d->store, e) &&
           add_notices(d, messages, not_before, e) && store_commit(d->store, e);
    desk_free(d);
    return good;
}

int64_t
bench_carried(struct rig *r)
{
    struct err e;
    json_t *stats = rig_ask(r, &e, "{s:s}", "do", "stats");
    json_int_t n = json_integer_value(json_object_get(stats, "messages_sent"));

    json_decref(stats);
    return n;
}

bool
bench_time_carrying(struct rig *r, int64_t before, int messages, double *rate,
                    struct err *e)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    int64_t from, end = clock_mono_ms() + WAIT_MS, first;

    while ((first = bench_carried(r)) == before && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    from = bench_now_us();
    while (bench_carried(r) < before + messages && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    *rate = figure_rate(before + messages - first, from);
    return bench_carried(r) == before + messages ||
           err_set(e, FAIL_RETRY, "not all messages left within %d s", WAIT_MS / 1000);
}

bool
bench_own_sending(double *rate, struct err *e)
{
    struct rig *r = rig_create(&(struct rig_options){.village = NULL}, e);
    bool good;

    if (r == NULL)
        return false;
    good = rig_emulator_start(r, e) &&
           rig_config(r, "hours: {notice: \"00:00-24:00\"}\n", e) &&
           bench_queue(r, MESSAGES, 0, e) && rig_engine_start(r, e) &&
           bench_time_carrying(r, 0, MESSAGES, rate, e) && rig_engine_stop(r, e);
    rig_destroy(r);
    return good;
}

bool
bench_sms(struct err *e)
{
    struct figure own = {.name = "messages sent, one modem",
                         .unit = "/s",
                         .baseline = "bare libGammu loop, its own pace"};
    struct figure bare = {.name = "messages sent, one modem",
                          .unit = "/s",
                          .baseline = "bare libGammu loop, without its pauses"};
    struct rig *r = rig_create(&(struct rig_options){.village = NULL}, e);
    bool good;

    if (r == NULL)
        return false;
    good = rig_emulator_start(r, e) &&
           bench_bare_loop(r, PEER, MESSAGES_AT_OWN_PACE, "100", &own.theirs, e) &&
           bench_bare_loop(r, PEER, MESSAGES, "0", &bare.theirs, e);
    rig_destroy(r);
    if (!good || !bench_own_sending(&own.ours, e))
        return false;
    bare.ours = own.ours;
    figure_print(&own);
    figure_print(&bare);
    return true;
}
