#include "meterpost/store/tills.h"

#include "stmt.h"

#include <string.h>

bool
till_by_name(struct store *s, const char *name, struct till *out, bool *found,
             struct err *e)
{
    static const char sql[] = "SELECT id, kind, ceiling_minor, commission_ppm, name"
                              " FROM till WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct till){.id = stmt_col_int(q, 0),
                         .kind = strcmp(stmt_col_peek(q, 1), "agent") == 0 ? TILL_AGENT
                                                                           : TILL_CASH,
                         .ceiling = {stmt_col_int(q, 2)},
                         .commission_ppm = stmt_col_int(q, 3)};
    stmt_col_text(q, 4, out->name, sizeof(out->name));
    stmt_done(q);
    return true;
}

bool
till_put(struct store *s, const struct till *t, utc_t now, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO till (name, kind, ceiling_minor, commission_ppm, since)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET"
        " ceiling_minor = excluded.ceiling_minor, commission_ppm = excluded.commission_ppm"
        " WHERE till.kind = excluded.kind RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, t->name);
    stmt_text(q, 2, t->kind == TILL_AGENT ? "agent" : "till");
    stmt_int(q, 3, t->ceiling.minor);
    stmt_int(q, 4, t->commission_ppm);
    stmt_int(q, 5, now);
    if (!stmt_one_int(q, id, &row, e))
        return false;
    return row || err_set(e, FAIL_REJECT, "'%s' is there already, as %s", t->name,
                          t->kind == TILL_AGENT ? "a till" : "an agent");
}

bool
till_session_find(struct store *s, int64_t till_id, struct till_session *out, bool *found,
                  struct err *e)
{
    static const char sql[] = "SELECT id, number, opened_at, float_minor, counted_minor"
                              " FROM till_session WHERE till_id = $1 AND closed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, till_id);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct till_session){.id = stmt_col_int(q, 0),
                                 .till_id = till_id,
                                 .number = stmt_col_int(q, 1),
                                 .opened_at = stmt_col_int(q, 2),
                                 .opening = {stmt_col_int(q, 3)},
                                 .counted = !stmt_col_null(q, 4),
                                 .count = {stmt_col_int(q, 4)}};
    stmt_done(q);
    return true;
}

bool
till_session_open(struct store *s, int64_t till_id, struct money opening, const char *actor,
                  utc_t now, int64_t *number, struct err *e)
{
    static const char sql[] =
        "INSERT INTO till_session (till_id, number, opened_at, opened_by, float_minor)"
        " SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM till_session"
        " WHERE till_id = $1 RETURNING number";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, till_id);
    stmt_int(q, 2, now);
    stmt_text(q, 3, actor);
    stmt_int(q, 4, opening.minor);
    return stmt_one_int(q, number, &row, e);
}

bool
till_session_count(struct store *s, int64_t id, struct money count, utc_t now,
                   struct err *e)
{
    static const char sql[] = "UPDATE till_session SET counted_minor = $2, counted_at = $3"
                              " WHERE id = $1 AND closed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, count.minor);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
till_session_close(struct store *s, int64_t id, struct money expected, const char *actor,
                   utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE till_session SET expected_minor = $2, closed_at = $3, closed_by = $4"
        " WHERE id = $1 AND closed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, expected.minor);
    stmt_int(q, 3, now);
    stmt_text(q, 4, actor);
    return stmt_run(q, e);
}
