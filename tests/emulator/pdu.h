/*
 * pdu.h - the octets of a short message, as 3GPP TS 23.040 9.2 draws them.
 *
 * The emulator reads what modems submit and writes what the network delivers. A "PDU" here
 * starts with the service centre's address, as in AT+CMGL; a "TPDU" comes behind it.
 */
#ifndef EMULATOR_PDU_H
#define EMULATOR_PDU_H

#include "alphabet.h"
#include "meterpost/base/clock.h"

#define ADDRESS_MAX   64  /* bytes of a number or word in UTF-8, NUL included */
#define PART_TEXT_MAX 512 /* bytes of one part's text, NUL included */
#define PDU_MAX       200 /* octets of a PDU that the emulator writes */

/* What a modem handed in. */
struct submit {
    int ref;              /* TP-MR as the modem's user wrote it; the modem sets its own */
    char to[ADDRESS_MAX]; /* "+" in front when international */
    enum alphabet alphabet;
    int class;    /* -1: none */
    bool report;  /* TP-SRR */
    int validity; /* relative TP-VP, -1: none or absolute */
    struct concat concat;
    char text[PART_TEXT_MAX]; /* UTF-8, hexadecimal for 8-bit */
};

/* Octets of the PDU that are the service centre's address; 0 when it is longer than all. */
size_t pdu_smsc_size(const uint8_t *pdu, size_t n);

/* Read a TPDU of the type SUBMIT. FAIL_REJECT with what is wrong with it. */
bool pdu_read_submit(const uint8_t *tpdu, size_t n, struct submit *out, struct err *e);

#define STAMP_MAX 24 /* bytes of "26/03/01,06:00:00+12", NUL included */

/* Read a TPDU of the type DELIVER: `to` is who sent it, `when` as text mode says it. */
bool pdu_read_deliver(const uint8_t *tpdu, size_t n, struct submit *out,
                      char when[STAMP_MAX], struct err *e);

/* One message on its way to a modem. */
struct deliver {
    const char *smsc;
    const char *from; /* a number, or a word: what is no number goes as text */
    int class;        /* -1: none */
    utc_t time;       /* of the service centre */
};

/* Write a DELIVER; octets used, 0 when `from` is no address. */
size_t pdu_write_deliver(const struct deliver *d, const struct piece *p,
                         uint8_t out[PDU_MAX]);

struct report {
    const char *smsc;
    const char *to;  /* who got the message, or did not */
    int ref, status; /* TP-MR and TP-ST */
    utc_t sent, done;
};

/* Write a STATUS-REPORT; octets used, 0 when `to` is no address. */
size_t pdu_write_report(const struct report *r, uint8_t out[PDU_MAX]);

#endif
