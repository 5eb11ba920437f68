/*
 * segment.h - how a text becomes short messages: its alphabet, its length in the units that
 * are counted and paid, and where it is cut.
 *
 * Pure. A text of only the characters of the GSM 7-bit default alphabet counts in septets
 * (those of the extension table take two), any other in UTF-16 units (those beyond U+FFFF
 * take two). Source: 3GPP TS 23.038 6.2.1 (alphabet), TS 23.040 9.2.3.24 (header of a
 * part).
 */
#ifndef METERPOST_SMS_SEGMENT_H
#define METERPOST_SMS_SEGMENT_H

#include "meterpost/base/err.h"
#include "meterpost/sms/wire.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENTS_MAX 10  /* parts of one message; more is never sent */
#define SEGMENT_GSM7 160 /* septets of a message of one part */
#define SEGMENT_UCS2 70  /* UTF-16 units of a message of one part */

struct segment_part {
    uint32_t at;    /* first byte in the text */
    uint16_t bytes; /* of UTF-8 */
    uint16_t units; /* septets or UTF-16 units */
};

struct segments {
    enum wire_alphabet alphabet;
    unsigned ref_bits;                      /* of the header that several parts have */
    size_t characters;                      /* code points; octets of data */
    size_t units;                           /* of the whole text, headers not counted */
    size_t count;                           /* parts; 1 for an empty text */
    struct segment_part part[SEGMENTS_MAX]; /* the first `count` of them, at most */
};

/* Measure a text of any length: count may be more than SEGMENTS_MAX, but part[] ends there.
 * FAIL_REJECT when it is not UTF-8. */
bool segment_measure(const char *text, struct segments *out, struct err *e);

/* The same with a header of 8 or 16 bits on each of several parts. segment_measure() has 8,
 * as most phones do. */
bool segment_measure_for(const char *text, unsigned ref_bits, struct segments *out,
                         struct err *e);

/* n octets of data that shall be sent as they are. FAIL_REJECT beyond SEGMENTS_MAX parts.
 */
bool segment_plan_data(size_t n, unsigned ref_bits, struct segments *out, struct err *e);

/* The same for a text that shall be sent: also FAIL_REJECT beyond SEGMENTS_MAX parts. No
 * part ends inside of a character, an escape pair or a surrogate pair. */
bool segment_plan(const char *text, struct segments *out, struct err *e);

/* Put part `i` (from 0) of a planned text, or of planned data, into alphabet, concat and
 * body of *out. `ref` names the message; the same for all of its parts. */
void segment_fill(const struct segments *s, const char *text, size_t i, uint16_t ref,
                  struct wire_send *out);

/* Units that n bytes of body take: septets, UTF-16 units or octets. -1 when a character is
 * not in the alphabet or the bytes are no UTF-8. */
long segment_units(enum wire_alphabet alphabet, const char *body, size_t n);

/* Units that one part may have, beside a concatenation header of ref_bits (0 none, 8, 16).
 */
long segment_room(enum wire_alphabet alphabet, unsigned ref_bits);

/* `try text`: {"encoding": "gsm7" or "ucs2", "characters", "units", "segments"}, a new
 * reference. NULL with FAIL_REJECT when the text is not UTF-8. */
json_t *segment_try(const char *text, struct err *e);

/* The GSM 7-bit code of a character: 0x00 to 0x7F, 0x1B00 + the second code for one of the
 * extension table, -1 when it has none. */
int gsm7_code(uint32_t point);

/* The character of a code in that form. What the tables leave free is read as TS 23.038
 * 6.2.1.1 says: the character of the default table, a space for a lone escape. */
uint32_t gsm7_point(int code);

/* n septets (one a byte) to UTF-8. Returns the bytes written, without the NUL that follows;
 * -1 when `out` is too small. 3 n + 1 bytes always suffice. */
long gsm7_to_utf8(const uint8_t *septets, size_t n, char *out, size_t size);

/* UTF-8 to septets, one a byte. The number of septets; -1 when a character is not in the
 * alphabet or they do not fit. */
long gsm7_from_utf8(const char *text, size_t bytes, uint8_t *septets, size_t size);

/* UTF-8 to UTF-16, high octet first, and back. Octets or bytes written (the text is ended
 * with a NUL that is not counted), -1 when it does not fit or is not UTF-8. Reading puts
 * U+FFFD for a lone surrogate and for U+0000, and leaves out an odd last octet. */
long utf16_from_utf8(const char *text, size_t bytes, uint8_t *out, size_t size);
long utf16_to_utf8(const uint8_t *octets, size_t n, char *out, size_t size);

#endif
