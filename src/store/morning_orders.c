#include "meterpost/store/morning.h"

#include "stmt.h"

/* Steps to the stage of being cut, for the debt that is open now, of accounts that have a
 * meter with supply and without an order. */
#define TO_CUT                                                                             \
    " FROM arrears_step t WHERE t.kind = 'cut' AND t.state = 'done' AND t.due_at ="        \
    "  (SELECT min(i.due_at) FROM item i WHERE i.account_id = t.account_id"                \
    "   AND i.open_minor > 0 AND i.due_at < $3)"                                           \
    " AND EXISTS (SELECT 1 FROM installation n JOIN meter m ON m.id = n.meter_id"          \
    "  WHERE n.account_id = t.account_id AND n.removed_at IS NULL"                         \
    "  AND m.relay <> 'open' AND NOT EXISTS (SELECT 1 FROM relay_order o"                  \
    "   WHERE o.meter_id = m.id AND o.finished_at IS NULL))"

#define ORDERS(what, which)                                                                \
    ", (SELECT " what " FROM relay_order WHERE finished_at IS NULL AND " which ")"
#define ENDED(which)                                                                       \
    ", (SELECT count(*) FROM relay_order WHERE finished_at >= $1 AND finished_at <= $3"    \
    "  AND " which ")"

/* What is counted: X(where it goes, how it is selected). */
/* clang-format off */
#define COUNTS(X)                                                                          \
    X(proposed, ORDERS("count(*)", "state = 'proposed'"))                                  \
    X(proposed_sum.minor, ORDERS("coalesce(sum(amount_minor), 0)", "state = 'proposed'"))  \
    X(proposed_batch, ORDERS("coalesce(min(batch_id), 0)", "state = 'proposed'"))          \
    X(to_cut, ", (SELECT count(DISTINCT t.account_id)" TO_CUT ")")                         \
    X(cuts_open, ORDERS("count(*)", "action = 'cut' AND state <> 'proposed'"))             \
    X(in_doubt, ORDERS("count(*)", "state = 'in_doubt'"))                                  \
    X(cuts, ENDED("action = 'cut' AND state = 'verified'"))                                \
    X(failed, ENDED("state = 'failed'"))                                                   \
    X(restores, ENDED("action = 'restore' AND state = 'verified'"))                        \
    X(restores_open, ORDERS("count(*)", "action = 'restore'"))                             \
    X(restores_late, ORDERS("count(*)", "action = 'restore' AND since < $2"))              \
    X(restores_since, ORDERS("coalesce(min(since), 0)", "action = 'restore'"))             \
    X(field, ", (SELECT count(*) FROM field_order WHERE state IN ('open', 'sent'))")       \
    X(tickets, ", (SELECT count(*) FROM ticket WHERE state = 'open')")                     \
    X(tickets_since,                                                                       \
      ", (SELECT coalesce(min(created_at), 0) FROM ticket WHERE state = 'open')")
/* clang-format on */

#define SELECTED(field, select) select
#define ADDRESS(field, select)  &out->field,

bool
store_morning_orders(struct store *s, utc_t from, utc_t late, utc_t now,
                     struct morning_orders *out, struct err *e)
{
    struct stmt *q = stmt_get(s, "SELECT 0" COUNTS(SELECTED), e);
    int64_t *fields[] = {COUNTS(ADDRESS)};
    bool row;

    stmt_int(q, 1, from);
    stmt_int(q, 2, late);
    stmt_int(q, 3, now);
    if (!stmt_step(q, &row, e))
        return false;
    for (int i = 0; i < (int)(sizeof(fields) / sizeof(fields[0])); i++)
        *fields[i] = stmt_col_int(q, i + 1);
    stmt_done(q);
    return true;
}
