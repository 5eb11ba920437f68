/*
 * Database version 1, prepaid accounts: how far each may go, and where it stands. Never
 * edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char prepaid[] =
    "CREATE TABLE prepaid ("
    " account_id INTEGER PRIMARY KEY REFERENCES account(id),"
    " limit_minor INTEGER NOT NULL CHECK (limit_minor >= 0)," /* it may owe so much */
    " warn_minor INTEGER NOT NULL CHECK (warn_minor >= 0),"   /* told when this is left */
    " since INTEGER NOT NULL,"
    " until INTEGER," /* NULL: prepaid now */
    " level TEXT NOT NULL CHECK (level = 'ok' OR level = 'low' OR level = 'empty'),"
    " level_at INTEGER NOT NULL,"           /* since when, as people were told */
    " charges INTEGER NOT NULL DEFAULT 0,"  /* numbers them */
    " day_minor INTEGER NOT NULL DEFAULT 0" /* what a day costs of late */
    ") STRICT;";

const char *const schema_1_prepaid[] = {prepaid, NULL};
