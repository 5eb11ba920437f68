/*
 * The schema, as numbered steps that are never edited after a release.
 *
 * Times are UTC seconds, money is minor units, quantities are thousandths of their unit,
 * rates are millionths: the column's name says which. Enumerations are words with a CHECK.
 * What is promised to be immutable has triggers against UPDATE, DELETE and against an
 * INSERT OR REPLACE, which would walk through the other two.
 * DDL is SQLite's (STRICT); everything else in src/store is SQL that PostgreSQL takes too.
 */
#include "meterpost/base/log.h"
#include "stmt.h"

#include <stdio.h>

#define APPLICATION_ID 0x4D505354 /* "MPST" */

#define INSERT_ONLY(table, word)                                                           \
    "CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table                           \
    " BEGIN SELECT RAISE(ABORT, '" word " is never changed'); END;"                        \
    "CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table                           \
    " BEGIN SELECT RAISE(ABORT, '" word " is never deleted'); END;"                        \
    "CREATE TRIGGER " table "_no_replace BEFORE INSERT ON " table                          \
    " WHEN EXISTS (SELECT 1 FROM " table " WHERE id = NEW.id)"                             \
    " BEGIN SELECT RAISE(ABORT, '" word " is never replaced'); END;"

/* Who is served: accounts, their phones, what they have agreed to. Nothing is deleted,
 * everything is dated. */
static const char registry[] =
    "CREATE TABLE account ("
    " id INTEGER PRIMARY KEY,"
    " account TEXT NOT NULL UNIQUE CHECK (length(account) BETWEEN 1 AND 40),"
    " name TEXT NOT NULL,"
    " language TEXT NOT NULL,"
    " address TEXT,"
    " protected TEXT," /* the reason, in a word: medical, hospital, ... */
    " protected_until INTEGER,"
    " opened_at INTEGER NOT NULL,"
    " closed_at INTEGER"
    ") STRICT;"

    "CREATE TABLE contract (" /* tariff and class of an account, from a date on */
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " tariff TEXT NOT NULL,"
    " class TEXT,"
    " valid_from INTEGER NOT NULL,"
    " UNIQUE (account_id, valid_from)"
    ") STRICT;"

    "CREATE TABLE phone ("
    " id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " number TEXT NOT NULL CHECK (number LIKE '+%'),"
    " role TEXT NOT NULL CHECK (role IN ('view', 'pay', 'manage')),"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX phone_open ON phone(number, account_id) WHERE until IS NULL;"
    "CREATE INDEX phone_account ON phone(account_id);"

    "CREATE TABLE meter_group ("
    " id INTEGER PRIMARY KEY,"
    " code TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL,"
    " parent_id INTEGER REFERENCES meter_group(id),"
    " kind TEXT CHECK (kind IN ('transformer', 'feeder', 'zone'))"
    ") STRICT;"

    "CREATE TABLE concentrator ("
    " id INTEGER PRIMARY KEY,"
    " concentrator TEXT NOT NULL UNIQUE,"
    " profile TEXT NOT NULL,"
    " phone TEXT NOT NULL UNIQUE CHECK (phone LIKE '+%'),"
    " address TEXT,"
    " interval_s INTEGER,"
    " read_window TEXT,"
    " freeze_time TEXT,"
    " last_contact_at INTEGER,"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"

    "CREATE TABLE collector ("
    " id INTEGER PRIMARY KEY,"
    " collector TEXT NOT NULL UNIQUE,"
    " concentrator_id INTEGER REFERENCES concentrator(id),"
    " address TEXT NOT NULL,"
    " bus TEXT,"
    " ports INTEGER CHECK (ports > 0)"
    ") STRICT;"

    "CREATE TABLE meter (" /* the device; where it hangs is `installation` */
    " id INTEGER PRIMARY KEY,"
    " meter TEXT NOT NULL UNIQUE CHECK (length(meter) BETWEEN 1 AND 40),"
    " commodity TEXT NOT NULL"
    "  CHECK (commodity IN ('electricity', 'water', 'gas', 'heat')),"
    " profile TEXT,"
    " phone TEXT CHECK (phone LIKE '+%'),"
    " concentrator_id INTEGER REFERENCES concentrator(id),"
    " collector_id INTEGER REFERENCES collector(id),"
    " port INTEGER,"
    " bus TEXT,"
    " protocol TEXT,"
    " address TEXT,"
    " password TEXT,"
    " digits INTEGER CHECK (digits BETWEEN 1 AND 15),"
    " decimals INTEGER CHECK (decimals BETWEEN 0 AND 6),"
    " pulse_constant INTEGER CHECK (pulse_constant > 0),"
    " has_relay INTEGER NOT NULL DEFAULT 0 CHECK (has_relay IN (0, 1)),"
    " relay TEXT NOT NULL DEFAULT 'unknown'"
    "  CHECK (relay IN ('closed', 'open', 'armed', 'unknown')),"
    " group_id INTEGER REFERENCES meter_group(id),"
    " is_check_meter INTEGER NOT NULL DEFAULT 0 CHECK (is_check_meter IN (0, 1)),"
    " last_contact_at INTEGER,"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX meter_phone ON meter(phone) WHERE until IS NULL;"
    "CREATE UNIQUE INDEX meter_on_concentrator ON meter(concentrator_id, address)"
    " WHERE until IS NULL AND concentrator_id IS NOT NULL;"
    "CREATE UNIQUE INDEX meter_on_bus ON meter(bus, address)"
    " WHERE until IS NULL AND bus IS NOT NULL;"

    "CREATE TABLE installation (" /* a meter at an account, from a reading to a reading */
    " id INTEGER PRIMARY KEY,"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " account_id INTEGER NOT NULL REFERENCES account(id),"
    " multiplier_milli INTEGER NOT NULL CHECK (multiplier_milli > 0),"
    " installed_at INTEGER NOT NULL,"
    " initial_milli INTEGER NOT NULL,"
    " removed_at INTEGER,"
    " final_milli INTEGER,"
    " CHECK (removed_at IS NULL OR removed_at >= installed_at)"
    ") STRICT;"
    "CREATE UNIQUE INDEX installation_open ON installation(meter_id)"
    " WHERE removed_at IS NULL;"
    "CREATE INDEX installation_account ON installation(account_id);";

/* What goes out and what comes in by text message. */
static const char messages[] =
    "CREATE TABLE modem (" /* what was last known of each; the settings are in the file */
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " health TEXT NOT NULL CHECK (health IN"
    "  ('starting', 'ready', 'no_network', 'stopped', 'failed', 'off')),"
    " imei TEXT, imsi TEXT, model TEXT, firmware TEXT, operator TEXT, smsc TEXT,"
    " signal_percent INTEGER,"
    " sim_used INTEGER, sim_size INTEGER,"
    " settle_percent INTEGER,"
    " reason TEXT,"
    " restarts INTEGER NOT NULL DEFAULT 0,"
    " seen_at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE outbox ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE," /* the reason: the same reason twice is one message */
    " kind TEXT NOT NULL CHECK (kind IN ('restore', 'cut', 'verify', 'alarm', 'answer',"
    "  'receipt', 'reply', 'notice', 'bill', 'request')),"
    " priority INTEGER NOT NULL," /* smaller goes first */
    " number TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " alphabet TEXT NOT NULL CHECK (alphabet IN ('gsm7', 'ucs2', '8bit')),"
    " segments INTEGER NOT NULL CHECK (segments BETWEEN 1 AND 10),"
    " concat_ref INTEGER NOT NULL DEFAULT 0,"
    " state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered',"
    "  'undelivered', 'failed', 'expired', 'cancelled', 'in_doubt')),"
    " modem TEXT," /* that has it or had it */
    " queued_at INTEGER NOT NULL,"
    " next_at INTEGER NOT NULL," /* not before */
    " expires_at INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " repeated INTEGER NOT NULL DEFAULT 0," /* went again after being in doubt */
    " sent_at INTEGER,"
    " delivered_at INTEGER,"
    " code INTEGER,"
    " error TEXT,"
    " account_id INTEGER REFERENCES account(id),"
    " meter_id INTEGER REFERENCES meter(id),"
    " request_id INTEGER,"
    " inbox_id INTEGER" /* the message that this one answers */
    ") STRICT;"
    "CREATE INDEX outbox_due ON outbox(priority, next_at, id) WHERE state = 'queued';"
    "CREATE INDEX outbox_open ON outbox(modem, id) WHERE state IN ('sending', 'in_doubt');"
    "CREATE INDEX outbox_number ON outbox(number, id);"
    "CREATE INDEX outbox_request ON outbox(request_id) WHERE request_id IS NOT NULL;"

    "CREATE TABLE outbox_part (" /* one row a segment, so that only the lost one is repeated
                                  */
    " outbox_id INTEGER NOT NULL REFERENCES outbox(id),"
    " part INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered',"
    "  'undelivered', 'in_doubt')),"
    " modem TEXT,"
    " ref INTEGER," /* TP-MR, 0 to 255, for the delivery report */
    " sent_at INTEGER,"
    " report_status INTEGER,"
    " PRIMARY KEY (outbox_id, part)"
    ") STRICT;"
    "CREATE INDEX outbox_part_ref ON outbox_part(modem, ref, sent_at) WHERE state = 'sent';"

    "CREATE TABLE delivery_report (" /* kept raw: one may come before its part is `sent` */
    " id INTEGER PRIMARY KEY,"
    " dedup BLOB NOT NULL UNIQUE,"
    " modem TEXT NOT NULL,"
    " number TEXT NOT NULL,"
    " ref INTEGER NOT NULL,"
    " tp_status INTEGER NOT NULL,"
    " arrived_at INTEGER NOT NULL,"
    " outbox_id INTEGER REFERENCES outbox(id)"
    ") STRICT;"
    "CREATE INDEX delivery_report_open ON delivery_report(modem, ref)"
    " WHERE outbox_id IS NULL;"

    "CREATE TABLE inbox (" /* whole messages */
    " id INTEGER PRIMARY KEY,"
    " modem TEXT NOT NULL,"
    " sender TEXT NOT NULL,"
    " sender_kind TEXT NOT NULL CHECK (sender_kind IN ('number', 'short', 'alpha')),"
    " text TEXT NOT NULL,"
    " parts INTEGER NOT NULL CHECK (parts >= 1),"
    " state TEXT NOT NULL CHECK (state IN ('new', 'done', 'ignored', 'quarantined')),"
    " kind TEXT," /* what it was taken for: reading, relay, alarm, customer, ... */
    " reason TEXT,"
    " incomplete INTEGER NOT NULL DEFAULT 0 CHECK (incomplete IN (0, 1)),"
    " smsc_at INTEGER,"
    " received_at INTEGER NOT NULL,"
    " handled_at INTEGER,"
    " account_id INTEGER REFERENCES account(id),"
    " meter_id INTEGER REFERENCES meter(id),"
    " request_id INTEGER"
    ") STRICT;"
    "CREATE INDEX inbox_new ON inbox(id) WHERE state = 'new';"
    "CREATE INDEX inbox_sender ON inbox(sender, id);"
    "CREATE INDEX inbox_quarantined ON inbox(id) WHERE state = 'quarantined';"

    "CREATE TABLE inbox_part (" /* as stored in the SIM; the raw octets are the evidence */
    " id INTEGER PRIMARY KEY,"
    " dedup BLOB NOT NULL UNIQUE," /* SHA-256 of IMSI and raw TPDU */
    " inbox_id INTEGER REFERENCES inbox(id),"
    " modem TEXT NOT NULL,"
    " imsi TEXT NOT NULL,"
    " sender TEXT NOT NULL,"
    " ref INTEGER NOT NULL,"
    " ref_bits INTEGER NOT NULL CHECK (ref_bits IN (0, 8, 16)),"
    " total INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " alphabet TEXT NOT NULL CHECK (alphabet IN ('gsm7', 'ucs2', '8bit')),"
    " body BLOB NOT NULL,"
    " pdu BLOB NOT NULL,"
    " smsc_at INTEGER,"
    " received_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX inbox_part_waiting ON inbox_part(imsi, sender, ref, total)"
    " WHERE inbox_id IS NULL;"
    "CREATE INDEX inbox_part_inbox ON inbox_part(inbox_id);";

/* Asking meters, and what they said. */
static const char readings[] =
    "CREATE TABLE round ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " state TEXT NOT NULL CHECK (state IN ('running', 'closed')),"
    " group_id INTEGER REFERENCES meter_group(id),"
    " started_at INTEGER NOT NULL,"
    " closes_at INTEGER NOT NULL,"
    " closed_at INTEGER,"
    " actor TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE reading_request (" /* one question to one device */
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL CHECK (kind IN ('read', 'relay')),"
    " meter_id INTEGER REFERENCES meter(id),"
    " concentrator_id INTEGER REFERENCES concentrator(id),"
    " round_id INTEGER REFERENCES round(id),"
    " channel TEXT NOT NULL CHECK (channel IN ('sms', 'bus')),"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'answered', 'failed')),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " created_at INTEGER NOT NULL,"
    " next_at INTEGER NOT NULL," /* waiting: ask then; asked: no answer until then = late */
    " expires_at INTEGER NOT NULL,"
    " answered_at INTEGER,"
    " inbox_id INTEGER REFERENCES inbox(id),"
    " reason TEXT,"
    " actor TEXT NOT NULL,"
    " CHECK ((meter_id IS NULL) <> (concentrator_id IS NULL))"
    ") STRICT;"
    "CREATE INDEX reading_request_due ON reading_request(next_at)"
    " WHERE state IN ('waiting', 'asked');"
    "CREATE INDEX reading_request_meter ON reading_request(meter_id, round_id);"
    "CREATE INDEX reading_request_meter_open ON reading_request(meter_id, id)"
    " WHERE state IN ('waiting', 'asked');"
    "CREATE INDEX reading_request_concentrator_open"
    " ON reading_request(concentrator_id, id) WHERE state IN ('waiting', 'asked');"
    "CREATE INDEX reading_request_concentrator ON reading_request(concentrator_id, "
    "round_id);"

    "CREATE TABLE reading ("
    " id INTEGER PRIMARY KEY,"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " register TEXT NOT NULL,"
    " value_milli INTEGER NOT NULL,"
    " unit TEXT NOT NULL,"
    " taken_at INTEGER NOT NULL," /* by the meter's clock, else the service centre's */
    " received_at INTEGER NOT NULL,"
    " meter_clock INTEGER NOT NULL CHECK (meter_clock IN (0, 1))," /* it gave the time */
    " quality TEXT NOT NULL CHECK (quality IN ('A', 'E', 'S', 'F', 'N')),"
    " method TEXT,"
    " source TEXT NOT NULL CHECK (source IN ('sms', 'bus', 'customer', 'manual',"
    "  'handheld', 'import', 'estimate')),"
    " status TEXT NOT NULL"
    "  CHECK (status IN ('accepted', 'held', 'rejected', 'superseded')),"
    " flags TEXT NOT NULL DEFAULT ''," /* words between commas */
    " reason TEXT,"                    /* of a hold, in a sentence */
    " inbox_id INTEGER REFERENCES inbox(id),"
    " request_id INTEGER REFERENCES reading_request(id),"
    " round_id INTEGER REFERENCES round(id),"
    " actor TEXT NOT NULL,"
    " raw TEXT NOT NULL DEFAULT ''" /* the number as the meter wrote it */
    ") STRICT;"
    "CREATE UNIQUE INDEX reading_once ON reading(meter_id, register, taken_at, value_milli)"
    " WHERE status <> 'superseded';"
    "CREATE INDEX reading_held ON reading(id) WHERE status = 'held';"
    "CREATE INDEX reading_round ON reading(round_id, meter_id) WHERE round_id IS NOT NULL;"

    "CREATE TABLE round_meter ("
    " round_id INTEGER NOT NULL REFERENCES round(id),"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " state TEXT NOT NULL CHECK (state IN ('expected', 'in', 'held', 'missing')),"
    " request_id INTEGER REFERENCES reading_request(id),"
    " PRIMARY KEY (round_id, meter_id)"
    ") STRICT;"
    "CREATE INDEX round_meter_request ON round_meter(request_id);"
    "CREATE INDEX round_meter_expected ON round_meter(round_id)"
    " WHERE state = 'expected';";

/* Money. The ledger is transfers of one debit and one credit: it balances by its shape. */
static const char money[] =
    "CREATE TABLE tariff_version ("
    " id INTEGER PRIMARY KEY,"
    " tariff TEXT NOT NULL,"
    " valid_from INTEGER NOT NULL,"
    " hash TEXT NOT NULL,"
    " body TEXT NOT NULL,"
    " loaded_at INTEGER NOT NULL,"
    " UNIQUE (tariff, hash)"
    ") STRICT;" INSERT_ONLY("tariff_version", "a tariff version")

        "CREATE TABLE number_series (" /* last number given, by series and year: no gaps */
        " series TEXT NOT NULL,"
        " year INTEGER NOT NULL,"
        " last INTEGER NOT NULL,"
        " PRIMARY KEY (series, year)"
        ") STRICT;"

        "CREATE TABLE bill ("
        " id INTEGER PRIMARY KEY,"
        " key TEXT NOT NULL UNIQUE," /* account and period: the same bill twice is one bill
                                      */
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
        " basis TEXT NOT NULL CHECK (basis IN ('A', 'E', 'MIXED')),"
        " tariff_version_id INTEGER NOT NULL REFERENCES tariff_version(id),"
        " class TEXT,"
        " days INTEGER NOT NULL,"
        " currency TEXT NOT NULL,"
        " rounding_minor INTEGER NOT NULL DEFAULT 0,"
        " total_minor INTEGER NOT NULL CHECK (abs(total_minor) <= 1000000000000000),"
        " balance_before_minor INTEGER NOT NULL,"
        " usage TEXT NOT NULL," /* what the tariff was given, as JSON: to compute it again
                                 */
        " corrects_id INTEGER REFERENCES bill(id),"
        " actor TEXT NOT NULL,"
        " UNIQUE (series, year, seq),"
        " CHECK (period_to >= period_from)"
        ") STRICT;"
        "CREATE INDEX bill_account ON bill(account_id, period_to);" INSERT_ONLY(
            "bill", "an issued bill")

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
            ") STRICT;" INSERT_ONLY("bill_line", "a bill line")

                "CREATE TABLE bill_reading (" /* the evidence: both ends of each register's
                                                 period */
                " id INTEGER PRIMARY KEY,"
                " bill_id INTEGER NOT NULL REFERENCES bill(id),"
                " meter_id INTEGER NOT NULL REFERENCES meter(id),"
                " register TEXT NOT NULL,"
                " unit TEXT NOT NULL,"
                " from_reading_id INTEGER REFERENCES reading(id)," /* NULL: the initial
                                                                      reading */
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
                "CREATE INDEX bill_reading_meter ON bill_reading(meter_id, register, "
                "to_at);" INSERT_ONLY("bill_reading", "the reading of a bill")

                    "CREATE TABLE payment ("
                    " id INTEGER PRIMARY KEY,"
                    " channel TEXT NOT NULL,"
                    " reference TEXT NOT NULL,"
                    " account_id INTEGER REFERENCES account(id)," /* NULL: in suspense when
                                                                     it came */
                    " amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),"
                    " paid_at INTEGER NOT NULL,"
                    " received_at INTEGER NOT NULL,"
                    " payer TEXT,"
                    " inbox_id INTEGER REFERENCES inbox(id),"
                    " actor TEXT NOT NULL,"
                    " UNIQUE (channel, reference)"
                    ") STRICT;"
                    "CREATE INDEX payment_account ON payment(account_id, "
                    "paid_at);" INSERT_ONLY("payment", "a payment")

                        "CREATE TABLE ledger_account ("
                        " id INTEGER PRIMARY KEY,"
                        " name TEXT NOT NULL UNIQUE," /* Receivable:1042, Income:energy,
                                                         Cash:till */
                        " type TEXT NOT NULL"
                        "  CHECK (type IN ('asset', 'liability', 'income', 'expense', "
                        "'equity')),"
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
                        "CREATE INDEX ledger_entry_debit ON ledger_entry(debit_id, "
                        "posted_at, amount_minor);"
                        "CREATE INDEX ledger_entry_credit ON ledger_entry(credit_id, "
                        "posted_at, amount_minor);" INSERT_ONLY("ledger_entry",
                                                                "a ledger entry");

/* Who did what, and what is still being done. */
static const char office[] =
    "CREATE TABLE audit (" /* each row seals the one before it */
    " id INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " actor TEXT NOT NULL,"
    " channel TEXT NOT NULL CHECK (channel IN ('cli', 'sms', 'engine')),"
    " action TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " detail TEXT NOT NULL,"
    " hash BLOB NOT NULL CHECK (length(hash) = 32)"
    ") STRICT;" INSERT_ONLY("audit", "an audit row")

        "CREATE TABLE job (" /* long work, advanced a slice a turn of the engine */
        " id INTEGER PRIMARY KEY,"
        " kind TEXT NOT NULL,"
        " arguments TEXT NOT NULL," /* JSON */
        " state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),"
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

static const struct step {
    const char *const *parts; /* ends in NULL */
} steps[STORE_VERSION] = {
    {(const char *const[]){registry, messages, readings, money, office, NULL}},
};

bool
schema_version(struct store *s, int *version, struct err *e)
{
    static const char sql[] = "PRAGMA user_version";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;
    int64_t value;

    if (q == NULL || !stmt_one_int(q, &value, &row, e))
        return false;
    *version = (int)value;
    return true;
}

/* A file with tables that are not ours is somebody else's. */
static bool
check_owner(struct store *s, int version, struct err *e)
{
    static const char id_sql[] = "PRAGMA application_id";
    static const char tables_sql[] = "SELECT count(*) FROM sqlite_schema";
    struct stmt *q = stmt_get(s, id_sql, e);
    int64_t id, tables;
    bool row;

    if (q == NULL || !stmt_one_int(q, &id, &row, e))
        return false;
    q = stmt_get(s, tables_sql, e);
    if (q == NULL || !stmt_one_int(q, &tables, &row, e))
        return false;
    if (id == APPLICATION_ID || (version == 0 && id == 0 && tables == 0))
        return true;
    return err_set(e, FAIL_FATAL, "this file is no database of Meterpost");
}

static bool
run_step(struct store *s, int from, struct err *e)
{
    char mark[100];

    if (!store_begin(s, e))
        return false;
    for (const char *const *part = steps[from].parts; *part != NULL; part++) {
        if (!store_exec(s, *part, e))
            goto undo;
    }
    snprintf(mark, sizeof(mark), "PRAGMA user_version=%d; PRAGMA application_id=%d",
             from + 1, APPLICATION_ID);
    if (!store_exec(s, mark, e) || !store_commit(s, e))
        goto undo;
    return true;
undo:
    store_rollback(s);
    return err_in(e, "migration to database version %d", from + 1);
}

bool
schema_migrate(struct store *s, struct err *e)
{
    int version;

    if (!schema_version(s, &version, e) || !check_owner(s, version, e))
        return false;
    for (; version < STORE_VERSION; version++) {
        if (!run_step(s, version, e))
            return false;
        log_info("store", "database is of version %d now", version + 1);
    }
    return true;
}
