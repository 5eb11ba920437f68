#include "meterpost/store/arrears.h"

#include "item_owed.h"
#include "stmt.h"

/* ---- stages ---- */

#define STEP                                                                               \
    "t.id, t.account_id, t.due_at, t.stage, t.kind, t.state, t.at, t.amount_minor,"        \
    " t.outbox_id, t.number, t.delivered_at, t.note, t.actor, x.state, x.modem,"           \
    " x.sent_at, x.delivered_at"

static void
copy_step(struct stmt *q, struct arrears_step *out)
{
    *out = (struct arrears_step){
        .id = stmt_col_int(q, 0),
        .account_id = stmt_col_int(q, 1),
        .due_at = stmt_col_int(q, 2),
        .at = stmt_col_int(q, 6),
        .amount = {stmt_col_int(q, 7)},
        .outbox_id = stmt_col_int(q, 8),
        .delivered_at = stmt_col_int(q, 10),
        .sent_at = stmt_col_int(q, 15),
        .arrived_at = stmt_col_int(q, 16),
    };
    stmt_col_text(q, 3, out->stage, sizeof(out->stage));
    stmt_col_text(q, 4, out->kind, sizeof(out->kind));
    stmt_col_text(q, 5, out->state, sizeof(out->state));
    stmt_col_text(q, 9, out->number, sizeof(out->number));
    stmt_col_text(q, 11, out->note, sizeof(out->note));
    stmt_col_text(q, 12, out->actor, sizeof(out->actor));
    stmt_col_text(q, 13, out->message, sizeof(out->message));
    stmt_col_text(q, 14, out->modem, sizeof(out->modem));
}

bool
arrears_step_add(struct store *s, const struct arrears_step *t, int64_t *id, bool *added,
                 struct err *e)
{
    static const char sql[] =
        "INSERT INTO arrears_step (account_id, due_at, stage, kind, state, at,"
        " amount_minor, outbox_id, number, delivered_at, note, actor)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (account_id, due_at, stage) DO NOTHING RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, t->account_id);
    stmt_int(q, 2, t->due_at);
    stmt_text(q, 3, t->stage);
    stmt_text(q, 4, t->kind);
    stmt_text(q, 5, t->state);
    stmt_int(q, 6, t->at);
    stmt_int(q, 7, t->amount.minor);
    stmt_int_or_null(q, 8, t->outbox_id);
    stmt_text_or_null(q, 9, t->number);
    stmt_int_or_null(q, 10, t->delivered_at);
    stmt_text(q, 11, t->note);
    stmt_text(q, 12, t->actor);
    return stmt_one_int(q, id, added, e) || err_in(e, "stage");
}

bool
arrears_step_of(struct store *s, int64_t account_id, utc_t due_at, const char *kind,
                const char *stage, struct arrears_step *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " STEP " FROM arrears_step t LEFT JOIN outbox x ON x.id = t.outbox_id"
        " WHERE t.account_id = $1 AND ($2 = 0 OR t.due_at = $2)"
        " AND ($3 = '' OR t.kind = $3) AND ($4 = '' OR t.stage = $4)"
        " ORDER BY t.id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, due_at);
    stmt_text(q, 3, kind);
    stmt_text(q, 4, stage);
    if (!stmt_step(q, found, e))
        return err_in(e, "stage");
    if (*found) {
        copy_step(q, out);
        stmt_done(q);
    }
    return true;
}

bool
arrears_step_deliver(struct store *s, int64_t id, utc_t at, const char *note, struct err *e)
{
    static const char sql[] = "UPDATE arrears_step SET delivered_at = $2, note = $3"
                              " WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, at);
    stmt_text(q, 3, note);
    return stmt_run(q, e);
}

/* ---- runs ---- */

bool
arrears_run_add(struct store *s, const struct arrears_run *r, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO arrears_run (at, feed_at, actor, accounts, steps, note)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, r->at);
    stmt_int_or_null(q, 2, r->feed_at);
    stmt_text(q, 3, r->actor);
    stmt_int(q, 4, r->accounts);
    stmt_int(q, 5, r->steps);
    stmt_text(q, 6, r->note);
    return stmt_one_int(q, id, &row, e) || err_in(e, "run");
}

bool
arrears_run_newest(struct store *s, struct arrears_run *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT id, at, feed_at, accounts, steps FROM arrears_run"
                              " ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL || !stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct arrears_run){.id = stmt_col_int(q, 0),
                                .at = stmt_col_int(q, 1),
                                .feed_at = stmt_col_int(q, 2),
                                .accounts = stmt_col_int(q, 3),
                                .steps = stmt_col_int(q, 4)};
    stmt_done(q);
    return true;
}

bool
arrears_next_account(struct store *s, int64_t after, utc_t t, int64_t *account_id,
                     bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT i.account_id FROM item i JOIN account a ON a.id = i.account_id"
        " WHERE i.account_id > $1 AND " ITEM_OWED(
            "i.") " AND i.due_at < $2"
                  " AND a.closed_at IS NULL ORDER BY i.account_id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    stmt_int(q, 2, t);
    return stmt_one_int(q, account_id, found, e);
}

bool
arrears_feed_at(struct store *s, utc_t *out, struct err *e)
{
    static const char sql[] =
        "SELECT max((SELECT coalesce(max(received_at), 0) FROM payment),"
        " (SELECT coalesce(max(taken_at), 0) FROM statement_file),"
        " (SELECT coalesce(max(since), 0) FROM relay_flag WHERE name = 'feed'))";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, out, &row, e);
}

/* ---- complaints ---- */

bool
dispute_add(struct store *s, const struct dispute *d, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO dispute (account_id, item_id, opened_at, actor, reason, inbox_id)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, d->account_id);
    stmt_int_or_null(q, 2, d->item_id);
    stmt_int(q, 3, d->opened_at);
    stmt_text(q, 4, d->actor);
    stmt_text(q, 5, d->reason);
    stmt_int_or_null(q, 6, d->inbox_id);
    return stmt_one_int(q, id, &row, e) || err_in(e, "complaint");
}

bool
dispute_close(struct store *s, int64_t id, const char *actor, const char *outcome,
              utc_t now, bool *closed, struct err *e)
{
    static const char sql[] = "UPDATE dispute SET closed_at = $2, closed_by = $3,"
                              " outcome = $4 WHERE id = $1 AND closed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    stmt_text(q, 3, actor);
    stmt_text(q, 4, outcome);
    if (!stmt_run(q, e))
        return false;
    *closed = store_changes(s) > 0;
    return true;
}

bool
dispute_next_open(struct store *s, int64_t account_id, int64_t after, struct dispute *out,
                  bool *found, struct err *e)
{
    static const char sql[] = "SELECT id, item_id, opened_at, actor, reason FROM dispute"
                              " WHERE account_id = $1 AND id > $2 AND closed_at IS NULL"
                              " ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, after);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct dispute){.id = stmt_col_int(q, 0),
                            .account_id = account_id,
                            .item_id = stmt_col_int(q, 1),
                            .opened_at = stmt_col_int(q, 2)};
    stmt_col_text(q, 3, out->actor, sizeof(out->actor));
    stmt_col_text(q, 4, out->reason, sizeof(out->reason));
    stmt_done(q);
    return true;
}

/* ---- what is known beside ---- */

/* The first column of the first row, with the account as $1 and `b` as $2 where it is not
 * 0. */
static bool
number_of(struct store *s, const char *sql, int64_t account_id, int64_t b, int64_t *out,
          struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    if (b != 0)
        stmt_int(q, 2, b);
    return stmt_one_int(q, out, &row, e);
}

bool
paid_claim_open(struct store *s, int64_t account_id, utc_t since, bool *open, struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM paid_claim c WHERE c.account_id = $1 AND c.at > $2"
        " AND NOT EXISTS (SELECT 1 FROM item i WHERE i.account_id = c.account_id"
        "  AND i.kind = 'payment' AND i.at >= c.at)";
    int64_t count;

    if (!number_of(s, sql, account_id, since, &count, e))
        return false;
    *open = count > 0;
    return true;
}

bool
suspense_like(struct store *s, int64_t account_id, struct money *out, struct err *e)
{
    static const char sql[] =
        "SELECT coalesce(sum(p.amount_minor), 0) FROM payment p, account a"
        " WHERE a.id = $1 AND p.account_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM payment_event v WHERE v.payment_id = p.id)"
        " AND (upper(p.payer) = upper(a.name) OR p.claim LIKE '%' || a.account || '%'"
        "  OR upper(p.claim) LIKE '%' || upper(a.name) || '%'"
        "  OR EXISTS (SELECT 1 FROM phone f WHERE f.account_id = a.id AND f.until IS NULL"
        "   AND (p.payer LIKE '%' || substr(f.number, -9)"
        "    OR p.claim LIKE '%' || substr(f.number, -9) || '%')))";

    return number_of(s, sql, account_id, 0, &out->minor, e);
}

bool
account_has_held(struct store *s, int64_t account_id, bool *has, struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM reading r JOIN installation i ON i.meter_id = r.meter_id"
        " AND i.removed_at IS NULL WHERE i.account_id = $1 AND r.status = 'held'";
    int64_t count;

    if (!number_of(s, sql, account_id, 0, &count, e))
        return false;
    *has = count > 0;
    return true;
}

bool
account_estimates(struct store *s, int64_t account_id, int *count, struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM bill b WHERE b.account_id = $1 AND b.kind = 'bill'"
        " AND b.basis = 'E' AND b.id > (SELECT coalesce(max(c.id), 0) FROM bill c"
        "  WHERE c.account_id = $1 AND c.kind = 'bill' AND c.basis <> 'E')";
    int64_t n;

    if (!number_of(s, sql, account_id, 0, &n, e))
        return false;
    *count = (int)n;
    return true;
}

bool
account_paid_since(struct store *s, int64_t account_id, utc_t since, struct money *out,
                   struct err *e)
{
    static const char sql[] =
        "SELECT -coalesce(sum(amount_minor), 0) FROM item WHERE account_id = $1"
        " AND at >= $2 AND kind IN ('payment', 'reversal', 'deposit')";

    return number_of(s, sql, account_id, since, &out->minor, e);
}

bool
utility_since(struct store *s, utc_t *out, struct err *e)
{
    static const char sql[] = "SELECT coalesce(min(at), 0) FROM audit WHERE id <= 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, out, &row, e);
}
