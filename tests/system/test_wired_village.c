/*
 * A village whose SMS network is down for three days: it is read and billed on time, and
 * switched, by wire.
 */
#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct rig *r;
static struct err e;

static void
begin(void)
{
    char yaml[2000];

    r = rig_create(
        &(struct rig_options){.start = "2026-02-26T06:00+03:00",
                              .village = TOP "/tests/emulator/wired_village.json"},
        &e);
    cr_assert_not_null(r, "%s", e.text);
    snprintf(yaml, sizeof(yaml),
             "buses:\n"
             "  - {name: line-1, device: %s/line-1, protocol: dlt645-2007, baud: 9600,\n"
             "     timeout: 300ms, pause: 5ms, rest: 10m}\n"
             "  - {name: line-2, device: %s/line-2, protocol: modbus-rtu, baud: 9600,\n"
             "     parity: none, timeout: 300ms}\n"
             "reading: {window: \"00:00-24:00\", attempts: 2, backoff: [15m],\n"
             "          reply_timeout: 10m, fallback: [sms, bus]}\n"
             "rounds: [{name: month, every: freeze, lasts: 2d}]\n",
             rig_dir(r), rig_dir(r));
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, yaml, &e), "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(wired_village, .init = begin, .fini = end, .timeout = 180);

#define RUN(...) run((const char *[]){__VA_ARGS__, NULL})

static json_t *
run(const char *const *words)
{
    json_t *answer;
    int status =
        rig_meterpost(r, &answer, &e, "--yes", words[0], words[1], words[2],
                      words[1] != NULL && words[2] != NULL ? words[3] : NULL, NULL);

    /* 1: nothing is in the list; 5: a meter is missing */
    cr_expect(status == 0 || status == 1 || status == 5, "%s: status %d: %s", words[0],
              status, e.text);
    return answer;
}

static void
take_in(const char *kind, const char *text)
{
    char path[RIG_PATH_MAX], name[40];

    snprintf(name, sizeof(name), "%s.csv", kind);
    cr_assert(rig_write(r, name, text, &e), "%s", e.text);
    json_decref(RUN("import", kind, rig_path(r, name, path)));
}

static void
register_village(void)
{
    take_in("accounts", "account,name,tariff,phones\n"
                        "1,Amina,domestic-electricity,+254722000001\n"
                        "2,Joseph,domestic-electricity,+254722000002\n"
                        "3,Grace,domestic-electricity,+254722000003\n"
                        "4,Peter,domestic-electricity,+254722000004\n"
                        "5,Fatuma,domestic-electricity,+254722000005\n"
                        "6,Samuel,domestic-electricity,+254722000006\n"
                        "7,Mary,domestic-water,+254722000007\n");
    take_in("meters",
            "meter,account,commodity,profile,phone,bus,protocol,address,relay,"
            "initial_reading,installed_on\n"
            "000000000101,1,electricity,kamstrup-gsm7i,+254711000101,line-1,dlt645-2007,"
            "000000000101,yes,1390,2026-02-01\n"
            "000000000102,2,electricity,kamstrup-gsm7i,+254711000102,line-1,"
            "dlt645-2007-button,000000000102,yes,1010,2026-02-01\n"
            "000000000103,3,electricity,kamstrup-gsm7i,+254711000103,line-1,"
            "dlt645-2007-tariffs,000000000103,yes,218,2026-02-01\n"
            "000000000104,4,electricity,kamstrup-gsm7i,+254711000104,line-1,dlt645-2007,"
            "000000000104,yes,570,2026-02-01\n"
            "000000000105,5,electricity,kamstrup-gsm7i,+254711000105,line-1,dlt645-2007,"
            "000000000105,yes,510,2026-02-01\n"
            "SDM-1,6,electricity,,,line-2,eastron-sdm630,7,no,2640,2026-02-01\n"
            "00201510270588,7,water,,,line-1,cjt188,00201510270588,yes,70,2026-02-01\n");
}

/* lose_sent: the network takes what is sent and nobody gets it; registration 2: the modem
 * finds none. */
static void
network_down(const char *fault, int n)
{
    json_t *answer =
        rig_ask(r, &e, "{s:s, s:s, s:i}", "do", "fault", "modem", "sim1", fault, n);

    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

static void
until(const char *when)
{
    utc_t t;

    cr_assert(clock_parse(when, &t, &e) && rig_until(r, t, 60000, &e), "%s", e.text);
}

static bool
is_main(const json_t *row)
{
    const char *obis = json_string_value(json_object_get(row, "register"));

    return strcmp(obis, "1-0:1.8.0") == 0 || strcmp(obis, "8-0:1.0.0") == 0;
}

/* Readings of the registers that are billed, by source. */
static int
count_readings(const char *source)
{
    json_t *rows = RUN("reading", "list");
    const json_t *row;
    int n = 0;
    size_t i;

    json_array_foreach (rows, i, row)
        n += is_main(row) &&
             strcmp(json_string_value(json_object_get(row, "source")), source) == 0;
    json_decref(rows);
    return n;
}

/* Ordered by one, approved by another; or switched on by one. */
static void
order(const char *meter, bool cut)
{
    json_t *answer;
    char number[24];

    setenv("SUDO_USER", "amina", 1);
    if (!cut) {
        cr_expect_eq(rig_meterpost(r, &answer, &e, "on", meter, "--reason", "paid", NULL),
                     0, "%s", e.text);
        json_decref(answer);
        return;
    }
    cr_expect_eq(rig_meterpost(r, &answer, &e, "cut", "propose", meter, "--cause",
                               "operator", "--reason", "test", NULL),
                 4, "%s", e.text);
    snprintf(number, sizeof(number), "%lld",
             json_integer_value(json_object_get(
                 json_array_get(json_object_get(answer, "orders"), 0), "order")));
    json_decref(answer);
    setenv("SUDO_USER", "joseph", 1);
    cr_expect_eq(rig_meterpost(r, &answer, &e, "cut", "approve", "--order", number, NULL),
                 0, "%s", e.text);
    json_decref(answer);
}

static void
expect_relay(const char *meter, const char *in_meter, const char *state)
{
    json_t *answer = rig_ask(r, &e, "{s:s, s:s}", "do", "meter", "meter", meter);
    json_t *orders = RUN("order", "list", meter);

    cr_expect_str_eq(json_string_value(json_object_get(answer, "relay")), in_meter);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(orders, 0), "state")),
                     state, "%s",
                     json_string_value(json_object_get(json_array_get(orders, 0), "note")));
    json_decref(answer);
    json_decref(orders);
}

/* A meter that was silent costs its deadline once when it has rested, and nothing in a
 * round while it rests. */
static void
expect_rest(const char *meter)
{
    json_t *jobs, *silent;
    const json_t *last;

    json_decref(RUN("round", "start", "again"));
    until("2026-03-01T06:45");
    json_decref(RUN("round", "start", "once-more"));
    until("2026-03-01T07:30");
    jobs = RUN("bus", "jobs", meter);
    last = json_array_get(jobs, 0);
    cr_expect_eq(json_array_size(jobs), 3, "%zu jobs", json_array_size(jobs));
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(jobs, 1), "attempts")),
                 1);
    cr_expect_str_eq(json_string_value(json_object_get(last, "state")), "failed");
    cr_expect_eq(json_integer_value(json_object_get(last, "attempts")), 0);
    silent = RUN("bus", "silent");
    cr_expect_eq(json_array_size(silent), 1);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(silent, 0), "meter")),
                     meter);
    json_decref(jobs);
    json_decref(silent);
}

Test(wired_village, is_read_and_billed_on_time_and_switched_by_wire)
{
    json_t *answer;

    register_village();
    network_down("lose_sent", 1000000);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    until("2026-03-01T06:00");
    cr_expect_eq(count_readings("sms"), 0);
    cr_expect_eq(count_readings("bus"), 6, "%d readings", count_readings("bus"));

    answer = RUN("round", "list");
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(answer, 0), "missing")),
                 1, "%s", json_dumps(answer, JSON_INDENT(1)));
    json_decref(answer);

    expect_rest("000000000105");
    json_decref(RUN("bill", "issue", "2026-02"));
    answer = RUN("bill", "list");
    cr_expect(json_array_size(answer) >= 6, "%zu bills", json_array_size(answer));
    json_decref(answer);

    until("2026-03-02T10:00"); /* in the hours of cuts */
    order("000000000101", true);
    order("000000000102", true);
    order("00201510270588", true);
    until("2026-03-02T10:10");
    expect_relay("000000000101", "open", "verified");
    expect_relay("000000000102", "open", "verified");
    expect_relay("00201510270588", "open", "verified");
    order("000000000101", false);
    order("000000000102", false);
    until("2026-03-02T10:20");
    expect_relay("000000000101", "closed", "verified");
    expect_relay("000000000102", "open", "armed");
    json_decref(rig_ask(r, &e, "{s:s, s:s, s:s, s:b}", "do", "bus", "bus", "line-1",
                        "meter", "000000000102", "press", 1));
    until("2026-03-02T11:00");
    expect_relay("000000000102", "closed", "verified");
}

/* Five minutes of the village take a moment here: the modem never comes, so that the engine
 * never has nothing to do. */
Test(wired_village, what_does_not_leave_as_a_text_goes_by_wire)
{
    const struct timespec moment = {.tv_nsec = 300000000};
    utc_t now;

    register_village();
    network_down("registration", 2);
    cr_assert(clock_parse("2026-03-01T00:00", &now, &e) && rig_engine_start(r, &e) &&
                  rig_wait_idle(r, 20000, &e) && rig_clock_set(r, now, &e),
              "%s", e.text);
    for (int i = 0; i < 8; i++) {
        nanosleep(&moment, NULL);
        now += 5 * MINUTE_S;
        cr_assert(rig_clock_set(r, now, &e), "%s", e.text);
    }
    for (int i = 0; i < 20 && count_readings("bus") < 6; i++)
        nanosleep(&moment, NULL);
    cr_expect_eq(count_readings("bus"), 6, "%d readings", count_readings("bus"));
}
