#include "meterpost/bus/job.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1790000000

static char dir[] = "/tmp/meterpost-bus-XXXXXX";
static char path[64];
static struct store *s;
static struct err e;

static void
make_store(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

static void
remove_store(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(s);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

TestSuite(job, .init = make_store, .fini = remove_store);

static int64_t
add_meter(const char *name, const char *address, bool relay)
{
    struct meter m = {.has_relay = relay, .decimals = DECIMALS_UNKNOWN, .since = NOW};
    int64_t id;

    snprintf(m.meter, sizeof(m.meter), "%s", name);
    snprintf(m.commodity, sizeof(m.commodity), "electricity");
    snprintf(m.bus, sizeof(m.bus), "%s", *address == '\0' ? "" : "line");
    snprintf(m.protocol, sizeof(m.protocol), "%s", *address == '\0' ? "" : "dlt645-2007");
    snprintf(m.address, sizeof(m.address), "%s", address);
    cr_assert(meter_add(s, &m, &id, &e), "%s", e.text);
    return id;
}

Test(job, the_same_reason_twice_is_one_job)
{
    struct bus_job_new n = {.key = "round 1 meter 1",
                            .meter_id = add_meter("m1", "000000000001", false)};
    int64_t first, second;

    cr_assert(bus_job_add(s, &n, NOW, &first, &e), "%s", e.text);
    cr_assert(bus_job_add(s, &n, NOW + 5, &second, &e), "%s", e.text);
    cr_expect_eq(first, second);
}

Test(job, a_switch_needs_an_order_a_relay_and_one_address)
{
    static const struct {
        const char *name, *address;
        bool relay;
        int64_t order;
        const char *refusal;
    } cases[] = {
        {"no order", "000000000001", true, 0, "by an order only"},
        {"no relay", "000000000002", false, 7, "has no relay"},
        {"wildcard", "AAAAAAAAAAAA", true, 7, "that of several"},
        {"broadcast", "999999999999", true, 7, "that of several"},
        {"no wire", "", true, 7, "on no wire"},
        {"good", "000000000003", true, 7, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bus_job_new n = {
            .key = cases[i].name,
            .action = BUS_CUT,
            .order_id = cases[i].order,
            .meter_id = add_meter(cases[i].name, cases[i].address, cases[i].relay)};
        int64_t id;
        bool added = bus_job_add(s, &n, NOW, &id, &e);

        cr_expect_eq(added, cases[i].refusal == NULL, "%s: %s", cases[i].name, e.text);
        if (!added)
            cr_expect(strstr(e.text, cases[i].refusal) != NULL, "%s: got '%s', want '%s'",
                      cases[i].name, e.text, cases[i].refusal);
    }
}

Test(job, a_switch_is_void_after_an_hour_whatever_was_asked)
{
    struct bus_job_new n = {.key = "late",
                            .action = BUS_CUT,
                            .order_id = 1,
                            .expires_at = NOW + 10 * DAY_S,
                            .meter_id = add_meter("m", "000000000001", true)};
    struct bus_job j;
    int64_t id;
    bool found;

    cr_assert(bus_job_add(s, &n, NOW, &id, &e), "%s", e.text);
    cr_assert(bus_job_by_id(s, id, &j, &found, &e) && found, "%s", e.text);
    cr_expect_eq(j.expires_at, NOW + BUS_SWITCH_MAX_S);
    cr_expect(j.urgent);
}

Test(job, urgent_ones_come_first_then_by_time)
{
    int64_t meter = add_meter("m", "000000000001", true), id;
    const struct bus_job_new all[] = {
        {.key = "later", .meter_id = meter, .not_before = NOW + 100},
        {.key = "second", .meter_id = meter},
        {.key = "first", .meter_id = meter, .urgent = true, .not_before = NOW + 1},
    };
    static const char *const want[] = {"first", "second", NULL};
    struct bus_job j;
    bool found;

    for (size_t i = 0; i < 3; i++)
        cr_assert(bus_job_add(s, &all[i], NOW, &id, &e), "%s", e.text);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(bus_job_next_due(s, "line", NOW + 2, &j, &found, &e), "%s", e.text);
        cr_assert_eq(found, want[i] != NULL);
        if (!found)
            break;
        cr_expect_str_eq(j.key, want[i]);
        j.state = BUS_JOB_SENT;
        cr_assert(bus_job_save(s, &j, &e), "%s", e.text);
    }
}

Test(job, who_ordered_is_told_once)
{
    struct bus_job_new n = {.key = "cut",
                            .action = BUS_CUT,
                            .order_id = 9,
                            .meter_id = add_meter("m", "000000000001", true)};
    struct bus_job j;
    int64_t id;
    bool found;

    cr_assert(bus_job_add(s, &n, NOW, &id, &e), "%s", e.text);
    cr_assert(bus_job_next_untold(s, 0, &j, &found, &e) && !found, "%s", e.text);
    cr_assert(bus_job_by_id(s, id, &j, &found, &e), "%s", e.text);
    j.state = BUS_JOB_DONE;
    j.ended_at = NOW + 3;
    snprintf(j.relay, sizeof(j.relay), "open");
    cr_assert(bus_job_save(s, &j, &e), "%s", e.text);
    cr_assert(bus_job_next_untold(s, 0, &j, &found, &e) && found, "%s", e.text);
    cr_expect_eq(j.order_id, 9);
    cr_expect_str_eq(j.relay, "open");
    cr_assert(bus_job_set_told(s, id, &e), "%s", e.text);
    cr_assert(bus_job_next_untold(s, 0, &j, &found, &e) && !found, "%s", e.text);
}
