/* The tables of schema version 1 about the care of modems: PINs, steps, money. */
#include "schema_steps.h"

#include <stddef.h>

static const char farm[] =
    /* The last PIN that a worker was allowed to try. It is written before the worker gets
     * it, so that no crash hides a try from us. */
    "CREATE TABLE modem_pin ("
    " modem TEXT PRIMARY KEY,"
    " digest BLOB NOT NULL,"
    " tries INTEGER NOT NULL," /* since a SIM was last open */
    " refused INTEGER NOT NULL CHECK (refused IN (0, 1)),"
    " tried_at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE modem_care (" /* what was done for a modem, by itself or by people */
    " id INTEGER PRIMARY KEY,"
    " modem TEXT NOT NULL,"
    " step TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state = 'asked' OR state = 'running' OR state = 'done' OR "
    "state = 'failed'),"
    " actor TEXT NOT NULL,"
    " reason TEXT,"
    " answer TEXT,"
    " asked_at INTEGER NOT NULL,"
    " ended_at INTEGER"
    ") STRICT;"
    "CREATE INDEX modem_care_asked ON modem_care(id) WHERE state IN ('asked', 'running');"
    "CREATE INDEX modem_care_modem ON modem_care(modem, id);"

    "CREATE TABLE modem_credit (" /* what is left on its SIM */
    " modem TEXT PRIMARY KEY,"
    " balance_minor INTEGER,"
    " low INTEGER NOT NULL DEFAULT 0 CHECK (low IN (0, 1))," /* as the carrier says */
    " told_at INTEGER,"                                      /* the two of above */
    " expires_at INTEGER,"                                   /* start of its last day */
    " next_at INTEGER NOT NULL DEFAULT 0"                    /* ask again */
    ") STRICT;"

    "CREATE TABLE modem_day (" /* parts that left or may have left, and what they cost */
    " modem TEXT NOT NULL,"
    " day INTEGER NOT NULL," /* its start, and that of its month */
    " month INTEGER NOT NULL,"
    " parts INTEGER NOT NULL,"
    " cost_minor INTEGER NOT NULL,"
    " PRIMARY KEY (modem, day)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX modem_day_day ON modem_day(day);";

const char *const schema_1_farm[] = {farm, NULL};
