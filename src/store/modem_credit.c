#include "meterpost/store/modem_credit.h"

#include "stmt.h"

#include <string.h>

bool
modem_credit_get(struct store *s, const char *modem, struct modem_credit *out,
                 struct err *e)
{
    static const char sql[] = "SELECT balance_minor, low, told_at, expires_at, next_at"
                              " FROM modem_credit WHERE modem = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    memset(out, 0, sizeof(*out));
    stmt_text(q, 1, modem);
    if (!stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    out->has_balance = !stmt_col_null(q, 0);
    out->balance.minor = stmt_col_int(q, 0);
    out->low = stmt_col_int(q, 1) != 0;
    out->told_at = stmt_col_int(q, 2);
    out->expires_at = stmt_col_int(q, 3);
    out->next_at = stmt_col_int(q, 4);
    stmt_done(q);
    return true;
}

bool
modem_credit_save(struct store *s, const char *modem, const struct modem_credit *c,
                  struct err *e)
{
    static const char sql[] =
        "INSERT INTO modem_credit (modem, balance_minor, low, told_at, expires_at, next_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (modem) DO UPDATE SET"
        " balance_minor = excluded.balance_minor, low = excluded.low,"
        " told_at = excluded.told_at, expires_at = excluded.expires_at,"
        " next_at = excluded.next_at";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, modem);
    if (c->has_balance)
        stmt_int(q, 2, c->balance.minor);
    stmt_int(q, 3, c->low);
    stmt_int_or_null(q, 4, c->told_at);
    stmt_int_or_null(q, 5, c->expires_at);
    stmt_int(q, 6, c->next_at);
    return stmt_run(q, e);
}
