/*
 * unit.h - units of measurement: the many spellings of meters, one unit for each kind of
 * quantity, and the exact way from the first to the second.
 */
#ifndef METERPOST_METERING_UNIT_H
#define METERPOST_METERING_UNIT_H

#include "meterpost/base/amount.h"
#include "meterpost/base/err.h"
#include "meterpost/store/readings.h"

#include <stdbool.h>
#include <stdint.h>

#define UNIT_DIGITS_MAX 15 /* digits that count in a value, before and after conversion */

/* One unit: a value of it x times / per is a value of `name`. */
struct unit {
    const char *name; /* the unit of the store: "kWh", "m3", "W" ... */
    int64_t times, per;
    const char *spellings; /* with spaces between, the first is the proper one */
};

/* By any spelling ("KWH", "M3", "Hours", "m\u00b3"); upper and lower case only count where
 * they make a difference. NULL when unknown. */
const struct unit *unit_find(const char *word);

/* True when the text is an OBIS code as A-B:C.D.E or A-B:C.D.E*F, each 0 to 255
 * (IEC 62056-6-1). */
bool obis_valid(const char *code);

/* The unit in which the store keeps this register, by its OBIS code; NULL when the code
 * does not tell ("0-0:96.8.0"). */
const char *obis_unit(const char *code);

/* A decimal number ("-0012.50", no separators but the point) in unit `from`, multiplied by
 * scale_micro millionths, to thousandths of from->name. A result between two thousandths
 * is rounded by *rounding, or refused when that is NULL. FAIL_REJECT for what is no number,
 * or has more than UNIT_DIGITS_MAX digits. */
bool unit_convert(const char *number, const struct unit *from, int64_t scale_micro,
                  const enum rounding *rounding, struct quantity *out, struct err *e);

#endif
