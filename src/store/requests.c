#include "meterpost/store/requests.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, key, kind, meter_id, concentrator_id, round_id, channel, state, attempts,"        \
    " created_at, next_at, expires_at, answered_at, inbox_id, reason, actor, cause,"       \
    " tries, window"

static const char *const kinds[] = {
    [REQUEST_READ] = "read",
    [REQUEST_RELAY] = "relay",
};

static const char *const channels[] = {
    [REQUEST_BY_SMS] = "sms",
    [REQUEST_BY_BUS] = "bus",
    [REQUEST_BY_CUSTOMER] = "customer",
};

static const char *const causes[] = {
    [REQUEST_FOR_OPERATOR] = "operator", [REQUEST_FOR_ROUND] = "round",
    [REQUEST_FOR_HELD] = "held",         [REQUEST_FOR_CUT] = "cut",
    [REQUEST_FOR_DISPUTE] = "dispute",   [REQUEST_FOR_SILENCE] = "silence",
    [REQUEST_FOR_STAFF] = "staff",       [REQUEST_FOR_CUSTOMER] = "customer",
    [REQUEST_FOR_SIBLING] = "sibling",
};

static const char *const states[] = {
    [REQUEST_WAITING] = "waiting",
    [REQUEST_ASKED] = "asked",
    [REQUEST_ANSWERED] = "answered",
    [REQUEST_FAILED] = "failed",
};

const char *
request_cause_name(enum request_cause cause)
{
    return causes[cause];
}

const char *
request_channel_name(enum request_channel channel)
{
    return channels[channel];
}

enum request_channel
request_channel_of(const char *name)
{
    for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++) {
        if (strcmp(channels[i], name) == 0)
            return (enum request_channel)i;
    }
    return REQUEST_BY_SMS;
}

static void
copy_request(struct stmt *q, struct request *out)
{
    *out = (struct request){
        .id = stmt_col_int(q, 0),
        .kind = strcmp(stmt_col_peek(q, 2), "relay") == 0 ? REQUEST_RELAY : REQUEST_READ,
        .meter_id = stmt_col_int(q, 3),
        .concentrator_id = stmt_col_int(q, 4),
        .round_id = stmt_col_int(q, 5),
        .channel = request_channel_of(stmt_col_peek(q, 6)),
        .tries = (int)stmt_col_int(q, 17),
        .attempts = (int)stmt_col_int(q, 8),
        .created_at = stmt_col_int(q, 9),
        .next_at = stmt_col_int(q, 10),
        .expires_at = stmt_col_int(q, 11),
        .answered_at = stmt_col_int(q, 12),
        .inbox_id = stmt_col_int(q, 13)};
    stmt_col_text(q, 1, out->key, sizeof(out->key));
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(stmt_col_peek(q, 7), states[i]) == 0)
            out->state = (enum request_state)i;
    }
    stmt_col_text(q, 14, out->reason, sizeof(out->reason));
    stmt_col_text(q, 15, out->actor, sizeof(out->actor));
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        if (strcmp(stmt_col_peek(q, 16), causes[i]) == 0)
            out->cause = (enum request_cause)i;
    }
    stmt_col_text(q, 18, out->window, sizeof(out->window));
}

static bool
one_request(struct stmt *q, struct request *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_request(q, out);
        stmt_done(q);
    }
    return true;
}

static bool
request_by_key(struct store *s, const char *key, int64_t *id, struct err *e)
{
    static const char sql[] = "SELECT id FROM reading_request WHERE key = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, key);
    return stmt_one_int(q, id, &row, e);
}

bool
request_add(struct store *s, const struct request *r, int64_t *id, bool *added,
            struct err *e)
{
    static const char sql[] =
        "INSERT INTO reading_request (key, kind, meter_id, concentrator_id, round_id,"
        " channel, state, created_at, next_at, expires_at, actor, cause, window)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (key) DO NOTHING";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, r->key);
    stmt_text(q, 2, kinds[r->kind]);
    stmt_int_or_null(q, 3, r->meter_id);
    stmt_int_or_null(q, 4, r->concentrator_id);
    stmt_int_or_null(q, 5, r->round_id);
    stmt_text(q, 6, channels[r->channel]);
    stmt_int(q, 7, r->created_at);
    stmt_int(q, 8, r->next_at);
    stmt_int(q, 9, r->expires_at);
    stmt_text(q, 10, r->actor);
    stmt_text(q, 11, causes[r->cause]);
    stmt_text_or_null(q, 12, r->window);
    if (!stmt_insert(q, id, added, e))
        return err_in(e, "request");
    return *added || request_by_key(s, r->key, id, e);
}

bool
request_by_id(struct store *s, int64_t id, struct request *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM reading_request WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_request(q, out, found, e);
}

bool
request_save(struct store *s, const struct request *r, struct err *e)
{
    static const char sql[] = "UPDATE reading_request SET state = $2, attempts = $3,"
                              " next_at = $4, answered_at = $5, inbox_id = $6, reason = $7,"
                              " channel = $8, tries = $9, window = $10 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, r->id);
    stmt_text(q, 2, states[r->state]);
    stmt_int(q, 3, r->attempts);
    stmt_int(q, 4, r->next_at);
    stmt_int_or_null(q, 5, r->answered_at);
    stmt_int_or_null(q, 6, r->inbox_id);
    stmt_text_or_null(q, 7, r->reason);
    stmt_text(q, 8, channels[r->channel]);
    stmt_int(q, 9, r->tries);
    stmt_text_or_null(q, 10, r->window);
    return stmt_run(q, e);
}

/* Both statements of request_add_silent() take the same parameters. */
static bool
add_silent(struct store *s, const char *sql, utc_t now, int64_t silence_s, int at_most,
           int64_t *asked, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    stmt_int(q, 2, silence_s);
    stmt_int(q, 3, at_most);
    if (!stmt_run(q, e))
        return false;
    *asked += store_changes(s);
    return true;
}

bool
request_add_silent(struct store *s, utc_t now, int64_t silence_s, int at_most,
                   int64_t *asked, struct err *e)
{
    static const char meters[] =
        "INSERT INTO reading_request (key, kind, meter_id, channel, state, created_at,"
        " next_at, expires_at, actor, cause)"
        " SELECT 'silence ' || m.id || ' ' || $1, 'read', m.id, 'sms', 'waiting', $1, $1,"
        " $1 + 86400, 'schedule', 'silence' FROM meter m"
        " WHERE m.until IS NULL AND m.phone IS NOT NULL AND m.profile IS NOT NULL"
        " AND coalesce(m.last_contact_at, m.since) < $1 - $2"
        " AND NOT EXISTS (SELECT 1 FROM reading_request q WHERE q.meter_id = m.id"
        "  AND (q.state IN ('waiting', 'asked')"
        "   OR (q.cause = 'silence' AND q.created_at > $1 - $2)))"
        " ORDER BY m.id LIMIT $3";
    static const char concentrators[] =
        "INSERT INTO reading_request (key, kind, concentrator_id, channel, state,"
        " created_at, next_at, expires_at, actor, cause)"
        " SELECT 'silence c' || k.id || ' ' || $1, 'read', k.id, 'sms', 'waiting', $1, $1,"
        " $1 + 86400, 'schedule', 'silence' FROM concentrator k"
        " WHERE k.until IS NULL AND coalesce(k.last_contact_at, k.since) < $1 - $2"
        " AND EXISTS (SELECT 1 FROM meter m WHERE m.concentrator_id = k.id"
        "  AND m.until IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM reading_request q WHERE q.concentrator_id = k.id"
        "  AND (q.state IN ('waiting', 'asked')"
        "   OR (q.cause = 'silence' AND q.created_at > $1 - $2)))"
        " ORDER BY k.id LIMIT $3";

    *asked = 0;
    return add_silent(s, meters, now, silence_s, at_most, asked, e) &&
           add_silent(s, concentrators, now, silence_s, at_most, asked, e);
}

bool
request_next_due(struct store *s, utc_t now, struct request *out, bool *found,
                 struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM reading_request"
                              " WHERE state IN ('waiting', 'asked') AND next_at <= $1"
                              " ORDER BY next_at, id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    return one_request(q, out, found, e);
}

bool
request_next_at(struct store *s, utc_t *when, bool *found, struct err *e)
{
    static const char sql[] = "SELECT next_at FROM reading_request"
                              " WHERE state IN ('waiting', 'asked')"
                              " ORDER BY next_at LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_one_int(q, when, found, e);
}

bool
request_sent_of_round(struct store *s, int64_t round_id, int64_t after, struct request *out,
                      bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM reading_request WHERE round_id = $1 AND id > $2"
        " AND state = 'asked' AND EXISTS (SELECT 1 FROM attempt t JOIN outbox o"
        "  ON o.id = t.outbox_id WHERE t.request_id = reading_request.id"
        "  AND t.ended_at IS NULL AND o.sent_at IS NOT NULL) ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, round_id);
    stmt_int(q, 2, after);
    return one_request(q, out, found, e);
}

bool
request_open_of(struct store *s, enum request_kind kind, int64_t meter_id,
                int64_t concentrator_id, int64_t after, struct request *out, bool *found,
                struct err *e)
{
    static const char of_meter[] = "SELECT " COLUMNS " FROM reading_request"
                                   " WHERE meter_id = $1 AND id > $2 AND kind = $3"
                                   " AND state IN ('waiting', 'asked')"
                                   " ORDER BY id LIMIT 1";
    static const char of_concentrator[] = "SELECT " COLUMNS " FROM reading_request"
                                          " WHERE concentrator_id = $1 AND id > $2"
                                          " AND kind = $3"
                                          " AND state IN ('waiting', 'asked')"
                                          " ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, meter_id != 0 ? of_meter : of_concentrator, e);

    stmt_int(q, 1, meter_id != 0 ? meter_id : concentrator_id);
    stmt_int(q, 2, after);
    stmt_text(q, 3, kinds[kind]);
    return one_request(q, out, found, e);
}

bool
request_asked_of(struct store *s, int64_t meter_id, int64_t concentrator_id,
                 struct request *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM reading_request WHERE state = 'asked'"
        " AND state IN ('waiting', 'asked')" /* for the partial index */
        " AND (meter_id = $1 OR concentrator_id = $2 OR ($1 IS NULL AND meter_id IN"
        "  (SELECT m.id FROM meter m WHERE m.concentrator_id = $2 AND m.until IS NULL"
        "  AND m.phone IS NULL)))"
        " ORDER BY next_at, id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int_or_null(q, 1, meter_id);
    stmt_int_or_null(q, 2, concentrator_id);
    return one_request(q, out, found, e);
}

bool
request_message(struct store *s, int64_t id, char state[MESSAGE_STATE_MAX], utc_t *sent_at,
                bool *found, struct err *e)
{
    static const char sql[] = "SELECT state, sent_at FROM outbox WHERE request_id = $1"
                              " ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_text(q, 0, state, MESSAGE_STATE_MAX);
        *sent_at = stmt_col_int(q, 1);
        stmt_done(q);
    }
    return true;
}
