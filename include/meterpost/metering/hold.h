/*
 * hold.h - what a person decides about readings: those that the rules hold, and those that
 * are wrong although they were accepted.
 *
 * Nothing is overwritten: an edit and an estimate are new rows that name the old one, who
 * decided, why and when. All run in the open transaction; FAIL_REJECT where there is no
 * such reading or it is not held.
 */
#ifndef METERPOST_METERING_HOLD_H
#define METERPOST_METERING_HOLD_H

#include "meterpost/base/conf.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/store.h"

#include <jansson.h>

struct decision {
    struct store *store;
    const struct conf *conf;
    const char *actor, *reason; /* reason: a sentence, "" where it may be left out */
    utc_t now;
};

/* Take it as it is. is_rollover: the register passed its end, which the rules did not
 * believe. What was agreed with a customer must be accepted by another person than who
 * entered it. */
bool hold_accept(const struct decision *d, int64_t id, bool is_rollover,
                 struct reading *out, struct err *e);
bool hold_reject(const struct decision *d, int64_t id, struct reading *out, struct err *e);
/* Reject it and estimate the register at its time; *out is the estimate. */
bool hold_estimate(const struct decision *d, int64_t id, struct reading *out,
                   struct err *e);

/* Put another value in the place of a reading, with a reason; quality S (may be replaced
 * again), F (final) or A (it was misread, this is what the meter showed). Bills on the old
 * one are noted. */
bool metering_reading_edit(const struct decision *d, int64_t id, struct quantity value,
                           char quality, struct reading *out, struct err *e);

/* A value agreed with the customer: held until a second person accepts it. */
bool metering_reading_agree(const struct decision *d, const char *meter, const char *obis,
                            utc_t at, struct quantity value, struct reading *out,
                            struct err *e);

/* What is held, the worst first, as a new array: {"id", "meter", "account", "register",
 * "value", "unit", "taken_at", "rules", "rule" (the worst), "reason", "use", "usual" (a
 * day), "history" (bars, oldest first, the last is this reading), "proposal" (accept,
 * reject, estimate or visit), "advice", "points"}. subject: a meter or account; rule: one
 * that fired; id: only that (each may be NULL or 0). NULL with *e on failure. */
json_t *hold_rows(struct store *s, const struct conf *conf, const char *subject,
                  const char *rule, int64_t id, struct err *e);

#endif
