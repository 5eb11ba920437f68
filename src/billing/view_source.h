/*
 * view_source.h - what the parts of the view `bill` share. Private to billing/.
 */
#ifndef BILLING_VIEW_SOURCE_H
#define BILLING_VIEW_SOURCE_H

#include "draft.h"
#include "meterpost/billing/view.h"

/* What the parts of a view are made from. */
struct source {
    struct store *store;
    const struct conf *conf;
    const struct bill *bill;
    const struct account *account;
    const struct tariff *tariff; /* that the bill was computed by */
    const char *obis;            /* of the whole use */
    const char *language;
};

void view_text(json_t *o, const char *key, const char *value);
void view_flag(json_t *o, const char *key, bool value);

/* The view `utility`. */
json_t *view_utility(const struct conf *conf, const char *currency, const char *language);

/* Each puts its part into the view. view_readings.c: */
bool view_readings(const struct source *v, json_t *view, struct err *e);
bool view_lines(const struct source *v, json_t *view, struct err *e);
/* view_account.c: payments, sums, and the use of the last year */
bool view_totals(const struct source *v, json_t *view, struct err *e);
bool view_past_use(const struct source *v, json_t *view, struct err *e);

/* The days of a period, both ends counted: a reading of the morning ends the day before. */
utc_t view_first_day(utc_t from);
utc_t view_last_day(utc_t to);

/* bill_json.c: the lines of a bill, to be freed; NULL with *e on failure. */
struct bill_line *lines_of(struct store *s, int64_t bill_id, int *n, struct err *e);

/* A bill and its account; FAIL_REJECT when there is no bill of that number. */
bool find_bill(struct store *s, const char *number, struct bill *b, struct account *a,
               struct err *e);

#endif
