/* audit_verify.c - is the audit what was written? */
#include "meterpost/store/audit.h"

#include "audit_key.h"

#include <string.h>

/* ---- the chain ---- */

static bool
verify_chain(struct store *s, int64_t *rows, uint8_t end[AUDIT_HASH], struct err *e)
{
    static const char sql[] = "SELECT id, at, actor, channel, action, subject, detail, hash"
                              " FROM audit ORDER BY id";
    uint8_t *before = end, hash[AUDIT_HASH], kept[AUDIT_HASH];
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    memset(end, 0, AUDIT_HASH);
    *rows = 0;
    for (;;) {
        struct audit_row r;

        if (!stmt_step(q, &row, e))
            return false;
        if (!row)
            return true;
        r.id = stmt_col_int(q, 0);
        r.at = stmt_col_int(q, 1);
        for (int i = 0; i < 5; i++)
            r.words[i] = stmt_col_peek(q, 2 + i);
        audit_hash(before, &r, hash);
        if (r.id != *rows + 1 || stmt_col_blob(q, 7, kept, AUDIT_HASH) != AUDIT_HASH ||
            memcmp(hash, kept, AUDIT_HASH) != 0) {
            stmt_done(q);
            return err_set(e, FAIL_REJECT,
                           "audit row %lld does not follow from row %lld: a row was "
                           "edited, moved or removed",
                           (long long)r.id, (long long)*rows);
        }
        memcpy(before, hash, AUDIT_HASH);
        ++*rows;
    }
}

/* What was noted when the last row was written: rows cut off at the end show here. */
static bool
verify_end(const struct audit_end *end, int64_t rows, const uint8_t hash[AUDIT_HASH],
           struct err *e)
{
    return (end->id == rows && (rows == 0 || memcmp(end->hash, hash, AUDIT_HASH) == 0)) ||
           err_set(e, FAIL_REJECT,
                   "the audit ends with row %lld, but row %lld was the last that was "
                   "written: rows were removed",
                   (long long)rows, (long long)end->id);
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

/* ---- the key ---- */

static bool
not_ours(int64_t row, struct err *e)
{
    return err_set(e, FAIL_REJECT,
                   "audit row %lld, or one before it, is not what we signed: the chain was "
                   "written anew",
                   (long long)row);
}

/* One seal: signed by the key of its step, for a row that still is what it was. */
static bool
verify_seal(struct store *s, const struct audit_seal *seal, const uint8_t *key,
            struct err *e)
{
    uint8_t hash[AUDIT_HASH];
    bool found;

    if (!audit_hash_of(s, seal->last_id, hash, &found, e))
        return false;
    return (found && memcmp(hash, seal->hash, AUDIT_HASH) == 0 &&
            audit_seal_is_good(seal, key)) ||
           not_ours(seal->last_id, e);
}

/* All seals of the keys that follow from pin `i`. *step and *key are what comes next. */
static bool
verify_pin(struct store *s, int i, int64_t *step, uint8_t key[AUDIT_PUBLIC], struct err *e)
{
    const struct audit_key *k = s->audit;
    int64_t below = i + 1 < k->n_pins ? k->pins[i + 1].step : INT64_MAX;
    struct audit_seal seal;
    bool found;

    memcpy(key, k->pins[i].key, AUDIT_PUBLIC);
    for (*step = k->pins[i].step;; ++*step) {
        if (!audit_seal_get(s, *step, false, &seal, &found, e))
            return false;
        if (!found)
            break;
        if (!verify_seal(s, &seal, key, e))
            return false;
        memcpy(key, seal.next, AUDIT_PUBLIC);
    }
    if (!audit_seal_get(s, *step, true, &seal, &found, e))
        return false;
    return !found || seal.step >= below ||
           err_set(e, FAIL_REJECT, "seal %lld of the audit was removed", (long long)*step);
}

static bool
verify_pins(struct store *s, int64_t *step, uint8_t key[AUDIT_PUBLIC], struct err *e)
{
    const struct audit_key *k = s->audit;

    for (int i = 0; i < k->n_pins; i++) {
        if (k->pins[i].why >= AUDIT_OLDER)
            return err_set(e, FAIL_REJECT,
                           "before audit row %lld %s; once that was looked into, stop the "
                           "engine and remove %s",
                           (long long)k->pins[i].row,
                           k->pins[i].why == AUDIT_OLDER
                               ? "rows are missing: an older database was put here"
                               : "somebody else wrote rows",
                           k->path);
        if (!verify_pin(s, i, step, key, e))
            return false;
    }
    return *step >= k->step ||
           err_set(e, FAIL_REJECT,
                   "the audit is older than its key: rows were removed, or an older "
                   "database was put in its place");
}

static bool
verify_signatures(struct store *s, const struct audit_end *end, struct err *e)
{
    const struct audit_key *k = s->audit;
    uint8_t key[AUDIT_PUBLIC] = {0};
    int64_t step = 0;

    if (!verify_pins(s, &step, key, e))
        return false;
    return end->id < k->pins[k->n_pins - 1].row ||
           (end->is_signed &&
            audit_end_is_good(step, end->id, end->hash, end->signature, key)) ||
           not_ours(end->id, e);
}

bool
audit_verify(struct store *s, int64_t *rows, struct err *e)
{
    uint8_t hash[AUDIT_HASH];
    struct audit_end end;

    return verify_chain(s, rows, hash, e) && audit_end_get(s, &end, e) &&
           verify_end(&end, *rows, hash, e) && verify_days(s, e) &&
           (s->audit == NULL || verify_signatures(s, &end, e));
}
