/*
 * frame.h - what a frame of any meter protocol says, and why one is refused.
 *
 * The protocols are pure functions over bytes: no device, no clock, nothing kept between
 * two calls. Each decoder looks for the first frame in the bytes that it is given and
 * fills one `struct frame`; junk before a frame (wake-up bytes, noise, an id put there by
 * a radio) is skipped. Bytes that hold no good frame get the fault that comes nearest to
 * what happened. dlt645.h, iec62056.h, modbus.h, cjt188.h and mbus.h decode and build.
 */
#ifndef METERPOST_PROTOCOL_FRAME_H
#define METERPOST_PROTOCOL_FRAME_H

#include "meterpost/base/conf.h"
#include "meterpost/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_BYTES_MAX   320   /* of one binary frame, wake-up bytes included */
#define FRAME_TRY_MAX     65536 /* bytes that frame_try() looks at             */
#define FRAME_VALUES_MAX  400   /* of one frame or telegram                    */
#define FRAME_ID_MAX      48    /* bytes with NUL, like the next ones          */
#define FRAME_OBIS_MAX    24
#define FRAME_UNIT_MAX    20
#define FRAME_TEXT_MAX    200
#define FRAME_NOTE_MAX    120
#define FRAME_ADDRESS_MAX 40
#define FRAME_MAKER_MAX   8

/* In the order of how much was right before the fault. */
enum frame_fault {
    FRAME_VALID,
    FRAME_START,    /* nothing that begins like a frame                */
    FRAME_LENGTH,   /* ends too early, or its length cannot be         */
    FRAME_END,      /* does not end like a frame                       */
    FRAME_CHECKSUM, /* damaged on the way                              */
    FRAME_ADDRESS,  /* whole, but the address is none                  */
    FRAME_CONTROL,  /* whole, but of a kind that this protocol has not */
    FRAME_DATA,     /* whole, but its data cannot be                   */
};

enum frame_direction { FRAME_EITHER, FRAME_REQUEST, FRAME_REPLY };
/* Of electricity: closed is on. Of water, gas and heat: open is on. */
enum frame_relay { FRAME_RELAY_NONE, FRAME_RELAY_CLOSED, FRAME_RELAY_OPEN };
enum frame_valve {
    FRAME_VALVE_NONE,
    FRAME_VALVE_OPEN,
    FRAME_VALVE_CLOSED,
    FRAME_VALVE_FAULT
};

/* A point in time as a meter has it: by its own clock, in its own zone. */
struct frame_time {
    int year;         /* 0: there is none     */
    int month, day;   /* from 1               */
    int hour, minute; /* hour -1: only a day  */
    int second;       /* -1: only minutes     */
};

enum frame_state {
    FRAME_GIVEN,
    FRAME_ASKED,  /* a request names it           */
    FRAME_ABSENT, /* the meter does not have it   */
    FRAME_BROKEN, /* the bytes are no such number */
};

struct frame_value {
    char id[FRAME_ID_MAX];     /* as the protocol has it: "00010000", "1.8.0*01"      */
    char obis[FRAME_OBIS_MAX]; /* "1-0:1.8.0"; "" where there is none                 */
    const char *name;          /* what it is, for people; NULL: only the code is known */
    enum frame_state state;
    char text[FRAME_TEXT_MAX]; /* a plain decimal ("-12.50") or a text; "" unless given */
    char unit[FRAME_UNIT_MAX]; /* "kWh"; "" for texts, "1" for plain numbers           */
    bool is_number;            /* text is a decimal in this unit                       */
    struct frame_time time;    /* of a maximum or of a stored value                    */
    char note[FRAME_NOTE_MAX]; /* what else is to be said; may be ""                   */
};

/* Some 180 KB: allocate it. */
struct frame {
    enum frame_fault fault;
    bool incomplete;      /* more bytes could still make it whole       */
    size_t start, length; /* where in the bytes it lies, when valid     */
    enum frame_direction direction;
    char address[FRAME_ADDRESS_MAX]; /* "" when it carries none         */
    char control[FRAME_ID_MAX];      /* control bytes in hex, or a word */
    const char *function;            /* "read", "relay control"; NULL: not known */
    char exception[FRAME_NOTE_MAX];  /* "" unless the meter refuses     */
    bool follows;                    /* the rest is in further frames   */
    int sequence;                    /* of a further frame; else -1     */
    enum frame_relay relay;
    enum frame_valve valve;
    const char *medium;             /* "cold water"; NULL: not told    */
    char maker[FRAME_MAKER_MAX];    /* three letters, or ""            */
    char serial[FRAME_ADDRESS_MAX]; /* where it is not the address     */
    struct frame_time time;         /* of the reading, by the meter    */
    char events[FRAME_NOTE_MAX];    /* what it reports of itself, in the words of profiles
                                       with commas: "battery-low,reversed"; or "" */
    char well[FRAME_NOTE_MAX];      /* what it would report if it were so: it is not */
    char note[FRAME_NOTE_MAX];      /* what is wrong with it, or odd   */
    int n_values;
    struct frame_value values[FRAME_VALUES_MAX];
};

/* A frame to send. */
struct frame_bytes {
    size_t n;
    uint8_t at[FRAME_BYTES_MAX];
};

/* "length", "checksum", ...; "" for a valid frame. */
const char *frame_fault_name(enum frame_fault fault);
/* "request", "reply" or "". */
const char *frame_direction_name(enum frame_direction direction);
/* "closed", "open" or ""; and "fault" for a valve that is neither. */
const char *frame_relay_name(enum frame_relay relay);
const char *frame_valve_name(enum frame_valve valve);

/* "2026-11-22T17:20:00", without seconds or without the time of day where they are not
 * known. `out` has FRAME_ID_MAX bytes; returns it. */
const char *frame_time_print(const struct frame_time *t, char *out);

/* The first frame in n bytes, by the rules of a protocol. False when there is none: the
 * fault and a sentence in out->note say why. */
bool frame_decode(enum conf_protocol protocol, const uint8_t *bytes, size_t n,
                  struct frame *out);

/* "dlt645-2007" to the protocol; FAIL_REJECT names those that there are. */
bool frame_protocol_find(const char *name, enum conf_protocol *out, struct err *e);

/* What one frame says, as interfaces.md 5 has it for `try frame`: a new object, NULL only
 * when memory is short. */
json_t *frame_json(const struct frame *f);

struct modbus_map;

/* `try frame`: hexadecimal bytes, white space allowed, of one frame or of several in a row;
 * telegrams of iec62056-21 may be given as text. With more than one the object is that of
 * the last, also when that is damaged, and "frames" holds all. An answer of
 * Modbus that stands behind its request is read by `map`, where that is not NULL. What is
 * no frame is an answer as well ("valid": false with the reason). NULL with *e for an
 * unknown protocol or for what is no hex. */
json_t *frame_try(const char *protocol, const char *hex, const struct modbus_map *map,
                  struct err *e);

#endif
