/* take.h - a decoded reply on its way to readings; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_TAKE_H
#define METERPOST_SRC_METERING_TAKE_H

#include "meterpost/metering/profile.h"
#include "meterpost/metering/reading.h"

/* What a meter said by its wire, with no name in it: readings of the source bus. */
bool take_wire_reply(struct store *s, const struct conf *conf, const struct meter *m,
                     const struct reply *reply, utc_t now, struct metering_outcome *out,
                     struct err *e);

/* reply_flags.c */

/* Values of one meter are taken in the order that one can be checked against the other: its
 * load profile, what is billed, the rest. */
#define REPLY_TURNS 3
int reply_turn(const struct meter *m, const struct reply_value *v);

/* What the reply says of the meter that `name` means, as flags of a reading of it: words of
 * its alarms that the rules know; `multiplier` where the ratio of its transformers is not
 * that on file; `sibling` on the billed register where others came with it the last time
 * and some of them are missing. meter_time 0: the reply does not tell the time. */
bool reply_flags(struct store *s, const struct meter *m, const struct reply *reply,
                 const char *name, utc_t meter_time, struct reading *r, struct err *e);

/* What is well everywhere: a word that stands in one place (a phase) is not. */
void reply_well(const struct reply *reply, char out[REPLY_WELL_MAX]);

#endif
