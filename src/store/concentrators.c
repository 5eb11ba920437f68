#include "meterpost/store/registry.h"

#include "stmt.h"

#define COLUMNS                                                                            \
    "id, concentrator, profile, phone, address, interval_s, read_window, freeze_time,"     \
    " last_contact_at, since, until, sim, carrier"

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
    stmt_col_text(q, 11, out->sim, sizeof(out->sim));
    stmt_col_text(q, 12, out->carrier, sizeof(out->carrier));
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

    stmt_text(q, 1, name);
    return one_concentrator(q, out, found, e);
}

bool
concentrator_by_id(struct store *s, int64_t id, struct concentrator *out, bool *found,
                   struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM concentrator WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

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

    stmt_text(q, 1, number);
    return one_concentrator(q, out, found, e);
}

static void
bind_concentrator(struct stmt *q, const struct concentrator *c)
{
    stmt_text(q, 1, c->concentrator);
    stmt_text(q, 2, c->profile);
    stmt_text(q, 3, c->phone);
    stmt_text_or_null(q, 4, c->address);
    stmt_int_or_null(q, 5, c->interval_s);
    stmt_text_or_null(q, 6, c->read_window);
    stmt_text_or_null(q, 7, c->freeze_time);
    stmt_int(q, 8, c->since);
    stmt_text_or_null(q, 9, c->sim);
    stmt_text_or_null(q, 10, c->carrier);
}

bool
concentrator_add(struct store *s, const struct concentrator *c, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO concentrator (concentrator, profile, phone, address, interval_s,"
        " read_window, freeze_time, since, sim, carrier)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    struct stmt *q = stmt_get(s, sql, e);

    bind_concentrator(q, c);
    return stmt_insert(q, id, NULL, e) || err_in(e, "concentrator %s", c->concentrator);
}

bool
concentrator_update(struct store *s, const struct concentrator *c, struct err *e)
{
    static const char sql[] =
        "UPDATE concentrator SET profile = $2, phone = $3, address = $4, interval_s = $5,"
        " read_window = $6, freeze_time = $7, sim = $9, carrier = $10"
        " WHERE concentrator = $1 AND since = $8";
    struct stmt *q = stmt_get(s, sql, e);

    bind_concentrator(q, c);
    return stmt_run(q, e) || err_in(e, "concentrator %s", c->concentrator);
}

bool
concentrator_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE concentrator SET until = $2"
                              " WHERE id = $1 AND until IS NULL";

    return stmt_run_with(s, sql, id, now, 0, e);
}

bool
concentrator_set_contact(struct store *s, int64_t id, utc_t at, struct err *e)
{
    static const char sql[] = "UPDATE concentrator SET last_contact_at = $2 WHERE id = $1"
                              " AND (last_contact_at IS NULL OR last_contact_at < $2)";

    return stmt_run_with(s, sql, id, at, 0, e);
}
