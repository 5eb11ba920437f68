/*
 * cms.h - what a +CMS ERROR says about a message that was to be sent.
 *
 * Sources: 3GPP TS 27.005 3.2.5 (modem, 300 and up), TS 24.011 E.2 (network, up to 127),
 * TS 23.040 9.2.3.22 (service centre, 128 to 255).
 */
#ifndef METERPOST_SMS_CMS_H
#define METERPOST_SMS_CMS_H

#include "meterpost/sms/wire.h"

/* WIRE_REFUSED, WIRE_NOT_NOW or, for every code that is no proof, WIRE_IN_DOUBT. *words is
 * set to what it means, for people; never NULL. */
enum wire_outcome cms_outcome(int code, const char **words);

/* True for an error without a number and for one that means that the modem did not
 * understand: the line or the pace may be at fault. */
bool cms_is_of_the_modem(int code);

/* True when the code says that the SIM is missing, locked or broken. */
bool cms_is_sim_trouble(int code);

#endif
