#include "meterpost/store/alarms.h"

#include "stmt.h"

#include <string.h>

bool
alarm_row_find(struct store *s, const char *kind, const char *subject, utc_t since,
               struct alarm_row *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id, kind, subject, text, raised_at, last_at, count, cleared_at FROM alarm"
        " WHERE kind = $1 AND subject = $2 AND (cleared_at IS NULL OR cleared_at >= $3)"
        " ORDER BY cleared_at IS NULL DESC, id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    memset(out, 0, sizeof(*out));
    stmt_text(q, 1, kind);
    stmt_text(q, 2, subject);
    stmt_int(q, 3, since);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    out->id = stmt_col_int(q, 0);
    stmt_col_text(q, 1, out->kind, sizeof(out->kind));
    stmt_col_text(q, 2, out->subject, sizeof(out->subject));
    stmt_col_text(q, 3, out->text, sizeof(out->text));
    out->raised_at = stmt_col_int(q, 4);
    out->last_at = stmt_col_int(q, 5);
    out->count = stmt_col_int(q, 6);
    out->cleared_at = stmt_col_int(q, 7);
    stmt_done(q);
    return true;
}

bool
alarm_row_add(struct store *s, const struct alarm_row *a, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO alarm (kind, subject, text, raised_at, last_at)"
                              " VALUES ($1, $2, $3, $4, $4) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, a->kind);
    stmt_text(q, 2, a->subject);
    stmt_text(q, 3, a->text);
    stmt_int(q, 4, a->raised_at);
    return stmt_one_int(q, id, &row, e);
}

bool
alarm_row_again(struct store *s, int64_t id, const char *text, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE alarm SET text = $2, last_at = $3, count = count + 1,"
                              " cleared_at = NULL WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, text);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
alarm_row_clear(struct store *s, const char *kind, const char *subject, utc_t now,
                bool *was_open, struct err *e)
{
    static const char sql[] = "UPDATE alarm SET cleared_at = $3 WHERE kind = $1"
                              " AND subject = $2 AND cleared_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, kind);
    stmt_text(q, 2, subject);
    stmt_int(q, 3, now);
    if (!stmt_run(q, e))
        return false;
    *was_open = store_changes(s) > 0;
    return true;
}

bool
alarm_row_count_open(struct store *s, int64_t *count, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM alarm WHERE cleared_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, count, &row, e);
}

/* ---- who of the staff on call has heard of it ---- */

#define UNSEEN                                                                             \
    " FROM alarm WHERE cleared_at IS NULL AND seen_at IS NULL AND level = $1"              \
    " AND ($1 = 0 OR told_at <= $2)"

bool
alarm_unseen(struct store *s, int level, utc_t before, struct alarm_group *out,
             struct err *e)
{
    static const char sql[] = "SELECT count(*), coalesce(min(id), 0),"
                              " coalesce(min(told_at), 0)" UNSEEN;
    static const char first_sql[] = "SELECT text FROM alarm WHERE id = $1";
    static const char told_sql[] = "SELECT coalesce(max(told_at), 0) FROM alarm"
                                   " WHERE level = $1 + 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct alarm_group){0};
    stmt_int(q, 1, level);
    stmt_int(q, 2, before);
    if (!stmt_step(q, &row, e))
        return false;
    out->count = stmt_col_int(q, 0);
    out->first_id = stmt_col_int(q, 1);
    out->oldest_told_at = stmt_col_int(q, 2);
    stmt_done(q);
    if (out->count == 0)
        return true;
    if ((q = stmt_get(s, first_sql, e)) == NULL)
        return false;
    stmt_int(q, 1, out->first_id);
    if (!stmt_step(q, &row, e))
        return false;
    stmt_col_text(q, 0, out->text, sizeof(out->text));
    stmt_done(q);
    if ((q = stmt_get(s, told_sql, e)) == NULL)
        return false;
    stmt_int(q, 1, level);
    return stmt_one_int(q, &out->last_told_at, &row, e);
}

bool
alarm_told(struct store *s, int level, utc_t before, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE alarm SET level = $1 + 1, told_at = $3 WHERE id IN"
                              " (SELECT id" UNSEEN ")";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, level);
    stmt_int(q, 2, before);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
alarm_seen(struct store *s, int64_t id, const char *who, utc_t now, int64_t *count,
           struct err *e)
{
    static const char sql[] = "UPDATE alarm SET seen_at = $3, seen_by = $2"
                              " WHERE cleared_at IS NULL AND seen_at IS NULL"
                              " AND ($1 = 0 OR id = $1)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, who);
    stmt_int(q, 3, now);
    if (!stmt_run(q, e))
        return false;
    *count = store_changes(s);
    return true;
}
