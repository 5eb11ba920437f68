/* Phones of people: whose they surely are, what they call accounts, what shall change. */
#include "meterpost/store/talk.h"

#include "stmt.h"

bool
phone_seen(struct store *s, const char *number, utc_t *seen, struct err *e)
{
    static const char sql[] = "SELECT coalesce(max(max(since, coalesce(seen_at, 0))), 0)"
                              " FROM phone WHERE number = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, number);
    return stmt_one_int(q, seen, &row, e);
}

bool
phone_undelivered(struct store *s, const char *number, utc_t since, int64_t *count,
                  struct err *e)
{
    static const char sql[] =
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE number = $1"
        "  AND queued_at > $2 AND state = 'delivered') THEN 0"
        " ELSE (SELECT count(*) FROM outbox WHERE number = $1 AND queued_at > $2"
        "  AND state = 'undelivered') END";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, number);
    stmt_int(q, 2, since);
    return stmt_one_int(q, count, &row, e);
}

bool
phone_set_seen(struct store *s, const char *number, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE phone SET seen_at = $2 WHERE number = $1"
                              " AND until IS NULL AND coalesce(seen_at, 0) < $2 - 86400";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
phone_role_at(struct store *s, int64_t account_id, const char *number,
              enum phone_role *role, utc_t *since, bool *found, struct err *e)
{
    static const char sql[] = "SELECT role, since FROM phone WHERE account_id = $1"
                              " AND number = $2 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, number);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        phone_role_parse(stmt_col_peek(q, 0), role);
        *since = stmt_col_int(q, 1);
        stmt_done(q);
    }
    return true;
}

bool
nick_set(struct store *s, const char *number, int64_t account_id, const char *nick,
         struct err *e)
{
    static const char sql[] = "INSERT INTO nick (number, account_id, nick)"
                              " VALUES ($1, $2, $3) ON CONFLICT (number, account_id)"
                              " DO UPDATE SET nick = excluded.nick";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    stmt_int(q, 2, account_id);
    stmt_text(q, 3, nick);
    return stmt_run(q, e);
}

bool
nick_get(struct store *s, const char *number, int64_t account_id, char out[WORD_MAX],
         struct err *e)
{
    static const char sql[] = "SELECT nick FROM nick WHERE number = $1 AND account_id = $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    out[0] = '\0';
    stmt_text(q, 1, number);
    stmt_int(q, 2, account_id);
    if (!stmt_step(q, &row, e))
        return false;
    if (row) {
        stmt_col_text(q, 0, out, WORD_MAX);
        stmt_done(q);
    }
    return true;
}

/* ---- changes that wait ---- */

#define COLUMNS "id, account_id, number, role, asked_by, asked_at, due_at, ref"

bool
phone_change_add(struct store *s, const struct phone_change *c, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO phone_change (account_id, number, role, asked_by, state, asked_at,"
        " due_at, ref) VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, c->account_id);
    stmt_text(q, 2, c->number);
    stmt_text(q, 3, phone_role_name(c->role));
    stmt_text(q, 4, c->asked_by);
    stmt_int(q, 5, c->asked_at);
    stmt_int(q, 6, c->due_at);
    stmt_text(q, 7, c->ref);
    return stmt_one_int(q, id, &row, e);
}

bool
phone_change_count(struct store *s, int64_t account_id, utc_t since, int64_t *count,
                   struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM phone_change WHERE account_id = $1 AND asked_at > $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, since);
    return stmt_one_int(q, count, &row, e);
}

static bool
one_change(struct stmt *q, struct phone_change *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct phone_change){.id = stmt_col_int(q, 0),
                                 .account_id = stmt_col_int(q, 1),
                                 .asked_at = stmt_col_int(q, 5),
                                 .due_at = stmt_col_int(q, 6)};
    stmt_col_text(q, 2, out->number, sizeof(out->number));
    phone_role_parse(stmt_col_peek(q, 3), &out->role);
    stmt_col_text(q, 4, out->asked_by, sizeof(out->asked_by));
    stmt_col_text(q, 7, out->ref, sizeof(out->ref));
    stmt_done(q);
    return true;
}

bool
phone_change_waiting(struct store *s, int64_t account_id, const char *by,
                     struct phone_change *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM phone_change WHERE account_id = $1"
                              " AND state = 'waiting' AND number <> $2 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, by);
    return one_change(q, out, found, e);
}

bool
phone_change_next(struct store *s, utc_t now, struct phone_change *out, bool *found,
                  struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM phone_change"
                              " WHERE state = 'waiting' AND due_at BETWEEN 1 AND $1"
                              " ORDER BY due_at, id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    return one_change(q, out, found, e);
}

bool
phone_change_by_id(struct store *s, int64_t id, struct phone_change *out, bool *found,
                   struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM phone_change WHERE id = $1"
                              " AND state = 'waiting'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_change(q, out, found, e);
}

bool
phone_change_end(struct store *s, int64_t id, bool done, const char *actor, utc_t now,
                 struct err *e)
{
    static const char sql[] = "UPDATE phone_change SET state = $2, actor = $3,"
                              " ended_at = $4 WHERE id = $1 AND state = 'waiting'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, done ? "done" : "refused");
    stmt_text(q, 3, actor);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}

bool
phone_change_next_due(struct store *s, utc_t *when, bool *found, struct err *e)
{
    static const char sql[] = "SELECT due_at FROM phone_change WHERE state = 'waiting'"
                              " AND due_at > 0 ORDER BY due_at LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_one_int(q, when, found, e);
}
