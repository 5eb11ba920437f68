#include "meterpost/store/tariffs.h"

#include "stmt.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static bool
hash_of(const char *body, char hash[TARIFF_HASH_MAX], struct err *e)
{
    unsigned char bytes[crypto_hash_sha256_BYTES];

    if (sodium_init() < 0)
        return err_set(e, FAIL_FATAL, "libsodium does not start");
    crypto_hash_sha256(bytes, (const unsigned char *)body, strlen(body));
    sodium_bin2hex(hash, TARIFF_HASH_MAX, bytes, sizeof(bytes));
    return true;
}

static bool
version_find(struct store *s, const char *tariff, const char *hash, int64_t *id,
             bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id FROM tariff_version WHERE tariff = $1 AND hash = $2";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, tariff);
    stmt_text(q, 2, hash);
    return stmt_one_int(q, id, found, e);
}

bool
tariff_version_put(struct store *s, const char *tariff, utc_t valid_from, const char *body,
                   utc_t now, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO tariff_version (tariff, valid_from, hash, body, loaded_at)"
        " VALUES ($1, $2, $3, $4, $5)";
    char hash[TARIFF_HASH_MAX];
    struct stmt *q;
    bool found;

    if (!hash_of(body, hash, e) || !version_find(s, tariff, hash, id, &found, e))
        return false;
    if (found)
        return true;
    q = stmt_get(s, sql, e);
    stmt_text(q, 1, tariff);
    stmt_int(q, 2, valid_from);
    stmt_text(q, 3, hash);
    stmt_text(q, 4, body);
    stmt_int(q, 5, now);
    return stmt_insert(q, id, &found, e) || err_in(e, "tariff %s", tariff);
}

bool
tariff_version_body(struct store *s, int64_t id, char **body, struct err *e)
{
    static const char sql[] = "SELECT body FROM tariff_version WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *body = NULL;
    stmt_int(q, 1, id);
    if (!stmt_step(q, &row, e))
        return false;
    if (!row)
        return true;
    *body = strdup(stmt_col_peek(q, 0));
    stmt_done(q);
    return *body != NULL || err_set(e, FAIL_RETRY, "out of memory");
}
