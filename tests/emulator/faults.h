/*
 * faults.h - what can go wrong with one modem, its SIM and its way through the network.
 *
 * README.md of this folder has the same as a table; `meterpost-emulator --faults` prints
 * it. "Next n" counts down to 0. What is drawn at random is drawn from the emulator's seed.
 */
#ifndef EMULATOR_FAULTS_H
#define EMULATOR_FAULTS_H

#include "knob.h"

struct faults {
    /* the line */
    int latency_ms, latency_spread_ms; /* before the result of AT+CMGS: fixed, and random */
    int at_latency_ms;                 /* before the result of any command                */
    int hang_ms;  /* set: deaf and dumb from now on for so long; -1 until set 0          */
    int start_ms; /* set, and with each power-on: SIM busy, no network, for so long      */
    int echo;     /* 0 never, 1 as ATE says, 2 every line twice                          */
    int garbage;  /* percent of the replies with random bytes in front                   */
    int dribble_ms; /* a reply comes three bytes at a time, so long after each other      */
    int interrupt; /* 1: what it says of its own accord comes in the middle of a command  */
    int cme, cme_next; /* +CME ERROR: <cme> for the next n commands but sending; 0: ERROR */
    int text_only;     /* 1: no PDU mode from the next power-on                           */

    /* sending */
    int cms, cms_next; /* +CMS ERROR: <cms> for the next n sends; 0: a plain ERROR        */
    int cms_at_prompt; /* 1: that error comes instead of the prompt, not after it         */
    int drop_prompt;   /* the next n sends get no prompt                                  */
    int bare_prompt;   /* 1: it is ">" without a blank behind it                          */
    int drop_reply;    /* the next n sends go out, but their result never comes back      */
    int smsc;          /* 0: the number of the service centre is lost                     */

    /* the network */
    int registration; /* as +CREG says: 1 home, 2 searching, 3 denied, 5 roaming ...      */
    int signal;       /* as +CSQ says: 0..31, 99 unknown                                  */
    int deaf;         /* 1: registered, but nothing arrives                               */
    int lose_sent, repeat_sent;         /* the next n parts, whole messages from it       */
    int lose_received, repeat_received; /* the next n parts to it                         */
    int delay_ms, delay_spread_ms;      /* of parts to it; the spread changes their order */
    int notices; /* the next n messages from it are followed by a notice of the carrier   */
    int ussd;    /* 0: codes are taken and never answered                                 */
    int ussd_delay_ms; /* before an answer                                                */

    /* delivery reports */
    int reports;        /* 0: the network gives none                                      */
    int report_status;  /* TP-Status; 0 delivered                                         */
    int reports_stored; /* 1: the modem can keep reports (+CDSI), 0: only +CDS            */
    int report_delay_ms, report_spread_ms;
    int lose_report, repeat_report; /* the next n                                         */
    int fail_report;                /* the next n say that it was not delivered           */

    /* the SIM */
    int sim;               /* 0: none is inserted                                         */
    int sim_size, me_size; /* slots for messages in SM and ME                             */
    int pin_tries;         /* left; 0: it asks for the PUK                                */
    int announce;          /* 0: +CMTI never comes                                        */
    int broadcasts;        /* 0: AT+CNMI=? allows no cell broadcasts: (0) */
    int keep_deleted;      /* the next n deletions get OK and delete nothing              */
};

extern const struct knob fault_knobs[];

/* A sound modem. */
extern const struct faults no_faults;

/* True, and one less left, when one of the next n is due. */
bool fault_strikes(int *next_n);

#endif
