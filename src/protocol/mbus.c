/*
 * mbus.c - M-Bus: find a frame, and what its head says.
 */
#include "meterpost/base/text.h"
#include "protocol/mbus_private.h"

#include <stdio.h>
#include <string.h>

#define ACK          0xE5
#define SHORT_START  0x10
#define LONG_START   0x68
#define END          0x16
#define SHORT_LENGTH 5
#define LONG_HEAD    4 /* 68 L L 68 */
#define TAIL         2
#define LEAST        3 /* C, A and CI */
#define FROM_MASTER  0x40
#define MORE_DATA    0x10 /* of C of an answer: wants to send alarms */

/* ---- the frame ---- */

static bool
check_end(const uint8_t *at, size_t head, size_t whole, struct frame *f)
{
    uint8_t sum = bytes_sum(at + head, whole - head - TAIL);
    bool sum_good = at[whole - 2] == sum, end_good = at[whole - 1] == END;

    if (sum_good && end_good)
        return true;
    if (sum_good)
        return frame_refuse(f, FRAME_END, "the last byte is %02X, expected 16",
                            (unsigned)at[whole - 1]);
    if (end_good)
        return frame_refuse(f, FRAME_CHECKSUM, "the sum is %02X, the frame says %02X",
                            (unsigned)sum, (unsigned)at[whole - 2]);
    return frame_refuse(f, FRAME_LENGTH, "no end where the length says");
}

static bool
too_short(size_t n, size_t whole, struct frame *f)
{
    frame_refuse(f, FRAME_LENGTH, "%zu bytes where at least %zu are needed", n, whole);
    f->incomplete = true;
    return false;
}

/* 10 C A CS 16 */
static bool
check_short(const uint8_t *at, size_t n, struct frame *f)
{
    if (n < SHORT_LENGTH)
        return too_short(n, SHORT_LENGTH, f);
    if (!check_end(at, 1, SHORT_LENGTH, f))
        /* Any 10 in a damaged long frame looks like this: it counts for little. */
        return frame_refuse(f, f->fault == FRAME_LENGTH ? FRAME_START : f->fault,
                            "a short frame with a wrong checksum or end");
    f->length = SHORT_LENGTH;
    return true;
}

/* 68 L L 68 C A CI ... CS 16 */
static bool
check_long(const uint8_t *at, size_t n, struct frame *f)
{
    size_t whole =
        n < LONG_HEAD ? LONG_HEAD + LEAST + TAIL : LONG_HEAD + (size_t)at[1] + (size_t)TAIL;

    if (n > 3 && at[3] != LONG_START)
        return frame_refuse(f, FRAME_START, "no second 68 after the lengths");
    if (n > 2 && at[1] != at[2])
        return frame_refuse(f, FRAME_LENGTH, "two lengths that differ: %u and %u",
                            (unsigned)at[1], (unsigned)at[2]);
    if (n > 1 && at[1] < LEAST)
        return frame_refuse(f, FRAME_LENGTH, "a length of %u: at least %d are needed",
                            (unsigned)at[1], LEAST);
    if (n < whole)
        return too_short(n, whole, f);
    if (!check_end(at, LONG_HEAD, whole, f))
        return false;
    f->length = whole;
    return true;
}

/* E5 stands alone, or another frame begins behind it. */
static bool
is_ack(const uint8_t *at, size_t n)
{
    return at[0] == ACK &&
           (n == 1 || at[1] == ACK || at[1] == SHORT_START || at[1] == LONG_START);
}

static const uint8_t *
find(const uint8_t *bytes, size_t n, struct frame *f)
{
    struct frame_best best = {FRAME_START, false, "no 10, 68 or E5 that begins a frame"};

    for (size_t i = 0; i < n; i++) {
        bool good = false;
        size_t length;

        frame_clear(f);
        if (i == 0 && is_ack(bytes, n)) {
            f->length = 1;
            return bytes;
        }
        if (bytes[i] == SHORT_START)
            good = check_short(bytes + i, n - i, f);
        else if (bytes[i] == LONG_START)
            good = check_long(bytes + i, n - i, f);
        else
            continue;
        if (good) {
            length = f->length;
            frame_clear(f);
            f->start = i;
            f->length = length;
            return bytes + i;
        }
        frame_best_take(&best, f);
    }
    frame_best_refuse(&best, f);
    return NULL;
}

/* ---- what it says ---- */

static const char *
control_name(unsigned c)
{
    switch (c & 0x4F) {
    case 0x40: return "make the link new";
    case 0x43: return "send";
    case 0x4A: return "ask for alarms";
    case 0x4B:
    case 0x08: return "read";
    default: return NULL;
    }
}

static void
print_maker(const uint8_t *at, char *out)
{
    unsigned code = at[0] | (unsigned)at[1] << 8;

    for (int i = 2; i >= 0; i--) {
        unsigned letter = code & 31;

        out[i] = letter >= 1 && letter <= 26 ? (char)('A' + letter - 1) : '?';
        code >>= 5;
    }
    out[3] = '\0';
}

static void
read_status(unsigned status, struct frame *f)
{
    static const struct {
        unsigned mask, equals;
        const char *text, *event;
    } bits[] = {
        {3, 1, "busy", NULL},
        {3, 2, "application error", NULL},
        {4, 4, "battery low", "battery-low"},
        {8, 8, "permanent error", "device-fault"},
        {16, 16, "temporary error", NULL},
    };

    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        bool is_so = (status & bits[i].mask) == bits[i].equals;

        if (is_so)
            frame_note(f, "%s", bits[i].text);
        if (bits[i].event != NULL)
            frame_event(f, bits[i].event, is_so);
    }
}

/* Modes 2 to 15 scramble the records; old meters have anything where newer ones have the
 * mode. */
static bool
is_encrypted(const uint8_t *signature, struct frame *f)
{
    unsigned mode = signature[1] & 0x1F;

    if (mode < 2 || mode > 15)
        return false;
    frame_note(f, "encrypted, mode %u: the records are not read", mode);
    return true;
}

/* id, maker, version, medium, access number, status, signature */
static void
read_long_header(const uint8_t *at, size_t n, bool high_first, struct frame *f)
{
    unsigned medium;

    if (n < 12) {
        frame_refuse(f, FRAME_DATA, "%zu bytes are too few for the header", n);
        return;
    }
    medium = at[7];
    bytes_reverse_hex(at, 4, f->serial);
    print_maker(at + 4, f->maker);
    f->medium = mbus_medium(medium);
    frame_note(f, "version %u, access %u", (unsigned)at[6], (unsigned)at[8]);
    read_status(at[9], f);
    if (!is_encrypted(at + 10, f))
        mbus_records_read(medium, high_first, at + 12, n - 12, f);
}

static void
read_short_header(const uint8_t *at, size_t n, struct frame *f)
{
    if (n < 4) {
        frame_refuse(f, FRAME_DATA, "%zu bytes are too few for the header", n);
        return;
    }
    read_status(at[1], f);
    if (!is_encrypted(at + 2, f))
        mbus_records_read(0, false, at + 4, n - 4, f);
}

static void
read_selection(const uint8_t *at, size_t n, struct frame *f)
{
    if (n < 8) {
        frame_refuse(f, FRAME_DATA, "%zu bytes are too few for a selection", n);
        return;
    }
    bytes_reverse_hex(at, 4, f->serial);
    if (at[4] != 0xFF || at[5] != 0xFF)
        print_maker(at + 4, f->maker);
    if (at[7] != 0xFF)
        f->medium = mbus_medium(at[7]);
}

static void
read_error(const uint8_t *at, size_t n, struct frame *f)
{
    static const char *const errors[] = {
        "unspecified error",
        "unknown CI field",
        "buffer too long",
        "too many records",
        "premature end of record",
        "more than 10 DIFE",
        "more than 10 VIFE",
        "",
        "busy",
        "too many readouts",
    };

    if (n == 0)
        snprintf(f->exception, sizeof(f->exception), "error");
    else
        snprintf(f->exception, sizeof(f->exception), "%02X: %s", (unsigned)at[0],
                 at[0] < sizeof(errors) / sizeof(errors[0]) ? errors[at[0]] : "");
}

static void
read_rest(const uint8_t *at, size_t n, struct frame *f)
{
    struct frame_value *v;

    if (n == 0)
        return;
    v = frame_value_add(f, "data as they are");
    text_copy(v->id, sizeof(v->id), "data");
    value_bytes(v, at, n);
}

static void
read_application(unsigned ci, const uint8_t *at, size_t n, struct frame *f)
{
    switch (ci) {
    case 0x50:
        f->function = "application reset";
        read_rest(at, n, f);
        break;
    case 0x51:
    case 0x55: mbus_records_read(0, ci == 0x55, at, n, f); break;
    case 0x52:
    case 0x56:
        f->function = "select";
        read_selection(at, n, f);
        break;
    case 0x70: read_error(at, n, f); break;
    case 0x72:
    case 0x76: read_long_header(at, n, ci == 0x76, f); break;
    case 0x73:
    case 0x77: mbus_fixed_read(at, n, f); break;
    case 0x78: mbus_records_read(0, false, at, n, f); break;
    case 0x7A: read_short_header(at, n, f); break;
    default:
        frame_note(f, "CI %02X is not read", ci);
        read_rest(at, n, f);
        break;
    }
}

static void
read_head(unsigned c, unsigned a, struct frame *f)
{
    snprintf(f->address, sizeof(f->address), "%u", a);
    f->direction = c & FROM_MASTER ? FRAME_REQUEST : FRAME_REPLY;
    f->function = control_name(c);
}

bool
mbus_decode(const uint8_t *bytes, size_t n, struct frame *f)
{
    const uint8_t *at = find(bytes, n, f);

    if (at == NULL)
        return false;
    if (at[0] == ACK) {
        f->direction = FRAME_REPLY;
        f->function = "acknowledged";
        text_copy(f->control, sizeof(f->control), "E5");
        return true;
    }
    if (at[0] == SHORT_START) {
        read_head(at[1], at[2], f);
        snprintf(f->control, sizeof(f->control), "%02X", (unsigned)at[1]);
        return true;
    }
    at += LONG_HEAD;
    read_head(at[0], at[1], f);
    snprintf(f->control, sizeof(f->control), "%02X %02X", (unsigned)at[0], (unsigned)at[2]);
    if ((at[0] & 0x4F) == 0x08 && at[0] & MORE_DATA)
        frame_note(f, "has alarms");
    read_application(at[2], at + LEAST, f->length - LONG_HEAD - TAIL - LEAST, f);
    return f->fault == FRAME_VALID;
}
