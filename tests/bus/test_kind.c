/* Kinds of meters on a wire, as files say and as protocols are by themselves. */
#include "meterpost/bus/kind.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct bus_kinds *all;
static struct problems p;
static struct err e;

static void
load(void)
{
    cr_assert(bus_kinds_load(TOP "/conf/devices", TOP "/conf/maps", &all, &p), "%s",
              p.count > 0 ? p.at[0].text : "");
}

static void
unload(void)
{
    bus_kinds_free(all);
    problems_free(&p);
}

TestSuite(kind, .init = load, .fini = unload);

Test(kind, a_word_is_a_device_a_map_or_a_protocol)
{
    static const struct {
        const char *word;
        enum conf_protocol protocol;
        bool map;
    } cases[] = {
        {"dlt645-2007", CONF_DLT645_2007, false},
        {"dlt645-2007-button", CONF_DLT645_2007, false},
        {"iec62056-21-push", CONF_IEC62056_21, false},
        {"eastron-sdm630", CONF_MODBUS_RTU, true},
        {"pzem-004t", CONF_MODBUS_RTU, true},
        {"mbus", CONF_MBUS, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct bus_kind *kind = bus_kinds_find(all, cases[i].word);

        cr_assert_not_null(kind, "%s", cases[i].word);
        cr_expect_eq(kind->protocol, cases[i].protocol, "%s", cases[i].word);
        cr_expect_eq(kind->map != NULL, cases[i].map, "%s", cases[i].word);
    }
    cr_expect_null(bus_kinds_find(all, "telepathy"));
}

Test(kind, a_word_that_there_is_not_is_answered_with_few_that_are)
{
    static const struct {
        const char *word, *like;
    } cases[] = {
        {"eastron", "eastron-sdm120-copy, eastron-sdm120, eastron-sdm630, eastron-sdm72"},
        {"Modbus", "modbus-rtu, modbus-tcp"},
        {"dlt654-2007", "dlt645-2007"},
        {"profibus", "dlt645-2007, dlt645-1997, iec62056-21, modbus-rtu, modbus-tcp, "
                     "cjt188, mbus, dlt645"},
    };
    char words[200];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bus_kinds_like(all, cases[i].word, words, sizeof(words));
        cr_expect_str_eq(words, cases[i].like, "%s: got %s, want %s", cases[i].word, words,
                         cases[i].like);
    }
}

Test(kind, modbus_without_a_map_cannot_be_read)
{
    const struct conf_bus bus = {.protocol = CONF_MODBUS_RTU, .timeout_ms = 1000};
    const struct bus_job job = {.id = 1, .action = BUS_READ};
    struct bus_wire_job out;
    struct meter m = {.id = 1};

    snprintf(m.protocol, sizeof(m.protocol), "modbus-rtu");
    cr_expect_not(bus_job_order(all, &bus, &job, &m, "", 0, &out, &e));
    cr_expect(strstr(e.text, "name a map") != NULL, "%s", e.text);
}

Test(kind, a_meter_has_its_own_password_and_times)
{
    const struct conf_bus bus = {
        .protocol = CONF_DLT645_2007, .timeout_ms = 1000, .pause_ms = 30};
    const struct bus_job job = {.id = 1, .action = BUS_CUT};
    struct bus_wire_job out;
    struct meter m = {.id = 1};

    snprintf(m.protocol, sizeof(m.protocol), "dlt645-2007-collector");
    snprintf(m.password, sizeof(m.password), "123456");
    cr_assert(bus_job_order(all, &bus, &job, &m, "", 0, &out, &e), "%s", e.text);
    cr_expect_str_eq(out.password, "123456");
    cr_expect_eq(out.timeout_ms, 8000);
    cr_expect_eq(out.commands[0], 0x1A);
    m.password[0] = '\0';
    cr_assert(bus_job_order(all, &bus, &job, &m, "", 0, &out, &e), "%s", e.text);
    cr_expect_str_eq(out.password, "000000");
}

Test(kind, a_wrong_file_names_its_faults)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"device: x\nname: X\nprotocol: morse\n", "there is no protocol 'morse'"},
        {"device: X Y\nname: X\nprotocol: mbus\n", "expected small letters"},
        {"device: x\nname: X\nprotocol: modbus-rtu\n", "needs the id of a map"},
        {"device: x\nname: X\nprotocol: modbus-rtu\nmap: nosuch\n", "no map 'nosuch'"},
        {"device: x\nname: X\nprotocol: mbus\nbaud: 5\n", "expected 300 to 921600"},
        {"device: x\nname: X\nprotocol: mbus\ntimeout: soon\n", "expected a duration"},
        {"device: x\nname: X\nprotocol: dlt645-2007\nrelay: {cut: \"XY\"}\n", "two hex"},
        {"device: x\nname: X\nprotocol: iec62056-21\nmode: Q\n", "expected C"},
        {"device: x\nname: X\nprotocol: mbus\nspeed: 1\n", "speed"},
    };
    char dir[] = "/tmp/meterpost-kind-XXXXXX", path[80];

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/x.yaml", dir);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bus_kinds *none;
        struct problems found = {0};
        FILE *f = fopen(path, "w");

        fputs(cases[i].text, f);
        fclose(f);
        cr_expect_not(bus_kinds_load(dir, TOP "/conf/maps", &none, &found), "%s",
                      cases[i].text);
        cr_expect(found.count > 0 && strstr(found.at[0].text, cases[i].want) != NULL,
                  "%s: got '%s', want '%s'", cases[i].text,
                  found.count > 0 ? found.at[0].text : "", cases[i].want);
        problems_free(&found);
    }
    unlink(path);
    rmdir(dir);
}
