/*
 * ussd.h - the line in which a modem brings the network's answer to a code such as *144#:
 *
 *   +CUSD: 0,"Your balance is KES 250.00",15
 *
 * Pure. Modems write the text as it is, in hexadecimal UTF-16, or as packed septets in
 * hexadecimal, and do not say which; the text itself tells. Source: 3GPP TS 27.007 7.15,
 * TS 23.038 5 (coding scheme); Huawei and ZTE pack.
 */
#ifndef METERPOST_SRC_SMS_USSD_H
#define METERPOST_SRC_SMS_USSD_H

#include <stdbool.h>
#include <stddef.h>

enum ussd_status {
    USSD_DONE = 0,      /* nothing more is expected */
    USSD_ASKS = 1,      /* a menu that waits for a choice */
    USSD_ENDED = 2,     /* by the network */
    USSD_ELSEWHERE = 3, /* another client answered */
    USSD_CANNOT = 4,    /* not supported */
    USSD_LATE = 5,      /* the network did not answer in time */
};

/* True when `said` (all that the modem has said) has a whole +CUSD line. */
bool ussd_is_whole(const char *said);

/* Status and text (UTF-8, cut to size) of that line. `gsm`: bytes stand for the GSM 7-bit
 * alphabet, as after AT+CSCS="GSM". False when there is none. */
bool ussd_read(const char *said, bool gsm, enum ussd_status *status, char *text,
               size_t size);

/* A code as packed septets in hexadecimal; 2 n + 1 bytes suffice. */
void ussd_pack(const char *code, char *hex);

#endif
