/*
 * wire.h - what the engine and a modem worker say to each other.
 *
 * They share one SOCK_SEQPACKET pair, inherited by the worker as file descriptor
 * WIRE_FD. One packet is one `struct wire`; only its first wire_size() bytes travel. The
 * first packet of each side is its WIRE_HELLO; a peer of another version is refused.
 * The engine treats a worker as hostile: every packet is checked by wire_valid().
 *
 *   engine                                worker
 *   HELLO, SETUP            ------->      opens the modem
 *                           <-------      HELLO, STATE ..., ALIVE every WIRE_ALIVE_S
 *                           <-------      STATE that asks for the PIN
 *   PIN (its try on file)   ------->      tries it, once
 *   SEND (a row `sending`)  ------->      hands it to the network
 *                           <-------      RESULT, exactly one for each SEND
 *                           <-------      ARRIVED (still in the SIM, or a call)
 *   FORGET (row committed)  ------->      deletes it from the SIM
 *   ASK                     ------->      looks again, or sends a USSD code
 *                           <-------      ANSWER, exactly one for each ASK
 *   STOP                    ------->      finishes what is in the air, exits
 *
 * The engine may send several SENDs before the first RESULT. The worker does one after the
 * other; when it cannot go on, those that it has not begun come back as WIRE_NOT_BEGUN.
 */
#ifndef METERPOST_SMS_WIRE_H
#define METERPOST_SMS_WIRE_H

#include "meterpost/base/clock.h"
#include "meterpost/base/phone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 4
#define WIRE_FD      3
#define WIRE_ALIVE_S 5 /* seconds between two signs of life, outside of a library call */

/* Seconds of silence after which the engine replaces the worker: longer than the longest
 * legitimate call. Makers give AT+CMGS up to 120 s, so its answer is awaited for 150. */
#define WIRE_DEAD_S        200
#define WIRE_ANSWER_S      150

#define WIRE_IN_FLIGHT_MAX 32 /* SENDs that a worker has at a time */

#define WIRE_BODY_MAX      800 /* bytes of one part and a NUL: 160 characters take 480 */
#define WIRE_PDU_MAX       300 /* octets of a stored PDU, service centre address included */
#define WIRE_WORD_MAX      64

enum wire_kind {
    WIRE_HELLO = 1,
    WIRE_SETUP,
    WIRE_SEND,
    WIRE_FORGET,
    WIRE_STOP,
    WIRE_ALIVE,
    WIRE_STATE,
    WIRE_RESULT,
    WIRE_ARRIVED,
    WIRE_PIN,
    WIRE_ASK,
    WIRE_ANSWER,
    WIRE_KINDS
};

enum wire_alphabet {
    WIRE_GSM7, /* body is UTF-8 that fits the GSM 7-bit alphabet and its extension */
    WIRE_UCS2, /* body is UTF-8, sent as UTF-16 */
    WIRE_8BIT, /* body is octets */
};

/* Which part of which message; ref_bits 0 means a message of one part. */
struct wire_concat {
    uint16_t ref;
    uint8_t ref_bits; /* 8 or 16; 0 when there is no concatenation header */
    uint8_t total;
    uint8_t number; /* from 1 */
};

struct wire_hello {
    uint32_t version;
    uint32_t pid;
};

struct wire_setup {
    char name[WIRE_WORD_MAX]; /* the modem's name in the configuration */
    char device[256];
    uint32_t baud;
    char smsc[PHONE_MAX]; /* empty: the SIM's own */
    uint32_t poll_s;      /* between two looks into the SIM; new-message lines come first */
    uint8_t reports;      /* ask for delivery reports */
    uint8_t settle_percent; /* of libGammu's own waits in a send; 100 = all of them */
    uint8_t settle_auto;    /* try with less and less of them, as long as all goes well */
    uint8_t radio_off_on;   /* switch the radio off and on before anything else */
    uint32_t answer_s;      /* wait for the network's answer to a SEND; 0 = WIRE_ANSWER_S */
};

/* The answer to WIRE_PIN_ASKED. */
struct wire_pin {
    char pin[16];                   /* empty: none is to be tried */
    char reason[WIRE_WORD_MAX * 2]; /* why not, for people */
};

struct wire_send {
    int64_t outbox; /* row, for RESULT */
    char number[PHONE_MAX];
    uint8_t report;        /* ask for a delivery report of this part */
    uint8_t alphabet;      /* enum wire_alphabet */
    uint8_t flash;         /* class 0: shown, not stored */
    uint32_t validity_min; /* how long the network may keep it; 0 = its maximum */
    struct wire_concat concat;
    uint16_t length; /* bytes of body; a NUL follows them */
    char body[WIRE_BODY_MAX];
};

enum wire_outcome {
    WIRE_SENT = 1,  /* the network took it; ref is its reference */
    WIRE_REFUSED,   /* it certainly did not leave, and never will: a permanent code */
    WIRE_NOT_NOW,   /* it certainly did not leave; may be tried again */
    WIRE_IN_DOUBT,  /* it may have left */
    WIRE_NOT_BEGUN, /* it waited in the worker when that could not go on */
};

struct wire_result {
    int64_t outbox;
    uint8_t part;    /* number from the SEND, 1 for a single part */
    uint8_t outcome; /* enum wire_outcome */
    int16_t ref;     /* TP-MR 0..255, -1 when unknown */
    int32_t code;    /* +CMS ERROR code, -1 when there is none */
    char reason[WIRE_WORD_MAX * 2];
};

enum wire_arrival {
    WIRE_TEXT = 1, /* a message or a part of one */
    WIRE_REPORT,   /* a delivery report: ref, tp_status and number count */
    WIRE_POISON,   /* refused by the gate, or the decoder gave up: only pdu and reason count
                    */
    WIRE_ASIDE,    /* decoded, but not for people: class 0, WAP push, message indication */
    WIRE_CALL,     /* somebody rang and was hung up on: only number and time count */
};

struct wire_arrived {
    uint64_t token;    /* names it in FORGET; only for the life of this worker */
    uint8_t arrival;   /* enum wire_arrival */
    uint8_t alphabet;  /* enum wire_alphabet */
    int16_t ref;       /* of a report: TP-MR */
    int16_t tp_status; /* of a report: raw TP-Status byte */
    char number[40];   /* as the network gave it, UTF-8, not yet normalised */
    char smsc[PHONE_MAX];
    utc_t smsc_time; /* 0 when absent or impossible */
    struct wire_concat concat;
    uint16_t length; /* bytes of body; a NUL follows them */
    uint16_t pdu_length;
    char body[WIRE_BODY_MAX];
    uint8_t pdu[WIRE_PDU_MAX];      /* raw octets as stored, for the record and for dedup */
    char reason[WIRE_WORD_MAX * 2]; /* of poison and aside */
};

enum wire_health {
    WIRE_STARTING = 1, /* opening, identifying                    */
    WIRE_READY,        /* registered, sends and receives          */
    WIRE_NO_NETWORK,   /* answers, but has no network             */
    WIRE_STOPPED,      /* will not go on by itself: PIN, no SIM   */
    WIRE_FAILED,       /* the device is gone or dumb; exits now   */
};

/* A SIM counts wrong PINs for ever; so every try is on file before it is made. */
enum wire_pin_state {
    WIRE_PIN_UNKNOWN, /* nothing was asked yet */
    WIRE_PIN_ASKED,   /* the SIM wants it: waits for WIRE_PIN */
    WIRE_PIN_REFUSED, /* the one that was tried was wrong */
    WIRE_PIN_OPEN,    /* the SIM is open */
};

struct wire_state {
    uint8_t health;        /* enum wire_health */
    int8_t signal_percent; /* -1 unknown */
    uint8_t roaming;
    uint8_t settle_percent;     /* of the waits, as in use now */
    uint8_t pin;                /* enum wire_pin_state */
    uint8_t settle_fell;        /* less than all waits led to trouble: all of them again */
    int32_t sim_used, sim_size; /* stored messages, -1 unknown */
    char imei[WIRE_WORD_MAX], imsi[WIRE_WORD_MAX];
    char model[WIRE_WORD_MAX], firmware[WIRE_WORD_MAX];
    char operator_name[WIRE_WORD_MAX], smsc[PHONE_MAX];
    char reason[WIRE_WORD_MAX * 2]; /* in words, when it is not ready */
};

enum wire_question {
    WIRE_ASK_LOOK = 1, /* look at signal, network and memory now; a STATE comes first */
    WIRE_ASK_USSD,     /* send a code, bring the network's answer */
};

struct wire_ask {
    int64_t id;
    uint8_t question;         /* enum wire_question */
    char code[WIRE_WORD_MAX]; /* of USSD: "*144#" */
};

struct wire_answer {
    int64_t id;
    uint8_t good;             /* there was one; else `text` says why not */
    char text[WIRE_BODY_MAX]; /* UTF-8 */
};

struct wire {
    uint32_t kind; /* enum wire_kind */
    uint32_t size; /* of the whole packet: wire_size(kind) */
    union {
        struct wire_hello hello;
        struct wire_setup setup;
        struct wire_pin pin;
        struct wire_send send;
        struct {
            uint64_t token;
        } forget;
        struct wire_state state;
        struct wire_result result;
        struct wire_arrived arrived;
        struct wire_ask ask;
        struct wire_answer answer;
    } u;
};

/* Bytes that a packet of this kind has on the socket; 0 for a kind that does not exist. */
size_t wire_size(enum wire_kind kind);

/* True when n received bytes are a packet of this version: known kind, right size, every
 * string ended and UTF-8 (as a body is that is not WIRE_8BIT), every count inside its
 * array, every enum in range, a part's number among its total. */
bool wire_valid(const struct wire *w, size_t n);

/* Send one packet (size is filled in). False with FAIL_REJECT when it is not valid, with
 * FAIL_RETRY when the peer's buffer is full, FAIL_FATAL when the peer is gone. Never
 * blocks, never raises SIGPIPE. */
bool wire_put(int fd, struct wire *w, struct err *e);

/* Receive one packet. *got is false when nothing is there (non-blocking descriptor).
 * FAIL_FATAL: the peer is gone; FAIL_REJECT: it sent something that is not valid. */
bool wire_get(int fd, struct wire *w, bool *got, struct err *e);

#endif
