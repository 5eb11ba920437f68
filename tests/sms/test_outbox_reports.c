/* Delivery reports: whose they are, whenever they come. */
#include "sms/outbox_store.h"

Test(outbox, a_report_may_come_before_the_result)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");

    take(id);
    report(NUMBER, 17, 0);
    expect_state(id, OUTBOX_SENDING);
    cr_expect_not(answer(WIRE_SENT, 17));
    expect_state(id, OUTBOX_DELIVERED);
}

Test(outbox, reports_are_read_by_their_status)
{
    static const struct {
        int status;
        enum outbox_state want;
    } cases[] = {
        {0x00, OUTBOX_DELIVERED},   {0x01, OUTBOX_DELIVERED},   {0x20, OUTBOX_SENT},
        {0x30, OUTBOX_SENT},        {0x40, OUTBOX_UNDELIVERED}, {0x46, OUTBOX_UNDELIVERED},
        {0x63, OUTBOX_UNDELIVERED}, {0xff, OUTBOX_UNDELIVERED},
    };
    char key[20];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t id;

        snprintf(key, sizeof(key), "case %zu", i);
        id = queue(key, OUT_NOTICE, "hello");
        take(id);
        answer(WIRE_SENT, (int)i);
        report(NUMBER, (int)i, cases[i].status);
        expect_state(id, cases[i].want);
    }
}

Test(outbox, a_report_for_somebody_else_changes_nothing)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");

    take(id);
    answer(WIRE_SENT, 17);
    report("+254711000002", 17, 0);
    report(NUMBER, 18, 0);
    expect_state(id, OUTBOX_SENT);
}

/* Its message is as far from the end as it was when it left. */
Test(outbox, a_report_that_comes_very_late_still_counts)
{
    struct wire_arrived a = {.arrival = WIRE_REPORT, .ref = 9, .number = NUMBER};
    int64_t id = queue("late", OUT_BILL, "hello"), other = queue("mean", OUT_BILL, "hello");
    static const uint8_t dedup[32] = {77};

    take(id);
    answer(WIRE_SENT, 9);
    take(other);
    answer(WIRE_SENT, 10);
    cr_assert(outbox_report(s, "sim1", "254", &a, dedup, NOW + 9 * DAY_S, &e), "%s",
              e.text);
    expect_state(id, OUTBOX_DELIVERED);
    expect_state(other, OUTBOX_SENT);
    cr_expect_eq(row(id).delivered_at, NOW + 9 * DAY_S);
}

/* References go round after 256 messages. */
Test(outbox, a_reference_that_came_round_means_the_newest_message)
{
    int64_t old = queue("old", OUT_BILL, "hello"),
            young = queue("young", OUT_BILL, "hello");

    take(old);
    answer(WIRE_SENT, 9);
    take(young);
    answer(WIRE_SENT, 9);
    report(NUMBER, 9, 0);
    expect_state(young, OUTBOX_DELIVERED);
    expect_state(old, OUTBOX_SENT);
    report(NUMBER, 9, 0x41);
    expect_state(young, OUTBOX_DELIVERED);
    expect_state(old, OUTBOX_UNDELIVERED);
}

/* Read twice before it was deleted, or sent twice by the network with the same octets. */
Test(outbox, a_report_that_comes_twice_counts_once)
{
    struct wire_arrived a = {.arrival = WIRE_REPORT, .ref = 9, .number = NUMBER};
    int64_t first = queue("first", OUT_BILL, "hello"), second;
    static const uint8_t dedup[32] = {42};

    take(first);
    answer(WIRE_SENT, 9);
    cr_assert(outbox_report(s, "sim1", "254", &a, dedup, NOW, &e), "%s", e.text);
    expect_state(first, OUTBOX_DELIVERED);
    second = queue("second", OUT_BILL, "hello"); /* the same reference again */
    take(second);
    answer(WIRE_SENT, 9);
    cr_assert(outbox_report(s, "sim1", "254", &a, dedup, NOW + 60, &e), "%s", e.text);
    expect_state(second, OUTBOX_SENT);
}

/* Faster than the RESULT of its part, whose commit failed and is made again. */
Test(outbox, a_report_from_before_the_commit_of_sent_is_found_by_it)
{
    int64_t id = queue("fast", OUT_BILL, "hello");
    struct wire_send sent;

    take(id);
    sent = packet;
    cr_assert(store_begin(s, &e));
    report(NUMBER, 9, 0);
    answer(WIRE_SENT, 9);
    store_rollback(s);
    expect_state(id, OUTBOX_SENDING);
    report(NUMBER, 9, 0);
    packet = sent;
    answer(WIRE_SENT, 9);
    expect_state(id, OUTBOX_DELIVERED);
}
