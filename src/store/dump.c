#include "meterpost/store/dump.h"

#include "meterpost/base/text.h"
#include "store_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE   700
#define COLUMNS_MAX PARAMETERS_MAX
#define NAME_SIZE   64

/* Tables in the order they were made: none points to a later one but in itself. */
static const char tables_sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                 " AND name NOT LIKE 'sqlite_%' ORDER BY rowid";

/* ---- writing ---- */

static json_t *
value_of(sqlite3_stmt *q, int i)
{
    const void *bytes = sqlite3_column_blob(q, i);
    size_t n = (size_t)sqlite3_column_bytes(q, i);
    json_t *value;
    char *hex;

    switch (sqlite3_column_type(q, i)) {
    case SQLITE_NULL: return json_null();
    case SQLITE_INTEGER: return json_integer(sqlite3_column_int64(q, i));
    case SQLITE_TEXT:
        value = json_stringn((const char *)sqlite3_column_text(q, i), n);
        if (value != NULL)
            return value;
        break; /* no UTF-8: as bytes */
    default: break;
    }
    if ((hex = malloc(2 * n + 1)) == NULL)
        return json_null();
    hex_print(bytes, n, hex);
    value = json_pack("{s:s}", "hex", hex);
    free(hex);
    return value;
}

static bool
put_line(FILE *f, json_t *line)
{
    bool good = json_dumpf(line, f, JSON_COMPACT) == 0 && fputc('\n', f) != EOF;

    json_decref(line);
    return good;
}

static json_t *
column_names(sqlite3_stmt *q)
{
    json_t *names = json_array();

    for (int i = 0; i < sqlite3_column_count(q); i++)
        json_array_append_new(names, json_string(sqlite3_column_name(q, i)));
    return names;
}

static bool
write_rows(sqlite3_stmt *q, FILE *f, int64_t *rows)
{
    bool good = put_line(f, column_names(q));

    for (*rows = 0; good && sqlite3_step(q) == SQLITE_ROW; ++*rows) {
        json_t *row = json_array();

        for (int i = 0; i < sqlite3_column_count(q); i++)
            json_array_append_new(row, value_of(q, i));
        good = put_line(f, row);
    }
    return good;
}

static bool
write_table(struct store *s, const char *folder, const char *table, json_t *counts,
            struct err *e)
{
    char path[PATH_SIZE], sql[NAME_SIZE + 40];
    sqlite3_stmt *q;
    int64_t rows;
    bool good;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.jsonl", folder, table);
    snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\" ORDER BY 1", table);
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
        return store_failed(s, SQLITE_ERROR, table, e);
    if ((f = fopen(path, "we")) == NULL) {
        sqlite3_finalize(q);
        return err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    }
    good =
        write_rows(q, f, &rows) || err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    if (sqlite3_finalize(q) != SQLITE_OK)
        good = store_failed(s, SQLITE_ERROR, table, e);
    if (fclose(f) != 0)
        good = err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    json_object_set_new(counts, table, json_integer(rows));
    return good;
}

/* `one` for each table until it is false. */
static bool
each_table(struct store *s, const char *folder, json_t *counts,
           bool (*one)(struct store *, const char *, const char *, json_t *, struct err *),
           struct err *e)
{
    char name[NAME_SIZE];
    sqlite3_stmt *q;
    bool good = true;

    if (sqlite3_prepare_v2(s->db, tables_sql, -1, &q, NULL) != SQLITE_OK)
        return store_failed(s, SQLITE_ERROR, "tables", e);
    while (good && sqlite3_step(q) == SQLITE_ROW) {
        snprintf(name, sizeof(name), "%s", (const char *)sqlite3_column_text(q, 0));
        good = one(s, folder, name, counts, e);
    }
    sqlite3_finalize(q);
    return good;
}

bool
dump_write(struct store *s, const char *folder, json_t **manifest, struct err *e)
{
    json_t *counts = json_object();
    char path[PATH_SIZE];
    bool good;

    *manifest = NULL;
    if (mkdir(folder, 0700) == -1 && errno != EEXIST) {
        json_decref(counts);
        return err_set(e, FAIL_REJECT, "%s: %s", folder, strerror(errno));
    }
    good = store_exec(s, "BEGIN", e) && each_table(s, folder, counts, write_table, e);
    sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    *manifest = json_pack("{s:s, s:i, s:o}", "meterpost", METERPOST_VERSION, "database",
                          STORE_VERSION, "tables", counts);
    snprintf(path, sizeof(path), "%s/manifest.json", folder);
    if (good && json_dump_file(*manifest, path, JSON_INDENT(2)) != 0)
        good = err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    if (!good) {
        json_decref(*manifest);
        *manifest = NULL;
    }
    return good;
}

/* ---- reading ---- */

static bool
bind_bytes(sqlite3_stmt *q, int i, const char *hex)
{
    size_t n = strlen(hex) / 2;
    uint8_t *bytes = malloc(n + 1);
    bool good = bytes != NULL && hex_parse(hex, bytes, n + 1) == (long)n;

    if (good)
        sqlite3_bind_blob64(q, i, bytes, n, SQLITE_TRANSIENT);
    free(bytes);
    return good;
}

static bool
bind_value(sqlite3_stmt *q, int i, const json_t *value)
{
    const json_t *hex = json_object_get(value, "hex");

    if (json_is_null(value))
        return sqlite3_bind_null(q, i) == SQLITE_OK;
    if (json_is_integer(value))
        return sqlite3_bind_int64(q, i, json_integer_value(value)) == SQLITE_OK;
    if (json_is_string(value))
        return sqlite3_bind_text(q, i, json_string_value(value),
                                 (int)json_string_length(value),
                                 SQLITE_TRANSIENT) == SQLITE_OK;
    return json_is_string(hex) && bind_bytes(q, i, json_string_value(hex));
}

/* INSERT with the columns that the file has. */
static bool
prepare_insert(struct store *s, const char *table, const json_t *names, sqlite3_stmt **q,
               struct err *e)
{
    char sql[4096], mark[16];
    const json_t *name;
    struct text t;
    size_t i;

    *q = NULL;
    text_init(&t, sql, sizeof(sql));
    text_addf(&t, "INSERT INTO \"%s\" (", table);
    json_array_foreach (names, i, name) {
        const char *word = json_string_value(name);

        if (word == NULL || strchr(word, '"') != NULL)
            return err_set(e, FAIL_REJECT, "%s.jsonl:1: not the names of columns", table);
        text_addf(&t, "%s\"%s\"", i > 0 ? ", " : "", word);
    }
    text_add(&t, ") VALUES (");
    for (i = 0; i < json_array_size(names); i++) {
        snprintf(mark, sizeof(mark), "%s?", i > 0 ? ", " : "");
        text_add(&t, mark);
    }
    text_add(&t, ")");
    return (json_array_size(names) > 0 && !t.cut &&
            sqlite3_prepare_v2(s->db, sql, -1, q, NULL) == SQLITE_OK) ||
           err_set(e, FAIL_REJECT, "%s.jsonl:1: %s", table, sqlite3_errmsg(s->db));
}

static bool
insert_row(struct store *s, const char *table, sqlite3_stmt *q, const char *line, int64_t n,
           struct err *e)
{
    json_t *row = json_loads(line, 0, NULL);
    const json_t *value;
    bool good = json_array_size(row) == (size_t)sqlite3_bind_parameter_count(q);
    size_t i;

    json_array_foreach (row, i, value)
        good = good && bind_value(q, (int)i + 1, value);
    json_decref(row);
    if (!good)
        return err_set(e, FAIL_REJECT, "%s.jsonl:%lld: not a row of this table", table,
                       (long long)n);
    good = sqlite3_step(q) == SQLITE_DONE ||
           err_set(e, FAIL_REJECT, "%s.jsonl:%lld: %s", table, (long long)n,
                   sqlite3_errmsg(s->db));
    sqlite3_reset(q);
    return good;
}

static bool
read_lines(struct store *s, const char *table, FILE *f, int64_t *rows, struct err *e)
{
    sqlite3_stmt *q = NULL;
    char *line = NULL;
    size_t size = 0;
    bool good = true;

    for (*rows = -1; good && getline(&line, &size, f) > 0; ++*rows) {
        if (*rows >= 0) {
            good = insert_row(s, table, q, line, *rows + 2, e);
        } else {
            json_t *names = json_loads(line, 0, NULL);

            good = prepare_insert(s, table, names, &q, e);
            json_decref(names);
        }
    }
    free(line);
    sqlite3_finalize(q);
    return good;
}

static bool
read_table(struct store *s, const char *folder, const char *table, json_t *counts,
           struct err *e)
{
    int64_t rows = 0, want = json_integer_value(json_object_get(counts, table));
    char path[PATH_SIZE], clear[NAME_SIZE + 20];
    bool good;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.jsonl", folder, table);
    if ((f = fopen(path, "re")) == NULL)
        return json_object_get(counts, table) == NULL ||
               err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
    snprintf(clear, sizeof(clear), "DELETE FROM \"%s\"", table);
    good = store_exec(s, clear, e) && read_lines(s, table, f, &rows, e);
    fclose(f);
    return good && (rows == want ||
                    err_set(e, FAIL_REJECT, "%s has %lld rows, the manifest says %lld",
                            path, (long long)rows, (long long)want));
}

/* What guards rows against people would guard them against us: taken away, and put back as
 * it was. */
static char *
triggers_off(struct store *s)
{
    static const char sql[] = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    char *again = NULL, *drop = NULL;
    size_t n_again, n_drop;
    FILE *keep = open_memstream(&again, &n_again), *off = open_memstream(&drop, &n_drop);
    sqlite3_stmt *q = NULL;

    if (keep != NULL && off != NULL &&
        sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK) {
        while (sqlite3_step(q) == SQLITE_ROW) {
            fprintf(off, "DROP TRIGGER \"%s\";", sqlite3_column_text(q, 0));
            fprintf(keep, "%s;\n", sqlite3_column_text(q, 1));
        }
    }
    sqlite3_finalize(q);
    if (keep != NULL)
        fclose(keep);
    if (off != NULL)
        fclose(off);
    if (drop == NULL || sqlite3_exec(s->db, drop, NULL, NULL, NULL) != SQLITE_OK) {
        free(again);
        again = NULL;
    }
    free(drop);
    return again;
}

static bool
read_all(struct store *s, const char *folder, json_t *counts, struct err *e)
{
    char *triggers;
    bool good;

    if (!store_exec(s, "PRAGMA defer_foreign_keys=ON", e))
        return false;
    if ((triggers = triggers_off(s)) == NULL)
        return store_failed(s, SQLITE_ERROR, "triggers", e);
    good = each_table(s, folder, counts, read_table, e) && store_exec(s, triggers, e);
    free(triggers);
    return good;
}

bool
dump_read(struct store *s, const char *folder, json_t **manifest, struct err *e)
{
    char path[PATH_SIZE];
    int version;

    snprintf(path, sizeof(path), "%s/manifest.json", folder);
    *manifest = json_load_file(path, 0, NULL);
    version = (int)json_integer_value(json_object_get(*manifest, "database"));
    if (*manifest == NULL)
        err_set(e, FAIL_REJECT, "%s: not there, or no manifest: `export all` writes one",
                path);
    else if (version != STORE_VERSION)
        err_set(
            e, FAIL_REJECT,
            "%s is of database version %d, this program of %d: export and import by the "
            "same version",
            path, version, STORE_VERSION);
    else if (store_begin(s, e) &&
             read_all(s, folder, json_object_get(*manifest, "tables"), e) &&
             store_commit(s, e))
        return true;
    store_rollback(s);
    json_decref(*manifest);
    *manifest = NULL;
    return false;
}
