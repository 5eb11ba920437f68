#include "meterpost/store/prepaid_orders.h"

#include "stmt.h"

bool
prepaid_order_add(struct store *s, const struct prepaid_order *o, int64_t *id,
                  struct err *e)
{
    static const char sql[] =
        "INSERT INTO prepaid_order (meter_id, action, value, made_at, actor)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, o->meter_id);
    stmt_text(q, 2, o->action);
    stmt_text(q, 3, o->value);
    stmt_int(q, 4, o->made_at);
    stmt_text(q, 5, o->actor);
    return stmt_one_int(q, id, &row, e) || err_in(e, "prepaid order");
}

bool
prepaid_order_sent(struct store *s, int64_t id, int64_t outbox_id, struct err *e)
{
    static const char sql[] = "UPDATE prepaid_order SET outbox_id = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, outbox_id);
    return stmt_run(q, e);
}

bool
prepaid_order_open(struct store *s, int64_t meter_id, int64_t id, utc_t since,
                   struct prepaid_order *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id, meter_id, action, value, made_at FROM prepaid_order"
        " WHERE meter_id = $1 AND answered_at IS NULL AND ($2 = 0 OR id = $2)"
        " AND made_at > $3 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, id);
    stmt_int(q, 3, since);
    *out = (struct prepaid_order){.id = 0};
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    out->id = stmt_col_int(q, 0);
    out->meter_id = stmt_col_int(q, 1);
    stmt_col_text(q, 2, out->action, sizeof(out->action));
    stmt_col_text(q, 3, out->value, sizeof(out->value));
    out->made_at = stmt_col_int(q, 4);
    stmt_done(q);
    return true;
}

bool
prepaid_order_answer(struct store *s, int64_t id, const char *answer, utc_t now,
                     struct err *e)
{
    static const char sql[] =
        "UPDATE prepaid_order SET answered_at = $2, answer = $3 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    stmt_text(q, 3, answer);
    return stmt_run(q, e);
}
