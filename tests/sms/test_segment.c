#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"

#include <criterion/criterion.h>

#include <string.h>

#define LONG_MAX_BYTES 8192

/* n times `unit`, then `tail`. */
static const char *
many(int n, const char *unit, const char *tail)
{
    static char buffer[LONG_MAX_BYTES];
    struct text t;

    text_init(&t, buffer, sizeof(buffer));
    for (int i = 0; i < n; i++)
        text_add(&t, unit);
    text_add(&t, tail);
    cr_assert_not(t.cut);
    return buffer;
}

static const struct {
    const char *unit;
    int n;
    const char *tail;
    enum wire_alphabet alphabet;
    size_t characters, units, count;
} measures[] = {
    {"", 0, "", WIRE_GSM7, 0, 0, 1},
    {"a", 1, "", WIRE_GSM7, 1, 1, 1},
    {"a", 160, "", WIRE_GSM7, 160, 160, 1},
    {"a", 161, "", WIRE_GSM7, 161, 161, 2},
    {"a", 306, "", WIRE_GSM7, 306, 306, 2},
    {"a", 307, "", WIRE_GSM7, 307, 307, 3},
    {"a", 1530, "", WIRE_GSM7, 1530, 1530, 10},
    {"a", 1531, "", WIRE_GSM7, 1531, 1531, 11},
    {"\u20AC", 80, "", WIRE_GSM7, 80, 160, 1},
    {"\u20AC", 81, "", WIRE_GSM7, 81, 162, 2},
    {"\u20AC", 152, "", WIRE_GSM7, 152, 304, 2},
    {"\u20AC", 153, "", WIRE_GSM7, 153, 306, 3}, /* 76 pairs a part: 152 of 153 septets */
    {"a", 152, "\u20ACbbbbbbbb", WIRE_GSM7, 161, 162, 2},
    {"a", 159, "{", WIRE_GSM7, 160, 161, 2},
    {"\u4E2D", 70, "", WIRE_UCS2, 70, 70, 1},
    {"\u4E2D", 71, "", WIRE_UCS2, 71, 71, 2},
    {"\u4E2D", 134, "", WIRE_UCS2, 134, 134, 2},
    {"\u4E2D", 135, "", WIRE_UCS2, 135, 135, 3},
    {"\u4E2D", 670, "", WIRE_UCS2, 670, 670, 10},
    {"\u4E2D", 671, "", WIRE_UCS2, 671, 671, 11},
    {"\U0001F600", 35, "", WIRE_UCS2, 35, 70, 1},
    {"\U0001F600", 36, "", WIRE_UCS2, 36, 72, 2},
    {"\U0001F600", 66, "", WIRE_UCS2, 66, 132, 2},
    {"\U0001F600", 67, "", WIRE_UCS2, 67, 134, 3}, /* 33 pairs a part: 66 of 67 units */
    {"a", 69, "\u4E2D", WIRE_UCS2, 70, 70, 1},
    {"a", 159, "\u0107", WIRE_UCS2, 160, 160, 3},
    {"a", 1, "\t", WIRE_UCS2, 2, 2, 1},
    {"a", 1, "`", WIRE_UCS2, 2, 2, 1},
    {"a", 1, "\u00E7", WIRE_UCS2, 2, 2, 1}, /* only the capital is in the table */
    {"a", 1, "\u00C7\r\n\f^{}\\[~]|", WIRE_GSM7, 13, 22, 1},
};

Test(segment, a_text_is_measured_in_the_units_that_are_paid)
{
    for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
        struct segments s;
        struct err e;
        bool ok = segment_measure(many(measures[i].n, measures[i].unit, measures[i].tail),
                                  &s, &e);

        cr_expect(ok, "row %zu: %s", i, e.text);
        cr_expect(s.alphabet == measures[i].alphabet, "row %zu: alphabet %d", i,
                  s.alphabet);
        cr_expect(s.characters == measures[i].characters, "row %zu: got %zu characters", i,
                  s.characters);
        cr_expect(s.units == measures[i].units, "row %zu: got %zu units, want %zu", i,
                  s.units, measures[i].units);
        cr_expect(s.count == measures[i].count, "row %zu: got %zu parts, want %zu", i,
                  s.count, measures[i].count);
    }
}

/* Parts follow one another without gap, each is in the alphabet by itself and within room.
 */
static void
parts_hold(size_t row, const char *text, const struct segments *s)
{
    size_t at = 0;

    for (size_t i = 0; i < s->count; i++) {
        const struct segment_part *p = &s->part[i];
        struct wire_send out;

        cr_expect(p->at == at, "row %zu part %zu: at %u, want %zu", row, i, p->at, at);
        cr_expect(utf8_valid(text + p->at, p->bytes), "row %zu part %zu", row, i);
        cr_expect(segment_units(s->alphabet, text + p->at, p->bytes) == p->units);
        segment_fill(s, text, i, 77, &out);
        cr_expect(p->units <= segment_room(s->alphabet, out.concat.ref_bits));
        cr_expect(out.length == p->bytes && memcmp(out.body, text + at, p->bytes) == 0);
        cr_expect(out.concat.total == s->count && out.concat.number == i + 1);
        cr_expect(out.concat.ref == (s->count > 1 ? 77 : 0));
        at += p->bytes;
    }
    cr_expect(at == strlen(text), "row %zu: %zu bytes in parts", row, at);
}

Test(segment, parts_join_to_the_text_and_never_end_inside_a_pair)
{
    for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
        const char *text = many(measures[i].n, measures[i].unit, measures[i].tail);
        struct segments s;
        struct err e;

        if (measures[i].count > SEGMENTS_MAX) {
            cr_expect_not(segment_plan(text, &s, &e));
            cr_expect_eq(e.kind, FAIL_REJECT);
            continue;
        }
        cr_expect(segment_plan(text, &s, &e), "row %zu: %s", i, e.text);
        parts_hold(i, text, &s);
    }
}

Test(segment, a_pair_on_the_border_moves_to_the_next_part)
{
    struct segments s;
    struct err e;

    cr_assert(segment_plan(many(152, "a", "\u20AC234567"), &s, &e));
    cr_expect(s.count == 1, "160 septets or fewer are one part");
    cr_assert(segment_plan(many(152, "a", "\u20AC2345678"), &s, &e));
    cr_expect(s.count == 2 && s.part[0].units == 152 && s.part[1].units == 9);
    cr_assert(segment_plan(many(66, "\u4E2D", "\U0001F600\u4E2D\u4E2D\u4E2D"), &s, &e));
    cr_expect(s.count == 2 && s.part[0].units == 66 && s.part[1].units == 5);
}

Test(segment, what_is_no_utf8_is_refused)
{
    struct segments s;
    struct err e;

    cr_expect_not(segment_measure("\xC3(", &s, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    cr_expect_null(segment_try("\xED\xA0\x80", &e));
}

Test(segment, try_text_tells_encoding_characters_units_and_segments)
{
    static const struct {
        const char *text, *encoding;
        int characters, units, segments;
    } cases[] = {
        {"BAL", "gsm7", 3, 3, 1},
        {"5 \u20AC", "gsm7", 3, 4, 1},
        {"\u4F60\u597D \U0001F600", "ucs2", 4, 5, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;
        const char *encoding = "";
        int characters = 0, units = 0, segments = 0;
        json_t *o = segment_try(cases[i].text, &e);

        cr_assert_not_null(o);
        cr_expect_eq(json_unpack(o, "{s:s, s:i, s:i, s:i !}", "encoding", &encoding,
                                 "characters", &characters, "units", &units, "segments",
                                 &segments),
                     0);
        cr_expect_str_eq(encoding, cases[i].encoding);
        cr_expect(characters == cases[i].characters && units == cases[i].units &&
                      segments == cases[i].segments,
                  "%s: got %d %d %d", cases[i].text, characters, units, segments);
        json_decref(o);
    }
}

Test(gsm7, every_character_of_the_tables_comes_back)
{
    int known = 0;

    for (uint32_t point = 1; point <= 0x10FFFF; point++) {
        int code = point < 0x3000 || point % 251 == 0 ? gsm7_code(point) : -1;

        if (code < 0)
            continue;
        known++;
        cr_expect(gsm7_point(code) == point, "U+%04X: code %04X gives U+%04X", point,
                  (unsigned)code, gsm7_point(code));
    }
    cr_expect_eq(known, 127 + 10);
}

Test(gsm7, septets_that_the_tables_leave_free_are_read_all_the_same)
{
    static const struct {
        const char *septets;
        size_t n;
        const char *text;
    } cases[] = {
        {"\x00\x01\x02", 3, "@\u00A3$"},
        {"a\x1B", 2, "a "},
        {"\x1B\x1B", 2, " "},
        {"\x1B\x65", 2, "\u20AC"},
        {"\x1B\x41", 2, "A"},
        {"\x1B\x0A", 2, "\f"},
        {"\xE1", 1, "a"},
        {"\x10\x7F", 2, "\u0394\u00E0"},
    };
    char out[32];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        long n =
            gsm7_to_utf8((const uint8_t *)cases[i].septets, cases[i].n, out, sizeof(out));

        cr_expect(n == (long)strlen(cases[i].text), "row %zu: %ld bytes", i, n);
        cr_expect_str_eq(out, cases[i].text, "row %zu: got '%s'", i, out);
    }
    cr_expect_eq(gsm7_to_utf8((const uint8_t *)"abc", 3, out, 3), -1,
                 "no room for the NUL");
    cr_expect_eq(gsm7_to_utf8((const uint8_t *)"abc", 3, out, 4), 3);
}

Test(gsm7, utf8_becomes_septets_or_nothing)
{
    uint8_t s[4];

    cr_expect_eq(gsm7_from_utf8("a\u20AC", 4, s, sizeof(s)), 3);
    cr_expect_eq(memcmp(s, "a\x1B\x65", 3), 0);
    cr_expect_eq(gsm7_from_utf8("abc\u20AC", 6, s, sizeof(s)), -1, "half an escape pair");
    cr_expect_eq(gsm7_from_utf8("\u4E2D", 3, s, sizeof(s)), -1);
}

Test(utf16, lone_surrogates_and_nul_become_the_replacement_character)
{
    static const struct {
        const char *octets;
        size_t n;
        const char *text;
    } cases[] = {
        {"\xD8\x3D\xDE\x00", 4, "\U0001F600"},
        {"\xD8\x3D", 2, "\uFFFD"},
        {"\xDE\x00\xD8\x3D", 4, "\uFFFD\uFFFD"},
        {"\xD8\x3D\x00"
         "a",
         4, "\uFFFDa"},
        {"\x00\x00", 2, "\uFFFD"},
        {"\x00", 1, ""},
        {"\x4E\x2D\x4E", 3, "\u4E2D"},
        {"\xFF\xFE\xFE\xFF", 4, "\uFFFE\uFEFF"},
    };
    char out[32];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        long n =
            utf16_to_utf8((const uint8_t *)cases[i].octets, cases[i].n, out, sizeof(out));

        cr_expect(n == (long)strlen(cases[i].text), "row %zu: %ld bytes", i, n);
        cr_expect_str_eq(out, cases[i].text, "row %zu: got '%s'", i, out);
    }
}

Test(utf16, every_unit_of_the_plane_makes_valid_utf8)
{
    for (unsigned u = 0; u <= 0xFFFF; u++) {
        const uint8_t octets[2] = {(uint8_t)(u >> 8), (uint8_t)u};
        uint8_t back[4];
        char out[8];
        long n = utf16_to_utf8(octets, 2, out, sizeof(out));

        cr_assert(n > 0 && utf8_valid(out, (size_t)n), "unit %04X", u);
        cr_assert_eq(utf16_from_utf8(out, (size_t)n, back, sizeof(back)), 2);
        if (u != 0 && (u < 0xD800 || u > 0xDFFF))
            cr_assert(back[0] == octets[0] && back[1] == octets[1], "unit %04X", u);
    }
}
