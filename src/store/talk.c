#include "meterpost/store/talk.h"

#include "stmt.h"

/* ---- consent ---- */

static const char *const categories[] = {
    [CONSENT_OPTIONAL] = "optional",
    [CONSENT_BILLS] = "bills",
};

bool
consent_set(struct store *s, const char *number, enum consent_category category,
            bool stopped, int64_t inbox_id, const char *actor, utc_t now, struct err *e)
{
    static const char sql[] = "INSERT INTO consent (number, category, state, at, inbox_id,"
                              " actor) VALUES ($1, $2, $3, $4, $5, $6)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    stmt_text(q, 2, categories[category]);
    stmt_text(q, 3, stopped ? "stopped" : "allowed");
    stmt_int(q, 4, now);
    stmt_int_or_null(q, 5, inbox_id);
    stmt_text(q, 6, actor);
    return stmt_run(q, e);
}

bool
consent_stopped(struct store *s, const char *number, enum consent_category category,
                bool *stopped, struct err *e)
{
    static const char sql[] = "SELECT state = 'stopped' FROM consent WHERE number = $1"
                              " AND category = $2 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t value = 0;
    bool found;

    stmt_text(q, 1, number);
    stmt_text(q, 2, categories[category]);
    if (!stmt_one_int(q, &value, &found, e))
        return false;
    *stopped = found && value != 0;
    return true;
}

/* ---- who gets no answers ---- */

bool
mute_add(struct store *s, const char *number, utc_t until, const char *reason,
         const char *actor, utc_t now, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO mute (number, reason, actor, since, until)"
                              " VALUES ($1, $2, $3, $4, $5) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t any;
    bool row;

    stmt_text(q, 1, number);
    stmt_text(q, 2, reason);
    stmt_text(q, 3, actor);
    stmt_int(q, 4, now);
    stmt_int_or_null(q, 5, until);
    return stmt_one_int(q, id != NULL ? id : &any, &row, e);
}

bool
mute_end(struct store *s, const char *number, utc_t now, int64_t *ended, struct err *e)
{
    static const char sql[] = "UPDATE mute SET ended_at = $2 WHERE number = $1"
                              " AND ended_at IS NULL AND (until IS NULL OR until > $2)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    stmt_int(q, 2, now);
    if (!stmt_run(q, e))
        return false;
    *ended = store_changes(s);
    return true;
}

bool
mute_is(struct store *s, const char *number, utc_t now, bool *muted, struct err *e)
{
    static const char sql[] = "SELECT id FROM mute WHERE number IN ($1, '*')"
                              " AND ended_at IS NULL AND (until IS NULL OR until > $2)"
                              " LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_text(q, 1, number);
    stmt_int(q, 2, now);
    return stmt_one_int(q, &id, muted, e);
}

/* ---- floods ---- */

bool
reply_count(struct store *s, const char *number, const char *text, int short_s, utc_t now,
            struct reply_counts *out, struct err *e)
{
    static const char to_sql[] =
        "SELECT coalesce(sum(queued_at > $2), 0), count(*),"
        " coalesce(max(queued_at > $2 AND text = $3), 0) FROM outbox"
        " WHERE number = $1 AND queued_at > $4 AND kind = 'reply'";
    static const char all_sql[] =
        "SELECT count(*) FROM outbox WHERE queued_at > $1 AND kind = 'reply'";
    struct stmt *q = stmt_get(s, to_sql, e);
    bool row;

    stmt_text(q, 1, number);
    stmt_int(q, 2, now - short_s);
    stmt_text(q, 3, text);
    stmt_int(q, 4, now - DAY_S);
    if (!stmt_step(q, &row, e))
        return false;
    out->to_number = row ? stmt_col_int(q, 0) : 0;
    out->to_number_day = row ? stmt_col_int(q, 1) : 0;
    out->same = row && stmt_col_int(q, 2) != 0;
    stmt_done(q);
    if ((q = stmt_get(s, all_sql, e)) == NULL)
        return false;
    stmt_int(q, 1, now - HOUR_S);
    return stmt_one_int(q, &out->all, &row, e);
}

bool
reply_is_echo(struct store *s, const char *number, const char *text, utc_t since,
              bool *echo, struct err *e)
{
    static const char sql[] = "SELECT id FROM outbox WHERE number = $1 AND queued_at > $2"
                              " AND text = $3 LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_text(q, 1, number);
    stmt_int(q, 2, since);
    stmt_text(q, 3, text);
    return stmt_one_int(q, &id, echo, e);
}

bool
inbox_count_reason(struct store *s, const char *number, const char *reason, utc_t since,
                   int64_t *count, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM inbox WHERE sender = $1"
                              " AND received_at > $2 AND reason = $3";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, number);
    stmt_int(q, 2, since);
    stmt_text(q, 3, reason);
    return stmt_one_int(q, count, &row, e);
}

bool
inbox_mask(struct store *s, int64_t id, const char *text, struct err *e)
{
    static const char row_sql[] = "UPDATE inbox SET text = $2 WHERE id = $1";
    static const char part_sql[] =
        "UPDATE inbox_part SET body = zeroblob(0), pdu = zeroblob(0) WHERE inbox_id = $1";
    struct stmt *q = stmt_get(s, row_sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, text);
    if (!stmt_run(q, e) || (q = stmt_get(s, part_sql, e)) == NULL)
        return false;
    stmt_int(q, 1, id);
    return stmt_run(q, e);
}

bool
meter_by_reference(struct store *s, const char *reference, struct meter *out, bool *found,
                   struct err *e)
{
    static const char sql[] =
        "SELECT id FROM meter WHERE until IS NULL AND upper(replace(replace(replace("
        "replace(meter, '-', ''), ' ', ''), '/', ''), '.', '')) = $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_text(q, 1, reference);
    if (!stmt_one_int(q, &id, found, e))
        return false;
    return !*found || meter_by_id(s, id, out, found, e);
}

bool
ticket_count_open(struct store *s, int64_t *count, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM ticket WHERE state = 'open'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, count, &row, e);
}
