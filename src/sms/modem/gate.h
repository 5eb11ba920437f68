/*
 * gate.h - where the octets of a stored message are kept while libGammu is told that there
 * was nothing in it.
 *
 * This executable has its own GSM_DecodePDUFrame(), which libGammu calls instead of the one
 * in the library: octets that came by air never reach code that they can break, no message
 * is too strange to be listed and deleted, and what is there is what the network wrote.
 */
#ifndef METERPOST_SMS_MODEM_GATE_H
#define METERPOST_SMS_MODEM_GATE_H

#include "meterpost/sms/wire.h"

struct octets {
    size_t n;
    uint8_t at[WIRE_PDU_MAX];
};

/* Forget what was seen; gate_seen() is false until libGammu reads another message. */
void gate_clear(void);

/* The message that libGammu read last, since gate_clear(). False when there was none. */
bool gate_seen(struct octets *out);

/* Refuse every message but this one: libGammu reads a place before it deletes what is
 * there, and does not delete what is refused. NULL: everything passes again. */
void gate_expect(const struct octets *only);

/* True when a message was refused since gate_expect(). */
bool gate_refused(void);

/* True when libGammu wanted to go on in text mode: whatever it says after that is of no
 * worth, and the modem must be connected anew. gate_clear_text_mode() then. */
bool gate_text_mode(void);
void gate_clear_text_mode(void);

/* True when libGammu's calls do come here: the linker gave our definition precedence. */
bool gate_stands(void);

#endif
