/* clock_drift.h - clocks of devices that are off; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_CLOCK_DRIFT_H
#define METERPOST_SRC_METERING_CLOCK_DRIFT_H

#include "meterpost/base/conf.h"
#include "meterpost/metering/profile.h"
#include "meterpost/store/store.h"

struct drift {
    int64_t meter_id, concentrator_id; /* one of them is 0 */
    utc_t meter_time;                  /* what its clock said in a text ... */
    utc_t sent_at;                     /* ... that left at this time */
    bool is_answer;                    /* it was asked: the time is that of the answer */
};

/* Keep how far the clock is off. Where that is more than validation.clock_warn and the
 * profile has a request `clock`, the device is asked to set it, once a day. A time that is
 * past in a text that nobody asked for may be that of a frozen value, and says nothing. */
bool clock_drift_take(struct store *s, const struct conf *conf,
                      const struct profile *profile, const struct drift *d, utc_t now,
                      struct err *e);

#endif
