/*
 * network.h - the mobile network: it takes what modems submit, hands it to phones, meters
 * and other modems, keeps what cannot be delivered yet, and remembers everything for the
 * tests.
 */
#ifndef EMULATOR_NETWORK_H
#define EMULATOR_NETWORK_H

#include "emulator.h"
#include "knob.h"
#include "modem.h"
#include "pdu.h"

#include <jansson.h>

/* What tests can do to the network as a whole; named in network_knobs[]. What happens to
 * the messages of one modem is in faults.h. */
struct network_faults {
    int reply_delay_ms; /* before a meter's answer, on top of the meter's own delay */
};

extern const struct knob network_knobs[];

/* One whole message from a modem, as its receiver sees it. */
struct sent {
    const struct modem *modem;
    char to[ADDRESS_MAX]; /* as it was dialled, brought to "+..." */
    char *text;
    int parts, lost; /* lost: how many of the parts */
    enum alphabet alphabet;
    bool report;
    int class;
    utc_t time;    /* of its first part */
    int repeats;   /* how often more its receiver saw it */
    int good, bad; /* delivery reports that were made for its parts */
};

struct network_counts {
    uint64_t parts_taken, parts_lost, parts_repeated; /* from modems */
    uint64_t reports_made, injected, parts_sent;      /* to modems   */
    uint64_t meter_answers, meter_silences;           /* requests that got one, or none */
};

struct errand;   /* an answer or a report under way: errand.c */
struct assembly; /* parts of a long message that wait for the rest */

struct network {
    struct emulator *emu;
    const char *name, *code, *smsc, *country_code; /* of the village's file */
    const json_t *ussd;
    const char *notice_from, *notice; /* what the carrier says of its own accord */
    struct network_faults faults;
    struct sent *sent;
    size_t n_sent, size_sent;
    struct assembly *assemblies; /* a list */
    size_t n_assemblies;
    struct errand *errands; /* a list */
    size_t in_flight;       /* errands */
    int next_ref;           /* of long messages to modems */
    struct network_counts counts;
};

struct network *network_create(struct emulator *emu, const json_t *settings);
void network_destroy(struct network *n);

/* "0711 ..." and "00254..." to "+254711...". `out` has ADDRESS_MAX bytes; returns it. */
const char *network_number(const struct network *n, const char *dialled, char *out);

/* A modem hands in one part and was given `ref` for it. */
void network_submit(struct network *n, struct modem *from, const struct submit *s, int ref);

/* A text on its way to a modem. */
struct outgoing {
    const char *from, *text;
    enum alphabet alphabet;
    int ref_bits;
    int class;           /* -1: none */
    utc_t time;          /* 0: now */
    const json_t *order; /* part numbers in the order of arrival; NULL: all, in order */
};

/* What became of it on the way. */
struct arrival {
    int parts, lost, repeated;
};

/* Send it. FAIL_REJECT when it cannot be said. */
bool network_text(struct network *n, struct modem *to, const struct outgoing *o,
                  struct arrival *a, struct err *e);

/* Keep these octets for a modem as they are, and deliver them as soon as it can be. */
void network_raw(struct network *n, struct modem *to, const uint8_t *pdu, size_t size);
void network_keep(struct network *n, struct modem *m, const uint8_t *pdu, size_t size,
                  bool report);

/* Deliver what is kept for this modem, as far as it is reachable and has room. */
void network_flush(struct network *n, struct modem *m);

/* A meter sends a text of its own accord, at once. */
bool network_push(struct network *n, const char *serial, const char *to, struct err *e);

/* Answer a USSD code by the village's table. */
void network_ussd(struct network *n, struct modem *m, const char *code);

/* {"idle", "in_flight", "kept", "stored", "incomplete"}: idle when nothing is under way,
 * kept for a modem, or half said to one. `stored` counts what lies in the SIMs. */
json_t *network_idle(const struct network *n);

#endif
