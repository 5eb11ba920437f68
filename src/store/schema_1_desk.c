/*
 * Database version 1: whose database it is, how often an engine began with it, and the
 * fence of a restored one. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char identity[] =
    "CREATE TABLE identity (" /* one row */
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " uuid TEXT NOT NULL,"
    " starts INTEGER NOT NULL,"
    " fence TEXT," /* why it is up; NULL: it is not */
    " fence_at INTEGER"
    ") STRICT;"
    "INSERT INTO identity (id, uuid, starts) VALUES (1, lower(hex(randomblob(16))), 0);";

const char *const schema_1_desk[] = {identity, NULL};
