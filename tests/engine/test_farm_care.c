/* Modems that are ill, deaf or dry: what is tried with them, and who takes their place. */
#include "engine/farm.h"

#include <signal.h>

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
    for (int i = 0; i < 3; i++) { /* a step a turn */
        en.due = true;
        rounds(3);
    }
}

static void
answer_code(int64_t id, const char *text)
{
    struct wire w = {.kind = WIRE_ANSWER, .u.answer = {.id = id, .good = 1}};

    snprintf(w.u.answer.text, sizeof(w.u.answer.text), "%s", text);
    say(0, w);
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
    be_ill_for(29);
    cr_expect_str_eq(steps(text, sizeof(text)), "");
    be_ill_for(31);
    cr_expect_str_eq(steps(text, sizeof(text)), "look ");
    cr_assert_gt(hear_asked(0), 0);
    cr_expect_eq(asked.question, WIRE_ASK_LOOK);
    answer_code(asked.id, "no network");
    be_ill_for(59);
    cr_expect_str_eq(steps(text, sizeof(text)), "look ", "once");
    be_ill_for(61);
    cr_expect_str_eq(steps(text, sizeof(text)), "look connect ");
    be_ill_for(181);
    cr_expect_str_eq(steps(text, sizeof(text)), "look connect radio ");
    cr_expect_eq(en.modems[0]->worker.setup.radio_off_on, 1);
    be_ill_for(421);
    for (int i = 0; i < 200 && access(touched, F_OK) != 0; i++)
        rounds(2);
    cr_expect_eq(access(touched, F_OK), 0, "its supply is switched");
    be_ill_for(601);
    cr_expect_str_eq(steps(text, sizeof(text)), "look connect radio power alarm ");
}

Test(farm, an_operator_may_be_more_patient_with_modems_or_less)
{
    char text[200];

    start(A, "care: {look: 5s, connect: 6s, radio: 2h, alarm: 1h}\n", 1);
    be(0, WIRE_NO_NETWORK);
    be_ill_for(7);
    cr_expect_str_eq(steps(text, sizeof(text)), "look connect ");
    be_ill_for(3601);
    cr_expect_str_eq(steps(text, sizeof(text)), "look connect alarm ");
    be_ill_for(7201);
    cr_expect_str_eq(steps(text, sizeof(text)), "look connect alarm radio ");
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

/* Its worker was told to end, and the next one is ready. */
static void
begin_again(int i)
{
    struct worker *w = &en.modems[i]->worker;

    kill(w->child.pid, SIGKILL);
    for (int k = 0; k < 1000 && w->child.life != CHILD_RESTING; k++)
        rounds(2);
    plug_in(i);
}

/* A message for every modem that is free; the first modem fails all that it gets. */
static int
fail_what_comes(int n, int code)
{
    int failed = 0;

    queue_many(OTHER, n, OUT_NOTICE);
    for (int k = hear(0); k > 0; k = hear(0)) {
        for (int i = 0; i < k; i++) {
            struct wire_result r = {.outbox = got[i].u.send.outbox,
                                    .part = got[i].u.send.concat.number,
                                    .outcome = WIRE_NOT_NOW,
                                    .ref = -1,
                                    .code = code,
                                    .reason = "it says no"};

            say(0, (struct wire){.kind = WIRE_RESULT, .u.result = r});
        }
        failed += k;
    }
    return failed;
}

#define ITS_EQUAL "  - {name: b, device: /dev/zero, rate: 60000/min}\n"

Test(farm, a_modem_that_is_ready_and_fails_every_message_is_ill_until_one_leaves)
{
    char text[300];

    start(A ITS_EQUAL, "", 2);
    cr_expect_leq(fail_what_comes(12, 500), 7, "four in a row are enough");
    cr_expect_str_eq(modem_health(en.modems[0]), "mute");
    cr_expect_str_eq(modem_reason(en.modems[0]), "4 messages in a row failed: it says no");
    cr_expect_gt(hear(1), 0, "the other takes its place");
    cr_assert(clock_hand_set(clock_file, NOW + 31, &e));
    cr_expect_eq(hear(0), 0, "what it failed moves, too");
    be_ill_for(61);
    cr_expect_str_eq(steps(text, sizeof(text)), "connect ");
    begin_again(0);
    cr_expect_str_eq(modem_health(en.modems[0]), "mute", "to begin again is no cure");
    cr_assert_eq(hear(0), 1, "one message may try, after each step");
    answer(0, &got[0], WIRE_NOT_NOW);
    queue(OTHER, 700, OUT_RESTORE);
    cr_expect_eq(hear(0), 0, "and not the next one");
    be_ill_for(181);
    begin_again(0);
    cr_assert_eq(hear(0), 1);
    cr_expect_str_neq(got[0].u.send.number, OTHER "700", "it is nothing urgent");
    answer(0, &got[0], WIRE_SENT);
    rounds(3);
    cr_expect_str_eq(modem_health(en.modems[0]), "ready");
    cr_expect_str_eq(steps(text, sizeof(text)), "connect radio well ");
}

Test(farm, a_modem_that_says_what_ails_it_is_not_mute)
{
    start(A ITS_EQUAL, "", 2);
    fail_what_comes(12, 331);
    cr_expect_str_eq(modem_health(en.modems[0]), "mute");
    be(0, WIRE_NO_NETWORK);
    cr_expect_str_eq(modem_health(en.modems[0]), "no_network");
    be(0, WIRE_READY);
    cr_expect_str_eq(modem_health(en.modems[0]), "ready", "and is well when that is over");
}

Test(farm, what_the_network_says_of_one_number_makes_no_modem_ill)
{
    int failed = 0;

    start(A, "", 1);
    for (int i = 0; i < 6; i++) {
        queue(OTHER, 1, OUT_NOTICE);
        failed += fail_what_comes(0, 192);
        cr_assert(clock_hand_set(clock_file, NOW + 20 * MINUTE_S * (i + 1), &e));
        en.due = true;
    }
    cr_expect_geq(failed, 5);
    cr_expect_str_eq(modem_health(en.modems[0]), "ready");
}

#define SPARE "  - {name: s, device: /dev/full, rate: 60000/min, spare_for: a}\n"

Test(farm, a_spare_takes_the_routes_of_an_ill_modem_and_gives_them_back)
{
    char text[200];

    start(A SPARE, "", 2);
    queue(OTHER, 1, OUT_NOTICE);
    cr_expect_eq(hear(0), 1);
    answer(0, &got[0], WIRE_SENT);
    cr_expect_eq(hear(1), 0, "a spare rests while all is well");
    be(0, WIRE_NO_NETWORK);
    be_ill_for(30);
    queue(OTHER, 2, OUT_NOTICE);
    queue(OTHER, 3, OUT_RESTORE);
    cr_expect_eq(hear(1), 1, "what is urgent does not wait for the ladder");
    answer(1, &got[0], WIRE_SENT);
    be_ill_for(481);
    be_ill_for(481);
    be_ill_for(481);
    cr_expect(strstr(steps(text, sizeof(text)), "spare") != NULL, "%s", text);
    cr_expect_eq(hear(1), 1, "the notice");
    answer(1, &got[0], WIRE_SENT);
    begin_again(0);
    queue(OTHER, 4, OUT_NOTICE);
    cr_expect_eq(hear(1), 0);
}

/* The text that modem i shall send, or fail. */
static struct wire
loop_text(int i)
{
    for (int k = 0; k < 20; k++) {
        en.due = true;
        if (hear(i) > 0 && strncmp(got[0].u.send.body, "METERPOST LOOP", 14) == 0)
            return got[0];
    }
    cr_assert_fail("modem %d got no test text", i);
    return got[0];
}

static void
arrive(int i, uint64_t token, const char *from, const char *body)
{
    struct wire w = {.kind = WIRE_ARRIVED,
                     .u.arrived = {.token = token,
                                   .arrival = WIRE_TEXT,
                                   .ref = -1,
                                   .tp_status = -1,
                                   .smsc_time = clock_now(),
                                   .length = (uint16_t)strlen(body)}};

    snprintf(w.u.arrived.number, sizeof(w.u.arrived.number), "%s", from);
    snprintf(w.u.arrived.body, sizeof(w.u.arrived.body), "%s", body);
    say(i, w);
    rounds(3);
}

static int64_t
messages_out(void)
{
    static const char sql[] = "SELECT count(*) FROM outbox WHERE kind <> 'test'";
    int64_t n;
    bool row;

    cr_assert(stmt_one_int(stmt_get(en.desk->store, sql, &e), &n, &row, &e));
    return n;
}

#define LOOPED                                                                             \
    "  - {name: a, device: /dev/null, rate: 60000/min, number: \"+254700000100\","         \
    " loopback: 6h}\n"

Test(farm, a_modem_that_heard_nothing_gets_a_text_which_is_for_nobody_else)
{
    struct wire sent;
    char text[200];

    start(LOOPED, "", 1);
    sent = loop_text(0);
    cr_expect_str_eq(sent.u.send.number, "+254700000100");
    answer(0, &sent, WIRE_SENT);
    arrive(0, 1, "+254733999999", sent.u.send.body); /* networks change the sender */
    cr_expect_str_eq(steps(text, sizeof(text)), "loop ");
    cr_expect_str_eq(modem_health(en.modems[0]), "ready");
    cr_expect_eq(messages_out(), 0, "nobody is answered");
    cr_assert(clock_hand_set(clock_file, NOW + 5 * HOUR_S, &e));
    cr_expect_eq(hear(0), 0, "not before its time");
    arrive(0, 2, "+254722000001", "BAL");
    hear(0);
    cr_assert(clock_hand_set(clock_file, NOW + 7 * HOUR_S, &e));
    cr_expect_eq(hear(0), 0, "it has heard something since");
    cr_assert(clock_hand_set(clock_file, NOW + 12 * HOUR_S, &e));
    loop_text(0);
}

Test(farm, a_text_that_nobody_sent_is_no_test)
{
    char text[200];

    start(LOOPED, "", 1);
    answer(0, &(struct wire){.u.send = loop_text(0).u.send}, WIRE_SENT);
    arrive(0, 1, "+254722000001", "METERPOST LOOP 1 000000000000");
    cr_expect_eq(en.modems[0]->ear.step, 1, "it still waits");
    cr_expect_gt(messages_out(), 0, "a stranger's text is a stranger's text");
    cr_expect_str_eq(steps(text, sizeof(text)), "loop ");
}

Test(farm, a_modem_that_is_registered_and_deaf_is_ill_until_it_hears)
{
    struct wire sent;
    char text[300];

    start(LOOPED, "", 1);
    sent = loop_text(0);
    answer(0, &sent, WIRE_SENT);
    rounds(3);
    cr_expect_str_eq(modem_health(en.modems[0]), "ready", "it has a quarter of an hour");
    en.modems[0]->ear.since_ms -= 901 * 1000;
    en.due = true;
    rounds(3);
    cr_expect_str_eq(modem_health(en.modems[0]), "deaf");
    be_ill_for(61);
    cr_expect_str_eq(steps(text, sizeof(text)), "loop connect ");
    begin_again(0);
    sent = loop_text(0); /* does it hear by now? */
    be_ill_for(181);
    cr_expect_str_eq(steps(text, sizeof(text)), "loop connect loop ",
                     "the ladder waits for the answer");
    answer(0, &sent, WIRE_SENT);
    arrive(0, 1, "+254700000100", sent.u.send.body);
    en.due = true;
    rounds(3);
    cr_expect_str_eq(modem_health(en.modems[0]), "ready");
    cr_expect_str_eq(steps(text, sizeof(text)), "loop connect loop well ");
}

Test(farm, a_test_text_that_cannot_be_sent_says_nothing_about_hearing)
{
    struct wire sent;

    start(LOOPED, "", 1);
    sent = loop_text(0);
    answer(0, &sent, WIRE_REFUSED);
    en.due = true;
    rounds(3);
    cr_expect_eq(en.modems[0]->ear.step, 0);
    cr_expect_str_eq(modem_health(en.modems[0]), "ready");
}

#define HEARD_BY_B                                                                         \
    "  - {name: a, device: /dev/null, rate: 60000/min, number: \"+254700000100\","         \
    " loopback: 6h, loopback_from: b}\n"

Test(farm, another_modem_sends_the_text_where_it_is_set_so)
{
    struct wire sent;
    char text[200];

    start(HEARD_BY_B ITS_EQUAL, "", 2);
    sent = loop_text(1);
    cr_expect_str_eq(sent.u.send.number, "+254700000100");
    answer(1, &sent, WIRE_SENT);
    arrive(0, 1, "+254700000200", sent.u.send.body);
    cr_expect_str_eq(steps(text, sizeof(text)), "loop ");
    cr_expect_eq(en.modems[0]->ear.step, 0, "heard");
    cr_expect_eq(messages_out(), 0);
}

/* ---- memory ---- */

static void
be_filled(int used)
{
    say(0, (struct wire){.kind = WIRE_STATE,
                         .u.state = {.health = WIRE_READY,
                                     .sim_used = used,
                                     .sim_size = 50,
                                     .signal_percent = -1}});
    en.due = true;
    rounds(3);
}

Test(farm, a_memory_that_stays_full_for_ten_minutes_is_an_alarm)
{
    int64_t open;

    start(A, "alarms: {phones: [\"+254700000900\"]}\n", 1);
    be_filled(50);
    cr_expect_neq(en.modems[0]->full_ms, 0);
    en.modems[0]->full_ms -= 599 * 1000;
    be_filled(50);
    cr_assert(alarm_row_count_open(en.desk->store, &open, &e));
    cr_expect_eq(open, 0, "it is being drained");
    en.modems[0]->full_ms -= 2 * 1000;
    be_filled(50);
    cr_assert(alarm_row_count_open(en.desk->store, &open, &e));
    cr_expect_eq(open, 1);
    cr_expect_eq(messages_out(), 1, "the people on duty are told");
    be_filled(49);
    cr_assert(alarm_row_count_open(en.desk->store, &open, &e));
    cr_expect_eq(open, 0, "it empties: all is well");
}

/* ---- the credit of SIMs ---- */

#define PREPAID                                                                            \
    "  - {name: a, device: /dev/null, rate: 60000/min, carrier: prepaid, credit_every: "   \
    "1d,"                                                                                  \
    " credit_low: \"100.00\", expires: 2026-12-01}\n"
#define ON_DUTY "alarms: {phones: [\"+254700000900\"]}\n"

static int64_t
alarms_open(void)
{
    int64_t n;

    cr_assert(alarm_row_count_open(en.desk->store, &n, &e), "%s", e.text);
    return n;
}

Test(farm, the_credit_of_a_sim_is_asked_and_little_of_it_is_an_alarm)
{
    struct modem_credit credit;

    start(PREPAID, ON_DUTY, 1);
    cr_assert_gt(hear_asked(0), 0);
    cr_expect_str_eq(asked.code, "*144#");
    answer_code(asked.id, "Your balance is KES 1,250.00");
    cr_assert(modem_credit_get(en.desk->store, "a", &credit, &e));
    cr_expect(credit.has_balance);
    cr_expect_eq(credit.balance.minor, 125000);
    cr_expect_eq(alarms_open(), 0);
    cr_expect_eq(hear_asked(0), 0, "once a day");
    cr_assert(clock_hand_set(clock_file, NOW + DAY_S, &e));
    cr_assert_gt(hear_asked(0), 0);
    answer_code(asked.id, "Your balance is KES 12.50");
    cr_expect_eq(alarms_open(), 1);
    cr_expect_eq(messages_out(), 1, "the people on duty are told");
    arrive(0, 7, "INFO", "Recharge of 500.00 done. Your new balance is 512.50");
    cr_expect_eq(alarms_open(), 0, "the carrier's own text is as good");
    arrive(0, 8, "INFO", "Dear customer, your airtime balance is low.");
    cr_expect_eq(alarms_open(), 1);
}

Test(farm, the_last_day_of_a_sim_is_told_a_week_before)
{
    start(PREPAID, ON_DUTY, 1);
    cr_expect_eq(alarms_open(), 0);
    cr_assert(clock_hand_set(clock_file, NOW + 66 * DAY_S, &e)); /* 26 November */
    rounds(5);
    cr_expect_eq(alarms_open(), 1);
}

Test(farm, an_answer_that_no_pattern_fits_is_kept_as_it_was_said)
{
    struct modem_care last;
    bool found;

    start(PREPAID, "", 1);
    cr_assert_gt(hear_asked(0), 0);
    answer_code(asked.id, "Service temporarily unavailable");
    cr_assert(modem_care_last(en.desk->store, "a", "credit", &last, &found, &e) && found);
    cr_expect_eq(last.state, CARE_DONE);
    cr_expect_eq(alarms_open(), 0);
}
