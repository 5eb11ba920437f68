#include "meterpost/store/audit.h"

#include "stmt.h"

#include <sodium.h>
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
    return stmt_run(q, e) || err_in(e, "audit");
}

bool
audit_verify(struct store *s, int64_t *rows, struct err *e)
{
    static const char sql[] = "SELECT id, at, actor, channel, action, subject, detail, hash"
                              " FROM audit ORDER BY id";
    uint8_t before[HASH_BYTES] = {0}, hash[HASH_BYTES], kept[HASH_BYTES];
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *rows = 0;
    if (q == NULL)
        return false;
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
