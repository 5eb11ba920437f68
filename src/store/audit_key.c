/* audit_key.c - the key of the audit: signing, stepping on. Its file is audit_file.c. */
#include "audit_key.h"

#include "audit_file.h"
#include "meterpost/store/audit.h"

#include <stdlib.h>
#include <string.h>

#define SIGNED_TEXT (1 + 8 + 8 + AUDIT_HASH + AUDIT_PUBLIC)

/* What is signed: 'S'eal or 'E'nd, step, last row, its hash, the key that comes next. */
static void
signed_text(char kind, int64_t step, int64_t id, const uint8_t hash[AUDIT_HASH],
            const uint8_t next[AUDIT_PUBLIC], uint8_t out[SIGNED_TEXT])
{
    memset(out, 0, SIGNED_TEXT);
    out[0] = (uint8_t)kind;
    audit_put_int(out + 1, step);
    audit_put_int(out + 9, id);
    memcpy(out + 17, hash, AUDIT_HASH);
    if (next != NULL)
        memcpy(out + 17 + AUDIT_HASH, next, AUDIT_PUBLIC);
}

bool
audit_seal_is_good(const struct audit_seal *seal, const uint8_t key[AUDIT_PUBLIC])
{
    uint8_t text[SIGNED_TEXT];

    signed_text('S', seal->step, seal->last_id, seal->hash, seal->next, text);
    return crypto_sign_verify_detached(seal->signature, text, sizeof(text), key) == 0;
}

bool
audit_end_is_good(int64_t step, int64_t id, const uint8_t hash[AUDIT_HASH],
                  const uint8_t signature[AUDIT_SIGNED], const uint8_t key[AUDIT_PUBLIC])
{
    uint8_t text[SIGNED_TEXT];

    signed_text('E', step, id, hash, NULL, text);
    return crypto_sign_verify_detached(signature, text, sizeof(text), key) == 0;
}

/* ---- seals ---- */

bool
audit_seal_get(struct store *s, int64_t step, bool next, struct audit_seal *out,
               bool *found, struct err *e)
{
    static const char one[] =
        "SELECT id, last_id, hash, next_key, signature FROM audit_seal"
        " WHERE id = $1";
    static const char after[] =
        "SELECT id, last_id, hash, next_key, signature FROM audit_seal"
        " WHERE id > $1 ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, next ? after : one, e);

    stmt_int(q, 1, step);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    memset(out, 0, sizeof(*out));
    out->step = stmt_col_int(q, 0);
    out->last_id = stmt_col_int(q, 1);
    stmt_col_blob(q, 2, out->hash, sizeof(out->hash));
    stmt_col_blob(q, 3, out->next, sizeof(out->next));
    stmt_col_blob(q, 4, out->signature, sizeof(out->signature));
    stmt_done(q);
    return true;
}

static bool
put_seal(struct store *s, const struct audit_seal *seal, utc_t at, struct err *e)
{
    static const char sql[] =
        "INSERT INTO audit_seal (id, last_id, hash, next_key, at, signature)"
        " VALUES ($1, $2, $3, $4, $5, $6)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, seal->step);
    stmt_int(q, 2, seal->last_id);
    stmt_blob(q, 3, seal->hash, sizeof(seal->hash));
    stmt_blob(q, 4, seal->next, sizeof(seal->next));
    stmt_int(q, 5, at);
    stmt_blob(q, 6, seal->signature, sizeof(seal->signature));
    return stmt_run(q, e);
}

/* The newest seal; step and at are 0 without one. */
static bool
last_seal(struct store *s, int64_t *step, int64_t *last_id, utc_t *at, struct err *e)
{
    static const char sql[] =
        "SELECT id, last_id, at FROM audit_seal ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *step = *last_id = *at = 0;
    if (!stmt_step(q, &row, e))
        return false;
    if (row) {
        *step = stmt_col_int(q, 0);
        *last_id = stmt_col_int(q, 1);
        *at = stmt_col_int(q, 2);
        stmt_done(q);
    }
    return true;
}

/* ---- the key of a step ---- */

static void
next_seed(uint8_t seed[AUDIT_SEED])
{
    crypto_hash_sha256_state h;

    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, (const uint8_t *)"next", 4);
    crypto_hash_sha256_update(&h, seed, AUDIT_SEED);
    crypto_hash_sha256_final(&h, seed);
}

static void
make_key(struct audit_key *k, int64_t step)
{
    uint8_t seed[AUDIT_SEED];

    if (k->made_step == step)
        return;
    memcpy(seed, k->seed, sizeof(seed));
    for (int64_t i = k->step; i < step; i++)
        next_seed(seed);
    crypto_sign_seed_keypair(k->public, k->secret, seed);
    sodium_memzero(seed, sizeof(seed));
    k->made_step = step;
}

static int64_t
step_after(const struct audit_key *k, int64_t last_sealed)
{
    return last_sealed < k->step ? k->step : last_sealed + 1;
}

/* A key that follows from no other, from the row behind `id` on. */
static bool
begin_anew(struct store *s, enum audit_why why, int64_t id, int64_t last_sealed,
           struct err *e)
{
    struct audit_key *k = s->audit;
    struct audit_pin *pin;

    if (k->n_pins == AUDIT_PINS)
        memmove(k->pins, k->pins + 1, (size_t)(--k->n_pins) * sizeof(k->pins[0]));
    k->step = 1 + (k->step > last_sealed ? k->step : last_sealed);
    k->made_step = -1;
    randombytes_buf(k->seed, sizeof(k->seed));
    make_key(k, k->step);
    pin = &k->pins[k->n_pins++];
    *pin = (struct audit_pin){.row = id + 1, .step = k->step, .why = why};
    memcpy(pin->key, k->public, sizeof(pin->key));
    k->behind = false;
    return audit_file_write(k, e);
}

void
audit_key_step(struct store *s)
{
    struct audit_key *k = s->audit;
    int64_t sealed, last_id, step;
    struct err e;
    utc_t at;

    if (k == NULL || !k->behind || !last_seal(s, &sealed, &last_id, &at, &e))
        return;
    step = step_after(k, sealed);
    for (; k->step < step; k->step++)
        next_seed(k->seed);
    k->behind = k->step != k->file_step && !audit_file_write(k, &e);
}

/* ---- signing ---- */

void
audit_key_sign(struct store *s, int64_t id, const uint8_t hash[AUDIT_HASH],
               uint8_t out[AUDIT_SIGNED])
{
    struct audit_key *k = s->audit;
    uint8_t text[SIGNED_TEXT];

    signed_text('E', k->made_step, id, hash, NULL, text);
    crypto_sign_detached(out, NULL, text, sizeof(text), k->secret);
    k->end_id = id;
    memcpy(k->end_hash, hash, AUDIT_HASH);
}

/* Row `id` is the last one: did we say so? Before the first row of this key nobody did. */
static bool
end_is_ours(struct store *s, int64_t step, int64_t id, const uint8_t hash[AUDIT_HASH],
            bool *ours, struct err *e)
{
    struct audit_key *k = s->audit;
    struct audit_end end;

    *ours = id < k->pins[k->n_pins - 1].row ||
            (id == k->end_id && memcmp(hash, k->end_hash, AUDIT_HASH) == 0);
    if (*ours)
        return true;
    if (!audit_end_get(s, &end, e))
        return false;
    make_key(k, step);
    *ours = end.is_signed && audit_end_is_good(step, id, hash, end.signature, k->public);
    return true;
}

/* The rows of the hour that is over, and the key of the next. */
static bool
seal_hour(struct store *s, int64_t step, int64_t id, const uint8_t hash[AUDIT_HASH],
          utc_t at, struct err *e)
{
    struct audit_key *k = s->audit;
    struct audit_seal seal = {.step = step, .last_id = id};
    uint8_t text[SIGNED_TEXT], secret[sizeof(k->secret)];

    memcpy(seal.hash, hash, AUDIT_HASH);
    make_key(k, step);
    memcpy(secret, k->secret, sizeof(secret));
    make_key(k, step + 1);
    memcpy(seal.next, k->public, AUDIT_PUBLIC);
    signed_text('S', step, id, hash, seal.next, text);
    crypto_sign_detached(seal.signature, NULL, text, sizeof(text), secret);
    sodium_memzero(secret, sizeof(secret));
    k->behind = true;
    return put_seal(s, &seal, at, e);
}

/* When the row was written; 0 without it. */
static bool
written_at(struct store *s, int64_t id, utc_t *at, struct err *e)
{
    static const char sql[] = "SELECT at FROM audit WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    stmt_int(q, 1, id);
    return stmt_one_int(q, at, &found, e);
}

bool
audit_key_ready(struct store *s, utc_t at, int64_t id, const uint8_t hash[AUDIT_HASH],
                struct err *e)
{
    struct audit_key *k = s->audit;
    const struct audit_pin *pin;
    int64_t sealed, last_id, step;
    utc_t sealed_at, first;
    bool ours;

    if (!last_seal(s, &sealed, &last_id, &sealed_at, e))
        return false;
    step = step_after(k, sealed);
    if (!end_is_ours(s, step, id, hash, &ours, e))
        return false;
    if (!ours) {
        if (!begin_anew(s, AUDIT_BROKEN, id, sealed, e))
            return false;
        step = k->step;
    }
    pin = &k->pins[k->n_pins - 1];
    make_key(k, step);
    if (id < pin->row || id == last_id)
        return true;        /* nothing is under this key yet */
    if (sealed < pin->step) /* at once, so that even this row cannot be taken away */
        return seal_hour(s, step, id, hash, at, e);
    return written_at(s, last_id + 1, &first, e) &&
           (first / HOUR_S == at / HOUR_S || seal_hour(s, step, id, hash, at, e));
}

/* ---- opening ---- */

static bool
key_create(struct store *s, const char *path, const uint8_t *seal, struct err *e)
{
    struct audit_key *k;

    if (sodium_init() < 0)
        return err_set(e, FAIL_FATAL, "libsodium does not start");
    audit_key_close(s);
    if ((k = calloc(1, sizeof(*k))) == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    s->audit = k;
    snprintf(k->path, sizeof(k->path), "%s", path);
    memcpy(k->seal, seal, sizeof(k->seal));
    k->made_step = -1;
    return true;
}

void
audit_key_close(struct store *s)
{
    if (s->audit == NULL)
        return;
    sodium_memzero(s->audit, sizeof(*s->audit));
    free(s->audit);
    s->audit = NULL;
}

/* Why the key in the file cannot go on from the row `id`. */
static bool
find_why(struct store *s, bool found, bool restored, int64_t id, int64_t sealed,
         const uint8_t hash[AUDIT_HASH], enum audit_why *why, bool *anew, struct err *e)
{
    struct audit_key *k = s->audit;
    bool ours;

    *anew = true;
    *why = id == 0 ? AUDIT_FIRST : restored ? AUDIT_RESTORED : AUDIT_KEY_LOST;
    if (!found || restored)
        return true;
    *why = AUDIT_OLDER;
    if (sealed < k->step - 1 && k->step > k->pins[k->n_pins - 1].step)
        return true;
    *why = AUDIT_BROKEN;
    if (!end_is_ours(s, step_after(k, sealed), id, hash, &ours, e))
        return false;
    *anew = !ours;
    return true;
}

bool
audit_sign_with(struct store *s, const char *path, const uint8_t seal[AUDIT_SEAL_KEY],
                bool restored, const char **anew, struct err *e)
{
    static const char *const said[] = {
        [AUDIT_FIRST] = NULL,
        [AUDIT_KEY_LOST] = "the key of the audit is new: nothing but the heads that were "
                           "texted speaks for the rows before",
        [AUDIT_RESTORED] = "the database was restored: the audit has a new key",
        [AUDIT_OLDER] = "the database is older than the key of its audit: rows are missing",
        [AUDIT_BROKEN] = "the end of the audit was not signed by us: somebody else wrote "
                         "rows",
    };
    uint8_t hash[AUDIT_HASH];
    int64_t id, sealed, last_id;
    enum audit_why why;
    bool found, is_anew;
    utc_t at;

    *anew = NULL;
    if (!key_create(s, path, seal, e) || !audit_file_read(s->audit, &found, e) ||
        !audit_last_row(s, &id, hash, e) || !last_seal(s, &sealed, &last_id, &at, e) ||
        !find_why(s, found, restored, id, sealed, hash, &why, &is_anew, e) ||
        (is_anew && !begin_anew(s, why, id, sealed, e))) {
        audit_key_close(s);
        return false;
    }
    if (is_anew)
        *anew = said[why];
    s->audit->behind = true;
    audit_key_step(s);
    return true;
}

bool
audit_look_with(struct store *s, const char *path, const uint8_t seal[AUDIT_SEAL_KEY],
                struct err *e)
{
    bool found;

    if (key_create(s, path, seal, e) && audit_file_read(s->audit, &found, e) &&
        (found ||
         err_set(e, FAIL_REJECT,
                 "%s is gone or was sealed with another key: nothing but the heads "
                 "that were texted speaks for the audit",
                 path)))
        return true;
    audit_key_close(s);
    return false;
}

bool
audit_is_signed(struct store *s)
{
    struct audit_end end;
    struct err e;

    return audit_end_get(s, &end, &e) && end.is_signed;
}

int64_t
audit_signed_from(const struct store *s)
{
    return s->audit == NULL || s->audit->n_pins == 0 ? 0 : s->audit->pins[0].row;
}
