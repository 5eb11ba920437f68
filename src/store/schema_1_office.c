/*
 * Database version 1, second half: money, the record of who did what, and long work. Never
 * edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

/* Never changed, deleted or replaced by its id; for unique keys see schema_1_once.c. */
#define INSERT_ONLY(table, word) INSERT_ONLY_BUT(table, word, "")
/* `of`: " OF " and the columns that are never changed, where some may be. */
#define INSERT_ONLY_BUT(table, word, of)                                                   \
    "CREATE TRIGGER " table "_no_update BEFORE UPDATE" of " ON " table                     \
    " BEGIN SELECT RAISE(ABORT, '" word " is never changed'); END;"                        \
    "CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table                           \
    " BEGIN SELECT RAISE(ABORT, '" word " is never deleted'); END;"                        \
    "CREATE TRIGGER " table "_no_replace BEFORE INSERT ON " table                          \
    " WHEN EXISTS (SELECT 1 FROM " table " WHERE id = NEW.id)"                             \
    " BEGIN SELECT RAISE(ABORT, '" word " is never replaced'); END;"

/* Money. The ledger is transfers of one debit and one credit: it balances by its shape. */
/* clang-format off */
static const char money[] =
    "CREATE TABLE tariff_version ("
    " id INTEGER PRIMARY KEY,"
    " tariff TEXT NOT NULL,"
    " valid_from INTEGER NOT NULL,"
    " hash TEXT NOT NULL,"
    " body TEXT NOT NULL,"
    " loaded_at INTEGER NOT NULL,"
    " UNIQUE (tariff, hash)"
    ") STRICT;"
    INSERT_ONLY("tariff_version", "a tariff version")

    "CREATE TABLE number_series (" /* last number given, by series and year: no gaps */
    " series TEXT NOT NULL,"
    " year INTEGER NOT NULL,"
    " last INTEGER NOT NULL,"
    " PRIMARY KEY (series, year)"
    ") STRICT;"

    "CREATE TABLE bill ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE," /* account and period: the same bill twice is one bill */
    " number TEXT NOT NULL UNIQUE,"
    " series TEXT NOT NULL,"
    " year INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " kind TEXT NOT NULL CHECK (kind IN ('bill', 'credit')),"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " period_from INTEGER NOT NULL,"
    " period_to INTEGER NOT NULL,"
    " issued_at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL,"
    " cut_at INTEGER," /* NULL: supply is not cut */
    " basis TEXT NOT NULL CHECK (basis = 'A' OR basis = 'E' OR basis = 'MIXED'),"
    " tariff_version_id INTEGER NOT NULL REFERENCES tariff_version(id),"
    " class TEXT,"
    " days INTEGER NOT NULL,"
    " currency TEXT NOT NULL,"
    " rounding_minor INTEGER NOT NULL DEFAULT 0,"
    " total_minor INTEGER NOT NULL CHECK (abs(total_minor) <= 1000000000000000),"
    " balance_before_minor INTEGER NOT NULL,"
    " usage TEXT NOT NULL," /* what the tariff was given, as JSON: to compute it again */
    " corrects_id INTEGER REFERENCES bill(id),"
    " actor TEXT NOT NULL,"
    " UNIQUE (series, year, seq),"
    " CHECK (period_to >= period_from)"
    ") STRICT;"
    "CREATE INDEX bill_corrects ON bill(corrects_id) WHERE corrects_id IS NOT NULL;"
    "CREATE INDEX bill_issued ON bill(issued_at, kind, account_id);"
    "CREATE INDEX bill_account ON bill(account_id, period_to);"
    INSERT_ONLY("bill", "an issued bill")

    "CREATE TABLE bill_line ("
    " id INTEGER PRIMARY KEY,"
    " bill_id INTEGER NOT NULL REFERENCES bill(id),"
    " line INTEGER NOT NULL,"
    " code TEXT NOT NULL,"
    " label TEXT NOT NULL,"
    " qty_milli INTEGER,"
    " rate_micro INTEGER,"
    " amount_minor INTEGER NOT NULL,"
    " UNIQUE (bill_id, line)"
    ") STRICT;"
    INSERT_ONLY("bill_line", "a bill line")

    "CREATE TABLE bill_reading (" /* the evidence: both ends of each register's period */
    " id INTEGER PRIMARY KEY,"
    " bill_id INTEGER NOT NULL REFERENCES bill(id),"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " register TEXT NOT NULL,"
    " unit TEXT NOT NULL,"
    " from_reading_id INTEGER REFERENCES reading(id)," /* NULL: the initial reading */
    " from_milli INTEGER NOT NULL,"
    " from_at INTEGER NOT NULL,"
    " from_quality TEXT NOT NULL,"
    " to_reading_id INTEGER REFERENCES reading(id),"
    " to_milli INTEGER NOT NULL,"
    " to_at INTEGER NOT NULL,"
    " to_quality TEXT NOT NULL,"
    " multiplier_milli INTEGER NOT NULL,"
    " usage_milli INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX bill_reading_bill ON bill_reading(bill_id);"
    "CREATE INDEX bill_reading_meter ON bill_reading(meter_id, register, to_at);"
    INSERT_ONLY("bill_reading", "the reading of a bill")

    "CREATE TABLE payment ("
    " id INTEGER PRIMARY KEY,"
    " channel TEXT NOT NULL,"
    " reference TEXT NOT NULL,"
    " account_id INTEGER REFERENCES account(id)," /* NULL: in suspense when it came */
    " amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
    " paid_at INTEGER NOT NULL,"
    " received_at INTEGER NOT NULL,"
    " payer TEXT,"
    " claim TEXT," /* whose it is, as the payer wrote it */
    " inbox_id INTEGER REFERENCES inbox(id),"
    " actor TEXT NOT NULL,"
    " UNIQUE (channel, reference)"
    ") STRICT;"
    "CREATE INDEX payment_received ON payment(received_at, amount_minor);"
    "CREATE INDEX payment_account ON payment(account_id, paid_at);"
    INSERT_ONLY_BUT("payment", "a payment",
                    " OF id, channel, reference, account_id, amount_minor, paid_at,"
                    " received_at, inbox_id, actor")
    "CREATE TRIGGER payment_only_erased BEFORE UPDATE OF payer, claim ON"
    " payment WHEN NEW.payer <> '(erased)' OR NEW.claim <> '(erased)'"
    " BEGIN SELECT RAISE(ABORT, 'a payment is never changed'); END;"

    "CREATE TABLE ledger_account ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE," /* Receivable:1042, Income:energy, Cash:till */
    " type TEXT NOT NULL"
    "  CHECK (type = 'asset' OR type = 'liability' OR type = 'income' "
    "OR type = 'expense' OR type = 'equity'),"
    " account_id INTEGER REFERENCES account(id)"
    ") STRICT;"
    "CREATE INDEX ledger_account_account ON ledger_account(account_id)"
    " WHERE account_id IS NOT NULL;"

    "CREATE TABLE ledger_entry ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " posted_at INTEGER NOT NULL,"
    " debit_id INTEGER NOT NULL REFERENCES ledger_account(id),"
    " credit_id INTEGER NOT NULL REFERENCES ledger_account(id),"
    " amount_minor INTEGER NOT NULL"
    "  CHECK (amount_minor BETWEEN 1 AND 1000000000000000),"
    " kind TEXT NOT NULL,"
    " memo TEXT NOT NULL DEFAULT '',"
    " bill_id INTEGER REFERENCES bill(id),"
    " payment_id INTEGER REFERENCES payment(id),"
    " CHECK (debit_id <> credit_id)"
    ") STRICT;"
    /* A run posts all its bills at one time: in the order of their numbers they fill page
     * after page, in that of their amounts each would touch another. */
    "CREATE INDEX ledger_entry_debit ON ledger_entry(debit_id, "
    "posted_at, id, amount_minor);"
    "CREATE INDEX ledger_entry_credit ON ledger_entry(credit_id, "
    "posted_at, id, amount_minor);"
    INSERT_ONLY("ledger_entry", "a ledger entry");

/* Who did what, and what is still being done. */
static const char office[] =
    "CREATE TABLE audit (" /* each row seals the one before it */
    " id INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " actor TEXT NOT NULL,"
    " channel TEXT NOT NULL CHECK (channel = 'cli' OR channel = 'sms' OR channel = "
    "'engine'),"
    " action TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " detail TEXT NOT NULL,"
    " hash BLOB NOT NULL CHECK (length(hash) = 32)"
    ") STRICT;"
    INSERT_ONLY("audit", "an audit row")

    "CREATE TABLE audit_end (" /* the last row: what is cut off behind it shows */
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " id INTEGER NOT NULL,"
    " hash BLOB NOT NULL,"
    " signature BLOB" /* NULL: written without the key */
    ") STRICT;"
    "CREATE TABLE audit_seal (" /* the end of each key of the audit */
    " id INTEGER PRIMARY KEY,"
    " last_id INTEGER NOT NULL,"
    " hash BLOB NOT NULL," /* of that row */
    " next_key BLOB NOT NULL,"
    " at INTEGER NOT NULL,"
    " signature BLOB NOT NULL"
    ") STRICT;"
    INSERT_ONLY("audit_seal", "the end of a key of the audit")

    "CREATE TABLE audit_day (" /* how each day ended */
    " id INTEGER PRIMARY KEY," /* its start */
    " last_id INTEGER NOT NULL,"
    " hash BLOB NOT NULL,"
    " at INTEGER NOT NULL"
    ") STRICT;"
    INSERT_ONLY("audit_day", "the end of a day of the audit")

    "CREATE TABLE job (" /* long work, advanced a slice a turn of the engine */
    " id INTEGER PRIMARY KEY,"
    " kind TEXT NOT NULL,"
    " arguments TEXT NOT NULL," /* JSON */
    " state TEXT NOT NULL CHECK (state = 'running' OR state = 'done' OR state = "
    "'failed' OR state = 'cancelled'),"
    " cursor INTEGER NOT NULL DEFAULT 0," /* where the next slice begins */
    " done INTEGER NOT NULL DEFAULT 0,"
    " total INTEGER NOT NULL DEFAULT 0,"
    " result TEXT," /* JSON */
    " error TEXT,"
    " actor TEXT NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " finished_at INTEGER"
    ") STRICT;"
    "CREATE INDEX job_running ON job(id) WHERE state = 'running';";
/* clang-format on */

const char *const schema_1_office[] = {money, office, NULL};
