/*
 * Database version 1: orders to cut and restore supply, what stops them, and how supply
 * should be. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

#define NEVER(table, what, when)                                                           \
    "CREATE TRIGGER " table "_no_" what " BEFORE " when " ON " table                       \
    " BEGIN SELECT RAISE(ABORT, 'the record of an order is never changed'); END;"

static const char orders[] =
    "CREATE TABLE order_batch (" /* orders that were proposed, and are approved, together */
    " id INTEGER PRIMARY KEY,"
    " proposed_by TEXT NOT NULL,"
    " proposed_at INTEGER NOT NULL,"
    " note TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE relay_order ("
    " id INTEGER PRIMARY KEY,"
    " batch_id INTEGER REFERENCES order_batch(id),"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " account_id INTEGER REFERENCES account(id),"
    " installation_id INTEGER REFERENCES installation(id),"
    " serial TEXT NOT NULL," /* serial and number as they were when it was proposed */
    " number TEXT NOT NULL,"
    " action TEXT NOT NULL CHECK (action IN ('cut', 'restore')),"
    " cause TEXT NOT NULL CHECK (cause IN ('arrears', 'customer', 'theft', 'safety',"
    "  'operator')),"
    " state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'queued', 'sent',"
    "  'acknowledged', 'armed', 'verified', 'in_doubt', 'failed', 'expired',"
    "  'cancelled')),"
    " way TEXT NOT NULL CHECK (way IN ('sms', 'bus', 'field')),"
    " reason TEXT NOT NULL,"
    " amount_minor INTEGER NOT NULL,"       /* owed when it was proposed */
    " age_days INTEGER NOT NULL,"           /* of the oldest of it */
    " by_sheet INTEGER NOT NULL DEFAULT 0," /* proposed with a code of a sheet alone */
    " proposed_by TEXT NOT NULL,"
    " proposed_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL," /* not handed out from then on; 0: never */
    " approved_at INTEGER,"
    " sent_at INTEGER,"
    " acknowledged_at INTEGER,"
    " power_at INTEGER," /* when the relay was first seen as it should be */
    " finished_at INTEGER,"
    " since INTEGER NOT NULL,"   /* the reason holds since: a restore's payment */
    " next_at INTEGER NOT NULL," /* when it is looked at again */
    " outbox_id INTEGER REFERENCES outbox(id),"       /* the last command */
    " check_outbox_id INTEGER REFERENCES outbox(id)," /* the last question */
    " job_id INTEGER,"                                /* the last command by wire */
    " check_job_id INTEGER,"
    " check_at INTEGER," /* when it was asked; NULL: no answer is waited for */
    " checks INTEGER NOT NULL DEFAULT 0,"
    " tries INTEGER NOT NULL DEFAULT 0,"   /* commands that may have left */
    " dead_at INTEGER NOT NULL DEFAULT 0," /* no copy of a command acts from then on */
    " late_check_at INTEGER NOT NULL DEFAULT 0," /* not done before a look after then */
    " alarmed INTEGER NOT NULL DEFAULT 0,"
    " note TEXT NOT NULL DEFAULT ''"
    ") STRICT;"
    "CREATE UNIQUE INDEX relay_order_open ON relay_order(meter_id)"
    " WHERE finished_at IS NULL;"
    "CREATE INDEX relay_order_due ON relay_order(next_at) WHERE finished_at IS NULL;"
    "CREATE INDEX relay_order_meter ON relay_order(meter_id, id);"
    "CREATE INDEX relay_order_account ON relay_order(account_id, id);"
    "CREATE INDEX relay_order_batch ON relay_order(batch_id);"
    "CREATE INDEX relay_order_sent ON relay_order(sent_at) WHERE sent_at IS NOT NULL;"
    "CREATE INDEX relay_order_outbox ON relay_order(outbox_id);"

    "CREATE TABLE order_approval ("
    " id INTEGER PRIMARY KEY,"
    " order_id INTEGER NOT NULL REFERENCES relay_order(id),"
    " person TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " note TEXT NOT NULL,"
    " UNIQUE (order_id, person)"
    ") STRICT;"
    "CREATE TRIGGER order_approval_by_another BEFORE INSERT ON order_approval"
    " WHEN NEW.person = (SELECT proposed_by FROM relay_order WHERE id = NEW.order_id)"
    " BEGIN SELECT RAISE(ABORT, 'nobody approves an order of their own'); END;" //
    NEVER("order_approval", "update", "UPDATE") NEVER("order_approval", "delete", "DELETE")

        "CREATE TRIGGER relay_order_unapproved BEFORE UPDATE OF state ON relay_order"
        " WHEN NEW.action = 'cut' AND NEW.state IN ('approved', 'queued', 'sent',"
        "  'acknowledged') AND NOT EXISTS"
        "  (SELECT 1 FROM order_approval WHERE order_id = NEW.id)"
        " BEGIN SELECT RAISE(ABORT, 'a second person must approve a cut'); END;"

        "CREATE TABLE order_event ("
        " id INTEGER PRIMARY KEY,"
        " order_id INTEGER NOT NULL REFERENCES relay_order(id),"
        " at INTEGER NOT NULL,"
        " event TEXT NOT NULL,"
        " state TEXT NOT NULL," /* that it led to */
        " actor TEXT NOT NULL,"
        " note TEXT NOT NULL"
        ") STRICT;"
        "CREATE INDEX order_event_order ON order_event(order_id, id);" //
    NEVER("order_event", "update", "UPDATE") NEVER("order_event", "delete", "DELETE");

static const char supply[] =
    "CREATE TABLE supply (" /* how it should be; meter.relay has what was reported */
    " meter_id INTEGER PRIMARY KEY REFERENCES meter(id),"
    " wanted TEXT NOT NULL CHECK (wanted IN ('closed', 'open')),"
    " cause TEXT NOT NULL,"
    " order_id INTEGER REFERENCES relay_order(id),"
    " since INTEGER NOT NULL,"
    " weighed INTEGER NOT NULL DEFAULT 0," /* what had changed on the account by then */
    " asked_at INTEGER,"                   /* when the relay was last looked at for that */
    " alarmed_at INTEGER"
    ") STRICT;"
    "CREATE INDEX supply_off ON supply(meter_id) WHERE wanted = 'open';"
    "CREATE INDEX meter_off ON meter(id) WHERE relay = 'open';"

    "CREATE TABLE relay_flag (" /* what stops or binds all orders */
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL CHECK (name IN ('kill', 'maintenance', 'moratorium', 'clock',"
    "  'dry_run', 'feed', 'chase')),"
    " since INTEGER NOT NULL,"
    " until INTEGER,"
    " actor TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " ended_by TEXT"
    ") STRICT;"
    "CREATE INDEX relay_flag_name ON relay_flag(name, id);"

    "CREATE TABLE weather (" /* forecasts, as somebody took them */
    " id INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " low_tenths INTEGER NOT NULL," /* of a degree Celsius, in the 24 hours from then */
    " heat INTEGER NOT NULL CHECK (heat IN (0, 1))," /* there is a heat advisory */
    " actor TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE outage (" /* a group without supply, whatever its relays say */
    " id INTEGER PRIMARY KEY,"
    " group_id INTEGER NOT NULL REFERENCES meter_group(id),"
    " since INTEGER NOT NULL,"
    " until INTEGER,"
    " actor TEXT NOT NULL,"
    " reason TEXT NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX outage_open ON outage(group_id) WHERE until IS NULL;"

    "CREATE TABLE meter_lock (" /* somebody works on the wires: nothing is switched on */
    " id INTEGER PRIMARY KEY,"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " since INTEGER NOT NULL,"
    " until INTEGER,"
    " actor TEXT NOT NULL,"
    " reason TEXT NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX meter_lock_open ON meter_lock(meter_id) WHERE until IS NULL;"

    "CREATE TABLE prepaid_order (" /* limit, token or credit, as sent to a meter */
    " id INTEGER PRIMARY KEY,"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " action TEXT NOT NULL CHECK (action IN ('limit', 'token', 'credit')),"
    " value TEXT NOT NULL,"
    " made_at INTEGER NOT NULL,"
    " actor TEXT NOT NULL,"
    " outbox_id INTEGER REFERENCES outbox(id),"
    " answered_at INTEGER,"
    " answer TEXT" /* done, or what the meter objected */
    ") STRICT;"
    "CREATE INDEX prepaid_order_open ON prepaid_order(meter_id) WHERE answered_at IS NULL;"

    "CREATE TABLE field_order (" /* what a person does on the spot */
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " order_id INTEGER REFERENCES relay_order(id),"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " account_id INTEGER REFERENCES account(id),"
    " action TEXT NOT NULL CHECK (action IN ('cut', 'restore', 'visit')),"
    " state TEXT NOT NULL CHECK (state IN ('open', 'sent', 'done', 'failed',"
    "  'cancelled')),"
    " technician TEXT," /* name */
    " number TEXT,"     /* phone */
    " reason TEXT NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " sent_at INTEGER,"
    " ended_at INTEGER,"
    " answer TEXT,"
    " actor TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX field_order_open ON field_order(id) WHERE state IN ('open', 'sent');"
    "CREATE INDEX field_order_order ON field_order(order_id);";

const char *const schema_1_relay[] = {orders, supply, NULL};
