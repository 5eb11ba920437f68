/* A line whose port is named by the serial number of its USB adapter. */
#include "bus/line.h"

#include "meterpost/base/conf.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/meterpost-line-XXXXXX";

static void
run(const char *format)
{
    char command[300];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(command, sizeof(command), format, dir);
#pragma GCC diagnostic pop
    cr_assert_eq(system(command), 0, "%s", command);
}

/* A folder as the kernel has it, in which this pseudo-terminal is the USB device A7. */
static void
pretend_usb(const char *terminal)
{
    char format[200];

    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(strncmp(terminal, "/dev/pts/", 9), 0);
    snprintf(format, sizeof(format),
             "cd %%s && mkdir -p 'tty/pts!%s' usb/1-1 && echo A7 > usb/1-1/serial &&"
             " ln -s ../../usb/1-1 'tty/pts!%s/device'",
             terminal + 9, terminal + 9);
    run(format);
}

Test(line, is_found_by_the_serial_number_of_its_adapter)
{
    struct bus_wire_setup setup = {.device = "usb:A7",
                                   .framing = {2400, CONF_PARITY_EVEN, 8, 1}};
    const struct line_hooks hooks = {0};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    char ports[80];
    struct line *l;
    struct err e;

    cr_assert(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
    pretend_usb(ptsname(master));
    snprintf(ports, sizeof(ports), "%s/tty", dir);
    setenv("METERPOST_PORTS", ports, 1);
    cr_assert(line_open(&setup, &hooks, &l, &e), "%s", e.text);
    cr_expect(line_is_up(l));
    line_close(l);
    snprintf(setup.device, sizeof(setup.device), "usb:B8");
    cr_expect_not(line_open(&setup, &hooks, &l, &e));
    cr_expect_eq(e.kind, FAIL_RETRY, "it may be plugged in later");
    cr_expect(strstr(e.text, "B8") != NULL, "%s", e.text);
    close(master);
    run("rm -rf %s");
}
