/*
 * cjt188_find.c - CJ/T 188: the kinds of meter, where a frame begins, whether it is whole.
 */
#include "protocol/cjt188_private.h"

#define TAIL 2 /* checksum and end */

/* ---- kinds of meter ---- */

static const struct cjt188_kind kinds[] = {
    {0x10, 0x10, "cold water", "8-0:1.0.0", false},
    {0x11, 0x11, "hot water", "9-0:1.0.0", false},
    {0x12, 0x12, "drinking water", "8-0:1.0.0", false},
    {0x13, 0x13, "reclaimed water", "8-0:1.0.0", false},
    {0x14, 0x19, "water", "8-0:1.0.0", false},
    {0x20, 0x20, "heat", "6-0:1.0.0", true},
    {0x21, 0x21, "heat and cooling", "6-0:1.0.0", true},
    {0x22, 0x29, "heat", "6-0:1.0.0", true},
    {0x30, 0x39, "gas", "7-0:3.0.0", false},
    {0x40, 0x49, "electricity", "1-0:1.8.0", false},
    {0xAA, 0xAA, "any", "", false},
};

const struct cjt188_kind *
cjt188_kind_find(uint8_t type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (type >= kinds[i].first && type <= kinds[i].last)
            return &kinds[i];
    }
    return NULL;
}

bool
cjt188_type_known(unsigned type)
{
    return type <= 0xFF && cjt188_kind_find((uint8_t)type) != NULL;
}

/* ---- the frame ---- */

static bool
check_end(const uint8_t *at, size_t whole, struct frame *f)
{
    uint8_t sum = bytes_sum(at, whole - TAIL);
    bool sum_good = at[whole - 2] == sum, end_good = at[whole - 1] == CJT188_END;

    if (sum_good && end_good)
        return true;
    if (sum_good)
        return frame_refuse(f, FRAME_END, "the last byte is %02X, expected 16",
                            (unsigned)at[whole - 1]);
    if (end_good)
        return frame_refuse(f, FRAME_CHECKSUM, "the sum is %02X, the frame says %02X",
                            (unsigned)sum, (unsigned)at[whole - 2]);
    return frame_refuse(f, FRAME_LENGTH, "no end where the length %u says",
                        (unsigned)at[CJT188_HEAD - 1]);
}

static bool
check_at(const uint8_t *at, size_t n, struct frame *f)
{
    size_t whole;

    if (n > 1 && cjt188_kind_find(at[1]) == NULL)
        return frame_refuse(f, FRAME_START, "68 without a kind of meter behind it");
    whole = n < CJT188_HEAD ? CJT188_HEAD + TAIL
                            : CJT188_HEAD + at[CJT188_HEAD - 1] + (size_t)TAIL;
    if (n < whole) {
        frame_refuse(f, FRAME_LENGTH, "%zu bytes where at least %zu are needed", n, whole);
        f->incomplete = true;
        return false;
    }
    if (!check_end(at, whole, f))
        return false;
    for (size_t i = 2; i < 2 + CJT188_ADDRESS; i++) {
        if (at[i] != 0xAA && bcd_byte(at[i]) < 0)
            return frame_refuse(f, FRAME_ADDRESS, "the address holds other than digits");
    }
    return true;
}

const uint8_t *
cjt188_find(const uint8_t *bytes, size_t n, struct frame *f)
{
    struct frame_best best = {FRAME_START, false, "no 68 that begins a frame"};

    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != CJT188_START)
            continue;
        if (check_at(bytes + i, n - i, f)) {
            frame_clear(f);
            f->start = i;
            f->length = CJT188_HEAD + bytes[i + CJT188_HEAD - 1] + (size_t)TAIL;
            return bytes + i;
        }
        frame_best_take(&best, f);
    }
    frame_best_refuse(&best, f);
    return NULL;
}
