/*
 * Database version 1: who may command by text message, what their codes are checked
 * against, and what was asked for and waits for its confirmation.
 */
#include "schema_steps.h"

#include <stddef.h>

static const char staff[] =
    "CREATE TABLE staff ("
    " id INTEGER PRIMARY KEY,"
    " staff TEXT NOT NULL UNIQUE CHECK (length(staff) BETWEEN 1 AND 40),"
    " name TEXT NOT NULL,"
    " role TEXT NOT NULL CHECK (role IN ('reader', 'operator', 'admin')),"
    " phone TEXT NOT NULL CHECK (phone LIKE '+%'),"
    " language TEXT NOT NULL,"
    " supervisor TEXT," /* who hears of wrong codes; NULL: the first admin */
    " digest INTEGER NOT NULL DEFAULT 0 CHECK (digest IN (0, 1)),"
    " on_call INTEGER NOT NULL DEFAULT 0 CHECK (on_call BETWEEN 0 AND 9),"
    " phone_since INTEGER NOT NULL," /* that the present phone is theirs */
    " suspended_at INTEGER,"         /* codes are void from then on */
    " since INTEGER NOT NULL,"
    " until INTEGER,"
    /* The key that codes are made with, sealed; NULL: not enrolled. */
    " key_sealed BLOB,"
    " enrolled_at INTEGER,"
    " expires_at INTEGER,"
    " last_step INTEGER NOT NULL DEFAULT 0,"    /* of the last one-time code taken */
    " last_counter INTEGER NOT NULL DEFAULT 0," /* of the last signed command taken */
    " sheet INTEGER NOT NULL DEFAULT 0,"        /* number of the sheet in use */
    " failures INTEGER NOT NULL DEFAULT 0,"
    " failed_at INTEGER,"
    " locked_until INTEGER,"
    " codes_from INTEGER" /* the database was restored then: older codes may be used up */
    ") STRICT;"
    "CREATE UNIQUE INDEX staff_phone ON staff(phone) WHERE until IS NULL;"

    "CREATE TABLE staff_code (" /* of one-time sheets: a code is not kept, only its hash */
    " staff_id INTEGER NOT NULL REFERENCES staff(id),"
    " sheet INTEGER NOT NULL,"
    " number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 100),"
    " hash BLOB NOT NULL,"
    " used_at INTEGER," /* asked for: it is never asked for again */
    " PRIMARY KEY (staff_id, sheet, number)"
    ") STRICT, WITHOUT ROWID;";

static const char asked[] =
    "CREATE TABLE staff_request (" /* a dangerous command that waits for YES */
    " id INTEGER PRIMARY KEY,"
    " ref TEXT NOT NULL," /* what YES names: four digits, or five characters */
    " staff_id INTEGER NOT NULL REFERENCES staff(id),"
    " verb TEXT NOT NULL,"
    " arguments TEXT NOT NULL," /* JSON */
    " number INTEGER,"          /* of the code that must come; NULL: the ref alone */
    " tries INTEGER NOT NULL DEFAULT 0,"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'dead')),"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " created_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL,"
    " ended_at INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX staff_request_waiting ON staff_request(staff_id, ref)"
    " WHERE state = 'waiting';"

    "CREATE TABLE staff_wait (" /* who wants to hear what a meter says */
    " request_id INTEGER NOT NULL REFERENCES reading_request(id),"
    " staff_id INTEGER NOT NULL REFERENCES staff(id),"
    " inbox_id INTEGER NOT NULL,"
    " PRIMARY KEY (request_id, staff_id)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE staff_watch (" /* who wants to hear what came of what they set going */
    " what TEXT NOT NULL CHECK (what IN ('order', 'care')),"
    " object_id INTEGER NOT NULL," /* of relay_order or modem_care */
    " staff_id INTEGER NOT NULL REFERENCES staff(id),"
    " PRIMARY KEY (what, object_id, staff_id)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE staff_seen (" /* commands that came: the same again does not act again */
    " hash BLOB PRIMARY KEY,"   /* of sender, time of the service centre and text */
    " at INTEGER NOT NULL,"
    " inbox_id INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX staff_seen_at ON staff_seen(at);";

const char *const schema_1_staff[] = {staff, asked, NULL};
