/*
 * preview.h - what a bill run would do, and how it compares with the bills before: to be
 * looked at before anything is issued. And what another tariff would have asked for. Only
 * reads: whoever runs it needs no lock and no engine.
 */
#ifndef METERPOST_BILLING_PREVIEW_H
#define METERPOST_BILLING_PREVIEW_H

#include "meterpost/billing/run.h"

#define PREVIEW_CHANGES 20 /* the biggest ones are named */

typedef void billing_progress(int64_t done, int64_t total, void *context);

/* {"month", "bills", "total", "existing", "estimated", "skipped", "reasons": {reason: n},
 *  "last_month": {"month", "bills", "total"}, "last_year": the same of a year ago,
 *  "changes": [{"account", "name", "before", "now", "difference"}], the biggest first,
 *  "estimates": [{"account", "name", "basis", "set_right": bills before, "total"}],
 *  "without": [{"account", "name", "reason", "detail"}]} as a new object; NULL with *e.
 * progress may be NULL. */
json_t *billing_preview(const struct billing *b, const char *month,
                        billing_progress *progress, void *context, struct err *e);

/* The bills of a month that were computed by tariff `old`, and what both tariffs ask for
 * the same use: {"month", "old", "new", "bills", "before", "after", "difference", "gain":
 * {"accounts", "amount"}, "lose": likewise, "same", "refused": {"accounts", "reason"},
 * "changes": [{"account", "used", "before", "now", "difference"}]}. A change is a loss for
 * the customer when it is above zero. */
json_t *billing_compare(const struct billing *b, const struct tariff *old,
                        const struct tariff *new, const char *month, struct err *e);

#endif
