/* How reading went: by round, modem, carrier and model; who is stale, where gaps are, whose
 * battery or signal is weak. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

#define ANSWERED "count(DISTINCT CASE WHEN q.state = 'answered' THEN q.id END)"

/* Questions of $3 <= created < $4 by a key, with what came of them. */
#define SUCCESS(key, from)                                                                 \
    "SELECT " key ", count(DISTINCT q.id), " ANSWERED ","                                  \
    " count(DISTINCT CASE WHEN q.state = 'failed' THEN q.id END),"                         \
    " " ANSWERED " * 100000 / count(DISTINCT q.id) FROM reading_request q " from           \
    " WHERE ($1 IS NULL OR " key " = $1) AND ($2 IS NULL OR q.state = $2)"                 \
    " AND ($3 IS NULL OR q.created_at >= $3) AND ($4 IS NULL OR q.created_at < $4)"        \
    " AND $5 IS NULL AND " key " IS NOT NULL GROUP BY " key " ORDER BY 5, 1 LIMIT $6"

static const char by_modem[] =
    SUCCESS("o.modem", "JOIN outbox o ON o.request_id = q.id AND o.sent_at IS NOT NULL");

/* A carrier shows in the first digits: country and network. */
static const char by_carrier[] =
    SUCCESS("substr(o.number, 1, 6)", "JOIN outbox o ON o.request_id = q.id");

static const char by_model[] =
    SUCCESS("coalesce(m.profile, k.profile)",
            "LEFT JOIN meter m ON m.id = q.meter_id"
            " LEFT JOIN concentrator k ON k.id = q.concentrator_id");

static const char by_round[] =
    "SELECT r.name, count(x.meter_id),"
    " sum(CASE WHEN x.state IN ('in', 'held') THEN 1 ELSE 0 END),"
    " sum(CASE WHEN x.state = 'missing' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN x.state IN ('in', 'held') THEN 1 ELSE 0 END) * 100000 / count(*)"
    " FROM round r JOIN round_meter x ON x.round_id = r.id"
    " WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR r.state = $2)"
    " AND ($3 IS NULL OR r.started_at >= $3) AND ($4 IS NULL OR r.started_at < $4)"
    " AND ($5 IS NULL OR r.id = $5) GROUP BY r.id, r.name ORDER BY r.id DESC LIMIT $6";

/* Meters at an account without a reading since $3. */
static const char stale[] =
    "SELECT t.meter, t.account, t.profile, t.phone, t.last, t.last_contact_at FROM"
    " (SELECT m.meter, a.account, coalesce(m.profile, k.profile) AS profile,"
    "   coalesce(m.phone, k.phone) AS phone, m.last_contact_at,"
    "   (SELECT max(r.taken_at) FROM reading r WHERE r.meter_id = m.id"
    "    AND r.status <> 'superseded' AND r.status = 'accepted' AND r.source <> "
    "'estimate') AS last"
    "  FROM meter m JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    "  JOIN account a ON a.id = i.account_id"
    "  LEFT JOIN concentrator k ON k.id = m.concentrator_id"
    "  WHERE ($1 IS NULL OR m.meter = $1 OR a.account = $1) AND $2 IS NULL"
    "  AND ($5 IS NULL OR m.id = $5)) t"
    " WHERE (t.last IS NULL OR t.last < $3) AND ($4 IS NULL OR 1 = 1)"
    " ORDER BY coalesce(t.last, 0), t.meter LIMIT $6";

/* Days of $3 <= t < $4 without a reading. */
static const char gaps[] =
    "SELECT t.meter, t.account, t.days, t.came, t.days - t.came,"
    " t.came * 100000 / t.days FROM"
    " (SELECT m.meter, a.account, ($4 - $3) / 86400 AS days,"
    "   (SELECT count(DISTINCT (r.taken_at - $3) / 86400) FROM reading r"
    "    WHERE r.meter_id = m.id AND r.taken_at >= $3 AND r.taken_at < $4"
    "    AND r.status IN ('accepted', 'held') AND r.source <> 'estimate') AS came"
    "  FROM meter m JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    "  JOIN account a ON a.id = i.account_id"
    "  WHERE ($1 IS NULL OR m.meter = $1 OR a.account = $1) AND $2 IS NULL"
    "  AND ($5 IS NULL OR m.id = $5)) t WHERE t.days > 0 AND t.came < t.days"
    " ORDER BY t.came, t.meter LIMIT $6";

/* The newest value of a register of each meter, the lowest of each unit first. */
#define NEWEST(which)                                                                      \
    "SELECT m.meter, a.account, r.register, r.value_milli, r.unit, r.taken_at"             \
    " FROM reading r JOIN meter m ON m.id = r.meter_id"                                    \
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"              \
    " LEFT JOIN account a ON a.id = i.account_id"                                          \
    " WHERE " which " AND r.taken_at = (SELECT max(n.taken_at) FROM reading n"             \
    "  WHERE n.meter_id = r.meter_id AND n.register = r.register"                          \
    "  AND n.status <> 'superseded')"                                                      \
    " AND ($1 IS NULL OR m.meter = $1 OR a.account = $1)"                                  \
    " AND ($2 IS NULL OR r.status = $2) AND ($3 IS NULL OR r.taken_at >= $3)"              \
    " AND ($4 IS NULL OR r.taken_at < $4) AND ($5 IS NULL OR r.id = $5)"                   \
    " ORDER BY r.unit, r.value_milli, m.meter LIMIT $6"

/* Registers as the shipped profiles name them: IEC 62056-6-1, 96.6 is the battery, and
 * channel 1 of it, 96.12 too, the radio. */
static const char battery[] = NEWEST("r.register LIKE '0-0:96.6.%'");
static const char radio[] =
    NEWEST("(r.register LIKE '0-1:96.6.%' OR r.register LIKE '0-%:96.12.%')");

/* Clocks that are off by a minute and more, the worst first. */
static const char clocks[] =
    "SELECT t.device, t.profile, t.drift_s, t.seen_at, t.set_at FROM"
    " (SELECT coalesce(m.meter, k.concentrator) AS device,"
    "  coalesce(m.profile, k.profile) AS profile, d.drift_s, d.seen_at, d.set_at"
    "  FROM device_clock d LEFT JOIN meter m ON d.device = 'm' || m.id"
    "  LEFT JOIN concentrator k ON d.device = 'c' || k.id) t"
    " WHERE ($1 IS NULL OR t.device = $1) AND $2 IS NULL"
    " AND ($3 IS NULL OR t.seen_at >= $3) AND ($4 IS NULL OR t.seen_at <= $4)"
    " AND $5 IS NULL AND abs(t.drift_s) >= 60"
    " ORDER BY abs(t.drift_s) DESC, t.device LIMIT $6";

#define ASKED_COLUMNS(key)                                                                 \
    {                                                                                      \
        {key, COLUMN_TEXT}, {"asked", COLUMN_INT}, {"answered", COLUMN_INT},               \
            {"failed", COLUMN_INT},                                                        \
        {                                                                                  \
            "percent", COLUMN_QUANTITY                                                     \
        }                                                                                  \
    }
#define NEWEST_COLUMNS                                                                     \
    {                                                                                      \
        {"meter", COLUMN_TEXT}, {"account", COLUMN_TEXT}, {"register", COLUMN_TEXT},       \
            {"value", COLUMN_QUANTITY}, {"unit", COLUMN_TEXT},                             \
        {                                                                                  \
            "taken_at", COLUMN_TIME                                                        \
        }                                                                                  \
    }

static const struct list lists[] = {
    {"reading.modem", by_modem, ASKED_COLUMNS("modem")},
    {"reading.carrier", by_carrier, ASKED_COLUMNS("carrier")},
    {"reading.model", by_model, ASKED_COLUMNS("model")},
    {"reading.round", by_round, ASKED_COLUMNS("round")},
    {"reading.stale",
     stale,
     {{"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"profile", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"last_reading_at", COLUMN_TIME},
      {"last_contact", COLUMN_TIME}}},
    {"reading.gaps",
     gaps,
     {{"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"days", COLUMN_INT},
      {"came", COLUMN_INT},
      {"missing", COLUMN_INT},
      {"percent", COLUMN_QUANTITY}}},
    {"reading.battery", battery, NEWEST_COLUMNS},
    {"reading.signal", radio, NEWEST_COLUMNS},
    {"reading.clock",
     clocks,
     {{"device", COLUMN_TEXT},
      {"profile", COLUMN_TEXT},
      {"drift_s", COLUMN_INT},
      {"seen_at", COLUMN_TIME},
      {"set_at", COLUMN_TIME}}},
};

const struct list *
list_find_reading(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
