/*
 * round.h - reading rounds: ask many meters, see who answered.
 */
#ifndef METERPOST_METERING_ROUND_H
#define METERPOST_METERING_ROUND_H

#include "meterpost/base/conf.h"
#include "meterpost/store/rounds.h"

#define ROUND_LASTS_S DAY_S /* when nobody says how long */

struct profiles;

struct round_start {
    const char *name;  /* "2026-01": unique */
    const char *group; /* code of the group whose meters are read; NULL: all */
    const char *actor;
    utc_t closes_at;    /* 0: lasts_s after the first question */
    int64_t lasts_s;    /* 0: ROUND_LASTS_S */
    const char *window; /* when it asks; NULL, "": conf->reading.window */
};

struct round_summary {
    struct round round;
    struct round_counts counts; /* of meters: expected, in, held, missing */
    int64_t requests;           /* questions; only metering_round_start() knows */
};

/* Start a round: every meter that is installed is expected; meters with a phone get a
 * question each, those behind a concentrator share one, the others (bus, manual) are waited
 * for. Questions wait for conf->reading.window. FAIL_REJECT for a name that is taken, a
 * group that is not there, a scope without meters, an end before the window opens. Runs in
 * the open transaction, which the caller undoes on failure. */
bool metering_round_start(struct store *s, const struct conf *conf,
                          const struct round_start *start, utc_t now,
                          struct round_summary *out, struct err *e);

struct round_plan {
    int64_t meters;             /* in all */
    int64_t asked;              /* by text message, themselves or by concentrator */
    int64_t by_bus, by_hand;    /* that nothing else reaches */
    int64_t messages, segments; /* if everybody answers the first time */
    int64_t unrouted, cannot;   /* questions that no modem may send; that no profile has */
    struct money cost;          /* of the segments */
    int tries;               /* so often at most: when nobody answers, all that as often */
    utc_t first_at, ends_at; /* of the asking, with the time for the last answer */
    utc_t closes_at;         /* as `start` says */
};

/* What a round would be, before it is started: nothing is written. Each message goes by a
 * modem with the longest route, at its pace, to its daily limit, within the window. */
bool metering_round_plan(struct store *s, const struct conf *conf,
                         const struct profiles *profiles, const struct round_start *start,
                         utc_t now, struct round_plan *out, struct err *e);

/* Group and window that `start` means; for plan.c. */
bool round_scope(struct store *s, const struct conf *conf, const struct round_start *start,
                 int64_t *group_id, struct day_window *window, struct err *e);

/* End it: what is still expected is missing, open questions are given up, and what has not
 * left is not sent any more. Nothing when it has ended. */
bool metering_round_close(struct store *s, const struct conf *conf,
                          const struct round *round, utc_t now, struct err *e);

/* Where it stands; its meters are the list "round_meters" (store/list.h). *found is false
 * when there is none of this name. */
bool metering_round_summary(struct store *s, const char *name, struct round_summary *out,
                            bool *found, struct err *e);

/* The first time after `after` that the settings start this round, by the clock of the
 * zone. Pure. */
utc_t round_next_at(const struct conf *conf, const struct conf_round *r, utc_t after);

#endif
