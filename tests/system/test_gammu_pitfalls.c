/* clang-format off */
/*
 * What libGammu 1.42 does to a service that trusts it, shown on the emulator, and the
 * service that gets along all the same. Pitfall, and where it is tested:
 *
 *   pauses of 0.7 s in every send            test_modem_worker waits_*, ./run bench sms
 *   slow start with connection "at"          here, a_modem_is_ready_soon
 *   a result belongs to no message;          test_modem_worker a_late_answer_*, a_lost_answer_*
 *     after a time-out to the wrong one
 *   OK without a reference (double echo)     here, a_doubled_echo_means_doubt
 *   an error at the prompt, or behind it     test_modem_worker an_error_of_the_network_*
 *   no prompt, a prompt without a blank,     slow_gammu_timeouts
 *     no echo
 *   parts of two senders are mixed           here, parts_of_two_senders_*; sms/test_inbox
 *   a text longer than a part, characters    test_modem_worker what_does_not_fit_*,
 *     that become '?', '~'                     what_is_sent_arrives_*
 *   a validity of 0 is five minutes          sms/test_pdu validity_*
 *   zeros in CNMIParams: no +CMTI            here, a_message_is_announced
 *   CNMI that allows only (0) for <bm>       here, a_modem_without_broadcasts_*
 *   callbacks are zeroed by each connection  here, a_new_connection_hears_*
 *   +CMTI that never comes                   here, a_modem_that_never_rings_is_looked_at
 *   +CMTI in the middle of a call            here, a_small_sim_is_emptied_without_a_break
 *   +CMT lines and others that crash it      here, lines_that_nobody_asked_for_*
 *   +CDS and +CDSI                           test_modem_worker a_delivery_report_*, a_report_*
 *   poison in a memory, "00"                 test_modem_mail poison_*, test_hostile
 *   a "00" that cannot be deleted            test_modem_mail an_empty_place_*
 *   a "00" that is none                      here, noise_on_the_line_costs_nothing
 *   a deletion that deletes nothing          here, a_message_that_stays_is_one_message
 *   a tty that another program holds, and    here, a_port_that_is_taken_is_named
 *     the descriptor that leaks then
 *   a line that hung up is silence           test_modem_life an_unplugged_*, sms/test_pace
 *   a list that is waited for 8 minutes      sms/test_pace a_call_on_a_silent_line_*
 *   a stalled tty blocks for ever            engine/test_engine_worker a_silent_worker_*
 *   an abort cannot be taken back            slow_gammu_timeouts: each call is made on a new one
 *   no service centre                        here, a_lost_service_centre_*
 *   lines in the middle of a send, drops     here, noise_on_the_line_costs_nothing
 *   text mode                                here, a_modem_without_pdu_mode_is_not_used
 *   a locked SIM starts well; a wrong PIN    test_pin, test_modem_life a_wrong_pin_*
 *   no SIM                                   here, a_modem_without_a_sim_*; test_modem_life
 *   the network is lost, the signal unknown  test_modem_life no_network_*, a_signal_*
 *   statics that threads share, descriptors  a process for each modem, with few descriptors
 *     of 1024 and more, 266 kB on the stack
 */
/* clang-format on */
#include "rig.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define WAIT_MS 30000
#define PEER    "+254799000001"

static struct rig *r;
static struct err e;

static void
start(const char *settings, const char *knob, int value)
{
    r = rig_create(
        &(struct rig_options){.start = "2026-03-02T10:00:00", .settings = settings}, &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) &&
                  rig_config(r, "hours: {notice: \"00:00-24:00\"}\n", &e),
              "%s", e.text);
    cr_assert(knob == NULL || rig_fault(r, "sim1", knob, value, &e), "%s", e.text);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(pitfall, .fini = end, .timeout = 120);

static void
fault(const char *knob, int value)
{
    cr_assert(rig_fault(r, "sim1", knob, value, &e), "%s", e.text);
}

static json_t *
ask(json_t *answer)
{
    cr_assert_not_null(answer, "%s", e.text);
    return answer;
}

/* What `status` says of the modem. */
static void
see_modem(char health[20], char reason[200])
{
    json_t *status, *modem;

    cr_assert_eq(rig_meterpost(r, &status, &e, "status", NULL), 0, "%s", e.text);
    modem = json_array_get(json_object_get(status, "modems"), 0);
    snprintf(health, 20, "%s", json_string_value(json_object_get(modem, "health")));
    snprintf(reason, 200, "%s", json_string_value(json_object_get(modem, "reason")));
    json_decref(status);
}

/* Until it is of this health and its reason tells of `word`. */
static void
expect_modem(const char *health, const char *word)
{
    char is[20] = "", why[200] = "";

    for (int64_t until = clock_mono_ms() + WAIT_MS;
         clock_mono_ms() < until && (strcmp(is, health) != 0 || strstr(why, word) == NULL);
         usleep(20000))
        see_modem(is, why);
    cr_expect(strcmp(is, health) == 0 && strstr(why, word) != NULL,
              "sim1 is %s (%s), want %s (... %s ...)", is, why, health, word);
}

static void
send_text(const char *text)
{
    json_t *answer;

    cr_assert_eq(
        rig_meterpost(r, &answer, &e, "--yes", "message", "send", PEER, text, NULL), 0,
        "%s", e.text);
    json_decref(answer);
}

static size_t
carried(void)
{
    json_t *sent = ask(rig_ask(r, &e, "{s:s}", "do", "sent"));
    size_t n = json_array_size(json_object_get(sent, "sent"));

    json_decref(sent);
    return n;
}

static void
expect_carried(size_t n)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (carried() < n && clock_mono_ms() < until)
        usleep(20000);
    cr_expect_eq(carried(), n, "%zu messages left, want %zu", carried(), n);
}

/* The same, and the clock moves on: what has to wait before it goes again is due. */
static void
expect_carried_later(size_t n)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (carried() < n && clock_mono_ms() < until) {
        cr_assert(rig_clock_set(r, clock_now() + 60, &e), "%s", e.text);
        usleep(300000);
    }
    cr_expect_eq(carried(), n, "%zu messages left, want %zu", carried(), n);
}

/* `meterpost WORD`; status 1 is an empty list. */
static json_t *
list(const char *word)
{
    json_t *answer;
    int status = rig_meterpost(r, &answer, &e, word, NULL);

    cr_assert(status == 0 || status == 1, "%s", e.text);
    return answer;
}

/* A member of a row; valid until the next call. */
static const char *
member(const json_t *rows, size_t i, const char *name)
{
    static char text[600];
    const json_t *value = json_object_get(json_array_get(rows, i), name);

    if (json_is_string(value))
        snprintf(text, sizeof(text), "%s", json_string_value(value));
    else
        snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
    return text;
}

static const json_t *
rows_of(const json_t *answer)
{
    const json_t *rows = json_object_get(answer, "rows");

    return rows != NULL ? rows : answer;
}

/* Until so many messages are in the inbox. */
static json_t *
inbox_of(size_t n)
{
    int64_t until = clock_mono_ms() + WAIT_MS;
    json_t *all = list("inbox");

    while (json_array_size(rows_of(all)) < n && clock_mono_ms() < until) {
        json_decref(all);
        usleep(20000);
        all = list("inbox");
    }
    cr_expect_eq(json_array_size(rows_of(all)), n, "%zu messages, want %zu",
                 json_array_size(rows_of(all)), n);
    return all;
}

static bool
holds(const json_t *rows, const char *text)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        if (strcmp(member(rows, i, "text"), text) == 0)
            return true;
    }
    return false;
}

Test(pitfall, a_modem_is_ready_soon)
{
    int64_t from = clock_mono_ms();

    start("", NULL, 0);
    expect_modem("ready", "");
    cr_expect_lt(clock_mono_ms() - from, 10000); /* 15 s with "at", sanitizers included */
}

Test(pitfall, a_doubled_echo_means_doubt)
{
    json_t *outbox;

    start("answer_wait: 2s, ", NULL, 0);
    expect_modem("ready", "");
    fault("echo", 2);
    send_text("Closed on Monday");
    expect_carried(1);
    fault("echo", 1);
    expect_carried_later(2);
    expect_modem("ready", "");
    outbox = list("outbox");
    cr_expect(json_is_true(json_object_get(json_array_get(rows_of(outbox), 0), "repeated")),
              "what went twice is marked");
    json_decref(outbox);
}

Test(pitfall, parts_of_two_senders_with_one_reference_are_not_mixed)
{
    /* part 1 of 2 is "A1" and "B1", part 2 "A2" and "B2", all with reference 7 */
    static const char *const parts[] = {
        "07915274000099F9440C91527400000010000062112271030021090500030702014162",
        "07915274000099F9440C91527400000020000062112271030021090500030702028464",
        "07915274000099F9440C91527400000020000062112271030021090500030702018462",
        "07915274000099F9440C91527400000010000062112271030021090500030702024164",
    };
    json_t *all;
    const json_t *rows;

    start("", NULL, 0);
    for (size_t i = 0; i < 4; i++)
        json_decref(ask(rig_ask(r, &e, "{s:s, s:s, s:s}", "do", "inject", "to", "sim1",
                                "pdu", parts[i])));
    all = inbox_of(2);
    rows = rows_of(all);
    for (size_t i = 0; i < json_array_size(rows); i++)
        cr_expect(strlen(member(rows, i, "text")) == 4 &&
                      member(rows, i, "text")[0] == member(rows, i, "text")[2],
                  "'%s' is of two senders", member(rows, i, "text"));
    json_decref(all);
}

Test(pitfall, a_message_is_announced)
{
    start("poll: 1h, ", NULL, 0);
    expect_modem("ready", "");
    cr_assert(rig_inject(r, PEER, "sim1", "hello", &e), "%s", e.text);
    json_decref(inbox_of(1));
}

/* +CMTI comes in the middle of a deletion then; a second of waiting each time is 20 s. */
Test(pitfall, a_small_sim_is_emptied_without_a_break)
{
    int64_t from;
    char text[20];

    start("poll: 1h, ", "sim_size", 5);
    expect_modem("ready", "");
    from = clock_mono_ms();
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof(text), "in %d", i);
        cr_assert(rig_inject(r, "Carrier", "sim1", text, &e), "%s", e.text);
    }
    cr_assert(rig_wait_idle(r, WAIT_MS, &e), "%s", e.text);
    cr_expect_lt(clock_mono_ms() - from, 15000);
}

/* libGammu gives up new-message lines then: places are looked at instead. */
Test(pitfall, a_modem_without_broadcasts_is_looked_at)
{
    start("poll: 1s, ", "broadcasts", 0);
    expect_modem("ready", "");
    cr_assert(rig_inject(r, PEER, "sim1", "hello", &e), "%s", e.text);
    json_decref(inbox_of(1));
}

Test(pitfall, a_new_connection_hears_of_messages_as_the_first_one)
{
    start("poll: 1h, answer_wait: 2s, ", NULL, 0);
    expect_modem("ready", "");
    fault("drop_reply", 1);
    send_text("Closed on Monday");
    expect_carried_later(2); /* in doubt, connected again, and sent again */
    cr_assert(rig_inject(r, PEER, "sim1", "hello", &e), "%s", e.text);
    json_decref(inbox_of(1));
}

/* Some of them crash the library, which costs one worker. */
Test(pitfall, lines_that_nobody_asked_for_cost_nothing)
{
    static const char *const lines[] = {
        "+CMT: ,956316\r\n",
        "+CMT: \"+254799000001\",,\"26/03/02,10:00:00+12\"\r\nhello",
        "+CMTI: \"SM\",99999",
        "+CMTI: \"XX\",-1",
        "+CMTI:",
        "+CDS: 5\r\n00",
        "+CDSI: \"SR\",300",
        "+CREG: 1,\"",
        "+CREG: 2,\"FFFFFFFFFFFF\",\"FFFFFFFFFFFF\",7",
        "+CUSD: 0,\"",
        "+CLIP: \"\",128",
        "RING",
        "+CMS ERROR: 99999999999999",
        "\x1a\x1b> ",
    };
    char digits[2 * 1400 + 40] = "+CMT: ,1400\r\n", text[20];
    json_t *all;

    start("poll: 1s, ", NULL, 0);
    expect_modem("ready", "");
    memset(digits + strlen(digits), 'F', 2800);
    for (size_t i = 0; i <= sizeof(lines) / sizeof(lines[0]); i++) {
        const char *line = i < sizeof(lines) / sizeof(lines[0]) ? lines[i] : digits;

        json_decref(ask(
            rig_ask(r, &e, "{s:s, s:s, s:s}", "do", "say", "modem", "sim1", "text", line)));
        snprintf(text, sizeof(text), "in %zu", i);
        cr_assert(rig_inject(r, "Carrier", "sim1", text, &e), "%s", e.text);
        expect_modem("ready", "");
    }
    cr_assert(rig_wait_idle(r, WAIT_MS, &e), "%s", e.text);
    all = list("inbox");
    for (size_t i = 0; i <= sizeof(lines) / sizeof(lines[0]); i++) {
        snprintf(text, sizeof(text), "in %zu", i);
        cr_expect(holds(rows_of(all), text), "'%s' is missing", text);
    }
    json_decref(all);
    send_text("Closed on Monday");
    expect_carried_later(1);
}

Test(pitfall, a_modem_that_never_rings_is_looked_at)
{
    start("poll: 1s, ", "announce", 0);
    expect_modem("ready", "");
    cr_assert(rig_inject(r, PEER, "sim1", "hello", &e), "%s", e.text);
    json_decref(inbox_of(1));
}

Test(pitfall, a_message_that_stays_is_one_message)
{
    start("poll: 1s, ", "keep_deleted", 3);
    cr_assert(rig_inject(r, PEER, "sim1", "hello", &e), "%s", e.text);
    cr_assert(rig_wait_idle(r, WAIT_MS, &e), "%s", e.text);
    json_decref(inbox_of(1));
}

/* Noise, drops, and lines in the middle of everything: all goes out and comes in once. */
Test(pitfall, noise_on_the_line_costs_nothing)
{
    static const char *const knobs[] = {"garbage", "dribble_ms", "interrupt", "latency_ms"};
    static const int values[] = {20, 1, 1, 30};
    json_t *all;
    char text[40];

    start("poll: 1s, ", NULL, 0);
    expect_modem("ready", "");
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        fault(knobs[i], values[i]);
    for (int i = 0; i < 15; i++) {
        snprintf(text, sizeof(text), "out %d", i);
        send_text(text);
        snprintf(text, sizeof(text), "in %d", i);
        cr_assert(rig_inject(r, PEER, "sim1", text, &e), "%s", e.text);
    }
    expect_carried(15);
    fault("garbage", 0);
    cr_assert(rig_wait_idle(r, WAIT_MS, &e), "%s", e.text);
    all = list("inbox");
    for (int i = 0; i < 15; i++) {
        snprintf(text, sizeof(text), "in %d", i);
        cr_expect(holds(rows_of(all), text), "'%s' is missing", text);
    }
    json_decref(all);
}

Test(pitfall, a_port_that_is_taken_is_named)
{
    char path[RIG_PATH_MAX];
    int fd;

    start("", NULL, 0);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    fd = open(rig_path(r, "sim1", path), O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert_eq(flock(fd, LOCK_EX), 0);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    expect_modem("failed", "another program has it");
    close(fd);
    expect_modem("ready", "");
}

Test(pitfall, a_lost_service_centre_is_told_and_nothing_is_lost)
{
    start("", "smsc", 0);
    expect_modem("ready", "no service centre");
    send_text("Closed on Monday");
    cr_expect_eq(carried(), 0);
    fault("smsc", 1);
    expect_carried_later(1);
}

Test(pitfall, a_modem_without_pdu_mode_is_not_used)
{
    start("", NULL, 0);
    expect_modem("ready", "");
    fault("text_only", 1);
    json_decref(ask(
        rig_ask(r, &e, "{s:s, s:s, s:i}", "do", "unplug", "modem", "sim1", "again_ms", 1)));
    expect_modem("failed", "PDU mode");
    send_text("Closed on Monday");
    cr_expect_eq(carried(), 0);
    fault("text_only", 0);
    json_decref(ask(
        rig_ask(r, &e, "{s:s, s:s, s:i}", "do", "unplug", "modem", "sim1", "again_ms", 1)));
    expect_carried_later(1);
}

Test(pitfall, a_modem_without_a_sim_says_so)
{
    json_t *answer;

    start("", "sim", 0);
    expect_modem("stopped", "no SIM");
    fault("sim", 1);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "--yes", "modem", "reset", "sim1", NULL), 0,
                 "%s", e.text);
    json_decref(answer);
    expect_modem("ready", "");
}
