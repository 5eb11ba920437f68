/* Long messages and data: what is in each part. */
#include "sms/outbox_store.h"

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

Test(outbox, data_for_a_meter_leaves_as_octets)
{
    struct outbox_new m = {
        .key = "d", .kind = OUT_REQUEST, .number = NUMBER, .text = "hex: 00 FF1B"};
    char digits[40], longer[4 + 2 * 200 + 1];
    int64_t id;

    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    take(id);
    cr_expect_eq(packet.alphabet, WIRE_8BIT);
    cr_expect_eq(packet.length, 3);
    cr_expect(memcmp(packet.body, "\x00\xFF\x1B", 3) == 0);
    memset(longer, 'A', sizeof(longer) - 1);
    memcpy(longer, "hex:", 4);
    longer[sizeof(longer) - 1] = '\0';
    m.key = "e";
    m.text = longer;
    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    cr_expect_eq(row(id).segments, 2, "134 octets a part beside the header");
    m.key = "f";
    m.text = "hex: 0G";
    cr_expect_not(outbox_add(s, &m, NOW, &id, &e));
    m.kind = OUT_CUT;
    m.text = "hex: 01";
    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    cr_expect_eq(row(id).alphabet, WIRE_8BIT, "whatever a meter is asked");
    m.key = "g";
    m.kind = OUT_REPLY;
    cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
    cr_expect_eq(row(id).alphabet, WIRE_GSM7, "people are written texts");
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

/* Whatever happens between two parts, the phone must be able to join them. */
Test(outbox, all_parts_of_a_message_carry_the_same_reference)
{
    static const struct {
        const char *what;
        unsigned first, then; /* how the modem is used for the first part, the others */
        enum wire_outcome outcome; /* of the second part, before it goes again */
    } cases[] = {
        {"a modem that is set to longer references", 0, OUTBOX_LONG_REF, WIRE_SENT},
        {"and to shorter ones", OUTBOX_LONG_REF, 0, WIRE_SENT},
        {"a part that did not leave", 0, OUTBOX_LONG_REF, WIRE_NOT_NOW},
        {"a part in doubt", OUTBOX_LONG_REF, 0, WIRE_IN_DOUBT},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char key[20];
        struct outbox_new m = {
            .key = key, .kind = OUT_BILL, .number = NUMBER, .text = long_text()};
        enum wire_outcome outcome = cases[i].outcome;
        struct wire_concat first;
        bool more = true;
        int64_t id;

        snprintf(key, sizeof(key), "same %zu", i);
        cr_assert(outbox_add(s, &m, NOW, &id, &e), "%s", e.text);
        cr_assert(outbox_take(s, id, "sim1", cases[i].first, NOW, &packet, &e));
        first = packet.concat;
        for (int part = 1; part < first.total; part++) {
            struct wire_result r = {.outbox = id, .part = (uint8_t)part, .ref = 7};

            r.outcome = (uint8_t)(part == 2 ? outcome : WIRE_SENT);
            cr_assert(outbox_result(s, "sim1", cases[i].then, &r, NOW, &packet, &more, &e));
            if (!more) {
                cr_assert(outbox_take(s, id, "sim1", cases[i].then, NOW, &packet, &e), "%s",
                          e.text);
                outcome = WIRE_SENT;
                part--;
            }
            cr_expect_eq(packet.concat.ref, first.ref, "%s: part %d", cases[i].what, part);
            cr_expect_eq(packet.concat.ref_bits, first.ref_bits, "%s: part %d",
                         cases[i].what, part);
        }
    }
}

Test(outbox, another_modem_begins_with_the_first_part)
{
    int64_t id = queue("moves", OUT_BILL, long_text());
    uint16_t ref;

    take(id);
    ref = packet.concat.ref;
    cr_assert(answer(WIRE_SENT, 5));
    cr_assert_not(answer(WIRE_NOT_NOW, -1));
    cr_assert(outbox_take(s, id, "sim1", 0, NOW, &packet, &e), "%s", e.text);
    cr_expect_eq(packet.concat.number, 2, "the same one goes on");
    cr_assert_not(answer(WIRE_NOT_NOW, -1));
    cr_assert(outbox_take(s, id, "sim2", OUTBOX_LONG_REF, NOW, &packet, &e), "%s", e.text);
    cr_expect_eq(packet.concat.number, 1);
    cr_expect_eq(packet.concat.ref_bits, 16, "and holds them together as it likes");
    cr_expect_neq(ref, UINT16_MAX);
    cr_expect_eq(row(id).repeated, 1, "a part of it went twice: marked");
}
