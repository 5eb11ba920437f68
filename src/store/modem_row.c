#include "meterpost/store/modem_row.h"

#include "stmt.h"

bool
modem_row_save(struct store *s, const struct modem_row *m, struct err *e)
{
    static const char sql[] =
        "INSERT INTO modem (name, health, imei, imsi, model, firmware, operator, smsc,"
        " signal_percent, sim_used, sim_size, settle_percent, reason, restarts, seen_at,"
        " settle_fell)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        " ON CONFLICT (name) DO UPDATE SET health = excluded.health,"
        " imei = coalesce(excluded.imei, modem.imei),"
        " imsi = coalesce(excluded.imsi, modem.imsi),"
        " model = coalesce(excluded.model, modem.model),"
        " firmware = coalesce(excluded.firmware, modem.firmware),"
        " operator = coalesce(excluded.operator, modem.operator),"
        " smsc = coalesce(excluded.smsc, modem.smsc),"
        " signal_percent = excluded.signal_percent,"
        " sim_used = excluded.sim_used, sim_size = excluded.sim_size,"
        " settle_percent = excluded.settle_percent, reason = excluded.reason,"
        " restarts = excluded.restarts, seen_at = excluded.seen_at,"
        " settle_fell = excluded.settle_fell";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, m->name);
    stmt_text(q, 2, m->health);
    stmt_text_or_null(q, 3, m->imei);
    stmt_text_or_null(q, 4, m->imsi);
    stmt_text_or_null(q, 5, m->model);
    stmt_text_or_null(q, 6, m->firmware);
    stmt_text_or_null(q, 7, m->operator_name);
    stmt_text_or_null(q, 8, m->smsc);
    if (m->signal_percent >= 0)
        stmt_int(q, 9, m->signal_percent);
    if (m->sim_used >= 0)
        stmt_int(q, 10, m->sim_used);
    if (m->sim_size >= 0)
        stmt_int(q, 11, m->sim_size);
    stmt_int(q, 12, m->settle_percent);
    stmt_text_or_null(q, 13, m->reason);
    stmt_int(q, 14, m->restarts);
    stmt_int(q, 15, m->seen_at);
    stmt_int(q, 16, m->settle_fell);
    return stmt_run(q, e);
}

bool
modem_row_imsi(struct store *s, const char *name, char *imsi, size_t size, struct err *e)
{
    static const char sql[] = "SELECT imsi FROM modem WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    imsi[0] = '\0';
    stmt_text(q, 1, name);
    if (!stmt_step(q, &row, e))
        return false;
    if (row) {
        stmt_col_text(q, 0, imsi, size);
        stmt_done(q);
    }
    return true;
}

bool
modem_row_settle_fell(struct store *s, const char *name, bool *fell, struct err *e)
{
    static const char sql[] = "SELECT settle_fell FROM modem WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t value = 0;
    bool row;

    stmt_text(q, 1, name);
    if (!stmt_one_int(q, &value, &row, e))
        return false;
    *fell = row && value != 0;
    return true;
}

bool
modem_row_settle_again(struct store *s, const char *name, struct err *e)
{
    static const char sql[] = "UPDATE modem SET settle_fell = 0 WHERE name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    return stmt_run(q, e);
}
