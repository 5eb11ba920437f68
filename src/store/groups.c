#include "meterpost/store/registry.h"

#include "stmt.h"

bool
group_by_code(struct store *s, const char *code, struct group *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT id, code, name, parent_id, kind FROM meter_group"
                              " WHERE code = $1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_text(q, 1, code);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct group){.id = stmt_col_int(q, 0), .parent_id = stmt_col_int(q, 3)};
    stmt_col_text(q, 1, out->code, sizeof(out->code));
    stmt_col_text(q, 2, out->name, sizeof(out->name));
    stmt_col_text(q, 4, out->kind, sizeof(out->kind));
    stmt_done(q);
    return true;
}

bool
group_add(struct store *s, const struct group *g, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO meter_group (code, name, parent_id, kind)"
                              " VALUES ($1, $2, $3, $4) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL)
        return false;
    stmt_text(q, 1, g->code);
    stmt_text(q, 2, g->name);
    stmt_int_or_null(q, 3, g->parent_id);
    stmt_text_or_null(q, 4, g->kind);
    return stmt_one_int(q, id, &row, e) || err_in(e, "group %s", g->code);
}
