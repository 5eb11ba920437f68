/*
 * sim_air.h - a network that is played, in a time of its own: what is queued in a copy of
 * the data leaves by its urgency, in the hours of its kind, at the pace and within the
 * daily limit of each modem; it travels for a while, and some of it is lost; meters on the
 * air and on wires do what they are told, and customers who were to be cut may pay. What
 * is sent again, doubted or restored is the work of the same functions as on a real day.
 * For src/cli alone.
 *
 * Nothing here can reach a modem or a wire: none is linked into this program. Chance is
 * drawn from the same seed each time, so that the same copy gives the same forecast.
 */
#ifndef METERPOST_SRC_CLI_SIM_AIR_H
#define METERPOST_SRC_CLI_SIM_AIR_H

#include "cli.h"
#include "table.h"

#include "meterpost/sms/bucket.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/talk/desk.h"

#define AIR_EVENTS_MAX 4000 /* under way at once: answers of meters, payments to come */
#define AIR_METERS_MAX 4000 /* whose relay was moved */

/* What the forecast takes for granted of the world outside. */
struct air_guess {
    int loss_percent;   /* of texts, each way */
    int64_t delay_s;    /* that a text travels on average: a half to three halves of it */
    int payers_percent; /* of those to be cut, who pay all of it on the same day */
};

struct air_modem {
    struct bucket bucket;
    int64_t day_parts;
    utc_t day;               /* that those are of */
    int64_t messages, parts; /* that are counted */
    utc_t ended;             /* the last of them left; 0: none */
};

struct air;

/* Something outside that happens at a time: see sim_play.c. */
struct air_event {
    utc_t at;
    bool (*happen)(struct air *a, const struct air_event *what, struct err *e);
    int64_t row;         /* of a meter, a job of a wire, or an account */
    enum outbox_kind to; /* the message of a meter that it is about */
    bool open;           /* so its relay stands when it answers */
    struct money amount;
};

struct air_relay {
    int64_t meter_id;
    bool open;
};

struct air {
    struct desk *desk;         /* its store is a copy, its `now` moves on */
    const struct cli *watcher; /* who is told how far it is */
    struct air_guess guess;
    uint64_t luck;    /* state of the chance */
    bool orders;      /* orders are at work, too */
    int64_t first_id; /* what is queued from this row on is counted */
    int64_t messages, parts, unrouted, lost, wired, payments;
    int64_t by_kind[OUT_KINDS]; /* messages */
    struct money cost, paid;
    utc_t begun, ended; /* the first and the last that left; 0: none */
    struct air_modem modems[CONF_MODEMS_MAX];
    utc_t wire_free[CONF_BUSES_MAX]; /* a wire carries one exchange at a time */
    struct air_event events[AIR_EVENTS_MAX];
    size_t n_events;
    struct air_relay relays[AIR_METERS_MAX];
    size_t n_relays;
    utc_t blocked_until; /* a modem may send again; 0: none waits */
};

/* Live on from desk->now until `end`, or until nothing more happens. In the open
 * transaction of the caller, who undoes it. */
bool air_run(struct air *a, utc_t end, struct err *e);

/* The row that the next message will be at least. */
bool air_mark(struct air *a, struct err *e);

/* ---- sim_play.c: what happens outside ---- */

/* A message has left. What is for a meter reaches it later, or never. */
void play_message(struct air *a, const struct outbox_row *m);

/* Wires that are free take the next job that is due. */
bool play_wires(struct air *a, struct err *e);

/* Some of those whose supply is to be cut by this batch pay, until `end`. */
bool play_payers(struct air *a, int64_t batch, utc_t end, struct err *e);

/* What is due now happens. */
bool play_due(struct air *a, struct err *e);

/* Take the earlier one that is still to come. */
void play_sooner(utc_t *next, utc_t now, utc_t when);
bool play_next(const struct air *a, utc_t *next, struct err *e);

/* ---- sim_show.c: what it came to ---- */

/* The members that every forecast has. */
void air_put(const struct air *a, utc_t begun, json_t *o);

/* What came of a batch of cuts, and of those who paid. */
void air_put_day(const struct air *a, utc_t begun, int64_t batch, json_t *o, struct err *e);

/* What was taken for granted; `pays`: of customers, too. */
json_t *air_guess_json(const struct air_guess *g, bool pays);

void air_print(const struct cli *c, const struct column *page, size_t n, const json_t *o);

#endif
