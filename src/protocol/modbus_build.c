/*
 * modbus_build.c - the requests of Modbus.
 */
#include "protocol/modbus_private.h"

#define ADDRESS_MAX 0xFFFF
#define WRITE_MAX   123
#define COIL_ON     0xFF00

static void
put_word(struct frame_bytes *b, unsigned word)
{
    bytes_put(b, word >> 8 & 0xFF);
    bytes_put(b, word & 0xFF);
}

/* The message goes between head and CRC. */
static bool
finish(const struct modbus_to *to, const struct frame_bytes *pdu, struct frame_bytes *out,
       struct err *e)
{
    uint16_t crc;

    if (to->unit > MODBUS_UNIT_MAX)
        return err_set(e, FAIL_REJECT, "expected a unit of 1 to 247, got %u", to->unit);
    out->n = 0;
    if (to->wire == MODBUS_TCP) {
        put_word(out, to->transaction);
        put_word(out, 0);
        put_word(out, (unsigned)pdu->n + 1);
    }
    bytes_put(out, to->unit);
    bytes_add(out, pdu->at, pdu->n);
    if (to->wire == MODBUS_TCP)
        return true;
    crc = crc16(MODBUS_CRC_START, out->at, out->n);
    bytes_put(out, crc & 0xFFu);
    bytes_put(out, crc >> 8 & 0xFFu);
    return true;
}

static bool
span_valid(unsigned first, size_t count, size_t most, struct err *e)
{
    if (count == 0 || count > most || first > ADDRESS_MAX ||
        first + count > (size_t)ADDRESS_MAX + 1)
        return err_set(e, FAIL_REJECT, "expected 1 to %zu registers up to FFFF", most);
    return true;
}

bool
modbus_read(const struct modbus_to *to, const struct modbus_range *range,
            struct frame_bytes *out, struct err *e)
{
    struct frame_bytes pdu = {.n = 0};

    if (range->function < 1 || range->function > 4)
        return err_set(e, FAIL_REJECT, "function %u does not read", range->function);
    if (!span_valid(range->first, range->count, MODBUS_COUNT_MAX, e))
        return false;
    bytes_put(&pdu, range->function);
    put_word(&pdu, range->first);
    put_word(&pdu, range->count);
    return finish(to, &pdu, out, e);
}

static bool
write_one(const struct modbus_to *to, unsigned function, unsigned address, unsigned value,
          struct frame_bytes *out, struct err *e)
{
    struct frame_bytes pdu = {.n = 0};

    if (address > ADDRESS_MAX || value > ADDRESS_MAX)
        return err_set(e, FAIL_REJECT, "expected an address and a value up to FFFF");
    bytes_put(&pdu, function);
    put_word(&pdu, address);
    put_word(&pdu, value);
    return finish(to, &pdu, out, e);
}

bool
modbus_write_coil(const struct modbus_to *to, unsigned address, bool on,
                  struct frame_bytes *out, struct err *e)
{
    return write_one(to, 0x05, address, on ? COIL_ON : 0, out, e);
}

bool
modbus_write_register(const struct modbus_to *to, unsigned address, unsigned value,
                      struct frame_bytes *out, struct err *e)
{
    return write_one(to, 0x06, address, value, out, e);
}

bool
modbus_write_registers(const struct modbus_to *to, unsigned first, const uint16_t *values,
                       size_t n, struct frame_bytes *out, struct err *e)
{
    struct frame_bytes pdu = {.n = 0};

    if (!span_valid(first, n, WRITE_MAX, e))
        return false;
    bytes_put(&pdu, 0x10);
    put_word(&pdu, first);
    put_word(&pdu, (unsigned)n);
    bytes_put(&pdu, (unsigned)(2 * n));
    for (size_t i = 0; i < n; i++)
        put_word(&pdu, values[i]);
    return finish(to, &pdu, out, e);
}
