#include "meterpost/sms/inbox.h"

#include "meterpost/sms/segment.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1790000000

static char dir[] = "/tmp/meterpost-inbox-XXXXXX";
static struct store *s;
static struct err e;
static const struct inbox_source sim1 = {"sim1", "639020000000001", "254"};

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

TestSuite(inbox, .init = make_store, .fini = remove_store);

static struct wire_arrived
text(const char *number, const char *body)
{
    struct wire_arrived a = {.token = 1,
                             .arrival = WIRE_TEXT,
                             .alphabet = WIRE_GSM7,
                             .ref = -1,
                             .tp_status = -1,
                             .smsc_time = NOW - 5,
                             .length = (uint16_t)strlen(body)};

    snprintf(a.number, sizeof(a.number), "%s", number);
    snprintf(a.body, sizeof(a.body), "%s", body);
    return a;
}

static struct wire_arrived
part(const char *body, uint16_t ref, uint8_t number, uint8_t total)
{
    struct wire_arrived a = text("+254711000001", body);

    a.concat = (struct wire_concat){ref, 8, total, number};
    return a;
}

static void
take(struct wire_arrived a)
{
    cr_assert(inbox_take(s, &sim1, &a, NOW, &e), "%s", e.text);
}

/* The next message after `after`, id 0 when there is none. */
static struct inbox_row
next(int64_t after)
{
    struct inbox_row m;
    bool found;

    cr_assert(inbox_next_new(s, after, &m, &found, &e), "%s", e.text);
    if (!found)
        m.id = 0;
    return m;
}

static struct inbox_row
get(int64_t id)
{
    struct inbox_row m;
    bool found;

    cr_assert(inbox_row_get(s, id, &m, &found, &e) && found, "inbox=%lld", (long long)id);
    return m;
}

Test(inbox, a_message_is_kept_whole_and_its_sender_in_one_spelling)
{
    struct inbox_row m;

    take(text("0711000001", "BAL"));
    m = next(0);
    cr_expect_str_eq(m.text, "BAL");
    cr_expect_str_eq(m.sender, "+254711000001");
    cr_expect_eq(m.sender_kind, PHONE_E164);
    cr_expect_eq(m.smsc_at, NOW - 5);
    cr_expect_eq(m.received_at, NOW);
    cr_expect_eq(m.parts, 1);
    cr_expect_not(m.incomplete);
}

Test(inbox, the_same_message_twice_is_one)
{
    struct wire_arrived again = text("+254711000001", "BAL");

    take(again);
    again.token = 77;
    take(again);
    cr_expect_eq(next(next(0).id).id, 0);
}

/* The modem may learn late which SIM it has. */
Test(inbox, the_same_message_is_known_when_its_sim_is)
{
    static const struct inbox_source nameless = {"sim1", "", "254"};
    struct wire_arrived a = text("+254711000001", "BAL");

    cr_assert(inbox_take(s, &nameless, &a, NOW, &e), "%s", e.text);
    take(a);
    cr_expect_eq(next(next(0).id).id, 0);
}

Test(inbox, the_octets_decide_what_is_the_same)
{
    struct wire_arrived a = text("+254711000001", "BAL"), b = a, c = a;

    a.pdu_length = b.pdu_length = c.pdu_length = 3;
    memcpy(a.pdu, "\1\2\3", 3);
    memcpy(b.pdu, "\1\2\3", 3);
    memcpy(c.pdu, "\1\2\4", 3);
    snprintf(b.body, sizeof(b.body), "DECODED OTHERWISE");
    b.length = (uint16_t)strlen(b.body);
    take(a);
    take(b);
    cr_expect_eq(next(next(0).id).id, 0);
    take(c);
    cr_expect_neq(next(next(0).id).id, 0);
}

Test(inbox, parts_are_linked_in_any_order)
{
    static const int orders[][3] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}, {1, 3, 2}};
    static const char *const bodies[] = {"one ", "two ", "three"};

    for (uint16_t i = 0; i < 4; i++) {
        struct inbox_row m;

        for (int k = 0; k < 3; k++) {
            uint8_t n = (uint8_t)orders[i][k];

            cr_expect_eq(next(i).id, 0, "order %d: too early", i);
            take(part(bodies[n - 1], i, n, 3));
        }
        m = next(i);
        cr_expect_str_eq(m.text, "one two three", "order %d: got %s", i, m.text);
        cr_expect_eq(m.parts, 3);
    }
}

Test(inbox, parts_of_different_messages_are_not_mixed)
{
    struct wire_arrived other = part("b2", 7, 2, 2);

    take(part("a1 ", 7, 1, 2));
    snprintf(other.number, sizeof(other.number), "+254711000002");
    take(other);
    take(part("c2", 8, 2, 2));
    take(part("d2", 7, 2, 3));
    cr_expect_eq(next(0).id, 0);
    take(part("a2", 7, 2, 2));
    cr_expect_str_eq(next(0).text, "a1 a2");
}

Test(inbox, a_part_that_comes_twice_counts_once)
{
    take(part("one ", 7, 1, 2));
    take(part("one ", 7, 1, 2));
    cr_expect_eq(next(0).id, 0);
    take(part("two", 7, 2, 2));
    cr_expect_str_eq(next(0).text, "one two");
    take(part("two", 7, 2, 2));
    cr_expect_eq(next(next(0).id).id, 0);
}

Test(inbox, missing_parts_are_not_awaited_for_ever)
{
    struct inbox_row m;
    utc_t when;
    bool found;
    int done;

    take(part("one ", 7, 1, 3));
    take(part("three", 7, 3, 3));
    cr_assert(inbox_next_late(s, &when, &found, &e) && found);
    cr_expect_eq(when, NOW + INBOX_PARTS_WAIT_S);
    cr_assert(inbox_late(s, "254", when - 1, 10, &done, &e), "%s", e.text);
    cr_expect_eq(done, 0);
    cr_assert(inbox_late(s, "254", when, 10, &done, &e), "%s", e.text);
    cr_expect_eq(done, 1);
    m = next(0);
    cr_expect(m.incomplete);
    cr_expect_eq(m.parts, 2);
    cr_expect_str_eq(m.text, "one three");
    cr_assert(inbox_next_late(s, &when, &found, &e));
    cr_expect_not(found);
}

Test(inbox, data_is_kept_as_hexadecimal)
{
    struct wire_arrived a = text("+254711000001", "");

    a.alphabet = WIRE_8BIT;
    a.length = 3;
    memcpy(a.body, "\x68\x00\xaa", 4);
    take(a);
    cr_expect_str_eq(next(0).text, "6800AA");
}

Test(inbox, control_characters_do_not_get_in)
{
    take(text("+254711000001", "a\rb\x1b[2J"));
    cr_expect_str_eq(next(0).text, "a\nb\xEF\xBF\xBD[2J");
}

Test(inbox, poison_is_put_aside_with_its_octets)
{
    struct wire_arrived a = {.arrival = WIRE_POISON, .pdu_length = 4};
    struct inbox_row m;

    memcpy(a.pdu, "\x07\x91\xff\x00", 4);
    snprintf(a.reason, sizeof(a.reason), "the address is longer than the message");
    take(a);
    cr_expect_eq(next(0).id, 0);
    m = get(1);
    cr_expect_eq(m.state, INBOX_QUARANTINED);
    cr_expect_str_eq(m.text, "0791FF00");
    cr_expect_str_eq(m.reason, "the address is longer than the message");
    take(a);
}

Test(inbox, what_is_not_for_people_is_set_aside)
{
    struct wire_arrived a = text("+254711000001", "flash");

    a.arrival = WIRE_ASIDE;
    snprintf(a.reason, sizeof(a.reason), "class 0");
    take(a);
    cr_expect_eq(next(0).id, 0);
    cr_expect_eq(get(1).state, INBOX_IGNORED);
    cr_expect_str_eq(get(1).text, "flash");
}

Test(inbox, senders_that_are_no_numbers_are_kept_apart)
{
    static const struct {
        const char *number, *want;
        enum phone_kind kind;
        enum inbox_state state;
    } cases[] = {
        {"MPESA", "MPESA", PHONE_ALPHA, INBOX_NEW},
        {"234", "234", PHONE_SHORT, INBOX_NEW},
        {"", "?", PHONE_ALPHA, INBOX_QUARANTINED},
        {"a word that is far too long", "a word that is far too ", PHONE_ALPHA,
         INBOX_QUARANTINED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inbox_row m;

        take(text(cases[i].number, "hello"));
        m = get((int64_t)i + 1);
        cr_expect_str_eq(m.sender, cases[i].want, "%s: got %s", cases[i].want, m.sender);
        cr_expect_eq(m.sender_kind, cases[i].kind, "%s", cases[i].number);
        cr_expect_eq(m.state, cases[i].state, "%s: got %s", cases[i].number,
                     inbox_state_name(m.state));
    }
}

Test(inbox, a_message_of_too_many_parts_is_put_aside_and_kept)
{
    for (uint8_t i = 1; i <= 12; i++)
        take(part("part ", 9, i, 12));
    cr_expect_eq(next(0).id, 0);
    cr_expect_eq(get(1).state, INBOX_QUARANTINED);
    cr_expect_eq(get(1).parts, 12);
}

Test(inbox, a_message_is_finished_once)
{
    take(text("+254711000001", "BAL"));
    cr_assert(inbox_finish(s, 1, INBOX_DONE, "customer", NULL, 0, 0, 0, NOW, &e), "%s",
              e.text);
    cr_expect_eq(next(0).id, 0);
    cr_expect_str_eq(get(1).kind, "customer");
    cr_expect_not(inbox_finish(s, 1, INBOX_IGNORED, NULL, "again", 0, 0, 0, NOW, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    cr_expect_not(inbox_replay(s, 1, &e));
}

Test(inbox, what_was_put_aside_can_be_replayed)
{
    take(text("+254711000001", "BAL"));
    cr_assert(
        inbox_finish(s, 1, INBOX_QUARANTINED, NULL, "no such word", 0, 0, 0, NOW, &e));
    cr_assert(inbox_replay(s, 1, &e), "%s", e.text);
    cr_expect_eq(next(0).id, 1);
}

Test(inbox, a_time_of_the_service_centre_is_believed_where_it_can_be)
{
    static const struct {
        const char *what;
        utc_t smsc_at, want;
    } cases[] = {
        {"none", 0, NOW},
        {"just before it came", NOW - 5, NOW - 5},
        {"ten minutes ahead", NOW + 600, NOW + 600},
        {"further ahead", NOW + 601, NOW},
        {"as old as may be", NOW - DAY_S, NOW - DAY_S},
        {"older", NOW - DAY_S - 1, NOW},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inbox_row m = {.smsc_at = cases[i].smsc_at, .received_at = NOW};
        utc_t got = inbox_sent_at(&m, DAY_S);

        cr_expect_eq(got, cases[i].want, "%s: got %" PRId64 ", want %" PRId64,
                     cases[i].what, got, cases[i].want);
    }
}
