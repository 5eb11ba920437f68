/*
 * errand.h - what is on its way through the network and arrives a little later. For
 * network.c and this alone.
 */
#ifndef EMULATOR_ERRAND_H
#define EMULATOR_ERRAND_H

#include "network.h"

/* A text, cut into parts when it arrives. */
void errand_text(struct network *n, struct modem *to, const char *from, const char *text,
                 int64_t delay_ms);

/* Octets as they are. */
void errand_pdu(struct network *n, struct modem *to, const uint8_t *pdu, size_t size,
                int64_t delay_ms);

/* A delivery report; the time of delivery is when it arrives. */
void errand_report(struct network *n, struct modem *to, const struct report *report,
                   int64_t delay_ms);

/* The answer of a USSD code. */
void errand_ussd(struct network *n, struct modem *to, const char *text, int64_t delay_ms);

/* Forget all of them. */
void errands_drop(struct network *n);

#endif
