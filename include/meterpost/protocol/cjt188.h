/*
 * cjt188.h - CJ/T 188, forms of 2004 and 2018: water, gas and heat meters of China. Pure
 * functions over bytes.
 *
 * A frame is 68 T A0..A6 C L DI DI SER data CS 16, often with FE before it. Addresses are
 * fourteen digits as printed, maker's code first; "AAAAAAAAAAAAAA" is any meter. Makers
 * send the two bytes of an identifier in both orders: both are read.
 */
#ifndef METERPOST_PROTOCOL_CJT188_H
#define METERPOST_PROTOCOL_CJT188_H

#include "meterpost/protocol/frame.h"

#define CJT188_ANY        "AAAAAAAAAAAAAA"
#define CJT188_COLD_WATER 0x10
#define CJT188_HOT_WATER  0x11
#define CJT188_HEAT       0x20
#define CJT188_GAS        0x30
#define CJT188_ANY_TYPE   0xAA

/* Find the first frame and read what it says. f->sequence is the number that a meter
 * repeats from the request. */
bool cjt188_decode(const uint8_t *bytes, size_t n, struct frame *f);

/* Whom a request is for. */
struct cjt188_meter {
    unsigned type;       /* CJT188_... */
    const char *address; /* 14 digits, or with AA for any two */
    bool swapped;        /* it wants identifiers as 1F 90 instead of 90 1F */
    unsigned sequence;   /* up to 255 */
};

/* The requests, with four wake-up bytes. FAIL_REJECT for an address or identifier that is
 * none. Identifiers are four hex digits: "901F" is what the meter shows now. */
bool cjt188_read(const struct cjt188_meter *m, const char *id, struct frame_bytes *out,
                 struct err *e);
bool cjt188_read_address(const struct cjt188_meter *m, struct frame_bytes *out,
                         struct err *e);
/* Open or close the valve: the answer says what was understood, a later reading what was
 * done. */
bool cjt188_valve(const struct cjt188_meter *m, bool open, struct frame_bytes *out,
                  struct err *e);
bool cjt188_set_clock(const struct cjt188_meter *m, const struct frame_time *now,
                      struct frame_bytes *out, struct err *e);

#endif
