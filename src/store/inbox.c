#include "meterpost/store/inbox.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, modem, sender, sender_kind, text, parts, state, incomplete, smsc_at,"             \
    " received_at, kind, reason, account_id, meter_id, request_id"

static const char *const sender_kinds[] = {
    [PHONE_E164] = "number",
    [PHONE_SHORT] = "short",
    [PHONE_ALPHA] = "alpha",
};

const char *
inbox_state_name(enum inbox_state state)
{
    switch (state) {
    case INBOX_NEW: return "new";
    case INBOX_DONE: return "done";
    case INBOX_IGNORED: return "ignored";
    case INBOX_QUARANTINED: return "quarantined";
    }
    return "?";
}

bool
inbox_state_parse(const char *word, enum inbox_state *out)
{
    static const enum inbox_state all[] = {INBOX_NEW, INBOX_DONE, INBOX_IGNORED,
                                           INBOX_QUARANTINED};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        *out = all[i];
        if (strcmp(word, inbox_state_name(all[i])) == 0)
            return true;
    }
    return false;
}

bool
inbox_row_add(struct store *s, const struct inbox_row *m, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO inbox (modem, sender, sender_kind, text, parts, state, incomplete,"
        " smsc_at, received_at, kind, reason, handled_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, m->modem);
    stmt_text(q, 2, m->sender);
    stmt_text(q, 3, sender_kinds[m->sender_kind]);
    stmt_text(q, 4, m->text);
    stmt_int(q, 5, m->parts);
    stmt_text(q, 6, inbox_state_name(m->state));
    stmt_int(q, 7, m->incomplete ? 1 : 0);
    stmt_int_or_null(q, 8, m->smsc_at);
    stmt_int(q, 9, m->received_at);
    stmt_text_or_null(q, 10, m->kind);
    stmt_text_or_null(q, 11, m->reason);
    stmt_int_or_null(q, 12, m->state == INBOX_NEW ? 0 : m->received_at);
    return stmt_insert(q, id, NULL, e);
}

static void
copy_row(struct stmt *q, struct inbox_row *out)
{
    memset(out, 0, sizeof(*out));
    out->id = stmt_col_int(q, 0);
    stmt_col_text(q, 1, out->modem, sizeof(out->modem));
    stmt_col_text(q, 2, out->sender, sizeof(out->sender));
    for (size_t i = 0; i < sizeof(sender_kinds) / sizeof(sender_kinds[0]); i++) {
        if (strcmp(stmt_col_peek(q, 3), sender_kinds[i]) == 0)
            out->sender_kind = (enum phone_kind)i;
    }
    stmt_col_text(q, 4, out->text, sizeof(out->text));
    out->parts = (int)stmt_col_int(q, 5);
    inbox_state_parse(stmt_col_peek(q, 6), &out->state);
    out->incomplete = stmt_col_int(q, 7) != 0;
    out->smsc_at = stmt_col_int(q, 8);
    out->received_at = stmt_col_int(q, 9);
    stmt_col_text(q, 10, out->kind, sizeof(out->kind));
    stmt_col_text(q, 11, out->reason, sizeof(out->reason));
    out->account_id = stmt_col_int(q, 12);
    out->meter_id = stmt_col_int(q, 13);
    out->request_id = stmt_col_int(q, 14);
}

static bool
one_row(struct stmt *q, struct inbox_row *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_row(q, out);
        stmt_done(q);
    }
    return true;
}

bool
inbox_row_get(struct store *s, int64_t id, struct inbox_row *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM inbox WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_row(q, out, found, e);
}

bool
inbox_row_before(struct store *s, const char *sender, int64_t id, struct inbox_row *out,
                 bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM inbox WHERE sender = $1"
                              " AND id < $2 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, sender);
    stmt_int(q, 2, id);
    return one_row(q, out, found, e);
}

bool
inbox_next_new(struct store *s, int64_t after, struct inbox_row *out, bool *found,
               struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM inbox WHERE state = 'new'"
                              " AND id > $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return one_row(q, out, found, e);
}

bool
inbox_finish(struct store *s, int64_t id, enum inbox_state state, const char *kind,
             const char *reason, int64_t account_id, int64_t meter_id, int64_t request_id,
             utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE inbox SET state = $2, kind = $3, reason = $4, account_id = $5,"
        " meter_id = $6, request_id = $7, handled_at = $8 WHERE id = $1 AND state = 'new'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, inbox_state_name(state));
    stmt_text_or_null(q, 3, kind == NULL ? "" : kind);
    stmt_text_or_null(q, 4, reason == NULL ? "" : reason);
    stmt_int_or_null(q, 5, account_id);
    stmt_int_or_null(q, 6, meter_id);
    stmt_int_or_null(q, 7, request_id);
    stmt_int(q, 8, now);
    if (!stmt_run(q, e))
        return false;
    return store_changes(s) == 1 ||
           err_set(e, FAIL_REJECT, "inbox=%lld was handled before", (long long)id);
}

bool
inbox_replay(struct store *s, int64_t id, struct err *e)
{
    static const char sql[] = "UPDATE inbox SET state = 'new', reason = NULL,"
                              " handled_at = NULL WHERE id = $1"
                              " AND state IN ('quarantined', 'ignored')";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_run(q, e))
        return false;
    return store_changes(s) == 1 ||
           err_set(e, FAIL_REJECT, "message %lld is not in quarantine", (long long)id);
}

bool
inbox_next_quarantined(struct store *s, int64_t after, int64_t *id, bool *found,
                       struct err *e)
{
    static const char sql[] = "SELECT id FROM inbox WHERE state = 'quarantined'"
                              " AND id > $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return stmt_one_int(q, id, found, e);
}

bool
inbox_names_another(struct store *s, int64_t meter_id, bool *found, struct err *e)
{
    static const char sql[] = "SELECT 1 FROM inbox WHERE state = 'quarantined'"
                              " AND meter_id = $1 AND reason LIKE 'identity:%' LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t one;

    stmt_int(q, 1, meter_id);
    return stmt_one_int(q, &one, found, e);
}

bool
inbox_drop(struct store *s, int64_t id, const char *reason, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE inbox SET state = 'ignored', reason = $2,"
                              " handled_at = $3 WHERE id = $1 AND state = 'quarantined'";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, reason);
    stmt_int(q, 3, now);
    if (!stmt_run(q, e))
        return false;
    return store_changes(s) == 1 ||
           err_set(e, FAIL_REJECT, "message %lld is not in quarantine", (long long)id);
}
