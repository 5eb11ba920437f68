/*
 * charge.h - what comes on an account beside bills and payments: late fees and their
 * waiver, write-off and recovery, deposits. Each in the open transaction of the caller;
 * what may not be is FAIL_REJECT with a sentence.
 *
 * Rules of late fees (dunning.md §2): simple; once a bill; never on a fee; at most the cap;
 * waived with a reason.
 */
#ifndef METERPOST_BILLING_CHARGE_H
#define METERPOST_BILLING_CHARGE_H

#include "meterpost/base/conf.h"
#include "meterpost/store/items.h"
#include "meterpost/store/job.h"
#include "meterpost/store/registry.h"

#define LATE_FEE_JOB "late_fees"

/* The fee on what is open of a bill: fixed part and percent, rounded half up, at most the
 * cap; 0 below the least debt. Pure. */
bool late_fee_of(const struct conf_late_fee *f, struct money open, struct money *out,
                 struct err *e);

/* Charge a bill's late fee at `now`, when it is due and was not charged before: *charged.
 */
bool charge_late_fee(struct store *s, const struct conf *conf, const struct item *bill,
                     utc_t now, struct money *charged, struct err *e);

/* A slice of a run over all bills that are late; job->result counts them at the end. */
bool late_fee_slice(struct store *s, const struct conf *conf, utc_t now, struct job *job,
                    int budget_ms, struct err *e);

/* Any other charge, such as for a bounced cheque; `key` makes it once. */
bool charge_fee(struct store *s, const struct account *a, struct money amount,
                const char *key, const char *memo, utc_t now, struct err *e);

/* Take a fee off again, whole. */
bool charge_waive(struct store *s, int64_t item_id, const char *reason, utc_t now,
                  struct money *waived, struct err *e);

/* Give up everything that is open of an account. */
bool charge_write_off(struct store *s, const struct account *a, const char *reason,
                      utc_t now, struct money *amount, struct err *e);

/* Let the credit of an account pay what was written off before, as far as both go. */
bool charge_recover(struct store *s, const struct account *a, const char *reason, utc_t now,
                    struct money *amount, struct err *e);

/* Take a deposit in, give it back, or let it pay the account's debt (never more than is
 * held, nor than is owed). `receipt` makes each of them once; "" numbers it. */
bool deposit_take(struct store *s, const struct account *a, const char *channel,
                  struct money amount, const char *receipt, utc_t now, struct err *e);
bool deposit_refund(struct store *s, const struct account *a, const char *channel,
                    struct money amount, const char *receipt, utc_t now, struct err *e);
bool deposit_use(struct store *s, const struct account *a, utc_t now, struct money *used,
                 struct err *e);

#endif
