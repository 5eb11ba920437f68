#include "meterpost/store/registry.h"

#include "stmt.h"

#define COLUMNS                                                                            \
    "id, concentrator, profile, phone, address, interval_s, read_window, freeze_time,"     \
    " last_contact_at, since, until"

static bool
one_concentrator(struct stmt *q, struct concentrator *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct concentrator){.id = stmt_col_int(q, 0),
                                 .interval_s = stmt_col_int(q, 5),
                                 .last_contact_at = stmt_col_int(q, 8),
                                 .since = stmt_col_int(q, 9),
                                 .until = stmt_col_int(q, 10)};
    stmt_col_text(q, 1, out->concentrator, sizeof(out->concentrator));
    stmt_col_text(q, 2, out->profile, sizeof(out->profile));
    stmt_col_text(q, 3, out->phone, sizeof(out->phone));
    stmt_col_text(q, 4, out->address, sizeof(out->address));
    stmt_col_text(q, 6, out->read_window, sizeof(out->read_window));
    stmt_col_text(q, 7, out->freeze_time, sizeof(out->freeze_time));
    stmt_done(q);
    return true;
}

bool
concentrator_by_name(struct store *s, const char *name, struct concentrator *out,
                     bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM concentrator WHERE concentrator = $1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_text(q, 1, name);
    return one_concentrator(q, out, found, e);
}

bool
concentrator_by_id(struct store *s, int64_t id, struct concentrator *out, bool *found,
                   struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM concentrator WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_int(q, 1, id);
    return one_concentrator(q, out, found, e);
}

bool
concentrator_by_phone(struct store *s, const char *number, struct concentrator *out,
                      bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM concentrator WHERE phone = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_text(q, 1, number);
    return one_concentrator(q, out, found, e);
}

bool
concentrator_add(struct store *s, const struct concentrator *c, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO concentrator (concentrator, profile, phone, address, interval_s,"
        " read_window, freeze_time, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL)
        return false;
    stmt_text(q, 1, c->concentrator);
    stmt_text(q, 2, c->profile);
    stmt_text(q, 3, c->phone);
    stmt_text_or_null(q, 4, c->address);
    stmt_int_or_null(q, 5, c->interval_s);
    stmt_text_or_null(q, 6, c->read_window);
    stmt_text_or_null(q, 7, c->freeze_time);
    stmt_int(q, 8, c->since);
    return stmt_one_int(q, id, &row, e) || err_in(e, "concentrator %s", c->concentrator);
}

bool
concentrator_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE concentrator SET until = $2"
                              " WHERE id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
concentrator_set_contact(struct store *s, int64_t id, utc_t at, struct err *e)
{
    static const char sql[] = "UPDATE concentrator SET last_contact_at = $2 WHERE id = $1"
                              " AND (last_contact_at IS NULL OR last_contact_at < $2)";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_int(q, 1, id);
    stmt_int(q, 2, at);
    return stmt_run(q, e);
}

bool
collector_by_name(struct store *s, const char *name, struct collector *out, bool *found,
                  struct err *e)
{
    static const char sql[] = "SELECT id, collector, concentrator_id, address, bus, ports"
                              " FROM collector WHERE collector = $1";
    struct stmt *q = stmt_get(s, sql, e);

    if (q == NULL)
        return false;
    stmt_text(q, 1, name);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct collector){.id = stmt_col_int(q, 0),
                              .concentrator_id = stmt_col_int(q, 2),
                              .ports = (int)stmt_col_int(q, 5)};
    stmt_col_text(q, 1, out->collector, sizeof(out->collector));
    stmt_col_text(q, 3, out->address, sizeof(out->address));
    stmt_col_text(q, 4, out->bus, sizeof(out->bus));
    stmt_done(q);
    return true;
}

bool
collector_add(struct store *s, const struct collector *c, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO collector (collector, concentrator_id, address, bus, ports)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL)
        return false;
    stmt_text(q, 1, c->collector);
    stmt_int_or_null(q, 2, c->concentrator_id);
    stmt_text(q, 3, c->address);
    stmt_text_or_null(q, 4, c->bus);
    stmt_int_or_null(q, 5, c->ports);
    return stmt_one_int(q, id, &row, e) || err_in(e, "collector %s", c->collector);
}
