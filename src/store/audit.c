#include "meterpost/store/audit.h"

#include "audit_key.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
mix_int(crypto_hash_sha256_state *h, int64_t value)
{
    uint8_t big[8];

    for (int i = 0; i < 8; i++)
        big[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    crypto_hash_sha256_update(h, big, sizeof(big));
}

void
audit_hash(const uint8_t before[AUDIT_HASH], const struct audit_row *r,
           uint8_t out[AUDIT_HASH])
{
    crypto_hash_sha256_state h;

    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, before, AUDIT_HASH);
    mix_int(&h, r->id);
    mix_int(&h, r->at);
    for (size_t i = 0; i < sizeof(r->words) / sizeof(r->words[0]); i++) {
        size_t n = strlen(r->words[i]);

        mix_int(&h, (int64_t)n);
        crypto_hash_sha256_update(&h, (const uint8_t *)r->words[i], n);
    }
    crypto_hash_sha256_final(&h, out);
}

bool
audit_last_row(struct store *s, int64_t *id, uint8_t hash[AUDIT_HASH], struct err *e)
{
    static const char sql[] = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    *id = 0;
    memset(hash, 0, AUDIT_HASH);
    if (row) {
        *id = stmt_col_int(q, 0);
        stmt_col_blob(q, 1, hash, AUDIT_HASH);
        stmt_done(q);
    }
    return true;
}

bool
audit_end_get(struct store *s, struct audit_end *out, struct err *e)
{
    static const char sql[] = "SELECT id, hash, signature FROM audit_end";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct audit_end){0};
    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    out->id = stmt_col_int(q, 0);
    stmt_col_blob(q, 1, out->hash, AUDIT_HASH);
    out->is_signed = stmt_col_blob(q, 2, out->signature, AUDIT_SIGNED) == AUDIT_SIGNED;
    stmt_done(q);
    return true;
}

static bool
note_end(struct store *s, int64_t id, const uint8_t hash[AUDIT_HASH], struct err *e)
{
    static const char sql[] =
        "INSERT INTO audit_end (one, id, hash, signature) VALUES (1, $1, $2, $3)"
        " ON CONFLICT (one) DO UPDATE SET id = excluded.id, hash = excluded.hash,"
        " signature = excluded.signature";
    struct stmt *q = stmt_get(s, sql, e);
    uint8_t signature[AUDIT_SIGNED];

    stmt_int(q, 1, id);
    stmt_blob(q, 2, hash, AUDIT_HASH);
    if (s->audit != NULL) {
        audit_key_sign(s, id, hash, signature);
        stmt_blob(q, 3, signature, sizeof(signature));
    }
    return stmt_run(q, e);
}

bool
audit_add(struct store *s, utc_t at, const char *actor, const char *channel,
          const char *action, const char *subject, const char *detail, struct err *e)
{
    static const char sql[] =
        "INSERT INTO audit (id, at, actor, channel, action, subject, detail, hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    struct audit_row r = {.at = at, .words = {actor, channel, action, subject, detail}};
    uint8_t before[AUDIT_HASH], hash[AUDIT_HASH];
    struct stmt *q;

    if (!audit_last_row(s, &r.id, before, e) ||
        (s->audit != NULL && !audit_key_ready(s, at, r.id, before, e)))
        return err_in(e, "audit");
    r.id++;
    audit_hash(before, &r, hash);
    if ((q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_int(q, 1, r.id);
    stmt_int(q, 2, at);
    for (int i = 0; i < 5; i++)
        stmt_text(q, 3 + i, r.words[i]);
    stmt_blob(q, 8, hash, sizeof(hash));
    return (stmt_run(q, e) && note_end(s, r.id, hash, e)) || err_in(e, "audit");
}

bool
audit_newest(struct store *s, const char *action, char detail[AUDIT_DETAIL_MAX],
             struct err *e)
{
    static const char sql[] =
        "SELECT detail FROM audit WHERE action = $1 ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    detail[0] = '\0';
    stmt_text(q, 1, action);
    if (!stmt_step(q, &row, e))
        return false;
    if (row) {
        stmt_col_text(q, 0, detail, AUDIT_DETAIL_MAX);
        stmt_done(q);
    }
    return true;
}

bool
audit_hash_of(struct store *s, int64_t id, uint8_t out[AUDIT_HASH], bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT hash FROM audit WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_blob(q, 0, out, AUDIT_HASH);
        stmt_done(q);
    }
    return true;
}

/* ---- heads ---- */

static void
print_head(int64_t id, const uint8_t hash[AUDIT_HASH], char out[AUDIT_HEAD_MAX])
{
    char hex[2 * AUDIT_HASH + 1];

    hex_print(hash, AUDIT_HASH, hex);
    snprintf(out, AUDIT_HEAD_MAX, "%lld %.15s", (long long)id, hex);
}

bool
audit_head(struct store *s, char out[AUDIT_HEAD_MAX], struct err *e)
{
    uint8_t hash[AUDIT_HASH];
    int64_t id;

    if (!audit_last_row(s, &id, hash, e))
        return false;
    print_head(id, hash, out);
    return true;
}

bool
audit_check_head(struct store *s, const char *head, struct err *e)
{
    char now[AUDIT_HEAD_MAX];
    uint8_t hash[AUDIT_HASH];
    int64_t id = atoll(head);
    bool found;

    if (!audit_hash_of(s, id, hash, &found, e))
        return false;
    if (found)
        print_head(id, hash, now);
    return (found && strcmp(now, head) == 0) ||
           err_set(e, FAIL_REJECT,
                   "'%.60s' is no head of this audit: its rows up to there are others now",
                   head);
}

bool
audit_close_day(struct store *s, utc_t day, utc_t now, struct err *e)
{
    static const char sql[] = "INSERT INTO audit_day (id, last_id, hash, at)"
                              " SELECT $1, $2, $3, $4"
                              " WHERE NOT EXISTS (SELECT 1 FROM audit_day WHERE id = $1)";
    uint8_t hash[AUDIT_HASH];
    struct stmt *q;
    int64_t id;

    if (!audit_last_row(s, &id, hash, e) || (q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_int(q, 1, day);
    stmt_int(q, 2, id);
    stmt_blob(q, 3, hash, AUDIT_HASH);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}
