/* cjt188_private.h - what the files of CJ/T 188 share. */
#ifndef METERPOST_SRC_PROTOCOL_CJT188_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_CJT188_PRIVATE_H

#include "meterpost/protocol/cjt188.h"
#include "protocol/build.h"

#define CJT188_START   0x68
#define CJT188_END     0x16
#define CJT188_ADDRESS 7  /* bytes */
#define CJT188_HEAD    11 /* bytes: 68 T A0..A6 C L */
#define CJT188_ID      3  /* bytes: identifier and sequence */

/* What the types from `first` to `last` are. */
struct cjt188_kind {
    uint8_t first, last;
    const char *name;
    const char *obis; /* of what it counts */
    bool heat;
};

/* The kind of a type of meter; NULL when it is none. */
const struct cjt188_kind *cjt188_kind_find(uint8_t type);

/* Is this a type of meter? */
bool cjt188_type_known(unsigned type);

/* The first frame that is whole and right: where its 68 is, and f->start and f->length.
 * NULL when there is none: f says why. Its data may still be shorter than CJT188_ID. */
const uint8_t *cjt188_find(const uint8_t *bytes, size_t n, struct frame *f);

#endif
