/*
 * phone.h - who a message is from or to, in one spelling.
 *
 * A sender is a claim (it can be forged), and it need not be a phone: networks send from
 * words ("MPESA") and from short codes ("234"). The three are kept apart, because only
 * a full number may be a customer, a meter or a member of staff.
 * Source of the rules: ITU-T E.164 (at most 15 digits), 3GPP TS 23.040 9.1.2.5.
 */
#ifndef METERPOST_BASE_PHONE_H
#define METERPOST_BASE_PHONE_H

#include "meterpost/base/err.h"

#include <stdbool.h>

#define PHONE_MAX                                                                          \
    24 /* bytes with NUL: '+' and 15 digits, or 11 characters of a word in UTF-8 */

enum phone_kind {
    PHONE_E164,  /* "+254700000001"               */
    PHONE_SHORT, /* 2 to 6 digits: a service code */
    PHONE_ALPHA, /* a word, never a person        */
};

struct phone {
    enum phone_kind kind;
    char text[PHONE_MAX];
};

/* Bring a number as typed or received into one spelling. `country_code` is the utility's,
 * digits only ("254"): "0700 000 001", "254700000001", "00254700000001" and
 * "+254-700-000001" are one number. Digits must be ASCII. FAIL_REJECT for what is neither
 * number, short code nor a word of at most 11 characters. */
bool phone_parse(const char *raw, const char *country_code, struct phone *out,
                 struct err *e);

/* "+2547*****001" for logs. Static buffer of the thread: use it at once. */
const char *phone_mask(const char *number);

/* True when `number` fits a route pattern: digits with '+' in front and an optional '*' at
 * the end ("+25472*"), or "*" alone. */
bool phone_matches(const char *pattern, const char *number);

#endif
