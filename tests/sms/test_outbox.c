#include "meterpost/sms/outbox.h"

#include "meterpost/sms/retry.h"
#include "meterpost/store/outbox.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW    1790000000
#define NUMBER "+254711000001"

static char dir[] = "/tmp/meterpost-outbox-XXXXXX";
static struct store *s;
static struct err e;
static struct wire_send packet;

static void
make_store(void)
{
    char path[64];

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

static void
remove_store(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(s);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s/test.db%s", dir, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

TestSuite(outbox, .init = make_store, .fini = remove_store);

static int64_t
queue(const char *key, enum outbox_kind kind, const char *text)
{
    const struct outbox_new m = {.key = key, .kind = kind, .number = NUMBER, .text = text};
    int64_t id = 0;

    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    return id;
}

static struct outbox_row
row(int64_t id)
{
    struct outbox_row m;
    bool found;

    cr_assert(outbox_row_get(s, id, &m, &found, &e) && found, "%s", e.text);
    return m;
}

static void
expect_state(int64_t id, enum outbox_state want)
{
    struct outbox_row m = row(id);

    cr_expect_eq(m.state, want, "outbox=%lld: got %s, want %s", (long long)id,
                 outbox_state_name(m.state), outbox_state_name(want));
}

static void
take(int64_t id)
{
    cr_assert(outbox_take(s, id, "sim1", true, NOW, &packet, &e), "%s", e.text);
}

/* The modem's answer to the last packet; true when another part follows in `packet`. */
static bool
answer(enum wire_outcome outcome, int ref)
{
    struct wire_result r = {.outbox = packet.outbox,
                            .part = packet.concat.number,
                            .outcome = (uint8_t)outcome,
                            .ref = (int16_t)ref,
                            .code = -1};
    bool more;

    cr_assert(outbox_result(s, "sim1", true, &r, NOW + 1, &packet, &more, &e), "%s",
              e.text);
    return more;
}

static void
report(const char *number, int ref, int status)
{
    static uint8_t dedup[32];
    struct wire_arrived a = {
        .arrival = WIRE_REPORT, .ref = (int16_t)ref, .tp_status = (int16_t)status};

    dedup[0]++;
    snprintf(a.number, sizeof(a.number), "%s", number);
    cr_assert(outbox_report(s, "sim1", "254", &a, dedup, NOW + 2, &e), "%s", e.text);
}

/* Three parts of the 7-bit alphabet. */
static const char *
long_text(void)
{
    static char text[400];

    memset(text, 'x', sizeof(text) - 1);
    return text;
}

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

Test(outbox, parts_follow_one_another_and_count_one_by_one)
{
    int64_t id = queue("a", OUT_NOTICE, long_text());

    take(id);
    cr_expect_eq(packet.concat.total, 3);
    cr_expect_eq(packet.concat.number, 1);
    cr_expect(answer(WIRE_SENT, 1));
    cr_expect_eq(packet.concat.number, 2);
    cr_expect(answer(WIRE_SENT, 2));
    report(NUMBER, 1, 0);
    expect_state(id, OUTBOX_SENDING);
    cr_expect_not(answer(WIRE_SENT, 3));
    expect_state(id, OUTBOX_SENT);
    report(NUMBER, 3, 0);
    expect_state(id, OUTBOX_SENT);
    report(NUMBER, 2, 0);
    expect_state(id, OUTBOX_DELIVERED);
}

Test(outbox, only_the_part_that_is_lost_goes_again)
{
    int64_t id = queue("a", OUT_REQUEST, long_text());
    int count;

    take(id);
    cr_expect(answer(WIRE_SENT, 1));
    cr_expect_eq(packet.concat.number, 2);
    cr_assert(outbox_modem_lost(s, "sim1", NOW, &count, &e), "%s", e.text);
    cr_expect_eq(count, 1);
    expect_state(id, OUTBOX_QUEUED);
    take(id);
    cr_expect_eq(packet.concat.number, 2);
    cr_expect(answer(WIRE_SENT, 2));
    cr_expect_eq(packet.concat.number, 3);
    cr_expect_not(answer(WIRE_SENT, 3));
    expect_state(id, OUTBOX_SENT);
}

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

Test(outbox, data_for_a_meter_leaves_as_octets)
{
    struct outbox_new m = {
        .key = "d", .kind = OUT_REQUEST, .number = NUMBER, .text = "00FF1B", .data = true};
    char digits[40], longer[2 * 200 + 1];
    int64_t id;

    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    take(id);
    cr_expect_eq(packet.alphabet, WIRE_8BIT);
    cr_expect_eq(packet.length, 3);
    cr_expect(memcmp(packet.body, "\x00\xFF\x1B", 3) == 0);
    memset(longer, 'A', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    m.key = "e";
    m.text = longer;
    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    cr_expect_eq(row(id).segments, 2, "134 octets a part beside the header");
    m.key = "f";
    m.text = "0G";
    cr_expect_not(outbox_add(s, &m, NOW, &id, &e));
    cr_expect(outbox_is_data("hex: 01 03\n00", digits, sizeof(digits)));
    cr_expect_str_eq(digits, "010300");
    cr_expect_not(outbox_is_data("READ", digits, sizeof(digits)));
}

Test(outbox, a_modem_may_hold_parts_together_by_sixteen_bits)
{
    struct outbox_new m = {
        .key = "l", .kind = OUT_BILL, .number = NUMBER, .text = long_text()};
    int64_t id;

    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    cr_assert(outbox_take(s, id, "sim1", OUTBOX_LONG_REF, NOW, &packet, &e), "%s", e.text);
    cr_expect_eq(packet.concat.ref_bits, 16);
    cr_expect_eq(packet.concat.ref, (uint16_t)id);
    cr_expect_leq(packet.length, 152, "its header is an octet longer");
    cr_expect_not(packet.report);
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
