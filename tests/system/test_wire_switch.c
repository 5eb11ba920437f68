/* Relays and valves over emulated lines: trips, buttons, doubts; clocks, freezes, scans. */
#include "wires.h"

TestSuite(wire_switch, .init = wires_open, .fini = wires_close);

static const char *
relay_of(const char *serial)
{
    static char text[20];
    json_t *answer = rig_ask(w.rig, &w.e, "{s:s, s:s}", "do", "meter", "meter", serial);

    snprintf(text, sizeof(text), "%s", json_string_value(json_object_get(answer, "relay")));
    json_decref(answer);
    return text;
}

static void
expect(enum bus_outcome outcome, enum bus_relay_state relay, const char *serial,
       const char *really)
{
    cr_expect_eq(w.result.outcome, outcome, "%s: got %d (%s), want %d", serial,
                 w.result.outcome, w.result.reason, outcome);
    cr_expect_eq(w.result.relay, relay, "%s: relay %d, want %d", serial, w.result.relay,
                 relay);
    cr_expect_str_eq(relay_of(serial), really);
}

Test(wire_switch, allowed_is_not_closed_until_the_button_is_pressed)
{
    static const char m[] = "000000000161";

    wires_line("dlt", 9600);
    wires_run("dlt645-2007", m, BUS_CUT, "");
    expect(BUS_OUT_DONE, BUS_RELAY_OPEN, m, "open");
    wires_run("dlt645-2007", m, BUS_ALLOW, "");
    expect(BUS_OUT_DONE, BUS_RELAY_ARMED, m, "open");
    json_decref(rig_ask(w.rig, &w.e, "{s:s, s:s, s:s, s:b}", "do", "bus", "bus", "dlt",
                        "meter", m, "press", 1));
    wires_run("dlt645-2007", m, BUS_RELAY, "");
    expect(BUS_OUT_DONE, BUS_RELAY_CLOSED, m, "closed");
}

Test(wire_switch, a_switch_that_is_so_already_is_not_sent)
{
    wires_line("dlt", 9600);
    wires_run("dlt645-2007", "000000000162", BUS_RESTORE, "");
    expect(BUS_OUT_DONE, BUS_RELAY_CLOSED, "000000000162", "closed");
    cr_expect_eq(w.result.requests, 1, "only the question how it stands: %d",
                 w.result.requests);
}

Test(wire_switch, a_wrong_password_a_wildcard_or_a_meter_that_cannot_is_refused)
{
    static const struct {
        const char *kind, *address, *password;
        enum bus_action action;
        enum bus_outcome want;
    } cases[] = {
        {"dlt645-2007", "000000000162", "999999", BUS_CUT, BUS_OUT_REFUSED},
        {"dlt645-2007", "AAAAAAAAAAAA", "", BUS_CUT, BUS_OUT_UNSUPPORTED},
        {"dlt645-2007", "999999999999", "", BUS_CUT, BUS_OUT_UNSUPPORTED},
        {"dlt645-1997", "000000063295", "", BUS_FREEZE, BUS_OUT_UNSUPPORTED},
    };

    wires_line("dlt", 9600);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bus_job job = {.id = 5, .action = cases[i].action};
        struct meter m = {.id = 1};

        snprintf(m.address, sizeof(m.address), "%s", cases[i].address);
        snprintf(m.protocol, sizeof(m.protocol), "%s", cases[i].kind);
        snprintf(m.password, sizeof(m.password), "%s", cases[i].password);
        cr_assert(bus_job_order(w.kinds, &w.conf, &job, &m, "", clock_now(), &w.job, &w.e));
        w.session.job = &w.job;
        w.session.result = &w.result;
        session_run(&w.session);
        cr_expect_eq(w.result.outcome, cases[i].want, "%s: got %d (%s)", cases[i].address,
                     w.result.outcome, w.result.reason);
    }
    cr_expect_str_eq(relay_of("000000000162"), "closed");
}

/* The meter hears the command and its answer is lost: the relay tells. */
Test(wire_switch, a_lost_answer_is_settled_by_asking_how_the_relay_stands)
{
    static const char m[] = "000000000162";

    wires_line("dlt", 9600);
    wires_run("dlt645-2007", m, BUS_RELAY, "");
    wires_fault("dlt", m, "next_checksum", 0);
    w.setup.gap_ms = 30;
    /* The first answer (how it stands) is good, the second (to the command) is not. */
    json_decref(rig_ask(w.rig, &w.e, "{s:s, s:s, s:s, s:i}", "do", "bus", "bus", "dlt",
                        "meter", m, "lose_command", 1));
    wires_run("dlt645-2007", m, BUS_CUT, "");
    expect(BUS_OUT_DONE, BUS_RELAY_OPEN, m, "open");
}

Test(wire_switch, a_valve_is_closed_and_opened)
{
    static const char m[] = "00201510270588";

    wires_line("water", 2400);
    wires_run("cjt188", m, BUS_CUT, "");
    expect(BUS_OUT_DONE, BUS_RELAY_OPEN, m, "open");
    wires_run("cjt188", m, BUS_RESTORE, "");
    expect(BUS_OUT_DONE, BUS_RELAY_CLOSED, m, "closed");
}

Test(wire_switch, energy_demand_clock_and_freeze_are_read)
{
    static const struct {
        const char *id, *code, *want;
    } cases[] = {
        {"02010100", "1-0:32.7.0", "230.1"},
        {"02800002", "1-0:14.7.0", "50.01"},
        {"04000102", "04000102", "06:00:00"},
        {"00020000", "1-0:2.8.0", "0.00"},
    };

    wires_line("dlt", 9600);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wires_run("dlt645-2007", "000000000162", BUS_READ, cases[i].id);
        cr_expect_str_eq(wires_value("dlt645-2007", cases[i].code), cases[i].want, "%s: %s",
                         cases[i].id, w.result.reason);
    }
    wires_run("dlt645-2007", "000000000162", BUS_READ, "01010000");
    cr_expect(wires_value("dlt645-2007", "1-0:1.6.0")[0] != '\0');
    wires_run("dlt645-2007", "000000000162", BUS_FREEZE, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    wires_run("dlt645-2007", "000000000162", BUS_CLOCK, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    wires_run("dlt645-2007", "", BUS_CLOCK, ""); /* all of them */
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
}

static int
clock_late(const char *bus, const char *serial)
{
    json_t *answer =
        rig_ask(w.rig, &w.e, "{s:s, s:s, s:s}", "do", "bus", "bus", bus, "meter", serial);
    int late = (int)json_integer_value(
        json_object_get(json_object_get(answer, "faults"), "clock_late_s"));

    json_decref(answer);
    return late;
}

/* By a word to all where it is little, by a write with the password where it is more. */
Test(wire_switch, clocks_are_set_right_and_read_back)
{
    static const struct {
        const char *bus, *kind, *address, *serial;
        int late_s;
    } cases[] = {{"dlt", "dlt645-2007", "000000000162", "000000000162", 200},
                 {"dlt", "dlt645-2007", "000000000162", "000000000162", 86400 * 3 + 7},
                 {"dlt", "dlt645-1997", "000000063295", "000000063295", 5000},
                 {"iec", "iec62056-21", "", "20250001", 4000}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wires_line(cases[i].bus, 9600);
        wires_fault(cases[i].bus, cases[i].serial, "clock_late_s", cases[i].late_s);
        snprintf(w.password, sizeof(w.password), "000000");
        wires_run(cases[i].kind, cases[i].address, BUS_CLOCK, "");
        cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s %d: %s", cases[i].kind,
                     cases[i].late_s, w.result.reason);
        cr_expect_eq(clock_late(cases[i].bus, cases[i].serial), 0, "%s %d", cases[i].kind,
                     cases[i].late_s);
    }
}

Test(wire_switch, a_clock_is_not_written_with_a_wrong_password)
{
    wires_line("dlt", 9600);
    wires_fault("dlt", "000000000162", "clock_late_s", 5000);
    snprintf(w.password, sizeof(w.password), "999999");
    wires_run("dlt645-2007", "000000000162", BUS_CLOCK, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_REFUSED, "%s", w.result.reason);
    cr_expect_eq(clock_late("dlt", "000000000162"), 5000);
}

/* Proven at the new speed, and back on the old one when it did not take it. */
Test(wire_switch, a_meter_takes_another_speed)
{
    static const char m[] = "000000000162";

    wires_line("dlt", 2400);
    wires_fault("dlt", m, "keeps_baud", 1);
    wires_run("dlt645-2007", m, BUS_BAUD, "9600");
    cr_expect_eq(w.result.outcome, BUS_OUT_UNMOVED, "%s", w.result.reason);
    wires_fault("dlt", m, "keeps_baud", 0);
    wires_run("dlt645-2007", m, BUS_BAUD, "9600");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    wires_run("dlt645-2007", m, BUS_READ, "");
    cr_expect_neq(w.result.outcome, BUS_OUT_DONE, "the line is at 2400 still");
    wires_line("dlt", 9600);
    wires_run("dlt645-2007", m, BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    wires_run("dlt645-2007", m, BUS_BAUD, "1");
    cr_expect_eq(w.result.outcome, BUS_OUT_UNSUPPORTED, "%s", w.result.reason);
}

Test(wire_switch, who_is_there_is_found)
{
    static const struct {
        const char *bus, *kind, *what;
        size_t want;
    } cases[] = {
        {"modbus", "eastron-sdm630", "modbus-rtu 5-9", 1},
        {"mbus", "mbus", "mbus 0-2", 1},
        {"mbus", "mbus", "mbus secondary", 2},
        {"water", "cjt188", "cjt188 ", 1},
        {"waters", "cjt188", "cjt188 ", 3},
        {"iec", "iec62056-21", "iec62056-21 ", 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct bus_kind *kind = bus_kinds_find(w.kinds, cases[i].kind);
        json_t *frames;

        wires_line(cases[i].bus, 9600);
        wires_run(cases[i].kind, "", BUS_SCAN, cases[i].what);
        frames = bus_answer_json(kind, kind->protocol, w.session.answer, w.session.n_answer,
                                 &w.e);
        cr_expect_eq(json_array_size(frames), cases[i].want, "%s %s: %zu of %zu (%s)",
                     cases[i].bus, cases[i].what, json_array_size(frames), cases[i].want,
                     w.result.reason);
        json_decref(frames);
    }
}
