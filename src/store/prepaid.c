#include "meterpost/store/prepaid.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "account_id, limit_minor, warn_minor, since, until, level, level_at, charges, "        \
    "day_minor"

static const char *const levels[] = {
    [PREPAID_OK] = "ok", [PREPAID_LOW] = "low", [PREPAID_EMPTY] = "empty"};

const char *
prepaid_level_name(enum prepaid_level level)
{
    return levels[level];
}

static bool
one_row(struct stmt *q, struct prepaid *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e) || !*found)
        return !*found;
    *out = (struct prepaid){.account_id = stmt_col_int(q, 0),
                            .limit = {stmt_col_int(q, 1)},
                            .warn = {stmt_col_int(q, 2)},
                            .since = stmt_col_int(q, 3),
                            .until = stmt_col_int(q, 4),
                            .level_at = stmt_col_int(q, 6),
                            .charges = stmt_col_int(q, 7),
                            .day = {stmt_col_int(q, 8)}};
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strcmp(stmt_col_peek(q, 5), levels[i]) == 0)
            out->level = (enum prepaid_level)i;
    }
    stmt_done(q);
    return true;
}

bool
prepaid_get(struct store *s, int64_t account_id, struct prepaid *out, bool *found,
            struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM prepaid WHERE account_id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    *found = false;
    stmt_int(q, 1, account_id);
    return one_row(q, out, found, e);
}

bool
prepaid_next(struct store *s, int64_t after, struct prepaid *out, bool *found,
             struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM prepaid WHERE account_id > $1"
                              " AND until IS NULL ORDER BY account_id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    *found = false;
    stmt_int(q, 1, after);
    return one_row(q, out, found, e);
}

bool
prepaid_put(struct store *s, const struct prepaid *p, struct err *e)
{
    static const char sql[] =
        "INSERT INTO prepaid (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (account_id) DO UPDATE SET limit_minor = excluded.limit_minor,"
        " warn_minor = excluded.warn_minor, since = excluded.since, until = excluded.until,"
        " level = excluded.level, level_at = excluded.level_at,"
        " charges = excluded.charges, day_minor = excluded.day_minor";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, p->account_id);
    stmt_int(q, 2, p->limit.minor);
    stmt_int(q, 3, p->warn.minor);
    stmt_int(q, 4, p->since);
    stmt_int_or_null(q, 5, p->until);
    stmt_text(q, 6, levels[p->level]);
    stmt_int(q, 7, p->level_at);
    stmt_int(q, 8, p->charges);
    stmt_int(q, 9, p->day.minor);
    return stmt_run(q, e);
}

bool
prepaid_charged(struct store *s, int64_t account_id, struct money *out, struct err *e)
{
    static const char sql[] = "SELECT coalesce(sum(amount_minor), 0) FROM item"
                              " WHERE account_id = $1 AND kind = 'charge'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    return stmt_one_int(q, &out->minor, &row, e);
}
