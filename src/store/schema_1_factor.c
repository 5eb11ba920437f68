/*
 * Database version 1: dated factors, such as the fuel charge of a month. A value that was
 * wrong is set again: the newest row of a name and day holds.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char factor[] =
    "CREATE TABLE factor ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " valid_from INTEGER NOT NULL,"
    " value_micro INTEGER NOT NULL,"
    " set_at INTEGER NOT NULL,"
    " actor TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX factor_name ON factor(name, valid_from);"
    "CREATE TRIGGER factor_no_update BEFORE UPDATE ON factor"
    " BEGIN SELECT RAISE(ABORT, 'a factor is never changed: set it again'); END;"
    "CREATE TRIGGER factor_no_delete BEFORE DELETE ON factor"
    " BEGIN SELECT RAISE(ABORT, 'a factor is never deleted'); END;";

const char *const schema_1_factor[] = {factor, NULL};
