/* What the modem worker sends, how fast, and what it says became of it. */
#include "worker_bench.h"

Test(worker, modem_and_sim_are_named, .init = begin)
{
    cr_expect_eq(strlen(state.imei), 15, "IMEI '%s'", state.imei);
    cr_expect_eq(strlen(state.imsi), 15, "IMSI '%s'", state.imsi);
    cr_expect_str_eq(state.smsc, "+254700000999");
    cr_expect_str_eq(state.operator_name, "Village Mobile");
    cr_expect(state.model[0] != '\0' && state.firmware[0] != '\0');
    cr_expect(state.signal_percent > 0 && state.sim_size > 0 && state.sim_used == 0);
    cr_expect_not(state.roaming);
}

Test(worker, what_is_sent_arrives_as_it_was_meant, .init = begin)
{
    static const struct wire_send texts[] = {
        {.alphabet = WIRE_GSM7, .body = "=READ_METER#"},
        {.alphabet = WIRE_GSM7,
         .body =
             "@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\u00C5\u00E5"
             "\u0394_\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\u00C6\u00E6"
             "\u00DF\u00C9 !\"#\u00A4%&'()*+,-./0123456789:;<=>?\u00A1\u00C4\u00D6\u00D1"
             "\u00DC\u00A7\u00BF\u00E4\u00F6\u00F1\u00FC\u00E0^{}\\[~]|\u20AC"},
        {.alphabet = WIRE_UCS2, .body = "\u60A8\u7684\u7535\u8D39 ~12.50~ \U0001F600"},
        {.alphabet = WIRE_GSM7,
         .body =
             "1234567890123456789012345678901234567890123456789012345678901234567890123456"
             "7890123456789012345678901234567890123456789012345678901234567890123456789012"
             "34567890"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct wire_result r = send_part(texts[i]);

        cr_expect(r.outcome == WIRE_SENT && r.ref >= 0, "text %zu: %s", i, r.reason);
        cr_expect_str_eq(taken_text(i), texts[i].body, "text %zu: %s", i, taken_text(i));
    }
}

Test(worker, data_leaves_as_octets, .init = begin)
{
    cr_expect_eq(
        send_part((struct wire_send){.alphabet = WIRE_8BIT, .body = "\xFF\x1B\x01~"})
            .outcome,
        WIRE_SENT);
    cr_expect_str_eq(json_string_value(json_object_get(taken(0), "encoding")), "8bit");
}

Test(worker, what_does_not_fit_or_cannot_be_dialled_is_refused_here, .init = begin)
{
    static const struct wire_send bad[] = {
        {.alphabet = WIRE_GSM7,
         .body =
             "1234567890123456789012345678901234567890123456789012345678901234567890123456"
             "7890123456789012345678901234567890123456789012345678901234567890123456789012"
             "345678\u20AC1"},
        {.alphabet = WIRE_GSM7, .body = "\u4E2D"},
        {.alphabet = WIRE_GSM7, .number = "MPESA", .body = "hello"},
        {.alphabet = WIRE_GSM7, .number = "+254\"70", .body = "hello"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct wire_result r = send_part(bad[i]);

        cr_expect(r.outcome == WIRE_REFUSED && r.reason[0] != '\0', "row %zu: %s", i,
                  r.reason);
    }
    cr_expect_null(taken(0), "nothing was sent");
}

Test(worker, parts_of_a_message_are_joined_by_its_receiver, .init = begin)
{
    struct wire_send s = {
        .alphabet = WIRE_GSM7, .body = "first part, ", .concat = {9, 8, 2, 1}};

    cr_expect_eq(send_part(s).outcome, WIRE_SENT);
    snprintf(s.body, sizeof(s.body), "second part");
    s.concat.number = 2;
    cr_expect_eq(send_part(s).outcome, WIRE_SENT);
    cr_expect_str_eq(taken_text(0), "first part, second part");
}

Test(worker, a_delivery_report_names_the_reference_of_its_message, .init = begin)
{
    struct wire w;

    for (int stored = 0; stored < 2; stored++) {
        struct wire_result r;

        DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"reports\": 1, \"report_status\": "
           "%d}",
           stored == 0 ? 0 : 0x46);
        r = send_part((struct wire_send){.body = "bill", .report = 1});
        cr_expect_eq(r.outcome, WIRE_SENT);
        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "no report");
        cr_expect_eq(w.u.arrived.arrival, WIRE_REPORT);
        cr_expect_eq(w.u.arrived.ref, r.ref);
        cr_expect_eq(w.u.arrived.tp_status, stored == 0 ? 0 : 0x46);
        cr_expect_str_eq(w.u.arrived.number, PEER);
        forget(w.u.arrived.token);
        cr_expect(sim_empties());
    }
}

Test(worker, a_report_on_the_line_is_heard_too)
{
    struct wire w;
    struct wire_result r;

    emulator_begin();
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"reports\": 1, \"reports_stored\": 0}");
    worker_begin("", 0);
    cr_assert(reaches(WIRE_READY));
    r = send_part((struct wire_send){.body = "bill", .report = 1});
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "no report");
    cr_expect(w.u.arrived.arrival == WIRE_REPORT && w.u.arrived.ref == r.ref);
    cr_expect_str_eq(w.u.arrived.number, PEER);
}

Test(worker, an_error_of_the_network_says_whether_to_try_again, .init = begin)
{
    static const struct {
        int code, at_prompt;
        enum wire_outcome outcome;
    } cases[] = {
        {28, 0, WIRE_REFUSED},  {331, 0, WIRE_NOT_NOW}, {38, 0, WIRE_IN_DOUBT},
        {302, 1, WIRE_NOT_NOW}, {38, 1, WIRE_NOT_NOW}, /* nothing was written yet */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wire_result r;

        DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"cms\": %d, \"cms_next\": 1,"
           " \"cms_at_prompt\": %d}",
           cases[i].code, cases[i].at_prompt);
        r = send_part((struct wire_send){.body = "bill"});
        cr_expect(r.outcome == cases[i].outcome && r.code == cases[i].code && r.ref == -1,
                  "row %zu: outcome %d, code %d, %s", i, r.outcome, r.code, r.reason);
    }
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

Test(worker, a_lost_answer_is_in_doubt_and_the_next_message_gets_its_own, .init = begin)
{
    struct wire_result before = send_part((struct wire_send){.body = "one"}), lost, after;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"drop_reply\": 1}");
    lost = send_part((struct wire_send){.body = "two"});
    cr_expect(lost.outcome == WIRE_IN_DOUBT && lost.ref == -1, "%s", lost.reason);
    after = send_part((struct wire_send){.body = "three"});
    cr_expect(after.outcome == WIRE_SENT, "%s", after.reason);
    cr_expect_eq(after.ref, (before.ref + 2) % 256, "got %d after %d", after.ref,
                 before.ref);
    cr_expect_str_eq(taken_text(1), "two", "it had left");
    cr_expect_str_eq(taken_text(2), "three");
}

Test(worker, a_late_answer_is_not_taken_for_the_next_one, .init = begin)
{
    struct wire_result before = send_part((struct wire_send){.body = "one"}), late, after;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"latency_ms\": 2500}");
    late = send_part((struct wire_send){.body = "two"});
    cr_expect_eq(late.outcome, WIRE_IN_DOUBT);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"latency_ms\": 0}");
    after = send_part((struct wire_send){.body = "three"});
    cr_expect(after.outcome == WIRE_SENT && after.ref == (before.ref + 2) % 256,
              "outcome %d, got %d after %d, %s", after.outcome, after.ref, before.ref,
              after.reason);
}

/* The least of some sends: a busy machine makes one longer, none shorter. */
static int64_t
send_ms(void)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < 5; i++) {
        int64_t t = clock_mono_ms();

        cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
        t = clock_mono_ms() - t;
        least = t < least ? t : least;
    }
    return least;
}

Test(worker, waits_of_a_send_are_the_librarys_own_or_shorter)
{
    static const struct {
        uint8_t percent;
        int64_t least_ms, most_ms;
    } cases[] = {{100, 690, 1500}, {10, 65, 500}};

    emulator_begin();
    for (size_t i = 0; i < 2; i++) {
        struct wire stop = {.kind = WIRE_STOP};
        int64_t t;

        worker_begin("", cases[i].percent);
        cr_assert(reaches(WIRE_READY));
        cr_expect_eq(state.settle_percent, cases[i].percent);
        send_part((struct wire_send){.body = "warm"});
        t = send_ms();
        cr_expect(t >= cases[i].least_ms && t <= cases[i].most_ms, "%d %%: %lld ms",
                  cases[i].percent, (long long)t);
        say(&stop);
        cr_expect_eq(worker_ends(), 0);
        close(sock);
    }
}

Test(worker, waits_are_shortened_by_sending_and_come_back_with_the_first_trouble)
{
    struct wire_result r;
    struct wire w;

    emulator_begin();
    settle_auto = 1;
    worker_begin("", 100);
    cr_assert(reaches(WIRE_READY), "%s", state.reason);
    cr_expect_eq(state.settle_percent, 100);
    for (int i = 0; i < 6; i++)
        cr_expect_eq(send_part((struct wire_send){.body = "x"}).outcome, WIRE_SENT);
    hear(WIRE_STATE, &w, 1000);
    cr_expect_eq(state.settle_percent, 10, "got %d", state.settle_percent);
    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"drop_reply\": 1}");
    r = send_part((struct wire_send){.body = "x"});
    cr_expect_neq(r.outcome, WIRE_SENT);
    for (int i = 0; i < 5 && state.settle_percent != 100; i++)
        hear(WIRE_STATE, &w, 1000);
    cr_expect_eq(state.settle_percent, 100, "got %d", state.settle_percent);
}

Test(worker, what_waits_when_the_modem_goes_away_comes_back_as_not_begun, .init = begin)
{
    static const int sends = 4;
    int not_begun = 0;
    struct wire w;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"latency_ms\": 500}");
    for (int i = 0; i < sends; i++) {
        w = (struct wire){.kind = WIRE_SEND,
                          .u.send = {.outbox = i + 1, .body = "cut", .length = 3}};
        snprintf(w.u.send.number, sizeof(w.u.send.number), PEER);
        say(&w);
    }
    usleep(200000);
    DO("{\"do\": \"unplug\", \"modem\": \"sim1\"}");
    for (int i = 0; i < sends; i++) {
        cr_assert(hear(WIRE_RESULT, &w, WAIT_MS), "result %d", i);
        not_begun += w.u.result.outcome == WIRE_NOT_BEGUN;
    }
    cr_expect_eq(not_begun, sends - 1, "got %d", not_begun);
    cr_expect_eq(worker_ends(), 3, "the device is gone");
}
