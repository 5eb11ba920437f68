/*
 * replay.h - what the rules would have made of the readings of the past, had a limit or a
 * severity been another.
 */
#ifndef METERPOST_METERING_REPLAY_H
#define METERPOST_METERING_REPLAY_H

#include "meterpost/base/conf.h"
#include "meterpost/store/store.h"

#include <jansson.h>

#define REPLAY_EXAMPLES 20

/* Ask the rules again about every reading taken since `since`, once with the limits in
 * force and once with those of `sets` ("high=250", n of them) put over them. A new object
 * {"rule", "readings", "fires", "would_fire", "held", "would_be_held", "held_percent",
 * "would_be_held_percent", "examples": [{"meter", "value", "taken_at", "change": held or
 * free, "reason"}]}, where fires are those of `rule`. NULL with *e on failure. */
json_t *metering_replay(struct store *s, const struct conf *conf, const char *rule,
                        int64_t since, const char *const *sets, size_t n, struct err *e);

#endif
