/*
 * Database version 1: what people said about themselves by text message: what they do not
 * want to get, who is not answered, complaints, outages, changes of phones.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char people[] =
    "CREATE TABLE consent (" /* the newest of a number and category holds */
    " id INTEGER PRIMARY KEY,"
    " number TEXT NOT NULL,"
    " category TEXT NOT NULL CHECK (category IN ('optional', 'bills')),"
    " state TEXT NOT NULL CHECK (state IN ('stopped', 'allowed')),"
    " at INTEGER NOT NULL,"
    " inbox_id INTEGER REFERENCES inbox(id)," /* what they wrote; NULL: by hand */
    " actor TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX consent_number ON consent(number, category, id);"
    /* only its number is erased */
    "CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent"
    " WHEN NEW.number <> '+0' OR NEW.id <> OLD.id OR NEW.category <> OLD.category"
    " OR NEW.state <> OLD.state OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor"
    " OR NEW.inbox_id IS NOT OLD.inbox_id"
    " BEGIN SELECT RAISE(ABORT, 'what somebody agreed to is never changed'); END;"
    "CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent"
    " BEGIN SELECT RAISE(ABORT, 'what somebody agreed to is never deleted'); END;"

    "CREATE TABLE mute (" /* who gets no answers; '*' is everybody */
    " id INTEGER PRIMARY KEY,"
    " number TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " actor TEXT NOT NULL,"
    " since INTEGER NOT NULL,"
    " until INTEGER," /* NULL: without end */
    " ended_at INTEGER"
    ") STRICT;"
    "CREATE INDEX mute_number ON mute(number) WHERE ended_at IS NULL;"

    "CREATE TABLE nick (" /* what a phone calls an account */
    " number TEXT NOT NULL,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " nick TEXT NOT NULL,"
    " PRIMARY KEY (number, account_id)"
    ") STRICT, WITHOUT ROWID;"
    "ALTER TABLE phone ADD COLUMN seen_at INTEGER;" /* that it was surely theirs */

    "CREATE TABLE phone_change (" /* asked for, and not yet so */
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " number TEXT NOT NULL,"
    " role TEXT NOT NULL CHECK (role IN ('view', 'pay', 'manage')),"
    " asked_by TEXT NOT NULL,"
    " ref TEXT NOT NULL," /* what a YES must name */
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused')),"
    " asked_at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL," /* 0: only when somebody says yes */
    " ended_at INTEGER,"
    " actor TEXT" /* who said yes or no */
    ") STRICT;"
    "CREATE INDEX phone_change_waiting ON phone_change(due_at) WHERE state = 'waiting';"
    "CREATE INDEX phone_change_account ON phone_change(account_id);";

static const char service[] =
    "CREATE TABLE ticket ("
    " id INTEGER PRIMARY KEY,"
    " ticket TEXT NOT NULL UNIQUE," /* digits: it is read aloud */
    " account_id INTEGER REFERENCES account(id),"
    " number TEXT NOT NULL,"
    " kind TEXT NOT NULL CHECK (kind IN ('complaint', 'supply', 'paid', 'plan', 'phone',"
    "  'stop')),"
    " text TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('open', 'closed')),"
    " answer TEXT,"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " created_at INTEGER NOT NULL,"
    " closed_at INTEGER,"
    " actor TEXT"
    ") STRICT;"
    "CREATE INDEX ticket_open ON ticket(kind, account_id) WHERE state = 'open';"
    "CREATE INDEX ticket_account ON ticket(account_id, kind, created_at);"

    /* What people who ask are told of an outage. */
    "ALTER TABLE outage ADD COLUMN expected_at INTEGER;"
    "ALTER TABLE outage ADD COLUMN commodity TEXT"
    " CHECK (commodity IN ('electricity', 'water', 'gas', 'heat'));"

    /* Alarms and who of the staff on call has heard of them. */
    "ALTER TABLE alarm ADD COLUMN level INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alarm ADD COLUMN told_at INTEGER;"
    "ALTER TABLE alarm ADD COLUMN seen_at INTEGER;"
    "ALTER TABLE alarm ADD COLUMN seen_by TEXT;"

    "CREATE INDEX payment_receipt ON payment(upper(reference));"
    "CREATE INDEX outbox_reply ON outbox(queued_at) WHERE kind = 'reply';";

const char *const schema_1_talk[] = {people, service, NULL};
