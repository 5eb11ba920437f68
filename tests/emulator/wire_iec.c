/* wire_iec.c - meters that speak IEC 62056-21, modes A, B and C; D sends by itself. */
#include "wire.h"

#include "meterpost/base/amount.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define START_BAUD 300

static uint32_t
baud_of(char z)
{
    static const uint32_t bauds[] = {300, 600, 1200, 2400, 4800, 9600, 19200};

    if (z >= '0' && z <= '6')
        return bauds[z - '0'];
    return z >= 'A' && z <= 'F' ? bauds[z - 'A' + 1] : START_BAUD;
}

/* Seven bits and even parity, as an eight-bit port sees them. */
static void
add_parity(struct buf *out, size_t from)
{
    for (size_t i = from; i < out->used; i++) {
        unsigned c = (uint8_t)out->at[i] & 0x7Fu;

        out->at[i] = (char)(uint8_t)(c | (__builtin_parity(c) ? 0x80u : 0));
    }
}

static void
put_register(const struct wire_meter *m, utc_t now, struct buf *out)
{
    char value[AMOUNT_TEXT_MAX];

    decimal_print(meter_total(m->d, now), 3, false, value);
    buf_printf(out, "1.8.0(%s*kWh)", value);
}

static void
put_lines(const struct wire_meter *m, utc_t now, struct buf *out)
{
    struct tm tm;
    char when[40];

    clock_local(now - m->faults.clock_late_s, &tm);
    buf_printf(out, "F.F(00000000)\r\n0.0.0(%s)\r\n", m->d->serial);
    strftime(when, sizeof(when), "0.9.1(%H%M%S)\r\n0.9.2(%y%m%d)\r\n", &tm);
    buf_puts(out, when);
    put_register(m, now, out);
    buf_puts(out, "\r\n1.6.1(1.234*kW)(2601150930)\r\n!\r\n");
}

/* The check is of all behind STX or SOH, with ETX. */
static void
put_check(struct buf *out, size_t from)
{
    unsigned sum = 0;

    wire_byte(out, 0x03);
    for (size_t i = from + 1; i < out->used; i++)
        sum ^= (uint8_t)out->at[i];
    wire_byte(out, sum & 0x7F);
}

static void
put_readout(const struct wire_meter *m, utc_t now, struct buf *out)
{
    size_t from = out->used;

    wire_byte(out, 0x02);
    put_lines(m, now, out);
    put_check(out, from);
}

static void
put_ident(const struct wire_meter *m, struct buf *out)
{
    buf_printf(out, "/EMU%c%s\r\n", m->mode == 'A' ? '9' + 1 : m->z, "Village1");
}

static void
sign_on(struct wire_meter *m, const char *text, utc_t now, struct buf *out)
{
    size_t n = strcspn(text, "!");

    if (n > 0 && (strncmp(text, m->d->serial, n) != 0 || m->d->serial[n] != '\0'))
        return;
    m->baud = m->answer_baud = START_BAUD;
    m->open = false;
    put_ident(m, out);
    if (m->mode == 'A')
        put_lines(m, now, out);
}

/* ACK 0 Z Y: the answer comes at the new speed. */
static void
acknowledge(struct wire_meter *m, char z, char y, utc_t now, struct buf *out)
{
    size_t from = out->used;

    if (!m->faults.keeps_baud)
        m->baud = m->answer_baud = baud_of(z);
    if (y == '0') {
        put_readout(m, now, out);
        m->baud = START_BAUD; /* for the next sign-on */
        return;
    }
    m->open = true;
    m->signed_in = m->password[0] == '\0';
    buf_puts(out, "\001P0\002(1234567)");
    put_check(out, from);
}

/* One half of its clock: 1 time, 2 date. */
static void
put_clock(const struct wire_meter *m, char half, utc_t now, struct buf *out)
{
    struct tm tm;
    char when[30];

    clock_local(now - m->faults.clock_late_s, &tm);
    strftime(when, sizeof(when), half == '1' ? "\0020.9.1(%H%M%S)" : "\0020.9.2(%y%m%d)",
             &tm);
    buf_puts(out, when);
}

static void
answer_command(struct wire_meter *m, const char *text, utc_t now, struct buf *out)
{
    char wanted[WIRE_WORD_MAX + 8];
    size_t from = out->used;

    snprintf(wanted, sizeof(wanted), "P1\002(%s)\003", m->password);
    if (strncmp(text, "B0", 2) == 0) {
        m->open = false;
        m->baud = START_BAUD;
    } else if (strncmp(text, wanted, strlen(wanted)) == 0) {
        m->signed_in = true;
        wire_byte(out, 0x06);
    } else if (strncmp(text, "W1\0020.9.", 7) == 0 && m->signed_in) {
        m->faults.clock_late_s = text[7] == '1' ? 0 : m->faults.clock_late_s;
        wire_byte(out, 0x06);
    } else if (strncmp(text, "R1\0020.9.", 7) == 0) {
        put_clock(m, text[7], now, out);
        put_check(out, from);
    } else if (strncmp(text, "R1\0021.8.0(", 9) == 0 && m->faults.next_refused == 0) {
        wire_byte(out, 0x02);
        put_register(m, now, out);
        put_check(out, from);
    } else {
        m->faults.next_refused -= m->faults.next_refused > 0;
        buf_puts(out, "\002(ER02)");
        put_check(out, from);
    }
}

static void
hear_iec(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now, struct buf *out)
{
    char text[200];
    const char *at;
    size_t from = out->used;

    if (n >= sizeof(text) || m->mode == 'D')
        return;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)((bytes[i] & 0x7F) == 0 ? ' ' : bytes[i] & 0x7F);
    text[n] = '\0';
    if ((at = strstr(text, "/?")) != NULL)
        sign_on(m, at + 2, now, out);
    else if ((at = strstr(text, "\0060")) != NULL && strlen(at) >= 4)
        acknowledge(m, at[2], at[3], now, out);
    else if (m->open && (at = strchr(text, 1)) != NULL)
        answer_command(m, at + 1, now, out);
    add_parity(out, from);
}

/* What a meter of mode D says each second. */
void
wire_iec_push(const struct wire_meter *m, utc_t now, struct buf *out)
{
    size_t from = out->used;

    put_ident(m, out);
    buf_puts(out, "\r\n");
    put_lines(m, now, out);
    add_parity(out, from);
}

const struct wire_protocol wire_iec62056 = {"iec62056-21", 10, hear_iec};
