/* bus_rows.c - the breaker of each meter on a wire, and how the buses are. */
#include "meterpost/store/bus_jobs.h"
#include "stmt.h"

bool
bus_meter_get(struct store *s, int64_t meter_id, struct bus_meter *out, struct err *e)
{
    static const char sql[] = "SELECT silent, silent_since, rest_until, heard_at, spoke"
                              " FROM bus_meter WHERE meter_id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct bus_meter){.meter_id = meter_id};
    stmt_int(q, 1, meter_id);
    if (!stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    out->silent = (int)stmt_col_int(q, 0);
    out->silent_since = stmt_col_int(q, 1);
    out->rest_until = stmt_col_int(q, 2);
    out->heard_at = stmt_col_int(q, 3);
    stmt_col_text(q, 4, out->spoke, sizeof(out->spoke));
    stmt_done(q);
    return true;
}

bool
bus_meter_save(struct store *s, const struct bus_meter *m, struct err *e)
{
    static const char sql[] =
        "INSERT INTO bus_meter (meter_id, silent, silent_since, rest_until, heard_at,"
        " spoke)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (meter_id) DO UPDATE SET"
        " silent = excluded.silent, silent_since = excluded.silent_since,"
        " rest_until = excluded.rest_until, heard_at = excluded.heard_at,"
        " spoke = excluded.spoke";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, m->meter_id);
    stmt_int(q, 2, m->silent);
    stmt_int_or_null(q, 3, m->silent_since);
    stmt_int_or_null(q, 4, m->rest_until);
    stmt_int_or_null(q, 5, m->heard_at);
    stmt_text_or_null(q, 6, m->spoke);
    return stmt_run(q, e);
}

bool
bus_row_save(struct store *s, const struct bus_row *b, struct err *e)
{
    static const char sql[] =
        "INSERT INTO bus (name, health, reason, restarts, answered, silent, damaged,"
        " seen_at) VALUES ($1, $2, $3, $4, 0, 0, 0, $5)"
        " ON CONFLICT (name) DO UPDATE SET health = excluded.health,"
        " reason = excluded.reason, restarts = excluded.restarts,"
        " seen_at = excluded.seen_at";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, b->name);
    stmt_text(q, 2, b->health);
    stmt_text_or_null(q, 3, b->reason);
    stmt_int(q, 4, b->restarts);
    stmt_int(q, 5, b->seen_at);
    return stmt_run(q, e);
}

bool
bus_row_count(struct store *s, const char *name, int answered, int silent, int damaged,
              struct err *e)
{
    static const char sql[] = "UPDATE bus SET answered = answered + $2,"
                              " silent = silent + $3, damaged = damaged + $4"
                              " WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    stmt_int(q, 2, answered);
    stmt_int(q, 3, silent);
    stmt_int(q, 4, damaged);
    return stmt_run(q, e);
}

bool
bus_row_record(struct store *s, const char *name, utc_t until, struct err *e)
{
    static const char sql[] =
        "INSERT INTO bus (name, health, restarts, answered, silent, damaged, seen_at,"
        " record_until) VALUES ($1, 'off', 0, 0, 0, 0, 0, $2)"
        " ON CONFLICT (name) DO UPDATE SET record_until = excluded.record_until";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    stmt_int_or_null(q, 2, until);
    return stmt_run(q, e);
}

bool
bus_row_recording(struct store *s, const char *name, utc_t now, bool *on, struct err *e)
{
    static const char sql[] = "SELECT record_until FROM bus WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t until;

    stmt_text(q, 1, name);
    if (!stmt_one_int(q, &until, on, e))
        return false;
    *on = *on && until > now;
    return true;
}
