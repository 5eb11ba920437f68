/*
 * modbus.h - Modbus RTU frames, and those of Modbus TCP. Pure functions over bytes.
 *
 * An answer does not say which registers it holds: only with its request, and with a map
 * of the meter (modbus_map.h), it has a meaning.
 */
#ifndef METERPOST_PROTOCOL_MODBUS_H
#define METERPOST_PROTOCOL_MODBUS_H

#include "meterpost/protocol/frame.h"
#include "meterpost/protocol/modbus_map.h"

enum modbus_wire { MODBUS_RTU, MODBUS_TCP };

/* The request that an answer belongs to; zeroed when there is none. */
struct modbus_asked {
    bool set;
    unsigned unit, function, first, count;
};

/* Find the first frame and read what it says. A request is noted in *asked; an answer is
 * read as that to *asked, by `map` where it is not NULL. f->address is the unit. */
bool modbus_decode(enum modbus_wire wire, const struct modbus_map *map,
                   struct modbus_asked *asked, const uint8_t *bytes, size_t n,
                   struct frame *f);

/* Some meters lose the last byte of each answer: true when n bytes end with the answer to
 * *asked but for that one, which is *missing then. Of RTU. */
bool modbus_lacks_byte(const struct modbus_asked *asked, const uint8_t *bytes, size_t n,
                       uint8_t *missing);

/* Where a request is to go. */
struct modbus_to {
    enum modbus_wire wire;
    unsigned unit;        /* 1 to 247, or what the meter takes for "any" */
    unsigned transaction; /* of TCP: the answer repeats it */
};

/* The requests. FAIL_REJECT for a unit, function or count that is none. */
bool modbus_read(const struct modbus_to *to, const struct modbus_range *range,
                 struct frame_bytes *out, struct err *e);
bool modbus_write_coil(const struct modbus_to *to, unsigned address, bool on,
                       struct frame_bytes *out, struct err *e);
bool modbus_write_register(const struct modbus_to *to, unsigned address, unsigned value,
                           struct frame_bytes *out, struct err *e);
bool modbus_write_registers(const struct modbus_to *to, unsigned first,
                            const uint16_t *values, size_t n, struct frame_bytes *out,
                            struct err *e);

#endif
