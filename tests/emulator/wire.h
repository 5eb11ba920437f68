/*
 * wire.h - the meters of the village on a wire: what each answers to a request, by its
 * protocol, written without the decoders of src/ so that both do not err alike.
 */
#ifndef EMULATOR_WIRE_H
#define EMULATOR_WIRE_H

#include "buf.h"
#include "knob.h"
#include "meter.h"

#include <stdint.h>

#define WIRE_ADDRESS_MAX 24
#define WIRE_WORD_MAX    24

/* What may go wrong with one meter; `next_` counts down by one an answer. */
struct wire_faults {
    int silent;        /* it hears nothing */
    int late_ms;       /* real milliseconds more before it answers */
    int next_silent;   /* the next n requests get no answer */
    int next_garbled;  /* the next n answers have a byte turned round */
    int next_checksum; /* ... a wrong checksum */
    int next_stranger; /* ... come from another address */
    int next_refused;  /* the next n are refused */
    int lose_command;  /* the answers to the next n switches are lost */
    int noise;         /* bytes of junk before each answer */
    int preamble;      /* FE before each answer */
    int split;         /* bytes of data in a frame; the rest in further ones; 0: no limit */
    int button;        /* "allow" waits until somebody presses */
    int lacks_byte;    /* a 00 before each answer, and its last byte is lost */
    int keeps_baud;    /* it offers a speed and does not take it */
    int clock_late_s;  /* its clock is behind by that */
};

extern const struct knob wire_knobs[];

struct wire_meter;

struct wire_protocol {
    const char *name;
    /* Bits of a byte on the line. */
    int bits;
    /* A request was heard. Adds what is answered; nothing is silence. */
    void (*hear)(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now,
                 struct buf *out);
};

struct wire_meter {
    const struct wire_protocol *protocol;
    char address[WIRE_ADDRESS_MAX];
    char password[WIRE_WORD_MAX];
    char mode; /* of IEC 62056-21: A to D */
    char z;    /* the speed that it offers */
    struct device *d;
    struct wire_faults faults;
    bool armed;           /* the button would close the relay */
    int64_t frozen_milli; /* the total at the last freeze */
    uint32_t baud;        /* that it listens at; 0: that of the line */
    uint32_t answer_baud; /* that it answers at; 0: as it listens */
    uint32_t line_baud;   /* of the line, just now */
    uint32_t next_baud;   /* that it listens at behind this answer; 0: as before */
    bool selected;        /* M-Bus: by its secondary address */
    bool open, signed_in; /* IEC: in programming mode, with the password */
    uint8_t part[512];    /* what is still to be sent of a long answer */
    size_t n_part;
    int sequence;
    unsigned long requests, answers;
};

extern const struct wire_protocol wire_dlt645_2007, wire_dlt645_1997, wire_iec62056,
    wire_modbus, wire_cjt188, wire_mbus;

/* NULL for a word that names none. */
const struct wire_protocol *wire_protocol_find(const char *name);

/* A request reaches this meter: its answer with the faults that it has just now. */
void wire_hear(struct wire_meter *m, const uint8_t *bytes, size_t n, utc_t now,
               struct buf *out);

/* Somebody presses the button. */
void wire_press(struct wire_meter *m, utc_t now);

/* For the protocols: n bytes of BCD, low byte first. */
void wire_bcd(struct buf *out, int64_t number, int n);
void wire_byte(struct buf *out, unsigned byte);
/* The digits of an address, two a byte, low byte first. */
void wire_address(struct buf *out, const char *address, int n);
unsigned wire_sum(const uint8_t *bytes, size_t n);

/* What an IEC meter of mode D says by itself each second. */
void wire_iec_push(const struct wire_meter *m, utc_t now, struct buf *out);

#endif
