#include "meterpost/store/ledger.h"

#include "stmt.h"

#include <inttypes.h>

static const char *const types[] = {
    [LEDGER_ASSET] = "asset",   [LEDGER_LIABILITY] = "liability",
    [LEDGER_INCOME] = "income", [LEDGER_EXPENSE] = "expense",
    [LEDGER_EQUITY] = "equity",
};

const char *
ledger_type_name(enum ledger_type type)
{
    return types[type];
}

static bool
ledger_account_find(struct store *s, const char *name, int64_t *id, bool *found,
                    struct err *e)
{
    static const char sql[] = "SELECT id FROM ledger_account WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_text(q, 1, name);
    return stmt_one_int(q, id, found, e);
}

bool
ledger_account_put(struct store *s, const char *name, enum ledger_type type,
                   int64_t account_id, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO ledger_account (name, type, account_id)"
                              " VALUES ($1, $2, $3) RETURNING id";
    struct stmt *q;
    bool found;

    if (!ledger_account_find(s, name, id, &found, e))
        return false;
    if (found)
        return true;
    q = stmt_get(s, sql, e);
    if (q == NULL)
        return false;
    stmt_text(q, 1, name);
    stmt_text(q, 2, types[type]);
    stmt_int_or_null(q, 3, account_id);
    return stmt_one_int(q, id, &found, e) || err_in(e, "ledger account %s", name);
}

bool
ledger_entry_add(struct store *s, const struct ledger_entry *entry, bool *added,
                 struct err *e)
{
    static const char sql[] =
        "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
        " memo, bill_id, payment_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (key) DO NOTHING RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;
    int64_t id;

    if (q == NULL)
        return false;
    stmt_text(q, 1, entry->key);
    stmt_int(q, 2, entry->posted_at);
    stmt_int(q, 3, entry->debit_id);
    stmt_int(q, 4, entry->credit_id);
    stmt_int(q, 5, entry->amount.minor);
    stmt_text(q, 6, entry->kind);
    stmt_text(q, 7, entry->memo == NULL ? "" : entry->memo);
    stmt_int_or_null(q, 8, entry->bill_id);
    stmt_int_or_null(q, 9, entry->payment_id);
    if (!stmt_one_int(q, &id, &row, e))
        return err_in(e, "ledger entry %s", entry->key);
    if (added != NULL)
        *added = row;
    return row || added != NULL ||
           err_set(e, FAIL_REJECT, "the ledger has an entry '%s' already", entry->key);
}

bool
account_balance(struct store *s, int64_t account_id, struct money *out, struct err *e)
{
    static const char sql[] =
        "SELECT coalesce(sum((SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
        "   WHERE e.debit_id = l.id) - (SELECT coalesce(sum(e.amount_minor), 0)"
        "   FROM ledger_entry e WHERE e.credit_id = l.id)), 0)"
        " FROM ledger_account l WHERE l.account_id = $1 AND l.type = 'asset'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL)
        return false;
    stmt_int(q, 1, account_id);
    return stmt_one_int(q, &out->minor, &row, e);
}

/* A query that gives a row, with a name in its first column, only when something is wrong.
 */
static bool
nothing_found(struct store *s, const char *sql, const char *complaint, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);
    char name[LEDGER_KEY_MAX];
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    stmt_col_text(q, 0, name, sizeof(name));
    stmt_done(q);
    return err_set(e, FAIL_REJECT, "%s: %s", name, complaint);
}

bool
ledger_verify(struct store *s, int64_t *entries, struct err *e)
{
    static const char lines[] =
        "SELECT 'bill ' || b.number FROM bill b LEFT JOIN (SELECT bill_id,"
        "  sum(amount_minor) AS total FROM bill_line GROUP BY bill_id) x ON x.bill_id = "
        "b.id"
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
        " WHERE n.series IN ('bill', 'credit') AND n.last <> (SELECT count(*) FROM bill b"
        "  WHERE b.series = n.series AND b.year = n.year AND b.seq BETWEEN 1 AND n.last)"
        " LIMIT 1";
    static const char count[] = "SELECT count(*) FROM ledger_entry";
    struct stmt *q;
    bool row;

    if (!nothing_found(s, lines, "its lines are not its total", e) ||
        !nothing_found(s, bills, "its ledger entries are not its total", e) ||
        !nothing_found(s, payments, "its ledger entries are not its amount", e) ||
        !nothing_found(s, numbers, "a number was given that no bill has", e))
        return false;
    q = stmt_get(s, count, e);
    return q != NULL && stmt_one_int(q, entries, &row, e);
}
