/*
 * items.h - open items: every document that moves what an account owes (a bill, a payment,
 * a fee) is one item, and allocations say which credit closed which debt.
 *
 * The items of an account add up to its receivable in the ledger. What is open of an item
 * is kept beside it and changes only through allocations; these are insert-only, and taking
 * one back is a further one with the amount below zero. All functions run in the
 * transaction of the caller.
 */
#ifndef METERPOST_STORE_ITEMS_H
#define METERPOST_STORE_ITEMS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define ITEM_KEY_MAX  140 /* bytes with NUL */
#define ITEM_MEMO_MAX 160 /* bytes with NUL */
#define ITEMS_MAX     256 /* looked at in one go */

enum item_kind {
    ITEM_OPENING,
    ITEM_BILL,
    ITEM_CREDIT, /* a credit note */
    ITEM_PAYMENT,
    ITEM_REVERSAL, /* of a payment */
    ITEM_FEE,
    ITEM_WAIVER, /* of a fee */
    ITEM_WRITEOFF,
    ITEM_RECOVERY, /* of what was written off */
    ITEM_DEPOSIT,  /* used for a debt */
    ITEM_CHARGE,   /* use of a prepaid account, until its bill comes; and back */
};

struct item {
    int64_t id, account_id;
    enum item_kind kind;
    char key[ITEM_KEY_MAX];    /* what it is for: the same twice is refused */
    struct money amount, open; /* above zero: owed; below: credit */
    utc_t at, due_at;          /* due_at 0: as `at` */
    int64_t bill_id, payment_id;
    char memo[ITEM_MEMO_MAX];
};

struct allocation {
    int64_t debit_id, credit_id;
    struct money amount;
};

const char *item_kind_name(enum item_kind kind);

/* Add one that is open whole. FAIL_REJECT when the key is there. */
bool item_add(struct store *s, const struct item *item, int64_t *id, struct err *e);

bool item_by_key(struct store *s, const char *key, struct item *out, bool *found,
                 struct err *e);
bool item_by_id(struct store *s, int64_t id, struct item *out, bool *found, struct err *e);
/* The item of a bill (or credit note). */
bool item_of_bill(struct store *s, int64_t bill_id, struct item *out, bool *found,
                  struct err *e);
/* The newest item by which a payment was credited to an account. */
bool item_of_payment(struct store *s, int64_t payment_id, struct item *out, bool *found,
                     struct err *e);

/* What is open of an account, first due first; `credits`: of its credits, else of its
 * debts. At most `most`. */
bool items_open(struct store *s, int64_t account_id, bool credits, struct item *out,
                int most, int *n, struct err *e);

/* What else moved an account after `from` and until `to`: neither payments (but one that
 * came back, when it came before) nor bill `bill_id`, nor what is no debt of its own (use
 * that is charged until its bill comes). Oldest first, at most `most`. */
bool items_beside(struct store *s, int64_t account_id, int64_t bill_id, utc_t from,
                  utc_t to, struct item *out, int most, int *n, struct err *e);

/* Debts that are due before `t` and open, with ids above `after`, in the order of ids: for
 * work that goes over all accounts. Only bills. */
bool item_next_overdue(struct store *s, int64_t after, utc_t t, struct item *out,
                       bool *found, struct err *e);

/* Accounts of which some debt is open with exactly this amount: at most `most` ids. */
bool items_of_amount(struct store *s, struct money open, int64_t *accounts, int most,
                     int *n, struct err *e);

/* What was written off of an account and not recovered. */
bool items_lost(struct store *s, int64_t account_id, struct money *out, struct err *e);

/* Close `amount` (below zero: open it again) of both. FAIL_REJECT when one has not so much.
 */
bool allocation_add(struct store *s, const struct allocation *a, utc_t at,
                    const char *reason, struct err *e);

/* What a credit, or a debt, has been used for and still is, summed by the other item. */
bool allocations_of(struct store *s, int64_t item_id, struct allocation *out, int most,
                    int *n, struct err *e);

#endif
