#include "meterpost/store/field_orders.h"

#include "stmt.h"

#define SELECT                                                                             \
    "SELECT id, order_id, meter_id, account_id, key, action, state, technician, number,"   \
    " reason, answer, created_at, sent_at, ended_at, actor FROM field_order"

bool
field_order_add(struct store *s, const struct field_order *f, int64_t *id, bool *added,
                struct err *e)
{
    static const char sql[] =
        "INSERT INTO field_order (key, order_id, meter_id, account_id, action, state,"
        " reason, created_at, actor, technician, number)"
        " VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10)"
        " ON CONFLICT (key) DO NOTHING RETURNING id";
    static const char there[] = "SELECT id FROM field_order WHERE key = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, f->key);
    stmt_int_or_null(q, 2, f->order_id);
    stmt_int(q, 3, f->meter_id);
    stmt_int_or_null(q, 4, f->account_id);
    stmt_text(q, 5, f->action);
    stmt_text(q, 6, f->reason);
    stmt_int(q, 7, f->created_at);
    stmt_text(q, 8, f->actor);
    stmt_text_or_null(q, 9, f->technician);
    stmt_text_or_null(q, 10, f->number);
    if (!stmt_one_int(q, id, added, e))
        return err_in(e, "field order");
    if (*added)
        return true;
    if ((q = stmt_get(s, there, e)) == NULL)
        return false;
    stmt_text(q, 1, f->key);
    return stmt_one_int(q, id, &row, e);
}

static bool
one_row(struct stmt *q, struct field_order *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return err_in(e, "field order");
    if (!*found)
        return true;
    *out = (struct field_order){.id = stmt_col_int(q, 0),
                                .order_id = stmt_col_int(q, 1),
                                .meter_id = stmt_col_int(q, 2),
                                .account_id = stmt_col_int(q, 3),
                                .created_at = stmt_col_int(q, 11),
                                .sent_at = stmt_col_int(q, 12),
                                .ended_at = stmt_col_int(q, 13)};
    stmt_col_text(q, 4, out->key, sizeof(out->key));
    stmt_col_text(q, 5, out->action, sizeof(out->action));
    stmt_col_text(q, 6, out->state, sizeof(out->state));
    stmt_col_text(q, 7, out->technician, sizeof(out->technician));
    stmt_col_text(q, 8, out->number, sizeof(out->number));
    stmt_col_text(q, 9, out->reason, sizeof(out->reason));
    stmt_col_text(q, 10, out->answer, sizeof(out->answer));
    stmt_col_text(q, 14, out->actor, sizeof(out->actor));
    stmt_done(q);
    return true;
}

bool
field_order_by_id(struct store *s, int64_t id, struct field_order *out, bool *found,
                  struct err *e)
{
    static const char sql[] = SELECT " WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_row(q, out, found, e);
}

bool
field_order_next_open(struct store *s, int64_t after, struct field_order *out, bool *found,
                      struct err *e)
{
    static const char sql[] =
        SELECT " WHERE id > $1 AND state = 'open' AND number IS NOT NULL"
               " ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return one_row(q, out, found, e);
}

bool
field_order_next_of(struct store *s, int64_t order_id, int64_t after,
                    struct field_order *out, bool *found, struct err *e)
{
    static const char sql[] =
        SELECT " WHERE order_id = $1 AND id > $2 AND state IN ('open', 'sent')"
               " ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, order_id);
    stmt_int(q, 2, after);
    return one_row(q, out, found, e);
}

bool
field_order_sent_to(struct store *s, const char *number, int64_t *count,
                    struct field_order *newest, struct err *e)
{
    static const char counted[] =
        "SELECT count(*) FROM field_order WHERE number = $1 AND state = 'sent'";
    static const char sql[] =
        SELECT " WHERE number = $1 AND state = 'sent' ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, counted, e);
    bool row;

    stmt_text(q, 1, number);
    if (!stmt_one_int(q, count, &row, e) || (q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_text(q, 1, number);
    return one_row(q, newest, &row, e);
}

bool
field_order_save(struct store *s, const struct field_order *f, struct err *e)
{
    static const char sql[] =
        "UPDATE field_order SET state = $2, technician = $3, number = $4, sent_at = $5,"
        " ended_at = $6, answer = $7 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, f->id);
    stmt_text(q, 2, f->state);
    stmt_text_or_null(q, 3, f->technician);
    stmt_text_or_null(q, 4, f->number);
    stmt_int_or_null(q, 5, f->sent_at);
    stmt_int_or_null(q, 6, f->ended_at);
    stmt_text_or_null(q, 7, f->answer);
    return stmt_run(q, e) || err_in(e, "field order");
}
