/*
 * modbus_map_read.c - registers to values by a map, and what to ask for.
 */
#include "meterpost/base/amount.h"
#include "meterpost/base/text.h"
#include "protocol/modbus_map_private.h"
#include "protocol/modbus_private.h"

#include <stdio.h>
#include <string.h>

static const struct {
    uint8_t registers;
    bool is_signed;
} types[] = {
    [MODBUS_U16] = {1, false}, [MODBUS_S16] = {1, true},  [MODBUS_U32] = {2, false},
    [MODBUS_S32] = {2, true},  [MODBUS_U64] = {4, false}, [MODBUS_S64] = {4, true},
    [MODBUS_F32] = {2, false},
};

unsigned
modbus_type_registers(enum modbus_type type)
{
    return types[type].registers;
}

/* The registers of an entry as one number of bits. */
static uint64_t
join(const struct modbus_entry *entry, const uint8_t *words)
{
    unsigned n = modbus_type_registers(entry->type);
    uint64_t bits = 0;

    for (unsigned i = 0; i < n; i++)
        bits = bits << 16 |
               modbus_word(words + 2 * (size_t)(entry->low_first ? n - 1 - i : i));
    return bits;
}

/* What meters send for "not available": all ones; with a sign the largest or smallest. A
 * number without unit is a code or flags, which may be anything. */
static bool
is_absent(const struct modbus_entry *entry, uint64_t bits)
{
    unsigned width = 16 * modbus_type_registers(entry->type);
    uint64_t ones = UINT64_MAX >> (64 - width), sign = (uint64_t)1 << (width - 1);

    if (entry->unit[0] == '\0')
        return false;
    if (types[entry->type].is_signed)
        return bits == sign || bits == (ones ^ sign);
    return bits == ones;
}

static void
read_integer(const struct modbus_entry *entry, uint64_t bits, struct frame_value *v)
{
    unsigned width = 16 * modbus_type_registers(entry->type);
    bool minus = types[entry->type].is_signed && (bits >> (width - 1) & 1) != 0;
    int128 number = bits;

    if (minus)
        number -= (int128)1 << width;
    number *= entry->factor;
    if (number > INT64_MAX || number < INT64_MIN)
        value_state(v, FRAME_BROKEN, "too large");
    else
        value_number(v, (int64_t)number, entry->factor_places, entry->unit);
}

static void
read_entry(const struct modbus_entry *entry, const uint8_t *words, struct frame *f)
{
    struct frame_value *v = frame_value_add(f, entry->name);
    uint64_t bits = join(entry, words);

    snprintf(v->id, sizeof(v->id), "%04X", entry->first);
    text_copy(v->obis, sizeof(v->obis), entry->obis);
    text_copy(v->unit, sizeof(v->unit), entry->unit);
    if (is_absent(entry, bits))
        value_state(v, FRAME_ABSENT, "not available");
    else if (entry->type == MODBUS_F32)
        value_float(v, (uint32_t)bits, entry->factor, entry->factor_places, entry->places,
                    entry->unit);
    else
        read_integer(entry, bits, v);
}

void
modbus_map_read(const struct modbus_map *map, unsigned function, unsigned first,
                unsigned count, const uint8_t *words, struct frame *f)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct modbus_entry *entry = &map->entries[i];

        if (entry->function == function && entry->first >= first &&
            entry->first + modbus_type_registers(entry->type) <= first + count)
            read_entry(entry, words + 2 * (size_t)(entry->first - first), f);
    }
}

/* Does the entry go into the same request as what is there already? */
static bool
joins(const struct modbus_map *map, const struct modbus_range *range,
      const struct modbus_entry *entry)
{
    unsigned end = entry->first + modbus_type_registers(entry->type);

    return range->function == entry->function &&
           entry->first <= range->first + range->count + map->gap &&
           end - range->first <= map->most;
}

size_t
modbus_map_ranges(const struct modbus_map *map, const char *obis,
                  struct modbus_range out[MODBUS_RANGES_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct modbus_entry *entry = &map->entries[i];
        unsigned registers = modbus_type_registers(entry->type);

        if (obis != NULL && strcmp(entry->obis, obis) != 0)
            continue;
        if (n > 0 && joins(map, &out[n - 1], entry)) {
            unsigned end = entry->first + registers;

            if (end > out[n - 1].first + out[n - 1].count)
                out[n - 1].count = end - out[n - 1].first;
        } else if (n < MODBUS_RANGES_MAX) {
            out[n++] = (struct modbus_range){entry->function, entry->first, registers};
        }
    }
    return n;
}
