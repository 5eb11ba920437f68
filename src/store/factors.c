#include "meterpost/store/factors.h"

#include "stmt.h"

bool
factor_add(struct store *s, const struct factor *f, struct err *e)
{
    static const char sql[] =
        "INSERT INTO factor (name, valid_from, value_micro, set_at, actor)"
        " VALUES ($1, $2, $3, $4, $5)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, f->name);
    stmt_int(q, 2, f->valid_from);
    stmt_int(q, 3, f->value.micro);
    stmt_int(q, 4, f->set_at);
    stmt_text(q, 5, f->actor);
    return stmt_run(q, e) || err_in(e, "factor %s", f->name);
}

bool
factors_between(struct store *s, utc_t from, utc_t to, struct factor *out, int most, int *n,
                struct err *e)
{
    static const char sql[] =
        "SELECT f.name, f.valid_from, f.value_micro, f.set_at, f.actor FROM factor f"
        " WHERE f.valid_from < $2 AND NOT EXISTS (SELECT 1 FROM factor g"
        "  WHERE g.name = f.name AND ((g.valid_from = f.valid_from AND g.id > f.id)"
        "   OR (g.valid_from > f.valid_from AND g.valid_from <= $1)))"
        " ORDER BY f.valid_from, f.name LIMIT $3";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, from);
    stmt_int(q, 2, to);
    stmt_int(q, 3, most);
    while (stmt_step(q, &row, e)) {
        struct factor *f = &out[*n];

        if (!row)
            return true;
        *f = (struct factor){.valid_from = stmt_col_int(q, 1),
                             .value = {stmt_col_int(q, 2)},
                             .set_at = stmt_col_int(q, 3)};
        stmt_col_text(q, 0, f->name, sizeof(f->name));
        stmt_col_text(q, 4, f->actor, sizeof(f->actor));
        (*n)++;
    }
    return false;
}
