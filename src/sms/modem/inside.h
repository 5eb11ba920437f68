/*
 * inside.h - what the files gammu*.c share of a modem.
 */
#ifndef METERPOST_SMS_MODEM_INSIDE_H
#define METERPOST_SMS_MODEM_INSIDE_H

#include "modem.h"

#define POINTERS_MAX                                                                       \
    32 /* messages that the modem named or gave and nobody has taken yet                   \
        */

struct _GSM_StateMachine;

struct pointer {
    struct place where;
    struct octets what; /* when it is stored nowhere */
};

struct modem {
    struct _GSM_StateMachine *gammu;
    void *list; /* GSM_MultiSMSMessage: too large for a stack */
    struct wire_setup setup;
    char smsc[PHONE_MAX]; /* that sends go through; empty: none known */
    int fd;
    bool stale; /* a time-out: what comes next may be an old answer */
    bool rang;
    bool called;     /* somebody rings, whom nobody has asked about yet */
    char caller[40]; /* who rang last; UTF-8 */
    int64_t called_ms;
    bool was_locked;  /* the SIM opened just now: it takes its time */
    bool has_no_imsi; /* does not know the command */

    /* What the library's callback said about the part in the air. */
    bool answered;
    int status, ref;

    struct pointer pointers[POINTERS_MAX];
    size_t n_pointers;
};

/* True, with *e set, when `code` (a GSM_Error) is not success. Notes a time-out. */
bool gammu_failed(struct modem *m, unsigned code, const char *what, struct err *e);

/* A GSM_Error in words that people can do something with; else in the library's own. */
const char *gammu_words(unsigned code);

/* End the connection and the state machine; nothing to do when there is none. */
void gammu_disconnect(struct modem *m);

/* libGammu's text (UCS-2) to UTF-8, as much as fits. */
void gammu_text(const unsigned char *text, char *out, size_t size);

/* Set the library's callbacks, which each connection forgets. */
void gammu_listen_for_sent(struct modem *m);
void gammu_listen_for_incoming(struct modem *m);
void gammu_listen_for_calls(struct modem *m);

#endif
