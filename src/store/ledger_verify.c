/*
 * ledger_verify.c - does everything agree that is said twice? A table of queries, each of
 * which gives a row, with a name in its first column, only when something is wrong.
 */
#include "meterpost/store/ledger.h"

#include "stmt.h"

#define MOVED                                                                              \
    "(SELECT account_id, sum(minor) AS total FROM"                                         \
    " (SELECT l.account_id, sum(e.amount_minor) AS minor FROM ledger_account l"            \
    "   JOIN ledger_entry e ON e.debit_id = l.id"                                          \
    "   WHERE l.type = 'asset' AND l.account_id IS NOT NULL GROUP BY l.account_id"         \
    "  UNION ALL SELECT l.account_id, -sum(e.amount_minor) FROM ledger_account l"          \
    "   JOIN ledger_entry e ON e.credit_id = l.id"                                         \
    "   WHERE l.type = 'asset' AND l.account_id IS NOT NULL GROUP BY l.account_id) m"      \
    " GROUP BY account_id)"

static const char lines[] =
    "SELECT 'bill ' || b.number FROM bill b LEFT JOIN (SELECT bill_id,"
    "  sum(amount_minor) AS total FROM bill_line GROUP BY bill_id) x ON x.bill_id = b.id"
    " WHERE b.total_minor <> coalesce(x.total, 0) + b.rounding_minor LIMIT 1";

static const char bills[] =
    "SELECT 'bill ' || b.number FROM bill b LEFT JOIN (SELECT e.bill_id,"
    "  sum(CASE WHEN d.type = 'asset' THEN e.amount_minor ELSE -e.amount_minor END)"
    "  AS total FROM ledger_entry e JOIN ledger_account d ON d.id = e.debit_id"
    "  WHERE e.kind = 'bill' GROUP BY e.bill_id) x ON x.bill_id = b.id"
    " WHERE b.total_minor <> coalesce(x.total, 0) LIMIT 1";

static const char payments[] =
    "SELECT 'payment ' || p.channel || ' ' || p.reference FROM payment p"
    " LEFT JOIN (SELECT payment_id, sum(amount_minor) AS total FROM ledger_entry"
    "  WHERE kind = 'payment' GROUP BY payment_id) x ON x.payment_id = p.id"
    " WHERE p.amount_minor <> coalesce(x.total, 0) LIMIT 1";

static const char numbers[] =
    "SELECT 'series ' || n.series || ' ' || n.year FROM number_series n"
    " WHERE EXISTS (SELECT 1 FROM bill b WHERE b.series = n.series)"
    " AND n.last <> (SELECT count(*) FROM bill b"
    "  WHERE b.series = n.series AND b.year = n.year AND b.seq BETWEEN 1 AND n.last)"
    " LIMIT 1";

static const char bill_items[] =
    "SELECT 'bill ' || b.number FROM bill b"
    " LEFT JOIN item i ON i.bill_id = b.id AND i.kind IN ('bill', 'credit')"
    " WHERE b.total_minor <> coalesce(i.amount_minor, 0) LIMIT 1";

static const char open_items[] =
    "SELECT i.key FROM item i LEFT JOIN (SELECT id, sum(minor) AS used FROM"
    "  (SELECT debit_id AS id, sum(amount_minor) AS minor FROM allocation"
    "    GROUP BY debit_id"
    "   UNION ALL SELECT credit_id, -sum(amount_minor) FROM allocation"
    "    GROUP BY credit_id) a GROUP BY id) x ON x.id = i.id"
    " WHERE i.open_minor <> i.amount_minor - coalesce(x.used, 0) LIMIT 1";

static const char control[] =
    "SELECT 'account ' || a.account FROM account a"
    " LEFT JOIN " MOVED " m ON m.account_id = a.id"
    " LEFT JOIN (SELECT account_id, sum(amount_minor) AS total, sum(open_minor) AS "
    "left_open"
    "  FROM item GROUP BY account_id) i ON i.account_id = a.id"
    " WHERE coalesce(m.total, 0) <> coalesce(i.total, 0)"
    "  OR coalesce(i.total, 0) <> coalesce(i.left_open, 0) LIMIT 1";

static const char suspense[] =
    "SELECT 'Suspense:' || c.channel FROM (SELECT channel, sum(minor) AS total FROM"
    "  (SELECT p.channel, sum(p.amount_minor) AS minor FROM payment p"
    "    WHERE p.account_id IS NULL AND NOT EXISTS"
    "     (SELECT 1 FROM payment_event v WHERE v.payment_id = p.id) GROUP BY p.channel"
    "   UNION ALL SELECT substr(l.name, 10), -sum(e.amount_minor) FROM ledger_account l"
    "    JOIN ledger_entry e ON e.credit_id = l.id WHERE l.name LIKE 'Suspense:%'"
    "    GROUP BY l.name"
    "   UNION ALL SELECT substr(l.name, 10), sum(e.amount_minor) FROM ledger_account l"
    "    JOIN ledger_entry e ON e.debit_id = l.id WHERE l.name LIKE 'Suspense:%'"
    "    GROUP BY l.name) s GROUP BY channel) c WHERE c.total <> 0 LIMIT 1";

static const char closes[] =
    "SELECT 'month ' || c.month FROM ledger_close c WHERE c.entries <>"
    "  (SELECT count(*) FROM ledger_entry e WHERE e.posted_at < c.until_at)"
    " OR c.debits_minor <> (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
    "  WHERE e.posted_at < c.until_at) LIMIT 1";

/* Who takes a guard away can rewrite what it guarded. Each table has three, and one more
 * where it has a unique key. */
static const char guards[] =
    "WITH kept(name, guards) AS (VALUES ('bill', 4), ('bill_line', 4), ('bill_reading', 3),"
    " ('payment', 4), ('payment_event', 4), ('statement_file', 4), ('ledger_entry', 4),"
    " ('ledger_close', 4), ('item', 4), ('allocation', 3), ('tariff_version', 4),"
    " ('audit', 3)) SELECT 'table ' || k.name FROM kept k WHERE k.guards > (SELECT count(*)"
    "  FROM sqlite_schema t WHERE t.type = 'trigger' AND t.tbl_name = k.name AND t.name IN"
    "  (k.name || '_no_update', k.name || '_no_delete', k.name || '_no_replace',"
    "   k.name || '_no_replace_key')) LIMIT 1";

static const struct claim {
    const char *sql, *complaint;
} claims[] = {
    {lines, "its lines are not its total"},
    {bills, "its ledger entries are not its total"},
    {payments, "its ledger entries are not its amount"},
    {numbers, "a number was given that no bill has"},
    {bill_items, "its open item is not its total"},
    {open_items, "what is open is not what its allocations leave"},
    {control, "its open items are not its receivable"},
    {suspense, "its balance is not the payments that wait"},
    {closes, "its entries are not those that were closed"},
    {guards, "somebody took its guards against changes away"},
};

static bool
claim_holds(struct store *s, const struct claim *claim, struct err *e)
{
    struct stmt *q = stmt_get(s, claim->sql, e);
    char name[LEDGER_KEY_MAX];
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    stmt_col_text(q, 0, name, sizeof(name));
    stmt_done(q);
    return err_set(e, FAIL_REJECT, "%s: %s", name, claim->complaint);
}

bool
ledger_verify(struct store *s, int64_t *entries, struct err *e)
{
    static const char count[] = "SELECT count(*) FROM ledger_entry";
    struct stmt *q;
    bool row;

    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        if (!claim_holds(s, &claims[i], e))
            return false;
    }
    q = stmt_get(s, count, e);
    return q != NULL && stmt_one_int(q, entries, &row, e);
}
