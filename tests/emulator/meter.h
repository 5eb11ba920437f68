/*
 * meter.h - what one emulated meter shows at any moment.
 *
 * Everything follows from (seed, serial, time) by integer arithmetic: no state but what
 * relay and tests change. Values are thousandths of the meter's unit (Wh of a kWh, litres
 * of a m3).
 */
#ifndef EMULATOR_METER_H
#define EMULATOR_METER_H

#include "meterpost/base/clock.h"
#include "pdu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_MAX 32

struct kind; /* village.h */

struct relay_change {
    utc_t at;
    bool closed;
    char by[ADDRESS_MAX]; /* the text that did it, or "control" */
};

struct device {
    char serial[SERIAL_MAX];
    char phone[ADDRESS_MAX]; /* "" when it sits behind a concentrator */
    const struct kind *kind;
    struct device *behind;       /* its concentrator; NULL */
    struct device *first, *next; /* those behind this one; the next beside this */
    uint64_t seed;
    utc_t since; /* it was installed, and showed start_milli */
    int64_t start_milli;
    int64_t per_day_milli; /* what it counts on an average day */
    bool silent;           /* its modem answers nothing        */
    bool broken;           /* its modem cannot reach the meter */
    bool armed;            /* somebody may press its button: then it closes */
    int delay_ms;          /* real milliseconds before it answers */

    struct relay_change *journal; /* in the order of time; before the first it was closed */
    size_t n_journal;
};

/* The register at that time; it stands while the relay is open. */
int64_t meter_total(const struct device *d, utc_t now);

/* Thousandths of the unit per hour at that time: W of an electricity meter. */
int64_t meter_flow(const struct device *d, utc_t now);

bool meter_closed(const struct device *d);

/* Switch and note it in the journal; nothing when it is so already. */
void meter_switch(struct device *d, bool closed, utc_t now, const char *by);

/* Make it show `milli` now. */
void meter_set(struct device *d, int64_t milli, utc_t now);

#endif
