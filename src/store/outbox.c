#include "meterpost/store/outbox.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, key, kind, priority, number, text, alphabet, segments, concat_ref, state, modem," \
    " queued_at, next_at, expires_at, attempts, repeated, sent_at, delivered_at,"          \
    " account_id, meter_id, request_id, inbox_id, via, ref_bits, avoid"

static const char *const alphabets[] = {"gsm7", "ucs2", "8bit"};

const char *
outbox_state_name(enum outbox_state state)
{
    switch (state) {
    case OUTBOX_QUEUED: return "queued";
    case OUTBOX_SENDING: return "sending";
    case OUTBOX_SENT: return "sent";
    case OUTBOX_DELIVERED: return "delivered";
    case OUTBOX_UNDELIVERED: return "undelivered";
    case OUTBOX_FAILED: return "failed";
    case OUTBOX_EXPIRED: return "expired";
    case OUTBOX_CANCELLED: return "cancelled";
    case OUTBOX_IN_DOUBT: return "in_doubt";
    case OUTBOX_STATES: break;
    }
    return "?";
}

bool
outbox_state_parse(const char *word, enum outbox_state *out)
{
    for (int i = 0; i < OUTBOX_STATES; i++) {
        *out = (enum outbox_state)i;
        if (strcmp(word, outbox_state_name(*out)) == 0)
            return true;
    }
    return false;
}

const char *
outbox_kind_name(enum outbox_kind kind)
{
    switch (kind) {
    case OUT_RESTORE: return "restore";
    case OUT_CUT: return "cut";
    case OUT_VERIFY: return "verify";
    case OUT_ALARM: return "alarm";
    case OUT_ANSWER: return "answer";
    case OUT_TEST: return "test";
    case OUT_RECEIPT: return "receipt";
    case OUT_REPLY: return "reply";
    case OUT_NOTICE: return "notice";
    case OUT_BILL: return "bill";
    case OUT_REQUEST: return "request";
    case OUT_KINDS: break;
    }
    return "?";
}

bool
outbox_kind_parse(const char *word, enum outbox_kind *out)
{
    for (int i = 0; i < OUT_KINDS; i++) {
        *out = (enum outbox_kind)i;
        if (strcmp(word, outbox_kind_name(*out)) == 0)
            return true;
    }
    return false;
}

bool
outbox_row_by_key(struct store *s, const char *key, int64_t *id, bool *found, struct err *e)
{
    static const char sql[] = "SELECT id FROM outbox WHERE key = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, key);
    return stmt_one_int(q, id, found, e);
}

static bool
row_insert(struct store *s, const struct outbox_row *m, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO outbox (key, kind, priority, number, text, alphabet, segments,"
        " concat_ref, state, queued_at, next_at, expires_at, account_id, meter_id,"
        " request_id, inbox_id, avoid, via) VALUES ($1, $2, $3, $4, $5, $6, $7,"
        " (SELECT coalesce(max(id), 0) % 256 FROM outbox), 'queued', $8, $9, $10, $11,"
        " $12, $13, $14, $15, $16)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, m->key);
    stmt_text(q, 2, outbox_kind_name(m->kind));
    stmt_int(q, 3, m->priority);
    stmt_text(q, 4, m->number);
    stmt_text(q, 5, m->text);
    stmt_text(q, 6, alphabets[m->alphabet]);
    stmt_int(q, 7, m->segments);
    stmt_int(q, 8, m->queued_at);
    stmt_int(q, 9, m->next_at);
    stmt_int(q, 10, m->expires_at);
    stmt_int_or_null(q, 11, m->account_id);
    stmt_int_or_null(q, 12, m->meter_id);
    stmt_int_or_null(q, 13, m->request_id);
    stmt_int_or_null(q, 14, m->inbox_id);
    stmt_text_or_null(q, 15, m->avoid);
    stmt_text_or_null(q, 16, m->via);
    return stmt_insert(q, id, NULL, e);
}

static bool
part_insert(struct store *s, int64_t id, int part, struct err *e)
{
    static const char sql[] = "INSERT INTO outbox_part (outbox_id, part, state)"
                              " VALUES ($1, $2, 'queued')";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, part);
    return stmt_run(q, e);
}

bool
outbox_row_add(struct store *s, const struct outbox_row *m, int64_t *id, bool *added,
               struct err *e)
{
    bool found;

    *added = false;
    if (!outbox_row_by_key(s, m->key, id, &found, e))
        return false;
    if (found)
        return true;
    if (!row_insert(s, m, id, e))
        return false;
    for (int part = 1; part <= m->segments; part++) {
        if (!part_insert(s, *id, part, e))
            return false;
    }
    *added = true;
    return true;
}

static void
copy_row(struct stmt *q, struct outbox_row *out)
{
    memset(out, 0, sizeof(*out));
    out->id = stmt_col_int(q, 0);
    stmt_col_text(q, 1, out->key, sizeof(out->key));
    outbox_kind_parse(stmt_col_peek(q, 2), &out->kind);
    out->priority = (int)stmt_col_int(q, 3);
    stmt_col_text(q, 4, out->number, sizeof(out->number));
    stmt_col_text(q, 5, out->text, sizeof(out->text));
    while (out->alphabet < 2 && strcmp(stmt_col_peek(q, 6), alphabets[out->alphabet]) != 0)
        out->alphabet++;
    out->segments = (int)stmt_col_int(q, 7);
    out->concat_ref = (int)stmt_col_int(q, 8);
    outbox_state_parse(stmt_col_peek(q, 9), &out->state);
    stmt_col_text(q, 10, out->modem, sizeof(out->modem));
    out->queued_at = stmt_col_int(q, 11);
    out->next_at = stmt_col_int(q, 12);
    out->expires_at = stmt_col_int(q, 13);
    out->attempts = (int)stmt_col_int(q, 14);
    out->repeated = (int)stmt_col_int(q, 15);
    out->sent_at = stmt_col_int(q, 16);
    out->delivered_at = stmt_col_int(q, 17);
    out->account_id = stmt_col_int(q, 18);
    out->meter_id = stmt_col_int(q, 19);
    out->request_id = stmt_col_int(q, 20);
    out->inbox_id = stmt_col_int(q, 21);
    stmt_col_text(q, 22, out->via, sizeof(out->via));
    stmt_col_text(q, 24, out->avoid, sizeof(out->avoid));
    out->ref_bits = (int)stmt_col_int(q, 23);
}

bool
outbox_row_get(struct store *s, int64_t id, struct outbox_row *out, bool *found,
               struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM outbox WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_row(q, out);
        stmt_done(q);
    }
    return true;
}

bool
outbox_row_step(struct store *s, int64_t id, enum outbox_state from, enum outbox_state to,
                const struct outbox_change *c, struct err *e)
{
    static const char sql[] =
        "UPDATE outbox SET state = $3, modem = coalesce($4, modem),"
        " next_at = coalesce($5, next_at), sent_at = coalesce($6, sent_at),"
        " delivered_at = coalesce($7, delivered_at), attempts = attempts + $8,"
        " repeated = repeated + $9, code = coalesce($10, code),"
        " error = coalesce($11, error) WHERE id = $1 AND state = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, outbox_state_name(from));
    stmt_text(q, 3, outbox_state_name(to));
    if (c->modem != NULL)
        stmt_text(q, 4, c->modem);
    stmt_int_or_null(q, 5, c->next_at);
    stmt_int_or_null(q, 6, c->sent_at);
    stmt_int_or_null(q, 7, c->delivered_at);
    stmt_int(q, 8, c->one_more_attempt ? 1 : 0);
    stmt_int(q, 9, c->one_more_repeat ? 1 : 0);
    stmt_int_or_null(q, 10, c->code);
    if (c->error != NULL)
        stmt_text(q, 11, c->error);
    if (!stmt_run(q, e))
        return false;
    return store_changes(s) == 1 || err_set(e, FAIL_REJECT, "outbox=%lld is not %s",
                                            (long long)id, outbox_state_name(from));
}

static void
copy_due(struct stmt *q, struct outbox_due *m)
{
    m->id = stmt_col_int(q, 0);
    m->priority = (int)stmt_col_int(q, 1);
    m->next_at = stmt_col_int(q, 2);
    outbox_kind_parse(stmt_col_peek(q, 3), &m->kind);
    stmt_col_text(q, 4, m->number, sizeof(m->number));
    m->attempts = (int)stmt_col_int(q, 5);
    stmt_col_text(q, 6, m->last, sizeof(m->last));
    m->begun = stmt_col_int(q, 7) != 0;
    stmt_col_text(q, 8, m->via, sizeof(m->via));
    m->repeated = (int)stmt_col_int(q, 9);
}

bool
outbox_row_each_due(struct store *s, const struct outbox_look *look,
                    bool (*row)(const struct outbox_due *m, void *context), void *context,
                    struct err *e)
{
    /* The phone joins parts of one sender only. */
    static const char sql[] =
        "SELECT o.id, o.priority, o.next_at, o.kind, o.number, o.attempts,"
        " CASE WHEN o.attempts > 0 THEN o.modem ELSE o.avoid END,"
        " CASE WHEN o.attempts > 0 AND EXISTS (SELECT 1 FROM outbox_part p"
        "  WHERE p.outbox_id = o.id AND p.state <> 'queued') THEN 1 END, o.via, o.repeated"
        " FROM outbox o WHERE o.state = 'queued' AND o.next_at <= $1 AND o.expires_at > $1"
        " AND o.priority <= $3 AND (o.priority, o.next_at, o.id) > ($4, $5, $6)"
        " ORDER BY o.priority, o.next_at, o.id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    struct outbox_due m;
    bool found;

    stmt_int(q, 1, look->now);
    stmt_int(q, 2, look->limit);
    stmt_int(q, 3, look->most_priority);
    stmt_int(q, 4, look->after.priority);
    stmt_int(q, 5, look->after.next_at);
    stmt_int(q, 6, look->after.id);
    for (;;) {
        if (!stmt_step(q, &found, e))
            return false;
        if (!found)
            return true;
        copy_due(q, &m);
        if (!row(&m, context))
            break;
    }
    stmt_done(q);
    return true;
}

bool
outbox_row_is_behind(struct store *s, const struct outbox_due *m, bool *is, utc_t *until,
                     struct err *e)
{
    static const char sql[] = "SELECT next_at FROM outbox WHERE state = 'queued'"
                              " AND attempts > 0 AND number = $1 AND id < $2"
                              " AND priority <= $3 ORDER BY next_at LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, m->number);
    stmt_int(q, 2, m->id);
    stmt_int(q, 3, m->priority);
    return stmt_one_int(q, until, is, e);
}

bool
outbox_row_set_ref_bits(struct store *s, int64_t id, int ref_bits, struct err *e)
{
    static const char sql[] = "UPDATE outbox SET ref_bits = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, ref_bits);
    return stmt_run(q, e);
}

bool
outbox_row_postpone(struct store *s, int64_t id, utc_t when, struct err *e)
{
    static const char sql[] = "UPDATE outbox SET next_at = $2"
                              " WHERE id = $1 AND state = 'queued'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, when);
    return stmt_run(q, e);
}

bool
outbox_row_next_expired(struct store *s, utc_t now, int64_t *id, bool *found, struct err *e)
{
    static const char sql[] = "SELECT id FROM outbox WHERE state = 'queued'"
                              " AND expires_at <= $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    return stmt_one_int(q, id, found, e);
}

bool
outbox_row_next_sending(struct store *s, const char *modem, int64_t after, int64_t *id,
                        bool *found, struct err *e)
{
    static const char sql[] = "SELECT id FROM outbox WHERE state = 'sending'"
                              " AND ($1 IS NULL OR modem = $1) AND id > $2"
                              " ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    if (modem != NULL)
        stmt_text(q, 1, modem);
    stmt_int(q, 2, after);
    return stmt_one_int(q, id, found, e);
}

bool
outbox_row_next_at(struct store *s, utc_t *when, bool *found, struct err *e)
{
    static const char sql[] = "SELECT min(CASE WHEN expires_at < next_at THEN expires_at"
                              " ELSE next_at END), count(*) FROM outbox"
                              " WHERE state = 'queued'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    *when = stmt_col_int(q, 0);
    *found = stmt_col_int(q, 1) > 0;
    stmt_done(q);
    return true;
}

bool
outbox_row_last(struct store *s, int64_t *id, struct err *e)
{
    static const char sql[] = "SELECT coalesce(max(id), 0) FROM outbox";
    bool row;

    return stmt_one_int(stmt_get(s, sql, e), id, &row, e);
}

bool
outbox_row_count_to(struct store *s, const char *number, enum outbox_kind kind, utc_t since,
                    int64_t *count, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM outbox WHERE number = $1 AND kind = $2"
                              " AND queued_at >= $3";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, number);
    stmt_text(q, 2, outbox_kind_name(kind));
    stmt_int(q, 3, since);
    return stmt_one_int(q, count, &row, e);
}
