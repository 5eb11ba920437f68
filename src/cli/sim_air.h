/*
 * sim_air.h - a network that is played, in a time of its own: what is queued in a copy of
 * the data leaves by its urgency, in the hours of its kind, at the pace and within the
 * daily limit of each modem; meters do what they are told. For src/cli alone.
 *
 * It knows no losses and no waiting in the network: real days take longer, never less.
 */
#ifndef METERPOST_SRC_CLI_SIM_AIR_H
#define METERPOST_SRC_CLI_SIM_AIR_H

#include "meterpost/sms/bucket.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/talk/desk.h"

#define AIR_ANSWERS 1000 /* of meters, on their way at once */

struct air_modem {
    struct bucket bucket;
    int64_t day_parts;
    utc_t day; /* that those are of */
};

struct air_answer {
    utc_t at;
    int64_t meter_id;
    enum outbox_kind to; /* what it answers */
};

struct air {
    struct desk *desk; /* its store is a copy, its `now` moves on */
    bool orders;       /* orders are at work, too */
    int64_t first_id;  /* what is queued from this row on is counted */
    int64_t messages, parts, unrouted;
    int64_t by_kind[OUT_KINDS]; /* messages */
    struct money cost;
    utc_t begun, ended; /* the first and the last that left; 0: none */
    struct air_modem modems[CONF_MODEMS_MAX];
    struct air_answer answers[AIR_ANSWERS];
    int n_answers;
    utc_t blocked_until; /* a modem may send again; 0: none waits */
};

/* Live on from desk->now until `end`, or until nothing more happens. In the open
 * transaction of the caller, who undoes it. */
bool air_run(struct air *a, utc_t end, struct err *e);

/* The row that the next message will be at least. */
bool air_mark(struct air *a, struct err *e);

#endif
