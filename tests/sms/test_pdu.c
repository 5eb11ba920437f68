#include "meterpost/base/text.h"
#include "meterpost/sms/pdu.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* +254700000001 wrote at 2026-11-22 17:30:00 UTC+3 through +25470000999. */
#define CENTRE "07915274000099F9"
#define FROM                                                                               \
    "0C915274000000"                                                                       \
    "10"
#define STAMP  "62112271030021"

#define HEADED CENTRE "44" FROM "0000" STAMP /* with a user data header */
#define PLAIN  CENTRE "04" FROM

/* Decode hex from a buffer of exactly its length, so that a sanitizer sees any step out. */
static struct wire_arrived
read_hex(const char *hex)
{
    uint8_t octets[512];
    long n = hex_parse(hex, octets, sizeof(octets));
    uint8_t *exact = malloc(n > 0 ? (size_t)n : 1);
    struct wire_arrived a;
    struct wire w = {.kind = WIRE_ARRIVED, .size = (uint32_t)wire_size(WIRE_ARRIVED)};

    cr_assert(n >= 0, "%s is no hex", hex);
    memcpy(exact, octets, (size_t)n);
    pdu_read(exact, (size_t)n, &a);
    free(exact);
    w.u.arrived = a;
    cr_expect(wire_valid(&w, w.size), "%s makes a packet that does not hold", hex);
    return a;
}

static const struct {
    const char *what, *hex;
    enum wire_arrival arrival;
    enum wire_alphabet alphabet;
    const char *number, *body;
} messages[] = {
    {"seven bits", PLAIN "0000" STAMP "05E8329BFD06", WIRE_TEXT, WIRE_GSM7, "+254700000001",
     "hello"},
    {"no text", PLAIN "0000" STAMP "00", WIRE_TEXT, WIRE_GSM7, "+254700000001", ""},
    {"padding behind", PLAIN "0000" STAMP "05E8329BFD06FFFF", WIRE_TEXT, WIRE_GSM7,
     "+254700000001", "hello"},
    {"at sign at the end of 8 septets", PLAIN "0000" STAMP "0831D98C56B3DD00", WIRE_TEXT,
     WIRE_GSM7, "+254700000001", "1234567@"},
    {"seven septets", PLAIN "0000" STAMP "0731D98C56B3DD00", WIRE_TEXT, WIRE_GSM7,
     "+254700000001", "1234567"},
    {"euro", PLAIN "0000" STAMP "029B32", WIRE_TEXT, WIRE_GSM7, "+254700000001", "\u20AC"},
    {"lone escape", PLAIN "0000" STAMP "011B", WIRE_TEXT, WIRE_GSM7, "+254700000001", " "},
    {"UCS-2", PLAIN "0008" STAMP "064F60597D0041", WIRE_TEXT, WIRE_UCS2, "+254700000001",
     "\u4F60\u597DA"},
    {"surrogate pair", PLAIN "0008" STAMP "04D83DDE00", WIRE_TEXT, WIRE_UCS2,
     "+254700000001", "\U0001F600"},
    {"odd UCS-2", PLAIN "0008" STAMP "034F6059", WIRE_TEXT, WIRE_UCS2, "+254700000001",
     "\u4F60"},
    {"octets", PLAIN "0004" STAMP "0441424344", WIRE_TEXT, WIRE_8BIT, "+254700000001",
     "ABCD"},
    {"a word for a sender",
     CENTRE "04"
            "09D0CD68BABA04"
            "0000" STAMP "0141",
     WIRE_TEXT, WIRE_GSM7, "MQiUK", "A"},
    {"national number",
     CENTRE "04"
            "0A81"
            "7000000010"
            "0000" STAMP "0141",
     WIRE_TEXT, WIRE_GSM7, "0700000001", "A"},
    {"no sender",
     CENTRE "04"
            "0091"
            "0000" STAMP "0141",
     WIRE_TEXT, WIRE_GSM7, "", "A"},
    {"no centre",
     "00"
     "04" FROM "0000" STAMP "0141",
     WIRE_TEXT, WIRE_GSM7, "+254700000001", "A"},
    {"part 2 of 3",
     HEADED "0C"
            "050003CC0302"
            "906536FB0D",
     WIRE_TEXT, WIRE_GSM7, "+254700000001", "Hello"},
    {"flash", PLAIN "00F0" STAMP "0141", WIRE_ASIDE, WIRE_GSM7, "+254700000001", "A"},
    {"flash in UCS-2", PLAIN "0018" STAMP "020041", WIRE_ASIDE, WIRE_UCS2, "+254700000001",
     "A"},
    {"class 1", PLAIN "00F1" STAMP "0141", WIRE_TEXT, WIRE_GSM7, "+254700000001", "A"},
    {"voice mail", PLAIN "00C8" STAMP "0141", WIRE_ASIDE, WIRE_GSM7, "+254700000001", "A"},
    {"silent", PLAIN "4000" STAMP "0141", WIRE_ASIDE, WIRE_GSM7, "+254700000001", "A"},
    {"for the SIM", PLAIN "7FF6" STAMP "0141", WIRE_ASIDE, WIRE_8BIT, "+254700000001", "A"},
    {"compressed", PLAIN "0020" STAMP "0141", WIRE_ASIDE, WIRE_8BIT, "+254700000001", "A"},
    {"WAP push",
     CENTRE "44" FROM "0004" STAMP "08"
            "0605040B8423F0"
            "41",
     WIRE_ASIDE, WIRE_8BIT, "+254700000001", "A"},
    {"Turkish",
     HEADED "06"
            "03240101"
            "0802",
     WIRE_ASIDE, WIRE_GSM7, "+254700000001", "A"},
    {"a draft",
     CENTRE "11"
            "00" FROM "0000"
            "AA"
            "0141",
     WIRE_ASIDE, WIRE_GSM7, "+254700000001", "A"},
    {"a draft without validity",
     CENTRE "01"
            "00" FROM "0000"
            "0141",
     WIRE_ASIDE, WIRE_GSM7, "+254700000001", "A"},
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

Test(pdu, what_the_network_wrote_is_read_as_it_was_meant)
{
    for (size_t i = 0; i < N(messages); i++) {
        struct wire_arrived a = read_hex(messages[i].hex);

        cr_expect(a.arrival == messages[i].arrival, "%s: arrival %d %s", messages[i].what,
                  a.arrival, a.reason);
        cr_expect(a.alphabet == messages[i].alphabet, "%s: alphabet %d", messages[i].what,
                  a.alphabet);
        cr_expect_str_eq(a.number, messages[i].number, "%s: number '%s'", messages[i].what,
                         a.number);
        cr_expect_str_eq(a.body, messages[i].body, "%s: body '%s'", messages[i].what,
                         a.body);
        cr_expect((a.reason[0] != '\0') == (a.arrival == WIRE_ASIDE), "%s: %s",
                  messages[i].what, a.reason);
        cr_expect_eq(a.pdu_length, strlen(messages[i].hex) / 2);
    }
}

Test(pdu, centre_and_time_are_kept)
{
    struct wire_arrived a = read_hex(PLAIN "0000" STAMP "0141");

    cr_expect_str_eq(a.smsc, "+25470000999");
    cr_expect_eq(a.smsc_time, 1795357800, "got %lld", (long long)a.smsc_time);
}

Test(pdu, times_that_cannot_be_are_zero)
{
    static const struct {
        const char *stamp;
        utc_t time;
    } cases[] = {
        {"62112271030021", 1795357800}, /* 17:30 at UTC+3 */
        {"62112241030000", 1795357800}, /* 14:30 at UTC */
        {"62112211030029", 1795357800}, /* 11:30 at UTC-3 */
        {"62312271030021", 0},          /* month 13 */
        {"62112271A30021", 0},          /* no digit */
        {"62112271030075", 0},          /* UTC+14:15 */
        {"62110071030021", 0},          /* day 0 */
        {"FFFFFFFFFFFFFF", 0},          {"00000000000000", 0},
    };

    for (size_t i = 0; i < N(cases); i++) {
        char hex[128];
        struct wire_arrived a;

        snprintf(hex, sizeof(hex), PLAIN "0000%s0141", cases[i].stamp);
        a = read_hex(hex);
        cr_expect(a.arrival == WIRE_TEXT && a.smsc_time == cases[i].time, "%s: got %lld",
                  cases[i].stamp, (long long)a.smsc_time);
    }
}

Test(pdu, a_delivery_report_names_reference_status_and_time)
{
    struct wire_arrived a = read_hex(CENTRE "06"
                                            "2A" FROM STAMP "62112271130021"
                                            "00");

    cr_expect(a.arrival == WIRE_REPORT && a.ref == 0x2A && a.tp_status == 0);
    cr_expect_str_eq(a.number, "+254700000001");
    cr_expect_eq(a.smsc_time, 1795357860);
    a = read_hex(CENTRE "06"
                        "FF" FROM STAMP STAMP "46"
                        "0000");
    cr_expect(a.ref == 255 && a.tp_status == 0x46, "bytes behind a report are ignored");
}

static bool
same_concat(const struct wire_concat *a, const struct wire_concat *b)
{
    return a->ref == b->ref && a->ref_bits == b->ref_bits && a->total == b->total &&
           a->number == b->number;
}

Test(pdu, parts_name_their_message_and_nonsense_parts_are_whole_messages)
{
    static const struct {
        const char *header; /* with its length */
        struct wire_concat c;
    } cases[] = {
        {"050003CC0302", {0xCC, 8, 3, 2}},
        {"06080412340A0A", {0x1234, 16, 10, 10}},
        {"050003CCFFFF", {0xCC, 8, 255, 255}},
        {"050003CC0300", {0}},
        {"050003CC0304", {0}},
        {"050003CC0000", {0}},
        {"040002CC03", {0}},
        {"0A00030102010003070202", {7, 8, 2, 2}},
        {"00", {0}},
    };

    for (size_t i = 0; i < N(cases); i++) {
        char hex[128];
        struct wire_arrived a;

        snprintf(hex, sizeof(hex), CENTRE "44" FROM "0004" STAMP "%02zX%s41",
                 strlen(cases[i].header) / 2 + 1, cases[i].header);
        a = read_hex(hex);
        cr_expect(a.arrival == WIRE_TEXT && same_concat(&a.concat, &cases[i].c),
                  "%s: part %d of %d", cases[i].header, a.concat.number, a.concat.total);
        cr_expect_str_eq(a.body, "A");
    }
}

Test(pdu, what_is_not_sound_is_poison_with_its_octets)
{
    static const char *const cases[] = {
        "",
        "00",
        "0003",
        "0CFFFFFFFFFFFFFFFFFFFFFFFFFF04" FROM "0000" STAMP "0141",
        CENTRE "04"
               "1591"
               "0000000000000000000000"
               "0000" STAMP "0141", /* 21 digits */
        CENTRE "04"
               "FF91"
               "00",
        PLAIN "0000" STAMP,
        PLAIN "0000" STAMP "0241", /* one septet too few */
        PLAIN "0000" STAMP "A1"
              "41", /* 161 septets */
        PLAIN "0004" STAMP "8D"
              "41",  /* 141 octets */
        HEADED "00", /* a header in nothing */
        HEADED "02"
               "0500", /* header longer than user data */
        HEADED "06"
               "0500040C0302", /* element longer than header */
        HEADED "02"
               "0100",                        /* element without length */
        CENTRE "07" FROM "0000" STAMP "0141", /* reserved type */
        CENTRE "06"
               "2A" FROM STAMP "62112271130021", /* report without status */
    };

    for (size_t i = 0; i < N(cases); i++) {
        struct wire_arrived a = read_hex(cases[i]);

        cr_expect(a.arrival == WIRE_POISON, "row %zu: arrival %d", i, a.arrival);
        cr_expect(a.reason[0] != '\0' && a.length == 0 && a.number[0] == '\0', "row %zu",
                  i);
        cr_expect(a.pdu_length == strlen(cases[i]) / 2, "row %zu: the octets are kept", i);
    }
}

Test(pdu, every_shorter_cut_of_a_message_is_poison)
{
    for (size_t i = 0; i < N(messages); i++) {
        char hex[256];
        size_t whole =
            strlen(messages[i].hex) - (strcmp(messages[i].what, "padding behind") ? 0 : 4);

        for (size_t n = 0; n < whole; n += 2) {
            struct wire_arrived a;

            snprintf(hex, sizeof(hex), "%.*s", (int)n, messages[i].hex);
            a = read_hex(hex);
            cr_expect(a.arrival == WIRE_POISON, "%s cut to %zu octets: arrival %d %s",
                      messages[i].what, n / 2, a.arrival, a.reason);
        }
    }
}

Test(pdu, every_octet_may_be_anything)
{
    for (size_t i = 0; i < N(messages); i++) {
        char hex[256], two[3];

        for (size_t at = 0; at < strlen(messages[i].hex); at += 2)
            for (unsigned value = 0; value < 256; value++) {
                snprintf(hex, sizeof(hex), "%s", messages[i].hex);
                snprintf(two, sizeof(two), "%02X", value);
                memcpy(hex + at, two, 2);
                read_hex(hex); /* holds as a packet, and no step out of bounds */
            }
    }
}

static unsigned dice = 20261123;

static unsigned
roll(unsigned below)
{
    dice = dice * 1103515245u + 12345u;
    return (dice >> 16) % below;
}

/* Headers of any kind and length, true or not, before any data in any coding. read_hex()
 * holds the result as a packet; sanitizers hold the reader. */
Test(pdu, no_header_leads_out_of_the_message)
{
    static const char *const codings[] = {"00", "04", "08", "10", "F4", "20"};

    for (int i = 0; i < 20000; i++) {
        char hex[2 * 260 + 1];
        int n = snprintf(hex, sizeof(hex), "%s", HEADED);
        unsigned octets = roll(150), header = roll(4) == 0 ? roll(256) : roll(octets + 1);

        memcpy(hex + strlen(CENTRE "44" FROM "00"), codings[roll(6)], 2);
        n += snprintf(hex + n, sizeof(hex) - (size_t)n, "%02X%02X",
                      roll(8) == 0 ? roll(256) : octets + 1, header);
        for (unsigned k = 0; k < octets; k++) {
            static const unsigned kinds[] = {0, 8, 1, 4, 5, 0x24, 0x25, 0x70};
            unsigned octet = roll(3) == 0  ? kinds[roll(8)]
                             : roll(6) < 5 ? roll(8)
                                           : roll(256);

            n += snprintf(hex + n, sizeof(hex) - (size_t)n, "%02X", octet);
        }
        read_hex(hex);
    }
}

Test(pdu, more_octets_than_a_packet_has_are_cut_in_the_record_only)
{
    char hex[2 * 400 + 1];
    struct wire_arrived a;

    memset(hex, 'F', sizeof(hex) - 1);
    hex[sizeof(hex) - 1] = '\0';
    memcpy(hex, messages[0].hex, strlen(messages[0].hex));
    a = read_hex(hex);
    cr_expect(a.arrival == WIRE_TEXT && a.pdu_length == WIRE_PDU_MAX);
}

Test(pdu, validity_is_never_longer_than_asked)
{
    static const struct {
        uint32_t minutes;
        uint8_t value;
    } cases[] = {
        {0, 255},          {1, 0},       {5, 0},       {9, 0},
        {10, 1},           {720, 143},   {749, 143},   {750, 144},
        {1440, 167},       {2879, 167},  {2880, 168},  {4320, 169},
        {43200, 196},      {50399, 196}, {50400, 197}, {635040, 255},
        {UINT32_MAX, 255},
    };

    for (size_t i = 0; i < N(cases); i++)
        cr_expect(pdu_validity(cases[i].minutes) == cases[i].value, "%u minutes: got %u",
                  cases[i].minutes, pdu_validity(cases[i].minutes));
}
