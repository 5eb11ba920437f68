/*
 * The commands about wires, on the real engine: which edition of DL/T 645 a meter speaks is
 * found out once, clocks are set, registers frozen, speeds changed; a converter is found by
 * its serial number.
 */
#include "relay_village.h"

#include <sys/stat.h>
#include <unistd.h>

#define NEW   "000000000161"
#define OLD   "000000063295" /* of 1997 */
#define PLACE "usb"          /* the folder of a USB device, as the kernel shows it */

/* The kernel's list of ports, with the line `dlt` behind a converter called RS485-1. */
static void
plug_in(void)
{
    char path[RIG_PATH_MAX], port[64], name[RIG_PATH_MAX], folder[RIG_PATH_MAX];
    ssize_t n = readlink(rig_path(r, "dlt", path), port, sizeof(port) - 1);

    cr_assert_gt(n, 5);
    port[n] = '\0';
    for (char *c = port + 5; *c != '\0'; c++)
        *c = *c == '/' ? '!' : *c;
    mkdir(rig_path(r, PLACE, path), 0700);
    mkdir(rig_path(r, "ports", folder), 0700);
    cr_assert(rig_write(r, PLACE "/serial", "RS485-1\n", &e), "%s", e.text);
    setenv("METERPOST_PORTS", folder, 1);
    snprintf(name, sizeof(name), "ports/%s", port + 5);
    mkdir(rig_path(r, name, folder), 0700);
    strcat(name, "/device");
    cr_assert_eq(symlink(path, rig_path(r, name, folder)), 0);
}

static void
begin(void)
{
    char file[RIG_PATH_MAX];

    r = rig_create(
        &(struct rig_options){.start = MONDAY, .village = TOP "/tests/emulator/wires.json"},
        &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e), "%s", e.text);
    plug_in();
    cr_assert(
        rig_config(r,
                   "buses:\n"
                   "  - {name: dlt, device: \"usb:RS485-1\", protocol: dlt645-2007,\n"
                   "     baud: 9600, timeout: 300ms, pause: 5ms}\n"
                   "  - {name: dial-in, device: \"listen:127.0.0.1:0\", protocol: mbus}\n"
                   "reading: {window: \"00:00-24:00\"}\n",
                   &e) &&
            rig_engine_start(r, &e),
        "%s", e.text);
    cr_assert(rig_write(r, "meters.csv",
                        "meter,account,commodity,profile,bus,protocol,address,"
                        "initial_reading,installed_on\n"                        //
                        NEW ",-,electricity,,dlt,dlt645," NEW ",0,2026-01-01\n" //
                        OLD ",-,electricity,,dlt,dlt645," OLD ",0,2026-01-01\n",
                        &e));
    json_decref(as("root", 0, "--yes import meters %s", rig_path(r, "meters.csv", file)));
}

TestSuite(wire_commands, .init = begin, .fini = end, .timeout = 120);

/* The newest job of a meter or bus: its state, how often it was tried. */
static void
expect_job(const char *subject, const char *state, int attempts)
{
    json_t *rows = as("root", 0, "bus jobs %s --limit 1", subject);
    const json_t *row = json_array_get(rows, 0);

    cr_expect_str_eq(text_of(row, "state"), state, "%s: %s", subject,
                     text_of(row, "reason"));
    cr_expect_eq(json_integer_value(json_object_get(row, "attempts")), attempts,
                 "%s: tried %lld times", subject,
                 json_integer_value(json_object_get(row, "attempts")));
    json_decref(rows);
}

Test(wire_commands, the_edition_of_a_meter_is_found_out_once)
{
    static const struct {
        const char *meter;
        int first;
    } cases[] = {{NEW, 1}, {OLD, 2}};

    for (size_t i = 0; i < 2; i++) {
        json_t *answer = as("root", 0, "bus test %s", cases[i].meter);

        cr_expect_geq(json_array_size(json_object_get(answer, "frames")), 1);
        json_decref(answer);
        expect_job(cases[i].meter, "done", cases[i].first);
        json_decref(as("root", 0, "read %s --via bus --wait 20s", cases[i].meter));
        expect_job(cases[i].meter, "done", 1);
        json_decref(as("root", 0, "bus test %s --read %s", cases[i].meter,
                       i == 0 ? "02010100" : "B611"));
        expect_job(cases[i].meter, "done", 1);
    }
    cr_assert(rig_engine_stop(r, &e) && rig_engine_start(r, &e), "%s", e.text);
    json_decref(as("root", 0, "bus test %s", OLD));
    expect_job(OLD, "done", 1);
}

static int
clock_late(const char *meter, int set)
{
    json_t *answer = set >= 0 ? rig_ask(r, &e, "{s:s,s:s,s:s,s:i}", "do", "bus", "bus",
                                        "dlt", "meter", meter, "clock_late_s", set)
                              : rig_ask(r, &e, "{s:s,s:s,s:s}", "do", "bus", "bus", "dlt",
                                        "meter", meter);
    int late = (int)json_integer_value(
        json_object_get(json_object_get(answer, "faults"), "clock_late_s"));

    json_decref(answer);
    return late;
}

Test(wire_commands, clocks_of_one_and_of_all_are_set)
{
    clock_late(NEW, 100);
    clock_late(OLD, 200);
    done("root", 0, "bus clock dlt");
    cr_expect_eq(clock_late(NEW, -1), 0);
    cr_expect_eq(clock_late(OLD, -1), 0);
    clock_late(NEW, 86400);
    done("root", 0, "bus clock " NEW);
    cr_expect_eq(clock_late(NEW, -1), 0);
    done("root", 1, "bus clock nobody");
    cr_expect_not_null(strstr(e.text, "no meter and no bus"), "%s", e.text);
    done("root", 1, "bus clock dial-in");
    cr_expect_not_null(strstr(e.text, "no meter is on bus"), "%s", e.text);
}

/* The first value that a meter gives for an identifier. */
static void
value_of(const char *meter, const char *id, char out[20])
{
    json_t *answer = as("root", 0, "bus test %s --read %s", meter, id);
    const json_t *frame = json_array_get(json_object_get(answer, "frames"), 0);

    snprintf(out, 20, "%s",
             text_of(json_array_get(json_object_get(frame, "values"), 0), "value"));
    json_decref(answer);
}

Test(wire_commands, registers_are_frozen_and_speeds_changed)
{
    char then[20], frozen[20], now[20];

    value_of(NEW, "00010000", then);
    done("root", 0, "bus freeze dlt");
    until("2026-03-05T10:00+03:00");
    value_of(NEW, "05010101", frozen);
    value_of(NEW, "00010000", now);
    cr_expect_str_eq(frozen, then);
    cr_expect_str_neq(frozen, now);
    done("root", 1, "bus baud " NEW " 14400");
    cr_expect_not_null(strstr(e.text, "expected 600, 1200"), "%s", e.text);
    done("root", 0, "bus baud " NEW " 9600");
    expect_job(NEW, "done", 1);
}
