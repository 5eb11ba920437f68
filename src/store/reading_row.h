/* reading_row.h - a row of readings as every statement reads it; for src/store alone. */
#ifndef METERPOST_SRC_STORE_READING_ROW_H
#define METERPOST_SRC_STORE_READING_ROW_H

#include "meterpost/store/readings.h"
#include "stmt.h"

#define READING_COLUMNS                                                                    \
    "id, meter_id, register, value_milli, unit, taken_at, received_at, meter_clock,"       \
    " quality, method, source, status, flags, reason, inbox_id, request_id, round_id,"     \
    " actor, raw, replaces_id"

/* One step of a statement that selects READING_COLUMNS. Queries say status <> 'superseded'
 * even where another word says more: that is how the partial index reading_past is found.
 */
bool reading_one(struct stmt *q, struct reading *out, bool *found, struct err *e);

#endif
