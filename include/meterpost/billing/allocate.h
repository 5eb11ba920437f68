/*
 * allocate.h - which debt a credit closes: a policy, in rows that can be taken back.
 *
 * Explicit wishes win: a payment for a bill closes that bill first, a credit note the bill
 * that it corrects. What is left closes the debts of the account in the order of the
 * policy, and what is left then stays as credit until the next debt takes it.
 * Source: dunning.md §7.
 */
#ifndef METERPOST_BILLING_ALLOCATE_H
#define METERPOST_BILLING_ALLOCATE_H

#include "meterpost/store/items.h"

enum allocation_policy {
    ALLOCATE_OLDEST,     /* first due first, late fees last: fees first make debt eternal */
    ALLOCATE_NEWEST,     /* last due first, late fees last */
    ALLOCATE_FEES_FIRST, /* late fees, then first due first */
};

/* Put debts into the order of the policy, those of bill `bill_id` (0: none) in front. Pure.
 */
void allocate_sort(struct item *debts, int n, enum allocation_policy policy,
                   int64_t bill_id);

/* Let all credits of an account close its debts as far as they go. */
bool allocate_account(struct store *s, int64_t account_id, enum allocation_policy policy,
                      int64_t bill_id, utc_t at, struct err *e);

/* Open again whatever this item closed, or was closed by. */
bool allocate_undo(struct store *s, int64_t item_id, utc_t at, const char *reason,
                   struct err *e);

#endif
