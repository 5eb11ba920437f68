/*
 * ledger.h (billing) - which ledger accounts an event of the business moves money between.
 *
 *   bill       Receivable:<account>            to  Income:<code>, TaxPayable:<code>
 *   payment    Cash:till, Bank:<channel>, ...  to  Receivable:<account> or
 * Suspense:<channel> opening    Receivable:<account>            to  Equity:Opening
 *
 * A negative amount moves the other way. Percent components are taxes and levies; those
 * that take off, and all others, are income. What the rounding of a total adds or takes is
 * Income:rounding. All functions run in the transaction of the caller.
 */
#ifndef METERPOST_BILLING_LEDGER_H
#define METERPOST_BILLING_LEDGER_H

#include "meterpost/billing/quote.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/payments.h"
#include "meterpost/store/registry.h"

/* Post an issued bill: one entry a code. FAIL_FATAL when the entries are not its total. */
bool ledger_post_bill(struct store *s, const struct account *a, const struct quote *q,
                      const struct bill *b, struct err *e);

/* Post a payment; account NULL: into suspense, until somebody says whose it is. */
bool ledger_post_payment(struct store *s, const struct account *a, const struct payment *p,
                         struct err *e);

/* What an account owed (or had, when negative) before Meterpost knew it. Once an account:
 * the second time is FAIL_REJECT. Zero is nothing to post. */
bool ledger_post_opening(struct store *s, const struct account *a, struct money balance,
                         utc_t at, struct err *e);

#endif
