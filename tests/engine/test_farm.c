/* Several modems: who gets which message, how many, and what it may cost. The workers are
 * played by the test. */
#include "engine/engine.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/modem_care.h"
#include "store/stmt.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOW    1790000000 /* 2026-09-21 16:13:20 in Nairobi */
#define MODEMS 3
#define SAFARI "+254722000" /* a prefix that modem "b" has a route of its own for */
#define OTHER  "+254733000"

static char dir[] = "/tmp/meterpost-farm-XXXXXX";
static char config[64], clock_file[64];
static struct engine en;
static struct err e;
static int peer[MODEMS];
static struct wire got[64];

static void
write_config(const char *modems, const char *more)
{
    FILE *f = fopen(config, "w");

    cr_assert_not_null(f);
    fprintf(f,
            "utility: {name: Test, currency: KES, timezone: Africa/Nairobi,"
            " country_code: \"254\"}\n"
            "database: %s/test.db\n"
            "run_dir: %s/run\n"
            "paths: {profiles: %s/conf/profiles, tariffs: %s/conf/tariffs,"
            " words: %s/conf/words, payments: %s/conf/payments, templates: %s/templates}\n"
            "modems:\n%s%s",
            dir, dir, TOP, TOP, TOP, TOP, TOP, modems, more);
    fclose(f);
}

#define A "  - {name: a, device: /dev/null, rate: 60000/min}\n"
#define B                                                                                  \
    "  - {name: b, device: /dev/zero, rate: 60000/min, segment_cost: \"2.00\","            \
    " routes: [\"+254722*\"]}\n"

static void
begin(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(config, sizeof(config), "%s/meterpost.yaml", dir);
    snprintf(clock_file, sizeof(clock_file), "%s/clock", dir);
    cr_assert(clock_hand_set(clock_file, NOW, &e), "%s", e.text);
    setenv("METERPOST_CLOCK", clock_file, 1);
}

static void
end(void)
{
    char command[100];

    if (en.desk != NULL)
        engine_close(&en);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(farm, .init = begin, .fini = end, .timeout = 60);

static void
rounds(int n)
{
    for (int i = 0; i < n; i++)
        engine_round(&en, 5);
}

static void
say(int i, struct wire w)
{
    cr_assert(wire_put(peer[i], &w, &e), "%s", e.text);
}

static void
be(int i, enum wire_health health)
{
    say(i, (struct wire){.kind = WIRE_STATE, .u.state = {.health = (uint8_t)health}});
    rounds(2);
}

static void
plug_in(int i)
{
    int pair[2];
    pid_t pid;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    pid = fork();
    if (pid == 0) {
        close(pair[0]);
        close(pair[1]);
        for (;;)
            pause();
    }
    peer[i] = pair[1];
    cr_assert(worker_adopt(&en.modems[i]->worker, pid, pair[0], &e), "%s", e.text);
    say(i, (struct wire){.kind = WIRE_HELLO, .u.hello = {WIRE_VERSION, 1}});
    be(i, WIRE_READY);
}

static void
start(const char *modems, const char *more, int n)
{
    write_config(modems, more);
    snprintf(en.worker_path, sizeof(en.worker_path), "/nonexistent/worker");
    cr_assert(engine_open(&en, config, &e), "%s", e.text);
    for (int i = 0; i < n; i++)
        plug_in(i);
}

/* The SENDs that modem i got meanwhile, into got[]. */
static int
hear(int i)
{
    struct wire w;
    bool is;
    int n = 0;

    rounds(3);
    for (;;) {
        cr_assert(wire_get(peer[i], &w, &is, &e), "%s", e.text);
        if (!is)
            return n;
        if (w.kind == WIRE_SEND && n < 64)
            got[n++] = w;
    }
}

static int64_t
queue(const char *prefix, int number, enum outbox_kind kind)
{
    static int key;
    char name[20], to[20];
    const struct outbox_new m = {.key = name, .kind = kind, .number = to, .text = "hello"};
    int64_t id;

    snprintf(name, sizeof(name), "k%d", key++);
    snprintf(to, sizeof(to), "%s%03d", prefix, number);
    cr_assert(outbox_add(en.desk->store, &m, clock_now(), &id, &e), "%s", e.text);
    en.due = true;
    return id;
}

static void
queue_many(const char *prefix, int n, enum outbox_kind kind)
{
    cr_assert(store_begin(en.desk->store, &e));
    for (int i = 0; i < n; i++)
        queue(prefix, i % 1000, kind);
    cr_assert(store_commit(en.desk->store, &e));
}

static void
answer(int i, const struct wire *send, enum wire_outcome outcome)
{
    say(i, (struct wire){.kind = WIRE_RESULT,
                         .u.result = {.outbox = send->u.send.outbox,
                                      .part = send->u.send.concat.number,
                                      .outcome = (uint8_t)outcome,
                                      .ref = 9,
                                      .code = -1}});
}

static enum outbox_state
state_of(int64_t id)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(en.desk->store, id, &m, &found, &e) && found, "%s", e.text);
    return m.state;
}

Test(farm, several_messages_are_with_a_modem_at_a_time)
{
    start(A, "", 1);
    queue_many(OTHER, 9, OUT_NOTICE);
    cr_expect_eq(hear(0), 4);
    for (int i = 0; i < 3; i++)
        answer(0, &got[i], WIRE_SENT);
    cr_expect_eq(hear(0), 3, "their places are taken by the next");
}

Test(farm, what_was_not_begun_goes_again_at_once)
{
    start(A, "", 1);
    queue_many(OTHER, 2, OUT_CUT);
    cr_assert_eq(hear(0), 2);
    for (int i = 0; i < 2; i++)
        answer(0, &got[i], WIRE_NOT_BEGUN);
    cr_expect_eq(hear(0), 2);
}

Test(farm, one_number_gets_its_messages_in_order)
{
    int64_t first, second, urgent;

    start(A B, "", 2);
    first = queue(OTHER, 1, OUT_NOTICE);
    second = queue(OTHER, 1, OUT_NOTICE);
    cr_assert_eq(hear(0), 1);
    cr_expect_eq(got[0].u.send.outbox, first);
    answer(0, &got[0], WIRE_NOT_NOW);
    cr_expect_eq(hear(0), 0, "the second does not overtake the first");
    urgent = queue(OTHER, 1, OUT_RESTORE);
    cr_assert_eq(hear(0), 1, "what is urgent does");
    cr_expect_eq(got[0].u.send.outbox, urgent);
    answer(0, &got[0], WIRE_SENT);
    cr_expect_eq(state_of(second), OUTBOX_QUEUED);
    cr_assert(clock_hand_set(clock_file, NOW + 60, &e));
    cr_assert_eq(hear(0), 1);
    cr_expect_eq(got[0].u.send.outbox, first);
    answer(0, &got[0], WIRE_SENT);
    cr_assert_eq(hear(0), 1);
    cr_expect_eq(got[0].u.send.outbox, second);
}

/* It waits for the clock, as the one before it does: nothing is in hand until then. */
Test(farm, a_message_behind_one_that_goes_again_leaves_the_engine_idle)
{
    json_t *status = json_pack("{s:i, s:b}", "outbox_due", 1, "idle", 0);
    char want[TIME_TEXT_MAX];

    start(A, "", 1);
    queue(OTHER, 1, OUT_NOTICE);
    queue(OTHER, 1, OUT_NOTICE);
    cr_assert_eq(hear(0), 1);
    answer(0, &got[0], WIRE_NOT_NOW);
    cr_expect_eq(hear(0), 0);
    engine_status(&en, status);
    cr_expect(json_is_true(json_object_get(status, "idle")));
    cr_expect_str_eq(json_string_value(json_object_get(status, "next_due")),
                     clock_iso(NOW + 30, want));
    json_decref(status);
}

Test(farm, the_longest_route_wins)
{
    start(A B, "", 2);
    queue(SAFARI, 1, OUT_NOTICE);
    queue(OTHER, 1, OUT_NOTICE);
    cr_assert_eq(hear(0), 1);
    cr_expect_str_eq(got[0].u.send.number, OTHER "001");
    cr_assert_eq(hear(1), 1);
    cr_expect_str_eq(got[0].u.send.number, SAFARI "001");
}

Test(farm, the_routes_of_an_ill_modem_go_to_the_others)
{
    start(A B, "", 2);
    be(1, WIRE_NO_NETWORK);
    queue(SAFARI, 1, OUT_NOTICE);
    cr_expect_eq(hear(0), 0, "it is given some time");
    en.modems[1]->ill_ms -= 30000;
    en.due = true;
    cr_assert_eq(hear(0), 1);
    cr_expect_str_eq(got[0].u.send.number, SAFARI "001");
    be(1, WIRE_READY);
    queue(SAFARI, 2, OUT_NOTICE);
    cr_expect_eq(hear(1), 1, "and has them again when it is well");
}

Test(farm, a_stopped_modem_is_not_waited_for)
{
    start(A B, "", 2);
    be(1, WIRE_STOPPED);
    queue(SAFARI, 1, OUT_NOTICE);
    cr_expect_eq(hear(0), 1);
}

Test(farm, between_equals_the_one_with_less_to_do_takes_it)
{
    start("  - {name: a, device: /dev/null, rate: 60000/min, in_flight: 8}\n"
          "  - {name: b, device: /dev/zero, rate: 60000/min, in_flight: 8}\n",
          "", 2);
    queue_many(OTHER, 6, OUT_NOTICE);
    cr_expect_eq(hear(0), 3);
    cr_expect_eq(hear(1), 3);
}

Test(farm, between_idle_equals_the_cheaper_one_takes_it)
{
    start("  - {name: a, device: /dev/null, rate: 60000/min, segment_cost: \"1.00\"}\n"
          "  - {name: b, device: /dev/zero, rate: 60000/min, segment_cost: \"0.50\"}\n",
          "", 2);
    queue(OTHER, 1, OUT_NOTICE);
    cr_expect_eq(hear(0), 0);
    cr_expect_eq(hear(1), 1);
}

Test(farm, a_modem_that_has_had_its_day_gives_way)
{
    start("  - {name: a, device: /dev/null, rate: 60000/min, daily_limit: 2}\n"
          "  - {name: b, device: /dev/zero, rate: 60000/min, segment_cost: \"9.00\"}\n",
          "", 2);
    for (int i = 0; i < 4; i++) {
        queue(OTHER, i, OUT_NOTICE);
        for (int k = hear(i < 2 ? 0 : 1); k > 0; k--)
            answer(i < 2 ? 0 : 1, &got[k - 1], WIRE_SENT);
    }
    rounds(3);
    cr_expect_eq(en.modems[0]->day_parts, 2, "got %lld",
                 (long long)en.modems[0]->day_parts);
    cr_expect_eq(en.modems[1]->day_parts, 2, "got %lld",
                 (long long)en.modems[1]->day_parts);
}

Test(farm, a_sick_carrier_does_not_hold_up_the_others)
{
    start("  - {name: a, device: /dev/null, rate: 60000/min, routes: [\"+254733*\"]}\n" B,
          "", 2);
    be(1, WIRE_NO_NETWORK);
    queue_many(SAFARI, 6000, OUT_ANSWER); /* before it in priority, and nobody takes them */
    queue(OTHER, 7, OUT_BILL);
    rounds(10);
    cr_expect_eq(hear(0), 1);
}

Test(farm, parts_are_paid_once_they_may_have_left)
{
    int64_t cost;

    start("  - {name: a, device: /dev/null, rate: 60000/min, segment_cost: \"0.80\"}\n", "",
          1);
    queue_many(OTHER, 3, OUT_NOTICE);
    cr_assert_eq(hear(0), 3);
    answer(0, &got[0], WIRE_SENT);
    answer(0, &got[1], WIRE_REFUSED);
    answer(0, &got[2], WIRE_IN_DOUBT); /* and goes once more, half a minute later */
    hear(0);
    cr_assert(modem_day_cost(en.desk->store, clock_month_start(NOW, 0), &cost, &e));
    cr_expect_eq(cost, 160, "got %lld", (long long)cost);
}

Test(farm, beyond_the_months_money_only_what_is_urgent_goes)
{
    start("  - {name: a, device: /dev/null, rate: 60000/min, segment_cost: \"1.00\"}\n",
          "limits: {spend_per_month: \"2.00\"}\n", 1);
    queue_many(OTHER, 2, OUT_ANSWER);
    cr_assert_eq(hear(0), 2);
    answer(0, &got[0], WIRE_SENT);
    answer(0, &got[1], WIRE_SENT);
    queue(OTHER, 10, OUT_ANSWER);
    queue(OTHER, 11, OUT_RESTORE);
    queue(OTHER, 12, OUT_ALARM);
    cr_expect_eq(hear(0), 2);
    cr_expect(en.over_ceiling);
    cr_expect_eq(en.send_next, clock_month_start(NOW, 1));
}

Test(farm, notices_and_bills_keep_to_their_hours)
{
    struct outbox_row m;
    int64_t notice;
    bool found;

    start(A, "hours: {notice: \"08:00-16:00\"}\n", 1); /* it is 16:13 */
    notice = queue(OTHER, 1, OUT_NOTICE);
    queue(OTHER, 2, OUT_ANSWER);
    cr_expect_eq(hear(0), 1, "an answer does not wait");
    cr_assert(outbox_row_get(en.desk->store, notice, &m, &found, &e) && found);
    cr_expect_eq(m.next_at, window_next((struct day_window){8 * 60, 16 * 60}, NOW));
    cr_assert(clock_hand_set(clock_file, m.next_at, &e));
    cr_expect_eq(hear(0), 1);
    cr_expect_eq(got[0].u.send.outbox, notice);
}

Test(farm, an_answer_that_nobody_needs_any_more_is_not_sent)
{
    struct outbox_row m;
    int64_t reply, bill;
    bool found;

    start(A, "validity: {reply: 20m}\n", 0);
    reply = queue(OTHER, 1, OUT_REPLY);
    bill = queue(OTHER, 2, OUT_BILL);
    cr_assert(clock_hand_set(clock_file, NOW + 20 * MINUTE_S, &e));
    rounds(3);
    cr_assert(outbox_row_get(en.desk->store, reply, &m, &found, &e) && found);
    cr_expect_eq(m.state, OUTBOX_EXPIRED);
    cr_assert(outbox_row_get(en.desk->store, bill, &m, &found, &e) && found);
    cr_expect_eq(m.state, OUTBOX_QUEUED);
}

/* The steps on file for modem a, in order. */
static const char *
steps(char *out, size_t size)
{
    static const char sql[] = "SELECT step FROM modem_care ORDER BY id";
    struct stmt *q = stmt_get(en.desk->store, sql, &e);
    bool row;

    *out = '\0';
    while (stmt_step(q, &row, &e) && row)
        snprintf(out + strlen(out), size - strlen(out), "%s ", stmt_col_peek(q, 0));
    return out;
}

static void
be_ill_for(int64_t s)
{
    en.modems[0]->ill_ms = clock_mono_ms() - s * 1000;
    en.due = true;
    rounds(3);
}

Test(farm, an_ill_modem_is_helped_step_by_step_and_each_is_on_file)
{
    char text[200], touched[80], made[300];

    snprintf(touched, sizeof(touched), "%s/cycled", dir);
    snprintf(made, sizeof(made),
             "  - {name: a, device: /dev/null, power_cycle: \"touch %s\"}\n", touched);
    start(made, "", 1);
    be(0, WIRE_NO_NETWORK);
    be_ill_for(59);
    cr_expect_str_eq(steps(text, sizeof(text)), "");
    be_ill_for(61);
    cr_expect_str_eq(steps(text, sizeof(text)), "connect ");
    be_ill_for(100);
    cr_expect_str_eq(steps(text, sizeof(text)), "connect ", "once");
    be_ill_for(181);
    cr_expect_str_eq(steps(text, sizeof(text)), "connect radio ");
    cr_expect_eq(en.modems[0]->worker.setup.radio_off_on, 1);
    be_ill_for(421);
    for (int i = 0; i < 200 && access(touched, F_OK) != 0; i++)
        rounds(2);
    cr_expect_eq(access(touched, F_OK), 0, "its supply is switched");
    be_ill_for(601);
    cr_expect_str_eq(steps(text, sizeof(text)), "connect radio power alarm ");
}

Test(farm, a_modem_that_waits_for_people_is_not_shaken)
{
    char text[200];

    start(A, "", 1);
    be(0, WIRE_STOPPED);
    for (int s = 60; s < 700; s += 30)
        be_ill_for(s);
    cr_expect_str_eq(steps(text, sizeof(text)), "alarm ");
    be(0, WIRE_READY);
    en.due = true;
    rounds(3);
    cr_expect_str_eq(steps(text, sizeof(text)), "alarm well ");
}
