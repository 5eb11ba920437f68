#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define KNOB(name, most, what)                                                             \
    {                                                                                      \
#name, offsetof(struct wire_faults, name), 0, most, what                           \
    }

const struct knob wire_knobs[] = {
    KNOB(silent, 1, "hears nothing"),
    KNOB(late_ms, 60000, "before it answers"),
    KNOB(next_silent, 1000000, "requests without an answer"),
    KNOB(next_garbled, 1000000, "answers with a byte turned round"),
    KNOB(next_checksum, 1000000, "answers with a wrong checksum"),
    KNOB(next_stranger, 1000000, "answers from another address"),
    KNOB(next_refused, 1000000, "requests that are refused"),
    KNOB(lose_command, 1000000, "switches that are done, with the answer lost"),
    KNOB(noise, 40, "bytes of junk before each answer"),
    KNOB(preamble, 10, "FE before each answer"),
    KNOB(split, 200, "bytes of data in a frame"),
    KNOB(button, 1, "allow waits for the button"),
    KNOB(lacks_byte, 1, "a 00 before each answer, and its last byte is lost"),
    KNOB(keeps_baud, 1, "offers a speed and does not take it"),
    KNOB(clock_late_s, 1000000, "seconds that its clock is behind"),
    {NULL, 0, 0, 0, NULL},
};

static const struct wire_protocol *const protocols[] = {
    &wire_dlt645_2007, &wire_dlt645_1997, &wire_iec62056,
    &wire_modbus,      &wire_cjt188,      &wire_mbus,
};

const struct wire_protocol *
wire_protocol_find(const char *name)
{
    for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
        if (strcmp(protocols[i]->name, name) == 0)
            return protocols[i];
    }
    return NULL;
}

void
wire_byte(struct buf *out, unsigned byte)
{
    const char c = (char)(uint8_t)byte;

    buf_add(out, &c, 1);
}

void
wire_bcd(struct buf *out, int64_t number, int n)
{
    for (; n > 0; n--, number /= 100)
        wire_byte(out, (unsigned)(number % 10 + number / 10 % 10 * 16));
}

void
wire_address(struct buf *out, const char *address, int n)
{
    for (int i = n - 1; i >= 0; i--)
        wire_byte(out, (unsigned)(strtoul((char[]){address[2 * i], address[2 * i + 1], 0},
                                          NULL, 16)));
}

unsigned
wire_sum(const uint8_t *bytes, size_t n)
{
    unsigned sum = 0;

    while (n-- > 0)
        sum += *bytes++;
    return sum & 0xFF;
}

static bool
take_one(int *count)
{
    if (*count == 0)
        return false;
    --*count;
    return true;
}

/* What is on its way is damaged, in the middle and at the check bytes. */
static void
spoil(struct wire_meter *m, struct buf *answer)
{
    size_t n = answer->used;

    if (n > 4 && take_one(&m->faults.next_garbled))
        answer->at[n / 2] = (char)(answer->at[n / 2] ^ 0x15);
    if (n > 1 && take_one(&m->faults.next_checksum))
        answer->at[n - 2] = (char)(answer->at[n - 2] ^ 0x01);
}

void
wire_hear(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now, struct buf *out)
{
    char kept[WIRE_ADDRESS_MAX];
    struct buf answer = {0};
    bool stranger = m->faults.next_stranger > 0;

    memcpy(kept, m->address, sizeof(kept));
    if (m->faults.silent)
        return;
    m->protocol->hear(m, bytes, n, now, &answer);
    if (answer.used > 0 && stranger && take_one(&m->faults.next_stranger)) {
        buf_clear(&answer);
        m->address[strlen(m->address) - 1] ^= 1;
        m->protocol->hear(m, bytes, n, now, &answer);
        memcpy(m->address, kept, sizeof(kept));
    }
    m->requests += answer.used > 0;
    if (answer.used > 0 && !take_one(&m->faults.next_silent)) {
        m->answers++;
        spoil(m, &answer);
        for (int i = 0; i < m->faults.noise; i++)
            wire_byte(out, (unsigned)(0x81 + 37 * i));
        for (int i = 0; i < m->faults.preamble; i++)
            wire_byte(out, 0xFE);
        if (m->faults.lacks_byte) {
            wire_byte(out, 0);
            answer.used--;
        }
        buf_add(out, answer.at, answer.used);
    }
    buf_finish(&answer);
}

void
wire_press(struct wire_meter *m, utc_t now)
{
    if (m->armed)
        meter_switch(m->d, true, now, "button");
    m->armed = false;
}
