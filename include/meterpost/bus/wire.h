/*
 * wire.h - what the engine and a bus worker say to each other.
 *
 * As with modems: one SOCK_SEQPACKET pair, inherited by the worker as descriptor
 * BUS_WIRE_FD; one packet is one `struct bus_wire`, of which the first bus_wire_size()
 * bytes travel; the first packet of each side is its HELLO. The engine treats a worker as
 * hostile: every packet is checked by bus_wire_valid(), and what meters said travels as
 * the frames that they sent, which the engine decodes itself.
 *
 *   engine                       worker
 *   HELLO, SETUP     ------->    opens the line
 *                    <-------    HELLO, STATE ..., ALIVE every BUS_ALIVE_S
 *   JOB (row `sent`) ------->    does one after the other
 *                    <-------    TRAFFIC ... when asked for, ANSWER ..., RESULT: exactly
 * one STOP             ------->    finishes the exchange under way, exits
 *
 * The worker tries everything once: what is to be tried again is decided by the engine.
 */
#ifndef METERPOST_BUS_WIRE_H
#define METERPOST_BUS_WIRE_H

#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUS_WIRE_VERSION  1
#define BUS_WIRE_FD       3
#define BUS_ALIVE_S       5
#define BUS_DEAD_S        30 /* of silence: a worker says ALIVE also while it waits */
#define BUS_IN_FLIGHT_MAX 4  /* jobs that a worker has at a time */

#define BUS_WORD_MAX      64
#define BUS_CHUNK_MAX     1024 /* bytes of one ANSWER or TRAFFIC */
#define BUS_IDS_MAX       160
#define BUS_WIRE_RANGES   32

enum bus_wire_kind {
    BUS_WIRE_HELLO = 1,
    BUS_WIRE_SETUP,
    BUS_WIRE_JOB,
    BUS_WIRE_STOP,
    BUS_WIRE_ALIVE,
    BUS_WIRE_STATE,
    BUS_WIRE_TRAFFIC,
    BUS_WIRE_ANSWER,
    BUS_WIRE_RESULT,
    BUS_WIRE_KINDS
};

struct bus_wire_hello {
    uint32_t version;
    uint32_t pid;
};

/* How bytes travel on a line. */
struct bus_framing {
    uint32_t baud;
    uint8_t parity;    /* enum conf_parity */
    uint8_t data_bits; /* 7 or 8 */
    uint8_t stop_bits; /* 1 or 2 */
};

struct bus_wire_setup {
    char name[BUS_WORD_MAX];
    char device[256]; /* a path, tcp://host:port, listen:port, replay:file */
    struct bus_framing framing;
    uint8_t rs485;               /* enum conf_rs485 */
    uint8_t echo;                /* enum conf_echo */
    uint32_t gap_ms;             /* of quiet that ends an answer */
    char greeting[BUS_WORD_MAX]; /* what a terminal that dials in says first; "": nothing */
    char heartbeat[BUS_WORD_MAX]; /* what it says now and then; "": nothing */
};

struct bus_wire_range {
    uint8_t function;
    uint16_t first, count;
};

/* What to do, with all that is to be known of the meter. */
struct bus_wire_job {
    int64_t job;      /* row, for RESULT */
    uint8_t protocol; /* enum conf_protocol */
    uint8_t action;   /* enum bus_action */
    uint8_t trace;    /* say what travels */
    char address[BUS_WORD_MAX];
    char password[BUS_WORD_MAX];
    uint32_t timeout_ms;   /* until the first byte of an answer */
    uint32_t pause_ms;     /* of quiet before each request */
    uint32_t confirm_ms;   /* a relay has so long to move */
    uint32_t baud;         /* 0: that of the line */
    uint32_t life_ms;      /* it is not begun when it has waited so long; 0: always */
    int64_t now;           /* for the meter's clock: seconds of its local time */
    char ids[BUS_IDS_MAX]; /* identifiers, with blanks between; of a scan: "from-to" */
    uint8_t n_ranges;      /* of Modbus */
    struct bus_wire_range ranges[BUS_WIRE_RANGES];
    uint8_t level; /* of DL/T 645 */
    char operator_code[9];
    uint8_t commands[3]; /* cut, allow, restore; 0: it cannot */
    uint8_t medium;      /* of CJ/T 188 */
    uint8_t swapped;     /* identifiers low byte first */
    uint8_t mode;        /* of IEC 62056-21: 'C' by sign-on, 'D' it speaks by itself */
    uint8_t lacks_byte;  /* of Modbus: its answers are a byte short */
    uint8_t fixed_baud;  /* it stays at its speed whatever it offers */
    uint8_t spoken;      /* registers are read one by one, in programming mode */
    uint8_t wake_zeros;  /* tens of zero bytes before the sign-on */
    char login[3];       /* that the password goes with: P1, P2 */
    char ask[3];         /* that a register is read with: R1, R5 */
    char write[3];       /* and written: W1, W5 */
};

enum bus_outcome {
    BUS_OUT_DONE = 1,
    BUS_OUT_SILENT,      /* nothing came */
    BUS_OUT_DAMAGED,     /* something came, and no good frame of this meter */
    BUS_OUT_REFUSED,     /* the meter says no */
    BUS_OUT_UNSUPPORTED, /* this protocol has no such thing */
    BUS_OUT_DOUBT,       /* a switch was asked for, and how it stands is not known */
    BUS_OUT_UNMOVED,     /* accepted, but it stands as before */
    BUS_OUT_LINE,        /* not begun: the line is gone */
};

enum bus_relay_state {
    BUS_RELAY_UNKNOWN,
    BUS_RELAY_CLOSED,
    BUS_RELAY_OPEN,
    BUS_RELAY_ARMED
};

struct bus_wire_result {
    int64_t job;
    uint8_t outcome; /* enum bus_outcome */
    uint8_t relay;   /* enum bus_relay_state; of water, gas and heat: closed lets flow */
    uint16_t requests;
    uint32_t took_ms;
    uint32_t sent, received; /* bytes */
    char reason[BUS_WORD_MAX * 2];
};

/* Frames of the meter one after the other, each behind its request (only Modbus); a large
 * answer takes several packets. */
struct bus_wire_answer {
    int64_t job;
    uint16_t length;
    uint8_t bytes[BUS_CHUNK_MAX];
};

struct bus_wire_traffic {
    int64_t job;
    uint32_t at_ms; /* since the job began */
    uint8_t out;    /* 1: to the meters */
    uint16_t length;
    uint8_t bytes[BUS_CHUNK_MAX];
};

enum bus_health {
    BUS_STARTING = 1,
    BUS_READY,
    BUS_WAITING, /* for a terminal that dials in, or a server that is not there */
    BUS_FAILED,  /* exits now */
};

struct bus_wire_state {
    uint8_t health;                /* enum bus_health */
    uint8_t echo;                  /* the converter repeats what is sent */
    char peer[BUS_WORD_MAX];       /* what the terminal said, or where it is */
    char reason[BUS_WORD_MAX * 2]; /* in words, when it is not ready */
};

struct bus_wire {
    uint32_t kind; /* enum bus_wire_kind */
    uint32_t size; /* of the whole packet */
    union {
        struct bus_wire_hello hello;
        struct bus_wire_setup setup;
        struct bus_wire_job job;
        struct bus_wire_state state;
        struct bus_wire_traffic traffic;
        struct bus_wire_answer answer;
        struct bus_wire_result result;
    } u;
};

/* Bytes that a packet of this kind has on the socket; 0 for a kind that does not exist. */
size_t bus_wire_size(enum bus_wire_kind kind);

/* True when n received bytes are a packet of this version: known kind, right size, every
 * string ended and UTF-8, every count inside its array, every enum in range. */
bool bus_wire_valid(const struct bus_wire *w, size_t n);

/* Send one packet (size is filled in). False with FAIL_REJECT when it is not valid, with
 * FAIL_RETRY when the peer's buffer is full, FAIL_FATAL when the peer is gone. Never
 * blocks. */
bool bus_wire_put(int fd, struct bus_wire *w, struct err *e);

/* Receive one packet. *got is false when nothing is there. FAIL_FATAL: the peer is gone;
 * FAIL_REJECT: it sent something that is not valid. */
bool bus_wire_get(int fd, struct bus_wire *w, bool *got, struct err *e);

#endif
