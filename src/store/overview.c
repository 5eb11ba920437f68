#include "meterpost/store/overview.h"

#include "stmt.h"

bool
store_overview(struct store *s, utc_t now, struct overview *out, struct err *e)
{
    static const char sql[] =
        "SELECT"
        " (SELECT count(*) FROM account WHERE closed_at IS NULL),"
        " (SELECT count(*) FROM meter WHERE until IS NULL),"
        " (SELECT count(*) FROM concentrator WHERE until IS NULL),"
        " (SELECT count(*) FROM outbox WHERE state = 'queued' AND next_at <= $1),"
        " (SELECT count(*) FROM outbox WHERE state = 'queued' AND next_at > $1),"
        " (SELECT count(*) FROM outbox WHERE state IN ('sending', 'in_doubt')"
        "  AND state = 'sending'),"
        " (SELECT count(*) FROM outbox WHERE state IN ('sending', 'in_doubt')"
        "  AND state = 'in_doubt'),"
        " (SELECT count(*) FROM outbox WHERE state IN ('undelivered', 'failed', 'expired')"
        "  AND state <> 'undelivered'),"
        " (SELECT count(*) FROM inbox WHERE state = 'new'),"
        " (SELECT count(*) FROM inbox WHERE state = 'quarantined'),"
        " (SELECT count(*) FROM reading_request WHERE state IN ('waiting', 'asked')"
        "  AND state = 'waiting'),"
        " (SELECT count(*) FROM reading_request WHERE state IN ('waiting', 'asked')"
        "  AND state = 'asked'),"
        " (SELECT count(*) FROM reading WHERE status = 'held'),"
        " (SELECT count(*) FROM round WHERE state = 'running'),"
        " (SELECT coalesce(max(id), 0) FROM bill)," /* none is ever deleted */
        " (SELECT count(*) FROM job WHERE state = 'running'),"
        " (SELECT count(*) FROM alarm WHERE cleared_at IS NULL),"
        " (SELECT coalesce(min(next_at), 0) FROM outbox WHERE state = 'queued'"
        " AND next_at > $1)";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t *const to[] = {
        &out->accounts,          &out->meters,           &out->concentrators,
        &out->outbox_due,        &out->outbox_later,     &out->outbox_sending,
        &out->outbox_in_doubt,   &out->outbox_failed,    &out->inbox_new,
        &out->inbox_quarantined, &out->requests_waiting, &out->requests_asked,
        &out->readings_held,     &out->rounds_running,   &out->bills,
        &out->jobs_running,      &out->alarms_open,      &out->outbox_next,
    };
    bool row;

    stmt_int(q, 1, now);
    if (!stmt_step(q, &row, e))
        return err_in(e, "overview");
    for (int i = 0; i < (int)(sizeof(to) / sizeof(to[0])); i++)
        *to[i] = stmt_col_int(q, i);
    stmt_done(q);
    return true;
}
