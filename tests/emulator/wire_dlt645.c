/* wire_dlt645.c - meters that speak DL/T 645, of 2007 and of 1997. */
#include "wire.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define HEAD  10 /* 68, address, 68, control, length */
#define SHIFT 0x33

struct request {
    uint8_t address[6];
    unsigned control, n;
    uint8_t data[200];
};

/* The first frame whose checksum is right. */
static bool
find(const uint8_t *bytes, size_t n, struct request *r)
{
    for (size_t i = 0; i + HEAD + 2 <= n; i++) {
        const uint8_t *at = bytes + i;
        size_t length = at[9];

        if (at[0] != 0x68 || at[7] != 0x68 || i + HEAD + length + 2 > n || length > 200 ||
            at[HEAD + length + 1] != 0x16 ||
            wire_sum(at, HEAD + length) != at[HEAD + length])
            continue;
        memcpy(r->address, at + 1, 6);
        r->control = at[8];
        r->n = (unsigned)length;
        for (size_t k = 0; k < length; k++)
            r->data[k] = (uint8_t)(at[HEAD + k] - SHIFT);
        return true;
    }
    return false;
}

static bool
is_meant(const struct wire_meter *m, const struct request *r)
{
    struct buf own = {0};
    bool meant = true;

    wire_address(&own, m->address, 6);
    for (int i = 0; i < 6; i++)
        meant = meant && (r->address[i] == 0xAA || r->address[i] == (uint8_t)own.at[i]);
    buf_finish(&own);
    return meant;
}

static bool
is_for_all(const struct request *r)
{
    return memcmp(r->address, "\x99\x99\x99\x99\x99\x99", 6) == 0;
}

static void
reply(const struct wire_meter *m, unsigned control, const void *data, size_t n,
      struct buf *out)
{
    size_t from = out->used;

    wire_byte(out, 0x68);
    wire_address(out, m->address, 6);
    wire_byte(out, 0x68);
    wire_byte(out, control);
    wire_byte(out, (unsigned)n);
    for (size_t i = 0; i < n; i++)
        wire_byte(out, ((const uint8_t *)data)[i] + SHIFT);
    wire_byte(out, wire_sum((const uint8_t *)out->at + from, out->used - from));
    wire_byte(out, 0x16);
}

static void
refuse(const struct wire_meter *m, unsigned control, unsigned bits, struct buf *out)
{
    const uint8_t error = (uint8_t)bits;

    reply(m, control | 0xC0, &error, 1, out);
}

/* ---- what it knows ---- */

static void
put_now(const struct wire_meter *m, utc_t now, struct buf *out, bool date, bool time)
{
    struct tm tm;

    clock_local(now - m->faults.clock_late_s, &tm);
    if (time) {
        wire_bcd(out, tm.tm_sec, 1);
        wire_bcd(out, tm.tm_min, 1);
        wire_bcd(out, tm.tm_hour, 1);
    }
    if (date) {
        wire_bcd(out, tm.tm_wday, 1);
        wire_bcd(out, tm.tm_mday, 1);
        wire_bcd(out, tm.tm_mon + 1, 1);
        wire_bcd(out, tm.tm_year % 100, 1);
    }
}

/* Total and four tariffs: four, three, two and one tenths. */
static void
put_energy(const struct wire_meter *m, utc_t now, unsigned tariff, struct buf *out)
{
    int64_t hundredths = meter_total(m->d, now) / 10;

    if (tariff == 0 || tariff == 0xFF)
        wire_bcd(out, hundredths, 4);
    for (unsigned t = 1; t <= 4; t++) {
        if (tariff == t || tariff == 0xFF)
            wire_bcd(out, hundredths * (5 - t) / 10, 4);
    }
}

static void
put_status(const struct wire_meter *m, struct buf *out)
{
    bool closed = meter_closed(m->d);

    wire_byte(out, closed ? 0 : 0x10 | (m->armed ? 0 : 0x40));
    wire_byte(out, 0);
}

/* The demand of the month so far: twice what flows, at noon of its first day. */
static void
put_demand(const struct wire_meter *m, utc_t now, struct buf *out)
{
    struct tm tm;

    clock_local(now, &tm);
    wire_bcd(out, meter_flow(m->d, now) * 20, 3);
    wire_bcd(out, 0, 1);
    wire_bcd(out, 12, 1);
    wire_bcd(out, 1, 1);
    wire_bcd(out, tm.tm_mon + 1, 1);
    wire_bcd(out, tm.tm_year % 100, 1);
}

/* The data of an identifier of 2007; nothing for one that it does not have. */
static void
put_2007(const struct wire_meter *m, uint32_t id, utc_t now, struct buf *out)
{
    if ((id & 0xFFFF00FF) == 0x00010000)
        put_energy(m, now, id >> 8 & 0xFF, out);
    else if ((id & 0xFFFF00FF) == 0x00020000)
        wire_bcd(out, 0, 4);
    else if (id == 0x01010000)
        put_demand(m, now, out);
    else if (id == 0x02010100)
        wire_bcd(out, 2301, 2);
    else if (id == 0x02030000)
        wire_bcd(out, meter_flow(m->d, now) * 10, 3);
    else if (id == 0x02800002)
        wire_bcd(out, 5001, 2);
    else if (id == 0x04000101)
        put_now(m, now, out, true, false);
    else if (id == 0x04000102)
        put_now(m, now, out, false, true);
    else if (id == 0x04000401 || id == 0x04000402)
        wire_address(out, m->address, 6);
    else if (id == 0x04000503)
        put_status(m, out);
    else if (id == 0x05010101)
        wire_bcd(out, m->frozen_milli / 10, 4);
}

static void
put_1997(const struct wire_meter *m, uint32_t id, utc_t now, struct buf *out)
{
    if (id == 0x9010)
        put_energy(m, now, 0, out);
    else if (id == 0x901F)
        put_energy(m, now, 0xFF, out);
    else if (id == 0xB611)
        wire_bcd(out, 230, 2);
    else if (id == 0xC010)
        put_now(m, now, out, true, false);
    else if (id == 0xC011)
        put_now(m, now, out, false, true);
    else if (id == 0xC032)
        wire_address(out, m->address, 6);
}

/* ---- reading, in one frame or several ---- */

/* What fits now; the rest waits for further requests, each with its number. */
static void
send_part(struct wire_meter *m, unsigned control, const uint8_t *id, size_t n_id,
          const uint8_t *number, struct buf *out)
{
    struct buf data = {0};
    size_t n = m->n_part;

    if (m->faults.split > 0 && n > (size_t)m->faults.split)
        n = (size_t)m->faults.split;
    buf_add(&data, id, n_id);
    buf_add(&data, m->part, n);
    m->n_part -= n;
    memmove(m->part, m->part + n, m->n_part);
    if (number != NULL)
        buf_add(&data, number, 1);
    reply(m, control | (m->n_part > 0 ? 0xA0 : 0x80), data.at, data.used, out);
    buf_finish(&data);
}

static void
read_data(struct wire_meter *m, const struct request *r, bool new, utc_t now,
          struct buf *out)
{
    size_t n_id = new ? 4 : 2;
    struct buf data = {0};
    uint32_t id = 0;

    if (r->n < n_id)
        return;
    for (size_t i = n_id; i > 0; i--)
        id = id << 8 | r->data[i - 1];
    (new ? put_2007 : put_1997)(m, id, now, &data);
    if (data.used == 0 || m->faults.next_refused > 0) {
        m->faults.next_refused -= m->faults.next_refused > 0;
        refuse(m, r->control, 0x02, out);
    } else {
        memcpy(m->part, data.at, data.used);
        m->n_part = data.used;
        m->sequence = 0;
        send_part(m, r->control, r->data, n_id, NULL, out);
    }
    buf_finish(&data);
}

static void
read_more(struct wire_meter *m, const struct request *r, bool new, struct buf *out)
{
    if (m->n_part > 0 && r->n >= (new ? 5u : 2u))
        send_part(m, r->control, r->data, new ? 4 : 2, new ? r->data + 4 : NULL, out);
    else
        refuse(m, r->control, 0x02, out);
}

/* ---- the relay ---- */

static bool
password_holds(const struct wire_meter *m, const struct request *r)
{
    struct buf wanted = {0};
    bool same;

    wire_address(&wanted, m->password, 3);
    same = r->n == 16 && memcmp(r->data + 1, wanted.at, 3) == 0;
    buf_finish(&wanted);
    return same;
}

static void
control_relay(struct wire_meter *m, const struct request *r, utc_t now, struct buf *out)
{
    unsigned command = r->n > 8 ? r->data[8] : 0;

    if (m->faults.next_refused > 0 || !password_holds(m, r)) {
        m->faults.next_refused -= m->faults.next_refused > 0;
        refuse(m, r->control, 0x04, out);
        return;
    }
    if (command == 0x1A) {
        m->armed = false;
        meter_switch(m->d, false, now, "wire");
    } else if (command == 0x1B && m->faults.button) {
        m->armed = !meter_closed(m->d);
    } else if (command == 0x1B || command == 0x1C) {
        meter_switch(m->d, true, now, "wire");
    } else {
        refuse(m, r->control, 0x01, out);
        return;
    }
    if (m->faults.lose_command > 0)
        m->faults.lose_command--;
    else
        reply(m, 0x9C, NULL, 0, out);
}

/* ---- clock and speed ---- */

/* What is said to all moves a clock by five minutes at most. */
static void
hear_clock(struct wire_meter *m)
{
    if (m->faults.clock_late_s <= 300)
        m->faults.clock_late_s = 0;
}

/* The second half of a clock; to write it takes the password, which stands behind the
 * identifier and its level. */
static void
write_data(struct wire_meter *m, const struct request *r, bool new, struct buf *out)
{
    size_t n_id = new ? 4 : 2;
    struct buf wanted = {0};
    bool known = r->n > n_id + 4;

    wire_address(&wanted, m->password, 3);
    if (!known || memcmp(r->data + n_id + 1, wanted.at, 3) != 0) {
        refuse(m, r->control, 0x04, out);
    } else {
        if (memcmp(r->data, new ? "\x02\x01\x00\x04" : "\x11\xC0", n_id) == 0)
            m->faults.clock_late_s = 0;
        reply(m, r->control | 0x80, NULL, 0, out);
    }
    buf_finish(&wanted);
}

/* The answer goes out as the question came in. */
static void
change_baud(struct wire_meter *m, const struct request *r, struct buf *out)
{
    static const uint32_t bauds[] = {0, 600, 1200, 2400, 4800, 9600, 19200};

    if (r->n != 1 || r->data[0] == 0 || __builtin_popcount(r->data[0]) != 1 ||
        r->data[0] > 0x40) {
        refuse(m, r->control, 0x08, out);
        return;
    }
    reply(m, r->control | 0x80, r->data, 1, out);
    m->next_baud = m->faults.keeps_baud ? m->line_baud : bauds[__builtin_ctz(r->data[0])];
}

/* ---- all ---- */

static void
hear_2007(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now, struct buf *out)
{
    struct request r;
    struct buf address = {0};

    if (!find(bytes, n, &r))
        return;
    if (r.control == 0x08 && (is_for_all(&r) || is_meant(m, &r)))
        hear_clock(m);
    if (r.control == 0x16 && (is_for_all(&r) || is_meant(m, &r)))
        m->frozen_milli = meter_total(m->d, now);
    if (!is_meant(m, &r))
        return;
    if (r.control == 0x11) {
        read_data(m, &r, true, now, out);
    } else if (r.control == 0x12) {
        read_more(m, &r, true, out);
    } else if (r.control == 0x13) {
        wire_address(&address, m->address, 6);
        reply(m, 0x93, address.at, 6, out);
    } else if (r.control == 0x16) {
        reply(m, 0x96, NULL, 0, out);
    } else if (r.control == 0x14) {
        write_data(m, &r, true, out);
    } else if (r.control == 0x17) {
        change_baud(m, &r, out);
    } else if (r.control == 0x1C) {
        control_relay(m, &r, now, out);
    }
    buf_finish(&address);
}

static void
hear_1997(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now, struct buf *out)
{
    struct request r;

    if (!find(bytes, n, &r) || !(is_meant(m, &r) || is_for_all(&r)))
        return;
    if (r.control == 0x01)
        read_data(m, &r, false, now, out);
    else if (r.control == 0x02)
        read_more(m, &r, false, out);
    else if (r.control == 0x04)
        write_data(m, &r, false, out);
    else if (r.control == 0x08)
        hear_clock(m);
    else if (r.control == 0x0C)
        change_baud(m, &r, out);
}

const struct wire_protocol wire_dlt645_2007 = {"dlt645-2007", 11, hear_2007};
const struct wire_protocol wire_dlt645_1997 = {"dlt645-1997", 11, hear_1997};
