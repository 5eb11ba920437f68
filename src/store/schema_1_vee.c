/*
 * Database version 1: limits that hold for some meters only, and bills that stand on a
 * reading that was replaced. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char validation[] =
    "CREATE TABLE vee_override (" /* a limit or a severity, for a class or for one meter */
    " id INTEGER PRIMARY KEY,"
    " class TEXT,"
    " meter_id INTEGER REFERENCES meter(id),"
    " name TEXT NOT NULL,"  /* of a limit or a rule */
    " value TEXT NOT NULL," /* a whole number, or a severity */
    " reason TEXT NOT NULL,"
    " actor TEXT NOT NULL,"
    " since INTEGER NOT NULL,"
    " until INTEGER," /* NULL: without end */
    " CHECK ((class IS NULL) <> (meter_id IS NULL))"
    ") STRICT;"
    "CREATE INDEX vee_override_meter ON vee_override(meter_id) WHERE meter_id IS NOT NULL;"
    "CREATE INDEX vee_override_class ON vee_override(class) WHERE class IS NOT NULL;"

    "CREATE TABLE device_clock (" /* how far a device's clock is off */
    " device TEXT PRIMARY KEY,"   /* m and the id of a meter, or c and a concentrator's */
    " drift_s INTEGER NOT NULL,"  /* above zero: ahead */
    " seen_at INTEGER NOT NULL,"
    " set_at INTEGER" /* when it was last asked to set it */
    ") STRICT;"

    "CREATE TABLE trueup (" /* a bill that stands on a reading which was replaced */
    " id INTEGER PRIMARY KEY,"
    " bill_id INTEGER NOT NULL REFERENCES bill(id),"
    " old_id INTEGER NOT NULL REFERENCES reading(id),"
    " new_id INTEGER NOT NULL REFERENCES reading(id),"
    " found_at INTEGER NOT NULL,"
    " settled_at INTEGER," /* by a further bill */
    " UNIQUE (bill_id, old_id)"
    ") STRICT;"
    "CREATE INDEX trueup_open ON trueup(bill_id) WHERE settled_at IS NULL;"

    "CREATE INDEX installation_meter ON installation(meter_id, installed_at);"
    "CREATE INDEX reading_held_of ON reading(meter_id, register, taken_at)"
    " WHERE status = 'held';"
    "CREATE INDEX reading_received ON reading(received_at);";

const char *const schema_1_vee[] = {validation, NULL};
