#include "meterpost/store/payments.h"

#include "stmt.h"

#define COLUMNS                                                                            \
    "id, channel, reference, account_id, amount_minor, paid_at, received_at, payer,"       \
    " inbox_id, actor, claim"

static void
copy_payment(struct stmt *q, struct payment *out)
{
    *out = (struct payment){
        .id = stmt_col_int(q, 0),
        .account_id = stmt_col_int(q, 3),
        .amount = {stmt_col_int(q, 4)},
        .paid_at = stmt_col_int(q, 5),
        .received_at = stmt_col_int(q, 6),
        .inbox_id = stmt_col_int(q, 8),
    };
    stmt_col_text(q, 1, out->channel, sizeof(out->channel));
    stmt_col_text(q, 2, out->reference, sizeof(out->reference));
    stmt_col_text(q, 7, out->payer, sizeof(out->payer));
    stmt_col_text(q, 9, out->actor, sizeof(out->actor));
    stmt_col_text(q, 10, out->claim, sizeof(out->claim));
}

bool
payment_by_reference(struct store *s, const char *channel, const char *reference,
                     struct payment *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM payment WHERE channel = $1"
                              " AND reference = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, channel);
    stmt_text(q, 2, reference);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_payment(q, out);
        stmt_done(q);
    }
    return true;
}

bool
payment_by_receipt(struct store *s, const char *reference, struct payment *out, bool *found,
                   struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM payment"
                              " WHERE upper(reference) = upper($1)"
                              " ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, reference);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_payment(q, out);
        stmt_done(q);
    }
    return true;
}

bool
payment_sum_by(struct store *s, const char *channel, const char *actor, utc_t since,
               struct money *out, struct err *e)
{
    static const char sql[] = "SELECT coalesce(sum(amount_minor), 0) FROM payment"
                              " WHERE channel = $1 AND actor = $2 AND received_at >= $3";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, channel);
    stmt_text(q, 2, actor);
    stmt_int(q, 3, since);
    return stmt_one_int(q, &out->minor, &row, e);
}

bool
payment_by_id(struct store *s, int64_t id, struct payment *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM payment WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_payment(q, out);
        stmt_done(q);
    }
    return true;
}

bool
payment_add(struct store *s, const struct payment *p, int64_t *id, bool *added,
            struct err *e)
{
    static const char sql[] =
        "INSERT INTO payment (channel, reference, account_id, amount_minor, paid_at,"
        " received_at, payer, inbox_id, actor, claim)"
        " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE NOT EXISTS"
        " (SELECT 1 FROM payment WHERE channel = $1 AND reference = $2)";
    struct stmt *q = stmt_get(s, sql, e);
    struct payment there;
    bool found;

    stmt_text(q, 1, p->channel);
    stmt_text(q, 2, p->reference);
    stmt_int_or_null(q, 3, p->account_id);
    stmt_int(q, 4, p->amount.minor);
    stmt_int(q, 5, p->paid_at);
    stmt_int(q, 6, p->received_at);
    stmt_text_or_null(q, 7, p->payer);
    stmt_int_or_null(q, 8, p->inbox_id);
    stmt_text(q, 9, p->actor);
    stmt_text_or_null(q, 10, p->claim);
    if (!stmt_insert(q, id, added, e))
        return err_in(e, "payment %s %s", p->channel, p->reference);
    if (*added)
        return true;
    if (!payment_by_reference(s, p->channel, p->reference, &there, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_FATAL, "payment %s %s is refused and not on file",
                       p->channel, p->reference);
    *id = there.id;
    return true;
}

bool
payments_of_account(struct store *s, int64_t account_id, utc_t from, utc_t to,
                    struct payment *out, int most, int *n, struct err *e)
{
    static const char sql[] =
        "SELECT p.id, p.channel, p.reference, i.account_id, p.amount_minor, p.paid_at,"
        " i.at, p.payer, p.inbox_id, p.actor, p.claim"
        " FROM item i JOIN payment p ON p.id = i.payment_id WHERE i.account_id = $1"
        " AND i.kind = 'payment' AND i.at > $2 AND i.at <= $3"
        " AND NOT EXISTS (SELECT 1 FROM payment_event v WHERE v.payment_id = p.id"
        "  AND v.from_account_id = $1 AND v.at <= $3)"
        " ORDER BY i.at DESC, i.id DESC LIMIT $4";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, account_id);
    stmt_int(q, 2, from);
    stmt_int(q, 3, to);
    stmt_int(q, 4, most);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_payment(q, &out[(*n)++]);
    }
    return false;
}

/* ---- what became of them ---- */

bool
payment_event_add(struct store *s, const struct payment_event *v, struct err *e)
{
    static const char sql[] =
        "INSERT INTO payment_event (payment_id, seq, kind, from_account_id, to_account_id,"
        " at, reason, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, v->payment_id);
    stmt_int(q, 2, v->seq);
    stmt_text(q, 3, v->reverse ? "reverse" : "assign");
    stmt_int_or_null(q, 4, v->from_id);
    stmt_int_or_null(q, 5, v->to_id);
    stmt_int(q, 6, v->at);
    stmt_text(q, 7, v->reason);
    stmt_text(q, 8, v->actor);
    return stmt_run(q, e);
}

bool
payment_event_newest(struct store *s, int64_t payment_id, struct payment_event *out,
                     bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT seq, kind = 'reverse', from_account_id, to_account_id, at, reason, actor"
        " FROM payment_event WHERE payment_id = $1 ORDER BY seq DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, payment_id);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct payment_event){.payment_id = payment_id,
                                  .seq = (int)stmt_col_int(q, 0),
                                  .reverse = stmt_col_int(q, 1) != 0,
                                  .from_id = stmt_col_int(q, 2),
                                  .to_id = stmt_col_int(q, 3),
                                  .at = stmt_col_int(q, 4)};
    stmt_col_text(q, 5, out->reason, sizeof(out->reason));
    stmt_col_text(q, 6, out->actor, sizeof(out->actor));
    stmt_done(q);
    return true;
}

/* ---- statements of a bank ---- */

bool
statement_note_add(struct store *s, const struct statement_note *n, utc_t now, bool *added,
                   struct err *e)
{
    static const char sql[] =
        "INSERT INTO statement_file (bank_account, statement, opening_minor,"
        " closing_minor, closed_on, entries, taken_at, actor, in_minor, out_minor,"
        " ledger_id, before_minor) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
        " CASE WHEN EXISTS (SELECT 1 FROM statement_file WHERE ledger_id = $11) THEN 0"
        "  ELSE (SELECT coalesce(sum(amount_minor), 0) FROM ledger_entry"
        "   WHERE debit_id = $11) - (SELECT coalesce(sum(amount_minor), 0)"
        "   FROM ledger_entry WHERE credit_id = $11) - $12 END WHERE NOT EXISTS"
        " (SELECT 1 FROM statement_file WHERE bank_account = $1 AND statement = $2)";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_text(q, 1, n->bank_account);
    stmt_text(q, 2, n->statement);
    stmt_int(q, 3, n->opening.minor);
    stmt_int(q, 4, n->closing.minor);
    stmt_int(q, 5, n->closed_on);
    stmt_int(q, 6, n->entries);
    stmt_int(q, 7, now);
    stmt_text(q, 8, n->actor);
    stmt_int(q, 9, n->in.minor);
    stmt_int(q, 10, n->out.minor);
    stmt_int(q, 11, n->ledger_id);
    stmt_int(q, 12, n->file_in.minor);
    return stmt_insert(q, &id, added, e);
}

bool
statement_known(struct store *s, const struct statement_note *n, bool *known, struct err *e)
{
    static const char sql[] =
        "SELECT 1 FROM statement_file WHERE bank_account = $1 AND statement = $2";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t one;

    stmt_text(q, 1, n->bank_account);
    stmt_text(q, 2, n->statement);
    return stmt_one_int(q, &one, known, e);
}

bool
statement_before(struct store *s, const char *bank_account, utc_t day,
                 struct money *closing, utc_t *closed_on, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT closing_minor, closed_on FROM statement_file WHERE bank_account = $1"
        " AND closed_on <= $2 ORDER BY closed_on DESC, id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, bank_account);
    stmt_int(q, 2, day);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        closing->minor = stmt_col_int(q, 0);
        *closed_on = stmt_col_int(q, 1);
        stmt_done(q);
    }
    return true;
}

bool
statement_after(struct store *s, const char *bank_account, utc_t day, struct money *opening,
                bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT opening_minor FROM statement_file WHERE bank_account = $1"
        " AND closed_on > $2 ORDER BY closed_on, id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, bank_account);
    stmt_int(q, 2, day);
    return stmt_one_int(q, &opening->minor, found, e);
}
