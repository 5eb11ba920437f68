/*
 * past.h - the village with the limits of the rules, and readings of its past.
 */
#ifndef METERPOST_TESTS_METERING_PAST_H
#define METERPOST_TESTS_METERING_PAST_H

#include "metering/village.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/readings.h"

#define KWH   "1-0:1.8.0"
#define START (NOON - 31 * DAY_S) /* of the installations: 2025-12-01T12:00 */

static inline void
make_past(void)
{
    make_village();
    conf.validation = (struct conf_validation){.high = 200,
                                               .very_high = 500,
                                               .low = 50,
                                               .very_low = 10,
                                               .clock_warn_s = 900,
                                               .clock_hold_s = DAY_S,
                                               .too_old_s = 400 * DAY_S,
                                               .rollover = 3,
                                               .outlier = 4,
                                               .small = 1,
                                               .zero_days = 28,
                                               .estimates = 3,
                                               .after_cut = 500,
                                               .after_cut_volume = 100,
                                               .power_factor = 50,
                                               .max_electricity = 77,
                                               .max_water = 5};
    conf.losses = (struct conf_losses){95, 8, 15, 1, {1000}};
    conf.reading.freeze_day = 1;
    settle_village();
}

static inline struct reading
take(const char *name, int64_t value, utc_t at)
{
    struct meter m = meter(name);
    struct reading r = {.value = {value},
                        .taken_at = at,
                        .received_at = at,
                        .quality = QUALITY_ACTUAL,
                        .source = SOURCE_SMS};

    text_copy(r.obis, sizeof(r.obis), metering_main_register(m.commodity));
    text_copy(r.unit, sizeof(r.unit), strcmp(m.commodity, "water") == 0 ? "m3" : "kWh");
    text_copy(r.actor, sizeof(r.actor), "meter");
    cr_assert(metering_reading_add(s, &conf, &m, 0, &r, &e), "%s", e.text);
    return r;
}

#endif
