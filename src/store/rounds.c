#include "meterpost/store/rounds.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS "r.id, r.name, r.group_id, r.started_at, r.closes_at, r.closed_at, r.actor"

static const char *const states[] = {
    [ROUND_EXPECTED] = "expected",
    [ROUND_IN] = "in",
    [ROUND_HELD] = "held",
    [ROUND_MISSING] = "missing",
};

const char *
round_meter_state_name(enum round_meter_state state)
{
    return states[state];
}

static bool
one_round(struct stmt *q, struct round *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct round){.id = stmt_col_int(q, 0),
                          .group_id = stmt_col_int(q, 2),
                          .started_at = stmt_col_int(q, 3),
                          .closes_at = stmt_col_int(q, 4),
                          .closed_at = stmt_col_int(q, 5)};
    stmt_col_text(q, 1, out->name, sizeof(out->name));
    stmt_col_text(q, 6, out->actor, sizeof(out->actor));
    stmt_done(q);
    return true;
}

bool
round_add(struct store *s, const struct round *r, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO round (name, state, group_id, started_at, closes_at, actor)"
        " VALUES ($1, 'running', $2, $3, $4, $5)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, r->name);
    stmt_int_or_null(q, 2, r->group_id);
    stmt_int(q, 3, r->started_at);
    stmt_int(q, 4, r->closes_at);
    stmt_text(q, 5, r->actor);
    return stmt_insert(q, id, NULL, e) || err_in(e, "round %s", r->name);
}

bool
round_by_name(struct store *s, const char *name, struct round *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM round r WHERE r.name = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    return one_round(q, out, found, e);
}

bool
round_next_to_close(struct store *s, struct round *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM round r WHERE r.state = 'running'"
                              " ORDER BY r.closes_at, r.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && one_round(q, out, found, e);
}

bool
round_next_complete(struct store *s, struct round *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM round r WHERE r.state = 'running'"
                              " AND NOT EXISTS (SELECT 1 FROM round_meter x"
                              "  WHERE x.round_id = r.id"
                              "  AND x.state IN ('expected', 'missing'))"
                              " ORDER BY r.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && one_round(q, out, found, e);
}

bool
round_set_closed(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE round SET state = 'closed', closed_at = $2"
                              " WHERE id = $1 AND state = 'running'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
round_expect(struct store *s, const struct round *r, int64_t *meters, struct err *e)
{
    static const char sql[] =
        "WITH RECURSIVE scope (id) AS ("
        " SELECT id FROM meter_group WHERE id = $2"
        " UNION SELECT g.id FROM meter_group g JOIN scope ON g.parent_id = scope.id)"
        " INSERT INTO round_meter (round_id, meter_id, state)"
        " SELECT $1, m.id, 'expected' FROM meter m WHERE m.until IS NULL"
        " AND ($2 IS NULL OR m.group_id IN (SELECT id FROM scope))"
        " AND (m.is_check_meter = 1 OR EXISTS (SELECT 1 FROM installation i"
        "  WHERE i.meter_id = m.id AND i.removed_at IS NULL))";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, r->id);
    stmt_int_or_null(q, 2, r->group_id);
    if (!stmt_run(q, e))
        return err_in(e, "round %s", r->name);
    *meters = store_changes(s);
    return true;
}

/* Both statements below take the same parameters. */
static bool
add_requests(struct store *s, const char *sql, const struct round *r, utc_t ask_at,
             int64_t *requests, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, r->id);
    stmt_int(q, 2, r->started_at);
    stmt_int(q, 3, ask_at);
    stmt_int(q, 4, r->closes_at);
    stmt_text(q, 5, r->actor);
    stmt_text_or_null(q, 6, r->window);
    if (!stmt_run(q, e))
        return err_in(e, "round %s", r->name);
    *requests = store_changes(s);
    return true;
}

static bool
name_requests(struct store *s, const char *sql, int64_t round_id, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    return stmt_run(q, e);
}

bool
round_ask_meters(struct store *s, const struct round *r, utc_t ask_at, int64_t *requests,
                 struct err *e)
{
    static const char add[] =
        "INSERT INTO reading_request (key, kind, meter_id, round_id, channel, state,"
        " created_at, next_at, expires_at, actor, cause, window)"
        " SELECT 'round ' || $1 || ' meter ' || m.id, 'read', m.id, $1, 'sms', 'waiting',"
        " $2, $3, $4, $5, 'round', $6 FROM round_meter x JOIN meter m ON m.id = x.meter_id"
        " WHERE x.round_id = $1 AND m.phone IS NOT NULL AND m.profile IS NOT NULL"
        " ORDER BY m.id";
    static const char name[] =
        "UPDATE round_meter SET request_id = (SELECT q.id FROM reading_request q"
        "  WHERE q.meter_id = round_meter.meter_id AND q.round_id = $1)"
        " WHERE round_id = $1 AND request_id IS NULL";

    return add_requests(s, add, r, ask_at, requests, e) && name_requests(s, name, r->id, e);
}

bool
round_ask_concentrators(struct store *s, const struct round *r, utc_t ask_at,
                        int64_t *requests, struct err *e)
{
    static const char add[] =
        "INSERT INTO reading_request (key, kind, concentrator_id, round_id, channel, state,"
        " created_at, next_at, expires_at, actor, cause, window)"
        " SELECT 'round ' || $1 || ' concentrator ' || k.id, 'read', k.id, $1, 'sms',"
        " 'waiting', $2, $3, $4, $5, 'round', coalesce(k.read_window, $6) FROM "
        "concentrator k WHERE k.until IS NULL"
        " AND k.id IN (SELECT m.concentrator_id FROM round_meter x"
        "  JOIN meter m ON m.id = x.meter_id"
        "  WHERE x.round_id = $1 AND x.request_id IS NULL)"
        " ORDER BY k.id";
    static const char name[] =
        "UPDATE round_meter SET request_id = (SELECT q.id FROM meter m"
        "  JOIN reading_request q ON q.concentrator_id = m.concentrator_id"
        "  WHERE m.id = round_meter.meter_id AND q.round_id = $1)"
        " WHERE round_id = $1 AND request_id IS NULL";

    return add_requests(s, add, r, ask_at, requests, e) && name_requests(s, name, r->id, e);
}

bool
round_ask_buses(struct store *s, const struct round *r, utc_t ask_at, int64_t *requests,
                struct err *e)
{
    static const char add[] =
        "INSERT INTO reading_request (key, kind, meter_id, round_id, channel, state,"
        " created_at, next_at, expires_at, actor, cause, window)"
        " SELECT 'round ' || $1 || ' meter ' || m.id, 'read', m.id, $1, 'bus', 'waiting',"
        " $2, $3, $4, $5, 'round', $6 FROM round_meter x JOIN meter m ON m.id = x.meter_id"
        " WHERE x.round_id = $1 AND x.request_id IS NULL AND m.bus IS NOT NULL"
        " AND m.address IS NOT NULL ORDER BY m.id";
    static const char name[] =
        "UPDATE round_meter SET request_id = (SELECT q.id FROM reading_request q"
        "  WHERE q.meter_id = round_meter.meter_id AND q.round_id = $1)"
        " WHERE round_id = $1 AND request_id IS NULL";

    return add_requests(s, add, r, ask_at, requests, e) && name_requests(s, name, r->id, e);
}

bool
round_count(struct store *s, int64_t id, struct round_counts *out, struct err *e)
{
    static const char sql[] = "SELECT state, count(*) FROM round_meter"
                              " WHERE round_id = $1 GROUP BY state";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct round_counts){{0}};
    stmt_int(q, 1, id);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        for (int i = 0; i < ROUND_METER_STATES; i++) {
            if (strcmp(stmt_col_peek(q, 0), states[i]) == 0)
                out->of[i] = stmt_col_int(q, 1);
        }
    }
    return false;
}

bool
round_count_expected(struct store *s, int64_t request_id, int64_t *count, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM round_meter"
                              " WHERE request_id = $1 AND state = 'expected'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, request_id);
    return stmt_one_int(q, count, &row, e);
}

bool
round_meter_came(struct store *s, int64_t meter_id, bool held, utc_t received_at,
                 struct err *e)
{
    static const char sql[] =
        "UPDATE round_meter SET state = $2 WHERE meter_id = $1 AND state <> 'in'"
        " AND round_id IN (SELECT r.id FROM round r"
        "  WHERE r.state = 'running' AND r.started_at <= $3)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, states[held ? ROUND_HELD : ROUND_IN]);
    stmt_int(q, 3, received_at);
    return stmt_run(q, e);
}

bool
round_meters_missing(struct store *s, int64_t request_id, struct err *e)
{
    static const char sql[] = "UPDATE round_meter SET state = 'missing'"
                              " WHERE request_id = $1 AND state = 'expected'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, request_id);
    return stmt_run(q, e);
}

#define OPEN_OF_ROUND                                                                      \
    " request_id IN (SELECT q.id FROM reading_request q WHERE q.round_id = $1"             \
    " AND q.state IN ('waiting', 'asked'))"

bool
round_cancel_messages(struct store *s, int64_t round_id, const char *reason, struct err *e)
{
    static const char sql[] = "UPDATE outbox SET state = 'cancelled', error = $2"
                              " WHERE state = 'queued' AND" OPEN_OF_ROUND;
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    stmt_text(q, 2, reason);
    return stmt_run(q, e);
}

bool
round_end_attempts(struct store *s, int64_t round_id, const char *reason, utc_t now,
                   struct err *e)
{
    static const char sql[] =
        "UPDATE attempt SET ended_at = $3, result = $2 WHERE ended_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = attempt.outbox_id"
        "  AND o.sent_at IS NOT NULL) AND" OPEN_OF_ROUND;
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    stmt_text(q, 2, reason);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}

bool
round_fail_requests(struct store *s, int64_t round_id, const char *reason, struct err *e)
{
    static const char sql[] = "UPDATE reading_request SET state = 'failed',"
                              " reason = coalesce(reason, $2)"
                              " WHERE round_id = $1 AND state IN ('waiting', 'asked')";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    stmt_text(q, 2, reason);
    return stmt_run(q, e);
}

bool
round_rest_missing(struct store *s, int64_t round_id, struct err *e)
{
    static const char sql[] = "UPDATE round_meter SET state = 'missing'"
                              " WHERE round_id = $1 AND state = 'expected'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    return stmt_run(q, e);
}
