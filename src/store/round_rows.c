/* Rows of rounds that somebody works through: whom one would ask, and who is not in. */
#include "meterpost/store/rounds.h"

#include "stmt.h"

#include <string.h>

/* ---- whom a round would ask ---- */

#define SCOPE                                                                              \
    "WITH RECURSIVE scope (id) AS ("                                                       \
    " SELECT id FROM meter_group WHERE id = $1"                                            \
    " UNION SELECT g.id FROM meter_group g JOIN scope ON g.parent_id = scope.id)"
#define IN_SCOPE                                                                           \
    " m.until IS NULL AND ($1 IS NULL OR m.group_id IN (SELECT id FROM scope))"            \
    " AND (m.is_check_meter = 1 OR EXISTS (SELECT 1 FROM installation i"                   \
    "  WHERE i.meter_id = m.id AND i.removed_at IS NULL))"
#define HAS_PHONE " m.phone IS NOT NULL AND m.profile IS NOT NULL"

static bool
each_target(struct store *s, const char *sql, int64_t group_id, round_target_fn *row,
            void *context, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);
    struct round_target t;
    bool found;

    stmt_int_or_null(q, 1, group_id);
    for (;;) {
        if (!stmt_step(q, &found, e))
            return false;
        if (!found)
            return true;
        t.port = (int)stmt_col_int(q, 5);
        t.meters = stmt_col_int(q, 6);
        stmt_col_text(q, 0, t.name, sizeof(t.name));
        stmt_col_text(q, 1, t.phone, sizeof(t.phone));
        stmt_col_text(q, 2, t.profile, sizeof(t.profile));
        stmt_col_text(q, 3, t.address, sizeof(t.address));
        stmt_col_text(q, 4, t.password, sizeof(t.password));
        if (!row(&t, context, e)) {
            stmt_done(q);
            return false;
        }
    }
}

bool
round_each_target(struct store *s, int64_t group_id, round_target_fn *row, void *context,
                  struct err *e)
{
    static const char direct[] =
        SCOPE " SELECT m.meter, m.phone, m.profile, m.address, m.password, m.port, 1"
              " FROM meter m WHERE" HAS_PHONE " AND" IN_SCOPE;
    static const char shared[] =
        SCOPE " SELECT k.concentrator, k.phone, k.profile, k.address, NULL, 0, count(*)"
              " FROM meter m JOIN concentrator k ON k.id = m.concentrator_id"
              " WHERE k.until IS NULL AND NOT (" HAS_PHONE ") AND" IN_SCOPE
              " GROUP BY k.id, k.concentrator, k.phone, k.profile, k.address";

    return each_target(s, direct, group_id, row, context, e) &&
           each_target(s, shared, group_id, row, context, e);
}

bool
round_count_scope(struct store *s, int64_t group_id, int64_t *meters, int64_t *by_bus,
                  struct err *e)
{
    static const char sql[] =
        SCOPE " SELECT count(*), coalesce(sum(CASE WHEN m.bus IS NOT NULL"
              " AND m.phone IS NULL AND m.concentrator_id IS NULL THEN 1 ELSE 0 END), 0)"
              " FROM meter m WHERE" IN_SCOPE;
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int_or_null(q, 1, group_id);
    if (!stmt_step(q, &row, e))
        return false;
    *meters = stmt_col_int(q, 0);
    *by_bus = stmt_col_int(q, 1);
    stmt_done(q);
    return true;
}

/* ---- who is in, and who is not, and why ---- */

bool
round_each_member(struct store *s, int64_t round_id, round_member_fn *row, void *context,
                  struct err *e)
{
    static const char sql[] =
        "SELECT m.meter, x.state, coalesce(m.group_id, 0), k.concentrator,"
        " coalesce(m.carrier, k.carrier, substr(coalesce(m.phone, k.phone), 1, 6)),"
        " (SELECT coalesce(o.modem, t.device) FROM attempt t"
        "  LEFT JOIN outbox o ON o.id = t.outbox_id"
        "  WHERE t.request_id = q.id ORDER BY t.number DESC LIMIT 1),"
        " q.state, q.channel, q.attempts, q.next_at, q.reason"
        " FROM round_meter x JOIN meter m ON m.id = x.meter_id"
        " LEFT JOIN concentrator k ON k.id = m.concentrator_id AND m.phone IS NULL"
        " LEFT JOIN reading_request q ON q.id = x.request_id"
        " WHERE x.round_id = $1 ORDER BY m.meter";
    struct stmt *q = stmt_get(s, sql, e);
    struct round_member m;
    bool found, more = true;

    stmt_int(q, 1, round_id);
    while (more) {
        if (!stmt_step(q, &found, e))
            return false;
        if (!found)
            return true;
        m = (struct round_member){.group_id = stmt_col_int(q, 2),
                                  .attempts = (int)stmt_col_int(q, 8),
                                  .next_at = stmt_col_int(q, 9)};
        for (int i = 0; i < ROUND_METER_STATES; i++) {
            if (strcmp(stmt_col_peek(q, 1),
                       round_meter_state_name((enum round_meter_state)i)) == 0)
                m.state = (enum round_meter_state)i;
        }
        stmt_col_text(q, 0, m.meter, sizeof(m.meter));
        stmt_col_text(q, 3, m.concentrator, sizeof(m.concentrator));
        stmt_col_text(q, 4, m.carrier, sizeof(m.carrier));
        stmt_col_text(q, 5, m.device, sizeof(m.device));
        stmt_col_text(q, 6, m.request, sizeof(m.request));
        stmt_col_text(q, 7, m.channel, sizeof(m.channel));
        stmt_col_text(q, 10, m.reason, sizeof(m.reason));
        more = row(&m, context);
    }
    stmt_done(q);
    return true;
}

/* ---- the next way for the meters of a question ---- */

bool
round_next_expected(struct store *s, int64_t request_id, int64_t after, int64_t *meter_id,
                    bool *found, struct err *e)
{
    static const char sql[] = "SELECT meter_id FROM round_meter WHERE request_id = $1"
                              " AND state = 'expected' AND meter_id > $2"
                              " ORDER BY meter_id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, request_id);
    stmt_int(q, 2, after);
    return stmt_one_int(q, meter_id, found, e);
}

bool
round_set_request(struct store *s, int64_t round_id, int64_t meter_id, int64_t request_id,
                  struct err *e)
{
    static const char sql[] = "UPDATE round_meter SET request_id = $3"
                              " WHERE round_id = $1 AND meter_id = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    stmt_int(q, 2, meter_id);
    stmt_int(q, 3, request_id);
    return stmt_run(q, e);
}
