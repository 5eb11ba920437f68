/*
 * Debian's gammu-smsd takes the emulated modem for a real one.
 */
#include "rig.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PATIENCE_MS 60000

static struct rig *rig;
static struct err e;
static pid_t smsd = -1;

static void
write_config(void)
{
    static const char *const folders[] = {"inbox", "outbox", "sent", "error"};
    char text[8 * RIG_PATH_MAX], path[RIG_PATH_MAX];
    const char *dir = rig_dir(rig);

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        cr_assert_eq(mkdir(rig_path(rig, folders[i], path), 0700), 0);
    snprintf(text, sizeof(text),
             "[gammu]\ndevice = %s/sim1\nconnection = dku2at\nmodel = at\n"
             "[smsd]\nservice = files\ninboxpath = %s/inbox/\noutboxpath = %s/outbox/\n"
             "sentsmspath = %s/sent/\nerrorsmspath = %s/error/\n"
             "loopsleep = 1\nreceivefrequency = 1\nstatusfrequency = 0\nchecksecurity = 0\n"
             "checkbattery = 0\nchecksignal = 0\n",
             dir, dir, dir, dir, dir);
    cr_assert(rig_write(rig, "smsdrc", text, &e), "%s", e.text);
}

static void
set_up(void)
{
    rig = rig_create(&(struct rig_options){.start = "2026-03-01T06:00:00"}, &e);
    cr_assert(rig != NULL && rig_emulator_start(rig, &e), "%s", e.text);
    write_config();
}

static void
tear_down(void)
{
    if (smsd > 0)
        rig_stop(smsd, 10000);
    rig_destroy(rig);
}

TestSuite(smsd, .init = set_up, .fini = tear_down, .timeout = 120);

/* The text of the first file in the inbox, "" while there is none. */
static void
inbox_text(char *out, size_t size)
{
    char folder[RIG_PATH_MAX], path[2 * RIG_PATH_MAX];
    DIR *d = opendir(rig_path(rig, "inbox", folder));
    struct dirent *f;

    out[0] = '\0';
    cr_assert(d != NULL);
    while ((f = readdir(d)) != NULL && out[0] == '\0') {
        FILE *in;

        if (strncmp(f->d_name, "IN", 2) != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, f->d_name);
        in = fopen(path, "re");
        cr_assert(in != NULL);
        out[fread(out, 1, size - 1, in)] = '\0';
        fclose(in);
    }
    closedir(d);
}

static size_t
n_sent(json_t **all)
{
    json_t *answer = rig_ask(rig, &e, "{s:s}", "do", "sent");

    *all = json_incref(json_object_get(answer, "sent"));
    json_decref(answer);
    return json_array_size(*all);
}

static json_int_t
stored(void)
{
    json_t *idle = rig_ask(rig, &e, "{s:s}", "do", "idle");
    json_int_t n = json_integer_value(json_object_get(idle, "stored"));

    json_decref(idle);
    return n;
}

Test(smsd, sends_a_text_receives_one_and_deletes_it)
{
    const struct timespec nap = {.tv_nsec = 100000000};
    char path[RIG_PATH_MAX], got[1024] = "";
    const char *argv[] = {"gammu-smsd", "-c", rig_path(rig, "smsdrc", path), NULL};
    int64_t end = clock_mono_ms() + PATIENCE_MS;
    json_t *all = NULL;

    cr_assert(rig_inject(rig, "+254722000001", "sim1", "BAL 1042", &e), "%s", e.text);
    cr_assert(rig_write(rig, "outbox/OUT+254722000002.txt", "Your bill is 1,425.00", &e));
    smsd = rig_start(rig, argv, "smsd.log", &e);
    cr_assert(smsd > 0, "%s", e.text);
    while (clock_mono_ms() < end && (n_sent(&all) == 0 || got[0] == '\0' || stored() > 0)) {
        json_decref(all);
        all = NULL;
        inbox_text(got, sizeof(got));
        nanosleep(&nap, NULL);
    }
    cr_expect(strncmp(got, "BAL 1042", 8) == 0, "got '%s'", got);
    cr_assert_eq(json_array_size(all), 1);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(all, 0), "text")),
                     "Your bill is 1,425.00");
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(all, 0), "to")),
                     "+254722000002");
    cr_expect_eq(stored(), 0, "what was read is deleted");
    json_decref(all);
}
