/*
 * modem.h - one GSM modem behind libGammu, seen as a place that messages come from and go
 * to. The files gammu*.c are the only ones that know the library.
 *
 * Every call blocks for as long as libGammu does: up to half a minute for a modem that is
 * silent, and without end for one whose line is stalled. The engine watches that.
 * After a time-out nothing that libGammu says can be matched to what was asked, so
 * modem_is_stale() is then true and modem_renew() must come before the next modem_send().
 */
#ifndef METERPOST_SMS_MODEM_MODEM_H
#define METERPOST_SMS_MODEM_MODEM_H

#include "gate.h"
#include "meterpost/base/err.h"
#include "meterpost/sms/wire.h"

struct modem; /* opaque */

/* Where a message is stored: a location as libGammu numbers those of SIM and modem, or one
 * in a memory of its own, as some keep delivery reports. location -1: it is stored nowhere.
 */
struct place {
    int location;
    int memory;    /* 0, or libGammu's number */
    char shelf[3]; /* what the modem calls the memory of a location: "SM", "ME" */
};

/* Gives the PIN that may be tried, once. False with *e set when none may be. */
typedef bool modem_ask_pin(void *ctx, char *pin, size_t size, struct err *e);

/* Connect, enter the PIN (once) when the SIM asks for it, identify modem and SIM, ask for
 * new-message lines. *st gets what is known of them. FAIL_RETRY: no device, no answer.
 * FAIL_REJECT: goes on only when a person has done something: PIN, no SIM. */
bool modem_open(const struct wire_setup *setup, modem_ask_pin *ask, void *ctx,
                struct modem **out, struct wire_state *st, struct err *e);
void modem_close(struct modem *m);

/* Close and connect again with a fresh state of the library; no PIN. */
bool modem_renew(struct modem *m, struct err *e);
bool modem_is_stale(const struct modem *m);

/* The descriptor of the line, to be polled for input. */
int modem_fd(const struct modem *m);

/* True when the device has hung up or its path leads elsewhere. */
bool modem_is_gone(const struct modem *m);

/* Take in what the modem said by itself. Call it when modem_fd() is readable. */
void modem_listen(struct modem *m);

/* True, once, when the modem said that messages have come. */
bool modem_rang(struct modem *m);

/* Somebody rings: true once a call, however often it rings (once in CALL_REST_S, where its
 * end is not heard of), with the number as the network gives it ("" when it keeps it back).
 * Then hang up: nobody here answers, and a call that rings keeps others out. */
#define CALL_REST_S 30
bool modem_called(struct modem *m, char *number, size_t size);
void modem_hang_up(struct modem *m);

/* Signal, network, memory in use, the SIM's number when it was not known yet: fills these
 * members of *st. */
bool modem_look(struct modem *m, struct wire_state *st, struct err *e);

/* True when it does not know the command for the SIM's number. */
bool modem_has_no_imsi(const struct modem *m);

/* Hand a part to the modem. True: it is in the air, wait for modem_answered(). False: *r is
 * the result already. settle_percent: of the library's waits. Lengths and alphabet are
 * checked before libGammu sees them. */
bool modem_send(struct modem *m, const struct wire_send *s, unsigned settle_percent,
                struct wire_result *r);

/* True when the network's answer is there and *r filled. Call modem_listen() before. */
bool modem_answered(struct modem *m, struct wire_result *r);

/* No answer came, and `why` not: fills *r, WIRE_IN_DOUBT. */
void modem_give_up(struct modem *m, const char *why, struct wire_result *r);

/* Called for each message; n = 0 octets when the modem's line was no hexadecimal text.
 * False ends the walk. It may not call the modem. */
typedef bool modem_visit(void *ctx, const struct place *where, const struct octets *what);

/* Walk over all stored messages, and those that were kept nowhere. *whole is false when the
 * walk ended early. */
bool modem_walk(struct modem *m, modem_visit *visit, void *ctx, bool *whole, struct err *e);

/* True for the message "00", which libGammu cannot delete: modem_delete() closes, does it
 * on the bare line and connects again. Some modems list every empty place as one. */
bool modem_is_husk(const struct octets *what);

/* Delete what lies there if it still is `what`. *was_there is false when it is not. */
bool modem_delete(struct modem *m, const struct place *where, const struct octets *what,
                  bool *was_there, struct err *e);

/* Send a USSD code on the bare line, which takes up to half a minute, and connect again. */
bool modem_ussd(struct modem *m, const char *code, char *text, size_t size, struct err *e);

#endif
