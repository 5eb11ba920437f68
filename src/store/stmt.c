/*
 * stmt.c - the statements that are prepared once and kept: find, bind, step, read columns.
 */
#include "meterpost/base/text.h"
#include "store_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
prepare(struct stmt *q, const char *sql, unsigned how, struct err *e)
{
    char name[16];
    int code = sqlite3_prepare_v3(q->store->db, sql, -1, how, &q->q, NULL);

    if (code != SQLITE_OK)
        return store_failed(q->store, code, "statement", e);
    for (int n = 1; n <= PARAMETERS_MAX; n++) {
        snprintf(name, sizeof(name), "$%d", n);
        q->at[n] = sqlite3_bind_parameter_index(q->q, name);
    }
    return true;
}

struct stmt *
stmt_prepare(struct store *s, const char *sql, struct err *e)
{
    struct stmt *q = calloc(1, sizeof(*q));

    if (q == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    q->store = s;
    if (prepare(q, sql, 0, e))
        return q;
    free(q);
    return NULL;
}

void
stmt_finish(struct stmt *q)
{
    if (q == NULL)
        return;
    sqlite3_finalize(q->q);
    free(q);
}

struct stmt *
stmt_get(struct store *s, const char *sql, struct err *e)
{
    size_t slot = ((uintptr_t)sql >> 3) % KEPT_MAX;

    for (int probe = 0; probe < KEPT_MAX; probe++, slot = (slot + 1) % KEPT_MAX) {
        struct stmt *kept = &s->kept[slot];

        if (kept->sql == sql) {
            sqlite3_reset(kept->q);
            sqlite3_clear_bindings(kept->q);
            kept->bind_code = SQLITE_OK;
            return kept;
        }
        if (kept->sql == NULL) {
            kept->store = s;
            if (!prepare(kept, sql, SQLITE_PREPARE_PERSISTENT, e))
                return NULL;
            kept->sql = sql;
            return kept;
        }
    }
    err_set(e, FAIL_FATAL, "more than %d kept statements", KEPT_MAX);
    return NULL;
}

/* The first bind that failed is kept until the step, so that no NULL is stored in its
 * place. */
static void
bound(struct stmt *q, int code)
{
    if (q->bind_code == SQLITE_OK)
        q->bind_code = code;
}

bool
stmt_has(const struct stmt *q, int n)
{
    return q->at[n] != 0;
}

void
stmt_int(struct stmt *q, int n, int64_t value)
{
    if (q != NULL)
        bound(q, sqlite3_bind_int64(q->q, q->at[n], value));
}

void
stmt_text(struct stmt *q, int n, const char *value)
{
    if (q != NULL)
        bound(q, sqlite3_bind_text(q->q, q->at[n], value, -1, SQLITE_TRANSIENT));
}

void
stmt_text_or_null(struct stmt *q, int n, const char *value)
{
    if (*value != '\0')
        stmt_text(q, n, value);
}

void
stmt_int_or_null(struct stmt *q, int n, int64_t value)
{
    if (value != 0)
        stmt_int(q, n, value);
}

void
stmt_blob(struct stmt *q, int n, const void *bytes, size_t size)
{
    if (q != NULL)
        bound(q, sqlite3_bind_blob64(q->q, q->at[n], bytes, size, SQLITE_TRANSIENT));
}

bool
stmt_step(struct stmt *q, bool *row, struct err *e)
{
    int code;

    *row = false;
    if (q == NULL)
        return false; /* stmt_get() said why */
    code = q->bind_code == SQLITE_OK ? sqlite3_step(q->q) : q->bind_code;
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        store_failed(q->store, code, "database", e);
    sqlite3_reset(q->q);
    return code == SQLITE_DONE;
}

bool
stmt_run(struct stmt *q, struct err *e)
{
    bool row;

    do {
        if (!stmt_step(q, &row, e))
            return false;
    } while (row);
    return true;
}

void
stmt_done(struct stmt *q)
{
    sqlite3_reset(q->q);
}

int64_t
stmt_col_int(struct stmt *q, int i)
{
    return sqlite3_column_int64(q->q, i);
}

bool
stmt_col_null(struct stmt *q, int i)
{
    return sqlite3_column_type(q->q, i) == SQLITE_NULL;
}

const char *
stmt_col_peek(struct stmt *q, int i)
{
    const char *text = (const char *)sqlite3_column_text(q->q, i);

    return text == NULL ? "" : text;
}

void
stmt_col_text(struct stmt *q, int i, char *out, size_t size)
{
    text_clip(out, size, stmt_col_peek(q, i));
}

size_t
stmt_col_blob(struct stmt *q, int i, void *out, size_t size)
{
    const void *bytes = sqlite3_column_blob(q->q, i);
    size_t n = (size_t)sqlite3_column_bytes(q->q, i);

    n = n > size ? size : n;
    if (n > 0)
        memcpy(out, bytes, n);
    return n;
}

bool
stmt_one_int(struct stmt *q, int64_t *value, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    *value = *found ? stmt_col_int(q, 0) : 0;
    if (*found)
        stmt_done(q);
    return true;
}

bool
stmt_insert(struct stmt *q, int64_t *id, bool *added, struct err *e)
{
    bool new;

    if (!stmt_run(q, e))
        return false;
    new = sqlite3_changes64(q->store->db) > 0;
    *id = new ? sqlite3_last_insert_rowid(q->store->db) : 0;
    if (added != NULL)
        *added = new;
    return true;
}

bool
stmt_run_with(struct store *s, const char *sql, int64_t a, int64_t b, int64_t c,
              struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int_or_null(q, 1, a);
    stmt_int_or_null(q, 2, b);
    stmt_int_or_null(q, 3, c);
    return stmt_run(q, e);
}
