/* What proves that a command is of who it claims to be: keys, sheets, what waits. */
#include "meterpost/store/staff.h"

#include "stmt.h"

#include <string.h>

bool
staff_proof_get(struct store *s, int64_t id, struct staff_proof *out, struct err *e)
{
    static const char sql[] =
        "SELECT key_sealed, enrolled_at, expires_at, last_step, last_counter, sheet,"
        " failures, failed_at, locked_until, codes_from FROM staff WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    memset(out, 0, sizeof(*out));
    stmt_int(q, 1, id);
    if (!stmt_step(q, &row, e))
        return false;
    if (!row)
        return err_set(e, FAIL_REJECT, "there is no staff row %lld", (long long)id);
    if (!stmt_col_null(q, 0))
        out->sealed_size = stmt_col_blob(q, 0, out->sealed, sizeof(out->sealed));
    out->enrolled_at = stmt_col_int(q, 1);
    out->expires_at = stmt_col_int(q, 2);
    out->last_step = stmt_col_int(q, 3);
    out->last_counter = stmt_col_int(q, 4);
    out->sheet = (int)stmt_col_int(q, 5);
    out->failures = (int)stmt_col_int(q, 6);
    out->failed_at = stmt_col_int(q, 7);
    out->locked_until = stmt_col_int(q, 8);
    out->codes_from = stmt_col_int(q, 9);
    stmt_done(q);
    return true;
}

bool
staff_proof_save(struct store *s, int64_t id, const struct staff_proof *p, struct err *e)
{
    static const char sql[] =
        "UPDATE staff SET key_sealed = $2, enrolled_at = $3, expires_at = $4,"
        " last_step = $5, last_counter = $6, sheet = $7, failures = $8, failed_at = $9,"
        " locked_until = $10 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (p->sealed_size > 0)
        stmt_blob(q, 2, p->sealed, p->sealed_size);
    stmt_int_or_null(q, 3, p->enrolled_at);
    stmt_int_or_null(q, 4, p->expires_at);
    stmt_int(q, 5, p->last_step);
    stmt_int(q, 6, p->last_counter);
    stmt_int(q, 7, p->sheet);
    stmt_int(q, 8, p->failures);
    stmt_int_or_null(q, 9, p->failed_at);
    stmt_int_or_null(q, 10, p->locked_until);
    return stmt_run(q, e);
}

/* ---- codes of sheets ---- */

bool
staff_code_add(struct store *s, int64_t id, int sheet, int number,
               const uint8_t hash[STAFF_HASH], struct err *e)
{
    static const char sql[] = "INSERT INTO staff_code (staff_id, sheet, number, hash)"
                              " VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, sheet);
    stmt_int(q, 3, number);
    stmt_blob(q, 4, hash, STAFF_HASH);
    return stmt_run(q, e);
}

bool
staff_code_left(struct store *s, int64_t id, int sheet, int *left, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM staff_code WHERE staff_id = $1"
                              " AND sheet = $2 AND used_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t count = 0;
    bool row;

    stmt_int(q, 1, id);
    stmt_int(q, 2, sheet);
    if (!stmt_one_int(q, &count, &row, e))
        return false;
    *left = (int)count;
    return true;
}

bool
staff_code_draw(struct store *s, int64_t id, int sheet, int skip, utc_t now, int *number,
                bool *found, struct err *e)
{
    static const char sql[] =
        "UPDATE staff_code SET used_at = $4 WHERE staff_id = $1 AND sheet = $2"
        " AND number = (SELECT number FROM staff_code WHERE staff_id = $1 AND sheet = $2"
        "  AND used_at IS NULL ORDER BY number LIMIT 1 OFFSET $3) RETURNING number";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t drawn = 0;

    stmt_int(q, 1, id);
    stmt_int(q, 2, sheet);
    stmt_int(q, 3, skip);
    stmt_int(q, 4, now);
    if (!stmt_one_int(q, &drawn, found, e))
        return false;
    *number = (int)drawn;
    return true;
}

bool
staff_code_hash(struct store *s, int64_t id, int sheet, int number, uint8_t out[STAFF_HASH],
                bool *found, struct err *e)
{
    static const char sql[] = "SELECT hash FROM staff_code WHERE staff_id = $1"
                              " AND sheet = $2 AND number = $3";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, sheet);
    stmt_int(q, 3, number);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_blob(q, 0, out, STAFF_HASH);
        stmt_done(q);
    }
    return true;
}

/* ---- commands that wait for YES ---- */

bool
staff_request_add(struct store *s, const struct staff_request *r, int64_t *id,
                  struct err *e)
{
    static const char sql[] =
        "INSERT INTO staff_request (ref, staff_id, verb, arguments, number, state,"
        " inbox_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7,"
        " $8) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, r->ref);
    stmt_int(q, 2, r->staff_id);
    stmt_text(q, 3, r->verb);
    stmt_text(q, 4, r->arguments);
    stmt_int_or_null(q, 5, r->number);
    stmt_int_or_null(q, 6, r->inbox_id);
    stmt_int(q, 7, r->created_at);
    stmt_int(q, 8, r->expires_at);
    return stmt_one_int(q, id, &row, e);
}

bool
staff_request_waiting(struct store *s, int64_t staff_id, const char *ref, utc_t now,
                      struct staff_request *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id, ref, staff_id, verb, arguments, number, tries, inbox_id, created_at,"
        " expires_at FROM staff_request WHERE staff_id = $1 AND ref = $2"
        " AND state = 'waiting' AND expires_at > $3";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, staff_id);
    stmt_text(q, 2, ref);
    stmt_int(q, 3, now);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct staff_request){.id = stmt_col_int(q, 0),
                                  .staff_id = stmt_col_int(q, 2),
                                  .number = (int)stmt_col_int(q, 5),
                                  .tries = (int)stmt_col_int(q, 6),
                                  .inbox_id = stmt_col_int(q, 7),
                                  .created_at = stmt_col_int(q, 8),
                                  .expires_at = stmt_col_int(q, 9)};
    stmt_col_text(q, 1, out->ref, sizeof(out->ref));
    stmt_col_text(q, 3, out->verb, sizeof(out->verb));
    stmt_col_text(q, 4, out->arguments, sizeof(out->arguments));
    stmt_done(q);
    return true;
}

bool
staff_request_count(struct store *s, int64_t staff_id, utc_t since, int64_t *count,
                    struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM staff_request WHERE staff_id = $1"
                              " AND created_at >= $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, staff_id);
    stmt_int(q, 2, since);
    return stmt_one_int(q, count, &row, e);
}

bool
staff_request_try(struct store *s, int64_t id, struct err *e)
{
    static const char sql[] = "UPDATE staff_request SET tries = tries + 1 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return stmt_run(q, e);
}

bool
staff_request_end(struct store *s, int64_t id, enum staff_request_state state, utc_t now,
                  struct err *e)
{
    static const char sql[] = "UPDATE staff_request SET state = $2, ended_at = $3"
                              " WHERE id = $1 AND state = 'waiting'";
    static const char *const names[] = {[STAFF_WAITING] = "waiting",
                                        [STAFF_DONE] = "done",
                                        [STAFF_REFUSED] = "refused",
                                        [STAFF_DEAD] = "dead"};
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, names[state]);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
staff_request_replace(struct store *s, int64_t staff_id, const char *verb,
                      const char *arguments, utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE staff_request SET state = 'dead', ended_at = $4 WHERE staff_id = $1"
        " AND state = 'waiting' AND ((verb = $2 AND arguments = $3) OR expires_at <= $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, staff_id);
    stmt_text(q, 2, verb);
    stmt_text(q, 3, arguments);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}

/* ---- what came before ---- */

static bool
forget_seen(struct store *s, utc_t since, struct err *e)
{
    static const char sql[] = "DELETE FROM staff_seen WHERE at < $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, since);
    return stmt_run(q, e);
}

bool
staff_seen(struct store *s, const uint8_t hash[STAFF_HASH], int64_t inbox_id, utc_t now,
           utc_t keep_since, bool *before, int64_t *was, struct err *e)
{
    static const char look_sql[] = "SELECT inbox_id FROM staff_seen WHERE hash = $1";
    static const char add_sql[] =
        "INSERT INTO staff_seen (hash, at, inbox_id) VALUES ($1, $2, $3)";
    struct stmt *q;

    if (!forget_seen(s, keep_since, e) || (q = stmt_get(s, look_sql, e)) == NULL)
        return false;
    stmt_blob(q, 1, hash, STAFF_HASH);
    if (!stmt_one_int(q, was, before, e))
        return false;
    if (*before)
        return true;
    if ((q = stmt_get(s, add_sql, e)) == NULL)
        return false;
    stmt_blob(q, 1, hash, STAFF_HASH);
    stmt_int(q, 2, now);
    stmt_int(q, 3, inbox_id);
    return stmt_run(q, e);
}

/* ---- readings that staff asked for ---- */

bool
staff_wait_add(struct store *s, int64_t request_id, int64_t staff_id, int64_t inbox_id,
               struct err *e)
{
    static const char sql[] = "INSERT INTO staff_wait (request_id, staff_id, inbox_id)"
                              " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, request_id);
    stmt_int(q, 2, staff_id);
    stmt_int(q, 3, inbox_id);
    return stmt_run(q, e);
}

bool
staff_wait_over(struct store *s, struct staff_wait *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT w.request_id, w.staff_id, q.meter_id, q.state = 'answered'"
        " FROM staff_wait w JOIN reading_request q ON q.id = w.request_id"
        " WHERE q.state IN ('answered', 'failed') AND q.meter_id IS NOT NULL"
        " ORDER BY w.request_id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL || !stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct staff_wait){.request_id = stmt_col_int(q, 0),
                               .staff_id = stmt_col_int(q, 1),
                               .meter_id = stmt_col_int(q, 2),
                               .answered = stmt_col_int(q, 3) != 0};
    stmt_done(q);
    return true;
}

bool
staff_wait_end(struct store *s, const struct staff_wait *w, struct err *e)
{
    static const char sql[] =
        "DELETE FROM staff_wait WHERE request_id = $1 AND staff_id = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, w->request_id);
    stmt_int(q, 2, w->staff_id);
    return stmt_run(q, e);
}

/* ---- what they set going ---- */

static const char *const watched[] = {
    [STAFF_WATCHES_ORDER] = "order",
    [STAFF_WATCHES_CARE] = "care",
};

bool
staff_watch_add(struct store *s, enum staff_watched what, int64_t object_id,
                int64_t staff_id, struct err *e)
{
    static const char sql[] = "INSERT INTO staff_watch (what, object_id, staff_id)"
                              " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, watched[what]);
    stmt_int(q, 2, object_id);
    stmt_int(q, 3, staff_id);
    return stmt_run(q, e);
}

bool
staff_watch_over(struct store *s, struct staff_watch *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT w.what = 'care', w.object_id, w.staff_id, coalesce(o.action, c.step),"
        " coalesce(o.serial, c.modem), coalesce(o.state, c.state),"
        " coalesce(nullif(o.note, ''), c.answer, '') FROM staff_watch w"
        " LEFT JOIN relay_order o ON w.what = 'order' AND o.id = w.object_id"
        " LEFT JOIN modem_care c ON w.what = 'care' AND c.id = w.object_id"
        " WHERE o.finished_at IS NOT NULL OR c.ended_at IS NOT NULL"
        " ORDER BY w.what, w.object_id, w.staff_id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct staff_watch){.what = stmt_col_int(q, 0) != 0 ? STAFF_WATCHES_CARE
                                                                : STAFF_WATCHES_ORDER,
                                .object_id = stmt_col_int(q, 1),
                                .staff_id = stmt_col_int(q, 2)};
    stmt_col_text(q, 3, out->step, sizeof(out->step));
    stmt_col_text(q, 4, out->target, sizeof(out->target));
    stmt_col_text(q, 5, out->state, sizeof(out->state));
    stmt_col_text(q, 6, out->outcome, sizeof(out->outcome));
    stmt_done(q);
    return true;
}

bool
staff_watch_end(struct store *s, const struct staff_watch *w, struct err *e)
{
    static const char sql[] = "DELETE FROM staff_watch"
                              " WHERE what = $1 AND object_id = $2 AND staff_id = $3";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, watched[w->what]);
    stmt_int(q, 2, w->object_id);
    stmt_int(q, 3, w->staff_id);
    return stmt_run(q, e);
}
