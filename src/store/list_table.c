#include "list_table.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */

/* The last stage that the oldest debt of an account has come to. */
#define STAGE_OF(account)                                                                  \
    "(SELECT t.stage FROM arrears_step t WHERE t.account_id = " account                    \
    "  AND t.state = 'done' AND t.due_at = (SELECT min(i.due_at) FROM item i"              \
    "   WHERE i.account_id = " account " AND i.open_minor > 0)"                            \
    "  ORDER BY t.id DESC LIMIT 1)"

/* group_concat() is SQLite's; a PostgreSQL store defines an aggregate of that name. */
static const char accounts[] =
    "SELECT a.account, a.name, " BALANCE_OF("a.id") ", a.language,"
    " " CONTRACT_NOW("tariff", "a.id") ", " CONTRACT_NOW("class", "a.id") ","
    " (SELECT coalesce(group_concat(p.number, ','), '') FROM phone p"
    "  WHERE p.account_id = a.id AND p.until IS NULL),"
    " (SELECT coalesce(group_concat(m.meter, ','), '') FROM installation i"
    "  JOIN meter m ON m.id = i.meter_id"
    "  WHERE i.account_id = a.id AND i.removed_at IS NULL),"
    " a.protected, a.protected_until, a.address, a.opened_at, a.closed_at,"
    " a.hold, a.hold_until, " STAGE_OF("a.id")
    " FROM account a WHERE ($1 IS NULL OR a.account = $1)"
    " AND ($5 IS NULL OR a.id = $5) AND $2 IS NULL AND $3 IS NULL AND $4 IS NULL"
    " ORDER BY a.account LIMIT $6";

/* The total, or of a meter that has none what it told last. */
#define NEWEST(column)                                                                     \
    "coalesce(" NEWEST_TOTAL(column) ", (SELECT " column " FROM reading r"                 \
    " WHERE r.meter_id = m.id AND r.status <> 'superseded' AND r.status = 'accepted'"      \
    " ORDER BY r.taken_at DESC, r.id DESC LIMIT 1))"

static const char meters[] =
    "SELECT m.meter, a.account, m.commodity, m.profile, m.phone, k.concentrator,"
    " m.address, i.multiplier_milli, m.digits, i.initial_milli, i.installed_at,"
    " g.code, m.relay, " NEWEST("r.value_milli") ", " NEWEST("r.taken_at") ","
    " m.last_contact_at, d.drift_s, l.collector, m.port, m.bus, m.protocol, m.decimals,"
    " m.is_check_meter, m.pulse_constant, m.has_relay, v.point, m.sim, m.carrier,"
    " m.battery_on, m.since, m.until"
    " FROM meter m LEFT JOIN device_clock d ON d.device = 'm' || m.id"
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " LEFT JOIN concentrator k ON k.id = m.concentrator_id"
    " LEFT JOIN collector l ON l.id = m.collector_id"
    " LEFT JOIN service_point v ON v.id = i.point_id"
    " LEFT JOIN meter_group g ON g.id = m.group_id"
    " WHERE ($1 IS NULL OR " METER_MEANT("m.id") ") AND ($2 IS NULL OR g.code = $2)"
    " AND ($5 IS NULL OR m.id = $5) AND $3 IS NULL AND $4 IS NULL"
    " ORDER BY m.meter LIMIT $6";

/* A meter's readings lie in two indexes: those that were replaced by others apart. Those of
 * an account are those that its meters had while they hung there. */
#define OF_METER(status)                                                                   \
    "SELECT id FROM reading WHERE status " status " AND meter_id IN"                       \
    " (SELECT id FROM meter WHERE meter = $1 UNION ALL SELECT m.id FROM meter m"           \
    "  JOIN concentrator k ON k.id = m.concentrator_id WHERE k.concentrator = $1)"
#define OF_ACCOUNT(status)                                                                 \
    "SELECT x.id FROM account a JOIN installation i ON i.account_id = a.id"                \
    " JOIN reading x ON x.meter_id = i.meter_id AND x.status " status                      \
    " AND x.taken_at >= i.installed_at"                                                    \
    " AND (i.removed_at IS NULL OR x.taken_at <= i.removed_at) WHERE a.account = $1"

static const char readings[] =
    "SELECT r.id, m.meter, r.register, r.value_milli, r.unit, r.taken_at, r.received_at,"
    " r.quality, r.source, r.status, r.flags, r.reason, r.inbox_id, d.name"
    " FROM reading r JOIN meter m ON m.id = r.meter_id"
    " LEFT JOIN round d ON d.id = r.round_id"
    " WHERE ($1 IS NULL OR r.id IN (" OF_METER("<> 'superseded'")
    "  UNION ALL " OF_METER("= 'superseded'") " UNION ALL " OF_ACCOUNT("<> 'superseded'")
    "  UNION ALL " OF_ACCOUNT("= 'superseded'") ")"
    "  OR r.round_id IN (SELECT id FROM round WHERE name = $1))"
    " AND ($2 IS NULL OR r.status = $2) AND ($3 IS NULL OR r.taken_at >= $3)"
    " AND ($4 IS NULL OR r.taken_at < $4) AND ($5 IS NULL OR r.id = $5)"
    " ORDER BY r.id DESC LIMIT $6";

/* Of a number, an account, a meter, or of a kind: a word without digits, for which all rows
 * are looked at. */
#define MESSAGES(table, number)                                                            \
    "SELECT id FROM " table " WHERE " number " = $1"                                       \
    " UNION ALL SELECT id FROM " table " WHERE kind = $1 AND $1 NOT GLOB '*[0-9]*'"        \
    " UNION ALL SELECT id FROM " table " WHERE " ACCOUNT_MEANT("account_id")               \
    " UNION ALL SELECT id FROM " table                                                     \
    "  WHERE meter_id = (SELECT id FROM meter WHERE meter = $1)"

static const char outbox[] =
    "SELECT o.id, o.number, o.text, o.kind, o.state, o.modem, o.segments, o.queued_at,"
    " o.sent_at, o.delivered_at, o.attempts, o.error, o.repeated, o.key, a.account"
    " FROM outbox o LEFT JOIN account a ON a.id = o.account_id"
    " WHERE ($1 IS NULL OR o.id IN (" MESSAGES("outbox", "number") "))"
    " AND ($2 IS NULL OR o.state = $2 OR ($2 = 'lost' AND o.state IN ('undelivered',"
    "  'failed', 'expired'))) AND ($3 IS NULL OR o.queued_at >= $3)"
    " AND ($4 IS NULL OR o.queued_at < $4) AND ($5 IS NULL OR o.id = $5)"
    " ORDER BY o.id DESC LIMIT $6";

static const char inbox[] =
    "SELECT i.id, i.sender, i.text, i.kind, i.state, i.modem, i.parts, i.smsc_at,"
    " i.received_at, i.handled_at, i.reason, m.meter, a.account"
    " FROM inbox i LEFT JOIN meter m ON m.id = i.meter_id"
    " LEFT JOIN account a ON a.id = i.account_id"
    " WHERE ($1 IS NULL OR i.id IN (" MESSAGES("inbox", "sender") "))"
    " AND ($2 IS NULL OR i.state = $2) AND ($3 IS NULL OR i.received_at >= $3)"
    " AND ($4 IS NULL OR i.received_at < $4) AND ($5 IS NULL OR i.id = $5)"
    " ORDER BY i.id DESC LIMIT $6";

static const char rounds[] =
    "SELECT r.name, r.state, r.started_at, r.closes_at, r.closed_at,"
    " count(x.meter_id),"
    " coalesce(sum(CASE WHEN x.state = 'in' THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN x.state = 'held' THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN x.state = 'missing' THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN x.state = 'expected' THEN 1 ELSE 0 END), 0)"
    " FROM round r LEFT JOIN round_meter x ON x.round_id = r.id"
    " WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR r.state = $2)"
    " AND ($3 IS NULL OR r.started_at >= $3) AND ($4 IS NULL OR r.started_at < $4)"
    " AND ($5 IS NULL OR r.id = $5)"
    " GROUP BY r.id, r.name, r.state, r.started_at, r.closes_at, r.closed_at"
    " ORDER BY r.id DESC LIMIT $6";

static const char round_meters[] =
    "SELECT m.meter, a.account, x.state, q.attempts, q.state, q.channel,"
    " CASE WHEN q.state IN ('waiting', 'asked') THEN q.next_at END, q.reason, "
    "m.last_contact_at"
    " FROM round_meter x JOIN round r ON r.id = x.round_id"
    " JOIN meter m ON m.id = x.meter_id"
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " LEFT JOIN reading_request q ON q.id = x.request_id"
    " WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR x.state = $2)"
    " AND ($5 IS NULL OR r.id = $5) AND $3 IS NULL AND $4 IS NULL"
    " ORDER BY m.meter LIMIT $6";

static const char factors[] =
    "SELECT f.name, f.valid_from, f.value_micro, f.set_at, f.actor FROM factor f"
    " WHERE ($1 IS NULL OR f.name = $1) AND $2 IS NULL"
    " AND ($3 IS NULL OR f.valid_from >= $3) AND ($4 IS NULL OR f.valid_from < $4)"
    " AND ($5 IS NULL OR f.id = $5) ORDER BY f.valid_from DESC, f.name, f.id DESC LIMIT $6";

static const char bills[] =
    "SELECT b.number, a.account, a.name, b.period_from, b.period_to, b.issued_at, b.due_at,"
    " b.basis, b.total_minor, b.balance_before_minor,"
    " b.balance_before_minor + b.total_minor,"
    " CASE WHEN b.kind = 'credit' THEN 'credit'"
    "  WHEN EXISTS (SELECT 1 FROM bill c WHERE c.corrects_id = b.id) THEN 'corrected'"
    "  ELSE 'issued' END,"
    " (SELECT c.number FROM bill c WHERE c.id = b.corrects_id), b.currency, b.kind,"
    " substr(b.key, length(b.key) - 6)"
    " FROM bill b JOIN account a ON a.id = b.account_id"
    " WHERE ($1 IS NULL OR " ACCOUNT_MEANT("b.account_id") " OR b.number = $1"
    "  OR b.id IN (SELECT id FROM bill WHERE $1 LIKE '____-__'" /* a key ends in a month */
    "   AND substr(key, length(key) - 6) = $1))"
    " AND ($2 IS NULL OR b.kind = $2) AND ($3 IS NULL OR b.period_to >= $3)"
    " AND ($4 IS NULL OR b.period_to < $4) AND ($5 IS NULL OR b.id = $5)"
    " ORDER BY b.id DESC LIMIT $6";

static const char payments[] =
    "SELECT p.id, a.account, p.amount_minor, p.channel, p.reference, p.paid_at,"
    " p.received_at, p.payer, p.actor"
    " FROM payment p LEFT JOIN account a ON a.id = p.account_id"
    " WHERE ($1 IS NULL OR " ACCOUNT_MEANT("p.account_id")
    "  OR upper(p.reference) = upper($1))"
    " AND ($2 IS NULL OR p.channel = $2) AND ($3 IS NULL OR p.paid_at >= $3)"
    " AND ($4 IS NULL OR p.paid_at < $4) AND ($5 IS NULL OR p.id = $5)"
    " ORDER BY p.id DESC LIMIT $6";

static const char audits[] =
    "SELECT a.id, a.at, a.actor, a.channel, a.action, a.subject, a.detail FROM audit a"
    " WHERE ($1 IS NULL OR a.subject = $1 OR a.actor = $1)"
    " AND ($2 IS NULL OR a.action = $2) AND ($3 IS NULL OR a.at >= $3)"
    " AND ($4 IS NULL OR a.at < $4) AND ($5 IS NULL OR a.id = $5)"
    " ORDER BY a.id DESC LIMIT $6";

/* clang-format on */

static const struct list lists[] = {
    {"accounts",
     accounts,
     {{"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"balance", COLUMN_MONEY},
      {"language", COLUMN_TEXT},
      {"tariff", COLUMN_TEXT},
      {"class", COLUMN_TEXT},
      {"phones", COLUMN_WORDS},
      {"meters", COLUMN_WORDS},
      {"protected", COLUMN_TEXT},
      {"protected_until", COLUMN_DATE},
      {"address", COLUMN_TEXT},
      {"opened_at", COLUMN_TIME},
      {"closed_at", COLUMN_TIME},
      {"hold", COLUMN_TEXT},
      {"hold_until", COLUMN_DATE},
      {"stage", COLUMN_TEXT}}},
    {"meters",
     meters,
     {{"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"commodity", COLUMN_TEXT},
      {"profile", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"concentrator", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"multiplier", COLUMN_QUANTITY},
      {"digits", COLUMN_INT},
      {"initial_reading", COLUMN_QUANTITY},
      {"installed_on", COLUMN_DATE},
      {"group", COLUMN_TEXT},
      {"relay", COLUMN_TEXT},
      {"last_reading", COLUMN_QUANTITY},
      {"last_reading_at", COLUMN_TIME},
      {"last_contact", COLUMN_TIME},
      {"clock_drift_s", COLUMN_INT},
      {"collector", COLUMN_TEXT},
      {"port", COLUMN_INT},
      {"bus", COLUMN_TEXT},
      {"protocol", COLUMN_TEXT},
      {"decimals", COLUMN_INT},
      {"check_meter", COLUMN_BOOL},
      {"pulse_constant", COLUMN_INT},
      {"has_relay", COLUMN_BOOL},
      {"point", COLUMN_TEXT},
      {"sim", COLUMN_TEXT},
      {"carrier", COLUMN_TEXT},
      {"battery_on", COLUMN_DATE},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"readings",
     readings,
     {{"id", COLUMN_INT},
      {"meter", COLUMN_TEXT},
      {"register", COLUMN_TEXT},
      {"value", COLUMN_QUANTITY},
      {"unit", COLUMN_TEXT},
      {"taken_at", COLUMN_TIME},
      {"received_at", COLUMN_TIME},
      {"quality", COLUMN_TEXT},
      {"source", COLUMN_TEXT},
      {"status", COLUMN_TEXT},
      {"flags", COLUMN_WORDS},
      {"reason", COLUMN_TEXT},
      {"message", COLUMN_INT},
      {"round", COLUMN_TEXT}}},
    {"outbox",
     outbox,
     {{"id", COLUMN_INT},
      {"to", COLUMN_TEXT},
      {"text", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"modem", COLUMN_TEXT},
      {"segments", COLUMN_INT},
      {"queued_at", COLUMN_TIME},
      {"sent_at", COLUMN_TIME},
      {"delivered_at", COLUMN_TIME},
      {"attempts", COLUMN_INT},
      {"error", COLUMN_TEXT},
      {"repeated", COLUMN_BOOL},
      {"key", COLUMN_TEXT},
      {"account", COLUMN_TEXT}}},
    {"inbox",
     inbox,
     {{"id", COLUMN_INT},
      {"from", COLUMN_TEXT},
      {"text", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"modem", COLUMN_TEXT},
      {"segments", COLUMN_INT},
      {"sent_at", COLUMN_TIME},
      {"received_at", COLUMN_TIME},
      {"handled_at", COLUMN_TIME},
      {"error", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT}}},
    {"rounds",
     rounds,
     {{"round", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"started_at", COLUMN_TIME},
      {"closes_at", COLUMN_TIME},
      {"closed_at", COLUMN_TIME},
      {"meters", COLUMN_INT},
      {"in", COLUMN_INT},
      {"held", COLUMN_INT},
      {"missing", COLUMN_INT},
      {"expected", COLUMN_INT}}},
    {"round_meters",
     round_meters,
     {{"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"attempts", COLUMN_INT},
      {"request", COLUMN_TEXT},
      {"channel", COLUMN_TEXT},
      {"next_at", COLUMN_TIME},
      {"reason", COLUMN_TEXT},
      {"last_contact", COLUMN_TIME}}},
    {"bills",
     bills,
     {{"bill", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"period_from", COLUMN_DATE},
      {"period_to", COLUMN_DATE},
      {"issued_at", COLUMN_TIME},
      {"due_at", COLUMN_DATE},
      {"basis", COLUMN_TEXT},
      {"total", COLUMN_MONEY},
      {"balance_before", COLUMN_MONEY},
      {"balance_due", COLUMN_MONEY},
      {"state", COLUMN_TEXT},
      {"corrects", COLUMN_TEXT},
      {"currency", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"month", COLUMN_TEXT}}},
    {"factors",
     factors,
     {{"factor", COLUMN_TEXT},
      {"from", COLUMN_DATE},
      {"value", COLUMN_RATE},
      {"set_at", COLUMN_TIME},
      {"by", COLUMN_TEXT}}},
    {"payments",
     payments,
     {{"payment", COLUMN_INT},
      {"account", COLUMN_TEXT},
      {"amount", COLUMN_MONEY},
      {"channel", COLUMN_TEXT},
      {"reference", COLUMN_TEXT},
      {"paid_at", COLUMN_TIME},
      {"received_at", COLUMN_TIME},
      {"payer", COLUMN_TEXT},
      {"by", COLUMN_TEXT}}},
    {"audit",
     audits,
     {{"id", COLUMN_INT},
      {"at", COLUMN_TIME},
      {"who", COLUMN_TEXT},
      {"channel", COLUMN_TEXT},
      {"action", COLUMN_TEXT},
      {"subject", COLUMN_TEXT},
      {"detail", COLUMN_TEXT}}},
};

const struct list *
list_find(const char *name)
{
    static const struct list *(*const elsewhere[])(const char *name) = {
        list_find_relay, list_find_registry, list_find_vee,  list_find_reading,
        list_find_money, list_find_export,   list_find_farm, list_find_bus,
        list_find_talk,  list_find_report,
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        const struct list *found = elsewhere[i](name);

        if (found != NULL)
            return found;
    }
    return NULL;
}
