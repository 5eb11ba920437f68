#include "meterpost/billing/allocate.h"

#include <stdlib.h>

#define ITEMS_FEW 16 /* most accounts have fewer open: no memory is asked for */

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

/* One look at the account, with room for `most` debts and as many credits in `items`. It is
 * *full when there may be more of them: what goes first is then not known. */
static bool
look(struct store *s, int64_t account_id, struct item *items, int most, int *n_debts,
     int *n_credits, bool *full, struct err *e)
{
    *n_debts = 0;
    if (!items_open(s, account_id, true, items + most, most, n_credits, e) ||
        (*n_credits > 0 && !items_open(s, account_id, false, items, most, n_debts, e)))
        return false;
    *full = *n_debts == most || *n_credits == most;
    return true;
}

/* Accounts with more than a few open items: as often as a look is not all of them. */
static bool
allocate_many(struct store *s, int64_t account_id, const struct rank *r, utc_t at,
              struct err *e)
{
    struct item *items = malloc(2 * ITEMS_MAX * sizeof(*items));
    bool full = true, good = items != NULL || err_set(e, FAIL_RETRY, "out of memory");
    int n_debts, n_credits, made = 1;

    while (good && full && made > 0) {
        good = look(s, account_id, items, ITEMS_MAX, &n_debts, &n_credits, &full, e);
        if (!good)
            break;
        allocate_sort(items, n_debts, r->policy, r->bill_id);
        good = close_pairs(s, items, n_debts, items + ITEMS_MAX, n_credits, at, &made, e);
    }
    free(items);
    return good;
}

bool
allocate_account(struct store *s, int64_t account_id, enum allocation_policy policy,
                 int64_t bill_id, utc_t at, struct err *e)
{
    struct item items[2 * ITEMS_FEW];
    struct rank r = {policy, bill_id};
    int n_debts, n_credits, made;
    bool full;

    if (!look(s, account_id, items, ITEMS_FEW, &n_debts, &n_credits, &full, e))
        return false;
    if (full)
        return allocate_many(s, account_id, &r, at, e);
    allocate_sort(items, n_debts, policy, bill_id);
    return close_pairs(s, items, n_debts, items + ITEMS_FEW, n_credits, at, &made, e);
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
