/*
 * cause.h - why meters of a round are missing, grouped by what they have in common, so that
 * a silent transformer is one line and not ninety-six.
 *
 * Meters count that were asked in vain, though they may be asked again just now, or given
 * up; and beside them those that only their customers read. When at least 80 % of those
 * behind a concentrator (two and more), in a group (three and more; the highest such
 * group), that were asked by one modem, or of one carrier (three and more) are missing,
 * that is the cause of all of them, in this order. The rest are "single".
 */
#ifndef METERPOST_METERING_CAUSE_H
#define METERPOST_METERING_CAUSE_H

#include "meterpost/store/rounds.h"

struct round_cause {
    char what[WORD_MAX];          /* concentrator, transformer, feeder, zone, group, modem,
                                     carrier, single */
    char name[WORD_MAX];          /* of it; "" for single */
    int missing, of;              /* of its meters in the round */
    char reason[REQUEST_WHY_MAX]; /* of one of them */
    utc_t next_at;          /* when one of them is asked again, or its answer is waited for
                               no more; 0: never */
    bool asked;             /* it is waited for */
    char channel[WORD_MAX]; /* how */
    char next[REQUEST_WHY_MAX]; /* what happens next, or what to do */
};

/* Work the causes out and give each to `row`, until that is false; then each meter that
 * has one to `member`, unless that is NULL. Only reads. */
bool metering_round_causes(struct store *s, const struct round *round,
                           bool (*row)(const struct round_cause *c, void *context),
                           void (*member)(const char *meter, const struct round_cause *c,
                                          void *context),
                           void *context, struct err *e);

#endif
