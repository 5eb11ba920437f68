/* The parts of incoming messages: the raw octets, and which message they belong to. */
#include "meterpost/store/inbox.h"
#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "id, modem, imsi, sender, ref, ref_bits, total, number, alphabet, body, smsc_at,"      \
    " received_at, inbox_id"
/* One message: the same SIM, sender, reference and number of parts. */
#define SAME_MESSAGE                                                                       \
    "inbox_id IS NULL AND imsi = $1 AND sender = $2 AND ref = $3 AND ref_bits = $4"        \
    " AND total = $5"

static const char *const alphabets[] = {"gsm7", "ucs2", "8bit"};

bool
inbox_part_add(struct store *s, const struct inbox_part *p, int64_t *id, bool *added,
               struct err *e)
{
    static const char sql[] =
        "INSERT INTO inbox_part (dedup, modem, imsi, sender, ref, ref_bits, total, number,"
        " alphabet, body, pdu, smsc_at, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
        "$8,"
        " $9, $10, $11, $12, $13) ON CONFLICT (dedup) DO NOTHING";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_blob(q, 1, p->dedup, sizeof(p->dedup));
    stmt_text(q, 2, p->modem);
    stmt_text(q, 3, p->imsi);
    stmt_text(q, 4, p->sender);
    stmt_int(q, 5, p->ref);
    stmt_int(q, 6, p->ref_bits);
    stmt_int(q, 7, p->total);
    stmt_int(q, 8, p->number);
    stmt_text(q, 9, alphabets[p->alphabet]);
    stmt_blob(q, 10, p->body, p->body_length);
    stmt_blob(q, 11, p->pdu_length > 0 ? (const void *)p->pdu : "", p->pdu_length);
    stmt_int_or_null(q, 12, p->smsc_at);
    stmt_int(q, 13, p->received_at);
    return stmt_insert(q, id, added, e);
}

bool
inbox_part_is_known(struct store *s, const uint8_t dedup[INBOX_DEDUP_SIZE], bool *known,
                    struct err *e)
{
    static const char sql[] = "SELECT id FROM inbox_part WHERE dedup = $1";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_blob(q, 1, dedup, INBOX_DEDUP_SIZE);
    return stmt_one_int(q, &id, known, e);
}

static void
bind_message(struct stmt *q, const struct inbox_part *like)
{
    stmt_text(q, 1, like->imsi);
    stmt_text(q, 2, like->sender);
    stmt_int(q, 3, like->ref);
    stmt_int(q, 4, like->ref_bits);
    stmt_int(q, 5, like->total);
}

static bool
one_part(struct stmt *q, struct inbox_part *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    memset(out, 0, sizeof(*out));
    out->id = stmt_col_int(q, 0);
    stmt_col_text(q, 1, out->modem, sizeof(out->modem));
    stmt_col_text(q, 2, out->imsi, sizeof(out->imsi));
    stmt_col_text(q, 3, out->sender, sizeof(out->sender));
    out->ref = (int)stmt_col_int(q, 4);
    out->ref_bits = (int)stmt_col_int(q, 5);
    out->total = (int)stmt_col_int(q, 6);
    out->number = (int)stmt_col_int(q, 7);
    while (out->alphabet < 2 && strcmp(stmt_col_peek(q, 8), alphabets[out->alphabet]) != 0)
        out->alphabet++;
    out->body_length = stmt_col_blob(q, 9, out->body, sizeof(out->body) - 1);
    out->smsc_at = stmt_col_int(q, 10);
    out->received_at = stmt_col_int(q, 11);
    out->inbox_id = stmt_col_int(q, 12);
    stmt_done(q);
    return true;
}

bool
inbox_part_waiting(struct store *s, const struct inbox_part *like, int64_t *count,
                   struct err *e)
{
    static const char sql[] = "SELECT count(DISTINCT number) FROM inbox_part"
                              " WHERE " SAME_MESSAGE;
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    bind_message(q, like);
    return stmt_one_int(q, count, &row, e);
}

bool
inbox_part_get_waiting(struct store *s, const struct inbox_part *like, int number,
                       struct inbox_part *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM inbox_part WHERE " SAME_MESSAGE
                              " AND number = $6 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    bind_message(q, like);
    stmt_int(q, 6, number);
    return one_part(q, out, found, e);
}

bool
inbox_part_next_late(struct store *s, utc_t before, struct inbox_part *out, bool *found,
                     struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM inbox_part WHERE inbox_id IS NULL"
                              " AND received_at <= $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, before);
    return one_part(q, out, found, e);
}

bool
inbox_part_join(struct store *s, const struct inbox_part *like, int64_t inbox_id,
                struct err *e)
{
    static const char sql[] = "UPDATE inbox_part SET inbox_id = $6 WHERE " SAME_MESSAGE;
    struct stmt *q = stmt_get(s, sql, e);

    bind_message(q, like);
    stmt_int(q, 6, inbox_id);
    return stmt_run(q, e);
}

bool
inbox_part_assign(struct store *s, int64_t id, int64_t inbox_id, struct err *e)
{
    static const char sql[] = "UPDATE inbox_part SET inbox_id = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, inbox_id);
    return stmt_run(q, e);
}

bool
inbox_part_oldest_waiting(struct store *s, utc_t *received_at, bool *found, struct err *e)
{
    static const char sql[] = "SELECT min(received_at) FROM inbox_part"
                              " WHERE inbox_id IS NULL HAVING count(*) > 0";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_one_int(q, received_at, found, e);
}
