#include "meterpost/store/audit.h"

#include "meterpost/base/text.h"
#include "stmt.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BYTES crypto_hash_sha256_BYTES

struct row {
    int64_t id, at;
    const char *words[5]; /* actor, channel, action, subject, detail */
};

static void
mix_int(crypto_hash_sha256_state *h, int64_t value)
{
    uint8_t big[8];

    for (int i = 0; i < 8; i++)
        big[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    crypto_hash_sha256_update(h, big, sizeof(big));
}

static void
seal(const uint8_t before[HASH_BYTES], const struct row *r, uint8_t out[HASH_BYTES])
{
    crypto_hash_sha256_state h;

    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, before, HASH_BYTES);
    mix_int(&h, r->id);
    mix_int(&h, r->at);
    for (size_t i = 0; i < sizeof(r->words) / sizeof(r->words[0]); i++) {
        size_t n = strlen(r->words[i]);

        mix_int(&h, (int64_t)n);
        crypto_hash_sha256_update(&h, (const uint8_t *)r->words[i], n);
    }
    crypto_hash_sha256_final(&h, out);
}

/* The end of the chain: id 0 and a hash of zeros when there is no row yet. */
static bool
last_row(struct store *s, int64_t *id, uint8_t hash[HASH_BYTES], struct err *e)
{
    static const char sql[] = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    *id = 0;
    memset(hash, 0, HASH_BYTES);
    if (row) {
        *id = stmt_col_int(q, 0);
        stmt_col_blob(q, 1, hash, HASH_BYTES);
        stmt_done(q);
    }
    return true;
}

static bool
note_end(struct store *s, int64_t id, const uint8_t hash[HASH_BYTES], struct err *e)
{
    static const char sql[] = "INSERT INTO audit_end (one, id, hash) VALUES (1, $1, $2)"
                              " ON CONFLICT (one) DO UPDATE SET id = excluded.id,"
                              " hash = excluded.hash";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_blob(q, 2, hash, HASH_BYTES);
    return stmt_run(q, e);
}

bool
audit_add(struct store *s, utc_t at, const char *actor, const char *channel,
          const char *action, const char *subject, const char *detail, struct err *e)
{
    static const char sql[] =
        "INSERT INTO audit (id, at, actor, channel, action, subject, detail, hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    struct row r = {.at = at, .words = {actor, channel, action, subject, detail}};
    uint8_t before[HASH_BYTES], hash[HASH_BYTES];
    struct stmt *q;

    if (!last_row(s, &r.id, before, e))
        return false;
    r.id++;
    seal(before, &r, hash);
    if ((q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_int(q, 1, r.id);
    stmt_int(q, 2, at);
    for (int i = 0; i < 5; i++)
        stmt_text(q, 3 + i, r.words[i]);
    stmt_blob(q, 8, hash, sizeof(hash));
    return (stmt_run(q, e) && note_end(s, r.id, hash, e)) || err_in(e, "audit");
}

static bool
verify_chain(struct store *s, int64_t *rows, uint8_t end[HASH_BYTES], struct err *e)
{
    static const char sql[] = "SELECT id, at, actor, channel, action, subject, detail, hash"
                              " FROM audit ORDER BY id";
    uint8_t *before = end, hash[HASH_BYTES], kept[HASH_BYTES];
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    memset(end, 0, HASH_BYTES);
    *rows = 0;
    for (;;) {
        struct row r;

        if (!stmt_step(q, &row, e))
            return false;
        if (!row)
            return true;
        r.id = stmt_col_int(q, 0);
        r.at = stmt_col_int(q, 1);
        for (int i = 0; i < 5; i++)
            r.words[i] = stmt_col_peek(q, 2 + i);
        seal(before, &r, hash);
        if (r.id != *rows + 1 || stmt_col_blob(q, 7, kept, HASH_BYTES) != HASH_BYTES ||
            memcmp(hash, kept, HASH_BYTES) != 0) {
            stmt_done(q);
            return err_set(e, FAIL_REJECT,
                           "audit row %lld does not follow from row %lld: a row was "
                           "edited, moved or removed",
                           (long long)r.id, (long long)*rows);
        }
        memcpy(before, hash, HASH_BYTES);
        ++*rows;
    }
}

/* The row of a number; *found is false when there is none. */
static bool
hash_of(struct store *s, int64_t id, uint8_t out[HASH_BYTES], bool *found, struct err *e)
{
    static const char sql[] = "SELECT hash FROM audit WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_blob(q, 0, out, HASH_BYTES);
        stmt_done(q);
    }
    return true;
}

/* What was noted when the last row was written: rows cut off at the end show here. */
static bool
verify_end(struct store *s, int64_t rows, const uint8_t end[HASH_BYTES], struct err *e)
{
    static const char sql[] = "SELECT id, hash FROM audit_end";
    struct stmt *q = stmt_get(s, sql, e);
    uint8_t kept[HASH_BYTES];
    int64_t id = 0;
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (row) {
        id = stmt_col_int(q, 0);
        stmt_col_blob(q, 1, kept, HASH_BYTES);
        stmt_done(q);
    }
    if (row == (rows > 0) && (!row || (id == rows && memcmp(kept, end, HASH_BYTES) == 0)))
        return true;
    return err_set(e, FAIL_REJECT,
                   "the audit ends with row %lld, but row %lld was the last that was "
                   "written: rows were removed",
                   (long long)rows, (long long)id);
}

static bool
verify_days(struct store *s, struct err *e)
{
    static const char sql[] =
        "SELECT d.id, d.last_id FROM audit_day d LEFT JOIN audit a ON a.id = d.last_id"
        " WHERE d.last_id > 0 AND (a.hash IS NULL OR a.hash <> d.hash) ORDER BY d.id"
        " LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    char day[TIME_TEXT_MAX];
    int64_t last;
    bool row;

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    clock_date(stmt_col_int(q, 0), day);
    last = stmt_col_int(q, 1);
    stmt_done(q);
    return err_set(e, FAIL_REJECT,
                   "audit row %lld is not the one with which %s ended: the chain was "
                   "written anew",
                   (long long)last, day);
}

bool
audit_verify(struct store *s, int64_t *rows, struct err *e)
{
    uint8_t end[HASH_BYTES];

    return verify_chain(s, rows, end, e) && verify_end(s, *rows, end, e) &&
           verify_days(s, e);
}

/* ---- heads ---- */

static void
print_head(int64_t id, const uint8_t hash[HASH_BYTES], char out[AUDIT_HEAD_MAX])
{
    char hex[2 * HASH_BYTES + 1];

    hex_print(hash, HASH_BYTES, hex);
    snprintf(out, AUDIT_HEAD_MAX, "%lld %.15s", (long long)id, hex);
}

bool
audit_head(struct store *s, char out[AUDIT_HEAD_MAX], struct err *e)
{
    uint8_t hash[HASH_BYTES];
    int64_t id;

    if (!last_row(s, &id, hash, e))
        return false;
    print_head(id, hash, out);
    return true;
}

bool
audit_check_head(struct store *s, const char *head, struct err *e)
{
    char now[AUDIT_HEAD_MAX];
    uint8_t hash[HASH_BYTES];
    int64_t id = atoll(head);
    bool found;

    if (!hash_of(s, id, hash, &found, e))
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
    uint8_t hash[HASH_BYTES];
    struct stmt *q;
    int64_t id;

    if (!last_row(s, &id, hash, e) || (q = stmt_get(s, sql, e)) == NULL)
        return false;
    stmt_int(q, 1, day);
    stmt_int(q, 2, id);
    stmt_blob(q, 3, hash, HASH_BYTES);
    stmt_int(q, 4, now);
    return stmt_run(q, e);
}
