/*
 * ledger.h (billing) - which ledger accounts an event of the business moves money between,
 * and which open item it makes on the customer's account.
 *
 *   bill               Receivable:<account>       to  Income:<code>, TaxPayable:<code>
 *   payment            Cash, Bank, Agent, ...     to  Receivable:<account> or Suspense:<ch>
 *   assignment         Suspense:<channel>         to  Receivable:<account>
 *   reversal           Receivable or Suspense     to  Cash, Bank, ...
 *   opening            Receivable:<account>       to  Equity:Opening
 *   late fee, waiver   Receivable:<account>       to  Income:LateFees, and back
 *   write-off          Expense:BadDebt            to  Receivable:<account>
 *   recovery           Receivable:<account>       to  Expense:BadDebt
 *   deposit            Cash                       to  Deposits:<account>, and back
 *   deposit used       Deposits:<account>         to  Receivable:<account>
 *   prepaid use        Receivable:<account>       to  Accrued:prepaid, and back
 *
 * A negative amount moves the other way. Percent components are taxes and levies; those
 * that take off, and all others, are income. What the rounding of a total adds or takes is
 * Income:rounding. All functions run in the transaction of the caller, and let credits
 * close debts before they return (allocate.h).
 */
#ifndef METERPOST_BILLING_LEDGER_H
#define METERPOST_BILLING_LEDGER_H

#include "meterpost/billing/allocate.h"
#include "meterpost/billing/quote.h"
#include "meterpost/store/bills.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/payments.h"
#include "meterpost/store/registry.h"

/* Post an issued bill: one entry a code. FAIL_FATAL when the entries are not its total. A
 * credit note closes what is open of the bill that it corrects first. */
bool ledger_post_bill(struct store *s, const struct account *a, const struct quote *q,
                      const struct bill *b, struct err *e);

/* The ledger account where the money lies that came by a channel: "cash" is Cash:till,
 * "cash:north" Cash:north, "agent:amina" Agent:amina, "bank" Bank:main, "bank:kcb"
 * Bank:kcb, "cheque" Bank:cheques, and any other MobileMoney:<channel>. */
void ledger_channel_account(const char *channel, char name[LEDGER_NAME_MAX]);

struct ledger_payment {
    const struct payment *payment;
    enum allocation_policy policy;
    int64_t bill_id; /* to be closed first; 0: none */
};

/* Post a payment; account NULL: into suspense, until somebody says whose it is. */
bool ledger_post_payment(struct store *s, const struct account *a,
                         const struct ledger_payment *p, struct err *e);

/* Give a payment to another account (`to` NULL: the money goes back where it came from);
 * `from` NULL: out of suspense. What it had closed is open again. `seq` counts from 1. */
bool ledger_move_payment(struct store *s, const struct account *from,
                         const struct account *to, const struct ledger_payment *p, int seq,
                         utc_t at, const char *reason, struct err *e);

/* What an account owed (or had, when negative) before Meterpost knew it. Once an account:
 * the second time is FAIL_REJECT. Zero is nothing to post. */
bool ledger_post_opening(struct store *s, const struct account *a, struct money balance,
                         utc_t at, struct err *e);

/* A document on an account beside bills and payments: fee, waiver, write-off, recovery,
 * deposit used. The kind says against which ledger account; a waiver or write-off has its
 * amount below zero. item->key, memo, at, due_at, bill_id are taken; *id names it. */
bool ledger_post_item(struct store *s, const struct account *a, struct item *item,
                      struct err *e);

/* Money that secures a debt and is no payment: above zero it is taken in by a channel,
 * below it is given back. `key` names the receipt. */
bool ledger_post_deposit(struct store *s, const struct account *a, const char *channel,
                         struct money amount, const char *key, utc_t at, struct err *e);

/* The deposit that is held for an account. */
bool ledger_deposit_of(struct store *s, const struct account *a, struct money *out,
                       struct err *e);

#endif
