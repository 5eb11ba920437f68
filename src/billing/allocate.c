#include "meterpost/billing/allocate.h"

#include <stdlib.h>

/* ---- the order: pure ---- */

struct rank {
    enum allocation_policy policy;
    int64_t bill_id;
};

/* What decides, most important first; smaller goes first. */
static void
rank_of(const struct rank *r, const struct item *item, int64_t out[4])
{
    bool fee = item->kind == ITEM_FEE;

    out[0] = r->bill_id != 0 && item->bill_id == r->bill_id ? 0 : 1;
    out[1] = r->policy == ALLOCATE_FEES_FIRST ? !fee : fee;
    out[2] = r->policy == ALLOCATE_NEWEST ? -item->due_at : item->due_at;
    out[3] = r->policy == ALLOCATE_NEWEST ? -item->id : item->id;
}

static int
compare(const void *a, const void *b, void *context)
{
    int64_t x[4], y[4];

    rank_of(context, a, x);
    rank_of(context, b, y);
    for (int i = 0; i < 4; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return 0;
}

void
allocate_sort(struct item *debts, int n, enum allocation_policy policy, int64_t bill_id)
{
    struct rank r = {policy, bill_id};

    qsort_r(debts, (size_t)n, sizeof(*debts), compare, &r);
}

/* ---- the rows ---- */

static bool
close_pairs(struct store *s, struct item *debts, int n_debts, struct item *credits,
            int n_credits, utc_t at, int *made, struct err *e)
{
    int i = 0, k = 0;

    *made = 0;
    while (i < n_debts && k < n_credits) {
        int64_t owed = debts[i].open.minor, has = -credits[k].open.minor;
        struct allocation a = {debts[i].id, credits[k].id, {owed < has ? owed : has}};

        if (!allocation_add(s, &a, at, "policy", e))
            return false;
        debts[i].open.minor -= a.amount.minor;
        credits[k].open.minor += a.amount.minor;
        i += debts[i].open.minor == 0;
        k += credits[k].open.minor == 0;
        (*made)++;
    }
    return true;
}

/* One look at the account; *made: allocations written. */
static bool
allocate_once(struct store *s, int64_t account_id, struct rank r, struct item *items,
              utc_t at, int *made, struct err *e)
{
    struct item *credits = items + ITEMS_MAX;
    int n_debts, n_credits;

    if (!items_open(s, account_id, true, credits, ITEMS_MAX, &n_credits, e) ||
        !items_open(s, account_id, false, items, ITEMS_MAX, &n_debts, e))
        return false;
    allocate_sort(items, n_debts, r.policy, r.bill_id);
    return close_pairs(s, items, n_debts, credits, n_credits, at, made, e);
}

bool
allocate_account(struct store *s, int64_t account_id, enum allocation_policy policy,
                 int64_t bill_id, utc_t at, struct err *e)
{
    struct item *items;
    bool both, good = true;
    int made = 1;

    if (!items_both_open(s, account_id, &both, e))
        return false;
    if (!both)
        return true;
    if ((items = malloc(2 * ITEMS_MAX * sizeof(*items))) == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    while (good && both && made > 0)
        good = allocate_once(s, account_id, (struct rank){policy, bill_id}, items, at,
                             &made, e) &&
               items_both_open(s, account_id, &both, e);
    free(items);
    return good;
}

bool
allocate_undo(struct store *s, int64_t item_id, utc_t at, const char *reason, struct err *e)
{
    struct allocation list[ITEMS_MAX];
    int n;

    do {
        if (!allocations_of(s, item_id, list, ITEMS_MAX, &n, e))
            return false;
        for (int i = 0; i < n; i++) {
            list[i].amount.minor = -list[i].amount.minor;
            if (!allocation_add(s, &list[i], at, reason, e))
                return false;
        }
    } while (n == ITEMS_MAX);
    return true;
}
