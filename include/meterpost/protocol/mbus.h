/*
 * mbus.h - M-Bus by wire (EN 13757-2 and -3): water, heat, gas and electricity meters.
 * Pure functions over bytes.
 *
 * f->address is the primary address (0 to 255), f->serial the eight digits of the
 * secondary one. Numbers are exact: what a meter sends as floating point is rounded to six
 * decimals, once.
 */
#ifndef METERPOST_PROTOCOL_MBUS_H
#define METERPOST_PROTOCOL_MBUS_H

#include "meterpost/protocol/frame.h"

#define MBUS_SELECTED 0xFD /* address of the meter that was selected */
#define MBUS_ANY      0xFE /* the one meter on the line answers      */

/* Find the first frame and read what it says: acknowledgement, short, control or long
 * frame. f->follows when the meter has another telegram: ask again with the other fcb. */
bool mbus_decode(const uint8_t *bytes, size_t n, struct frame *f);

/* SND_NKE: make the link new; the meter answers E5. */
void mbus_wake(unsigned address, struct frame_bytes *out);
/* REQ_UD2: ask for the data. `again` is the frame count bit: turn it over after each good
 * answer to get the next telegram, keep it to have the same once more. */
void mbus_read(unsigned address, bool again, struct frame_bytes *out);

/* Whom a selection is for. */
struct mbus_secondary {
    const char *serial; /* 8 digits, F for any */
    const char *maker;  /* three letters, NULL for any */
    int version;        /* -1 for any */
    int medium;         /* -1 for any */
};

/* Select by secondary address; who is meant answers E5 and listens at MBUS_SELECTED. */
bool mbus_select(const struct mbus_secondary *who, struct frame_bytes *out, struct err *e);
/* Give a meter another primary address, 0 to 250. */
bool mbus_set_address(unsigned address, unsigned to, struct frame_bytes *out,
                      struct err *e);
/* Application reset. */
void mbus_reset(unsigned address, struct frame_bytes *out);

#endif
