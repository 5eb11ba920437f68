/*
 * mbus_fixed.c - the fixed data structure of old M-Bus meters.
 */
#include "meterpost/base/text.h"
#include "protocol/mbus_private.h"

#include <string.h>

#define LENGTH     16
#define BINARY     0x01 /* of the status: counters are no decimals */
#define STORED     0x02 /* of the status: counters of the settlement day */
#define UNIT       0x3F
#define SAME_UNIT  0x3E /* as the first counter, but stored */
#define COUNTERS   2
#define FIRST_UNIT 6

static const char *
register_of(unsigned medium, const char *unit)
{
    bool volume = strcmp(unit, "m3") == 0 || strcmp(unit, "L") == 0;
    bool energy = strcmp(unit + strlen(unit) - 1, "h") == 0 && strchr(unit, '/') == NULL;

    switch (medium) {
    case 0x02: return energy ? "1-0:1.8.0" : "";
    case 0x03:
    case 0x0A: return volume ? "7-0:3.0.0" : "";
    case 0x04:
    case 0x0B:
        return volume                                                         ? "6-0:2.0.0"
               : energy || strcmp(unit, "GJ") == 0 || strcmp(unit, "MJ") == 0 ? "6-0:1.0.0"
                                                                              : "";
    case 0x06:
    case 0x0C: return volume ? "9-0:1.0.0" : "";
    case 0x07:
    case 0x0D: return volume ? "8-0:1.0.0" : "";
    default: return "";
    }
}

static uint64_t
read_binary(const uint8_t *at)
{
    return at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
}

static void
read_counter(const uint8_t *at, unsigned code, bool binary, struct frame_value *v)
{
    int exponent = 0;
    const char *unit = unit_code(code, &exponent);
    uint64_t number = 0;

    if (unit == NULL) {
        unit = "";
        value_note(v, "%02X is no known unit", code);
    }
    text_copy(v->unit, sizeof(v->unit), unit);
    if (binary)
        number = read_binary(at);
    else if (!bcd_read(at, 4, &number)) {
        value_state(v, FRAME_BROKEN, "not decimal");
        return;
    }
    value_unsigned(v, number, -exponent, unit);
}

void
mbus_fixed_read(const uint8_t *data, size_t n, struct frame *f)
{
    static const char *const ids[COUNTERS] = {"counter 1", "counter 2"};
    unsigned medium, first, status;

    if (n < LENGTH) {
        frame_refuse(f, FRAME_DATA, "%zu bytes where the fixed structure has %d", n,
                     LENGTH);
        return;
    }
    bytes_reverse_hex(data, 4, f->serial);
    status = data[5];
    medium = (unsigned)data[6] >> 6 | (unsigned)(data[7] >> 6) << 2;
    f->medium = mbus_medium(medium == 0x0A   ? 0x03
                            : medium == 0x0B ? 0x04
                            : medium == 0x0C ? 0x06
                            : medium == 0x0D ? 0x07
                                             : medium);
    first = data[FIRST_UNIT] & UNIT;
    for (unsigned i = 0; i < COUNTERS; i++) {
        struct frame_value *v = frame_value_add(f, "counter");
        unsigned code = data[FIRST_UNIT + i] & UNIT;
        bool stored = code == SAME_UNIT || (status & STORED) != 0;

        text_copy(v->id, sizeof(v->id), ids[i]);
        read_counter(data + 8 + 4 * (size_t)i, code == SAME_UNIT ? first : code,
                     (status & BINARY) != 0, v);
        if (i == 0 && !stored)
            text_copy(v->obis, sizeof(v->obis), register_of(medium, v->unit));
        if (stored)
            value_note(v, "of the settlement day");
    }
}
