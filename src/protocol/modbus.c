/*
 * modbus.c - Modbus: find a frame.
 */
#include "protocol/modbus_private.h"

#include <stdio.h>
#include <string.h>

#define EXCEPTION  0x80
#define TCP_LENGTH 6 /* bytes before what the length counts */
#define PDU_MAX    253

/* How long a message is. */
enum shape {
    SHAPE_NONE,    /* there is no such message           */
    SHAPE_BARE,    /* function alone                     */
    SHAPE_FOUR,    /* function and four bytes            */
    SHAPE_COUNTED, /* function, count, as many bytes     */
    SHAPE_WORDS,   /* the same, and two bytes a register */
    SHAPE_WRITE,   /* function, four bytes, count, bytes */
    SHAPE_REFUSED, /* function and reason                */
};

struct function {
    uint8_t code;
    enum shape request, reply;
    uint16_t most; /* that a request may ask for; 0: it does not count */
    const char *name;
};

static const struct function functions[] = {
    {0x01, SHAPE_FOUR, SHAPE_COUNTED, 2000, "read coils"},
    {0x02, SHAPE_FOUR, SHAPE_COUNTED, 2000, "read inputs"},
    {0x03, SHAPE_FOUR, SHAPE_WORDS, 125, "read holding registers"},
    {0x04, SHAPE_FOUR, SHAPE_WORDS, 125, "read input registers"},
    {0x05, SHAPE_FOUR, SHAPE_FOUR, 0, "write coil"},
    {0x06, SHAPE_FOUR, SHAPE_FOUR, 0, "write register"},
    {0x0F, SHAPE_WRITE, SHAPE_FOUR, 0, "write coils"},
    {0x10, SHAPE_WRITE, SHAPE_FOUR, 0, "write registers"},
    {0x11, SHAPE_BARE, SHAPE_COUNTED, 0, "report identity"},
    {0x42, SHAPE_BARE, SHAPE_BARE, 0, "reset energy"},
};

static const struct function *
function_find(unsigned code)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i].code == (code & ~(unsigned)EXCEPTION))
            return &functions[i];
    }
    return NULL;
}

/* A message that was found: where it lies and whose it is. */
struct found {
    const struct function *function;
    unsigned unit;
    const uint8_t *pdu;
    size_t n;
    enum frame_direction direction;
};

/* A request for nothing, or for more than one answer holds, is none. */
static bool
count_valid(const struct found *found, struct frame *f)
{
    unsigned count;

    if (found->direction != FRAME_REQUEST || found->function->most == 0)
        return true;
    count = modbus_word(found->pdu + 3);
    if (count >= 1 && count <= found->function->most)
        return true;
    return frame_refuse(f, FRAME_DATA, "asks for %u where 1 to %u can be", count,
                        (unsigned)found->function->most);
}

#define LENGTH_IMPOSSIBLE 0

/* Bytes that a message has by its shape, of which n are there. One more than n when the
 * count is not there yet. */
static size_t
shape_length(enum shape shape, const uint8_t *pdu, size_t n)
{
    size_t head;

    switch (shape) {
    case SHAPE_NONE: return LENGTH_IMPOSSIBLE;
    case SHAPE_BARE: return 1;
    case SHAPE_FOUR: return 5;
    case SHAPE_REFUSED: return 2;
    case SHAPE_COUNTED:
    case SHAPE_WORDS:
        if (n < 2)
            return n + 1;
        if (pdu[1] == 0 || (shape == SHAPE_WORDS && pdu[1] % 2 != 0))
            return LENGTH_IMPOSSIBLE;
        head = 2 + (size_t)pdu[1];
        return head > PDU_MAX ? LENGTH_IMPOSSIBLE : head;
    case SHAPE_WRITE:
        if (n < 6)
            return n + 1;
        head = 6 + (size_t)pdu[5];
        return pdu[5] == 0 || head > PDU_MAX ? LENGTH_IMPOSSIBLE : head;
    }
    return LENGTH_IMPOSSIBLE;
}

/* ---- RTU ---- */

static bool
crc_good(const uint8_t *at, size_t n)
{
    uint16_t crc = crc16(MODBUS_CRC_START, at, n - 2);

    return at[n - 2] == (crc & 0xFF) && at[n - 1] == crc >> 8;
}

bool
modbus_lacks_byte(const struct modbus_asked *asked, const uint8_t *bytes, size_t n,
                  uint8_t *missing)
{
    size_t length = 3 + 2 * (size_t)asked->count; /* unit, function, bytes, registers */
    const uint8_t *at;
    uint16_t crc;

    if (!asked->set || n < length + 1)
        return false;
    at = bytes + n - length - 1;
    if (at[0] != asked->unit || at[1] != asked->function || at[2] != 2 * asked->count)
        return false;
    crc = crc16(MODBUS_CRC_START, at, length);
    *missing = (uint8_t)(crc >> 8);
    return at[length] == (crc & 0xFF);
}

/* The message has this shape and a right CRC. Otherwise what is wrong goes to *f. */
static bool
rtu_fits(const uint8_t *at, size_t n, enum shape shape, struct found *out, struct frame *f)
{
    size_t length = shape_length(shape, at + 1, n - 1), whole = length + MODBUS_RTU_EXTRA;

    if (length == LENGTH_IMPOSSIBLE)
        return frame_refuse(f, FRAME_LENGTH, "a count of bytes that cannot be");
    if (n < whole) {
        frame_refuse(f, FRAME_LENGTH, "%zu bytes where at least %zu are needed", n, whole);
        f->incomplete = true;
        return false;
    }
    if (!crc_good(at, whole))
        return frame_refuse(f, FRAME_CHECKSUM, "the CRC of %zu bytes is wrong", whole);
    if (at[0] > MODBUS_UNIT_MAX)
        return frame_refuse(f, FRAME_ADDRESS, "there is no unit %u", (unsigned)at[0]);
    out->unit = at[0];
    out->pdu = at + 1;
    out->n = length;
    return count_valid(out, f);
}

/* An answer is tried first where one is waited for. */
static bool
rtu_at(const uint8_t *at, size_t n, const struct modbus_asked *asked, struct found *out,
       struct frame *f)
{
    struct frame_best best = {FRAME_START, false, "too short for a frame"};
    bool waits = asked->set && n > 1 && asked->unit == at[0] && asked->function == at[1];

    if (n < 2) {
        frame_refuse(f, FRAME_LENGTH, "%zu bytes are too few for a frame", n);
        f->incomplete = true;
        return false;
    }
    out->function = function_find(at[1]);
    if (out->function == NULL)
        return frame_refuse(f, FRAME_CONTROL, "function %02X is not known",
                            (unsigned)at[1]);
    if (at[1] & EXCEPTION) {
        out->direction = FRAME_REPLY;
        return rtu_fits(at, n, SHAPE_REFUSED, out, f);
    }
    for (int i = 0; i < 2; i++) {
        bool reply = (i == 0) == waits;

        out->direction = reply ? FRAME_REPLY : FRAME_REQUEST;
        if (rtu_fits(at, n, reply ? out->function->reply : out->function->request, out, f))
            return true;
        frame_best_take(&best, f);
    }
    /* Cut short wins over a wrong CRC of the shorter of the two. */
    if (best.incomplete && best.fault == FRAME_CHECKSUM && n < PDU_MAX)
        frame_refuse(f, FRAME_LENGTH, "%zu bytes are too few, or damaged", n);
    else
        frame_best_refuse(&best, f);
    f->incomplete = best.incomplete;
    return false;
}

/* No byte begins a frame: what is first in the bytes tells the fault, what comes later is
 * only taken when its CRC is right. */
static bool
rtu_find(const uint8_t *bytes, size_t n, const struct modbus_asked *asked,
         struct found *out, struct frame *f)
{
    struct frame_best best = {FRAME_START, false, "no bytes"}, none = best;
    bool first = true;

    for (size_t i = 0; i < n; i++) {
        if (rtu_at(bytes + i, n - i, asked, out, f)) {
            frame_clear(f);
            f->start = i;
            f->length = out->n + MODBUS_RTU_EXTRA;
            return true;
        }
        if (first) {
            best = none;
            frame_best_take(&best, f);
        }
        first = first && bytes[i] == 0; /* noise before the first byte of a frame */
    }
    return frame_best_refuse(&best, f);
}

/* ---- TCP ---- */

static bool
tcp_find(const uint8_t *bytes, size_t n, const struct modbus_asked *asked,
         struct found *out, struct frame *f)
{
    bool waits;
    size_t length;

    if (n > 3 && modbus_word(bytes + 2) != 0)
        return frame_refuse(f, FRAME_START, "bytes 3 and 4 are not 0");
    length = n < TCP_LENGTH ? 2 : modbus_word(bytes + 4);
    if (length < 2 || length > PDU_MAX + 1)
        return frame_refuse(f, FRAME_LENGTH, "a length of %zu", length);
    if (n < TCP_LENGTH + length) {
        frame_refuse(f, FRAME_LENGTH, "%zu bytes where at least %zu are needed", n,
                     TCP_LENGTH + length);
        f->incomplete = true;
        return false;
    }
    *out = (struct found){.unit = bytes[6],
                          .pdu = bytes + MODBUS_TCP_HEAD,
                          .n = length - 1,
                          .function = function_find(bytes[MODBUS_TCP_HEAD])};
    if (out->function == NULL)
        return frame_refuse(f, FRAME_CONTROL, "function %02X is not known",
                            (unsigned)out->pdu[0]);
    waits = asked->set && asked->unit == out->unit && asked->function == out->pdu[0];
    out->direction = FRAME_REPLY;
    if (out->pdu[0] & EXCEPTION) {
        if (shape_length(SHAPE_REFUSED, out->pdu, out->n) != out->n)
            return frame_refuse(f, FRAME_LENGTH, "an exception of %zu bytes", out->n);
    } else if (!waits && shape_length(out->function->request, out->pdu, out->n) == out->n) {
        out->direction = FRAME_REQUEST;
    } else if (shape_length(out->function->reply, out->pdu, out->n) != out->n) {
        return frame_refuse(f, FRAME_LENGTH, "%zu bytes do not fit the function", out->n);
    }
    if (!count_valid(out, f))
        return false;
    frame_clear(f);
    f->length = TCP_LENGTH + length;
    return true;
}

/* ---- what it says ---- */

static void
read_exception(unsigned code, struct frame *f)
{
    static const char *const names[] = {
        "",
        "illegal function",
        "illegal data address",
        "illegal data value",
        "failure of the device",
        "accepted, not done yet",
        "busy",
        "",
        "memory error",
        "",
        "gateway has no way",
        "gateway got no answer",
    };

    snprintf(f->exception, sizeof(f->exception), "%02X: %s", code,
             code < sizeof(names) / sizeof(names[0]) ? names[code] : "");
}

bool
modbus_decode(enum modbus_wire wire, const struct modbus_map *map,
              struct modbus_asked *asked, const uint8_t *bytes, size_t n, struct frame *f)
{
    static const uint8_t nothing[2];
    struct found found = {.pdu = nothing};

    if (!(wire == MODBUS_TCP ? tcp_find : rtu_find)(bytes, n, asked, &found, f))
        return false;
    if (found.function == NULL)
        return frame_refuse(f, FRAME_DATA, "no function of Modbus");
    snprintf(f->address, sizeof(f->address), "%u", found.unit);
    snprintf(f->control, sizeof(f->control), "%02X", (unsigned)found.pdu[0]);
    f->function = found.function->name;
    f->direction = found.direction;
    if (found.pdu[0] & EXCEPTION) {
        read_exception(found.pdu[1], f);
    } else if (found.direction == FRAME_REPLY) {
        if (!asked->set || asked->unit != found.unit || asked->function != found.pdu[0])
            asked->set = false;
        modbus_reply_read(map, found.pdu, found.n, asked, f);
    } else {
        asked->unit = found.unit;
        modbus_request_read(map, found.pdu, found.n, asked, f);
        return true;
    }
    asked->set = false;
    return true;
}
