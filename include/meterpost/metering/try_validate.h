/*
 * try_validate.h - `try validate`: what the rules make of a made-up case; no store.
 */
#ifndef METERPOST_METERING_TRY_VALIDATE_H
#define METERPOST_METERING_TRY_VALIDATE_H

#include "meterpost/base/conf.h"
#include "meterpost/base/err.h"

#include <jansson.h>

/* `in`: {"previous": {"value", "quality", "taken_at"}, "current": {the same, and "serial",
 * "multiplier", "unit", "meter_time", "received_at"}} and any of "register", "unit",
 * "serial", "multiplier", "digits", "days" (between the two, where they have no time),
 * "average_per_day" (of use, so after the multiplier), "same_time_last_year" (a day),
 * "history" (use a day, newest first), "previous_actual", "held" and "next" (as
 * "previous"), "unchanged_since", "disconnected", "installed", "device" (words), "limits"
 * ({"high": 250, "zero": "hold"}). A new object {"usage" (or null), "flags", "action":
 * accept, hold or reject, "reason", "points", "expected" (use, or null)}; NULL with *e for
 * what is no case. A current value that is no number is rejected by the rule "value". */
json_t *validate_try(const json_t *in, const struct conf_validation *settings,
                     struct err *e);

#endif
