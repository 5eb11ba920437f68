/*
 * ledger.h - double entry: every entry moves one amount from one ledger account to another,
 * so that all debits equal all credits by the shape of the rows. Insert-only.
 */
#ifndef METERPOST_STORE_LEDGER_H
#define METERPOST_STORE_LEDGER_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define LEDGER_NAME_MAX 80  /* bytes with NUL: "Receivable:1042", "Income:energy" */
#define LEDGER_KEY_MAX  120 /* bytes with NUL */
#define LEDGER_MEMO_MAX 160 /* bytes with NUL */

enum ledger_type {
    LEDGER_ASSET,
    LEDGER_LIABILITY,
    LEDGER_INCOME,
    LEDGER_EXPENSE,
    LEDGER_EQUITY,
};

struct ledger_entry {
    const char *key; /* what it is for: the same key twice is one entry */
    utc_t posted_at;
    int64_t debit_id, credit_id; /* ledger accounts */
    struct money amount;         /* above zero */
    const char *kind;            /* bill, payment, opening, ... */
    const char *memo;
    int64_t bill_id, payment_id; /* 0: none */
};

/* The ledger account of this name, made where it is new. account_id 0: no customer's. */
bool ledger_account_put(struct store *s, const char *name, enum ledger_type type,
                        int64_t account_id, int64_t *id, struct err *e);

/* *added is false when the key was there: then nothing was written. `added` may be NULL:
 * then a key that was there is FAIL_REJECT. */
bool ledger_entry_add(struct store *s, const struct ledger_entry *entry, bool *added,
                      struct err *e);

/* What an account owes: debits less credits of its receivables. Negative: it has credit. */
bool account_balance(struct store *s, int64_t account_id, struct money *out, struct err *e);

/* Balance of the ledger account of that name, debits less credits, of what was posted
 * before `before` (0: all). 0 when there is no such account. */
/* Was so much handed over into a ledger account since then, with a receipt that is
 * `receipt` or a word of `claim`? */
bool ledger_handed_over(struct store *s, int64_t debit_id, struct money amount, utc_t since,
                        const char *receipt, const char *claim, bool *found, struct err *e);

bool ledger_name_balance(struct store *s, const char *name, utc_t before, struct money *out,
                         struct err *e);

/* The first moment that is not of a closed month; 0: none is closed. An entry for an
 * earlier time is posted at that moment. */
bool ledger_open_from(struct store *s, utc_t *from, struct err *e);

struct ledger_closed {
    int64_t entries; /* posted before the end of the month, in all */
    struct money debits;
};

/* Close a month ("2026-10", which ends before `until`) and all before it. FAIL_REJECT when
 * it is closed or not over. */
bool ledger_close_month(struct store *s, const char *month, utc_t until, const char *actor,
                        utc_t now, struct ledger_closed *out, struct err *e);

/* Compare every bill with its lines and with its entries, every payment with its entries,
 * the numbers of all series with those that were given, every item with its allocations,
 * the items of every account with its receivable, suspense with the payments that wait,
 * and closed months with what was closed. FAIL_REJECT names the first that does not agree.
 * *entries: how many there are. A few passes over each table. */
bool ledger_verify(struct store *s, int64_t *entries, struct err *e);

#endif
