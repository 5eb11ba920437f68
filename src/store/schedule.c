#include "meterpost/store/schedule.h"

#include "meterpost/base/text.h"
#include "stmt.h"

bool
schedule_get(struct store *s, const char *name, struct schedule *out, bool *found,
             struct err *e)
{
    static const char sql[] = "SELECT spec, next_at FROM schedule WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    *out = (struct schedule){0};
    text_copy(out->name, sizeof(out->name), name);
    stmt_text(q, 1, name);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_text(q, 0, out->spec, sizeof(out->spec));
        out->next_at = stmt_col_int(q, 1);
        stmt_done(q);
    }
    return true;
}

bool
schedule_put(struct store *s, const struct schedule *p, struct err *e)
{
    static const char sql[] =
        "INSERT INTO schedule (name, spec, next_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (name) DO UPDATE SET spec = excluded.spec,"
        " next_at = excluded.next_at";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, p->name);
    stmt_text(q, 2, p->spec);
    stmt_int(q, 3, p->next_at);
    return stmt_run(q, e);
}
