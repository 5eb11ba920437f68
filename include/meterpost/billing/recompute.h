/*
 * recompute.h - a bill once more, from nothing but what is stored with it: its use, its
 * factors, and its tariffs word for word. What comes out must be what was issued.
 */
#ifndef METERPOST_BILLING_RECOMPUTE_H
#define METERPOST_BILLING_RECOMPUTE_H

#include "meterpost/billing/quote.h"
#include "meterpost/store/bills.h"

/* The lines and total of a bill that is no credit note. FAIL_REJECT or FAIL_FATAL, naming
 * the bill, when what is stored cannot be read. */
bool billing_recompute(struct store *s, const struct bill *b, struct quote *out,
                       struct err *e);

/* The tariff version that is kept under this id, for tariff_destroy(); NULL with *e. */
struct tariff *tariff_kept(struct store *s, int64_t version_id, struct err *e);

#endif
