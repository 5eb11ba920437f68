/* How the supply of meters should be, beside what they report. */
#include "meterpost/store/orders.h"
#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "s.meter_id, s.wanted, s.cause, s.order_id, s.since, s.asked_at, s.alarmed_at"

static bool
one_supply(struct stmt *q, int64_t id, struct supply *out, bool *found, struct err *e)
{
    stmt_int(q, 1, id);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct supply){
        .meter_id = stmt_col_int(q, 0),
        .open = strcmp(stmt_col_peek(q, 1), "open") == 0,
        .order_id = stmt_col_int(q, 3),
        .since = stmt_col_int(q, 4),
        .asked_at = stmt_col_int(q, 5),
        .alarmed_at = stmt_col_int(q, 6),
    };
    stmt_col_text(q, 2, out->cause, sizeof(out->cause));
    stmt_done(q);
    return true;
}

bool
supply_of(struct store *s, int64_t meter_id, struct supply *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM supply s WHERE s.meter_id = $1";

    return one_supply(stmt_get(s, sql, e), meter_id, out, found, e);
}

/* What changes a debt is an item or an allocation; complaints, plans and holds are weighed
 * by the same mark, because each of them is told to the account as well. */
#define CHANGES(account)                                                                   \
    "(SELECT coalesce(max(i.id), 0) FROM item i WHERE i.account_id = " account ")"         \
    " + (SELECT count(*) FROM item i WHERE i.account_id = " account                        \
    "   AND i.open_minor = 0)"                                                             \
    " + (SELECT coalesce(sum(p.id + (p.state <> 'open')), 0) FROM plan p"                  \
    "   WHERE p.account_id = " account ")"                                                 \
    " + (SELECT coalesce(sum(d.id + (d.closed_at IS NOT NULL)), 0) FROM dispute d"         \
    "   WHERE d.account_id = " account ")"

bool
supply_next_changed(struct store *s, int64_t after, struct supply *out, bool *found,
                    struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM supply s JOIN installation n ON n.meter_id = s.meter_id"
        " AND n.removed_at IS NULL WHERE s.wanted = 'open' AND s.cause = 'arrears'"
        " AND s.meter_id > $1 AND s.weighed <> " CHANGES(
            "n.account_id") " ORDER BY s.meter_id LIMIT 1";

    return one_supply(stmt_get(s, sql, e), after, out, found, e);
}

bool
supply_weighed(struct store *s, int64_t meter_id, struct err *e)
{
    static const char sql[] = "UPDATE supply SET weighed = coalesce((SELECT " CHANGES(
        "n.account_id") " FROM installation n WHERE n.meter_id = $1 AND n.removed_at IS "
                        "NULL), 0)"
                        " WHERE meter_id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    return stmt_run(q, e);
}

bool
supply_next_at(struct store *s, int64_t every_s, utc_t *when, struct err *e)
{
    static const char sql[] =
        "SELECT coalesce(min(coalesce(s.asked_at, 0)) + $1, 0) FROM supply s"
        " WHERE s.wanted = 'open' AND NOT EXISTS (SELECT 1 FROM relay_order o"
        "  WHERE o.meter_id = s.meter_id AND o.finished_at IS NULL)";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, every_s);
    return stmt_one_int(q, when, &row, e);
}

#define NO_ORDER                                                                           \
    " AND NOT EXISTS (SELECT 1 FROM relay_order o WHERE o.finished_at IS NULL"             \
    "  AND o.meter_id = "

static const char wrong[] =
    "SELECT " COLUMNS " FROM supply s JOIN meter m ON m.id = s.meter_id"
    " WHERE s.meter_id > $1 AND m.until IS NULL AND s.alarmed_at IS NULL"
    " AND ((s.wanted = 'open' AND m.relay = 'closed')"
    "  OR (s.wanted = 'closed' AND m.relay = 'open'))" NO_ORDER "m.id)"
    " UNION ALL SELECT m.id, 'closed', 'operator', NULL, 0, NULL, NULL FROM meter m"
    "  JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    "  WHERE m.relay = 'open' AND m.id > $1 AND m.until IS NULL"
    "  AND i.account_id IS NOT NULL"
    "  AND NOT EXISTS (SELECT 1 FROM supply s WHERE s.meter_id = m.id)"
    "  AND NOT EXISTS (SELECT 1 FROM prepaid p WHERE p.account_id = i.account_id"
    "   AND p.until IS NULL)" NO_ORDER "m.id) ORDER BY 1 LIMIT 1";

static const char right[] =
    "SELECT " COLUMNS " FROM supply s JOIN meter m ON m.id = s.meter_id"
    " WHERE s.meter_id > $1 AND s.alarmed_at IS NOT NULL AND m.relay = s.wanted"
    " ORDER BY s.meter_id LIMIT 1";

static const char unseen[] =
    "SELECT " COLUMNS " FROM supply s WHERE s.meter_id > $1"
    " AND ((s.wanted = 'open' AND coalesce(s.asked_at, 0) <= $2)"
    "  OR (coalesce(s.asked_at, 0) < (SELECT max(started_at) FROM round)"
    "   AND EXISTS (SELECT 1 FROM round r JOIN round_meter x ON x.round_id = r.id"
    "    WHERE x.meter_id = s.meter_id AND r.started_at > coalesce(s.asked_at, "
    "0))))" NO_ORDER "s.meter_id) ORDER BY s.meter_id LIMIT 1";

bool
supply_next(struct store *s, enum supply_list list, int64_t after, utc_t before,
            struct supply *out, bool *found, struct err *e)
{
    static const char *const sql[] = {
        [SUPPLY_WRONG] = wrong, [SUPPLY_RIGHT] = right, [SUPPLY_UNSEEN] = unseen};
    struct stmt *q = stmt_get(s, sql[list], e);

    if (q != NULL && list == SUPPLY_UNSEEN)
        stmt_int(q, 2, before);
    return one_supply(q, after, out, found, e);
}

bool
supply_set(struct store *s, const struct supply *w, struct err *e)
{
    static const char sql[] =
        "INSERT INTO supply (meter_id, wanted, cause, order_id, since, asked_at, "
        "alarmed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (meter_id) DO UPDATE SET"
        " wanted = excluded.wanted, cause = excluded.cause, order_id = excluded.order_id,"
        " since = excluded.since, asked_at = excluded.asked_at, weighed = 0,"
        " alarmed_at = excluded.alarmed_at";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, w->meter_id);
    stmt_text(q, 2, w->open ? "open" : "closed");
    stmt_text(q, 3, w->cause);
    stmt_int_or_null(q, 4, w->order_id);
    stmt_int(q, 5, w->since);
    stmt_int_or_null(q, 6, w->asked_at);
    stmt_int_or_null(q, 7, w->alarmed_at);
    return stmt_run(q, e) || err_in(e, "supply");
}
