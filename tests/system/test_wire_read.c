/* Meters of every protocol are read over emulated lines, whatever goes wrong on them. */
#include "wires.h"

TestSuite(wire_read, .init = wires_open, .fini = wires_close);

/* What it shows on 1 March at six, by the emulator's arithmetic. */
static const char *
shows(const char *serial)
{
    static char text[40];
    json_t *answer = rig_ask(w.rig, &w.e, "{s:s, s:s}", "do", "meter", "meter", serial);

    snprintf(text, sizeof(text), "%s", json_string_value(json_object_get(answer, "value")));
    json_decref(answer);
    return text;
}

/* The first n characters of both: meters cut decimals off. */
static void
expect_shown(const char *kind, const char *code, const char *serial, int cut)
{
    const char *shown = shows(serial), *got = wires_value(kind, code);

    got += strspn(got, "0");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s: %s", serial, w.result.reason);
    cr_expect(strncmp(got, shown, strlen(shown) - (size_t)cut) == 0, "%s: got %s, want %s",
              serial, got, shown);
}

Test(wire_read, every_protocol_is_read)
{
    static const struct {
        const char *bus;
        uint32_t baud;
        const char *kind, *address, *serial, *code;
        int cut; /* decimals that the meter does not send */
    } cases[] = {
        {"dlt", 9600, "dlt645-2007", "000000000161", "000000000161", "1-0:1.8.0", 1},
        {"dlt", 9600, "dlt645-2007", "000000000162", "000000000162", "1-0:1.8.0", 1},
        {"dlt", 9600, "dlt645-1997", "000000063295", "000000063295", "1-0:1.8.0", 1},
        {"iec", 9600, "iec62056-21", "", "20250001", "1-0:1.8.0", 0},
        {"iec", 9600, "iec62056-21", "20250001", "20250001", "1-0:1.8.0", 0},
        {"modbus", 9600, "eastron-sdm630", "7", "SDM-1", "1-0:1.8.0", 2},
        {"water", 2400, "cjt188", "00201510270588", "00201510270588", "8-0:1.0.0", 1},
        {"mbus", 2400, "mbus", "1", "00182007", "8-0:1.0.0", 0},
        {"mbus", 2400, "mbus", "00182118", "00182118", "8-0:1.0.0", 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wires_line(cases[i].bus, cases[i].baud);
        wires_run(cases[i].kind, cases[i].address, BUS_READ, "");
        expect_shown(cases[i].kind, cases[i].code, cases[i].serial, cases[i].cut);
    }
}

Test(wire_read, a_long_answer_comes_in_further_frames)
{
    wires_line("dlt", 9600);
    wires_run("dlt645-2007", "000000000263", BUS_READ, "0001FF00");
    expect_shown("dlt645-2007", "1-0:1.8.0", "000000000263", 1);
    cr_expect(w.result.requests >= 3, "got %d requests", w.result.requests);
}

Test(wire_read, a_meter_that_offers_a_speed_and_keeps_its_own_is_read_at_that)
{
    wires_line("iec-keeps", 9600);
    wires_run("iec62056-21", "", BUS_READ, "");
    expect_shown("iec62056-21", "1-0:1.8.0", "20250002", 0);
}

Test(wire_read, a_meter_that_speaks_by_itself_is_listened_to)
{
    wires_line("iec-push", 9600);
    wires_run("iec62056-21-push", "", BUS_READ, "");
    expect_shown("iec62056-21-push", "1-0:1.8.0", "20250003", 0);
}

Test(wire_read, a_single_register_is_read_in_programming_mode)
{
    wires_line("iec", 9600);
    wires_run("iec62056-21", "", BUS_READ, "1.8.0");
    expect_shown("iec62056-21", "1-0:1.8.0", "20250001", 0);
    cr_expect(w.session.n_answer < 200, "%zu bytes", w.session.n_answer);
}

Test(wire_read, a_damaged_or_foreign_answer_is_no_reading)
{
    static const struct {
        const char *fault;
        enum bus_outcome want;
    } cases[] = {
        {"next_garbled", BUS_OUT_DAMAGED}, {"next_checksum", BUS_OUT_DAMAGED},
        {"next_stranger", BUS_OUT_SILENT}, {"next_silent", BUS_OUT_SILENT},
        {"next_refused", BUS_OUT_REFUSED},
    };

    wires_line("dlt", 9600);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wires_fault("dlt", "000000000161", cases[i].fault, 1);
        wires_run("dlt645-2007", "000000000161", BUS_READ, "");
        cr_expect_eq(w.result.outcome, cases[i].want, "%s: got %d (%s), want %d",
                     cases[i].fault, w.result.outcome, w.result.reason, cases[i].want);
        wires_run("dlt645-2007", "000000000161", BUS_READ, "");
        expect_shown("dlt645-2007", "1-0:1.8.0", "000000000161", 1);
    }
}

Test(wire_read, a_late_answer_does_not_become_that_of_the_next_question)
{
    wires_line("dlt", 9600);
    wires_fault("dlt", "000000000161", "late_ms", 1200);
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_SILENT, "%s", w.result.reason);
    wires_run("dlt645-2007", "000000000162", BUS_READ, "");
    expect_shown("dlt645-2007", "1-0:1.8.0", "000000000162", 1);
}

Test(wire_read, an_echo_is_found_and_passed_over)
{
    json_t *answer =
        rig_ask(w.rig, &w.e, "{s:s, s:s, s:b}", "do", "bus", "bus", "dlt", "echo", 1);

    json_decref(answer);
    wires_line("dlt", 9600);
    for (int i = 0; i < 2; i++) {
        wires_run("dlt645-2007", "000000000161", BUS_READ, "");
        expect_shown("dlt645-2007", "1-0:1.8.0", "000000000161", 1);
    }
    cr_expect(w.line->echoes);
    wires_fault("dlt", "000000000161", "silent", 1);
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_SILENT, "%s", w.result.reason);
}

Test(wire_read, a_silent_meter_costs_its_deadline_and_no_more)
{
    wires_line("dlt", 9600);
    wires_run("dlt645-2007", "000000000999", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_SILENT);
    cr_expect(w.result.took_ms < 2000, "took %u ms", w.result.took_ms);
}

/* Only where the kind of meter says so. */
Test(wire_read, an_answer_that_lacks_its_last_byte_is_taken_from_a_kind_that_loses_it)
{
    wires_line("modbus", 9600);
    wires_fault("modbus", "SDM-1", "lacks_byte", 1);
    wires_run("eastron-sdm120", "7", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DAMAGED, "%s", w.result.reason);
    wires_run("eastron-sdm120-copy", "7", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    cr_expect_str_eq(wires_value("eastron-sdm120-copy", "1-0:32.7.0"), "230.100", "%s",
                     wires_value("eastron-sdm120-copy", "1-0:32.7.0"));
}
