#include "alphabet.h"

#include "meterpost/base/text.h"

#include <string.h>

#define ESCAPE 0x1B

/* The default alphabet, row by row as the standard prints its columns. 0x1B is the escape.
 */
static const uint16_t basic[128] = {
    '@',    0x00A3, '$',    0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, /* 00 */
    0x00F2, 0x00C7, '\n',   0x00D8, 0x00F8, '\r',   0x00C5, 0x00E5, /* 08 */
    0x0394, '_',    0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, /* 10 */
    0x03A3, 0x0398, 0x039E, ESCAPE, 0x00C6, 0x00E6, 0x00DF, 0x00C9, /* 18 */
    ' ',    '!',    '"',    '#',    0x00A4, '%',    '&',    '\'',   /* 20 */
    '(',    ')',    '*',    '+',    ',',    '-',    '.',    '/',    /* 28 */
    '0',    '1',    '2',    '3',    '4',    '5',    '6',    '7',    /* 30 */
    '8',    '9',    ':',    ';',    '<',    '=',    '>',    '?',    /* 38 */
    0x00A1, 'A',    'B',    'C',    'D',    'E',    'F',    'G',    /* 40 */
    'H',    'I',    'J',    'K',    'L',    'M',    'N',    'O',    /* 48 */
    'P',    'Q',    'R',    'S',    'T',    'U',    'V',    'W',    /* 50 */
    'X',    'Y',    'Z',    0x00C4, 0x00D6, 0x00D1, 0x00DC, 0x00A7, /* 58 */
    0x00BF, 'a',    'b',    'c',    'd',    'e',    'f',    'g',    /* 60 */
    'h',    'i',    'j',    'k',    'l',    'm',    'n',    'o',    /* 68 */
    'p',    'q',    'r',    's',    't',    'u',    'v',    'w',    /* 70 */
    'x',    'y',    'z',    0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0, /* 78 */
};

static const struct {
    uint8_t septet; /* behind the escape */
    uint16_t point;
} extension[] = {
    {0x0A, 0x000C}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2F, '\\'},
    {0x3C, '['},    {0x3D, '~'}, {0x3E, ']'}, {0x40, '|'}, {0x65, 0x20AC},
};

static const struct {
    const char *word;
    size_t alone, with_8, with_16; /* units that fit one message */
} kinds[] = {
    [ALPHABET_GSM7] = {"gsm7", 160, 153, 152},
    [ALPHABET_8BIT] = {"8bit", 140, 134, 133},
    [ALPHABET_UCS2] = {"ucs2", 140, 134, 132},
    [ALPHABET_AUTO] = {"auto", 0, 0, 0},
};

bool
alphabet_parse(const char *word, enum alphabet *out)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].word, word) == 0) {
            *out = (enum alphabet)i;
            return true;
        }
    }
    return false;
}

const char *
alphabet_name(enum alphabet a)
{
    return kinds[a].word;
}

static uint32_t
extension_point(uint8_t septet)
{
    for (size_t i = 0; i < sizeof(extension) / sizeof(extension[0]); i++) {
        if (extension[i].septet == septet)
            return extension[i].point;
    }
    return basic[septet]; /* a phone without that extension shows the plain character */
}

void
gsm7_to_utf8(const uint8_t *septets, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t point = basic[septets[i] & 127];

        if (septets[i] == ESCAPE)
            point = i + 1 < n ? extension_point(septets[++i] & 127) : ' ';
        out += utf8_put(point == ESCAPE ? ' ' : point, out);
    }
    *out = '\0';
}

/* Septets for one character: 0 when it is not in the alphabet. */
static int
gsm7_put(uint32_t point, uint8_t out[2])
{
    for (int i = 0; i < 128; i++) {
        if (basic[i] == point && i != ESCAPE) {
            out[0] = (uint8_t)i;
            return 1;
        }
    }
    for (size_t i = 0; i < sizeof(extension) / sizeof(extension[0]); i++) {
        if (extension[i].point == point) {
            out[0] = ESCAPE;
            out[1] = extension[i].septet;
            return 2;
        }
    }
    return 0;
}

long
gsm7_from_utf8(const char *text, uint8_t *septets, size_t size)
{
    size_t n = strlen(text), used = 0;

    for (size_t i = 0; i < n;) {
        uint32_t point;
        uint8_t two[2];
        int step = utf8_next(text + i, n - i, &point);
        int got = step < 1 ? 0 : gsm7_put(point, two);

        if (got == 0 || used + (size_t)got > size)
            return -1;
        memcpy(septets + used, two, (size_t)got);
        used += (size_t)got;
        i += (size_t)step;
    }
    return (long)used;
}

void
ucs2_to_utf8(const uint8_t *octets, size_t n, char *out)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t point = (uint32_t)octets[i] << 8 | octets[i + 1];

        if (point >= 0xD800 && point < 0xDC00 && i + 3 < n && octets[i + 2] >> 2 == 0x37) {
            uint32_t low = ((uint32_t)octets[i + 2] << 8 | octets[i + 3]) & 0x3FF;

            point = 0x10000 + ((point & 0x3FF) << 10 | low);
            i += 2;
        }
        out += utf8_put(point, out);
    }
    *out = '\0';
}

/* One character in UTF-16, 2 or 4 octets. */
static int
ucs2_put(uint32_t point, uint8_t out[4])
{
    uint32_t high;

    if (point < 0x10000) {
        out[0] = (uint8_t)(point >> 8);
        out[1] = (uint8_t)point;
        return 2;
    }
    point -= 0x10000;
    high = 0xD800 | point >> 10;
    out[0] = (uint8_t)(high >> 8);
    out[1] = (uint8_t)high;
    out[2] = (uint8_t)(0xDC | (point >> 8 & 3));
    out[3] = (uint8_t)point;
    return 4;
}

/* One character of `text` in this alphabet: its units into `out` and its bytes of `text` as
 * value; 0 when it cannot be said. */
static size_t
next_character(const char *text, size_t n, enum alphabet a, uint8_t out[4], size_t *units)
{
    uint32_t point;
    int step, got;

    if (a == ALPHABET_8BIT) {
        char two[3] = {text[0], '?', '\0'};

        if (n > 1)
            two[1] = text[1];
        *units = 1;
        return hex_parse(two, out, 1) == 1 ? 2 : 0;
    }
    step = utf8_next(text, n, &point);
    if (step < 1)
        return 0;
    got = a == ALPHABET_GSM7 ? gsm7_put(point, out) : ucs2_put(point, out);
    *units = (size_t)got;
    return got == 0 ? 0 : (size_t)step;
}

/* Cut into pieces of at most `room` units, never inside a character. */
static size_t
cut(const char *text, enum alphabet a, size_t room, struct piece out[PIECES_MAX],
    struct err *e)
{
    size_t n = strlen(text), pieces = 1;

    out[0] = (struct piece){.alphabet = a};
    for (size_t i = 0; i < n;) {
        uint8_t unit[4];
        size_t units = 0, step = next_character(text + i, n - i, a, unit, &units);
        struct piece *p = &out[pieces - 1];

        if (step == 0) {
            err_set(e, FAIL_REJECT, "byte %zu of the text cannot be said in %s", i + 1,
                    alphabet_name(a));
            return 0;
        }
        if (p->units + units > room) {
            if (pieces == PIECES_MAX) {
                err_set(e, FAIL_REJECT, "the text needs more than %d parts", PIECES_MAX);
                return 0;
            }
            p = &out[pieces++];
            *p = (struct piece){.alphabet = a};
        }
        memcpy(p->unit + p->units, unit, units);
        p->units += units;
        i += step;
    }
    return pieces;
}

static enum alphabet
choose(const char *text, enum alphabet wanted)
{
    size_t n = strlen(text);

    if (wanted != ALPHABET_AUTO)
        return wanted;
    for (size_t i = 0; i < n;) {
        uint8_t unit[4];
        size_t units, step = next_character(text + i, n - i, ALPHABET_GSM7, unit, &units);

        if (step == 0)
            return ALPHABET_UCS2;
        i += step;
    }
    return ALPHABET_GSM7;
}

size_t
alphabet_split(const char *text, enum alphabet wanted, int ref, int ref_bits,
               struct piece out[PIECES_MAX], struct err *e)
{
    enum alphabet a = choose(text, wanted);
    size_t n = cut(text, a, kinds[a].alone, out, e);

    if (n <= 1)
        return n;
    n = cut(text, a, ref_bits == 16 ? kinds[a].with_16 : kinds[a].with_8, out, e);
    for (size_t i = 0; i < n; i++)
        out[i].concat = (struct concat){.ref = ref,
                                        .ref_bits = ref_bits == 16 ? 16 : 8,
                                        .total = (int)n,
                                        .number = (int)i + 1};
    return n;
}
