#include "meterpost/store/bus_jobs.h"

#include "meterpost/base/text.h"
#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, key, bus, meter_id, action, state, urgent, trace, attempts, request_id,"          \
    " order_id, what, created_at, next_at, expires_at, sent_at, ended_at, relay, reason,"  \
    " actor"

static const char *const actions[BUS_ACTIONS] = {
    [BUS_READ] = "read",     [BUS_RELAY] = "relay",     [BUS_CUT] = "cut",
    [BUS_ALLOW] = "allow",   [BUS_RESTORE] = "restore", [BUS_CLOCK] = "clock",
    [BUS_FREEZE] = "freeze", [BUS_BAUD] = "baud",       [BUS_SCAN] = "scan",
};

static const char *const states[] = {
    [BUS_JOB_QUEUED] = "queued",     [BUS_JOB_SENT] = "sent",
    [BUS_JOB_DONE] = "done",         [BUS_JOB_FAILED] = "failed",
    [BUS_JOB_EXPIRED] = "expired",   [BUS_JOB_CANCELLED] = "cancelled",
    [BUS_JOB_IN_DOUBT] = "in_doubt",
};
#define STATES ((int)(sizeof(states) / sizeof(states[0])))

const char *
bus_action_name(enum bus_action action)
{
    return actions[action];
}

const char *
bus_job_state_name(enum bus_job_state state)
{
    return states[state];
}

bool
bus_action_switches(enum bus_action action)
{
    return action == BUS_CUT || action == BUS_ALLOW || action == BUS_RESTORE;
}

static int
word_index(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return 0;
}

static void
take_row(struct stmt *q, struct bus_job *out)
{
    *out = (struct bus_job){.id = stmt_col_int(q, 0),
                            .meter_id = stmt_col_int(q, 3),
                            .urgent = stmt_col_int(q, 6) != 0,
                            .trace = stmt_col_int(q, 7) != 0,
                            .attempts = (int)stmt_col_int(q, 8),
                            .request_id = stmt_col_int(q, 9),
                            .order_id = stmt_col_int(q, 10),
                            .created_at = stmt_col_int(q, 12),
                            .next_at = stmt_col_int(q, 13),
                            .expires_at = stmt_col_int(q, 14),
                            .sent_at = stmt_col_int(q, 15),
                            .ended_at = stmt_col_int(q, 16)};
    out->action = (enum bus_action)word_index(actions, BUS_ACTIONS, stmt_col_peek(q, 4));
    out->state = (enum bus_job_state)word_index(states, STATES, stmt_col_peek(q, 5));
    stmt_col_text(q, 1, out->key, sizeof(out->key));
    stmt_col_text(q, 2, out->bus, sizeof(out->bus));
    stmt_col_text(q, 11, out->what, sizeof(out->what));
    stmt_col_text(q, 17, out->relay, sizeof(out->relay));
    stmt_col_text(q, 18, out->reason, sizeof(out->reason));
    stmt_col_text(q, 19, out->actor, sizeof(out->actor));
}

static bool
get_one(struct stmt *q, struct bus_job *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return err_in(e, "bus_job");
    if (!*found)
        return true;
    take_row(q, out);
    stmt_done(q);
    return true;
}

/* ---- rows ---- */

static bool
id_of_key(struct store *s, const char *key, int64_t *id, bool *found, struct err *e)
{
    static const char sql[] = "SELECT id FROM bus_job WHERE key = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, key);
    return stmt_one_int(q, id, found, e);
}

bool
bus_job_insert(struct store *s, const struct bus_job *j, int64_t *id, bool *added,
               struct err *e)
{
    static const char sql[] =
        "INSERT INTO bus_job (key, bus, meter_id, action, state, urgent, trace, request_id,"
        " order_id, what, created_at, next_at, expires_at, actor)"
        " VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " RETURNING id";
    struct stmt *q;
    bool found;

    if (!id_of_key(s, j->key, id, &found, e))
        return false;
    *added = !found;
    if (found)
        return true;
    q = stmt_get(s, sql, e);
    stmt_text(q, 1, j->key);
    stmt_text(q, 2, j->bus);
    stmt_int_or_null(q, 3, j->meter_id);
    stmt_text(q, 4, actions[j->action]);
    stmt_int(q, 5, j->urgent);
    stmt_int(q, 6, j->trace);
    stmt_int_or_null(q, 7, j->request_id);
    stmt_int_or_null(q, 8, j->order_id);
    stmt_text_or_null(q, 9, j->what);
    stmt_int(q, 10, j->created_at);
    stmt_int(q, 11, j->next_at);
    stmt_int(q, 12, j->expires_at);
    stmt_text(q, 13, j->actor);
    return stmt_one_int(q, id, &found, e) || err_in(e, "bus_job '%s'", j->key);
}

bool
bus_job_by_id(struct store *s, int64_t id, struct bus_job *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bus_job WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return get_one(q, out, found, e);
}

bool
bus_job_save(struct store *s, const struct bus_job *j, struct err *e)
{
    static const char sql[] =
        "UPDATE bus_job SET state = $2, attempts = $3, next_at = $4, sent_at = $5,"
        " ended_at = $6, relay = $7, reason = $8, trace = $9 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, j->id);
    stmt_text(q, 2, states[j->state]);
    stmt_int(q, 3, j->attempts);
    stmt_int(q, 4, j->next_at);
    stmt_int_or_null(q, 5, j->sent_at);
    stmt_int_or_null(q, 6, j->ended_at);
    stmt_text_or_null(q, 7, j->relay);
    stmt_text_or_null(q, 8, j->reason);
    stmt_int(q, 9, j->trace);
    return stmt_run(q, e);
}

bool
bus_job_keep(struct store *s, int64_t id, const void *answer, size_t n, const char *traffic,
             struct err *e)
{
    static const char sql[] =
        "UPDATE bus_job SET answer = $2, traffic = coalesce($3, traffic) WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_blob(q, 2, answer, n);
    if (traffic != NULL)
        stmt_text(q, 3, traffic);
    return stmt_run(q, e);
}

bool
bus_job_kept(struct store *s, int64_t id, void *answer, size_t size, size_t *n,
             char **traffic, struct err *e)
{
    static const char sql[] = "SELECT answer, traffic FROM bus_job WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    *traffic = NULL;
    stmt_int(q, 1, id);
    if (!stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    *n = stmt_col_blob(q, 0, answer, size);
    if (!stmt_col_null(q, 1))
        *traffic = strdup(stmt_col_peek(q, 1));
    stmt_done(q);
    return true;
}

bool
bus_job_behind(struct store *s, int64_t meter_id, int64_t request_id, utc_t at, int64_t *id,
               bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id FROM bus_job WHERE meter_id = $1 AND answer IS NOT NULL"
        " AND state = 'done' AND (request_id = $2 OR ended_at = $3)"
        " ORDER BY ended_at = $3 DESC, id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_int_or_null(q, 2, request_id);
    stmt_int(q, 3, at);
    return stmt_one_int(q, id, found, e);
}

/* ---- what is next ---- */

bool
bus_job_next_due(struct store *s, const char *bus, utc_t now, struct bus_job *out,
                 bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bus_job WHERE state = 'queued'"
                              " AND bus = $1 AND next_at <= $2"
                              " ORDER BY urgent DESC, next_at, id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, bus);
    stmt_int(q, 2, now);
    return get_one(q, out, found, e);
}

bool
bus_job_next_sent(struct store *s, const char *bus, int64_t after, struct bus_job *out,
                  bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bus_job WHERE state = 'sent'"
                              " AND bus = $1 AND id > $2 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, bus);
    stmt_int(q, 2, after);
    return get_one(q, out, found, e);
}

bool
bus_job_next_late(struct store *s, utc_t now, struct bus_job *out, bool *found,
                  struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM bus_job WHERE state = 'queued'"
                              " AND expires_at <= $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    return get_one(q, out, found, e);
}

bool
bus_job_next_at(struct store *s, utc_t after, utc_t *when, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT min(CASE WHEN next_at > $1 AND next_at < expires_at THEN next_at"
        " ELSE expires_at END) FROM bus_job WHERE state = 'queued' AND expires_at > $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    if (!stmt_one_int(q, when, found, e))
        return false;
    *found = *found && *when != 0;
    return true;
}

bool
bus_job_next_untold(struct store *s, int64_t after, struct bus_job *out, bool *found,
                    struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM bus_job WHERE order_id IS NOT NULL AND told = 0"
        " AND ended_at IS NOT NULL AND id > $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return get_one(q, out, found, e);
}

bool
bus_job_set_told(struct store *s, int64_t id, struct err *e)
{
    static const char sql[] = "UPDATE bus_job SET told = 1 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return stmt_run(q, e);
}

bool
bus_job_cancel(struct store *s, int64_t id, const char *reason, utc_t now, bool *done,
               struct err *e)
{
    struct bus_job j;

    if (!bus_job_by_id(s, id, &j, done, e))
        return false;
    *done = *done && j.state == BUS_JOB_QUEUED;
    if (!*done)
        return true;
    j.state = BUS_JOB_CANCELLED;
    j.ended_at = now;
    text_clip(j.reason, sizeof(j.reason), reason);
    return bus_job_save(s, &j, e);
}
