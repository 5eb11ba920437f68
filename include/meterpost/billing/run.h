/*
 * run.h - the bill run: a bill for each account for one month, from accepted readings, as
 * a job that is advanced a slice at a time.
 *
 * The month's end is the moment that the settings freeze readings at (reading.freeze_day
 * and freeze_time). A register is billed from the reading of its last bill, at first from
 * that of its installation, to the accepted reading nearest to the month's end. What was
 * removed meanwhile is billed to its last reading. The tariff and the class are those in
 * force in the middle of the month.
 *
 * A bill's key is its account and month: a run that is repeated, or goes on after a power
 * cut, issues what is missing and nothing twice.
 */
#ifndef METERPOST_BILLING_RUN_H
#define METERPOST_BILLING_RUN_H

#include "meterpost/base/conf.h"
#include "meterpost/billing/policy.h"
#include "meterpost/billing/quote.h"
#include "meterpost/render/template.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/job.h"

#include <jansson.h>

#define BILLING_MONTH_MAX 8      /* "2026-11" */
#define BILLING_JOB       "bill" /* kind of the job */
#define BILLING_SERIES    "bill" /* of the numbers */
#define BILLING_CREDITS   "credit"
#define BILLING_NEAR_S                                                                     \
    (10 * DAY_S) /* a reading this far from the month's end may end it                     \
                  */

/* What a run works with. */
struct billing {
    struct store *store;
    const struct conf *conf;
    const struct tariff_set *tariffs;
    utc_t now;
    /* For the text message of each bill; NULL: none is queued. A bill whose text cannot be
     * written is issued without, and logged. */
    const struct templates *templates;
    const struct policy *policy; /* tells when supply may be cut; NULL: no bill says so */
};

struct billing_month {
    char month[BILLING_MONTH_MAX]; /* "2026-11" */
    utc_t middle;                  /* in it: for tariff, class and season */
    utc_t end;                     /* when its readings are taken */
    bool partial;                  /* not over: short periods count, too */
};

/* The month as "2026-11", or, for NULL or "", the last one whose end is over at `now`.
 * FAIL_REJECT for what is no month, and for one that is not over. */
bool billing_month(const struct conf *conf, const char *month, utc_t now,
                   struct billing_month *out, struct err *e);

/* Add the job; *id names it. account NULL or "": every account. */
bool billing_run_start(const struct billing *b, const char *month, const char *account,
                       const char *actor, int64_t *id, struct err *e);

/* Go on with the job for about budget_ms and at most at_most accounts (0: no limit), in the
 * open transaction. Changes *job only: the caller saves it. When all is done its state is
 * JOB_DONE and its result
 * {"month", "issued", "existing", "skipped", "total", "messages", "reasons": {"no reading":
 * 2}, "accounts": [{"account", "reason"}]}, where `accounts` names the first that were
 * skipped. An account that cannot be billed is counted with its reason, and is no failure.
 * Where a bill cannot be written it is FAIL_REJECT: roll the transaction back and do the
 * slice again with job->careful, which skips that account. (A savepoint around many inserts
 * makes SQLite copy and search every page that it touches: three times slower.) */
bool billing_run_slice(const struct billing *b, struct job *job, int budget_ms, int at_most,
                       struct err *e);

/* "{year}-{seq:06}" with the year and the number put in; {seq} without a width, and
 * {series} are known, too. FAIL_REJECT when the format has anything else in braces, lacks
 * {seq} or {year} (numbers begin again each year), or gives more than BILL_NUMBER_MAX
 * bytes. */
bool billing_number(const char *format, const char *series, int year, int64_t seq,
                    char out[BILL_NUMBER_MAX], struct err *e);

#endif
