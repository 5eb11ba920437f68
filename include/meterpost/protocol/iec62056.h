/*
 * iec62056.h - IEC 62056-21 (old IEC 1107), modes A to D: sign-on, acknowledgement, data
 * readout, programming mode; and the telegrams of P1 ports, which look the same. Pure
 * functions over bytes.
 *
 * Seven bits with even parity on the wire: the eighth bit is ignored. Identifiers lose
 * their A-B: and their *255 and keep *nn, the number of a stored value; the register has
 * all groups. A readout whose check characters were not sent is taken and says so.
 */
#ifndef METERPOST_PROTOCOL_IEC62056_H
#define METERPOST_PROTOCOL_IEC62056_H

#include "meterpost/protocol/frame.h"

/* Find the first message and read what it says. f->maker and f->note hold what an
 * identification tells; f->address the serial number, where the data name it. */
bool iec62056_decode(const uint8_t *bytes, size_t n, struct frame *f);

/* Bits a second of a baud identification ('0' to '6', 'A' to 'F'); 0 for none. */
int iec62056_baud(char z);

/* "/?" address "!": address "" is any meter on the line, at most 32 characters. */
bool iec62056_sign_on(const char *address, struct frame_bytes *out, struct err *e);
/* ACK 0 Z Y: at the speed Z of the identification, or '0' to stay at 300; y '0' is
 * readout, '1' programming. */
void iec62056_acknowledge(char z, char y, struct frame_bytes *out);
/* SOH command STX data ETX BCC, such as "R1" with "1.8.0()", or "P1" with "(password)". */
bool iec62056_command(const char *command, const char *data, struct frame_bytes *out,
                      struct err *e);
/* SOH B0 ETX BCC: end of the programming mode. */
void iec62056_break(struct frame_bytes *out);
/* Set the eighth bit so that the parity is even, for ports that send eight bits. */
void iec62056_parity(uint8_t *bytes, size_t n);

#endif
