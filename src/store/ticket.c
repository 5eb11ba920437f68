#include "meterpost/store/ticket.h"

#include "meterpost/base/text.h"
#include "stmt.h"

#include <stdio.h>

#define COLUMNS                                                                            \
    "id, ticket, account_id, number, kind, text, state = 'closed', answer, inbox_id,"      \
    " created_at, closed_at"

bool
ticket_add(struct store *s, struct ticket *t, struct err *e)
{
    static const char next_sql[] = "SELECT coalesce(max(id), 0) + 1 FROM ticket";
    static const char sql[] =
        "INSERT INTO ticket (id, ticket, account_id, number, kind, text, state, inbox_id,"
        " created_at) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)";
    struct stmt *q = stmt_get(s, next_sql, e);
    bool row;

    if (q == NULL || !stmt_one_int(q, &t->id, &row, e))
        return false;
    snprintf(t->ticket, sizeof(t->ticket), "%05lld", (long long)t->id);
    if ((q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_int(q, 1, t->id);
    stmt_text(q, 2, t->ticket);
    stmt_int_or_null(q, 3, t->account_id);
    stmt_text(q, 4, t->number);
    stmt_text(q, 5, t->kind);
    stmt_text(q, 6, t->text);
    stmt_int_or_null(q, 7, t->inbox_id);
    stmt_int(q, 8, t->created_at);
    return stmt_run(q, e);
}

static bool
one_ticket(struct stmt *q, struct ticket *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct ticket){.id = stmt_col_int(q, 0),
                           .account_id = stmt_col_int(q, 2),
                           .closed = stmt_col_int(q, 6) != 0,
                           .inbox_id = stmt_col_int(q, 8),
                           .created_at = stmt_col_int(q, 9),
                           .closed_at = stmt_col_int(q, 10)};
    stmt_col_text(q, 1, out->ticket, sizeof(out->ticket));
    stmt_col_text(q, 3, out->number, sizeof(out->number));
    stmt_col_text(q, 4, out->kind, sizeof(out->kind));
    stmt_col_text(q, 5, out->text, sizeof(out->text));
    stmt_col_text(q, 7, out->answer, sizeof(out->answer));
    stmt_done(q);
    return true;
}

bool
ticket_by_number(struct store *s, const char *ticket, struct ticket *out, bool *found,
                 struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM ticket WHERE ticket = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, ticket);
    return one_ticket(q, out, found, e);
}

bool
ticket_open_of(struct store *s, int64_t account_id, const char *kind, struct ticket *out,
               bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM ticket WHERE account_id = $1"
                              " AND kind = $2 AND state = 'open' ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, kind);
    return one_ticket(q, out, found, e);
}

bool
ticket_newest(struct store *s, const char *number, struct ticket *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM ticket WHERE number = $1"
                              " AND kind IN ('complaint', 'supply') ORDER BY id DESC"
                              " LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    return one_ticket(q, out, found, e);
}

bool
ticket_close(struct store *s, int64_t id, const char *answer, const char *actor, utc_t now,
             struct err *e)
{
    static const char sql[] = "UPDATE ticket SET state = 'closed', answer = $2, actor = $3,"
                              " closed_at = $4 WHERE id = $1 AND state = 'open'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text_or_null(q, 2, answer);
    stmt_text(q, 3, actor);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}

bool
ticket_count_supply(struct store *s, int64_t group_id, utc_t since, int64_t *count,
                    struct err *e)
{
    static const char sql[] =
        "SELECT count(DISTINCT t.account_id) FROM ticket t"
        " JOIN installation i ON i.account_id = t.account_id AND i.removed_at IS NULL"
        " JOIN meter m ON m.id = i.meter_id"
        " WHERE t.kind = 'supply' AND t.state = 'open' AND t.created_at > $2"
        " AND m.group_id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, group_id);
    stmt_int(q, 2, since);
    return stmt_one_int(q, count, &row, e);
}

/* ---- outages ---- */

bool
outage_tell(struct store *s, int64_t group_id, const char *commodity, utc_t expected_at,
            struct err *e)
{
    static const char sql[] = "UPDATE outage SET commodity = $2, expected_at = $3"
                              " WHERE group_id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, group_id);
    stmt_text_or_null(q, 2, commodity);
    stmt_int_or_null(q, 3, expected_at);
    return stmt_run(q, e);
}

bool
outage_of(struct store *s, int64_t group_id, const char *commodity, utc_t now,
          struct outage *out, bool *found, struct err *e)
{
    static const char sql[] =
        "WITH RECURSIVE above (id) AS (SELECT $1"
        " UNION SELECT g.parent_id FROM meter_group g JOIN above a ON g.id = a.id"
        "  WHERE g.parent_id IS NOT NULL)"
        " SELECT reason, since, expected_at FROM outage"
        " WHERE until IS NULL AND since <= $3 AND group_id IN (SELECT id FROM above)"
        " AND (commodity IS NULL OR commodity = $2) ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, group_id);
    stmt_text(q, 2, commodity);
    stmt_int(q, 3, now);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct outage){.since = stmt_col_int(q, 1), .expected_at = stmt_col_int(q, 2)};
    stmt_col_text(q, 0, out->cause, sizeof(out->cause));
    stmt_done(q);
    return true;
}

/* ---- 'I have paid' ---- */

bool
paid_claim_add(struct store *s, int64_t account_id, const char *reference, int64_t inbox_id,
               utc_t now, struct err *e)
{
    static const char sql[] = "INSERT INTO paid_claim (account_id, reference, at, inbox_id)"
                              " VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, reference);
    stmt_int(q, 3, now);
    stmt_int_or_null(q, 4, inbox_id);
    return stmt_run(q, e);
}

bool
paid_claim_of(struct store *s, const char *reference, utc_t since, int64_t *account_id,
              struct err *e)
{
    static const char sql[] = "SELECT account_id FROM paid_claim WHERE reference ="
                              " upper($1) AND at >= $2 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    stmt_text(q, 1, reference);
    stmt_int(q, 2, since);
    return stmt_one_int(q, account_id, &found, e);
}

bool
paid_claim_settle(struct store *s, int64_t account_id, const char *reference, utc_t now,
                  struct err *e)
{
    static const char sql[] =
        "UPDATE ticket SET state = 'closed', closed_at = $3, actor = 'engine',"
        " answer = 'receipt ' || $2 || ' is booked' WHERE kind = 'paid' AND state = 'open'"
        " AND account_id = $1 AND text LIKE '% ' || upper($2) || ' %'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, reference);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
paid_claim_since(struct store *s, int64_t account_id, utc_t since, bool *found,
                 struct err *e)
{
    static const char sql[] = "SELECT id FROM paid_claim WHERE account_id = $1"
                              " AND at >= $2 LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, since);
    return stmt_one_int(q, &id, found, e);
}
