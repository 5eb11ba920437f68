/* Promises, and plans to pay in parts. */
#include "meterpost/store/arrears.h"
#include "stmt.h"

#include <string.h>

#define PROMISE                                                                            \
    "SELECT id, account_id, amount_minor, made_at, due_at, state, actor, ended_at"         \
    " FROM promise"
#define PLAN                                                                               \
    "SELECT id, account_id, made_at, amount_minor, state, actor, reminded_at, ended_at,"   \
    " note FROM plan"

/* ---- promises ---- */

bool
promise_add(struct store *s, const struct promise *p, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO promise (account_id, amount_minor, made_at, due_at, state, actor,"
        " inbox_id) VALUES ($1, $2, $3, $4, 'open', $5, $6) ON CONFLICT DO NOTHING"
        " RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool added;

    stmt_int(q, 1, p->account_id);
    stmt_int(q, 2, p->amount.minor);
    stmt_int(q, 3, p->made_at);
    stmt_int(q, 4, p->due_at);
    stmt_text(q, 5, p->actor);
    stmt_int_or_null(q, 6, p->inbox_id);
    if (!stmt_one_int(q, id, &added, e))
        return err_in(e, "promise");
    return added || err_set(e, FAIL_REJECT, "a promise of this account is open");
}

static bool
one_promise(struct stmt *q, int64_t a, struct promise *out, bool *found, struct err *e)
{
    stmt_int(q, 1, a);
    if (!stmt_step(q, found, e))
        return err_in(e, "promise");
    if (!*found)
        return true;
    *out = (struct promise){.id = stmt_col_int(q, 0),
                            .account_id = stmt_col_int(q, 1),
                            .amount = {stmt_col_int(q, 2)},
                            .made_at = stmt_col_int(q, 3),
                            .due_at = stmt_col_int(q, 4),
                            .ended_at = stmt_col_int(q, 7)};
    stmt_col_text(q, 5, out->state, sizeof(out->state));
    stmt_col_text(q, 6, out->actor, sizeof(out->actor));
    stmt_done(q);
    return true;
}

bool
promise_open_of(struct store *s, int64_t account_id, struct promise *out, bool *found,
                struct err *e)
{
    static const char sql[] = PROMISE " WHERE account_id = $1 AND state = 'open'";

    return one_promise(stmt_get(s, sql, e), account_id, out, found, e);
}

bool
promise_next_open(struct store *s, int64_t after, struct promise *out, bool *found,
                  struct err *e)
{
    static const char sql[] =
        PROMISE " WHERE id > $1 AND state = 'open' ORDER BY id LIMIT 1";

    return one_promise(stmt_get(s, sql, e), after, out, found, e);
}

bool
promise_end(struct store *s, int64_t id, const char *state, utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE promise SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'open'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, state);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
promises_since(struct store *s, int64_t account_id, utc_t since, int64_t *count,
               struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM promise WHERE account_id = $1 AND made_at > $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, since);
    return stmt_one_int(q, count, &row, e);
}

/* ---- plans ---- */

static bool
add_part(struct store *s, int64_t plan_id, int part, const struct plan_part *p,
         struct err *e)
{
    static const char sql[] = "INSERT INTO plan_part (plan_id, part, due_at, amount_minor)"
                              " VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, plan_id);
    stmt_int(q, 2, part);
    stmt_int(q, 3, p->due_at);
    stmt_int(q, 4, p->amount.minor);
    return stmt_run(q, e);
}

bool
plan_add(struct store *s, const struct plan *p, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO plan (account_id, made_at, amount_minor, state, actor, inbox_id, note)"
        " VALUES ($1, $2, $3, 'open', $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool added;

    stmt_int(q, 1, p->account_id);
    stmt_int(q, 2, p->made_at);
    stmt_int(q, 3, p->amount.minor);
    stmt_text(q, 4, p->actor);
    stmt_int_or_null(q, 5, p->inbox_id);
    stmt_text(q, 6, p->note);
    if (!stmt_one_int(q, id, &added, e))
        return err_in(e, "plan");
    if (!added)
        return err_set(e, FAIL_REJECT, "a plan of this account is open");
    for (int i = 0; i < p->n_parts; i++) {
        if (!add_part(s, *id, i + 1, &p->parts[i], e))
            return false;
    }
    return true;
}

bool
plan_cover(struct store *s, int64_t plan_id, int64_t item_id, struct err *e)
{
    static const char sql[] = "INSERT INTO plan_item (plan_id, item_id) VALUES ($1, $2)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, plan_id);
    stmt_int(q, 2, item_id);
    return stmt_run(q, e);
}

bool
plan_covers(struct store *s, int64_t account_id, int64_t item_id, bool *covers,
            struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM plan p JOIN plan_item i ON i.plan_id = p.id"
        " WHERE p.account_id = $1 AND p.state = 'open' AND i.item_id = $2";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t count;
    bool row;

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, item_id);
    if (!stmt_one_int(q, &count, &row, e))
        return false;
    *covers = count > 0;
    return true;
}

static bool
read_parts(struct store *s, struct plan *p, struct err *e)
{
    static const char sql[] =
        "SELECT due_at, amount_minor FROM plan_part WHERE plan_id = $1 ORDER BY part";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, p->id);
    for (p->n_parts = 0; p->n_parts < PLAN_PARTS_MAX; p->n_parts++) {
        if (!stmt_step(q, &row, e))
            return false;
        if (!row)
            return true;
        p->parts[p->n_parts].due_at = stmt_col_int(q, 0);
        p->parts[p->n_parts].amount.minor = stmt_col_int(q, 1);
    }
    stmt_done(q);
    return true;
}

static bool
one_plan(struct store *s, const char *sql, int64_t a, struct plan *out, bool *found,
         struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, a);
    if (!stmt_step(q, found, e))
        return err_in(e, "plan");
    if (!*found)
        return true;
    *out = (struct plan){.id = stmt_col_int(q, 0),
                         .account_id = stmt_col_int(q, 1),
                         .made_at = stmt_col_int(q, 2),
                         .amount = {stmt_col_int(q, 3)},
                         .reminded_at = stmt_col_int(q, 6),
                         .ended_at = stmt_col_int(q, 7)};
    stmt_col_text(q, 4, out->state, sizeof(out->state));
    stmt_col_text(q, 5, out->actor, sizeof(out->actor));
    stmt_col_text(q, 8, out->note, sizeof(out->note));
    stmt_done(q);
    return read_parts(s, out, e);
}

bool
plan_open_of(struct store *s, int64_t account_id, struct plan *out, bool *found,
             struct err *e)
{
    static const char sql[] = PLAN " WHERE account_id = $1 AND state = 'open'";

    return one_plan(s, sql, account_id, out, found, e);
}

bool
plan_next_open(struct store *s, int64_t after, struct plan *out, bool *found, struct err *e)
{
    static const char sql[] = PLAN " WHERE id > $1 AND state = 'open' ORDER BY id LIMIT 1";

    return one_plan(s, sql, after, out, found, e);
}

bool
plan_end(struct store *s, int64_t id, const char *state, const char *note, utc_t now,
         struct err *e)
{
    static const char sql[] = "UPDATE plan SET state = $2, note = $3, ended_at = $4"
                              " WHERE id = $1 AND state = 'open'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, state);
    stmt_text(q, 3, note);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}

bool
plan_reminded(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE plan SET reminded_at = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
plan_open_amount(struct store *s, int64_t plan_id, struct money *out, struct err *e)
{
    static const char sql[] = "SELECT coalesce(sum(i.open_minor), 0) FROM plan_item p"
                              " JOIN item i ON i.id = p.item_id WHERE p.plan_id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, plan_id);
    return stmt_one_int(q, &out->minor, &row, e);
}

bool
plans_broken_since(struct store *s, int64_t account_id, utc_t since, int64_t *count,
                   struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM plan WHERE account_id = $1"
                              " AND state = 'broken' AND ended_at > $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, since);
    return stmt_one_int(q, count, &row, e);
}
