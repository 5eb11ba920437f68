/* Text messages a second through one emulated modem, every state committed, beside libGammu
 * in the shortest loop: at its own pace, and with its pauses taken out. */
#include "bench.h"
#include "rig.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MESSAGES             300
#define MESSAGES_AT_OWN_PACE 12
#define WAIT_MS              120000

static bool
bare_libgammu(struct rig *r, const char *count, const char *percent, double *rate,
              struct err *e)
{
    char device[RIG_PATH_MAX];
    const char *argv[] = {BIN "/meterpost-gammu-loop",
                          rig_path(r, "sim1", device),
                          "+254700001001",
                          count,
                          percent,
                          NULL};
    struct rig_output out;
    json_t *answer;

    if (!rig_run(r, argv, WAIT_MS, &out, e))
        return false;
    answer = json_loads(out.out, 0, NULL);
    *rate = (double)json_integer_value(json_object_get(answer, "sent")) * 1000.0 /
            (double)(json_integer_value(json_object_get(answer, "milliseconds")) + 1);
    json_decref(answer);
    rig_output_free(&out);
    return *rate > 0 || err_set(e, FAIL_FATAL, "the bare loop sent nothing");
}

/* Queue them while no engine is up, so that only the sending is timed. */
static bool
queue_messages(struct rig *r, struct err *e)
{
    for (int i = 0; i < MESSAGES; i++) {
        char text[80], number[20];
        json_t *answer = NULL;
        int status;

        snprintf(text, sizeof(text), "Bench message %05d meter command READ ALL", i);
        snprintf(number, sizeof(number), "+2547000%05d", 1001 + i % 100);
        status =
            rig_meterpost(r, &answer, e, "--yes", "message", "send", number, text, NULL);
        json_decref(answer);
        if (status != 0)
            return false;
    }
    return true;
}

static json_int_t
carried(struct rig *r, struct err *e)
{
    json_t *stats = rig_ask(r, e, "{s:s}", "do", "stats");
    json_int_t n = json_integer_value(json_object_get(stats, "messages_sent"));

    json_decref(stats);
    return n;
}

/* From the first that the network carried to the last. */
static bool
time_engine(struct rig *r, double *rate, struct err *e)
{
    const struct timespec nap = {.tv_nsec = 1000000};
    json_int_t before = carried(r, e), first;
    int64_t from, end = clock_mono_ms() + WAIT_MS;

    if (!rig_engine_start(r, e))
        return false;
    while ((first = carried(r, e)) == before && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    from = bench_now_us();
    while (carried(r, e) < before + MESSAGES && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    *rate = figure_rate(before + MESSAGES - first, from);
    return rig_engine_stop(r, e);
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
           rig_config(r, "hours: {notice: \"00:00-24:00\"}\n", e) && queue_messages(r, e) &&
           bare_libgammu(r, "12", "100", &own.theirs, e) &&
           bare_libgammu(r, "300", "0", &bare.theirs, e) && time_engine(r, &own.ours, e);
    bare.ours = own.ours;
    if (good) {
        figure_print(&own);
        figure_print(&bare);
    }
    rig_destroy(r);
    return good;
}
