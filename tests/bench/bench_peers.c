/* The daemons of Debian on the same emulated modem, as they come and as fast as their
 * manuals make them: how fast each sends and reads. */
#include "bench.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SENT        12
#define RECEIVED    40
#define WAIT_MS     120000
#define FOLDERS_MAX 8
#define TEXT        "Bench message meter command READ ALL"

/* In `config` %1$s is the folder of the rig. A message is a file of its own. */
struct daemon {
    const char *program, *package;
    const char *folders[FOLDERS_MAX];
    const char *config; /* then the settings of the peer */
    const char *argv[5];
    const char *file; /* of message %1$d, to number %2$s */
    const char *body; /* to number %s */
};

static const struct daemon gammu_smsd = {
    .program = "gammu-smsd",
    .package = "gammu-smsd",
    .folders = {"inbox", "outbox", "sent", "error"},
    .config = "[gammu]\ndevice = %1$s/sim1\nconnection = dku2at\nmodel = at\n"
              "[smsd]\nservice = files\ninboxpath = %1$s/inbox/\n"
              "outboxpath = %1$s/outbox/\nsentsmspath = %1$s/sent/\n"
              "errorsmspath = %1$s/error/\n",
    .argv = {"gammu-smsd", "-c"},
    .file = "outbox/OUTC20260101_000000_00_%2$s_sms%1$d.txt",
    .body = TEXT,
};

static const struct daemon smstools = {
    .program = "smsd",
    .package = "smstools",
    .folders = {"incoming", "outgoing", "checked", "sent", "failed"},
    .config = "devices = sim1\noutgoing = %1$s/outgoing\nchecked = %1$s/checked\n"
              "incoming = %1$s/incoming\nsent = %1$s/sent\nfailed = %1$s/failed\n"
              "infofile = %1$s/smsd.running\npidfile = %1$s/smsd.pid\n"
              "logfile = %1$s/smstools.log\nstats = %1$s\nterminal = yes\n",
    .argv = {"smsd", "-t", "-c"},
    .file = "outgoing/sms%1$d",
    .body = "To: %s\n\n" TEXT "\n",
};

static const struct peer {
    const char *name;
    const struct daemon *daemon;
    const char *globals, *settings;
} peers[] = {
    {"gammu-smsd", &gammu_smsd, "", ""},
    {"gammu-smsd, tuned", &gammu_smsd, "",
     "receivefrequency = 0\nloopsleep = 0\nstatusfrequency = 0\ncheckbattery = 0\n"
     "checksignal = 0\nchecksecurity = 0\ncommtimeout = 0\n"},
    {"smstools3", &smstools, "", "[sim1]\ndevice = %1$s/sim1\nincoming = yes\n"},
    {"smstools3, tuned", &smstools, "delaytime = 1\ndelaytime_mainprocess = 1\n",
     "[sim1]\ndevice = %1$s/sim1\nincoming = high\nsentsleeptime = 0\n"},
};

static bool
is_installed(const struct daemon *d)
{
    char command[80];

    snprintf(command, sizeof(command), "command -v %s >/dev/null", d->program);
    return system(command) == 0;
}

/* The formats are those of the tables above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static bool
write_config(struct rig *r, const struct peer *p, struct err *e)
{
    char text[10 * RIG_PATH_MAX], path[RIG_PATH_MAX];
    const struct daemon *d = p->daemon;
    int n;

    for (int i = 0; i < FOLDERS_MAX && d->folders[i] != NULL; i++)
        mkdir(rig_path(r, d->folders[i], path), 0700);
    n = snprintf(text, sizeof(text), d->config, rig_dir(r));
    n += snprintf(text + n, sizeof(text) - (size_t)n, "%s", p->globals);
    snprintf(text + n, sizeof(text) - (size_t)n, p->settings, rig_dir(r));
    return rig_write(r, "peer.conf", text, e);
}

static bool
put_out(struct rig *r, const struct daemon *d, struct err *e)
{
    for (int i = 0; i < SENT; i++) {
        char name[60], number[20], text[120];

        snprintf(number, sizeof(number), "+25470000%04d", 1000 + i);
        snprintf(name, sizeof(name), d->file, i, number);
        snprintf(text, sizeof(text), d->body, number);
        if (!rig_write(r, name, text, e))
            return false;
    }
    return true;
}
#pragma GCC diagnostic pop

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
    return waiting(r, e) == 0 || err_set(e, FAIL_RETRY, "it does not read");
}

static bool
measure(const struct peer *p, struct figure *sends, struct figure *reads, struct err *e)
{
    char path[RIG_PATH_MAX];
    const char *argv[6] = {0};
    struct rig *r = rig_create(&(struct rig_options){.village = NULL}, e);
    pid_t pid = -1;
    bool good;
    int n = 0;

    if (r == NULL)
        return false;
    for (; p->daemon->argv[n] != NULL; n++)
        argv[n] = p->daemon->argv[n];
    argv[n] = rig_path(r, "peer.conf", path);
    good = rig_emulator_start(r, e) && rig_fault(r, "sim1", "sim_size", 255, e) &&
           write_config(r, p, e) && put_out(r, p->daemon, e) &&
           (pid = rig_start(r, argv, "peer.log", e)) > 0 &&
           bench_time_carrying(r, 0, SENT, &sends->theirs, e) &&
           time_reading(r, &reads->theirs, e);
    if (pid > 0)
        rig_stop(pid, 10000);
    rig_destroy(r);
    return good;
}

bool
bench_peers(struct err *e)
{
    double sent, received;

    if (!bench_own_sending(&sent, e) || !bench_own_reading(&received, e))
        return false;
    for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
        const struct peer *p = &peers[i];
        struct figure sends = {.name = "messages sent, one modem",
                               .unit = "/s",
                               .baseline = p->name,
                               .ours = sent};
        struct figure reads = {.name = "messages received",
                               .unit = "/s",
                               .baseline = p->name,
                               .ours = received};

        if (!is_installed(p->daemon)) {
            printf("%-34s not installed: apt-get install %s\n", p->name,
                   p->daemon->package);
            continue;
        }
        if (!measure(p, &sends, &reads, e))
            return err_in(e, "%s", p->name);
        figure_print(&sends);
        figure_print(&reads);
    }
    return true;
}
