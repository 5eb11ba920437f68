#include "meterpost/store/payments.h"

#include "stmt.h"

#define COLUMNS                                                                            \
    "id, channel, reference, account_id, amount_minor, paid_at, received_at, payer,"       \
    " inbox_id, actor"

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
}

bool
payment_by_reference(struct store *s, const char *channel, const char *reference,
                     struct payment *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM payment WHERE channel = $1"
                              " AND reference = $2";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
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
payment_add(struct store *s, const struct payment *p, int64_t *id, bool *added,
            struct err *e)
{
    static const char sql[] =
        "INSERT INTO payment (channel, reference, account_id, amount_minor, paid_at,"
        " received_at, payer, inbox_id, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (channel, reference) DO NOTHING RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    struct payment there;
    bool found;

    if (q == NULL)
        return false;
    stmt_text(q, 1, p->channel);
    stmt_text(q, 2, p->reference);
    stmt_int_or_null(q, 3, p->account_id);
    stmt_int(q, 4, p->amount.minor);
    stmt_int(q, 5, p->paid_at);
    stmt_int(q, 6, p->received_at);
    stmt_text_or_null(q, 7, p->payer);
    stmt_int_or_null(q, 8, p->inbox_id);
    stmt_text(q, 9, p->actor);
    if (!stmt_one_int(q, id, added, e))
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
    static const char sql[] = "SELECT " COLUMNS " FROM payment WHERE account_id = $1"
                              " AND received_at > $2 AND received_at <= $3"
                              " ORDER BY received_at DESC, id DESC LIMIT $4";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    if (q == NULL)
        return false;
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
