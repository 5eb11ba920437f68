/*
 * dlt645_find.c - DL/T 645: where a frame begins, and whether it is whole.
 */
#include "protocol/dlt645_private.h"

#include <string.h>

#define START    0x68
#define END      0x16
#define SCRAMBLE 0x33
#define HEAD     10 /* bytes before DATA */
#define TAIL     2  /* checksum and end */

/* What is wrong with the end of a frame whose head is right. */
static bool
check_end(const uint8_t *at, size_t whole, struct frame *f)
{
    uint8_t sum = bytes_sum(at, whole - TAIL);
    bool sum_good = at[whole - 2] == sum, end_good = at[whole - 1] == END;

    if (sum_good && end_good)
        return true;
    if (sum_good)
        return frame_refuse(f, FRAME_END, "the last byte is %02X, expected 16",
                            (unsigned)at[whole - 1]);
    if (end_good)
        return frame_refuse(f, FRAME_CHECKSUM, "the sum is %02X, the frame says %02X",
                            (unsigned)sum, (unsigned)at[whole - 2]);
    return frame_refuse(f, FRAME_LENGTH, "no end where the length %u says",
                        (unsigned)at[HEAD - 1]);
}

/* AA stands for any digits; else decimals. */
static bool
address_valid(const uint8_t *address)
{
    for (size_t i = 0; i < 6; i++) {
        if (address[i] != 0xAA && bcd_byte(address[i]) < 0)
            return false;
    }
    return true;
}

/* A frame that begins at `at`, where n bytes are left. */
static bool
check_at(const uint8_t *at, size_t n, struct frame *f)
{
    size_t whole;

    if (n > 7 && at[7] != START)
        return frame_refuse(f, FRAME_START, "no second 68 after the address");
    if (n >= HEAD && at[HEAD - 1] > DLT645_DATA_MAX)
        return frame_refuse(f, FRAME_LENGTH, "a length of %u: at most %d are allowed",
                            (unsigned)at[HEAD - 1], DLT645_DATA_MAX);
    whole = n < HEAD ? HEAD + TAIL : HEAD + at[HEAD - 1] + (size_t)TAIL;
    if (n < whole) {
        frame_refuse(f, FRAME_LENGTH, "%zu bytes where at least %zu are needed", n, whole);
        f->incomplete = true;
        return false;
    }
    if (!check_end(at, whole, f))
        return false;
    if (!address_valid(at + 1))
        return frame_refuse(f, FRAME_ADDRESS, "the address holds other than digits");
    return true;
}

static void
take_raw(const uint8_t *at, size_t start, struct dlt645 *raw)
{
    raw->start = start;
    raw->control = at[8];
    raw->n = at[HEAD - 1];
    raw->length = HEAD + raw->n + (size_t)TAIL;
    memcpy(raw->address, at + 1, sizeof(raw->address));
    for (size_t i = 0; i < raw->n; i++)
        raw->data[i] = (uint8_t)(at[HEAD + i] - SCRAMBLE);
}

bool
dlt645_find(const uint8_t *bytes, size_t n, struct dlt645 *raw, struct frame *f)
{
    struct frame_best best = {FRAME_START, false, "no 68 that begins a frame"};

    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != START)
            continue;
        if (check_at(bytes + i, n - i, f)) {
            frame_clear(f);
            take_raw(bytes + i, i, raw);
            f->start = raw->start;
            f->length = raw->length;
            return true;
        }
        frame_best_take(&best, f);
    }
    return frame_best_refuse(&best, f);
}
