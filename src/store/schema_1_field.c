/*
 * Database version 1, first half: who is served, what goes out and comes in by text
 * message, and what meters said. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

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
    " hold TEXT," /* why nothing is chased for a while */
    " hold_until INTEGER,"
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
    " role TEXT NOT NULL CHECK (role = 'view' OR role = 'pay' OR role = 'manage'),"
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
    " kind TEXT CHECK (kind = 'transformer' OR kind = 'feeder' OR kind = 'zone'),"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"

    "CREATE TABLE concentrator ("
    " id INTEGER PRIMARY KEY,"
    " concentrator TEXT NOT NULL UNIQUE,"
    " profile TEXT NOT NULL,"
    " phone TEXT NOT NULL CHECK (phone LIKE '+%'),"
    " sim TEXT,"
    " carrier TEXT,"
    " address TEXT,"
    " interval_s INTEGER,"
    " read_window TEXT,"
    " freeze_time TEXT,"
    " last_contact_at INTEGER,"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX concentrator_phone ON concentrator(phone) WHERE until IS NULL;"

    "CREATE TABLE collector ("
    " id INTEGER PRIMARY KEY,"
    " collector TEXT NOT NULL UNIQUE,"
    " concentrator_id INTEGER REFERENCES concentrator(id),"
    " address TEXT NOT NULL,"
    " bus TEXT,"
    " ports INTEGER CHECK (ports > 0),"
    " state TEXT NOT NULL DEFAULT 'running'"
    "  CHECK (state = 'running' OR state = 'stopped' OR state = 'faulty'),"
    " last_contact_at INTEGER,"
    " since INTEGER NOT NULL,"
    " until INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX collector_on_concentrator ON collector(concentrator_id, address)"
    " WHERE until IS NULL AND concentrator_id IS NOT NULL;"
    "CREATE UNIQUE INDEX collector_on_bus ON collector(bus, address)"
    " WHERE until IS NULL AND bus IS NOT NULL;"

    "CREATE TABLE meter (" /* the device; where it hangs is `installation` */
    " id INTEGER PRIMARY KEY,"
    " meter TEXT NOT NULL UNIQUE CHECK (length(meter) BETWEEN 1 AND 40),"
    " commodity TEXT NOT NULL"
    "  CHECK (commodity = 'electricity' OR commodity = 'water' OR commodity = 'gas' OR "
    "commodity = 'heat'),"
    " profile TEXT,"
    " phone TEXT CHECK (phone LIKE '+%'),"
    " sim TEXT," /* number of the card */
    " carrier TEXT,"
    " battery_on INTEGER," /* when its battery was put in */
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
    "  CHECK (relay = 'closed' OR relay = 'open' OR relay = 'armed' OR relay = 'unknown'),"
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
    "CREATE INDEX installation_account ON installation(account_id, installed_at);";

/* What goes out and what comes in by text message. */
static const char messages[] =
    "CREATE TABLE modem (" /* what was last known of each; the settings are in the file */
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " health TEXT NOT NULL CHECK (health IN"
    "  ('starting', 'ready', 'deaf', 'mute', 'no_network', 'stopped', 'failed', 'off')),"
    " imei TEXT, imsi TEXT, model TEXT, firmware TEXT, operator TEXT, smsc TEXT,"
    " signal_percent INTEGER,"
    " sim_used INTEGER, sim_size INTEGER,"
    " settle_percent INTEGER,"
    " settle_fell INTEGER NOT NULL DEFAULT 0," /* shorter waits led to trouble */
    " reason TEXT,"
    " restarts INTEGER NOT NULL DEFAULT 0,"
    " seen_at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE outbox ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE," /* the reason: the same reason twice is one message */
    " kind TEXT NOT NULL CHECK (kind = 'restore' OR kind = 'cut' OR kind = 'verify' OR "
    "kind = 'alarm' OR kind = 'answer' OR kind = 'test' OR kind = 'receipt' OR kind = "
    "'reply' OR kind = "
    "'notice' OR kind = 'bill' OR kind = 'request'),"
    " priority INTEGER NOT NULL," /* smaller goes first */
    " number TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " alphabet TEXT NOT NULL CHECK (alphabet = 'gsm7' OR alphabet = 'ucs2' OR alphabet = "
    "'8bit'),"
    " segments INTEGER NOT NULL CHECK (segments BETWEEN 1 AND 10),"
    " concat_ref INTEGER NOT NULL DEFAULT 0,"
    " ref_bits INTEGER," /* of the header of its parts; NULL: none has left */
    " state TEXT NOT NULL CHECK (state = 'queued' OR state = 'sending' OR state = 'sent' "
    "OR state = 'delivered' OR state = 'undelivered' OR state = 'failed' OR state = "
    "'expired' OR state = 'cancelled' OR state = 'in_doubt'),"
    " modem TEXT," /* that has it or had it */
    " via TEXT,"   /* the only one that may have it */
    " avoid TEXT," /* better another than this one */
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
    /* the look for what to send next reads nothing but this one */
    "CREATE INDEX outbox_due ON outbox(priority, next_at, id, expires_at, number, kind,"
    " attempts, via, avoid, repeated) WHERE state = 'queued';"
    "CREATE INDEX outbox_again ON outbox(number, id)"
    " WHERE state = 'queued' AND attempts > 0;"
    "CREATE INDEX outbox_open ON outbox(modem, id) WHERE state IN ('sending', 'in_doubt');"
    "CREATE INDEX outbox_lost ON outbox(queued_at, state)"
    " WHERE state IN ('undelivered', 'failed', 'expired');"
    "CREATE INDEX outbox_number ON outbox(number, id);"
    "CREATE INDEX outbox_account ON outbox(account_id) WHERE account_id IS NOT NULL;"
    "CREATE INDEX outbox_meter ON outbox(meter_id) WHERE meter_id IS NOT NULL;"
    "CREATE INDEX outbox_request ON outbox(request_id) WHERE request_id IS NOT NULL;"

    "CREATE TABLE outbox_part (" /* one row a segment, so that only the lost one is repeated
                                  */
    " outbox_id INTEGER NOT NULL REFERENCES outbox(id),"
    " part INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state = 'queued' OR state = 'sending' OR state = 'sent' "
    "OR state = 'delivered' OR state = 'undelivered' OR state = 'in_doubt'),"
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
    " sender_kind TEXT NOT NULL CHECK (sender_kind = 'number' OR sender_kind = 'short' OR "
    "sender_kind = 'alpha'),"
    " text TEXT NOT NULL,"
    " parts INTEGER NOT NULL CHECK (parts >= 1),"
    " state TEXT NOT NULL CHECK (state = 'new' OR state = 'done' OR state = 'ignored' OR "
    "state = 'quarantined'),"
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
    "CREATE INDEX inbox_account ON inbox(account_id) WHERE account_id IS NOT NULL;"
    "CREATE INDEX inbox_meter ON inbox(meter_id) WHERE meter_id IS NOT NULL;"
    "CREATE INDEX inbox_sender ON inbox(sender, id);"
    "CREATE INDEX inbox_quarantined ON inbox(id) WHERE state = 'quarantined';"
    "CREATE INDEX inbox_doubt ON inbox(meter_id) WHERE state = 'quarantined'"
    " AND meter_id IS NOT NULL;"

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
    " alphabet TEXT NOT NULL CHECK (alphabet = 'gsm7' OR alphabet = 'ucs2' OR alphabet = "
    "'8bit'),"
    " body BLOB NOT NULL,"
    " pdu BLOB NOT NULL,"
    " smsc_at INTEGER,"
    " received_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX inbox_part_waiting ON inbox_part(imsi, sender, ref, total)"
    " WHERE inbox_id IS NULL;"
    "CREATE INDEX inbox_part_inbox ON inbox_part(inbox_id);";

/* What a register showed at a time is there once. */
#define READING_ONCE(name, when, but)                                                      \
    "CREATE TRIGGER reading_once_" name " BEFORE " when " ON reading"                      \
    " WHEN NEW.status <> 'superseded' BEGIN"                                               \
    " SELECT RAISE(ABORT, 'this reading is there already') FROM reading"                   \
    " WHERE meter_id = NEW.meter_id AND register = NEW.register"                           \
    " AND taken_at = NEW.taken_at AND value_milli = NEW.value_milli"                       \
    " AND status <> 'superseded'" but "; END;"

/* Asking meters, and what they said. */
/* clang-format off */
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
    "CREATE INDEX round_started ON round(started_at);"

    "CREATE TABLE reading_request (" /* one question to one device */
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL CHECK (kind IN ('read', 'relay')),"
    " meter_id INTEGER REFERENCES meter(id),"
    " concentrator_id INTEGER REFERENCES concentrator(id),"
    " round_id INTEGER REFERENCES round(id),"
    " cause TEXT NOT NULL DEFAULT 'operator' CHECK (cause = 'operator' OR cause = 'round' "
    "OR cause = 'held' OR cause = 'cut' OR cause = 'dispute' OR cause = 'silence' OR cause "
    "= 'staff' OR cause = 'customer' OR cause = 'sibling'),"
    " channel TEXT NOT NULL CHECK (channel = 'sms' OR channel = 'bus' OR channel = "
    "'customer'),"
    " state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'asked' OR state = "
    "'answered' OR state = 'failed'),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " tries INTEGER NOT NULL DEFAULT 0," /* by the present channel */
    " window TEXT,"                      /* asked only then: "22:00-06:00" */
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
    " quality TEXT NOT NULL CHECK (quality = 'A' OR quality = 'E' OR quality = 'S' OR "
    "quality = 'F' OR quality = 'N'),"
    " method TEXT,"
    " source TEXT NOT NULL CHECK (source = 'sms' OR source = 'bus' OR source = 'customer' "
    "OR source = 'manual' OR source = 'handheld' OR source = 'import' OR source = "
    "'estimate'),"
    " status TEXT NOT NULL"
    "  CHECK (status = 'accepted' OR status = 'held' OR status = 'rejected' OR status = "
    "'superseded'),"
    " flags TEXT NOT NULL DEFAULT ''," /* words between commas */
    " reason TEXT,"                    /* of a hold, in a sentence */
    " inbox_id INTEGER REFERENCES inbox(id),"
    " request_id INTEGER REFERENCES reading_request(id),"
    " round_id INTEGER REFERENCES round(id),"
    " actor TEXT NOT NULL,"
    " raw TEXT NOT NULL DEFAULT ''," /* the number as the meter wrote it */
    " replaces_id INTEGER REFERENCES reading(id)"
    ") STRICT;"
    /* The past of a register lies together, and holds all that checks, bills and losses
     * ask of it: one page instead of one for each reading. */
    "CREATE INDEX reading_past ON reading(meter_id, register, taken_at, id, value_milli,"
    " status, quality, flags) WHERE status <> 'superseded';"
    READING_ONCE("add", "INSERT", "")
    READING_ONCE("change", "UPDATE OF meter_id, register, taken_at, value_milli, status",
                 " AND id <> NEW.id")
    "CREATE INDEX reading_replaced ON reading(meter_id) WHERE status = 'superseded';"
    "CREATE INDEX reading_held ON reading(id) WHERE status = 'held';"
    "CREATE INDEX reading_round ON reading(round_id, meter_id)"
    " WHERE round_id IS NOT NULL;"

    "CREATE TABLE round_meter ("
    " round_id INTEGER NOT NULL REFERENCES round(id),"
    " meter_id INTEGER NOT NULL REFERENCES meter(id),"
    " state TEXT NOT NULL CHECK (state = 'expected' OR state = 'in' OR state = 'held' OR "
    "state = 'missing'),"
    " request_id INTEGER REFERENCES reading_request(id),"
    " PRIMARY KEY (round_id, meter_id)"
    ") STRICT;"
    "CREATE INDEX round_meter_request ON round_meter(request_id);"
    "CREATE INDEX round_meter_open ON round_meter(round_id)"
    " WHERE state IN ('expected', 'missing');";
/* clang-format on */

const char *const schema_1_field[] = {registry, messages, readings, NULL};
