#include "meterpost/store/registry.h"

#include "stmt.h"

#define COLUMNS                                                                            \
    "m.id, m.meter, m.commodity, m.profile, m.phone, m.concentrator_id, m.collector_id,"   \
    " m.port, m.bus, m.protocol, m.address, m.password, m.digits,"                         \
    " coalesce(m.decimals, -1), m.pulse_constant, m.has_relay, m.relay, m.group_id,"       \
    " m.is_check_meter, m.last_contact_at, m.since, m.until, i.id, i.meter_id,"            \
    " i.account_id, i.multiplier_milli, i.installed_at, i.removed_at, i.initial_milli,"    \
    " i.final_milli, i.point_id, m.sim, m.carrier, m.battery_on"
#define FIRST_OF_INSTALLATION 22
#define AFTER_INSTALLATION    31
#define FROM                                                                               \
    " FROM meter m"                                                                        \
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"

static void
copy_installation(struct stmt *q, int first, struct installation *out)
{
    *out = (struct installation){.id = stmt_col_int(q, first),
                                 .meter_id = stmt_col_int(q, first + 1),
                                 .account_id = stmt_col_int(q, first + 2),
                                 .multiplier_milli = stmt_col_int(q, first + 3),
                                 .installed_at = stmt_col_int(q, first + 4),
                                 .removed_at = stmt_col_int(q, first + 5),
                                 .initial = {stmt_col_int(q, first + 6)},
                                 .final = {stmt_col_int(q, first + 7)},
                                 .point_id = stmt_col_int(q, first + 8)};
}

static void
copy_meter(struct stmt *q, struct meter *out)
{
    *out = (struct meter){.id = stmt_col_int(q, 0),
                          .concentrator_id = stmt_col_int(q, 5),
                          .collector_id = stmt_col_int(q, 6),
                          .port = (int)stmt_col_int(q, 7),
                          .digits = (int)stmt_col_int(q, 12),
                          .decimals = (int)stmt_col_int(q, 13),
                          .pulse_constant = stmt_col_int(q, 14),
                          .has_relay = stmt_col_int(q, 15) != 0,
                          .group_id = stmt_col_int(q, 17),
                          .is_check_meter = stmt_col_int(q, 18) != 0,
                          .last_contact_at = stmt_col_int(q, 19),
                          .since = stmt_col_int(q, 20),
                          .until = stmt_col_int(q, 21)};
    stmt_col_text(q, 1, out->meter, sizeof(out->meter));
    stmt_col_text(q, 2, out->commodity, sizeof(out->commodity));
    stmt_col_text(q, 3, out->profile, sizeof(out->profile));
    stmt_col_text(q, 4, out->phone, sizeof(out->phone));
    stmt_col_text(q, 8, out->bus, sizeof(out->bus));
    stmt_col_text(q, 9, out->protocol, sizeof(out->protocol));
    stmt_col_text(q, 10, out->address, sizeof(out->address));
    stmt_col_text(q, 11, out->password, sizeof(out->password));
    stmt_col_text(q, 16, out->relay, sizeof(out->relay));
    copy_installation(q, FIRST_OF_INSTALLATION, &out->at);
    stmt_col_text(q, AFTER_INSTALLATION, out->sim, sizeof(out->sim));
    stmt_col_text(q, AFTER_INSTALLATION + 1, out->carrier, sizeof(out->carrier));
    out->battery_on = stmt_col_int(q, AFTER_INSTALLATION + 2);
}

static bool
one_meter(struct stmt *q, struct meter *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_meter(q, out);
        stmt_done(q);
    }
    return true;
}

bool
meter_by_name(struct store *s, const char *meter, struct meter *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS FROM " WHERE m.meter = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, meter);
    return one_meter(q, out, found, e);
}

bool
meter_by_id(struct store *s, int64_t id, struct meter *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS FROM " WHERE m.id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_meter(q, out, found, e);
}

bool
meter_by_phone(struct store *s, const char *number, struct meter *out, bool *found,
               struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS FROM " WHERE m.phone = $1 AND m.until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    return one_meter(q, out, found, e);
}

/* Both statements of meter_behind() take the same parameters. */
static bool
behind(struct store *s, const char *sql, int64_t concentrator_id, const char *name,
       struct meter *out, bool *found, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, concentrator_id);
    stmt_text(q, 2, name);
    return one_meter(q, out, found, e);
}

bool
meter_behind(struct store *s, int64_t concentrator_id, const char *name, struct meter *out,
             bool *found, struct err *e)
{
    /* The serial wins over an address of the same digits. */
    static const char exact[] =
        "SELECT " COLUMNS FROM " WHERE m.concentrator_id = $1 AND m.until IS NULL"
        " AND (m.meter = $2 OR m.address = $2)"
        " ORDER BY CASE WHEN m.meter = $2 THEN 0 ELSE 1 END LIMIT 1";
    static const char without_zeros[] =
        "SELECT " COLUMNS FROM " WHERE m.concentrator_id = $1 AND m.until IS NULL"
        " AND (ltrim(m.meter, '0') = ltrim($2, '0')"
        "  OR ltrim(m.address, '0') = ltrim($2, '0'))"
        " ORDER BY CASE WHEN ltrim(m.meter, '0') = ltrim($2, '0') THEN 0 ELSE 1 END, m.id"
        " LIMIT 1";

    if (!behind(s, exact, concentrator_id, name, out, found, e))
        return false;
    return *found || behind(s, without_zeros, concentrator_id, name, out, found, e);
}

bool
meters_of_account(struct store *s, int64_t account_id, struct meter out[ACCOUNT_METERS],
                  size_t *n, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM installation i JOIN meter m ON m.id = i.meter_id"
        " WHERE i.account_id = $1 AND i.removed_at IS NULL"
        " ORDER BY i.installed_at, i.id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, account_id);
    stmt_int(q, 2, ACCOUNT_METERS);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_meter(q, &out[(*n)++]);
    }
    return false;
}

bool
meters_count(struct store *s, int64_t account_id, int64_t *count, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM installation WHERE account_id = $1"
                              " AND removed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    return stmt_one_int(q, count, &row, e);
}

bool
meters_behind_count(struct store *s, int64_t concentrator_id, int64_t collector_id,
                    int64_t *count, struct err *e)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM meter WHERE until IS NULL"
        "  AND (concentrator_id = $1 OR collector_id = $2))"
        " + (SELECT count(*) FROM collector WHERE until IS NULL AND concentrator_id = $1)";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int_or_null(q, 1, concentrator_id);
    stmt_int_or_null(q, 2, collector_id);
    return stmt_one_int(q, count, &row, e);
}

bool
meter_at_address(struct store *s, int64_t concentrator_id, const char *bus,
                 const char *address, struct meter *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS FROM " WHERE m.id IN (SELECT k.id FROM meter k"
        "  WHERE k.concentrator_id = $1 AND k.address = $3 AND k.until IS NULL"
        "  UNION SELECT b.id FROM meter b"
        "  WHERE b.bus = $2 AND b.address = $3 AND b.until IS NULL) LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int_or_null(q, 1, concentrator_id);
    stmt_text_or_null(q, 2, bus);
    stmt_text(q, 3, address);
    return one_meter(q, out, found, e);
}

bool
meter_next_on_bus(struct store *s, const char *bus, int64_t after, struct meter *out,
                  bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS FROM " WHERE m.bus = $1 AND m.id > $2"
                              " AND m.until IS NULL ORDER BY m.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, bus);
    stmt_int(q, 2, after);
    return one_meter(q, out, found, e);
}

bool
installations_of_account(struct store *s, int64_t account_id, utc_t from, utc_t to,
                         struct installation out[ACCOUNT_METERS], size_t *n, struct err *e)
{
    static const char sql[] =
        "SELECT id, meter_id, account_id, multiplier_milli, installed_at, removed_at,"
        " initial_milli, final_milli, point_id FROM installation WHERE account_id = $1"
        " AND installed_at < $3 AND (removed_at IS NULL OR removed_at > $2)"
        " ORDER BY installed_at, id LIMIT $4";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, account_id);
    stmt_int(q, 2, from);
    stmt_int(q, 3, to);
    stmt_int(q, 4, ACCOUNT_METERS);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_installation(q, 0, &out[(*n)++]);
    }
    return false;
}

bool
installations_of_meter(struct store *s, int64_t meter_id,
                       struct installation out[ACCOUNT_METERS], size_t *n, struct err *e)
{
    static const char sql[] =
        "SELECT id, meter_id, account_id, multiplier_milli, installed_at, removed_at,"
        " initial_milli, final_milli, point_id FROM installation WHERE meter_id = $1"
        " ORDER BY installed_at, id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, ACCOUNT_METERS);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_installation(q, 0, &out[(*n)++]);
    }
    return false;
}

static void
bind_device(struct stmt *q, const struct meter *m)
{
    stmt_text(q, 1, m->meter);
    stmt_text(q, 2, m->commodity);
    stmt_text_or_null(q, 3, m->profile);
    stmt_text_or_null(q, 4, m->phone);
    stmt_int_or_null(q, 5, m->concentrator_id);
    stmt_int_or_null(q, 6, m->collector_id);
    stmt_int_or_null(q, 7, m->port);
    stmt_text_or_null(q, 8, m->bus);
    stmt_text_or_null(q, 9, m->protocol);
    stmt_text_or_null(q, 10, m->address);
    stmt_text_or_null(q, 11, m->password);
    stmt_int_or_null(q, 12, m->digits);
    if (m->decimals != DECIMALS_UNKNOWN)
        stmt_int(q, 13, m->decimals);
    stmt_int_or_null(q, 14, m->pulse_constant);
    stmt_int(q, 15, m->has_relay);
    stmt_int_or_null(q, 16, m->group_id);
    stmt_int(q, 17, m->is_check_meter);
    stmt_int(q, 18, m->since);
    stmt_text_or_null(q, 19, m->sim);
    stmt_text_or_null(q, 20, m->carrier);
    stmt_int_or_null(q, 21, m->battery_on);
}

bool
meter_add(struct store *s, const struct meter *m, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO meter (meter, commodity, profile, phone, concentrator_id,"
        " collector_id, port, bus, protocol, address, password, digits, decimals,"
        " pulse_constant, has_relay, group_id, is_check_meter, since, sim, carrier,"
        " battery_on)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
        " $17, $18, $19, $20, $21)";
    struct stmt *q = stmt_get(s, sql, e);

    bind_device(q, m);
    if (!stmt_insert(q, id, NULL, e))
        return err_in(e, "meter %s", m->meter);
    return group_member_set(s, *id, m->group_id, m->is_check_meter, m->since, e);
}

bool
meter_update(struct store *s, const struct meter *m, utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE meter SET commodity = $2, profile = $3, phone = $4, concentrator_id = $5,"
        " collector_id = $6, port = $7, bus = $8, protocol = $9, address = $10,"
        " password = $11, digits = $12, decimals = $13, pulse_constant = $14,"
        " has_relay = $15, group_id = $16, is_check_meter = $17, sim = $19, carrier = $20,"
        " battery_on = $21"
        " WHERE meter = $1 AND since = $18";
    struct stmt *q = stmt_get(s, sql, e);

    bind_device(q, m);
    if (!stmt_run(q, e))
        return err_in(e, "meter %s", m->meter);
    return group_member_set(s, m->id, m->group_id, m->is_check_meter, now, e);
}

bool
meter_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE meter SET until = $2"
                              " WHERE id = $1 AND until IS NULL";

    return stmt_run_with(s, sql, id, now, 0, e) &&
           group_member_set(s, id, 0, false, now, e);
}

bool
meter_set_contact(struct store *s, int64_t id, utc_t at, struct err *e)
{
    static const char sql[] = "UPDATE meter SET last_contact_at = $2 WHERE id = $1"
                              " AND (last_contact_at IS NULL OR last_contact_at < $2)";

    return stmt_run_with(s, sql, id, at, 0, e);
}

bool
meters_age(struct store *s, int64_t by_s, struct err *e)
{
    static const char sql[] = "UPDATE meter SET last_contact_at = last_contact_at + $1";

    return stmt_run_with(s, sql, by_s, 0, 0, e);
}

bool
meter_set_relay(struct store *s, int64_t id, const char *relay, struct err *e)
{
    static const char sql[] = "UPDATE meter SET relay = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, relay);
    return stmt_run(q, e);
}

bool
installation_add(struct store *s, const struct installation *at, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO installation (meter_id, account_id, multiplier_milli, installed_at,"
        " initial_milli, point_id) VALUES ($1, $2, $3, $4, $5, $6)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, at->meter_id);
    stmt_int(q, 2, at->account_id);
    stmt_int(q, 3, at->multiplier_milli);
    stmt_int(q, 4, at->installed_at);
    stmt_int(q, 5, at->initial.milli);
    stmt_int_or_null(q, 6, at->point_id);
    return stmt_insert(q, id, NULL, e) || err_in(e, "installation");
}

bool
installation_correct(struct store *s, const struct installation *at, struct err *e)
{
    static const char sql[] = "UPDATE installation SET multiplier_milli = $2,"
                              " installed_at = $3, initial_milli = $4, point_id = $5"
                              " WHERE id = $1 AND removed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, at->id);
    stmt_int(q, 2, at->multiplier_milli);
    stmt_int(q, 3, at->installed_at);
    stmt_int(q, 4, at->initial.milli);
    stmt_int_or_null(q, 5, at->point_id);
    return stmt_run(q, e);
}

bool
installation_close(struct store *s, int64_t id, utc_t removed_at, struct quantity final,
                   struct err *e)
{
    static const char sql[] = "UPDATE installation SET removed_at = $2, final_milli = $3"
                              " WHERE id = $1 AND removed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, removed_at);
    stmt_int(q, 3, final.milli);
    return stmt_run(q, e);
}
