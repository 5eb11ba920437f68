/*
 * Database version 1, money: what each document leaves open on an account, what closed it,
 * what became of payments, months that are closed, tills and agents. Never edited after a
 * release.
 */
#include "schema_steps.h"

#include <stddef.h>

#define NEVER(table, word, what, when)                                                     \
    "CREATE TRIGGER " table "_no_" what " BEFORE " when " ON " table                       \
    " BEGIN SELECT RAISE(ABORT, '" word " is never changed'); END;"
#define FIXED(table, word)                                                                 \
    NEVER(table, word, "update", "UPDATE")                                                 \
    NEVER(table, word, "delete", "DELETE")

/* A document on an account: above zero it is owed, below it is credit. open_minor is what
 * allocations have left of it, and the only thing that changes. */
static const char items[] =
    "CREATE TABLE item ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " kind TEXT NOT NULL CHECK (kind = 'opening' OR kind = 'bill' OR kind = 'credit' OR "
    "kind = 'payment' OR kind = 'reversal' OR kind = 'fee' OR kind = 'waiver' OR kind = "
    "'writeoff' OR kind = 'recovery' OR kind = 'deposit' OR kind = 'charge'),"
    " amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),"
    " open_minor INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL,"
    " bill_id INTEGER REFERENCES bill(id),"
    " payment_id INTEGER REFERENCES payment(id),"
    " memo TEXT NOT NULL,"
    " CHECK ((amount_minor > 0 AND open_minor BETWEEN 0 AND amount_minor)"
    "  OR (amount_minor < 0 AND open_minor BETWEEN amount_minor AND 0))"
    ") STRICT;"
    "CREATE INDEX item_account ON item(account_id, at);"
    "CREATE INDEX item_open ON item(account_id, due_at, id, open_minor) WHERE open_minor "
    "<> 0;"
    "CREATE INDEX item_open_amount ON item(open_minor) WHERE open_minor > 0;"
    "CREATE INDEX item_payment ON item(payment_id) WHERE payment_id IS NOT NULL;"
    "CREATE INDEX item_bill ON item(bill_id) WHERE bill_id IS NOT NULL;"
    "CREATE TRIGGER item_no_update BEFORE UPDATE OF id, key, account_id, kind,"
    " amount_minor, at, due_at, bill_id, payment_id, memo ON item"
    " BEGIN SELECT RAISE(ABORT, 'an item of an account is never changed'); END;" //
    NEVER("item", "an item of an account", "delete", "DELETE")

        "CREATE TABLE allocation (" /* below zero: taken back */
        " id INTEGER PRIMARY KEY,"
        " debit_id INTEGER NOT NULL REFERENCES item(id),"
        " credit_id INTEGER NOT NULL REFERENCES item(id),"
        " amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),"
        " at INTEGER NOT NULL,"
        " reason TEXT NOT NULL"
        ") STRICT;"
        "CREATE INDEX allocation_debit ON allocation(debit_id);"
        "CREATE INDEX allocation_credit ON allocation(credit_id);" //
    FIXED("allocation", "an allocation");

static const char payments[] =
    "CREATE INDEX account_reference ON account(upper(replace(replace(replace("
    "replace(account, '-', ''), ' ', ''), '/', ''), '.', '')));"

    "CREATE TABLE payment_event (" /* what became of a payment after it was booked */
    " id INTEGER PRIMARY KEY,"
    " payment_id INTEGER NOT NULL REFERENCES payment(id),"
    " seq INTEGER NOT NULL,"
    " kind TEXT NOT NULL CHECK (kind IN ('assign', 'reverse')),"
    " from_account_id INTEGER REFERENCES account(id)," /* NULL: suspense */
    " to_account_id INTEGER REFERENCES account(id),"   /* NULL: the money is gone */
    " at INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " actor TEXT NOT NULL,"
    " UNIQUE (payment_id, seq),"
    " CHECK ((kind = 'assign') = (to_account_id IS NOT NULL))"
    ") STRICT;" //
    FIXED("payment_event", "what became of a payment")

        "CREATE INDEX payment_unassigned ON payment(received_at) WHERE account_id IS NULL;"

        "CREATE TABLE statement_file (" /* a bank's own statement, once */
        " id INTEGER PRIMARY KEY,"
        " bank_account TEXT NOT NULL,"
        " statement TEXT NOT NULL,"
        " opening_minor INTEGER NOT NULL,"
        " closing_minor INTEGER NOT NULL,"
        " closed_on INTEGER NOT NULL,"
        " entries INTEGER NOT NULL,"
        " in_minor INTEGER NOT NULL,"
        " out_minor INTEGER NOT NULL,"
        " ledger_id INTEGER NOT NULL REFERENCES ledger_account(id)," /* where it is booked
                                                                      */
        " before_minor INTEGER NOT NULL," /* booked there before statements were taken */
        " taken_at INTEGER NOT NULL,"
        " actor TEXT NOT NULL,"
        " UNIQUE (bank_account, statement)"
        ") STRICT;" //
    FIXED("statement_file", "a statement of a bank");

static const char books[] =
    "CREATE TABLE ledger_close (" /* nothing is posted before until_at any more */
    " id INTEGER PRIMARY KEY,"
    " month TEXT NOT NULL UNIQUE,"
    " until_at INTEGER NOT NULL UNIQUE,"
    " entries INTEGER NOT NULL,"
    " debits_minor INTEGER NOT NULL,"
    " closed_at INTEGER NOT NULL,"
    " actor TEXT NOT NULL"
    ") STRICT;" //
    FIXED("ledger_close", "a closed month")

    /* Each line of a statement that is nobody's is looked for among these. */
    "CREATE INDEX ledger_entry_handover ON ledger_entry(debit_id, amount_minor)"
    " WHERE kind = 'handover';"
    "CREATE TRIGGER ledger_entry_closed BEFORE INSERT ON ledger_entry"
    " WHEN NEW.posted_at < (SELECT max(until_at) FROM ledger_close)"
    " BEGIN SELECT RAISE(ABORT, 'the month is closed'); END;"

    "CREATE TABLE till ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL CHECK (kind IN ('till', 'agent')),"
    " ceiling_minor INTEGER NOT NULL DEFAULT 0 CHECK (ceiling_minor >= 0)," /* 0: none
                                                                             */
    " commission_ppm INTEGER NOT NULL DEFAULT 0"
    "  CHECK (commission_ppm BETWEEN 0 AND 1000000),"
    " since INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE till_session (" /* from opening to close; numbered for the Z report */
    " id INTEGER PRIMARY KEY,"
    " till_id INTEGER NOT NULL REFERENCES till(id),"
    " number INTEGER NOT NULL,"
    " opened_at INTEGER NOT NULL,"
    " opened_by TEXT NOT NULL,"
    " float_minor INTEGER NOT NULL,"
    " counted_minor INTEGER,"
    " counted_at INTEGER,"
    " closed_at INTEGER,"
    " closed_by TEXT,"
    " expected_minor INTEGER,"
    " UNIQUE (till_id, number)"
    ") STRICT;"
    "CREATE UNIQUE INDEX till_session_open ON till_session(till_id)"
    " WHERE closed_at IS NULL;";

const char *const schema_1_money[] = {items, payments, books, NULL};
