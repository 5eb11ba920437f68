/*
 * Database version 1: who was reminded of what, disputes, promises and plans. Never edited
 * after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char arrears[] =
    "CREATE TABLE arrears_run ("
    " id INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " feed_at INTEGER," /* until when payments were known */
    " actor TEXT NOT NULL,"
    " accounts INTEGER NOT NULL," /* looked at */
    " steps INTEGER NOT NULL,"    /* taken */
    " note TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE arrears_step (" /* an account came to a stage, for a debt due since then
                                   */
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " due_at INTEGER NOT NULL," /* of the oldest item: names the debt */
    " stage TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('done', 'skipped', 'over')),"
    " at INTEGER NOT NULL,"
    " amount_minor INTEGER NOT NULL,"
    " outbox_id INTEGER REFERENCES outbox(id),"
    " number TEXT,"
    " delivered_at INTEGER," /* by hand or post; else the message says it */
    " note TEXT NOT NULL,"
    " actor TEXT NOT NULL,"
    " UNIQUE (account_id, due_at, stage)"
    ") STRICT;"
    "CREATE INDEX arrears_step_account ON arrears_step(account_id, id);"

    "CREATE TABLE dispute ("
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " item_id INTEGER REFERENCES item(id)," /* NULL: all that is open */
    " opened_at INTEGER NOT NULL,"
    " actor TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " closed_at INTEGER,"
    " closed_by TEXT,"
    " outcome TEXT"
    ") STRICT;"
    "CREATE INDEX dispute_open ON dispute(account_id) WHERE closed_at IS NULL;"

    "CREATE TABLE promise ("
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
    " made_at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'broken', 'ended')),"
    " actor TEXT NOT NULL,"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " ended_at INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX promise_open ON promise(account_id) WHERE state = 'open';"
    "CREATE INDEX promise_account ON promise(account_id, made_at);"

    "CREATE TABLE plan (" /* what was open is paid in parts */
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " made_at INTEGER NOT NULL,"
    " amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
    " state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'broken', 'ended')),"
    " actor TEXT NOT NULL,"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " reminded_at INTEGER," /* of a part that was late */
    " ended_at INTEGER,"
    " note TEXT NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX plan_open ON plan(account_id) WHERE state = 'open';"
    "CREATE TABLE plan_part ("
    " plan_id INTEGER NOT NULL REFERENCES plan(id),"
    " part INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL,"
    " amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
    " PRIMARY KEY (plan_id, part)"
    ") STRICT;"
    "CREATE TABLE plan_item (" /* debts that the plan takes the place of */
    " plan_id INTEGER NOT NULL REFERENCES plan(id),"
    " item_id INTEGER NOT NULL REFERENCES item(id),"
    " PRIMARY KEY (plan_id, item_id)"
    ") STRICT;"
    "CREATE INDEX plan_item_item ON plan_item(item_id);"

    "CREATE TABLE paid_claim (" /* a customer says that he has paid */
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " reference TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " inbox_id INTEGER REFERENCES inbox(id)"
    ") STRICT;"
    "CREATE INDEX paid_claim_account ON paid_claim(account_id, at);"
    "CREATE INDEX paid_claim_reference ON paid_claim(reference);";

const char *const schema_1_arrears[] = {arrears, NULL};
