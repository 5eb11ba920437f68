/* iec62056_private.h - what the files of IEC 62056-21 share. */
#ifndef METERPOST_SRC_PROTOCOL_IEC62056_PRIVATE_H
#define METERPOST_SRC_PROTOCOL_IEC62056_PRIVATE_H

#include "meterpost/protocol/iec62056.h"
#include "protocol/build.h"

#define IEC_SOH      0x01
#define IEC_STX      0x02
#define IEC_ETX      0x03
#define IEC_EOT      0x04
#define IEC_ACK      0x06
#define IEC_NAK      0x15

#define IEC_SETS_MAX 32 /* data sets of one line */

/* The data block of a readout or of an answer, up to its '!' or its end, into values.
 * False when it holds what is no data line: the fault is in *f. */
bool iec_block_read(const uint8_t *block, size_t n, struct frame *f);

/* One data set: "value*unit" in parentheses. */
struct iec_set {
    char value[FRAME_TEXT_MAX];
    char unit[FRAME_UNIT_MAX];
};

/* One line: an identifier and what stands behind it. */
struct iec_line {
    char id[FRAME_ID_MAX];
    int n;
    struct iec_set sets[IEC_SETS_MAX];
};

/* Values of a line by its identifier. */
void iec_line_read(const struct iec_line *line, struct frame *f);

#endif
