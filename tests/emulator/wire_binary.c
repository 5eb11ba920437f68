/* wire_binary.c - meters that speak Modbus RTU (as an Eastron SDM630), CJ/T 188 and M-Bus.
 */
#include "wire.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- Modbus ---- */

#define REGISTERS    0x180
#define IMPORT_KWH   0x0048
#define POWER_W      0x0034
#define FREQUENCY_HZ 0x0046
#define VOLTAGE_V    0x0000

static unsigned
crc(const uint8_t *bytes, size_t n)
{
    unsigned sum = 0xFFFF;

    while (n-- > 0) {
        sum ^= *bytes++;
        for (int i = 0; i < 8; i++)
            sum = sum & 1 ? sum >> 1 ^ 0xA001 : sum >> 1;
    }
    return sum;
}

static void
finish_modbus(struct buf *out)
{
    unsigned sum = crc((const uint8_t *)out->at, out->used);

    wire_byte(out, sum & 0xFF);
    wire_byte(out, sum >> 8);
}

static void
put_float(uint8_t *at, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(bits >> (24 - 8 * i));
}

static void
hear_modbus(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now,
            struct buf *out)
{
    uint8_t registers[2 * REGISTERS] = {0};
    unsigned unit = (unsigned)strtoul(m->address, NULL, 10), first, count;

    if (n < 8 || bytes[0] != unit || (crc(bytes, 6) & 0xFF) != bytes[6] ||
        crc(bytes, 6) >> 8 != bytes[7])
        return;
    first = (unsigned)bytes[2] << 8 | bytes[3];
    count = (unsigned)bytes[4] << 8 | bytes[5];
    put_float(registers + 2 * IMPORT_KWH, (float)meter_total(m->d, now) / 1000.0F);
    put_float(registers + 2 * POWER_W, (float)meter_flow(m->d, now));
    put_float(registers + 2 * FREQUENCY_HZ, 50.0F);
    put_float(registers + 2 * VOLTAGE_V, 230.1F);
    wire_byte(out, unit);
    if (bytes[1] != 4 || count == 0 || count > 80 || first + count > REGISTERS ||
        m->faults.next_refused > 0) {
        m->faults.next_refused -= m->faults.next_refused > 0;
        wire_byte(out, bytes[1] | 0x80);
        wire_byte(out, 0x02);
    } else {
        wire_byte(out, bytes[1]);
        wire_byte(out, 2 * count);
        buf_add(out, registers + 2 * (size_t)first, 2 * (size_t)count);
    }
    finish_modbus(out);
}

const struct wire_protocol wire_modbus = {"modbus-rtu", 10, hear_modbus};

/* ---- CJ/T 188 ---- */

#define CJ_HEAD 11 /* 68, type, address, control, length */

static void
cj_reply(const struct wire_meter *m, unsigned type, unsigned control,
         const struct buf *data, struct buf *out)
{
    size_t from = out->used;

    wire_byte(out, 0x68);
    wire_byte(out, type);
    wire_address(out, m->address, 7);
    wire_byte(out, control);
    wire_byte(out, (unsigned)data->used);
    buf_add(out, data->at, data->used);
    wire_byte(out, wire_sum((const uint8_t *)out->at + from, out->used - from));
    wire_byte(out, 0x16);
}

/* Volumes with two decimals, unit m3; its clock; the valve. */
static void
cj_show(const struct wire_meter *m, utc_t now, struct buf *data)
{
    struct tm tm;

    clock_local(now, &tm);
    wire_bcd(data, meter_total(m->d, now) / 10, 4);
    wire_byte(data, 0x2C);
    wire_bcd(data, m->frozen_milli / 10, 4);
    wire_byte(data, 0x2C);
    wire_bcd(data, tm.tm_sec, 1);
    wire_bcd(data, tm.tm_min, 1);
    wire_bcd(data, tm.tm_hour, 1);
    wire_bcd(data, tm.tm_mday, 1);
    wire_bcd(data, tm.tm_mon + 1, 1);
    wire_bcd(data, tm.tm_year % 100, 1);
    wire_byte(data, 0x20);
    wire_byte(data, meter_closed(m->d) ? 0 : 1);
    wire_byte(data, 0);
}

static bool
cj_is_meant(const struct wire_meter *m, const uint8_t *address)
{
    struct buf own = {0};
    bool meant = true;

    wire_address(&own, m->address, 7);
    for (int i = 0; i < 7; i++)
        meant = meant && (address[i] == 0xAA || address[i] == (uint8_t)own.at[i]);
    buf_finish(&own);
    return meant;
}

static void
cj_answer(struct wire_meter *m, const uint8_t *at, utc_t now, struct buf *out)
{
    unsigned type = at[1] == 0xAA ? 0x10 : at[1], control = at[9];
    struct buf data = {0};

    buf_add(&data, at + CJ_HEAD, 3);
    if (control == 0x01 && at[CJ_HEAD] + at[CJ_HEAD + 1] == 0x90 + 0x1F) {
        cj_show(m, now, &data);
        cj_reply(m, type, 0x81, &data, out);
    } else if (control == 0x03) {
        cj_reply(m, type, 0x83, &data, out);
    } else if (control == 0x04 && at[10] == 4 && at[CJ_HEAD] + at[CJ_HEAD + 1] == 0xB7) {
        meter_switch(m->d, at[CJ_HEAD + 3] == 0x55, now, "wire");
        wire_byte(&data, meter_closed(m->d) ? 0 : 1);
        wire_byte(&data, 0);
        cj_reply(m, type, 0x84, &data, out);
    }
    buf_finish(&data);
}

static void
hear_cjt188(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now,
            struct buf *out)
{
    for (size_t i = 0; i + CJ_HEAD + 5 <= n; i++) {
        const uint8_t *at = bytes + i;
        size_t length = at[10];

        if (at[0] != 0x68 || i + CJ_HEAD + length + 2 > n ||
            wire_sum(at, CJ_HEAD + length) != at[CJ_HEAD + length] || length < 3)
            continue;
        if (cj_is_meant(m, at + 2))
            cj_answer(m, at, now, out);
        return;
    }
}

const struct wire_protocol wire_cjt188 = {"cjt188", 11, hear_cjt188};

/* ---- M-Bus ---- */

#define MB_SELECTED 0xFD

static bool
mb_is_meant(const struct wire_meter *m, unsigned address)
{
    return address == strtoul(m->address, NULL, 10) || address == 0xFE ||
           (address == MB_SELECTED && m->selected);
}

/* An F in the digits of a selection is any. */
static bool
mb_fits(const struct wire_meter *m, const uint8_t *id)
{
    struct buf own = {0};
    bool fits = true;

    wire_address(&own, m->d->serial, 4);
    for (int i = 0; i < 4; i++) {
        uint8_t mine = (uint8_t)own.at[i];

        fits = fits && ((id[i] & 0x0F) == 0x0F || (id[i] & 0x0F) == (mine & 0x0F)) &&
               ((id[i] >> 4) == 0x0F || id[i] >> 4 == mine >> 4);
    }
    buf_finish(&own);
    return fits;
}

/* Header of a water meter and its volume, a BCD of eight digits in litres. */
static void
mb_data(const struct wire_meter *m, utc_t now, struct buf *out)
{
    size_t from;

    wire_byte(out, 0x68);
    wire_byte(out, 21);
    wire_byte(out, 21);
    wire_byte(out, 0x68);
    from = out->used;
    wire_byte(out, 0x08);
    wire_byte(out, (unsigned)strtoul(m->address, NULL, 10));
    wire_byte(out, 0x72);
    wire_address(out, m->d->serial, 4);
    buf_add(out, "\xE6\x1E\x35\x07\x4C\x00\x00\x00", 8);
    wire_byte(out, 0x0C);
    wire_byte(out, 0x13);
    wire_bcd(out, meter_total(m->d, now), 4);
    wire_byte(out, wire_sum((const uint8_t *)out->at + from, out->used - from));
    wire_byte(out, 0x16);
}

/* One frame; its length, 0 when it is none. */
static size_t
hear_mbus_frame(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now,
                struct buf *out)
{
    if (n >= 5 && bytes[0] == 0x10 && ((bytes[1] + bytes[2]) & 0xFF) == bytes[3]) {
        if (bytes[1] == 0x40 && bytes[2] == MB_SELECTED)
            m->selected = false;
        else if (bytes[1] == 0x40 && mb_is_meant(m, bytes[2]))
            wire_byte(out, 0xE5);
        else if ((bytes[1] & 0x5F) == 0x5B && mb_is_meant(m, bytes[2]))
            mb_data(m, now, out);
        return 5;
    }
    if (n < 17 || bytes[0] != 0x68 || bytes[5] != MB_SELECTED || bytes[6] != 0x52)
        return 0;
    m->selected = mb_fits(m, bytes + 7);
    if (m->selected)
        wire_byte(out, 0xE5);
    return 17;
}

/* What nobody answers may lie before a request. */
static void
hear_mbus(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now, struct buf *out)
{
    size_t at = 0, length;

    while ((length = hear_mbus_frame(m, bytes + at, n - at, now, out)) > 0)
        at += length;
}

const struct wire_protocol wire_mbus = {"mbus", 11, hear_mbus};
