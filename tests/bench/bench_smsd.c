/* gammu-smsd of Debian on the same emulated modem: how fast it sends and reads. */
#include "bench.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SENT     12
#define RECEIVED 60
#define WAIT_MS  120000

static bool
write_config(struct rig *r, struct err *e)
{
    static const char *const folders[] = {"inbox", "outbox", "sent", "error"};
    char text[8 * RIG_PATH_MAX], path[RIG_PATH_MAX];
    const char *dir = rig_dir(r);

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        mkdir(rig_path(r, folders[i], path), 0700);
    snprintf(text, sizeof(text),
             "[gammu]\ndevice = %s/sim1\nconnection = dku2at\nmodel = at\n"
             "[smsd]\nservice = files\ninboxpath = %s/inbox/\noutboxpath = %s/outbox/\n"
             "sentsmspath = %s/sent/\nerrorsmspath = %s/error/\n",
             dir, dir, dir, dir, dir);
    return rig_write(r, "smsdrc", text, e);
}

static bool
put_out(struct rig *r, struct err *e)
{
    for (int i = 0; i < SENT; i++) {
        char name[60];

        snprintf(name, sizeof(name),
                 "outbox/OUTC20260101_000000_00_+25470000%04d_sms%d.txt", 1000 + i, i);
        if (!rig_write(r, name, "Bench message meter command READ ALL", e))
            return false;
    }
    return true;
}

/* Messages in memory and network that are not read yet. */
static int64_t
waiting(struct rig *r, struct err *e)
{
    json_t *idle = rig_ask(r, e, "{s:s}", "do", "idle");
    int64_t n = json_integer_value(json_object_get(idle, "stored"));

    json_decref(idle);
    return n;
}

static bool
time_reading(struct rig *r, double *rate, struct err *e)
{
    const struct timespec nap = {.tv_nsec = 10000000};
    int64_t from = bench_now_us(), end = clock_mono_ms() + WAIT_MS;

    for (int i = 0; i < RECEIVED; i++) {
        char text[40];

        snprintf(text, sizeof(text), "%d kWh", i);
        if (!rig_inject(r, "+254711000001", "sim1", text, e))
            return false;
    }
    while (waiting(r, e) > 0 && clock_mono_ms() < end)
        nanosleep(&nap, NULL);
    *rate = figure_rate(RECEIVED, from);
    return waiting(r, e) == 0 || err_set(e, FAIL_RETRY, "gammu-smsd does not read");
}

bool
bench_smsd(struct err *e)
{
    struct figure sends = {.name = "gammu-smsd sends", .unit = "/s"};
    struct figure reads = {.name = "gammu-smsd receives", .unit = "/s"};
    char path[RIG_PATH_MAX];
    const char *argv[] = {"gammu-smsd", "-c", NULL, NULL};
    struct rig *r;
    pid_t smsd = -1;
    bool good;

    if (access("/usr/bin/gammu-smsd", X_OK) == -1) {
        printf("%-34s not installed: apt-get install gammu-smsd\n", "gammu-smsd");
        return true;
    }
    r = rig_create(&(struct rig_options){.village = NULL}, e);
    if (r == NULL)
        return false;
    argv[2] = rig_path(r, "smsdrc", path);
    good = rig_emulator_start(r, e) && rig_fault(r, "sim1", "sim_size", 255, e) &&
           write_config(r, e) && put_out(r, e) &&
           (smsd = rig_start(r, argv, "smsd.log", e)) > 0 &&
           bench_time_carrying(r, 0, SENT, &sends.ours, e) &&
           time_reading(r, &reads.ours, e);
    if (smsd > 0)
        rig_stop(smsd, 10000);
    if (good) {
        figure_print(&sends);
        figure_print(&reads);
    }
    rig_destroy(r);
    return good;
}
