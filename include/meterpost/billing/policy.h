/*
 * policy.h - the rules of a place about arrears and cutting off: a file of conf/policies,
 * joined with the settings of the utility. Where both say something the stricter holds.
 *
 * The shipped files are a summary of what was read about a place (facts with their source
 * in each file). Law changes and differs by region: whoever switches cuts on checks the
 * file with somebody who knows, and writes his name into `checked_by`.
 */
#ifndef METERPOST_BILLING_POLICY_H
#define METERPOST_BILLING_POLICY_H

#include "meterpost/base/clock.h"
#include "meterpost/base/conf.h"

#define POLICY_SEASONS  8
#define POLICY_CLASSES  16
#define POLICY_HOLIDAYS 400
#define POLICY_TEXT_MAX 401 /* bytes with NUL */

struct policy_season {
    int from, until; /* month * 100 + day, both within; may go over the new year */
    char reason[CONF_TEXT_MAX];
};

/* Where nobody is cut in the cold or the heat: the forecast must be taken on the day. */
struct policy_weather {
    bool used;
    int from, until; /* as a season's; 0: all the year */
    int cold_tenths; /* of a degree Celsius: no cut when less is forecast */
    bool has_cold;
    int heat_days; /* no cut on the day of a heat advisory and those after it */
};

struct policy {
    char id[CONF_NAME_MAX], name[CONF_TEXT_MAX];
    char source[POLICY_TEXT_MAX], check[POLICY_TEXT_MAX];
    char checked_by[CONF_TEXT_MAX]; /* "": nobody has */
    int notice_days;                /* between delivery of the notice and the cut */
    bool clear_days;                /* neither the first nor the last day counts */
    bool business_days;             /* only days on which work is done count */
    int final_s;                    /* a last warning that long before; 0: none needed */
    int min_unpaid;                 /* bills that are overdue, at least */
    int after_due_s;                /* after the oldest of them was due, at least */
    bool weekdays[7];               /* as tm_wday: 0 is Sunday */
    struct day_window hours[2];     /* of the place and of the utility: both must be open */
    bool before_rest;               /* also on the day before one without work */
    struct policy_season seasons[POLICY_SEASONS];
    int n_seasons;
    struct policy_weather weather;
    char protected[POLICY_CLASSES][CONF_NAME_MAX]; /* classes that are never cut */
    int n_protected;
    int reconnect_s;         /* after payment, at most: field order then */
    int max_backbill_months; /* older debt is no reason to cut; 0: no limit */
    bool dispute_blocks;
    int holidays[POLICY_HOLIDAYS]; /* year * 10000 + month * 100 + day */
    int n_holidays;
};

/* The file `conf->arrears.policy` names ("": cautious rules without a file), with the
 * settings of the utility and its file of holidays. NULL with what is wrong in *p. End with
 * free(). */
struct policy *policy_load(const struct conf *conf, struct problems *p);
/* One file alone. NULL with what is wrong in *p. */
struct policy *policy_load_file(const char *path, struct problems *p);

/* ---- days; pure, by the zone of the process ---- */

/* Work is done on this day: an allowed weekday that is no holiday. */
bool policy_works_on(const struct policy *p, utc_t t);
/* The first moment at which a notice delivered at `delivered` has run out. */
utc_t policy_notice_over(const struct policy *p, utc_t delivered);
/* Why t is not in the hours in which supply may be cut; "" when it is. */
const char *policy_hours_why(const struct policy *p, utc_t t);
/* The season that forbids cuts at t; NULL: none. */
const struct policy_season *policy_season_at(const struct policy *p, utc_t t);
/* A forecast is asked for at t. */
bool policy_asks_weather(const struct policy *p, utc_t t);
/* The next time from t on at which hours and days allow a cut; 0: not within a year. */
utc_t policy_next_open(const struct policy *p, utc_t t);
/* This class of customer is never cut. */
bool policy_protects(const struct policy *p, const char *class);

#endif
