/*
 * kind.h - how one kind of meter answers: its patterns and the texts that are filled in.
 */
#ifndef EMULATOR_KIND_H
#define EMULATOR_KIND_H

#include "buf.h"
#include "meter.h"
#include "meterpost/base/err.h"

#include <jansson.h>

/* NULL with FAIL_REJECT when a pattern or a placeholder is wrong. */
struct kind *kind_create(const char *name, const json_t *from, struct err *e);
void kind_destroy(struct kind *k);
const char *kind_name(const struct kind *k);

/* What a device of its kind says to a request; false: nothing. */
bool kind_answer(struct device *d, const char *text, utc_t now, struct buf *out);
/* What it says unasked; false: its kind never does. */
bool kind_push(const struct device *d, utc_t now, struct buf *out);

#endif
