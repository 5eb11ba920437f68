/*
 * check.h - the basic checks of one reading: pure, a table of rules.
 *
 * Rules that accept leave their name as a flag. The first rule that holds or rejects also
 * gives the reason, in a sentence for the person who must decide.
 */
#ifndef METERPOST_METERING_CHECK_H
#define METERPOST_METERING_CHECK_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"
#include "meterpost/store/readings.h"

enum check_action {
    CHECK_ACCEPT,
    CHECK_HOLD,   /* not billed until somebody has looked */
    CHECK_REJECT, /* never usable: it tells nothing new   */
};

struct check_point { /* what is known of the register at another time */
    bool known;
    struct quantity value;
    utc_t at;
};

struct check_case {
    const char *obis, *unit;
    struct quantity value;
    utc_t taken_at, received_at;
    utc_t meter_time;                 /* what the meter's clock said; 0: nothing */
    int digits;                       /* of the register; 0: not known */
    struct check_point before, after; /* accepted readings next to taken_at */
    struct check_point same;          /* whatever was read at taken_at */
    const struct conf_validation *limits;
};

struct check_verdict {
    enum check_action action;
    char flags[FLAGS_MAX];        /* names of the rules that fired, with commas */
    char reason[READING_WHY_MAX]; /* "" when accepted */
};

void check_reading(const struct check_case *c, struct check_verdict *out);

/* True when a meter's time can be believed: neither further in the future of received_at
 * than limits->clock_hold_s nor older than limits->too_old_s. */
bool check_clock_sane(utc_t meter_time, utc_t received_at,
                      const struct conf_validation *limits);

/* True for a register that only counts up (energy, volume), false for what goes up and down
 * (power, voltage, temperature). */
bool check_register_counts(const char *obis);

#endif
