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
    " (SELECT " what " FROM relay_order WHERE finished_at IS NULL AND " which ")"
#define ENDED(which)                                                                       \
    " (SELECT count(*) FROM relay_order WHERE finished_at >= $1 AND finished_at <= $3"     \
    "  AND " which ")"

bool
store_morning_orders(struct store *s, utc_t from, utc_t late, utc_t now,
                     struct morning_orders *out, struct err *e)
{
    static const char sql[] = "SELECT" ORDERS("count(*)", "state = 'proposed'") "," //
        ORDERS("coalesce(sum(amount_minor), 0)", "state = 'proposed'") ","          //
        ORDERS("coalesce(min(batch_id), 0)",
               "state = 'proposed'") ","
                                     " (SELECT count(DISTINCT t.account_id)" TO_CUT "),"
                                     " (SELECT coalesce(sum(open_minor), 0) FROM item "
                                     "WHERE open_minor > 0 AND due_at <"
                                     "  $3 AND account_id IN (SELECT t.account_id" TO_CUT
                                     "))," //
        ORDERS("count(*)", "action = 'cut' AND state <> 'proposed'") "," ORDERS("count(*)", "state = 'in_doubt'") "," ENDED("action = 'cut' AND state = 'verified'") "," ENDED("state = 'failed'") "," ENDED("action = 'restore' AND state = 'verified'") "," ORDERS(
            "count(*)", "action = 'restore'") "," ORDERS("count(*)",
                                                         "action = 'restore' AND since < "
                                                         "$2") "," ORDERS("coalesce(min("
                                                                          "since), 0)",
                                                                          "action = "
                                                                          "'restore'") ","
                                                                                       " ("
                                                                                       "SEL"
                                                                                       "ECT"
                                                                                       " co"
                                                                                       "unt"
                                                                                       "(*)"
                                                                                       " FR"
                                                                                       "OM "
                                                                                       "fie"
                                                                                       "ld_"
                                                                                       "ord"
                                                                                       "er "
                                                                                       "WHE"
                                                                                       "RE "
                                                                                       "sta"
                                                                                       "te "
                                                                                       "IN "
                                                                                       "('"
                                                                                       "ope"
                                                                                       "n',"
                                                                                       " '"
                                                                                       "sen"
                                                                                       "t')"
                                                                                       "),"
                                                                                       " ("
                                                                                       "SEL"
                                                                                       "ECT"
                                                                                       " co"
                                                                                       "unt"
                                                                                       "(*)"
                                                                                       " FR"
                                                                                       "OM "
                                                                                       "tic"
                                                                                       "ket"
                                                                                       " WH"
                                                                                       "ERE"
                                                                                       " st"
                                                                                       "ate"
                                                                                       " = "
                                                                                       "'op"
                                                                                       "en'"
                                                                                       "),"
                                                                                       " ("
                                                                                       "SEL"
                                                                                       "ECT"
                                                                                       " co"
                                                                                       "ale"
                                                                                       "sce"
                                                                                       "(mi"
                                                                                       "n("
                                                                                       "cre"
                                                                                       "ate"
                                                                                       "d_"
                                                                                       "at)"
                                                                                       ", "
                                                                                       "0) "
                                                                                       "FRO"
                                                                                       "M "
                                                                                       "tic"
                                                                                       "ket"
                                                                                       " WH"
                                                                                       "ERE"
                                                                                       " st"
                                                                                       "ate"
                                                                                       " = "
                                                                                       "'op"
                                                                                       "en'"
                                                                                       ")";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t *fields[] = {&out->proposed,         &out->proposed_sum.minor,
                         &out->proposed_batch,   &out->to_cut,
                         &out->to_cut_sum.minor, &out->cuts_open,
                         &out->in_doubt,         &out->cuts,
                         &out->failed,           &out->restores,
                         &out->restores_open,    &out->restores_late,
                         &out->restores_since,   &out->field,
                         &out->tickets,          &out->tickets_since};
    bool row;

    stmt_int(q, 1, from);
    stmt_int(q, 2, late);
    stmt_int(q, 3, now);
    if (!stmt_step(q, &row, e))
        return false;
    for (int i = 0; i < (int)(sizeof(fields) / sizeof(fields[0])); i++)
        *fields[i] = stmt_col_int(q, i);
    stmt_done(q);
    return true;
}
