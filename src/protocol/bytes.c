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
    memcpy(b->at + b->n, more, n);
    b->n += n;
}

void
bytes_put(struct frame_bytes *b, unsigned byte)
{
    uint8_t one = (uint8_t)byte;

    bytes_add(b, &one, 1);
}
