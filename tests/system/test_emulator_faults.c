/*
 * Each fault of tests/emulator/README.md, seen through the serial port.
 */
#include "port.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static struct rig *rig;
static int port = -1;
static struct err e;

static void
set_up(void)
{
    rig = rig_create(&(struct rig_options){.start = "2026-03-01T06:00:00"}, &e);
    cr_assert(rig != NULL && rig_emulator_start(rig, &e), "%s", e.text);
    port = port_open(rig, "sim1");
    cr_assert_geq(port, 0);
}

static void
tear_down(void)
{
    close(port);
    rig_destroy(rig);
}

TestSuite(faults, .init = set_up, .fini = tear_down, .timeout = 60);

static void
fault(const char *knob, int value)
{
    cr_assert(rig_fault(rig, "sim1", knob, value, &e), "%s", e.text);
}

static json_t *
ask(json_t *answer)
{
    cr_assert_not_null(answer, "%s", e.text);
    return answer;
}

static void
say(const char *bytes)
{
    cr_assert(port_say(port, bytes));
}

static void
expect(const char *bytes, const char *want)
{
    const char *got;

    say(bytes);
    got = port_hear(port, want, 5000);
    cr_expect_str_eq(got, want, "%s: got '%s', want '%s'", bytes, got, want);
}

static void
expect_silence(const char *after)
{
    const char *got = port_hear(port, "", 100);

    cr_expect_str_eq(got, "", "after %s: '%s'", after, got);
}

/* From now until these bytes were heard. */
static int
ms_until(const char *end)
{
    int64_t from = clock_mono_ms();

    cr_expect(strstr(port_hear(port, end, 5000), end) != NULL, "'%s' does not come", end);
    return (int)(clock_mono_ms() - from);
}

static void
inject(const char *text)
{
    cr_assert(rig_inject(rig, "+254722000001", "sim1", text, &e), "%s", e.text);
}

static json_int_t
count_of(const char *what, const char *name)
{
    json_t *answer = ask(rig_ask(rig, &e, "{s:s}", "do", what));
    json_int_t n = json_integer_value(json_object_get(answer, name));

    json_decref(answer);
    return n;
}

static size_t
stored(void)
{
    json_t *sim = ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "sim", "modem", "sim1"));
    size_t n = json_array_size(json_object_get(sim, "messages"));

    json_decref(sim);
    return n;
}

/* "hello" to +254722000001, without and with a wish for a report */
#define TO_NOBODY  "000C915274220000100000"
#define PDU_HELLO  "0001" TO_NOBODY "05E8329BFD06\x1A"
#define PDU_REPORT "0021" TO_NOBODY "05E8329BFD06\x1A"

static void
send_hello(const char *pdu, const char *want)
{
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(pdu, want);
}

Test(faults, the_line)
{
    static const struct {
        const char *knob;
        int value;
        const char *say, *want;
    } rows[] = {
        {"echo", 2, "AT\r", "AT\rAT\r\r\nOK\r\n"},
        {"echo", 0, "AT\r", "\r\nOK\r\n"},
        {"cme", 30, "AT+CMEE=1\r", "\r\nOK\r\n"},
        {"cme_next", 2, "AT+CSQ\r", "\r\n+CME ERROR: 30\r\n"},
        {"cme", 0, "AT+CSQ\r", "\r\nERROR\r\n"},
        {"dribble_ms", 5, "AT+CREG?\r", "\r\n+CREG: 0,1\r\n\r\nOK\r\n"},
        {"dribble_ms", 0, "AT\r", "\r\nOK\r\n"},
        {"bare_prompt", 1, "AT+CMGS=18\r", "\r\n>"},
        {"bare_prompt", 0, "\x1B", "\r\nOK\r\n"},
        {"cms", 0, "AT\r", "\r\nOK\r\n"},
        {"cms_at_prompt", 1, "AT\r", "\r\nOK\r\n"},
        {"cms_next", 1, "AT+CMGS=18\r", "\r\nERROR\r\n"},
        {"signal", 3, "AT+CSQ\r", "\r\n+CSQ: 3,99\r\n\r\nOK\r\n"},
        {"registration", 3, "AT+CREG?\r", "\r\n+CREG: 0,3\r\n\r\nOK\r\n"},
        {"smsc", 0, "AT+CSCA?\r", "\r\n+CSCA: \"\",129\r\n\r\nOK\r\n"},
        {"registration", 1, "AT+CMGS=18\r", "\r\n> "},
        {"drop_prompt", 1, PDU_HELLO, "\r\n+CMS ERROR: 330\r\n"},
        {"smsc", 1, "AT+CSCA?\r", "\r\n+CSCA: \"+254700000999\",145\r\n\r\nOK\r\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fault(rows[i].knob, rows[i].value);
        expect(rows[i].say, rows[i].want);
    }
    say("AT+CMGS=18\r");
    expect_silence("a prompt that was dropped");
    send_hello(PDU_HELLO, "\r\n+CMGS: 0\r\n\r\nOK\r\n");
}

Test(faults, garbage_comes_in_front_of_replies_as_often_as_told)
{
    int dirty = 0;

    expect("ATE0\r", "ATE0\r\r\nOK\r\n");
    fault("garbage", 50);
    for (int i = 0; i < 40; i++) {
        say("AT\r");
        dirty += strcmp(port_hear(port, "OK\r\n", 5000), "\r\nOK\r\n") != 0;
    }
    cr_expect(dirty > 5 && dirty < 35, "%d of 40", dirty);
}

Test(faults, answers_are_late_by_a_fixed_and_a_random_time)
{
    expect("ATE0\r", "ATE0\r\r\nOK\r\n");
    fault("at_latency_ms", 150);
    say("AT\r");
    cr_expect_geq(ms_until("OK\r\n"), 145);
    fault("at_latency_ms", 0);
    fault("latency_ms", 100);
    fault("latency_spread_ms", 50);
    for (int i = 0; i < 3; i++) {
        expect("AT+CMGS=18\r", "\r\n> ");
        say(PDU_HELLO);
        cr_expect_geq(ms_until("OK\r\n"), 95);
    }
}

Test(faults, lines_of_its_own_come_behind_a_command_or_in_the_middle_of_it)
{
    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    fault("latency_ms", 100);
    expect("AT+CMGS=18\r", "\r\n> ");
    say(PDU_HELLO);
    inject("behind");
    cr_expect_str_eq(port_hear(port, ",1\r\n", 5000),
                     "\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n");
    fault("interrupt", 1);
    fault("latency_ms", 500);
    expect("AT+CMGS=18\r", "\r\n> ");
    say(PDU_HELLO);
    while (count_of("stats", "parts_taken") < 2)
        continue;
    inject("between");
    cr_expect_str_eq(port_hear(port, "OK\r\n", 5000),
                     "\r\n+CMTI: \"SM\",2\r\n\r\n+CMGS: 1\r\n\r\nOK\r\n");
}

Test(faults, a_slow_start_is_a_busy_sim_and_no_network)
{
    expect("ATE0+CMEE=1\r", "ATE0+CMEE=1\r\r\nOK\r\n");
    fault("start_ms", 300);
    expect("AT+CPIN?\r", "\r\n+CME ERROR: 14\r\n");
    expect("AT+CPMS?\r", "\r\n+CMS ERROR: 314\r\n");
    expect("AT+CREG?\r", "\r\n+CREG: 0,2\r\n\r\nOK\r\n");
    usleep(350000);
    expect("AT+CPIN?\r", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
    expect("AT+CREG?\r", "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
    expect("AT+CFUN=1,1;E0+CMEE=1\r", "\r\nOK\r\n");
    expect("AT+CPIN?\r", "\r\n+CME ERROR: 14\r\n");
}

Test(faults, a_modem_that_only_speaks_text_mode)
{
    fault("text_only", 1);
    expect("AT+CFUN=1,1;E0+CNMI=2,1\r", "AT+CFUN=1,1;E0+CNMI=2,1\r\r\nOK\r\n");
    expect("AT+CMGF=0\r", "\r\n+CMS ERROR: 303\r\n");
    expect("AT+CMGF=1\r", "\r\nOK\r\n");
    expect("AT+CMGF?\r", "\r\n+CMGF: 1\r\n\r\nOK\r\n");
    expect("AT+CMGS=\"+254722000001\"\r", "\r\n> ");
    expect("hello\x1A", "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    cr_expect_eq(count_of("stats", "messages_sent"), 1);
    inject("and back");
    cr_expect_str_eq(port_hear(port, "1\r\n", 5000), "\r\n+CMTI: \"SM\",1\r\n");
    expect("AT+CMGL=\"ALL\"\r",
           "\r\n+CMGL: 1,\"REC UNREAD\",\"+254722000001\",,\"26/03/01,06:00:00+12\"\r\n"
           "and back\r\n\r\nOK\r\n");
    expect("AT+CMGR=1\r",
           "\r\n+CMGR: \"REC READ\",\"+254722000001\",,\"26/03/01,06:00:00+12\"\r\n"
           "and back\r\n\r\nOK\r\n");
}

static int
count_lines(const char *text, const char *what)
{
    int n = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

/* Reports of three messages, as lines; the fault hits the first of them. */
static int
reports_after(const char *knob, int value)
{
    int lines = 0;

    fault(knob, value);
    for (int i = 0; i < 3; i++) {
        say("AT+CMGS=18\r");
        lines += count_lines(port_hear(port, "> ", 5000), "+CDSI");
        say(PDU_REPORT);
        lines += count_lines(port_hear(port, "OK\r\n", 5000), "+CDSI");
    }
    return lines + count_lines(port_hear(port, "", 200), "+CDSI");
}

Test(faults, delivery_reports_are_missing_late_failed_or_twice)
{
    json_t *sent;

    expect("ATE0+CNMI=2,1,0,2\r", "ATE0+CNMI=2,1,0,2\r\r\nOK\r\n");
    cr_expect_eq(reports_after("lose_report", 1), 2);
    cr_expect_eq(reports_after("repeat_report", 1), 4);
    cr_expect_eq(reports_after("fail_report", 1), 3);
    sent = ask(rig_ask(rig, &e, "{s:s, s:i}", "do", "sent", "since", 6));
    cr_expect_eq(json_integer_value(json_object_get(
                     json_array_get(json_object_get(sent, "sent"), 0), "bad")),
                 1);
    json_decref(sent);
    fault("report_spread_ms", 50);
    cr_expect_eq(reports_after("report_delay_ms", 400), 0);
    cr_expect(strstr(port_hear(port, "+CDSI", 5000), "+CDSI") != NULL);
}

Test(faults, what_arrives_is_lost_doubled_late_and_out_of_order)
{
    json_t *answer;

    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    fault("lose_received", 1);
    answer = ask(rig_ask(rig, &e, "{s:s, s:s, s:s, s:s}", "do", "inject", "from", "234",
                         "to", "sim1", "text", "gone"));
    cr_expect_eq(json_integer_value(json_object_get(answer, "lost")), 1);
    json_decref(answer);
    expect_silence("a lost part");
    fault("repeat_received", 1);
    inject("twice");
    cr_expect_str_eq(port_hear(port, "2\r\n", 5000),
                     "\r\n+CMTI: \"SM\",1\r\n\r\n+CMTI: \"SM\",2\r\n");
    fault("delay_ms", 150);
    inject("late");
    cr_expect_geq(ms_until("3\r\n"), 120);
    fault("deaf", 1);
    inject("unheard");
    fault("delay_ms", 0);
    inject("unheard, too");
    expect_silence("a message to a modem that is deaf");
    expect("AT+CREG?\r", "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
    while (count_of("idle", "in_flight") > 0)
        continue;
    cr_expect_eq(count_of("idle", "kept"), 2);
    fault("deaf", 0);
    cr_expect_eq(count_of("idle", "kept"), 0);
}

/* Slots are filled in the order of arrival: with a spread it is another one. */
Test(faults, a_spread_makes_parts_overtake_each_other)
{
    json_t *sim;
    bool swapped = false;

    fault("delay_spread_ms", 60);
    for (int i = 0; i < 10; i++)
        inject(i % 2 == 0 ? "first" : "second, and longer");
    while (count_of("idle", "in_flight") > 0)
        continue;
    sim = ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "sim", "modem", "sim1"));
    for (size_t i = 0; i < 10; i++) {
        size_t n = json_string_length(
            json_object_get(json_array_get(json_object_get(sim, "messages"), i), "pdu"));

        swapped |= (n < 60) != (i % 2 == 0);
    }
    json_decref(sim);
    cr_expect(swapped);
}

Test(faults, what_it_sends_is_lost_doubled_or_answered_by_the_carrier)
{
    json_t *sent;
    const json_t *row;
    static const struct {
        const char *name;
        int first, second;
    } want[] = {{"lost", 1, 0}, {"repeats", 0, 1}};

    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    fault("lose_sent", 1);
    fault("repeat_sent", 1);
    send_hello(PDU_HELLO, "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    fault("notices", 1);
    send_hello(PDU_HELLO, "\r\n+CMGS: 1\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n");
    sent = ask(rig_ask(rig, &e, "{s:s}", "do", "sent"));
    for (size_t i = 0; i < 2; i++) {
        row = json_object_get(sent, "sent");
        cr_expect_eq(
            json_integer_value(json_object_get(json_array_get(row, 0), want[i].name)),
            want[i].first, "%s", want[i].name);
        cr_expect_eq(
            json_integer_value(json_object_get(json_array_get(row, 1), want[i].name)),
            want[i].second, "%s", want[i].name);
    }
    json_decref(sent);
}

Test(faults, a_sim_is_full_does_not_delete_and_never_rings)
{
    fault("sim_size", 5);
    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    json_decref(ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "fill", "modem", "sim1")));
    expect("AT+CPMS?\r", "\r\n+CPMS: \"SM\",5,5,\"SM\",5,5,\"SM\",5,5\r\n\r\nOK\r\n");
    inject("no room");
    expect_silence("a message to a full SIM");
    fault("keep_deleted", 1);
    expect("AT+CMGD=1\r", "\r\nOK\r\n");
    cr_expect_eq(stored(), 5);
    fault("announce", 0);
    expect("AT+CMGD=1\r", "\r\nOK\r\n");
    expect_silence("a message that is not announced");
    cr_expect_eq(count_of("idle", "kept"), 0);
    cr_expect_eq(stored(), 5);
}

Test(faults, it_comes_back_by_itself_or_as_another_port)
{
    char path[RIG_PATH_MAX];
    json_t *answer;

    json_decref(ask(rig_ask(rig, &e, "{s:s, s:s, s:i}", "do", "unplug", "modem", "sim1",
                            "again_ms", 100)));
    cr_expect_eq(access(rig_path(rig, "sim1", path), F_OK), -1);
    for (int i = 0; i < 500 && access(path, F_OK) == -1; i++)
        usleep(10000);
    cr_expect_eq(access(path, F_OK), 0);
    cr_expect_null(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "replug", "modem", "sim1",
                           "as", "ttyUSB1"));
    json_decref(ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "unplug", "modem", "sim1")));
    cr_expect_null(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "replug", "modem", "sim1",
                           "as", "../ttyUSB1"));
    answer = ask(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "replug", "modem", "sim1", "as",
                         "ttyUSB1"));
    cr_expect_str_eq(json_string_value(json_object_get(answer, "device")),
                     rig_path(rig, "ttyUSB1", path));
    json_decref(answer);
    close(port);
    port = port_open(rig, "ttyUSB1");
    expect("AT\r", "AT\r\r\nOK\r\n");
    cr_expect_eq(access(rig_path(rig, "sim1", path), F_OK), -1);
}

Test(faults, ussd_is_answered_late_or_never)
{
    expect("ATE0\r", "ATE0\r\r\nOK\r\n");
    fault("ussd_delay_ms", 150);
    expect("AT+CUSD=1,\"*144#\",15\r", "\r\nOK\r\n");
    cr_expect_geq(ms_until("+CUSD: 0,\"Your balance is KES 250.00\",15\r\n"), 120);
    fault("ussd", 0);
    expect("AT+CUSD=1,\"*144#\",15\r", "\r\nOK\r\n");
    expect_silence("a USSD code without an answer");
}
