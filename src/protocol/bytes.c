/*
 * bytes.c - decimals, addresses and sums in the bytes of a frame.
 */
#include "meterpost/base/text.h"
#include "protocol/build.h"

#include <string.h>

int
bcd_byte(uint8_t byte)
{
    return byte >> 4 > 9 || (byte & 15) > 9 ? -1 : (byte >> 4) * 10 + (byte & 15);
}

bool
bcd_read(const uint8_t *bytes, size_t n, uint64_t *out)
{
    *out = 0;
    while (n > 0) {
        int two = bcd_byte(bytes[--n]);

        if (two < 0)
            return false;
        *out = *out * 100 + (uint64_t)two;
    }
    return true;
}

void
bcd_write(uint64_t number, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)(number / 10 % 10 << 4 | number % 10);
        number /= 100;
    }
}

bool
bytes_all(const uint8_t *bytes, size_t n, uint8_t byte)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != byte)
            return false;
    }
    return true;
}

void
bytes_reverse_hex(const uint8_t *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        hex_print(bytes + n - 1 - i, 1, out + 2 * i);
    out[2 * n] = '\0';
}

static int
hex_digit(char c)
{
    static const char digits[] = "0123456789ABCDEFabcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c);

    if (found == NULL)
        return -1;
    return found - digits < 16 ? (int)(found - digits) : (int)(found - digits) - 6;
}

bool
bytes_from_reverse_hex(const char *text, size_t n, uint8_t *out)
{
    size_t length = strlen(text);

    memset(out, 0, n);
    if (length > 2 * n)
        return false;
    for (size_t i = 0; i < length; i++) {
        int digit = hex_digit(text[length - 1 - i]);

        if (digit < 0)
            return false;
        out[i / 2] = (uint8_t)(out[i / 2] | digit << (i % 2 == 0 ? 0 : 4));
    }
    return true;
}

bool
bcd_time(const uint8_t *bytes, struct frame_time *out)
{
    struct frame_time t = {
        .second = bcd_byte(bytes[0]),
        .minute = bcd_byte(bytes[1]),
        .hour = bcd_byte(bytes[2]),
        .day = bcd_byte(bytes[3]),
        .month = bcd_byte(bytes[4]),
        .year = bcd_byte(bytes[5]),
    };

    if (t.second < 0 || t.hour < 0 || t.year < 0)
        return false;
    t.year += 2000;
    if (!frame_time_valid(&t))
        return false;
    *out = t;
    return true;
}

void
bcd_time_write(const struct frame_time *t, uint8_t *out)
{
    const int parts[] = {t->second, t->minute, t->hour, t->day, t->month, t->year % 100};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        bcd_write(parts[i] < 0 ? 0 : (uint64_t)parts[i], 1, out + i);
}

uint8_t
bytes_sum(const uint8_t *bytes, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += bytes[i];
    return (uint8_t)sum;
}

void
bytes_add(struct frame_bytes *b, const uint8_t *more, size_t n)
{
    if (n > sizeof(b->at) - b->n)
        n = sizeof(b->at) - b->n;
    if (n > 0)
        memcpy(b->at + b->n, more, n);
    b->n += n;
}

void
bytes_put(struct frame_bytes *b, unsigned byte)
{
    uint8_t one = (uint8_t)byte;

    bytes_add(b, &one, 1);
}

/* From EN 1434-3, table of the fixed data structure; 01 is that of CJ/T 188. Each unit
 * comes with 1, 10 and 100 times itself. */
static const struct {
    uint8_t code, count;
    int8_t exponent;
    const char *unit;
} unit_codes[] = {
    {0x01, 1, 0, "J"},    {0x02, 3, 0, "Wh"},  {0x05, 3, 0, "kWh"},  {0x08, 3, 0, "MWh"},
    {0x0B, 3, 0, "kJ"},   {0x0E, 3, 0, "MJ"},  {0x11, 3, 0, "GJ"},   {0x14, 3, 0, "W"},
    {0x17, 3, 0, "kW"},   {0x1A, 3, 0, "MW"},  {0x1D, 3, 0, "kJ/h"}, {0x20, 3, 0, "MJ/h"},
    {0x23, 3, 0, "GJ/h"}, {0x26, 3, -3, "L"},  {0x29, 3, 0, "L"},    {0x2C, 3, 0, "m3"},
    {0x2F, 3, -3, "L/h"}, {0x32, 3, 0, "L/h"}, {0x35, 3, 0, "m3/h"}, {0x38, 1, -3, "C"},
    {0x39, 1, 0, "1"},    {0x3F, 1, 0, "1"},
};

const char *
unit_code(unsigned code, int *exponent)
{
    for (size_t i = 0; i < sizeof(unit_codes) / sizeof(unit_codes[0]); i++) {
        unsigned first = unit_codes[i].code;

        if (code < first || code >= first + unit_codes[i].count)
            continue;
        *exponent = unit_codes[i].exponent + (int)(code - first);
        return unit_codes[i].unit;
    }
    return NULL;
}
