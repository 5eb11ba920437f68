/*
 * answer.h - what came of a job, read: the frames that a worker brought, as values.
 *
 * Pure: the frames are decoded again here, by the decoders that also read what travels in
 * text messages. A worker is not believed more than a meter is.
 */
#ifndef METERPOST_BUS_ANSWER_H
#define METERPOST_BUS_ANSWER_H

#include "meterpost/bus/kind.h"
#include "meterpost/protocol/frame.h"

/* Called for each frame of an answer, with further frames joined to the first. False ends
 * it with *e. */
typedef bool bus_answer_take(void *ctx, const struct frame *f, struct err *e);

/* Read n bytes that a meter of this kind (and, for Modbus, by this wire) answered to a job
 * for identifiers `ids`. FAIL_REJECT when something in them is no good frame. */
bool bus_answer_read(const struct bus_kind *kind, enum conf_protocol wire,
                     const uint8_t *bytes, size_t n, bus_answer_take *take, void *ctx,
                     struct err *e);

/* The same as JSON: an array of what frame_json() makes of each. */
json_t *bus_answer_json(const struct bus_kind *kind, enum conf_protocol wire,
                        const uint8_t *bytes, size_t n, struct err *e);

#endif
