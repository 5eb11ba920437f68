/*
 * pdu.h - the gate: a stored message's octets, as the network wrote them, become a checked
 * struct or a reason why not.
 *
 * Pure, and the only decoder of what comes by air: libGammu's is never shown such octets,
 * because some of them make it write past its arrays. Every length is held against what is
 * there before it is used. Sources: 3GPP TS 23.040 9.1.2.5 (addresses), 9.2.2 (layouts),
 * 9.2.3.24 (header elements), TS 23.038 4 (data coding scheme).
 */
#ifndef METERPOST_SMS_PDU_H
#define METERPOST_SMS_PDU_H

#include "meterpost/sms/wire.h"

#include <stddef.h>
#include <stdint.h>

/* Read n octets: the service centre's address, then the TPDU, as AT+CMGL gives them. Fills
 * all of *out but the token. out->arrival says what it was:
 *   WIRE_TEXT    a message, or a part, for people and programs
 *   WIRE_REPORT  a delivery report; smsc_time is then the time of delivery
 *   WIRE_ASIDE   sound, but not to be answered or obeyed; reason says why
 *   WIRE_POISON  not sound: only pdu (at most WIRE_PDU_MAX octets of it) and reason count
 * Octets that follow a sound message are ignored: some modems pad. */
void pdu_read(const uint8_t *octets, size_t n, struct wire_arrived *out);

/* The longest TP-Validity-Period (relative, TS 23.040 9.2.3.12.1) that is not longer than
 * `minutes`, at least the five minutes of 0; 0 minutes means the maximum. */
uint8_t pdu_validity(uint32_t minutes);

#endif
