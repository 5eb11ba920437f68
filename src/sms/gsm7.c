#include "meterpost/base/text.h"
#include "meterpost/sms/segment.h"

#include <string.h>

#define ESCAPE 0x1B

/* 3GPP TS 23.038 6.2.1, basic character set. */
static const uint16_t basic[128] = {
    '@',    0x00A3, '$',    0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, /* 00 */
    0x00F2, 0x00C7, '\n',   0x00D8, 0x00F8, '\r',   0x00C5, 0x00E5, /* 08 */
    0x0394, '_',    0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, /* 10 */
    0x03A3, 0x0398, 0x039E, ' ',    0x00C6, 0x00E6, 0x00DF, 0x00C9, /* 18 */
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

/* 6.2.1.1, extension table: the code that follows the escape. */
static const struct {
    uint8_t code;
    uint16_t point;
} extension[] = {
    {0x0A, '\f'}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2F, '\\'},
    {0x3C, '['},  {0x3D, '~'}, {0x3E, ']'}, {0x40, '|'}, {0x65, 0x20AC},
};

#define EXTENSIONS (sizeof(extension) / sizeof(extension[0]))

int
gsm7_code(uint32_t point)
{
    if (point < 128 && basic[point] == point && point != ESCAPE)
        return (int)point;
    for (size_t i = 0; i < EXTENSIONS; i++)
        if (extension[i].point == point)
            return ESCAPE << 8 | extension[i].code;
    for (int i = 0; i < 128; i++)
        if (basic[i] == point && i != ESCAPE)
            return i;
    return -1;
}

uint32_t
gsm7_point(int code)
{
    if (code >> 8 == ESCAPE)
        for (size_t i = 0; i < EXTENSIONS; i++)
            if (extension[i].code == (code & 0x7F))
                return extension[i].point;
    return basic[code & 0x7F];
}

long
gsm7_to_utf8(const uint8_t *septets, size_t n, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        int code = septets[i] & 0x7F;
        char one[4];
        int len;

        if (code == ESCAPE && i + 1 < n)
            code = ESCAPE << 8 | (septets[++i] & 0x7F);
        len = utf8_put(gsm7_point(code), one);
        if (used + (size_t)len >= size)
            return -1;
        memcpy(out + used, one, (size_t)len);
        used += (size_t)len;
    }
    if (used >= size)
        return -1;
    out[used] = '\0';
    return (long)used;
}

long
gsm7_from_utf8(const char *text, size_t bytes, uint8_t *septets, size_t size)
{
    size_t used = 0;
    uint32_t point = 0;

    for (size_t i = 0; i < bytes;) {
        int step = utf8_next(text + i, bytes - i, &point);
        int code = step < 1 ? -1 : gsm7_code(point);

        if (code < 0 || used + (code > 0x7F) >= size)
            return -1;
        if (code > 0x7F)
            septets[used++] = ESCAPE;
        septets[used++] = (uint8_t)(code & 0x7F);
        i += (size_t)step;
    }
    return (long)used;
}

long
utf16_from_utf8(const char *text, size_t bytes, uint8_t *out, size_t size)
{
    size_t used = 0;
    uint32_t point = 0;

    for (size_t i = 0; i < bytes;) {
        int step = utf8_next(text + i, bytes - i, &point);
        uint16_t unit[2] = {(uint16_t)point, 0};
        size_t units = point > 0xFFFF ? 2 : 1;

        if (step < 1 || used + 2 * units > size)
            return -1;
        if (units == 2) {
            unit[0] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
            unit[1] = (uint16_t)(0xDC00 + (point & 0x3FF));
        }
        for (size_t k = 0; k < units; k++) {
            out[used++] = (uint8_t)(unit[k] >> 8);
            out[used++] = (uint8_t)unit[k];
        }
        i += (size_t)step;
    }
    return (long)used;
}

static uint32_t
unit_at(const uint8_t *octets, size_t i)
{
    return (uint32_t)octets[i] << 8 | octets[i + 1];
}

long
utf16_to_utf8(const uint8_t *octets, size_t n, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t point = unit_at(octets, i);
        char one[4];
        int len;

        if (point >> 10 == 0xD800 >> 10 && i + 3 < n && octets[i + 2] >> 2 == 0xDC >> 2) {
            point = 0x10000 + ((point & 0x3FF) << 10) + (unit_at(octets, i + 2) & 0x3FF);
            i += 2;
        }
        len = utf8_put(point, one);
        if (used + (size_t)len >= size)
            return -1;
        memcpy(out + used, one, (size_t)len);
        used += (size_t)len;
    }
    if (used >= size)
        return -1;
    out[used] = '\0';
    return (long)used;
}
