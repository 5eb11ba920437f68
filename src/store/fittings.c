#include "meterpost/store/fittings.h"

#include "stmt.h"

/* ---- points ---- */

bool
point_by_name(struct store *s, const char *name, struct point *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT id, point, address, location, phases, note, since,"
                              " until FROM service_point WHERE point = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct point){.id = stmt_col_int(q, 0),
                          .phases = (int)stmt_col_int(q, 4),
                          .since = stmt_col_int(q, 6),
                          .until = stmt_col_int(q, 7)};
    stmt_col_text(q, 1, out->point, sizeof(out->point));
    stmt_col_text(q, 2, out->address, sizeof(out->address));
    stmt_col_text(q, 3, out->location, sizeof(out->location));
    stmt_col_text(q, 5, out->note, sizeof(out->note));
    stmt_done(q);
    return true;
}

static void
bind_point(struct stmt *q, const struct point *p)
{
    stmt_text(q, 1, p->point);
    stmt_text_or_null(q, 2, p->address);
    stmt_text_or_null(q, 3, p->location);
    stmt_int_or_null(q, 4, p->phases);
    stmt_text_or_null(q, 5, p->note);
    stmt_int(q, 6, p->since);
}

bool
point_add(struct store *s, const struct point *p, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO service_point (point, address, location, phases,"
                              " note, since) VALUES ($1, $2, $3, $4, $5, $6)";
    struct stmt *q = stmt_get(s, sql, e);

    bind_point(q, p);
    return stmt_insert(q, id, NULL, e) || err_in(e, "point %s", p->point);
}

bool
point_update(struct store *s, const struct point *p, struct err *e)
{
    static const char sql[] = "UPDATE service_point SET address = $2, location = $3,"
                              " phases = $4, note = $5 WHERE point = $1 AND since = $6";
    struct stmt *q = stmt_get(s, sql, e);

    bind_point(q, p);
    return stmt_run(q, e) || err_in(e, "point %s", p->point);
}

bool
point_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE service_point SET until = $2"
                              " WHERE id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
point_count(struct store *s, int64_t id, int64_t *meters, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM installation WHERE removed_at IS NULL"
                              " AND point_id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, id);
    return stmt_one_int(q, meters, &row, e);
}

/* ---- seals ---- */

bool
seals_of_meter(struct store *s, int64_t meter_id, char out[METER_SEALS][KEY_MAX], size_t *n,
               struct err *e)
{
    static const char sql[] = "SELECT seal FROM seal WHERE meter_id = $1 AND until IS NULL"
                              " ORDER BY id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, METER_SEALS);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        stmt_col_text(q, 0, out[(*n)++], KEY_MAX);
    }
    return false;
}

bool
seal_add(struct store *s, int64_t meter_id, const char *seal, utc_t now, struct err *e)
{
    static const char there[] = "SELECT id FROM seal WHERE seal = $1 AND until IS NULL";
    static const char add[] = "INSERT INTO seal (meter_id, seal, since)"
                              " VALUES ($1, $2, $3)";
    struct stmt *q = stmt_get(s, there, e);
    int64_t id;
    bool found;

    stmt_text(q, 1, seal);
    if (!stmt_one_int(q, &id, &found, e))
        return false;
    if (found)
        return err_set(e, FAIL_REJECT, "seal %s is on another meter", seal);
    if ((q = stmt_get(s, add, e)) == NULL)
        return false;
    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, seal);
    stmt_int(q, 3, now);
    return stmt_run(q, e) || err_in(e, "seal %s", seal);
}

bool
seal_close(struct store *s, int64_t meter_id, const char *seal, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE seal SET until = $3"
                              " WHERE meter_id = $1 AND seal = $2 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, seal);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

/* ---- ports of a collector ---- */

bool
port_pulses(struct store *s, int64_t collector_id, int port, int64_t *constant,
            struct err *e)
{
    static const char sql[] = "SELECT pulse_constant FROM collector_port"
                              " WHERE collector_id = $1 AND port = $2 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    *constant = 0;
    stmt_int(q, 1, collector_id);
    stmt_int(q, 2, port);
    if (!stmt_one_int(q, constant, &found, e))
        return false;
    if (!found)
        *constant = 0;
    return true;
}

static bool
end_port(struct store *s, int64_t collector_id, int port, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE collector_port SET until = $3"
                              " WHERE collector_id = $1 AND port = $2 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, collector_id);
    stmt_int(q, 2, port);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
port_set(struct store *s, int64_t collector_id, const struct port_pulses *p, utc_t now,
         struct err *e)
{
    static const char sql[] = "INSERT INTO collector_port (collector_id, port,"
                              " pulse_constant, since) VALUES ($1, $2, $3, $4)";
    int64_t before;
    struct stmt *q;

    if (!port_pulses(s, collector_id, p->port, &before, e))
        return false;
    if (before == p->pulse_constant)
        return true;
    if (!end_port(s, collector_id, p->port, now, e))
        return false;
    if (p->pulse_constant == 0)
        return true;
    if ((q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_int(q, 1, collector_id);
    stmt_int(q, 2, p->port);
    stmt_int(q, 3, p->pulse_constant);
    stmt_int(q, 4, now);
    return stmt_run(q, e) || err_in(e, "port %d", p->port);
}

/* ---- notes ---- */

bool
note_add(struct store *s, int64_t account_id, utc_t at, const char *actor, const char *text,
         struct err *e)
{
    static const char sql[] = "INSERT INTO account_note (account_id, at, actor, text)"
                              " VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, at);
    stmt_text(q, 3, actor);
    stmt_text(q, 4, text);
    return stmt_run(q, e);
}
