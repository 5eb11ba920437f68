/*
 * at.h - the AT commands of a modem: 3GPP TS 27.007 and 27.005 in PDU mode, and what of
 * ITU-T V.250 programs use.
 *
 * These functions leave the reply in m->reply and m->waiting; modem.c sends it.
 */
#ifndef EMULATOR_AT_H
#define EMULATOR_AT_H

#include "modem.h"

/* A command line, without its end. What does not begin with AT is noise. */
void at_line(struct modem *m, char *line);
void at_too_long(struct modem *m);

/* What was typed at a prompt: ended by Ctrl-Z, or thrown away by ESC. */
void at_pdu(struct modem *m, const char *typed);
void at_abort(struct modem *m);

/* A message arrives over the air. False: there is no room now, the network keeps it. */
bool at_take(struct modem *m, const struct parcel *p);

/* The answer of a USSD code, some time after AT+CUSD. */
void at_ussd(struct modem *m, const char *text);

#endif
