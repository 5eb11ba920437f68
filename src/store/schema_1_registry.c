/*
 * Database version 1: what the registry knows beside accounts and meters, each from a time
 * to a time, and the attempts and plans of asking. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char places[] =
    "CREATE TABLE service_point (" /* where supply is taken, whoever lives there */
    " id INTEGER PRIMARY KEY,"
    " point TEXT NOT NULL UNIQUE CHECK (length(point) BETWEEN 1 AND 40),"
    " address TEXT,"
    " location TEXT," /* "-1.2921,36.8219" */
    " phases INTEGER CHECK (phases BETWEEN 1 AND 3),"
    " note TEXT,"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "ALTER TABLE installation ADD COLUMN point_id INTEGER REFERENCES service_point(id);"

    "CREATE TABLE group_parent (" /* the tree as it was; meter_group has today's */
    " id INTEGER PRIMARY KEY,"
    " group_id INTEGER NOT NULL REFERENCES meter_group(id),"
    " parent_id INTEGER REFERENCES meter_group(id),"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX group_parent_open ON group_parent(group_id) WHERE until IS NULL;"
    "CREATE INDEX group_parent_group ON group_parent(group_id, since);"
    "CREATE INDEX group_parent_parent ON group_parent(parent_id);"
    "CREATE TABLE group_member (" /* which meters it had; meter has today's */
    " id INTEGER PRIMARY KEY,"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " group_id INTEGER NOT NULL REFERENCES meter_group(id),"
    " is_check_meter INTEGER NOT NULL CHECK (is_check_meter IN (0, 1)),"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE INDEX group_member_meter ON group_member(meter_id, since);"
    "CREATE UNIQUE INDEX group_member_open ON group_member(meter_id) WHERE until IS NULL;"
    "CREATE INDEX group_member_group ON group_member(group_id, is_check_meter DESC);"
    "CREATE INDEX meter_of_group ON meter(group_id);";

static const char fittings[] =
    "CREATE TABLE seal ("
    " id INTEGER PRIMARY KEY,"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " seal TEXT NOT NULL,"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX seal_open ON seal(seal) WHERE until IS NULL;"
    "CREATE INDEX seal_meter ON seal(meter_id);"

    "CREATE TABLE collector_port (" /* pulses of one kWh, m3 ... by port */
    " id INTEGER PRIMARY KEY,"
    " collector_id INTEGER NOT NULL REFERENCES collector(id),"
    " port INTEGER NOT NULL CHECK (port > 0),"
    " pulse_constant INTEGER NOT NULL CHECK (pulse_constant > 0),"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX collector_port_open ON collector_port(collector_id, port)"
    " WHERE until IS NULL;"

    "CREATE TABLE account_note ("
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " at INTEGER NOT NULL,"
    " actor TEXT NOT NULL,"
    " text TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX account_note_account ON account_note(account_id, id);";

static const char asking[] =
    "CREATE TABLE attempt (" /* one try of one question, by whatever way */
    " id INTEGER PRIMARY KEY,"
    " request_id INTEGER NOT NULL REFERENCES reading_request(id),"
    " number INTEGER NOT NULL,"
    " channel TEXT NOT NULL CHECK (channel = 'sms' OR channel = 'bus' OR channel = "
    "'customer'),"
    " device TEXT," /* modem or bus */
    " asked_at INTEGER NOT NULL,"
    " ended_at INTEGER,"
    " result TEXT," /* "answered", else why not */
    " outbox_id INTEGER REFERENCES outbox(id),"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " segments INTEGER NOT NULL DEFAULT 0,"
    " cost_minor INTEGER NOT NULL DEFAULT 0,"
    " sent BLOB,"
    " received BLOB,"
    " UNIQUE (request_id, number)"
    ") STRICT;"
    "CREATE INDEX attempt_open ON attempt(request_id) WHERE ended_at IS NULL;"

    "CREATE TABLE schedule (" /* when what the settings plan is due next */
    " name TEXT PRIMARY KEY,"
    " spec TEXT NOT NULL," /* what it was worked out from: other settings, another time */
    " next_at INTEGER NOT NULL"
    ") STRICT;";

const char *const schema_1_registry[] = {places, fittings, asking, NULL};
