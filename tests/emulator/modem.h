/*
 * modem.h - one emulated GSM modem: a pty, a SIM, settings that AT commands change, and
 * faults that tests switch on.
 *
 * What the terminal sends is taken apart here (echo, lines, the "> " prompt) and handed to
 * at.h. What the modem says of its own accord waits until no command is under way.
 */
#ifndef EMULATOR_MODEM_H
#define EMULATOR_MODEM_H

#include "buf.h"
#include "faults.h"
#include "loop.h"
#include "sim.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define MODEM_LINE_MAX 2048 /* bytes of a command line or of a PDU in hexadecimal */

struct emulator;

enum charset { CHARSET_IRA, CHARSET_GSM, CHARSET_UCS2 };

/* What AT commands set; AT&F and power bring the defaults back. */
struct settings {
    bool echo, verbose, quiet;
    int cmee; /* 0 plain ERROR, 1 numbers, 2 words */
    int cnmi[5];
    int creg, cgreg;
    int cops_format;
    int cfun;
    int csms;
    int cusd;
    int clip, crc; /* who calls is told; how it rings */
    enum charset charset;
    int memory[3]; /* read and delete, write and send, receive */
};

enum prompt { PROMPT_NONE, PROMPT_SEND, PROMPT_WRITE };

/* A message that the network keeps for this modem. */
struct parcel {
    struct parcel *next;
    bool report; /* a status report */
    size_t size;
    uint8_t pdu[]; /* service centre's address first */
};

struct modem {
    struct emulator *emu;
    char name[32];
    char number[24];
    char smsc[24]; /* of the SIM; "" when it has none */
    char imei[16], imsi[16];
    char link[PATH_MAX]; /* the symbolic link to the slave */
    int master, slave;   /* -1: unplugged */

    struct settings settings;
    struct sim sim;
    struct faults faults;

    struct buf heard; /* bytes from the terminal, not yet looked at */
    char line[MODEM_LINE_MAX];
    size_t line_used;
    bool line_cut; /* it was longer than that */
    enum prompt prompt;
    size_t prompt_size; /* octets of the TPDU that was announced */
    int prompt_state;   /* enum slot_state for AT+CMGW */
    char text_to[24];   /* the number of AT+CMGS in text mode */

    struct buf reply;     /* of the command under way */
    bool waiting;         /* it is complete and goes out at reply_timer */
    uint64_t reply_timer; /* 0: due */
    bool hung, starting;  /* see hang_ms, start_ms of the faults */
    bool text_only;       /* since power came on */
    bool pumping;         /* in modem_pump(): whatever wants it again must wait */
    uint64_t hang_timer, start_timer;
    uint64_t drip_timer, again_timer; /* the next bytes; it is plugged in again */
    struct buf own;                   /* what the modem says of its own accord */
    struct buf out;                   /* on its way to the terminal */

    struct call {
        char from[24];
        int rings; /* left; 0: nobody calls */
        int every_ms;
        uint64_t timer;
    } call;
    uint64_t calls_hung_up; /* by the terminal */

    struct parcel *first, *last; /* kept by the network */
    size_t n_parcels;
    uint8_t next_ref;                  /* TP-MR */
    uint64_t commands, taken, refused; /* counted for `stats` */
};

/* Make one and plug it in. FAIL_FATAL when no pty can be had. */
struct modem *modem_create(struct emulator *emu, const char *name, const char *number,
                           int index, struct err *e);
void modem_destroy(struct modem *m);

bool modem_plug(struct modem *m, struct err *e);
void modem_unplug(struct modem *m);

/* Plugged in again, its serial port shall have this name in the folder. FAIL_REJECT when it
 * cannot. */
bool modem_rename_port(struct modem *m, const char *port, struct err *e);

/* Plug it in again by itself, so many milliseconds from now. */
void modem_plug_later(struct modem *m, int ms);

/* Power comes on: settings are lost, the SIM is locked again and takes its time. */
void modem_power(struct modem *m);

/* Set faults from an object of fault_knobs[] and "pin" (a text; "" for none: the SIM is
 * locked by it at once). */
bool modem_faults_set(struct modem *m, const json_t *wanted, struct err *e);

/* Messages can be read and sent: there is a SIM, unlocked and not busy. */
bool modem_sim_ready(const struct modem *m);

/* The network can reach it: plugged in, not hung, radio on, SIM ready, registered. */
bool modem_reachable(const struct modem *m);

/* +CREG as it is now. */
int modem_registration(const struct modem *m);

/* Somebody calls: it rings every so many milliseconds, so often, unless it is hung up. */
void modem_call(struct modem *m, const char *from, int rings, int every_ms);
void modem_hang_up(struct modem *m);

/* Nothing half said or half heard. */
bool modem_quiet(const struct modem *m);

/* Say a line of its own accord, when no command is under way. */
void modem_announce(struct modem *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Settings as after power-on. */
void modem_reset_settings(struct modem *m);

/* Do what can be done now: commands that were heard, replies that are due. */
void modem_pump(struct modem *m);

#endif
