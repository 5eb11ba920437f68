/*
 * modbus_data.c - what the data of a Modbus message mean.
 */
#include "meterpost/base/text.h"
#include "protocol/modbus_private.h"

#include <stdio.h>

#define COIL_ON       0xFF00
#define FLOAT_PLACES  3
#define FLOAT_LEAST   0x3A83126F /* 0.001 */
#define FLOAT_MOST    0x4E6E6B28 /* 10^9 */
#define FLOAT_NO_SIGN 0x7FFFFFFF

static struct frame_value *
add(struct frame *f, const struct modbus_asked *asked, unsigned i, const char *more)
{
    struct frame_value *v = frame_value_add(f, "register");

    if (asked->set)
        snprintf(v->id, sizeof(v->id), "%04X%s", (asked->first + i) & 0xFFFF, more);
    else
        snprintf(v->id, sizeof(v->id), "+%u%s", i, more);
    return v;
}

/* Registers as they are; and as floating point, where that gives numbers of this world. */
static void
read_words(const struct modbus_asked *asked, unsigned count, const uint8_t *words,
           struct frame *f)
{
    for (unsigned i = 0; i < count; i++)
        value_number(add(f, asked, i, ""), modbus_word(words + 2 * (size_t)i), 0, "");
    for (unsigned i = 0; i + 1 < count && count % 2 == 0; i += 2) {
        const uint8_t *at = words + 2 * (size_t)i;
        uint32_t bits = (uint32_t)modbus_word(at) << 16 | modbus_word(at + 2);
        struct frame_value *v;

        if ((bits & FLOAT_NO_SIGN) < FLOAT_LEAST || (bits & FLOAT_NO_SIGN) > FLOAT_MOST)
            continue;
        v = add(f, asked, i, " f32");
        value_float(v, bits, 1, 0, FLOAT_PLACES, "");
        value_note(v, "if these two registers are a floating point number");
    }
}

/* Every entry of the map that lies in what is asked for. */
static void
name_asked(const struct modbus_map *map, const struct modbus_asked *asked, struct frame *f)
{
    struct frame_value *v;

    for (size_t i = 0; map != NULL && i < modbus_map_count(map); i++) {
        const struct modbus_entry *entry = modbus_map_at(map, i);

        if (entry->function != asked->function || entry->first < asked->first ||
            entry->first + modbus_type_registers(entry->type) > asked->first + asked->count)
            continue;
        v = frame_value_add(f, entry->name);
        snprintf(v->id, sizeof(v->id), "%04X", entry->first);
        text_copy(v->obis, sizeof(v->obis), entry->obis);
        text_copy(v->unit, sizeof(v->unit), entry->unit);
        value_state(v, FRAME_ASKED, NULL);
    }
    if (f->n_values > 0)
        return;
    v = add(f, asked, 0, "");
    value_state(v, FRAME_ASKED, NULL);
    value_note(v, "%u of them", asked->count);
}

static void
read_write_one(const uint8_t *pdu, struct frame *f)
{
    const struct modbus_asked here = {.set = true, .first = modbus_word(pdu + 1)};
    struct frame_value *v = add(f, &here, 0, "");
    unsigned value = modbus_word(pdu + 3);

    if (pdu[0] == 0x05)
        value_text(v, value == COIL_ON ? "on" : value == 0 ? "off" : "neither on nor off");
    else
        value_number(v, value, 0, "");
}

void
modbus_request_read(const struct modbus_map *map, const uint8_t *pdu, size_t n,
                    struct modbus_asked *asked, struct frame *f)
{
    asked->set = true;
    asked->function = pdu[0];
    asked->first = n < 5 ? 0 : modbus_word(pdu + 1);
    asked->count = n < 5 ? 0 : modbus_word(pdu + 3);
    switch (pdu[0]) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x04: name_asked(map, asked, f); break;
    case 0x05:
    case 0x06: read_write_one(pdu, f); break;
    case 0x0F: value_bytes(add(f, asked, 0, ""), pdu + 6, n - 6); break;
    case 0x10:
        for (unsigned i = 0; i < (n - 6) / 2; i++)
            value_number(add(f, asked, i, ""), modbus_word(pdu + 6 + 2 * (size_t)i), 0, "");
        break;
    default: break;
    }
}

void
modbus_reply_read(const struct modbus_map *map, const uint8_t *pdu, size_t n,
                  const struct modbus_asked *asked, struct frame *f)
{
    struct modbus_asked fits = *asked;
    unsigned count = (unsigned)(n - 2) / 2;

    switch (pdu[0]) {
    case 0x01:
    case 0x02: value_bytes(add(f, &fits, 0, ""), pdu + 2, n - 2); break;
    case 0x03:
    case 0x04:
        if (fits.set && fits.count != count) {
            frame_note(f, "%u registers were asked for, %u came", fits.count, count);
            fits.set = false;
        }
        if (fits.set && map != NULL)
            modbus_map_read(map, fits.function, fits.first, count, pdu + 2, f);
        if (f->n_values == 0)
            read_words(&fits, count, pdu + 2, f);
        break;
    case 0x05:
    case 0x06: read_write_one(pdu, f); break;
    case 0x0F:
    case 0x10:
        frame_note(f, "%u written from %04X on", modbus_word(pdu + 3),
                   modbus_word(pdu + 1));
        break;
    case 0x11: value_ascii(frame_value_add(f, "identity"), pdu + 2, n - 2, false); break;
    default: break;
    }
}
