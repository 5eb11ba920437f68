/* The parts of outgoing messages, and the delivery reports that belong to them. */
#include "meterpost/store/outbox.h"
#include "stmt.h"

#include <string.h>

#define COLUMNS "outbox_id, part, state, modem, ref, sent_at"

static bool
one_part(struct stmt *q, struct outbox_part *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    memset(out, 0, sizeof(*out));
    out->outbox_id = stmt_col_int(q, 0);
    out->part = (int)stmt_col_int(q, 1);
    outbox_state_parse(stmt_col_peek(q, 2), &out->state);
    stmt_col_text(q, 3, out->modem, sizeof(out->modem));
    out->ref = stmt_col_null(q, 4) ? -1 : (int)stmt_col_int(q, 4);
    out->sent_at = stmt_col_int(q, 5);
    stmt_done(q);
    return true;
}

bool
outbox_part_first(struct store *s, int64_t id, enum outbox_state state,
                  struct outbox_part *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM outbox_part WHERE outbox_id = $1"
                              " AND state = $2 ORDER BY part LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, outbox_state_name(state));
    return one_part(q, out, found, e);
}

bool
outbox_part_in_state(struct store *s, int64_t id, enum outbox_state state, int64_t *count,
                     struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM outbox_part WHERE outbox_id = $1"
                              " AND state = $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, id);
    stmt_text(q, 2, outbox_state_name(state));
    return stmt_one_int(q, count, &row, e);
}

bool
outbox_part_step(struct store *s, const struct outbox_part *p, enum outbox_state to,
                 struct err *e)
{
    static const char sql[] = "UPDATE outbox_part SET state = $4,"
                              " modem = coalesce($5, modem), ref = coalesce($6, ref),"
                              " sent_at = coalesce($7, sent_at)"
                              " WHERE outbox_id = $1 AND part = $2 AND state = $3";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, p->outbox_id);
    stmt_int(q, 2, p->part);
    stmt_text(q, 3, outbox_state_name(p->state));
    stmt_text(q, 4, outbox_state_name(to));
    stmt_text_or_null(q, 5, p->modem);
    if (p->ref >= 0)
        stmt_int(q, 6, p->ref);
    stmt_int_or_null(q, 7, p->sent_at);
    if (!stmt_run(q, e))
        return false;
    return store_changes(s) == 1 ||
           err_set(e, FAIL_REJECT, "outbox=%lld: part %d is not %s",
                   (long long)p->outbox_id, p->part, outbox_state_name(p->state));
}

bool
outbox_part_step_all(struct store *s, int64_t id, enum outbox_state from,
                     enum outbox_state to, struct err *e)
{
    static const char sql[] = "UPDATE outbox_part SET state = $3"
                              " WHERE outbox_id = $1 AND state = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, outbox_state_name(from));
    stmt_text(q, 3, outbox_state_name(to));
    return stmt_run(q, e);
}

bool
outbox_part_rewind(struct store *s, int64_t id, int64_t *count, struct err *e)
{
    static const char sql[] = "UPDATE outbox_part SET state = 'queued', ref = NULL,"
                              " report_status = NULL WHERE outbox_id = $1"
                              " AND state <> 'queued'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_run(q, e))
        return false;
    *count = store_changes(s);
    return true;
}

bool
outbox_part_by_ref(struct store *s, const char *modem, const char *number, int ref,
                   struct outbox_part *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT p.outbox_id, p.part, p.state, p.modem, p.ref, p.sent_at FROM outbox_part p"
        " JOIN outbox o ON o.id = p.outbox_id WHERE p.state = 'sent' AND p.modem = $1"
        " AND p.ref = $2 AND o.number = $3 ORDER BY p.sent_at DESC, p.outbox_id DESC"
        " LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, modem);
    stmt_int(q, 2, ref);
    stmt_text(q, 3, number);
    return one_part(q, out, found, e);
}

bool
outbox_part_set_report(struct store *s, const struct outbox_part *p, int tp_status,
                       struct err *e)
{
    static const char sql[] = "UPDATE outbox_part SET report_status = $3"
                              " WHERE outbox_id = $1 AND part = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, p->outbox_id);
    stmt_int(q, 2, p->part);
    stmt_int(q, 3, tp_status);
    return stmt_run(q, e);
}

bool
outbox_report_add(struct store *s, const struct outbox_report *r, int64_t *id, bool *added,
                  struct err *e)
{
    static const char sql[] =
        "INSERT INTO delivery_report (dedup, modem, number, ref, tp_status, arrived_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dedup) DO NOTHING";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_blob(q, 1, r->dedup, sizeof(r->dedup));
    stmt_text(q, 2, r->modem);
    stmt_text(q, 3, r->number);
    stmt_int(q, 4, r->ref);
    stmt_int(q, 5, r->tp_status);
    stmt_int(q, 6, r->arrived_at);
    return stmt_insert(q, id, added, e);
}

bool
outbox_report_match(struct store *s, int64_t id, int64_t outbox_id, struct err *e)
{
    static const char sql[] = "UPDATE delivery_report SET outbox_id = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, outbox_id);
    return stmt_run(q, e);
}

bool
outbox_report_waiting(struct store *s, const struct outbox_part *p, const char *number,
                      int64_t *id, int *tp_status, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id, tp_status FROM delivery_report WHERE outbox_id IS NULL AND modem = $1"
        " AND ref = $2 AND number = $3 AND arrived_at >= $4 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, p->modem);
    stmt_int(q, 2, p->ref);
    stmt_text(q, 3, number);
    stmt_int(q, 4, p->sent_at);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        *id = stmt_col_int(q, 0);
        *tp_status = (int)stmt_col_int(q, 1);
        stmt_done(q);
    }
    return true;
}
