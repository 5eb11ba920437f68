/* case.h - all that the store knows about one reading, as a case for the rules; for
 * src/metering alone. */
#ifndef METERPOST_SRC_METERING_CASE_H
#define METERPOST_SRC_METERING_CASE_H

#include "meterpost/metering/check.h"
#include "meterpost/metering/limits.h"
#include "meterpost/store/registry.h"

#define CASE_POINTS (CHECK_HISTORY_MAX + 1)

struct reading_case {
    struct check_case c;
    struct limits limits;
    struct reading_brief past[CASE_POINTS]; /* accepted before it, newest first */
    int n_past;
    struct reading held; /* since the last of these; id 0: none */
    struct reading same; /* an estimate of the same time, to be replaced; id 0: none */
    bool is_news;        /* nothing is known of its time and after */
    char fits[KEY_MAX];
};

/* Load what bears on *r, which has meter_id, obis, unit, value, times, quality and device
 * flags. `is_stored`: it is in the store itself, and is not looked at there. limits are
 * those that hold at its time, unless `limits` gives others. */
bool case_load(struct store *s, const struct conf_validation *settings,
               const struct limits *limits, const struct meter *m, utc_t meter_time,
               const struct reading *r, bool is_stored, struct reading_case *out,
               struct err *e);

/* case_beside.c: what other registers of the meter say of the same time, and whether supply
 * was out where this one did not move. */
bool case_load_beside(struct store *s, const struct meter *m, const struct reading *r,
                      bool is_stored, struct reading_case *k, struct err *e);

/* Ask the rules; where use is in doubt the season of last year and the neighbours are
 * looked up first. */
bool case_check(struct store *s, const struct meter *m, struct reading_case *k,
                struct check_verdict *out, struct err *e);

#endif
