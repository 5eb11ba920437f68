/* What people may ask of wires, as the engine runs it. */
#include "meterpost/bus/job.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/list.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/meterpost-verb-bus-XXXXXX";
static char path[80];
static struct conf_bus bus = {.name = "rs485-1", .protocol = CONF_MODBUS_RTU};
static struct conf conf = {.buses = &bus, .n_buses = 1};
static struct desk d;
static struct err e;

static void
begin(void)
{
    struct meter m = {.decimals = DECIMALS_UNKNOWN, .since = 1};
    int64_t id;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    d = (struct desk){.conf = &conf, .now = 1790000000};
    cr_assert(store_open(path, STORE_WRITE, &d.store, &e), "%s", e.text);
    snprintf(m.meter, sizeof(m.meter), "SDM-1");
    snprintf(m.commodity, sizeof(m.commodity), "electricity");
    snprintf(m.bus, sizeof(m.bus), "rs485-1");
    snprintf(m.protocol, sizeof(m.protocol), "eastron-sdm630");
    snprintf(m.address, sizeof(m.address), "7");
    cr_assert(meter_add(d.store, &m, &id, &e), "%s", e.text);
}

static void
end(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[90];

    store_close(d.store);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

TestSuite(verb_bus, .init = begin, .fini = end);

/* The answer, NULL with the reason in e. */
static json_t *
run(const char *verb, json_t *arguments)
{
    json_t *answer = json_object();
    bool good = verb_find(verb)->run(&d, "op", arguments, answer, &e);

    json_decref(arguments);
    if (good)
        return answer;
    json_decref(answer);
    return NULL;
}

Test(verb_bus, a_test_of_a_meter_keeps_its_traffic_and_comes_first)
{
    json_t *answer = run("bus.test", json_pack("{s:s}", "subject", "SDM-1"));
    struct bus_job j;
    bool found;

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    cr_assert(bus_job_next_due(d.store, "rs485-1", d.now, &j, &found, &e) && found);
    cr_expect(j.urgent && j.trace && j.action == BUS_READ && j.request_id == 0);
}

Test(verb_bus, a_scan_says_by_what_and_where)
{
    json_t *answer =
        run("bus.scan", json_pack("{s:s, s:s}", "bus", "rs485-1", "range", "1-32"));
    struct bus_job j;
    bool found;

    cr_assert_not_null(answer, "%s", e.text);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "protocol")), "modbus-rtu");
    json_decref(answer);
    cr_assert(bus_job_next_due(d.store, "rs485-1", d.now, &j, &found, &e) && found);
    cr_expect(j.action == BUS_SCAN && j.meter_id == 0);
    cr_expect_str_eq(j.what, "modbus-rtu 1-32");
}

Test(verb_bus, a_record_has_an_end)
{
    json_t *answer =
        run("bus.record", json_pack("{s:s, s:s}", "bus", "rs485-1", "for", "10m"));
    bool on;

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
    cr_assert(bus_row_recording(d.store, "rs485-1", d.now + 599, &on, &e) && on);
    cr_assert(bus_row_recording(d.store, "rs485-1", d.now + 600, &on, &e) && !on);
}

Test(verb_bus, a_wrong_use_is_refused_in_a_sentence)
{
    static const struct {
        const char *verb, *key, *value, *key2, *value2, *want;
    } cases[] = {
        {"bus.test", "subject", "nosuch", "what", "1", "there is no meter and no bus"},
        {"bus.scan", "bus", "nosuch", "range", "1", "has no bus 'nosuch'"},
        {"bus.scan", "bus", "rs485-1", "protocol", "morse", "there is no protocol 'morse'"},
        {"bus.record", "bus", "rs485-1", "for", "3x", "expected a duration"},
        {"bus.record", "bus", "rs485-1", "for", "8d", "at most a week"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *answer =
            run(cases[i].verb, json_pack("{s:s, s:s}", cases[i].key, cases[i].value,
                                         cases[i].key2, cases[i].value2));

        cr_expect_null(answer, "%s", cases[i].verb);
        cr_expect(strstr(e.text, cases[i].want) != NULL, "%s: got '%s', want '%s'",
                  cases[i].verb, e.text, cases[i].want);
        json_decref(answer);
    }
}

Test(verb_bus, the_lists_have_what_happened)
{
    static const char *const lists[] = {"buses", "bus_jobs", "bus_silent"};
    struct list_filter f = {.limit = 10};

    cr_assert(bus_row_save(
        d.store,
        &(struct bus_row){
            .name = "rs485-1", .health = "ready", .reason = "", .seen_at = d.now},
        &e));
    cr_assert(bus_meter_save(
        d.store, &(struct bus_meter){.meter_id = 1, .silent = 2, .silent_since = d.now},
        &e));
    json_decref(run("bus.test", json_pack("{s:s}", "subject", "rs485-1")));
    for (size_t i = 0; i < 3; i++) {
        json_t *rows = list_array(d.store, lists[i], &f, 2, &e);

        cr_expect_eq(json_array_size(rows), 1, "%s: %s", lists[i], e.text);
        json_decref(rows);
    }
}
