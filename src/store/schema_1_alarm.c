/* The tables of schema version 1 about what people must be told. */
#include "schema_steps.h"

#include <stddef.h>

static const char alarm[] =
    /* One row from the first time that something was seen wrong until it is well again;
     * what comes back soon is the same row. */
    "CREATE TABLE alarm ("
    " id INTEGER PRIMARY KEY,"
    " kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 31),"
    " subject TEXT NOT NULL," /* a modem, a meter ...; with kind: what it is about */
    " text TEXT NOT NULL,"
    " raised_at INTEGER NOT NULL,"
    " last_at INTEGER NOT NULL," /* seen again */
    " count INTEGER NOT NULL DEFAULT 1,"
    " cleared_at INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX alarm_open ON alarm(kind, subject) WHERE cleared_at IS NULL;"
    "CREATE INDEX alarm_cleared ON alarm(kind, subject, cleared_at);";

const char *const schema_1_alarm[] = {alarm, NULL};
