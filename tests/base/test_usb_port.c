#include "meterpost/base/device.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/meterpost-device-XXXXXX";
static struct err e;

static void
put(const char *path, const char *text)
{
    char whole[200];
    FILE *f;

    snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    f = fopen(whole, "w");
    cr_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void
folder(const char *path)
{
    char whole[200];

    snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    cr_assert_eq(mkdir(whole, 0755), 0);
}

/* usb/1-2 (serial A7) has interfaces 0 and 2 with ports ttyUSB3 and ttyUSB1. */
static void
plug_in(void)
{
    static const char *const folders[] = {"tty",
                                          "tty/ttyUSB1",
                                          "tty/ttyUSB3",
                                          "tty/ttyS0",
                                          "usb",
                                          "usb/1-2",
                                          "usb/1-2/1-2:1.0",
                                          "usb/1-2/1-2:1.2",
                                          "usb/1-2/1-2:1.0/ttyUSB3",
                                          "usb/1-2/1-2:1.2/ttyUSB1"};
    char link[200];

    cr_assert_not_null(mkdtemp(dir));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        folder(folders[i]);
    put("usb/1-2/serial", "A7\n");
    put("usb/1-2/1-2:1.0/bInterfaceNumber", "00\n");
    put("usb/1-2/1-2:1.2/bInterfaceNumber", "02\n");
    snprintf(link, sizeof(link), "%s/tty/ttyUSB3/device", dir);
    cr_assert_eq(symlink("../../usb/1-2/1-2:1.0/ttyUSB3", link), 0);
    snprintf(link, sizeof(link), "%s/tty/ttyUSB1/device", dir);
    cr_assert_eq(symlink("../../usb/1-2/1-2:1.2/ttyUSB1", link), 0);
}

static void
unplug(void)
{
    char command[80];

    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(device, .init = plug_in, .fini = unplug);

Test(device, is_found_by_the_serial_number_of_what_is_plugged_in)
{
    static const struct {
        const char *name, *path;
    } cases[] = {
        {"/dev/ttyUSB0", "/dev/ttyUSB0"},
        {"/dev/serial/by-path/x", "/dev/serial/by-path/x"},
        {"usb:A7", "/dev/ttyUSB3"},
        {"usb:A7:0", "/dev/ttyUSB3"},
        {"usb:A7:2", "/dev/ttyUSB1"},
        {"usb:A7:02", "/dev/ttyUSB1"},
        {"usb:A7:1", NULL},
        {"usb:A", NULL},
        {"usb:", NULL},
    };
    char ports[60], path[200];

    snprintf(ports, sizeof(ports), "%s/tty", dir);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool found = device_find(cases[i].name, ports, path, sizeof(path), &e);

        cr_expect_eq(found, cases[i].path != NULL, "%s", cases[i].name);
        if (found && cases[i].path != NULL)
            cr_expect_str_eq(path, cases[i].path, "%s: got %s", cases[i].name, path);
    }
}
