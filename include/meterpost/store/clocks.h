/*
 * clocks.h - how far the clocks of meters and concentrators are off, as last seen.
 */
#ifndef METERPOST_STORE_CLOCKS_H
#define METERPOST_STORE_CLOCKS_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

struct device_clock {
    int64_t meter_id, concentrator_id; /* one of them is 0 */
    int64_t drift_s;                   /* above zero: ahead */
    utc_t seen_at;
    utc_t set_at; /* when it was last asked to set it; 0: never */
};

/* Note drift_s and seen_at of a device. */
bool device_clock_put(struct store *s, const struct device_clock *c, struct err *e);
/* *c has one of the ids and gets the rest; zeros when nothing is known. */
bool device_clock_get(struct store *s, struct device_clock *c, struct err *e);
/* It was asked to set its clock. */
bool device_clock_asked(struct store *s, const struct device_clock *c, utc_t now,
                        struct err *e);

#endif
