/* take.h - a decoded reply on its way to readings; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_TAKE_H
#define METERPOST_SRC_METERING_TAKE_H

#include "meterpost/metering/profile.h"
#include "meterpost/metering/reading.h"

/* What a meter said by its wire, with no name in it: readings of the source bus. */
bool take_wire_reply(struct store *s, const struct conf *conf, const struct meter *m,
                     const struct reply *reply, utc_t now, struct metering_outcome *out,
                     struct err *e);

#endif
