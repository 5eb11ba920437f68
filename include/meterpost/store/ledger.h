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

const char *ledger_type_name(enum ledger_type type);

/* The ledger account of this name, made where it is new. account_id 0: no customer's. */
bool ledger_account_put(struct store *s, const char *name, enum ledger_type type,
                        int64_t account_id, int64_t *id, struct err *e);

/* *added is false when the key was there: then nothing was written. `added` may be NULL:
 * then a key that was there is FAIL_REJECT. */
bool ledger_entry_add(struct store *s, const struct ledger_entry *entry, bool *added,
                      struct err *e);

/* What an account owes: debits less credits of its receivables. Negative: it has credit. */
bool account_balance(struct store *s, int64_t account_id, struct money *out, struct err *e);

/* Compare every bill with its lines and with its entries, every payment with its entries,
 * and the numbers of bills with those that were given. FAIL_REJECT names the first that
 * does not agree. *entries: how many there are. One pass over each table. */
bool ledger_verify(struct store *s, int64_t *entries, struct err *e);

#endif
