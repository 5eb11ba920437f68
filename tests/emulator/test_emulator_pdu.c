#include "pdu.h"

#include "meterpost/base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* TPDUs as libGammu and other programs send them, taken apart by hand. */
static const struct {
    const char *hex, *to, *text;
    enum alphabet alphabet;
    int class, validity, ref, total, number;
    bool report;
} submits[] = {
    /* the example of many manuals: "hellohello" to +46708251358 */
    {"11000B916407281553F80000AA0AE8329BFD4697D9EC37", "+46708251358", "hellohello",
     ALPHABET_GSM7, -1, 0xAA, 0, 0, 0, false},
    /* with a report wanted, no validity, national number, class 0 */
    {"2100048121430010"
     "05E8329BFD06",
     "1234", "hello", ALPHABET_GSM7, 0, -1, 0, 0, 0, true},
    /* UCS-2 with a pair: U+1F600 and the euro sign */
    {"01000B916407281553F8000806D83DDE0020AC", "+46708251358",
     "\xF0\x9F\x98\x80\xE2\x82\xAC", ALPHABET_UCS2, -1, -1, 0, 0, 0, false},
    /* octets */
    {"01000B916407281553F8000403FF0041", "+46708251358", "FF0041", ALPHABET_8BIT, -1, -1, 0,
     0, 0, false},
    /* part 2 of 3, reference 0x2A in 8 bits: "hello" behind a header and one fill bit */
    {"41000B916407281553F800000C0500032A0302D06536FB0D", "+46708251358", "hello",
     ALPHABET_GSM7, -1, -1, 0x2A, 3, 2, false},
    /* part 1 of 2, reference 0x1234 in 16 bits, UCS-2 */
    {"41000B916407281553F80008090608041234020100"
     "41",
     "+46708251358", "A", ALPHABET_UCS2, -1, -1, 0x1234, 2, 1, false},
};

Test(pdu, what_modems_submit_is_read)
{
    for (size_t i = 0; i < sizeof(submits) / sizeof(submits[0]); i++) {
        uint8_t tpdu[200];
        long n = hex_parse(submits[i].hex, tpdu, sizeof(tpdu));
        struct submit s;
        struct err e = {0};

        cr_assert(n > 0, "%s", submits[i].hex);
        cr_expect(pdu_read_submit(tpdu, (size_t)n, &s, &e), "%s: %s", submits[i].hex,
                  e.text);
        cr_expect_str_eq(s.to, submits[i].to);
        cr_expect_str_eq(s.text, submits[i].text, "%s: got '%s', want '%s'", submits[i].hex,
                         s.text, submits[i].text);
        cr_expect_eq(s.alphabet, submits[i].alphabet, "%s", submits[i].hex);
        cr_expect_eq(s.class, submits[i].class, "%s: class %d", submits[i].hex, s.class);
        cr_expect_eq(s.validity, submits[i].validity, "%s", submits[i].hex);
        cr_expect_eq(s.report, submits[i].report, "%s", submits[i].hex);
        cr_expect_eq(s.concat.ref, submits[i].ref, "%s", submits[i].hex);
        cr_expect_eq(s.concat.total, submits[i].total, "%s", submits[i].hex);
        cr_expect_eq(s.concat.number, submits[i].number, "%s", submits[i].hex);
    }
}

Test(pdu, what_is_no_submit_is_refused_with_a_reason)
{
    static const struct {
        const char *hex, *why;
    } bad[] = {
        {"", "SUBMIT"},
        {"04000B916407281553F8", "SUBMIT"},
        {"11000B916407281553F80000AA0AE8329BFD4697D9EC", "user data"},
        {"11000B916407281553F80000AA0AE8329BFD4697D9EC3700", "user data"},
        {"11000B916407281553F80000AA", "ends"},
        {"11000B9164", "ends"},
        {"1100FF916407281553F80000AA00", "digits"},
        {"01000B916407281553F80020"
         "00",
         "coding"},
        {"01000B916407281553F8000803D83DDE", "odd"},
        {"41000B916407281553F80004020500", "header"},
        {"41000B916407281553F800040605000300"
         "0405",
         "part"},
        {"41000B916407281553F8000406050009000405", "header"},
        {"0100008100000141", "number"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint8_t tpdu[200] = {0};
        long n = hex_parse(bad[i].hex, tpdu, sizeof(tpdu));
        struct submit s;
        struct err e = {0};

        cr_expect_not(pdu_read_submit(tpdu, (size_t)n, &s, &e), "%s", bad[i].hex);
        cr_expect(strstr(e.text, bad[i].why) != NULL, "%s: got '%s', want '%s'", bad[i].hex,
                  e.text, bad[i].why);
    }
}

Test(pdu, no_octets_make_the_reader_leave_its_buffer)
{
    uint32_t state = 1;

    for (int round = 0; round < 200000; round++) {
        uint8_t exact[40];
        size_t n = (size_t)round % sizeof(exact);
        struct submit s;
        struct err e;

        for (size_t i = 0; i < n; i++) {
            state = state * 1664525 + 1013904223;
            exact[i] = (uint8_t)(state >> 24);
        }
        if (n > 2) {
            exact[0] = (uint8_t)(exact[0] & ~3u) | 1u;
            exact[2] &= 15;
        }
        pdu_read_submit(exact, n, &s, &e);
    }
}

Test(pdu, what_the_network_delivers_is_written)
{
    static const struct {
        const char *from, *text, *want;
        int class;
    } rows[] = {
        {"+46708251358", "hellohello",
         "0791527400009099"
         "04"
         "0B916407281553F8"
         "0000"
         "62112202000000"
         "0A"
         "E8329BFD4697D9EC37",
         -1},
        {"MPESA", "hello",
         "0791527400009099"
         "04"
         "09D04D68711A"
         "04"
         "0010"
         "62112202000000"
         "05E8329BFD06",
         0},
        {"234", "\xE2\x82\xAC",
         "0791527400009099"
         "04"
         "038132F4"
         "0000"
         "62112202000000"
         "029B32",
         -1},
        {"+1", "\xE4\xBD\xA0",
         "0791527400009099"
         "04"
         "0191F1"
         "0008"
         "62112202000000"
         "024F60",
         -1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct piece pieces[PIECES_MAX];
        struct err e = {0};
        uint8_t pdu[PDU_MAX];
        char got[2 * PDU_MAX + 1];
        struct deliver d = {
            .smsc = "+254700000999", .from = rows[i].from, .class = rows[i].class};

        cr_assert(clock_zone_set("UTC", &e));
        cr_assert(clock_parse("2026-11-22T20:00:00Z", &d.time, &e), "%s", e.text);
        cr_assert_eq(alphabet_split(rows[i].text, ALPHABET_AUTO, 0, 8, pieces, &e), 1);
        hex_print(pdu, pdu_write_deliver(&d, &pieces[0], pdu), got);
        cr_expect_str_eq(got, rows[i].want, "%s: got %s, want %s", rows[i].text, got,
                         rows[i].want);
    }
}

Test(pdu, a_report_names_number_reference_and_status)
{
    struct report r = {.smsc = "", .to = "+46708251358", .ref = 200, .status = 0x45};
    struct err e;
    uint8_t pdu[PDU_MAX];
    char got[2 * PDU_MAX + 1];

    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    cr_assert(clock_parse("2026-11-22T20:00:00Z", &r.sent, &e));
    r.done = r.sent + 61;
    hex_print(pdu, pdu_write_report(&r, pdu), got);
    cr_expect_str_eq(got,
                     "0006C80B916407281553F8"
                     "62112232000021"
                     "62112232101021"
                     "45",
                     "got %s", got);
}

Test(alphabet, a_long_text_is_cut_between_characters_and_counted)
{
    static const struct {
        const char *unit;
        int times, ref_bits;
        const char *alphabet;
        size_t pieces, first;
    } rows[] = {
        {"a", 160, 8, "gsm7", 1, 160},
        {"a", 161, 8, "gsm7", 2, 153},
        {"a", 161, 16, "gsm7", 2, 152},
        {"\xE2\x82\xAC", 80, 8, "gsm7", 1, 160},
        {"\xE2\x82\xAC", 81, 8, "gsm7", 2, 152}, /* no escape at the end of a part */
        {"\xE4\xBD\xA0", 70, 8, "ucs2", 1, 140},
        {"\xE4\xBD\xA0", 71, 8, "ucs2", 2, 134},
        {"\xF0\x9F\x98\x80", 36, 8, "ucs2", 2, 132}, /* no half of a pair either */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct piece pieces[PIECES_MAX];
        struct err e = {0};
        char text[1024] = "";
        size_t n;

        for (int k = 0; k < rows[i].times; k++)
            strcat(text, rows[i].unit);
        n = alphabet_split(text, ALPHABET_AUTO, 7, rows[i].ref_bits, pieces, &e);
        cr_expect_eq(n, rows[i].pieces, "row %zu: got %zu pieces", i, n);
        cr_expect_str_eq(alphabet_name(pieces[0].alphabet), rows[i].alphabet, "row %zu", i);
        cr_expect_eq(pieces[0].units, rows[i].first, "row %zu: got %zu units", i,
                     pieces[0].units);
    }
}

Test(alphabet, every_septet_survives_both_ways)
{
    for (int first = 0; first < 128; first++) {
        uint8_t in[2] = {(uint8_t)first, 0x41}, out[4];
        char text[16];

        if (first == 0x1B)
            continue;
        gsm7_to_utf8(in, 2, text);
        cr_expect_eq(gsm7_from_utf8(text, out, sizeof(out)), 2, "%02X is '%s'", first,
                     text);
        cr_expect_eq(out[0], first, "%02X is '%s'", first, text);
    }
}

Test(alphabet, what_cannot_be_said_is_refused)
{
    struct piece pieces[PIECES_MAX];
    struct err e;

    cr_expect_eq(alphabet_split("\xE4\xBD\xA0", ALPHABET_GSM7, 0, 8, pieces, &e), 0);
    cr_expect_eq(alphabet_split("0x41", ALPHABET_8BIT, 0, 8, pieces, &e), 0);
    cr_expect_eq(alphabet_split("4", ALPHABET_8BIT, 0, 8, pieces, &e), 0);
    cr_expect_eq(alphabet_split("\xFF", ALPHABET_AUTO, 0, 8, pieces, &e), 0);
}
