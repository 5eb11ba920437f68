#include "meterpost/store/ledger.h"

#include "stmt.h"

#include <inttypes.h>

static const char *const types[] = {
    [LEDGER_ASSET] = "asset",   [LEDGER_LIABILITY] = "liability",
    [LEDGER_INCOME] = "income", [LEDGER_EXPENSE] = "expense",
    [LEDGER_EQUITY] = "equity",
};

static bool
ledger_account_find(struct store *s, const char *name, int64_t *id, bool *found,
                    struct err *e)
{
    static const char sql[] = "SELECT id FROM ledger_account WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    return stmt_one_int(q, id, found, e);
}

bool
ledger_account_put(struct store *s, const char *name, enum ledger_type type,
                   int64_t account_id, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO ledger_account (name, type, account_id)"
                              " VALUES ($1, $2, $3)";
    struct stmt *q;
    bool found;

    if (!ledger_account_find(s, name, id, &found, e))
        return false;
    if (found)
        return true;
    q = stmt_get(s, sql, e);
    stmt_text(q, 1, name);
    stmt_text(q, 2, types[type]);
    stmt_int_or_null(q, 3, account_id);
    return stmt_insert(q, id, &found, e) || err_in(e, "ledger account %s", name);
}

bool
ledger_entry_add(struct store *s, const struct ledger_entry *entry, bool *added,
                 struct err *e)
{
    static const char sql[] =
        "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
        " memo, bill_id, payment_id) SELECT $1,"
        " CASE WHEN $2 < (SELECT max(until_at) FROM ledger_close)"
        "  THEN (SELECT max(until_at) FROM ledger_close) ELSE $2 END,"
        " $3, $4, $5, $6, $7, $8, $9"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_entry WHERE key = $1)";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;
    int64_t id;

    stmt_text(q, 1, entry->key);
    stmt_int(q, 2, entry->posted_at);
    stmt_int(q, 3, entry->debit_id);
    stmt_int(q, 4, entry->credit_id);
    stmt_int(q, 5, entry->amount.minor);
    stmt_text(q, 6, entry->kind);
    stmt_text(q, 7, entry->memo == NULL ? "" : entry->memo);
    stmt_int_or_null(q, 8, entry->bill_id);
    stmt_int_or_null(q, 9, entry->payment_id);
    if (!stmt_insert(q, &id, &row, e))
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

    stmt_int(q, 1, account_id);
    return stmt_one_int(q, &out->minor, &row, e);
}

bool
ledger_open_from(struct store *s, utc_t *from, struct err *e)
{
    static const char sql[] = "SELECT coalesce(max(until_at), 0) FROM ledger_close";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, from, &row, e);
}

bool
ledger_name_balance(struct store *s, const char *name, utc_t before, struct money *out,
                    struct err *e)
{
    static const char sql[] =
        "SELECT (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
        "  WHERE e.debit_id = l.id AND ($2 = 0 OR e.posted_at < $2))"
        " - (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
        "  WHERE e.credit_id = l.id AND ($2 = 0 OR e.posted_at < $2))"
        " FROM ledger_account l WHERE l.name = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, name);
    stmt_int(q, 2, before);
    return stmt_one_int(q, &out->minor, &row, e);
}

bool
ledger_handed_over(struct store *s, int64_t debit_id, struct money amount, utc_t since,
                   const char *receipt, const char *claim, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT 1 FROM ledger_entry WHERE debit_id = $1 AND amount_minor = $3"
        " AND kind = 'handover' AND +posted_at >= $2 AND memo <> ''" /* by the index of
                                                                          handovers alone */
        " AND (memo = $4 OR ' ' || $5 || ' ' LIKE '% ' || memo || ' %') LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t one;

    stmt_int(q, 1, debit_id);
    stmt_int(q, 2, since);
    stmt_int(q, 3, amount.minor);
    stmt_text(q, 4, receipt);
    stmt_text(q, 5, claim);
    return stmt_one_int(q, &one, found, e);
}

static bool
sums_before(struct store *s, utc_t until, int64_t *entries, int64_t *sum, struct err *e)
{
    static const char sql[] = "SELECT count(*), coalesce(sum(amount_minor), 0)"
                              " FROM ledger_entry WHERE posted_at < $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, until);
    if (!stmt_step(q, &row, e))
        return false;
    *entries = stmt_col_int(q, 0);
    *sum = stmt_col_int(q, 1);
    stmt_done(q);
    return true;
}

bool
ledger_close_month(struct store *s, const char *month, utc_t until, const char *actor,
                   utc_t now, struct ledger_closed *out, struct err *e)
{
    static const char sql[] =
        "INSERT INTO ledger_close (month, until_at, entries, debits_minor, closed_at,"
        " actor) VALUES ($1, $2, $3, $4, $5, $6)";
    utc_t open_from;
    struct stmt *q;

    if (!ledger_open_from(s, &open_from, e))
        return false;
    if (until <= open_from)
        return err_set(e, FAIL_REJECT, "%s is closed already", month);
    if (until > now)
        return err_set(e, FAIL_REJECT, "%s is not over yet", month);
    if (!sums_before(s, until, &out->entries, &out->debits.minor, e) ||
        (q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_text(q, 1, month);
    stmt_int(q, 2, until);
    stmt_int(q, 3, out->entries);
    stmt_int(q, 4, out->debits.minor);
    stmt_int(q, 5, now);
    stmt_text(q, 6, actor);
    return stmt_run(q, e);
}
