/*
 * dlt645.h - DL/T 645, editions of 2007 and 1997: the meters of China and of much that is
 * made there. Pure functions over bytes.
 *
 * A frame is 68 A0..A5 68 C L DATA CS 16, often with FE before it; DATA travel plus 33h.
 * Addresses are twelve digits as printed on the meter; "AAAAAAAAAAAA" is any meter,
 * "999999999999" all of them.
 */
#ifndef METERPOST_PROTOCOL_DLT645_H
#define METERPOST_PROTOCOL_DLT645_H

#include "meterpost/protocol/frame.h"

#define DLT645_DATA_MAX 200
#define DLT645_ANY      "AAAAAAAAAAAA"
#define DLT645_ALL      "999999999999"

enum dlt645_edition { DLT645_2007, DLT645_1997 };

/* One frame as it lies in the bytes; DATA with the 33h taken off. */
struct dlt645 {
    size_t start, length; /* in the bytes, from 68 to 16 */
    uint8_t address[6];   /* low byte first */
    uint8_t control;
    uint8_t n;
    uint8_t data[DLT645_DATA_MAX];
};

/* The first good frame in n bytes into *raw. False with the fault and the reason in *f,
 * and f->incomplete when more bytes may help. */
bool dlt645_find(const uint8_t *bytes, size_t n, struct dlt645 *raw, struct frame *f);

/* Find the first frame and read what it says. `edition` only tells apart what both
 * editions use; every other frame is read by the edition that it is of. */
bool dlt645_decode(enum dlt645_edition edition, const uint8_t *bytes, size_t n,
                   struct frame *f);

/* Read the data of one identifier ("00010000", "9010") into values: also for those that
 * were joined from several frames. False when `id` is no identifier of the edition. */
bool dlt645_values(enum dlt645_edition edition, const char *id, const uint8_t *data,
                   size_t n, struct frame *f);

/* True when a meter at address `got` may answer what was sent to `asked`: the same, or any
 * digits of `asked` are A, or it was to all, or the meter repeats the wildcard. */
bool dlt645_address_answers(const char *asked, const char *got);

/* The requests, with four wake-up bytes before each. FAIL_REJECT when an address, an
 * identifier or a password is none. Identifiers: 8 hex digits (2007) or 4 (1997). */
bool dlt645_read(enum dlt645_edition edition, const char *address, const char *id,
                 struct frame_bytes *out, struct err *e);
/* The rest of an answer that said more follows; sequence from 1. */
bool dlt645_read_more(enum dlt645_edition edition, const char *address, const char *id,
                      int sequence, struct frame_bytes *out, struct err *e);
/* Ask the one meter on the line for its address (2007). */
bool dlt645_read_address(const char *address, struct frame_bytes *out, struct err *e);
/* Set the clock of every meter, or of one; nobody answers. The same in both editions. */
bool dlt645_set_clock(const char *address, const struct frame_time *now,
                      struct frame_bytes *out, struct err *e);
/* Freeze now (at NULL), or each month at at->day, each day at at->hour and minute when
 * at->day is 0 (2007). Nobody answers when the address is that of all. */
bool dlt645_freeze(const char *address, const struct frame_time *at,
                   struct frame_bytes *out, struct err *e);

/* What opens the door for a command: by kind of meter. */
struct dlt645_key {
    unsigned level;       /* 02, 03, 04 by maker */
    const char *password; /* up to 6 digits      */
    const char *operator; /* up to 8 hex digits  */
};

#define DLT645_TRIP        0x1A
#define DLT645_CLOSE_ALLOW 0x1B /* the customer presses the button */
#define DLT645_CLOSE       0x1C

/* Relay command (2007); void after `until` by the meter's clock. */
bool dlt645_relay(const char *address, const struct dlt645_key *key, unsigned command,
                  const struct frame_time *until, struct frame_bytes *out, struct err *e);

/* Write the data of one identifier. */
bool dlt645_write(enum dlt645_edition edition, const char *address,
                  const struct dlt645_key *key, const char *id, const uint8_t *data,
                  size_t n, struct frame_bytes *out, struct err *e);

/* A meter's clock has two identifiers; to set both takes two requests. */
enum dlt645_half { DLT645_DATE, DLT645_TIME };
const char *dlt645_clock_id(enum dlt645_edition edition, enum dlt645_half half);
bool dlt645_write_clock(enum dlt645_edition edition, const char *address,
                        const struct dlt645_key *key, enum dlt645_half half,
                        const struct frame_time *now, struct frame_bytes *out,
                        struct err *e);

/* Another speed, from behind the answer on; the answer repeats its bit. */
bool dlt645_set_baud(enum dlt645_edition edition, const char *address, unsigned baud,
                     struct frame_bytes *out, struct err *e);
/* The bit that means a speed: 08 is 2400; 0 for none. */
unsigned dlt645_baud_bit(unsigned baud);

#endif
