/* Several modems: who gets which message, how many, and what it may cost. */
#include "engine/farm.h"

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

Test(farm, another_modem_takes_it_than_the_one_that_had_no_luck)
{
    struct outbox_new m = {.key = "again",
                           .kind = OUT_REQUEST,
                           .number = OTHER "001",
                           .text = "READ",
                           .avoid = "b"};

    start("  - {name: a, device: /dev/null, rate: 60000/min, segment_cost: \"1.00\"}\n"
          "  - {name: b, device: /dev/zero, rate: 60000/min, segment_cost: \"0.50\"}\n",
          "", 2);
    cr_assert(outbox_add(en.desk->store, &m, clock_now(), NULL, &e), "%s", e.text);
    en.due = true;
    cr_expect_eq(hear(1), 0, "though it is the cheaper one");
    cr_expect_eq(hear(0), 1);
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

/* The modem that it began on is lost for good. */
Test(farm, a_long_text_that_has_begun_moves_only_when_its_modem_is_ill_for_long)
{
    static char text[400];
    struct outbox_new m = {
        .key = "long", .kind = OUT_NOTICE, .number = OTHER "001", .text = text};
    int64_t id;

    memset(text, 'x', sizeof(text) - 1);
    start(A "  - {name: b, device: /dev/zero, rate: 60000/min, segment_cost: \"2.00\"}\n",
          "", 2);
    cr_assert(outbox_add(en.desk->store, &m, NOW, &id, &e), "%s", e.text);
    en.due = true;
    cr_assert_eq(hear(0), 1);
    answer(0, &got[0], WIRE_SENT);
    cr_assert_eq(hear(0), 1);
    answer(0, &got[0], WIRE_NOT_BEGUN);
    be(0, WIRE_NO_NETWORK);
    en.modems[0]->ill_ms -= 60000;
    en.due = true;
    cr_expect_eq(hear(1), 0, "its parts would not fit together");
    en.modems[0]->ill_ms -= 600000;
    en.due = true;
    cr_assert_eq(hear(1), 1);
    cr_expect_eq(got[0].u.send.concat.number, 1);
}
