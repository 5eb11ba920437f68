/*
 * prepaid.h - accounts that pay before they use, over a meter that knows nothing of it.
 *
 * Once a day each of them is charged for what it used since its last bill, by its own
 * tariff: what the bill would be if the month ended with the newest reading, less what was
 * charged before. So ladders, fixed charges and taxes are those of the month. When the
 * month's bill comes the charges are given back, and the bill takes their place: it is the
 * only document with a number.
 *
 *   charge             Receivable:<account>       to  Accrued:prepaid
 *   bill               Accrued:prepaid            to  Receivable:<account>, then as any
 * bill
 *
 * What is left is the credit of the account and its limit. When that falls to what the
 * account wants to be told at, a notice `prepaid-low` goes out, and `prepaid-empty` when
 * nothing is left; each once, until a payment lifts it again. Cutting is not done here:
 * whoever does asks billing_prepaid_state().
 * Sources: billing.md §2 (prepaid vend: the first purchase pays the fixed charge).
 */
#ifndef METERPOST_BILLING_PREPAID_H
#define METERPOST_BILLING_PREPAID_H

#include "meterpost/billing/run.h"
#include "meterpost/store/prepaid.h"

#define PREPAID_JOB "prepaid"

struct prepaid_state {
    bool prepaid; /* false: it pays by bills, and the rest is 0 */
    enum prepaid_level level;
    struct money left; /* credit and limit: at 0 and below it is PREPAID_EMPTY */
    struct money limit, warn;
    int days_left;  /* at what a day cost of late; -1: not known */
    utc_t level_at; /* when people were told of this level; 0: it is newer than that */
};

/* Where an account stands now, by its ledger. Only reads. */
bool billing_prepaid_state(struct store *s, int64_t account_id, struct prepaid_state *out,
                           struct err *e);

/* Make an account prepaid from now on, or change its limit and warning. */
bool billing_prepaid_set(struct store *s, int64_t account_id, struct money limit,
                         struct money warn, utc_t now, struct err *e);
/* It pays by bills again; what was charged is given back with its next bill. FAIL_REJECT
 * when it is not prepaid. */
bool billing_prepaid_end(struct store *s, int64_t account_id, utc_t now, struct err *e);

/* A slice of a run over all of them: charge each to its newest reading (less than nothing
 * where one was put right), and tell it when a level was passed. The result at the end is
 * {"charged", "sum", "told"}. */
bool billing_prepaid_slice(const struct billing *b, struct job *job, int budget_ms,
                           struct err *e);

/* Give back what was charged, because the bill comes now. */
bool prepaid_release(struct store *s, const struct account *a, utc_t now, struct err *e);

#endif
