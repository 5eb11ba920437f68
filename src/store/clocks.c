#include "meterpost/store/clocks.h"

#include "stmt.h"

#include <stdio.h>

/* A statement whose $1 is the device. */
static struct stmt *
of_device(struct store *s, const char *sql, const struct device_clock *c, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);
    char device[32];

    snprintf(device, sizeof(device), "%c%lld", c->meter_id != 0 ? 'm' : 'c',
             (long long)(c->meter_id != 0 ? c->meter_id : c->concentrator_id));
    if (q != NULL)
        stmt_text(q, 1, device);
    return q;
}

bool
device_clock_put(struct store *s, const struct device_clock *c, struct err *e)
{
    static const char sql[] =
        "INSERT INTO device_clock (device, drift_s, seen_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (device) DO UPDATE SET drift_s = $2, seen_at = $3";
    struct stmt *q = of_device(s, sql, c, e);

    stmt_int(q, 2, c->drift_s);
    stmt_int(q, 3, c->seen_at);
    return stmt_run(q, e);
}

bool
device_clock_get(struct store *s, struct device_clock *c, struct err *e)
{
    static const char sql[] = "SELECT drift_s, seen_at, set_at FROM device_clock"
                              " WHERE device = $1";
    struct stmt *q = of_device(s, sql, c, e);
    bool row;

    c->drift_s = c->seen_at = c->set_at = 0;
    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    c->drift_s = stmt_col_int(q, 0);
    c->seen_at = stmt_col_int(q, 1);
    c->set_at = stmt_col_int(q, 2);
    stmt_done(q);
    return true;
}

bool
device_clock_asked(struct store *s, const struct device_clock *c, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE device_clock SET set_at = $2 WHERE device = $1";
    struct stmt *q = of_device(s, sql, c, e);

    stmt_int(q, 2, now);
    return stmt_run(q, e);
}
