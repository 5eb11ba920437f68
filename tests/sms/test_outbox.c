/* The life of an outgoing message. */
#include "sms/outbox_store.h"

Test(outbox, the_same_reason_twice_is_one_message)
{
    int64_t first = queue("bill 7", OUT_BILL, "You owe 12.50");

    cr_expect_eq(queue("bill 7", OUT_BILL, "You owe 13.50"), first);
    cr_expect_str_eq(row(first).text, "You owe 12.50");
    cr_expect_neq(queue("bill 8", OUT_BILL, "You owe 13.50"), first);
}

Test(outbox, what_nobody_can_receive_is_refused)
{
    static const struct {
        const char *number, *text, *key;
    } bad[] = {
        {"MPESA", "hello", "a"},    {"", "hello", "b"},
        {"+", "hello", "c"},        {"+2547000000011234567", "hello", "d"},
        {"+254 711", "hello", "e"}, {NUMBER, "broken \xff text", "f"},
        {NUMBER, "hello", ""},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct outbox_new m = {.key = bad[i].key,
                                     .kind = OUT_NOTICE,
                                     .number = bad[i].number,
                                     .text = bad[i].text};

        cr_expect_not(outbox_add(s, &m, NOW, NULL, &e), "%s '%s' was queued", bad[i].number,
                      bad[i].text);
        cr_expect_eq(e.kind, FAIL_REJECT);
    }
}

Test(outbox, what_is_urgent_goes_first)
{
    cr_expect_lt(outbox_rule(OUT_RESTORE)->priority, outbox_rule(OUT_CUT)->priority);
    cr_expect_eq(outbox_rule(OUT_VERIFY)->priority, outbox_rule(OUT_CUT)->priority);
    for (int k = OUT_VERIFY; k + 1 < OUT_KINDS; k++)
        cr_expect_lt(outbox_rule((enum outbox_kind)k)->priority,
                     outbox_rule((enum outbox_kind)(k + 1))->priority, "%s",
                     outbox_kind_name((enum outbox_kind)k));
}

Test(outbox, every_name_reads_back)
{
    enum outbox_state state;
    enum outbox_kind kind;

    for (int i = 0; i < OUTBOX_STATES; i++)
        cr_expect(outbox_state_parse(outbox_state_name((enum outbox_state)i), &state) &&
                  (int)state == i);
    for (int i = 0; i < OUT_KINDS; i++)
        cr_expect(outbox_kind_parse(outbox_kind_name((enum outbox_kind)i), &kind) &&
                  (int)kind == i);
    cr_expect_not(outbox_state_parse("lost", &state));
}

Test(outbox, a_finished_message_never_moves_again)
{
    static const enum outbox_state ends[] = {OUTBOX_DELIVERED, OUTBOX_UNDELIVERED,
                                             OUTBOX_FAILED, OUTBOX_EXPIRED,
                                             OUTBOX_CANCELLED};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        for (int ev = 0; ev < OUTBOX_EVENTS; ev++)
            cr_expect_eq(outbox_after(ends[i], (enum outbox_event)ev), OUTBOX_STATES,
                         "%s after %s", outbox_state_name(ends[i]),
                         outbox_event_name((enum outbox_event)ev));
}

Test(outbox, a_message_is_sent_and_delivered)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");

    take(id);
    expect_state(id, OUTBOX_SENDING);
    cr_expect_str_eq(packet.number, NUMBER);
    cr_expect_str_eq(packet.body, "hello");
    cr_expect_eq(packet.report, 1);
    cr_expect_not(answer(WIRE_SENT, 17));
    expect_state(id, OUTBOX_SENT);
    report("254711000001", 17, 0x00);
    expect_state(id, OUTBOX_DELIVERED);
    cr_expect_eq(row(id).delivered_at, NOW + 2);
}

Test(outbox, a_message_cannot_be_taken_twice)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");

    take(id);
    cr_expect_not(outbox_take(s, id, "sim2", true, NOW, &packet, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
}

Test(outbox, what_did_not_leave_is_tried_again_later)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");

    take(id);
    answer(WIRE_NOT_NOW, -1);
    expect_state(id, OUTBOX_QUEUED);
    cr_expect_gt(row(id).next_at, NOW);
    cr_expect_eq(row(id).attempts, 1);
}

Test(outbox, a_refusal_is_final)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");

    take(id);
    answer(WIRE_REFUSED, -1);
    expect_state(id, OUTBOX_FAILED);
}

/* How often it goes out when each time it stays in doubt. */
static int
times_sent(enum outbox_kind kind)
{
    int64_t id = queue(outbox_kind_name(kind), kind, "hello");
    int times = 0;

    while (times < 20 && row(id).state == OUTBOX_QUEUED) {
        take(id);
        answer(WIRE_IN_DOUBT, -1);
        times++;
    }
    expect_state(id, OUTBOX_IN_DOUBT);
    return times;
}

Test(outbox, doubt_means_what_the_kind_says)
{
    static const int want[OUT_KINDS] = {
        [OUT_RESTORE] = 1, [OUT_CUT] = 1,     [OUT_VERIFY] = 4, [OUT_ALARM] = 4,
        [OUT_ANSWER] = 4,  [OUT_RECEIPT] = 4, [OUT_REPLY] = 4,  [OUT_NOTICE] = 2,
        [OUT_BILL] = 2,    [OUT_REQUEST] = 4, [OUT_TEST] = 1,
    };

    for (int k = 0; k < OUT_KINDS; k++) {
        int got = times_sent((enum outbox_kind)k);

        cr_expect_eq(got, want[k], "%s: got %d, want %d",
                     outbox_kind_name((enum outbox_kind)k), got, want[k]);
    }
}

Test(outbox, a_restart_puts_what_was_on_its_way_in_doubt)
{
    int64_t cut = queue("cut 1", OUT_CUT, "CUT");
    int64_t notice = queue("notice 1", OUT_NOTICE, "hello");
    int64_t waits = queue("notice 2", OUT_NOTICE, "hello");
    int count;

    take(cut);
    take(notice);
    cr_assert(outbox_modem_lost(s, NULL, NOW, &count, &e), "%s", e.text);
    cr_expect_eq(count, 2);
    expect_state(cut, OUTBOX_IN_DOUBT);
    expect_state(notice, OUTBOX_QUEUED);
    cr_expect_eq(row(notice).repeated, 1);
    expect_state(waits, OUTBOX_QUEUED);
    cr_expect_eq(row(waits).repeated, 0);
}

Test(outbox, a_result_for_what_is_not_in_the_air_is_refused)
{
    int64_t id = queue("a", OUT_NOTICE, "hello");
    struct wire_result r = {.outbox = id, .part = 1, .outcome = WIRE_SENT, .ref = 1};
    bool more;

    cr_expect_not(outbox_result(s, "sim1", true, &r, NOW, &packet, &more, &e));
    take(id);
    r.part = 2;
    cr_expect_not(outbox_result(s, "sim1", true, &r, NOW, &packet, &more, &e));
    r.part = 1;
    cr_expect_not(outbox_result(s, "sim2", true, &r, NOW, &packet, &more, &e));
    r.outbox = 999;
    cr_expect_not(outbox_result(s, "sim1", true, &r, NOW, &packet, &more, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
}

Test(outbox, what_is_late_expires_and_what_is_withdrawn_stays_here)
{
    int64_t late = queue("late", OUT_CUT, "CUT");
    int64_t unwanted = queue("unwanted", OUT_BILL, "You owe 12.50");
    int64_t left = queue("left", OUT_BILL, "You owe 12.50");
    int done;
    bool gone;

    cr_assert(outbox_cancel(s, unwanted, "paid", &gone, &e), "%s", e.text);
    cr_expect(gone);
    take(left);
    cr_assert(outbox_cancel(s, left, "paid", &gone, &e), "%s", e.text);
    cr_expect_not(gone);
    cr_assert(outbox_expire(s, NOW + HOUR_S, 10, &done, &e), "%s", e.text);
    cr_expect_eq(done, 1);
    expect_state(late, OUTBOX_EXPIRED);
    expect_state(unwanted, OUTBOX_CANCELLED);
    expect_state(left, OUTBOX_SENDING);
}

static bool
collect(const struct outbox_due *m, void *context)
{
    char *seen = context;

    snprintf(seen + strlen(seen), 100 - strlen(seen), "%lld ", (long long)m->id);
    return true;
}

Test(outbox, due_messages_come_in_their_order)
{
    const struct outbox_new later = {.key = "later",
                                     .kind = OUT_RESTORE,
                                     .number = NUMBER,
                                     .text = "ON",
                                     .not_before = NOW + 60};
    const struct outbox_look look = {.now = NOW, .most_priority = 100, .limit = 10};
    char seen[100] = "";
    utc_t when;
    bool found;

    queue("1", OUT_REQUEST, "READ");
    queue("2", OUT_ANSWER, "12.50");
    queue("3", OUT_REQUEST, "READ");
    cr_assert(outbox_add(s, &later, NOW, NULL, &e), "%s", e.text);
    cr_assert(outbox_row_each_due(s, &look, collect, seen, &e), "%s", e.text);
    cr_expect_str_eq(seen, "2 1 3 ");
    cr_assert(outbox_row_next_at(s, &when, &found, &e) && found);
    cr_expect_eq(when, NOW);
}

Test(retry, waits_double_up_to_a_limit_and_end_in_time)
{
    static const struct retry_policy p = {.first_s = 30, .most_s = 300};
    static const int want[] = {30, 60, 120, 240, 300, 300};

    for (int i = 0; i < 6; i++)
        cr_expect_eq(retry_wait_s(&p, i + 1), want[i], "%d: got %d, want %d", i,
                     retry_wait_s(&p, i + 1), want[i]);
    cr_expect_eq(retry_wait_s(&p, 1000000), 300);
    cr_expect_eq(retry_at(&p, 1, NOW, NOW + 31), NOW + 30);
    cr_expect_eq(retry_at(&p, 1, NOW, NOW + 30), 0);
}
