/*
 * raw.h - what libGammu cannot do, on a line that nobody has open: free a place whose
 * message is nothing but an empty service centre address ("00": it reads before it deletes,
 * and takes such a message for no message), and bring the answer of a USSD code (it wants
 * the text on one line, and unpacks it past its array).
 */
#ifndef METERPOST_SMS_MODEM_RAW_H
#define METERPOST_SMS_MODEM_RAW_H

#include "meterpost/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Free this place, waiting at most some seconds for each answer. *was_there is false, and
 * nothing deleted, when something else lies there. FAIL_RETRY when the modem refuses or is
 * silent. */
bool raw_delete(const char *device, uint32_t baud, const char *memory, int index,
                bool *was_there, struct err *e);

/* Send a code such as "*144#" and wait at most half a minute for the network's text, UTF-8,
 * cut to size. A menu is left again. FAIL_RETRY when there was none. */
bool raw_ussd(const char *device, uint32_t baud, const char *code, char *text, size_t size,
              struct err *e);

#endif
