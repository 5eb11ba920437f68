#include "meterpost/store/attempts.h"

#include "stmt.h"

bool
attempt_add(struct store *s, const struct attempt *a, const void *sent, size_t n,
            struct err *e)
{
    static const char sql[] =
        "INSERT INTO attempt (request_id, number, channel, device, asked_at, outbox_id,"
        " sent) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, a->request_id);
    stmt_int(q, 2, a->number);
    stmt_text(q, 3, request_channel_name(a->channel));
    stmt_text_or_null(q, 4, a->device);
    stmt_int(q, 5, a->asked_at);
    stmt_int_or_null(q, 6, a->outbox_id);
    stmt_blob(q, 7, sent, n);
    return stmt_run(q, e) || err_in(e, "attempt");
}

bool
attempt_open(struct store *s, int64_t request_id, struct attempt *out, bool *found,
             struct err *e)
{
    static const char sql[] =
        "SELECT id, number, channel, device, asked_at, outbox_id FROM attempt"
        " WHERE request_id = $1 AND ended_at IS NULL ORDER BY number DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, request_id);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct attempt){.id = stmt_col_int(q, 0),
                            .request_id = request_id,
                            .number = (int)stmt_col_int(q, 1),
                            .channel = request_channel_of(stmt_col_peek(q, 2)),
                            .asked_at = stmt_col_int(q, 4),
                            .outbox_id = stmt_col_int(q, 5)};
    stmt_col_text(q, 3, out->device, sizeof(out->device));
    stmt_done(q);
    return true;
}

bool
attempt_last_device(struct store *s, int64_t request_id, char out[MODEM_NAME_MAX],
                    struct err *e)
{
    static const char sql[] = "SELECT device FROM attempt WHERE request_id = $1"
                              " AND ended_at IS NOT NULL ORDER BY number DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    out[0] = '\0';
    stmt_int(q, 1, request_id);
    if (!stmt_step(q, &found, e))
        return false;
    if (found) {
        stmt_col_text(q, 0, out, MODEM_NAME_MAX);
        stmt_done(q);
    }
    return true;
}

bool
attempt_end(struct store *s, const struct attempt *a, const void *received, size_t n,
            struct err *e)
{
    static const char sql[] =
        "UPDATE attempt SET ended_at = $2, result = $3, device = $4, inbox_id = $5,"
        " segments = $6, cost_minor = $7, received = coalesce($8,"
        "  (SELECT CAST(i.text AS BLOB) FROM inbox i WHERE i.id = $5)) WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, a->id);
    stmt_int(q, 2, a->ended_at);
    stmt_text(q, 3, a->result);
    stmt_text_or_null(q, 4, a->device);
    stmt_int_or_null(q, 5, a->inbox_id);
    stmt_int(q, 6, a->segments);
    stmt_int(q, 7, a->cost.minor);
    if (received != NULL)
        stmt_blob(q, 8, received, n);
    return stmt_run(q, e) || err_in(e, "attempt");
}
