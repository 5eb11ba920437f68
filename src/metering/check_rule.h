/* check_rule.h - what the rules of check.h look at; for src/metering alone. */
#ifndef METERPOST_SRC_METERING_CHECK_RULE_H
#define METERPOST_SRC_METERING_CHECK_RULE_H

#include "meterpost/base/text.h"
#include "meterpost/metering/check.h"

#define CHECK_VALUE_MOST 1000000000000000 /* thousandths: no register shows more */

/* A case with what follows from it, computed once. Thousandths of the register's unit. */
struct check_work {
    const struct check_case *c;
    bool counts;     /* the register only goes up */
    bool interval;   /* each value is what was used in an interval */
    int64_t size;    /* where it starts again; 0: not known */
    bool went_down;  /* below `before` */
    bool rolled;     /* and that is because it started again */
    bool over;       /* and that is because `before` was estimated too high */
    bool flows;      /* there is a use: the next three are known */
    int64_t moved;   /* since `before`, or since the last actual one when `over` */
    int64_t seconds; /* in this time */
    int64_t per_day;
    bool expects;        /* the next three are known; never below limits->small */
    int64_t expected;    /* a day */
    int64_t least, most; /* the lower and the higher of the seasons that it is judged by */
};

/* A rule fires: true, with the reason where it holds or rejects. */
typedef bool check_test(const struct check_work *w, struct text *reason);

/* check_rules_value.c, check_rules_use.c */
check_test rule_is_no_value, rule_is_duplicate, rule_is_of_other_meter, rule_is_future,
    rule_is_ancient, rule_has_slow_clock, rule_is_late, rule_has_wrong_unit,
    rule_is_off_by_thousand, rule_has_other_multiplier, rule_is_negative,
    rule_is_beyond_digits, rule_is_conflict, rule_has_overflow, rule_is_rollover,
    rule_is_overestimated, rule_is_decrease, rule_is_reversed, rule_is_exchanged,
    rule_is_swapped, rule_is_above_later, rule_is_impossible, rule_is_bad_start,
    rule_is_very_high, rule_is_high, rule_is_very_low, rule_is_low, rule_is_outlier,
    rule_is_spike, rule_has_gap, rule_is_zero, rule_is_stuck, rule_has_bad_sum,
    rule_is_dark, rule_has_bad_intervals, rule_has_odd_interval, rule_lacks_power_factor,
    rule_lacks_siblings, rule_flows_after_cut, rule_flows_nowhere,
    rule_is_estimated_for_long, rule_is_tampered, rule_was_reset, rule_is_faulty,
    rule_lost_power, rule_has_low_battery, rule_is_off;

/* check_table.c */
extern const struct check_entry {
    struct check_rule rule;
    check_test *fires;
} check_table[];
extern const size_t check_table_count;

/* check_work.c */
void check_work_of(const struct check_case *c, struct check_work *w);
/* More than can physically flow in this time. */
bool check_is_too_much(const struct check_work *w);
/* `times` the use that is expected in the time of w, in thousandths; 0: nothing is known.
 */
int64_t check_expected_flow(const struct check_work *w, int times);

#endif
