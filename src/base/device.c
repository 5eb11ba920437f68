#include "meterpost/base/device.h"

#include "meterpost/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GROUPS_MOST 64
#define PREFIX      "usb:"
#define PORTS       "/sys/class/tty"
#define LEVELS_MAX  6 /* from the port up to the USB device */
#define SERIAL_MAX  128

bool
device_is_usb(const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

/* First line of a file of the kernel; "" when there is none. */
static void
read_word(const char *folder, const char *file, char *out, size_t size)
{
    char path[PATH_MAX];
    FILE *f;

    *out = '\0';
    if (snprintf(path, sizeof(path), "%s/%s", folder, file) >= (int)sizeof(path))
        return;
    f = fopen(path, "re");
    if (f == NULL)
        return;
    if (fgets(out, (int)size, f) == NULL)
        *out = '\0';
    fclose(f);
    out[strcspn(out, "\n")] = '\0';
}

/* The number of its interface when the port is of the device with that serial number, -1
 * when it is not. The port's folder lies in that of an interface, which lies in that of
 * the device. */
static int
interface_of(const char *ports, const char *port, const char *serial)
{
    char path[PATH_MAX], folder[PATH_MAX], word[SERIAL_MAX], number[8] = "", *slash;

    if (snprintf(path, sizeof(path), "%s/%s/device", ports, port) >= (int)sizeof(path) ||
        realpath(path, folder) == NULL)
        return -1;
    for (int i = 0; i < LEVELS_MAX && folder[0] != '\0'; i++) {
        if (number[0] == '\0')
            read_word(folder, "bInterfaceNumber", number, sizeof(number));
        read_word(folder, "serial", word, sizeof(word));
        if (strcmp(word, serial) == 0)
            return (int)strtol(number, NULL, 16);
        slash = strrchr(folder, '/');
        if (slash == NULL)
            break;
        *slash = '\0';
    }
    return -1;
}

/* The kernel writes '!' for a '/' in the name of a device. */
static bool
path_of(const char *port, char *path, size_t size)
{
    int n = snprintf(path, size, "/dev/%s", port);

    for (char *c = path; *c != '\0'; c++) {
        if (*c == '!')
            *c = '/';
    }
    return n > 0 && (size_t)n < size;
}

static bool
find_usb(const char *serial, int want, const char *ports, char *path, size_t size)
{
    DIR *d = opendir(ports);
    const struct dirent *entry;
    int best = INT_MAX;

    while (d != NULL && (entry = readdir(d)) != NULL) {
        int number =
            entry->d_name[0] == '.' ? -1 : interface_of(ports, entry->d_name, serial);

        if (number < 0 || number >= best || (want >= 0 && number != want))
            continue;
        if (path_of(entry->d_name, path, size))
            best = number;
    }
    if (d != NULL)
        closedir(d);
    return best != INT_MAX;
}

bool
device_find(const char *name, const char *ports, char *path, size_t size, struct err *e)
{
    char serial[SERIAL_MAX];
    const char *colon;
    int want = -1;

    if (!device_is_usb(name))
        return text_copy(path, size, name) ||
               err_set(e, FAIL_REJECT, "the path of the device is too long");
    name += strlen(PREFIX);
    colon = strrchr(name, ':');
    if (colon != NULL)
        want = (int)strtol(colon + 1, NULL, 16);
    snprintf(serial, sizeof(serial), "%.*s",
             colon == NULL ? (int)strlen(name) : (int)(colon - name), name);
    return (serial[0] != '\0' &&
            find_usb(serial, want, ports == NULL ? PORTS : ports, path, size)) ||
           err_set(e, FAIL_RETRY, "no serial port of the USB device %s is plugged in",
                   name);
}

static bool
is_member(const struct passwd *user, gid_t group)
{
    gid_t groups[GROUPS_MOST];
    int n = GROUPS_MOST;

    if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) == -1)
        n = GROUPS_MOST;
    while (n > 0 && groups[n - 1] != group)
        n--;
    return n > 0;
}

bool
device_may_open(uid_t uid, const char *path, char *user, char *group)
{
    const struct passwd *who = getpwuid(uid);
    const struct group *of;
    struct stat st;

    if (stat(path, &st) == -1)
        return true;
    of = getgrgid(st.st_gid);
    snprintf(user, DEVICE_USER_MAX, "%s", who == NULL ? "of the service" : who->pw_name);
    snprintf(group, DEVICE_USER_MAX, "%s", of == NULL ? "dialout" : of->gr_name);
    if (uid == 0)
        return true;
    if (st.st_uid == uid)
        return (st.st_mode & 0600) == 0600;
    if (who != NULL && is_member(who, st.st_gid))
        return (st.st_mode & 0060) == 0060;
    return (st.st_mode & 0006) == 0006;
}
