/*
 * alphabet.h - the characters that a short message can carry, and cutting a text into
 * parts.
 *
 * Written for the emulator alone, from 3GPP TS 23.038 6.2.1 and TS 23.040 9.2.3.24.1, so
 * that a mistake of the product's own encoder cannot hide behind the same mistake here.
 */
#ifndef EMULATOR_ALPHABET_H
#define EMULATOR_ALPHABET_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum alphabet {
    ALPHABET_GSM7, /* units are septets, a character of the extension takes two */
    ALPHABET_8BIT, /* units are octets; as text they are written in hexadecimal */
    ALPHABET_UCS2, /* units are octets of UTF-16, big end first                  */
    ALPHABET_AUTO, /* GSM 7-bit where all characters are in it, else UCS-2       */
};

#define PIECE_UNITS_MAX 160
#define PIECES_MAX      255

struct concat {
    int ref;
    int ref_bits; /* 8 or 16 */
    int total;    /* 0: not a part of anything */
    int number;   /* from 1 */
};

/* What one short message holds. */
struct piece {
    enum alphabet alphabet;
    struct concat concat;
    size_t units;                  /* in use */
    uint8_t unit[PIECE_UNITS_MAX]; /* septets one a byte, or octets */
};

/* "gsm7", "8bit", "ucs2", "auto". */
bool alphabet_parse(const char *word, enum alphabet *out);
const char *alphabet_name(enum alphabet a);

/* Cut `text` (UTF-8; hexadecimal for 8-bit) into the fewest parts, each with a reference of
 * ref_bits where there is more than one. Number of parts, 0 on failure. */
size_t alphabet_split(const char *text, enum alphabet wanted, int ref, int ref_bits,
                      struct piece out[PIECES_MAX], struct err *e);

/* n septets (one a byte) to UTF-8 and back; `out` of the first has 3 n + 1 bytes. The
 * second gives the number of septets, -1 when a character is not in the alphabet or `size`
 * is small. */
void gsm7_to_utf8(const uint8_t *septets, size_t n, char *out);
long gsm7_from_utf8(const char *text, uint8_t *septets, size_t size);

/* n octets of UTF-16 to UTF-8: `out` has 3 n / 2 + 1 bytes. Half a pair becomes U+FFFD. */
void ucs2_to_utf8(const uint8_t *octets, size_t n, char *out);

#endif
