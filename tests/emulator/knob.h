/*
 * knob.h - what can be set from outside, as tables: a name, where it lies, its limits.
 */
#ifndef EMULATOR_KNOB_H
#define EMULATOR_KNOB_H

#include "meterpost/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* One int in a struct. A table ends with a row without a name. */
struct knob {
    const char *name;
    size_t at; /* offset in the struct */
    int least, most;
    const char *what; /* for the list that `help` gives */
};

/* Set all members of the object `wanted` in *target, or none of them. `skip` is a
 * NULL-ended list of members that are not for this table. Booleans are taken for 0 and 1.
 */
bool knobs_set(const struct knob *table, void *target, const json_t *wanted,
               const char *const *skip, struct err *e);

/* All knobs as an object {name: value}; the caller's. */
json_t *knobs_show(const struct knob *table, const void *target);

#endif
