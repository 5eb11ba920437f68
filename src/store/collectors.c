#include "meterpost/store/registry.h"

#include "stmt.h"

#define COLUMNS                                                                            \
    "id, collector, concentrator_id, address, bus, ports, state, last_contact_at, since,"  \
    " until"

static bool
one_collector(struct stmt *q, struct collector *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct collector){.id = stmt_col_int(q, 0),
                              .concentrator_id = stmt_col_int(q, 2),
                              .ports = (int)stmt_col_int(q, 5),
                              .last_contact_at = stmt_col_int(q, 7),
                              .since = stmt_col_int(q, 8),
                              .until = stmt_col_int(q, 9)};
    stmt_col_text(q, 1, out->collector, sizeof(out->collector));
    stmt_col_text(q, 3, out->address, sizeof(out->address));
    stmt_col_text(q, 4, out->bus, sizeof(out->bus));
    stmt_col_text(q, 6, out->state, sizeof(out->state));
    stmt_done(q);
    return true;
}

bool
collector_by_name(struct store *s, const char *name, struct collector *out, bool *found,
                  struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM collector WHERE collector = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    return one_collector(q, out, found, e);
}

bool
collector_by_id(struct store *s, int64_t id, struct collector *out, bool *found,
                struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM collector WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_collector(q, out, found, e);
}

bool
collector_at_address(struct store *s, int64_t concentrator_id, const char *bus,
                     const char *address, struct collector *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM collector WHERE address = $3 AND until IS NULL"
        " AND (concentrator_id = $1 OR bus = $2) LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int_or_null(q, 1, concentrator_id);
    stmt_text_or_null(q, 2, bus);
    stmt_text(q, 3, address);
    return one_collector(q, out, found, e);
}

static void
bind_collector(struct stmt *q, const struct collector *c)
{
    stmt_text(q, 1, c->collector);
    stmt_int_or_null(q, 2, c->concentrator_id);
    stmt_text(q, 3, c->address);
    stmt_text_or_null(q, 4, c->bus);
    stmt_int_or_null(q, 5, c->ports);
    stmt_text(q, 6, c->state[0] != '\0' ? c->state : "running");
    stmt_int(q, 7, c->since);
}

bool
collector_add(struct store *s, const struct collector *c, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO collector (collector, concentrator_id, address, bus, ports, state,"
        " since) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    struct stmt *q = stmt_get(s, sql, e);

    bind_collector(q, c);
    return stmt_insert(q, id, NULL, e) || err_in(e, "collector %s", c->collector);
}

bool
collector_update(struct store *s, const struct collector *c, struct err *e)
{
    static const char sql[] =
        "UPDATE collector SET concentrator_id = $2, address = $3, bus = $4, ports = $5,"
        " state = $6 WHERE collector = $1 AND since = $7";
    struct stmt *q = stmt_get(s, sql, e);

    bind_collector(q, c);
    return stmt_run(q, e) || err_in(e, "collector %s", c->collector);
}

bool
collector_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE collector SET until = $2"
                              " WHERE id = $1 AND until IS NULL";

    return stmt_run_with(s, sql, id, now, 0, e);
}
