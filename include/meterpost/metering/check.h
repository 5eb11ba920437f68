/*
 * check.h - can a reading be true? Pure: a table of rules over one case.
 *
 * Each rule has a severity: `info` and `warn` leave its name as a flag on the accepted
 * reading, `hold` keeps the reading from being billed until somebody has looked, `reject`
 * makes it unusable. The severities and the limits can be set for a class of customers or
 * for one meter (limits.h). Rules stand in the order of their stages: identity, clock,
 * unit, sign, plausibility, state. After a rejection nothing more is tried, and after a
 * hold nothing of plausibility, which would judge a use that is wrong already. The first
 * rule that holds or rejects gives the reason, in a sentence for the person who must
 * decide; points of all rules that fired add up, so that the worst come first.
 */
#ifndef METERPOST_METERING_CHECK_H
#define METERPOST_METERING_CHECK_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"
#include "meterpost/store/readings.h"

#define CHECK_HISTORY_MAX 32 /* readings that expected use is computed from */
#define CHECK_RULES_MAX   52

enum check_action {
    CHECK_ACCEPT,
    CHECK_HOLD,   /* not billed until somebody has looked */
    CHECK_REJECT, /* never usable */
};

enum check_severity {
    SEVERITY_OFF,
    SEVERITY_INFO,
    SEVERITY_WARN,
    SEVERITY_HOLD,
    SEVERITY_REJECT,
    SEVERITIES
};

enum check_stage {
    STAGE_IDENTITY,
    STAGE_CLOCK,
    STAGE_UNIT,
    STAGE_SIGN,
    STAGE_USE,
    STAGE_STATE
};

struct check_point { /* what is known of the register at another time */
    bool known;
    struct quantity value;
    utc_t at;
};

/* What the register did before: thousandths of its unit a day. */
struct check_use {
    int n;                  /* stretches between actual readings that it is computed from */
    int64_t median, spread; /* of these; spread: median distance from the median */
    int64_t last;           /* median of the newest three */
    bool has_season;
    int64_t season;  /* at the same time last year */
    int n_day;       /* stretches of hours that it was read in, in the day before */
    int64_t third;   /* third highest of these */
    int64_t usual_s; /* seconds between two readings, usually; 0: there is no usual */
};

struct check_case {
    const char *obis, *unit;
    struct quantity value;
    char quality; /* of this reading; 0: actual */
    utc_t taken_at, received_at;
    utc_t meter_time; /* what the meter's clock said; 0: nothing */
    int digits;       /* of the register; 0: not known */
    int64_t multiplier_milli, told_multiplier_milli; /* 0: not known, not told */
    const char *serial, *told_serial;                /* NULL: not known, not told */
    const char *device; /* words of the device with commas: tamper, battery ...; or NULL */

    struct check_point before, after; /* accepted readings next to taken_at */
    struct check_point same;          /* whatever was read at taken_at */
    char before_quality;              /* 0: actual */
    bool before_installed;            /* `before` is what the installation noted */
    bool before_off;                  /* supply was off then already */
    struct check_point actual;        /* the last actual one, when `before` is none */
    struct check_point held;          /* held since `before` */
    struct check_use use;
    utc_t unchanged_since; /* the register shows this value since then; 0: it moved */
    int estimates;         /* in a row before this one */

    bool not_installed, off;          /* it hangs nowhere; supply is off */
    struct quantity parts;            /* sum of the tariff registers at taken_at ... */
    struct quantity whole;            /* ... and the total register */
    bool has_parts;                   /* both are known and complete */
    struct quantity intervals;        /* sum of a load profile between two readings ... */
    struct quantity between;          /* ... and how far the register moved between them */
    bool has_intervals;               /* both are known, and no interval is missing */
    struct quantity active, reactive; /* moved since `before`, of the same meter */
    bool has_reactive;                /* both are known */
    utc_t dark_s;     /* for so long of the time since unchanged_since supply was out */
    const char *fits; /* another meter that this would follow on from; or NULL */

    const struct conf_validation *limits;
    const enum check_severity *severity; /* of each rule; NULL: as in the table */
};

struct check_verdict {
    enum check_action action;
    char flags[FLAGS_MAX];        /* names of the rules that fired, with commas */
    char reason[READING_WHY_MAX]; /* "" when accepted */
    int points;
    bool is_soft; /* held by plausibility alone: the next reading may confirm it */
    bool has_usage;
    struct quantity usage; /* since `before`, times the multiplier */
};

void check_reading(const struct check_case *c, struct check_verdict *out);

/* Use between points of one register, newest first, all before `at`; size is where the
 * register starts again (0: not known), rolled[i] says that it did so just before point i
 * (NULL: never). Stretches shorter than a quarter of a day and estimates are for the caller
 * to leave out. */
void check_use_of(const struct check_point *points, const bool *rolled, int n,
                  int64_t size_milli, struct check_use *out);

/* The same for points of the day before `at`, where the register is read every few hours;
 * and how long it usually is from one reading to the next. `each` says that the points are
 * what was used in an interval, not where a counter stood. */
void check_intervals_of(const struct check_point *points, bool each, int n, utc_t at,
                        struct check_use *out);

/* What a day is expected to bring, by the season of last year and the time before; *known
 * is false when there is too little. */
int64_t check_use_expected(const struct check_use *use, bool *known);

/* May a new reading release one that plausibility holds, and why: it goes on at the same
 * pace, it is beyond reproach and lies above, the meter repeats it, or the customer reads
 * the same. NULL: it may not. */
struct check_release {
    struct check_point before, held, now;
    enum reading_source held_source, now_source;
    bool now_fits; /* no rule of use has anything against `now` */
};
const char *check_releases(const struct check_release *r);

/* ---- the table ---- */

struct check_rule {
    const char *name;       /* the flag that it leaves */
    const char *what;       /* when it fires, in a few words */
    const char *parameters; /* names of limits.h, with spaces; "" for none */
    const char *proposal;   /* accept, reject, estimate or visit */
    const char *advice;     /* what to do, for the list of what is held */
    enum check_stage stage;
    enum check_severity severity;
    int points;
};

/* Rule i, from 0; NULL after the last. */
const struct check_rule *check_rule_at(size_t i);
/* The index of a name, -1 when there is no such rule. */
int check_rule_find(const char *name);
/* "off", "info", "warn", "hold", "reject"; "identity", "clock", ... */
const char *check_severity_name(enum check_severity severity);
bool check_severity_parse(const char *word, enum check_severity *out);
const char *check_stage_name(enum check_stage stage);
/* Points of all rules named in flags. */
int check_points(const char *flags);
/* The worst rule named in flags; NULL when none is. */
const struct check_rule *check_worst(const char *flags);
/* True when `name` is one of the words in flags. */
bool check_has_flag(const char *flags, const char *name);
/* Put one more word behind them, where it fits. */
void check_add_flag(char flags[FLAGS_MAX], const char *name);

/* True when a meter's time can be believed: neither further in the future of received_at
 * than limits->clock_hold_s nor older than limits->too_old_s. */
bool check_clock_sane(utc_t meter_time, utc_t received_at,
                      const struct conf_validation *limits);

/* True for a register that only counts up (energy, volume), false for what goes up and down
 * (power, voltage, temperature). */
bool check_register_counts(const char *obis);

/* True for one whose values are what was used in an interval of a load profile. */
bool check_register_is_interval(const char *obis);

/* Where a register of so many digits starts again, in thousandths; 0: not known. */
int64_t check_register_size(int digits);

#endif
