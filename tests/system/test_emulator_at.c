/*
 * The emulated modem seen through its serial port, byte for byte.
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
    rig = rig_create(
        &(struct rig_options){.start = "2026-03-01T06:00:00",
                              .modems = {"sim1:+254700000100", "sim2:+254700000200"}},
        &e);
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

TestSuite(at, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *
hear(const char *end, int wait_ms)
{
    return port_hear(port, end, wait_ms);
}

static void
say(const char *bytes)
{
    cr_assert(port_say(port, bytes));
}

/* Say it and expect exactly this. */
static void
expect(const char *bytes, const char *want)
{
    const char *got;

    say(bytes);
    got = hear(want, 5000);
    cr_expect_str_eq(got, want, "%s: got '%s', want '%s'", bytes, got, want);
}

static void
ask(json_t *answer)
{
    cr_assert(answer != NULL, "%s", e.text);
    json_decref(answer);
}

static void
fault(const char *name, int value)
{
    cr_assert(rig_fault(rig, "sim1", name, value, &e), "%s", e.text);
}

static json_int_t
idle_count(const char *name)
{
    json_t *idle = rig_ask(rig, &e, "{s:s}", "do", "idle");
    json_int_t n = json_integer_value(json_object_get(idle, name));

    json_decref(idle);
    return n;
}

static json_int_t
n_sent(void)
{
    json_t *sent = rig_ask(rig, &e, "{s:s}", "do", "sent");
    json_int_t n = json_integer_value(json_object_get(sent, "next"));

    json_decref(sent);
    return n;
}

/* "hello" to +254722000001, without and with a wish for a report */
#define PDU_HELLO                                                                          \
    "0001000C915274220000100000"                                                           \
    "05E8329BFD06"
#define PDU_REPORT                                                                         \
    "0021000C915274220000100000"                                                           \
    "05E8329BFD06"

Test(at, commands_are_answered_as_the_standard_says)
{
    static const struct {
        const char *say, *want;
    } rows[] = {
        {"AT\r", "AT\r\r\nOK\r\n"},
        {"at+csq\r", "at+csq\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"},
        {"ATE0\r", "ATE0\r\r\nOK\r\n"},
        {"AT+CPIN?\r", "\r\n+CPIN: READY\r\n\r\nOK\r\n"},
        {"AT+CREG?\r", "\r\n+CREG: 0,1\r\n\r\nOK\r\n"},
        {"AT+CREG=2;+CREG?\r", "\r\n+CREG: 2,1,\"00C3\",\"00001A2B\"\r\n\r\nOK\r\n"},
        {"AT+COPS=3,2;+COPS?\r", "\r\n+COPS: 0,2,\"00101\"\r\n\r\nOK\r\n"},
        {"AT+COPS=3,0;+COPS?\r", "\r\n+COPS: 0,0,\"Village Mobile\"\r\n\r\nOK\r\n"},
        {"AT+CSCA?\r", "\r\n+CSCA: \"+254700000999\",145\r\n\r\nOK\r\n"},
        {"AT+CNMI=?\r", "\r\n+CNMI: (0-2),(0-2),(0,2),(0-2),(0,1)\r\n\r\nOK\r\n"},
        {"AT+CNMI=2,1,0,2,0;+CNMI?\r", "\r\n+CNMI: 2,1,0,2,0\r\n\r\nOK\r\n"},
        {"AT+CPMS=?\r",
         "\r\n+CPMS: (\"SM\",\"ME\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")\r\n\r\nOK\r\n"},
        {"AT+CPMS=\"ME\",\"SM\"\r", "\r\n+CPMS: 0,100,0,50,0,50\r\n\r\nOK\r\n"},
        {"AT+CMGL=4\r", "\r\nOK\r\n"},
        {"AT+CMGR=1\r", "\r\n+CMS ERROR: 321\r\n"},
        {"AT+CMGD=1\r", "\r\n+CMS ERROR: 321\r\n"},
        {"AT+CMGF=1\r", "\r\n+CMS ERROR: 303\r\n"},
        {"AT+CCLK?\r", "\r\n+CCLK: \"26/03/01,06:00:00+12\"\r\n\r\nOK\r\n"},
        {"AT+NOSUCH\r", "\r\nERROR\r\n"},
        {"AT+CSCS=\"UTF9\"\r", "\r\nERROR\r\n"},
        {"AT+CMEE=1;+CSCS=\"UTF9\"\r", "\r\n+CME ERROR: 3\r\n"},
        {"ATV0\r", "0\r"},
        {"AT+NOSUCH\r", "4\r"},
        {"ATV1\r", "\r\nOK\r\n"},
        {"AT+CUSD=1,\"*144#\",15\r",
         "\r\nOK\r\n\r\n+CUSD: 0,\"Your balance is KES 250.00\",15\r\n"},
        {"nonsense\rATI\r", "\r\nMeterpost EM1 " METERPOST_VERSION "\r\n\r\nOK\r\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i].say, rows[i].want);
}

Test(at, a_message_goes_out_behind_the_prompt_and_escape_takes_it_back)
{
    expect("ATE0\r", "ATE0\r\r\nOK\r\n");
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_HELLO "\x1A", "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    expect("AT+CMGS=18\r", "\r\n> ");
    expect("0001\x1B", "\r\nOK\r\n");
    expect("AT+CMGS=19\r", "\r\n> ");
    expect(PDU_HELLO "\x1A", "\r\n+CMS ERROR: 304\r\n");
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_HELLO "\x1A", "\r\n+CMGS: 1\r\n\r\nOK\r\n");
    cr_expect_eq(n_sent(), 2);
}

Test(at, reports_come_directly_or_stored_as_the_terminal_asked)
{
    expect("ATE0+CNMI=2,1,0,1,0\r", "ATE0+CNMI=2,1,0,1,0\r\r\nOK\r\n");
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_REPORT "\x1A", "\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CDS: 25\r\n0791527400009099"
                              "06000C9152742200001062301060000021"
                              "6230106000002100\r\n");
    expect("AT+CNMI=2,1,0,2,0\r", "\r\nOK\r\n");
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_REPORT "\x1A", "\r\n+CMGS: 1\r\n\r\nOK\r\n\r\n+CDSI: \"SM\",1\r\n");
    fault("reports_stored", 0);
    expect("AT+CNMI=2,1,0,2,0\r", "\r\n+CMS ERROR: 302\r\n");
    fault("reports", 0);
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_REPORT "\x1A", "\r\n+CMGS: 2\r\n\r\nOK\r\n");
    cr_expect_str_eq(hear("", 100), "");
}

Test(at, what_arrives_is_announced_listed_and_kept_while_the_sim_is_full)
{
    fault("sim_size", 2);
    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    cr_assert(rig_inject(rig, "MPESA", "sim1", "one", &e), "%s", e.text);
    cr_expect_str_eq(hear("1\r\n", 5000), "\r\n+CMTI: \"SM\",1\r\n");
    cr_assert(rig_inject(rig, "+254722000001", "+254700000100", "two", &e), "%s", e.text);
    cr_expect_str_eq(hear("2\r\n", 5000), "\r\n+CMTI: \"SM\",2\r\n");
    cr_assert(rig_inject(rig, "+254722000001", "sim1", "three", &e), "%s", e.text);
    cr_expect_eq(idle_count("kept"), 1);
    cr_expect_eq(idle_count("stored"), 2);
    expect(
        "AT+CMGL=4\r",
        "\r\n+CMGL: 1,0,,21\r\n07915274000090990409D04D68711A04000062301060000021036F7719"
        "\r\n+CMGL: 2,0,,22\r\n0791527400009099040C9152742200001000006230106000002103F4FB1B"
        "\r\n\r\nOK\r\n");
    expect("AT+CMGD=1\r", "\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n");
    expect("AT+CMGR=1\r",
           "\r\n+CMGR: 0,,24\r\n0791527400009099040C91527422000010000062301060"
           "0000210574B4BC5C06\r\n\r\nOK\r\n");
    cr_expect_eq(idle_count("kept"), 0);
    expect("AT+CMGD=1,4\r", "\r\nOK\r\n");
    cr_expect_eq(idle_count("stored"), 0);
}

Test(at, a_poison_pdu_is_stored_as_it_is)
{
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "inject", "to", "sim1", "pdu", "00"));
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "inject", "to", "sim1", "pdu",
                "00FFFF01"));
    expect("ATE0+CMGL\r",
           "ATE0+CMGL\r\r\n+CMGL: 1,0,,0\r\n00\r\n+CMGL: 2,0,,3\r\n00FFFF01\r\n"
           "\r\nOK\r\n");
}

Test(at, faults_of_sending_come_as_often_as_they_were_ordered)
{
    expect("ATE0\r", "ATE0\r\r\nOK\r\n");
    ask(rig_ask(rig, &e, "{s:s, s:s, s:i, s:i}", "do", "fault", "modem", "sim1", "cms", 38,
                "cms_next", 1));
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_HELLO "\x1A", "\r\n+CMS ERROR: 38\r\n");
    fault("drop_reply", 1);
    expect("AT+CMGS=18\r", "\r\n> ");
    say(PDU_HELLO "\x1A");
    cr_expect_str_eq(hear("", 100), "");
    expect("AT\r", "\r\nOK\r\n");
    cr_expect_eq(n_sent(), 1, "it went out all the same");
    fault("registration", 2);
    expect("AT+CMGS=18\r", "\r\n> ");
    expect(PDU_HELLO "\x1A", "\r\n+CMS ERROR: 331\r\n");
    fault("registration", 1);
    fault("latency_ms", 400);
    expect("AT+CMGS=18\r", "\r\n> ");
    say(PDU_HELLO "\x1A"
                  "AT\r");
    cr_expect_str_eq(hear("", 100), "");
    cr_expect_str_eq(hear("OK\r\n\r\nOK\r\n", 5000),
                     "\r\n+CMGS: 1\r\n\r\nOK\r\n\r\nOK\r\n");
}

Test(at, a_hung_modem_says_nothing_and_then_all)
{
    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    fault("hang_ms", -1);
    say("AT\r");
    cr_assert(rig_inject(rig, "234", "sim1", "x", &e));
    cr_expect_str_eq(hear("", 50), "");
    fault("hang_ms", 0);
    cr_expect_str_eq(hear("OK\r\n", 5000), "\r\n+CMTI: \"SM\",1\r\n\r\nOK\r\n");
}

Test(at, a_pin_locks_until_it_is_given_and_three_wrong_ones_ask_for_the_puk)
{
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s}", "do", "fault", "modem", "sim1", "pin", "1234"));
    expect("ATE0+CMEE=1\r", "ATE0+CMEE=1\r\r\nOK\r\n");
    expect("AT+CIMI\r", "\r\n+CME ERROR: 11\r\n");
    expect("AT+CPMS?\r", "\r\n+CMS ERROR: 311\r\n");
    expect("AT+CPIN=\"1111\"\r", "\r\n+CME ERROR: 16\r\n");
    expect("AT+CPIN=\"1234\"\r", "\r\nOK\r\n");
    expect("AT+CIMI\r", "\r\n001010000000001\r\n\r\nOK\r\n");
    ask(rig_ask(rig, &e, "{s:s, s:s, s:s, s:i}", "do", "fault", "modem", "sim1", "pin",
                "1234", "pin_tries", 1));
    expect("AT+CPIN=\"1111\"\r", "\r\n+CME ERROR: 12\r\n");
    expect("AT+CPIN?\r", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n");
    expect("AT+CPIN=\"12345678\",\"4321\"\r", "\r\nOK\r\n");
    fault("sim", 0);
    expect("AT+CPIN?\r", "\r\n+CME ERROR: 10\r\n");
    expect("AT+CPMS?\r", "\r\n+CMS ERROR: 310\r\n");
}

Test(at, an_unplugged_modem_is_gone_and_comes_back_with_its_sim)
{
    char path[RIG_PATH_MAX];

    cr_assert(rig_inject(rig, "234", "sim1", "x", &e));
    ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "unplug", "modem", "sim1"));
    cr_expect_eq(access(rig_path(rig, "sim1", path), F_OK), -1);
    cr_expect_eq(write(port, "AT\r", 3), -1);
    cr_assert(rig_inject(rig, "234", "sim1", "y", &e));
    cr_expect_eq(idle_count("kept"), 1);
    ask(rig_ask(rig, &e, "{s:s, s:s}", "do", "replug", "modem", "sim1"));
    close(port);
    port = port_open(rig, "sim1");
    cr_assert_geq(port, 0);
    expect("AT+CPMS?\r",
           "AT+CPMS?\r\r\n+CPMS: \"SM\",2,50,\"SM\",2,50,\"SM\",2,50\r\n\r\nOK\r\n");
}

Test(at, meters_answer_and_modems_text_each_other)
{
    json_t *sim;

    expect("ATE0+CNMI=2,1\r", "ATE0+CNMI=2,1\r\r\nOK\r\n");
    expect("AT+CMGS=20\r", "\r\n> ");
    expect("0001000C915274110000100000"
           "08BD69F2E80C3247"
           "\x1A", /* =SIGNAL# to a meter */
           "\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n");
    expect("AT+CMGS=15\r", "\r\n> ");
    expect("0001000C915274000020000000"
           "02E834"
           "\x1A",
           "\r\n+CMGS: 1\r\n\r\nOK\r\n");
    while (idle_count("in_flight") > 0)
        continue;
    sim = rig_ask(rig, &e, "{s:s, s:s}", "do", "sim", "modem", "sim2");
    cr_expect_eq(json_array_size(json_object_get(sim, "messages")), 1);
    json_decref(sim);
}

Test(at, the_emulator_ends_clean_with_answers_still_under_way)
{
    ask(rig_ask(rig, &e, "{s:s, s:i}", "do", "network", "reply_delay_ms", 600000));
    expect("ATE0\r", "ATE0\r\r\nOK\r\n");
    expect("AT+CMGS=20\r", "\r\n> ");
    expect("0001000C915274110000100000"
           "08BD69F2E80C3247"
           "\x1A",
           "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    say("AT+CMGS=20\r");
    cr_expect_eq(idle_count("in_flight"), 1);
    cr_expect(rig_emulator_stop(rig, &e), "%s", e.text);
}
