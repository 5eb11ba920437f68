#include "meterpost/store/modem_care.h"

#include "stmt.h"

#include <string.h>

static const char *const states[CARE_STATES] = {"asked", "running", "done", "failed"};

bool
modem_pin_get(struct store *s, const char *modem, struct modem_pin *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT digest, tries, refused, tried_at FROM modem_pin"
                              " WHERE modem = $1";
    struct stmt *q = stmt_get(s, sql, e);

    memset(out, 0, sizeof(*out));
    stmt_text(q, 1, modem);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    stmt_col_blob(q, 0, out->digest, sizeof(out->digest));
    out->tries = (int)stmt_col_int(q, 1);
    out->refused = stmt_col_int(q, 2) != 0;
    out->tried_at = stmt_col_int(q, 3);
    stmt_done(q);
    return true;
}

bool
modem_pin_save(struct store *s, const char *modem, const struct modem_pin *p, struct err *e)
{
    static const char sql[] =
        "INSERT INTO modem_pin (modem, digest, tries, refused, tried_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (modem) DO UPDATE SET"
        " digest = excluded.digest, tries = excluded.tries, refused = excluded.refused,"
        " tried_at = excluded.tried_at";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, modem);
    stmt_blob(q, 2, p->digest, sizeof(p->digest));
    stmt_int(q, 3, p->tries);
    stmt_int(q, 4, p->refused);
    stmt_int(q, 5, p->tried_at);
    return stmt_run(q, e);
}

bool
modem_pin_clear(struct store *s, const char *modem, struct err *e)
{
    static const char sql[] = "DELETE FROM modem_pin WHERE modem = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, modem);
    return stmt_run(q, e);
}

bool
modem_care_add(struct store *s, const char *modem, const char *step, enum care_state state,
               const char *actor, const char *reason, utc_t now, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO modem_care (modem, step, state, actor, reason, asked_at, ended_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t any;

    stmt_text(q, 1, modem);
    stmt_text(q, 2, step);
    stmt_text(q, 3, states[state]);
    stmt_text(q, 4, actor);
    stmt_text_or_null(q, 5, reason);
    stmt_int(q, 6, now);
    stmt_int_or_null(q, 7, state == CARE_DONE || state == CARE_FAILED ? now : 0);
    return stmt_insert(q, id != NULL ? id : &any, NULL, e);
}

/* A voucher is money: it is not kept. */
#define REASON_KEPT "CASE step WHEN 'topup' THEN NULL ELSE reason END"

#define COLUMNS     "id, modem, step, state, reason, asked_at"

static bool
one_row(struct stmt *q, struct modem_care *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    out->id = stmt_col_int(q, 0);
    stmt_col_text(q, 1, out->modem, sizeof(out->modem));
    stmt_col_text(q, 2, out->step, sizeof(out->step));
    for (out->state = CARE_ASKED; out->state + 1 < CARE_STATES; out->state++) {
        if (strcmp(states[out->state], stmt_col_peek(q, 3)) == 0)
            break;
    }
    stmt_col_text(q, 4, out->reason, sizeof(out->reason));
    out->asked_at = stmt_col_int(q, 5);
    stmt_done(q);
    return true;
}

bool
modem_care_next_asked(struct store *s, int64_t after, struct modem_care *out, bool *found,
                      struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM modem_care"
                              " WHERE state = 'asked' AND id > $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return one_row(q, out, found, e);
}

bool
modem_care_get(struct store *s, int64_t id, struct modem_care *out, bool *found,
               struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM modem_care WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_row(q, out, found, e);
}

bool
modem_care_last(struct store *s, const char *modem, const char *step,
                struct modem_care *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM modem_care"
                              " WHERE modem = $1 AND step = $2 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, modem);
    stmt_text(q, 2, step);
    return one_row(q, out, found, e);
}

bool
modem_care_run(struct store *s, int64_t id, struct err *e)
{
    static const char sql[] = "UPDATE modem_care SET state = 'running' WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return stmt_run(q, e);
}

bool
modem_care_lost(struct store *s, const char *reason, utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE modem_care SET state = 'failed', answer = $1, ended_at = $2,"
        " reason = " REASON_KEPT " WHERE state = 'running'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, reason);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
modem_care_end(struct store *s, int64_t id, enum care_state state, const char *answer,
               utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE modem_care SET state = $2, answer = $3, ended_at = $4,"
        " reason = " REASON_KEPT " WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, states[state]);
    stmt_text_or_null(q, 3, answer);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}

bool
modem_day_add(struct store *s, const char *modem, utc_t now, int64_t parts,
              int64_t cost_minor, struct err *e)
{
    static const char sql[] =
        "INSERT INTO modem_day (modem, day, parts, cost_minor, month)"
        " VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (modem, day) DO UPDATE SET parts = modem_day.parts + excluded.parts,"
        " cost_minor = modem_day.cost_minor + excluded.cost_minor";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, modem);
    stmt_int(q, 2, clock_day_start(now, 0));
    stmt_int(q, 3, parts);
    stmt_int(q, 4, cost_minor);
    stmt_int(q, 5, clock_month_start(now, 0));
    return stmt_run(q, e);
}

bool
modem_day_parts(struct store *s, const char *modem, utc_t since, int64_t *parts,
                struct err *e)
{
    static const char sql[] = "SELECT coalesce(sum(parts), 0) FROM modem_day"
                              " WHERE modem = $1 AND day >= $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, modem);
    stmt_int(q, 2, since);
    return stmt_one_int(q, parts, &row, e);
}

bool
modem_day_cost(struct store *s, utc_t since, int64_t *cost_minor, struct err *e)
{
    static const char sql[] = "SELECT coalesce(sum(cost_minor), 0) FROM modem_day"
                              " WHERE day >= $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, since);
    return stmt_one_int(q, cost_minor, &row, e);
}
