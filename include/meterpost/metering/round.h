/*
 * round.h - reading rounds: ask many meters, see who answered.
 */
#ifndef METERPOST_METERING_ROUND_H
#define METERPOST_METERING_ROUND_H

#include "meterpost/base/conf.h"
#include "meterpost/store/rounds.h"

#define ROUND_LASTS_S DAY_S /* when nobody says how long */

struct round_start {
    const char *name;  /* "2026-01": unique */
    const char *group; /* code of the group whose meters are read; NULL: all */
    const char *actor;
    utc_t closes_at; /* 0: ROUND_LASTS_S after the first question */
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

/* End it: what is still expected is missing, open questions are given up. Nothing when it
 * has ended. */
bool metering_round_close(struct store *s, const struct round *round, utc_t now,
                          struct err *e);

/* Where it stands; its meters are the list "round_meters" (store/list.h). *found is false
 * when there is none of this name. */
bool metering_round_summary(struct store *s, const char *name, struct round_summary *out,
                            bool *found, struct err *e);

#endif
