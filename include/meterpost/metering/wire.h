/*
 * wire.h - questions to meters on a wire, and what comes back from there: the other way
 * to the same readings. All functions run in the open transaction.
 */
#ifndef METERPOST_METERING_WIRE_H
#define METERPOST_METERING_WIRE_H

#include "meterpost/bus/kind.h"
#include "meterpost/metering/reading.h"

/* Ask one meter by its wire, before all else that is asked there. While a question by that
 * way is open that one counts. FAIL_REJECT for a meter that is on none. */
bool metering_read_by_wire(struct store *s, const struct meter *m, const char *actor,
                           utc_t now, int64_t *request_id, struct err *e);

/* Take the n bytes of frames that a job brought from a meter, spoken by the protocol
 * `wire`: readings of the source bus, the relay; its question is answered. What the frames
 * say is in *out; FAIL_REJECT when they are none. */
bool metering_take_wire(struct store *s, const struct conf *conf,
                        const struct bus_kinds *kinds, const struct bus_job *job,
                        const struct meter *m, enum conf_protocol wire,
                        const uint8_t *bytes, size_t n, utc_t now,
                        struct metering_outcome *out, struct err *e);

/* No use came of the job of a question: the next way, or the list of who must be visited.
 */
bool metering_wire_failed(struct store *s, const struct conf *conf,
                          const struct bus_job *job, const char *reason, utc_t now,
                          struct err *e);

#endif
