/*
 * raw.h - the one thing that libGammu cannot do: free a place whose message is nothing but
 * an empty service centre address ("00"). It reads before it deletes, and takes such a
 * message for no message.
 */
#ifndef METERPOST_SMS_MODEM_RAW_H
#define METERPOST_SMS_MODEM_RAW_H

#include "meterpost/base/err.h"

#include <stdint.h>

/* Free this place on a device that nobody has open, waiting at most some seconds for each
 * answer. *was_there is false, and nothing deleted, when something else lies there.
 * FAIL_RETRY when the modem refuses or is silent. */
bool raw_delete(const char *device, uint32_t baud, const char *memory, int index,
                bool *was_there, struct err *e);

#endif
