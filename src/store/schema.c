/*
 * The schema, as numbered steps that are never edited after a release.
 *
 * Times are UTC seconds, money is minor units, quantities are thousandths of their unit,
 * rates are millionths: the column's name says which. Enumerations are words with a CHECK.
 * What is promised to be immutable has triggers against UPDATE, DELETE and against an
 * INSERT OR REPLACE, which would walk through the other two.
 * DDL is SQLite's (STRICT); everything else in src/store is SQL that PostgreSQL takes too.
 */
#include "meterpost/base/log.h"
#include "schema_steps.h"
#include "stmt.h"

#include <stdio.h>

#define APPLICATION_ID 0x4D505354 /* "MPST" */

/* Lists of statements, in order; each, and the list of them, ends in NULL. */
static const char *const *const version_1[] = {
    schema_1_field,    schema_1_office, schema_1_factor,
    schema_1_vee,      schema_1_farm,   schema_1_money,
    schema_1_registry, schema_1_alarm,  schema_1_bus,
    schema_1_desk,     schema_1_staff,  schema_1_relay,
    schema_1_arrears,  schema_1_talk,   schema_1_prepaid,
    schema_1_payfile,  schema_1_once,   NULL,
};

static const char *const *const *const steps[STORE_VERSION] = {version_1};

bool
schema_version(struct store *s, int *version, struct err *e)
{
    static const char sql[] = "PRAGMA user_version";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;
    int64_t value;

    if (q == NULL || !stmt_one_int(q, &value, &row, e))
        return false;
    *version = (int)value;
    return true;
}

/* A file with tables that are not ours is somebody else's. */
static bool
check_owner(struct store *s, int version, struct err *e)
{
    static const char id_sql[] = "PRAGMA application_id";
    static const char tables_sql[] = "SELECT count(*) FROM sqlite_schema";
    struct stmt *q = stmt_get(s, id_sql, e);
    int64_t id, tables;
    bool row;

    if (q == NULL || !stmt_one_int(q, &id, &row, e))
        return false;
    q = stmt_get(s, tables_sql, e);
    if (q == NULL || !stmt_one_int(q, &tables, &row, e))
        return false;
    if (id == APPLICATION_ID || (version == 0 && id == 0 && tables == 0))
        return true;
    return err_set(e, FAIL_FATAL, "this file is no database of Meterpost");
}

static bool
run_step(struct store *s, int from, struct err *e)
{
    char mark[100];

    if (!store_begin(s, e))
        return false;
    for (const char *const *const *list = steps[from]; *list != NULL; list++) {
        for (const char *const *part = *list; *part != NULL; part++) {
            if (!store_exec(s, *part, e))
                goto undo;
        }
    }
    snprintf(mark, sizeof(mark), "PRAGMA user_version=%d; PRAGMA application_id=%d",
             from + 1, APPLICATION_ID);
    if (!store_exec(s, mark, e) || !store_commit(s, e))
        goto undo;
    return true;
undo:
    store_rollback(s);
    return err_in(e, "migration to database version %d", from + 1);
}

bool
schema_migrate(struct store *s, struct err *e)
{
    int version;

    if (!schema_version(s, &version, e) || !check_owner(s, version, e))
        return false;
    for (; version < STORE_VERSION; version++) {
        if (!run_step(s, version, e))
            return false;
        log_info("store", "database is of version %d now", version + 1);
    }
    return true;
}
