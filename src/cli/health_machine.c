/* health_machine.c - the machine: clock, disk, permissions, and who holds the devices. */
#include "health.h"

#include "meterpost/base/device.h"
#include "meterpost/control/backup.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#define DISK_WARN  15 /* percent free */
#define DISK_BAD   5
#define MEBIBYTE   (1024 * 1024)
#define TOLD_EARLY 120 /* seconds that a message may be from the future */

void
health_zone(struct cli *c, json_t *rows)
{
    char now[TIME_TEXT_MAX];

    health_add(rows, "zone", HEALTH_OK, NULL, "%s, now %.16s",
               c->desk->conf->utility.timezone, clock_iso(clock_now(), now));
}

/* ---- clock ---- */

/* The newest message that a service centre stamped: it must not be from the future. */
static int64_t
ahead_of_us(struct cli *c)
{
    struct list_filter f = {.limit = 1};
    struct err e;
    json_t *rows;
    const char *sent, *came;
    utc_t a, b;
    int64_t ahead = 0;

    if (c->desk->store == NULL)
        return 0;
    rows = list_array(c->desk->store, "inbox", &f, c->desk->conf->decimals, &e);
    sent = json_string_value(json_object_get(json_array_get(rows, 0), "sent_at"));
    came = json_string_value(json_object_get(json_array_get(rows, 0), "received_at"));
    if (sent != NULL && came != NULL && clock_parse(sent, &a, &e) &&
        clock_parse(came, &b, &e))
        ahead = a - b;
    json_decref(rows);
    return ahead;
}

void
health_clock(struct cli *c, json_t *rows)
{
    struct timex t = {0};
    int64_t ahead = ahead_of_us(c);

    if (ahead > TOLD_EARLY)
        health_add(rows, "clock", HEALTH_BAD, "timedatectl set-ntp true",
                   "the network's clock is %lld s ahead of ours", (long long)ahead);
    else if (clock_is_by_hand())
        health_add(rows, "clock", HEALTH_OK, NULL, "moved by hand (METERPOST_CLOCK)");
    else if (adjtimex(&t) == TIME_ERROR)
        health_add(rows, "clock", HEALTH_WARN, "timedatectl set-ntp true",
                   "no time server sets it; messages of the network agree with it");
    else
        health_add(rows, "clock", HEALTH_OK, NULL, "set by a time server");
}

/* ---- disk ---- */

enum health
health_of_disk(int64_t percent_free, int64_t mib_free, int64_t database_mib)
{
    if (percent_free < DISK_BAD || mib_free < 3 * database_mib)
        return HEALTH_BAD;
    return percent_free < DISK_WARN ? HEALTH_WARN : HEALTH_OK;
}

void
health_disk(struct cli *c, json_t *rows)
{
    const char *database = c->desk->conf->database;
    char copy[PATH_MAX];
    struct statvfs fs;
    struct stat st;
    long long free_mib, percent;
    enum health state;

    snprintf(copy, sizeof(copy), "%s", database);
    if (statvfs(dirname(copy), &fs) == -1) {
        health_add(rows, "disk", HEALTH_BAD, NULL, "%s: %s", database, strerror(errno));
        return;
    }
    if (stat(database, &st) == -1)
        st.st_size = 0;
    free_mib = (long long)(fs.f_bavail * fs.f_frsize / MEBIBYTE);
    percent = fs.f_blocks == 0 ? 0 : (long long)(fs.f_bavail * 100 / fs.f_blocks);
    state = health_of_disk(percent, free_mib, st.st_size / MEBIBYTE);
    health_add(rows, "disk", state,
               state == HEALTH_OK ? NULL : "make room: journalctl --vacuum-size=100M",
               "%lld%% free, %lld MiB; the database has %lld MiB", percent, free_mib,
               (long long)(st.st_size / MEBIBYTE));
}

/* ---- permissions ---- */

static bool
any_pin(const struct conf *conf)
{
    for (int i = 0; i < conf->n_modems; i++) {
        if (conf->modems[i].pin[0] != '\0')
            return true;
    }
    return false;
}

/* A file that others may read, in a folder that others may enter. */
static bool
open_to_all(const char *path)
{
    char copy[PATH_MAX];
    struct stat st;

    snprintf(copy, sizeof(copy), "%s", path);
    return stat(path, &st) == 0 && (st.st_mode & 0004) != 0 &&
           stat(dirname(copy), &st) == 0 && (st.st_mode & 0001) != 0;
}

void
health_permissions(struct cli *c, json_t *rows)
{
    const struct conf *conf = c->desk->conf;
    char mend[PATH_MAX + 20];
    bool good = true;

    if (open_to_all(conf->database)) {
        snprintf(mend, sizeof(mend), "chmod o= %s*", conf->database);
        health_add(rows, "files", HEALTH_WARN, mend,
                   "everybody on this machine may read the database");
        good = false;
    }
    if (any_pin(conf) && open_to_all(conf->file)) {
        snprintf(mend, sizeof(mend), "chmod o= %s", conf->file);
        health_add(rows, "files", HEALTH_WARN, mend,
                   "everybody on this machine may read the PINs in the settings");
        good = false;
    }
    if (access(conf->database, F_OK) == 0 && access(conf->database, W_OK) == -1) {
        health_add(rows, "files", HEALTH_WARN, "use root or the user of the service",
                   "this user may not write the database");
        good = false;
    }
    if (good)
        health_add(rows, "files", HEALTH_OK, NULL, "permissions of settings and database");
}

/* The key that codes of staff are sealed with. */
void
health_key(struct cli *c, json_t *rows)
{
    const char *path = c->desk->conf->staff.key_file;
    const char *database = c->desk->conf->database;
    char mend[2 * PATH_MAX];
    struct stat st, engine;

    if (stat(path, &st) == -1) {
        struct list_filter f = {.limit = 1};
        struct err e;
        json_t *staff =
            c->desk->store == NULL ? NULL : list_array(c->desk->store, "staff", &f, 0, &e);

        if (json_array_size(staff) > 0)
            health_add(
                rows, "key", HEALTH_WARN, "bring it back from your copy of the settings",
                "%s: %s; codes of staff cannot be made or checked", path, strerror(errno));
        json_decref(staff);
        return;
    }
    if ((st.st_mode & 0077) != 0) {
        snprintf(mend, sizeof(mend), "chmod 600 %s", path);
        health_add(rows, "key", HEALTH_BAD, mend, "others may read %s", path);
    } else if (stat(database, &engine) == 0 && engine.st_uid != st.st_uid) {
        snprintf(mend, sizeof(mend), "chown --reference=%s %s", database, path);
        health_add(rows, "key", HEALTH_BAD, mend, "the service may not read %s", path);
    } else {
        health_add(rows, "key", HEALTH_OK, NULL, "%s is ours alone", path);
    }
}

/* ---- devices ---- */

static void
name_of_process(const char *pid, char *out, size_t size)
{
    char path[64 + NAME_MAX];
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%s/comm", pid);
    snprintf(out, size, "process %s", pid);
    if ((f = fopen(path, "re")) == NULL)
        return;
    if (fgets(out, (int)size, f) != NULL)
        out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

static bool
process_holds(const char *pid, const struct stat *device)
{
    char folder[32 + NAME_MAX], path[64 + 2 * NAME_MAX];
    struct dirent *entry;
    struct stat st;
    bool holds = false;
    DIR *dir;

    snprintf(folder, sizeof(folder), "/proc/%s/fd", pid);
    if ((dir = opendir(folder)) == NULL)
        return false;
    while (!holds && (entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        holds =
            stat(path, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == device->st_rdev;
    }
    closedir(dir);
    return holds;
}

/* One of our own programs. */
static bool
is_ours(const char *holder)
{
    return strncmp(holder, "meterpost", strlen("meterpost")) == 0;
}

/* Who has it open, a stranger before one of ours; "" when nobody has that we may see. */
static void
holder_of(const struct stat *device, char *out, size_t size)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;

    *out = '\0';
    if (dir == NULL)
        return;
    while ((*out == '\0' || is_ours(out)) && (entry = readdir(dir)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]) &&
            process_holds(entry->d_name, device))
            name_of_process(entry->d_name, out, size);
    }
    closedir(dir);
}

/* Root may open every port: then it counts who owns the database, the user of the service.
 */
static uid_t
user_of_service(const struct cli *c)
{
    struct stat st;

    return geteuid() != 0 || stat(c->desk->conf->database, &st) == -1 ? geteuid()
                                                                      : st.st_uid;
}

/* True, and said, when the service may not open it. */
static bool
is_forbidden(const struct cli *c, json_t *rows, const char *name, const char *device)
{
    char user[DEVICE_USER_MAX], group[DEVICE_USER_MAX], mend[PATH_MAX];

    if (device_may_open(user_of_service(c), device, user, group))
        return false;
    snprintf(mend, sizeof(mend), "usermod -aG %s %s, and start it again",
             strcmp(group, "root") == 0 ? "dialout" : group, user);
    health_add(rows, "device", HEALTH_BAD, mend, "%s: the user %s may not open %s", name,
               user, device);
    return true;
}

/* One that nobody has: can it be opened? */
static void
try_device(json_t *rows, const char *name, const char *device)
{
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    if (fd == -1) {
        health_add(rows, "device", HEALTH_BAD, "pull it out and plug it in again",
                   "%s: %s cannot be opened: %s", name, device, strerror(errno));
        return;
    }
    close(fd);
    health_add(rows, "device", HEALTH_OK, NULL, "%s: %s is free", name, device);
}

static void
look_at_holder(json_t *rows, const char *name, const char *device, const char *holder)
{
    if (strcmp(holder, "ModemManager") == 0)
        health_add(rows, "device", HEALTH_BAD, "systemctl disable --now ModemManager",
                   "%s: %s is held by %s", name, device, holder);
    else if (!is_ours(holder))
        health_add(rows, "device", HEALTH_BAD, "end that program", "%s: %s is held by %s",
                   name, device, holder);
    else
        health_add(rows, "device", HEALTH_OK, NULL, "%s: %s held by %s", name, device,
                   holder);
}

static void
look_at_device(const struct cli *c, json_t *rows, const char *name, const char *called)
{
    char device[PATH_MAX], holder[64];
    struct stat st;
    struct err e;

    if (strstr(called, "://") != NULL || strncmp(called, "listen:", 7) == 0)
        return;
    if (!device_find(called, getenv("METERPOST_PORTS"), device, sizeof(device), &e)) {
        health_add(rows, "device", HEALTH_BAD,
                   "plug it in, or mend `device:` in the settings", "%s: %s", name, e.text);
        return;
    }
    if (stat(device, &st) == -1) {
        health_add(rows, "device", HEALTH_BAD,
                   "plug it in, or mend `device:` in the settings", "%s: %s: %s", name,
                   device, strerror(errno));
        return;
    }
    if (!S_ISCHR(st.st_mode)) {
        health_add(rows, "device", HEALTH_BAD, "mend `device:` in the settings",
                   "%s: %s is no serial port", name, device);
        return;
    }
    if (is_forbidden(c, rows, name, device))
        return;
    holder_of(&st, holder, sizeof(holder));
    if (*holder == '\0')
        try_device(rows, name, device);
    else
        look_at_holder(rows, name, device, holder);
}

void
health_devices(struct cli *c, json_t *rows)
{
    const struct conf *conf = c->desk->conf;

    for (int i = 0; i < conf->n_modems; i++)
        look_at_device(c, rows, conf->modems[i].name, conf->modems[i].device);
    for (int i = 0; i < conf->n_buses; i++)
        look_at_device(c, rows, conf->buses[i].name, conf->buses[i].device);
}
