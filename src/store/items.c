#include "meterpost/store/items.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, account_id, kind, key, amount_minor, open_minor, at, due_at, bill_id,"            \
    " payment_id, memo"

static const char *const kinds[] = {
    [ITEM_OPENING] = "opening", [ITEM_BILL] = "bill",         [ITEM_CREDIT] = "credit",
    [ITEM_PAYMENT] = "payment", [ITEM_REVERSAL] = "reversal", [ITEM_FEE] = "fee",
    [ITEM_WAIVER] = "waiver",   [ITEM_WRITEOFF] = "writeoff", [ITEM_RECOVERY] = "recovery",
    [ITEM_DEPOSIT] = "deposit", [ITEM_CHARGE] = "charge",
};

const char *
item_kind_name(enum item_kind kind)
{
    return kinds[kind];
}

static enum item_kind
kind_of(const char *word)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i], word) == 0)
            return (enum item_kind)i;
    }
    return ITEM_BILL; /* the CHECK of the table lets no other word in */
}

static void
copy_item(struct stmt *q, struct item *out)
{
    *out = (struct item){
        .id = stmt_col_int(q, 0),
        .account_id = stmt_col_int(q, 1),
        .kind = kind_of(stmt_col_peek(q, 2)),
        .amount = {stmt_col_int(q, 4)},
        .open = {stmt_col_int(q, 5)},
        .at = stmt_col_int(q, 6),
        .due_at = stmt_col_int(q, 7),
        .bill_id = stmt_col_int(q, 8),
        .payment_id = stmt_col_int(q, 9),
    };
    stmt_col_text(q, 3, out->key, sizeof(out->key));
    stmt_col_text(q, 10, out->memo, sizeof(out->memo));
}

static bool
one_item(struct stmt *q, struct item *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_item(q, out);
        stmt_done(q);
    }
    return true;
}

static bool
all_items(struct stmt *q, struct item *out, int most, int *n, struct err *e)
{
    bool row;

    for (*n = 0; *n < most; (*n)++) {
        if (!stmt_step(q, &row, e))
            return false;
        if (!row)
            return true;
        copy_item(q, &out[*n]);
    }
    stmt_done(q);
    return true;
}

bool
item_add(struct store *s, const struct item *item, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO item (key, account_id, kind, amount_minor, open_minor, at, due_at,"
        " bill_id, payment_id, memo) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, item->key);
    stmt_int(q, 2, item->account_id);
    stmt_text(q, 3, kinds[item->kind]);
    stmt_int(q, 4, item->amount.minor);
    stmt_int(q, 5, item->at);
    stmt_int(q, 6, item->due_at != 0 ? item->due_at : item->at);
    stmt_int_or_null(q, 7, item->bill_id);
    stmt_int_or_null(q, 8, item->payment_id);
    stmt_text(q, 9, item->memo);
    return stmt_insert(q, id, NULL, e) || err_in(e, "item %s", item->key);
}

bool
item_by_key(struct store *s, const char *key, struct item *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM item WHERE key = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, key);
    return one_item(q, out, found, e);
}

static bool
item_by_number(struct store *s, const char *sql, int64_t id, struct item *out, bool *found,
               struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_item(q, out, found, e);
}

bool
item_by_id(struct store *s, int64_t id, struct item *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM item WHERE id = $1";

    return item_by_number(s, sql, id, out, found, e);
}

bool
item_of_bill(struct store *s, int64_t bill_id, struct item *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM item WHERE bill_id = $1"
                              " AND kind IN ('bill', 'credit')";

    return item_by_number(s, sql, bill_id, out, found, e);
}

bool
item_of_payment(struct store *s, int64_t payment_id, struct item *out, bool *found,
                struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM item WHERE payment_id = $1"
                              " AND kind = 'payment' ORDER BY id DESC LIMIT 1";

    return item_by_number(s, sql, payment_id, out, found, e);
}

bool
items_open(struct store *s, int64_t account_id, bool credits, struct item *out, int most,
           int *n, struct err *e)
{
    static const char debts[] = "SELECT " COLUMNS " FROM item WHERE account_id = $1"
                                " AND open_minor <> 0 AND open_minor > 0"
                                " ORDER BY due_at, id LIMIT $2";
    static const char credit[] = "SELECT " COLUMNS " FROM item WHERE account_id = $1"
                                 " AND open_minor <> 0 AND open_minor < 0"
                                 " ORDER BY due_at, id LIMIT $2";
    struct stmt *q = stmt_get(s, credits ? credit : debts, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, most);
    return all_items(q, out, most, n, e);
}

bool
items_beside(struct store *s, int64_t account_id, int64_t bill_id, utc_t from, utc_t to,
             struct item *out, int most, int *n, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM item i WHERE account_id = $1 AND at > $3 AND at <= $4"
        " AND kind <> 'payment' AND kind <> 'charge'"
        " AND (bill_id IS NULL OR bill_id <> $2 OR kind = 'fee')"
        " AND (kind <> 'reversal' OR EXISTS (SELECT 1 FROM item p"
        "  WHERE p.payment_id = i.payment_id AND p.kind = 'payment' AND p.id < i.id"
        "  AND p.account_id = $1 AND p.at <= $3))"
        " AND id < coalesce((SELECT max(b.id) FROM item b WHERE b.bill_id = $2"
        "  AND (b.kind = 'bill' OR b.kind = 'credit')), 9223372036854775807)"
        " ORDER BY at, id LIMIT $5";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, bill_id);
    stmt_int(q, 3, from);
    stmt_int(q, 4, to);
    stmt_int(q, 5, most);
    return all_items(q, out, most, n, e);
}

bool
item_next_overdue(struct store *s, int64_t after, utc_t t, struct item *out, bool *found,
                  struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM item WHERE id > $1 AND kind = 'bill'"
                              " AND open_minor > 0 AND due_at < $2 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    stmt_int(q, 2, t);
    return one_item(q, out, found, e);
}

bool
items_of_amount(struct store *s, struct money open, int64_t *accounts, int most, int *n,
                struct err *e)
{
    static const char sql[] = "SELECT DISTINCT account_id FROM item WHERE open_minor = $1"
                              " AND open_minor > 0 ORDER BY account_id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, open.minor);
    stmt_int(q, 2, most);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        accounts[(*n)++] = stmt_col_int(q, 0);
    }
    return false;
}

bool
items_lost(struct store *s, int64_t account_id, struct money *out, struct err *e)
{
    static const char sql[] = "SELECT coalesce(-sum(amount_minor), 0) FROM item"
                              " WHERE account_id = $1 AND kind IN ('writeoff', 'recovery')";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    return stmt_one_int(q, &out->minor, &row, e);
}

/* ---- allocations ---- */

static bool
change_open(struct store *s, int64_t id, int64_t by, struct err *e)
{
    static const char sql[] = "UPDATE item SET open_minor = open_minor + $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, by);
    return stmt_run(q, e) || err_in(e, "item=%lld has not so much open", (long long)id);
}

bool
allocation_add(struct store *s, const struct allocation *a, utc_t at, const char *reason,
               struct err *e)
{
    static const char sql[] = "INSERT INTO allocation (debit_id, credit_id, amount_minor,"
                              " at, reason) VALUES ($1, $2, $3, $4, $5)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, a->debit_id);
    stmt_int(q, 2, a->credit_id);
    stmt_int(q, 3, a->amount.minor);
    stmt_int(q, 4, at);
    stmt_text(q, 5, reason);
    return stmt_run(q, e) && change_open(s, a->debit_id, -a->amount.minor, e) &&
           change_open(s, a->credit_id, a->amount.minor, e);
}

bool
allocations_of(struct store *s, int64_t item_id, struct allocation *out, int most, int *n,
               struct err *e)
{
    static const char sql[] = "SELECT debit_id, credit_id, sum(amount_minor) FROM"
                              " (SELECT * FROM allocation WHERE debit_id = $1"
                              "  UNION ALL SELECT * FROM allocation WHERE credit_id = $1) a"
                              " GROUP BY debit_id, credit_id HAVING sum(amount_minor) <> 0"
                              " ORDER BY debit_id, credit_id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, item_id);
    stmt_int(q, 2, most);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        out[(*n)++] = (struct allocation){
            stmt_col_int(q, 0), stmt_col_int(q, 1), {stmt_col_int(q, 2)}};
    }
    return false;
}
