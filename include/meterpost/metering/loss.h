/*
 * loss.h - what was supplied to a group, what its customers used, and what lies between.
 *
 * Both sides are taken at the same instant: where a meter was read within hours of it the
 * value is moved to it along the line between its readings, further away that counts as
 * estimated. An estimate and a missing meter widen the range; with too few actual readings
 * the loss is unusable, and none is given. It is an indicator: every wrong link, multiplier
 * or clock shows in it.
 */
#ifndef METERPOST_METERING_LOSS_H
#define METERPOST_METERING_LOSS_H

#include "meterpost/base/conf.h"
#include "meterpost/store/loss.h"

#include <jansson.h>

#define LOSS_PERIODS 4 /* before this one, that it is compared with */

enum loss_state { LOSS_GREEN, LOSS_AMBER, LOSS_RED, LOSS_NEGATIVE, LOSS_UNUSABLE };

struct loss_sum { /* one group and period; thousandths, after the multiplier */
    int64_t supplied, sold;
    int64_t low, high; /* of sold: what it may be with what is estimated and missing */
    int meters, actual, estimated, missing; /* of customers */
    int supply_meters, supply_missing;
};

struct loss {
    struct loss_sum sum;
    int64_t lost;
    int coverage;                  /* thousandths of the meters that were read */
    int rate, rate_low, rate_high; /* thousandths of what was supplied */
    int median;                    /* of the rates of the periods before */
    int periods;                   /* that it is the median of; 0: not known */
    enum loss_state state;
    const char *cause; /* a likely one, or why it is unusable */
};

/* "green", "amber", "red", "negative", "unusable". */
const char *loss_state_name(enum loss_state state);

/* From what was added up to a judgement: pure. median and periods are those before. */
void loss_judge(const struct loss_sum *sum, const struct conf_losses *limits, int median,
                int periods, struct loss *out);

/* "2026-10" (from freeze to freeze, as bills), "2026-10-05" (a day), or
 * "2026-10-01..2026-10-08"; NULL: the last month that is over. */
bool loss_period(const struct conf *conf, const char *text, utc_t now, utc_t *from,
                 utc_t *to, struct err *e);

/* Add up one group. */
bool loss_of_group(struct store *s, const struct group *g, utc_t from, utc_t to,
                   struct loss_sum *out, struct err *e);

/* The use of one meter between two instants, and how good that is: A, E or N. */
bool loss_meter_use(struct store *s, const struct group_meter *m, const char *obis,
                    utc_t from, utc_t to, int64_t *use, char *quality, struct err *e);

/* All groups of a kind (NULL: of any) or the one of that code, by money lost, as a new
 * array:
 * {"group", "name", "kind", "from", "to", "supplied", "sold", "lost", "percent", "low",
 * "high", "coverage", "meters", "actual", "estimated", "missing", "median", "state",
 * "money", "cause", "with"}. `with` is a neighbour under the same parent with which it
 * cancels out. NULL with *e on failure. */
json_t *loss_rows(struct store *s, const struct conf *conf, const char *kind,
                  const char *code, utc_t from, utc_t to, struct err *e);

/* Those customers of a group that are worth a visit first, with points and reasons:
 * {"meter", "account", "points", "reasons": []}. Only ever an order of inspections. */
json_t *loss_suspects(struct store *s, const char *code, utc_t from, utc_t to,
                      struct err *e);

/* Use of one meter's billed register by month, oldest first, at most 36, ending with the
 * month before `to`: {"month", "from", "to", "use", "unit", "quality" (A, E or N),
 * "last_year" (percent of the same month, or null)}. */
json_t *usage_rows(struct store *s, const struct conf *conf, const struct meter *m,
                   int months, utc_t to, struct err *e);

/* ---- hints: pure ---- */

struct suspect { /* what is known of one customer */
    int64_t now, last_year,
        usual_of_group; /* use of three months, thousandths; -1: unknown */
    bool loss_up;       /* the group's loss rose */
    int64_t after_cut, tamper, zero_periods;
    int64_t seals_off; /* taken off in the last two months, and none put on since */
    bool reset_alone;  /* supply was lost or the clock reset, and not at its neighbours' */
    int just_under;    /* uses read by people that end just under a round number */
    bool idle_prepaid; /* nothing was bought for 60 days */
    int64_t restores;  /* of supply, in four months */
    const int64_t *daily, *daily_loss; /* of the same days, NULL: unknown */
    int n_days;
};

#define SUSPECT_REASONS 13

/* Points, and the reasons as words for people; *n of them. */
int suspect_score(const struct suspect *x, const char *reasons[SUSPECT_REASONS], int *n);

/* How many of the uses (thousandths) lie less than one unit below a multiple of fifty,
 * where the blocks of tariffs end, or upon it. */
int suspect_just_under(const int64_t *use, int n);

/* True when the numbers move against one another: correlation of -0.5 or less. */
bool suspect_opposite(const int64_t *x, const int64_t *y, int n);

#endif
