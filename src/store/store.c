/*
 * store.c - the database as a whole: safety settings, transactions, checks.
 */
#include "audit_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small memory of SQLite that it takes and gives back with each statement. */
#define LOOKASIDE_BYTES 1200
#define LOOKASIDE_N     500

bool
store_failed(struct store *s, int code, const char *what, struct err *e)
{
    const char *text = s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(code);
    enum err_kind kind = FAIL_FATAL;

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT: kind = FAIL_RETRY; break;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH: kind = FAIL_REJECT; break;
    default: break;
    }
    return err_set(e, kind, "%s: %s", what, text);
}

bool
store_exec(struct store *s, const char *sql, struct err *e)
{
    int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK || store_failed(s, code, "database", e);
}

/* Safety settings: each is set, then read back, and must be what we said. */
static const struct setting {
    const char *set, *ask, *want;
    bool writer_only;
} settings[] = {
    {"PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal", true},
    {"PRAGMA synchronous=FULL", "PRAGMA synchronous", "2", true},
    {"PRAGMA wal_autocheckpoint=1000", "PRAGMA wal_autocheckpoint", "1000", true},
    {"PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1", false},
    {"PRAGMA recursive_triggers=ON", "PRAGMA recursive_triggers", "1", false},
    {"PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1", false}, /* masked is gone */
    {"PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0", false},
    {"PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1", false},
    {"PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2", false},
    {"PRAGMA mmap_size=0", NULL, NULL, false},
    {"PRAGMA cache_size=-65536", "PRAGMA cache_size", "-65536", false},
};

static bool
setting_holds(struct store *s, const struct setting *t, struct err *e)
{
    sqlite3_stmt *q;
    bool same;
    int code = sqlite3_prepare_v2(s->db, t->ask, -1, &q, NULL);

    if (code != SQLITE_OK)
        return store_failed(s, code, t->ask, e);
    same = sqlite3_step(q) == SQLITE_ROW &&
           strcmp((const char *)sqlite3_column_text(q, 0), t->want) == 0;
    sqlite3_finalize(q);
    return same || err_set(e, FAIL_FATAL, "the database refuses '%s': %s", t->set,
                           "is the file on a network share or read-only?");
}

static bool
apply_settings(struct store *s, enum store_mode mode, struct err *e)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        const struct setting *t = &settings[i];

        if (t->writer_only && mode != STORE_WRITE)
            continue;
        if (!store_exec(s, t->set, e))
            return false;
        if (t->ask != NULL && !setting_holds(s, t, e))
            return false;
    }
    return true;
}

static void
apply_limits(struct store *s, enum store_mode mode)
{
    sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024);
    sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(s->db, SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS_MAX);
    if (mode ==
        STORE_READ) /* two connections that checkpoint can corrupt Debian's SQLite */
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static bool
check_version(struct store *s, const char *path, struct err *e)
{
    int version;

    if (!schema_version(s, &version, e))
        return false;
    if (version > STORE_VERSION)
        return err_set(
            e, FAIL_FATAL,
            "%s was made by a newer Meterpost (database version %d, this program "
            "knows %d): install the newer program, or go back with `meterpost backup "
            "rollback`",
            path, version, STORE_VERSION);
    if (version < STORE_VERSION)
        return err_set(e, FAIL_FATAL,
                       "%s has database version %d, this program needs %d: start "
                       "meterpostd, or run `meterpost init`",
                       path, version, STORE_VERSION);
    return true;
}

#define HEAD_BYTES 64
#define VERSION_AT 60 /* user version, most significant octet first */

enum store_file
store_file_kind(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    unsigned char head[HEAD_BYTES] = {0};
    const unsigned char *v = head + VERSION_AT;
    FILE *f = fopen(path, "re");
    size_t n;
    long version;

    if (f == NULL)
        return errno == ENOENT ? STORE_FILE_NONE : STORE_FILE_LOCKED;
    n = fread(head, 1, sizeof(head), f);
    fclose(f);
    if (n == 0)
        return STORE_FILE_NONE;
    if (n < sizeof(head) || memcmp(head, magic, sizeof(magic)) != 0)
        return STORE_FILE_DAMAGED;
    version = (long)v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3];
    if (version == STORE_VERSION)
        return STORE_FILE_DAMAGED;
    return version > STORE_VERSION ? STORE_FILE_NEWER : STORE_FILE_NONE;
}

bool
store_open(const char *path, enum store_mode mode, struct store **out, struct err *e)
{
    int flags = mode == STORE_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                    : SQLITE_OPEN_READONLY;
    struct store *s = calloc(1, sizeof(*s));
    int code;

    if (s == NULL)
        return err_set(e, FAIL_FATAL, "out of memory");
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks; refused later: as well */
    code = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        store_failed(s, code, path, e);
        e->kind = FAIL_FATAL;
        store_close(s);
        return false;
    }
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_BYTES, LOOKASIDE_N);
    apply_limits(s, mode);
    if (!apply_settings(s, mode, e) || (mode == STORE_WRITE && !schema_migrate(s, e)) ||
        !check_version(s, path, e)) {
        err_in(e, "%s", path);
        e->kind = FAIL_FATAL;
        store_close(s);
        return false;
    }
    *out = s;
    return true;
}

void
store_close(struct store *s)
{
    if (s == NULL)
        return;
    store_rollback(s);
    audit_key_step(s);
    for (int i = 0; i < KEPT_MAX; i++)
        sqlite3_finalize(s->kept[i].q);
    audit_key_close(s);
    sqlite3_close(s->db);
    free(s);
}

bool
store_begin(struct store *s, struct err *e)
{
    if (s->in_transaction)
        return err_set(e, FAIL_FATAL, "a transaction inside a transaction");
    audit_key_step(s);
    if (!store_exec(s, "BEGIN IMMEDIATE", e))
        return false;
    s->in_transaction = true;
    return true;
}

bool
store_commit(struct store *s, struct err *e)
{
    if (!s->in_transaction)
        return err_set(e, FAIL_FATAL, "a commit without a transaction");
    if (!store_exec(s, "COMMIT", e)) {
        store_rollback(s);
        return false;
    }
    s->in_transaction = false;
    return true;
}

void
store_rollback(struct store *s)
{
    if (s->in_transaction && sqlite3_get_autocommit(s->db) == 0)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->in_transaction = false;
}

bool
store_mark(struct store *s, struct err *e)
{
    static const char sql[] = "SAVEPOINT mark";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_run(q, e);
}

bool
store_keep(struct store *s, struct err *e)
{
    static const char sql[] = "RELEASE mark";
    struct stmt *q = stmt_get(s, sql, e);

    return q != NULL && stmt_run(q, e);
}

bool
store_undo(struct store *s, struct err *e)
{
    if (sqlite3_get_autocommit(s->db) != 0)
        return err_set(e, FAIL_RETRY, "the database gave up the transaction");
    return store_exec(s, "ROLLBACK TO mark; RELEASE mark", e);
}

int64_t
store_changes(const struct store *s)
{
    return sqlite3_changes64(s->db);
}

bool
store_checkpoint(struct store *s, struct err *e)
{
    return store_exec(s, "PRAGMA wal_checkpoint(TRUNCATE)", e);
}

bool
store_check_integrity(struct store *s, struct err *e)
{
    static const char sql[] = "PRAGMA integrity_check(1)";
    static const char keys[] = "PRAGMA foreign_key_check";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;
    char first[200];

    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    stmt_col_text(q, 0, first, sizeof(first));
    stmt_done(q);
    if (strcmp(first, "ok") != 0)
        return err_set(e, FAIL_FATAL, "the database is damaged: %s", first);
    q = stmt_get(s, keys, e);
    if (q == NULL || !stmt_step(q, &row, e))
        return false;
    if (row) {
        stmt_col_text(q, 0, first, sizeof(first));
        stmt_done(q);
        return err_set(e, FAIL_FATAL, "a row of %s points to a row that is gone", first);
    }
    return true;
}
