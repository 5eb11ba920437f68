/* How reading went: by round, modem, carrier and model; who is stale, where gaps are, whose
 * battery or signal is weak. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
/* Tenths of a percent, in thousandths: 66600. */
#define PERCENT(part, all) "(" part ") * 1000 / (" all ") * 100"

/* What of $3 <= asked < $4 was answered by whom it was asked of, by a key. `what` is
 * counted: tries or questions. Customers who answer for their meters do not count. */
#define ANSWERED(what) "count(DISTINCT CASE WHEN t.result = 'answered' THEN " what " END)"
#define SUCCESS(key, what, is_open, channel)                                               \
    "SELECT " key ", count(DISTINCT " what "), " ANSWERED(what) ","                        \
    " count(DISTINCT " what ") - " ANSWERED(what) " - count(DISTINCT CASE WHEN"            \
    "  " is_open " THEN " what " END)," PERCENT(ANSWERED(what), "count(DISTINCT " what ")") \
    " FROM attempt t JOIN reading_request q ON q.id = t.request_id"                        \
    " LEFT JOIN outbox o ON o.id = t.outbox_id LEFT JOIN meter m ON m.id = q.meter_id"     \
    " LEFT JOIN concentrator k ON k.id = coalesce(q.concentrator_id,"                      \
    "  CASE WHEN m.phone IS NULL THEN m.concentrator_id END)"                              \
    " WHERE t.channel " channel " AND (t.channel <> 'sms' OR o.sent_at IS NOT NULL)"       \
    " AND ($1 IS NULL OR " key " = $1) AND ($2 IS NULL OR q.state = $2)"                   \
    " AND ($3 IS NULL OR t.asked_at >= $3) AND ($4 IS NULL OR t.asked_at < $4)"            \
    " AND $5 IS NULL AND " key " IS NOT NULL GROUP BY 1 ORDER BY 5, 1 LIMIT $6"
#define OPEN_QUESTION "q.state IN ('waiting', 'asked') AND t.result IS NOT 'answered'"

static const char by_modem[] = SUCCESS("o.modem", "t.id", "t.ended_at IS NULL", "= 'sms'");

/* As the registry says; else it shows in the first digits: country and network. */
static const char by_carrier[] =
    SUCCESS("coalesce(m.carrier, k.carrier, substr(o.number, 1, 6))", "q.id",
            OPEN_QUESTION, "= 'sms'");

static const char by_model[] =
    SUCCESS("coalesce(m.profile, k.profile)", "q.id", OPEN_QUESTION, "<> 'customer'");

static const char by_round[] =
    "SELECT r.name, count(x.meter_id),"
    " sum(CASE WHEN x.state IN ('in', 'held') THEN 1 ELSE 0 END),"
    " sum(CASE WHEN x.state = 'missing' THEN 1 ELSE 0 END),"
    " " PERCENT("sum(CASE WHEN x.state IN ('in', 'held') THEN 1 ELSE 0 END)", "count(*)")
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
    " WHERE (t.last IS NULL OR t.last < $3) AND ($4 IS NULL OR $4 = $4)"
    " ORDER BY coalesce(t.last, 0), t.meter LIMIT $6";

/* Stretches of $3 <= t < $4 without a reading, of a day and more, that are half as long
 * again as usual for the meter: as it is on the average when its longest is left out. With
 * no reading at all it is one stretch; one alone does not tell what is usual. */
#define DAYS(seconds) "(" seconds ") * 10 / 86400 * 100"
static const char gaps[] =
    "WITH hung AS (SELECT m.id, m.meter, a.account, max($3, i.installed_at) AS since"
    "  FROM meter m JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    "  JOIN account a ON a.id = i.account_id"
    "  WHERE ($1 IS NULL OR m.meter = $1 OR a.account = $1) AND $2 IS NULL"
    "  AND ($5 IS NULL OR m.id = $5) AND i.installed_at < $4),"
    " came AS (SELECT DISTINCT h.id, r.taken_at AS t FROM hung h"
    "  JOIN reading r ON r.meter_id = h.id AND r.taken_at >= h.since AND r.taken_at < $4"
    "  WHERE r.status IN ('accepted', 'held') AND r.source <> 'estimate'),"
    " inner_gap AS (SELECT id, t, t - lag(t) OVER (PARTITION BY id ORDER BY t) AS s"
    "  FROM came),"
    " usual AS (SELECT id, count(*) AS n, CASE count(*) WHEN 1 THEN NULL WHEN 2 THEN"
    "  max(s) ELSE (sum(s) - max(s)) / (count(*) - 2) END AS s FROM inner_gap GROUP BY id),"
    " point AS (SELECT id, t FROM came UNION SELECT id, since FROM hung"
    "  UNION SELECT id, $4 FROM hung),"
    " gap AS (SELECT id, lag(t) OVER (PARTITION BY id ORDER BY t) AS since, t AS until"
    "  FROM point)"
    " SELECT h.meter, h.account, g.since, g.until, " DAYS("g.until - g.since") ","
    " " DAYS("u.s") " FROM gap g JOIN hung h ON h.id = g.id LEFT JOIN usual u ON u.id = g.id"
    " WHERE g.until - g.since >= 86400"
    " AND (u.n IS NULL OR (g.until - g.since) * 2 > max(u.s, 86400) * 3)"
    " ORDER BY g.until - g.since DESC, h.meter, g.since LIMIT $6";

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

/* clang-format on */

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
      {"from_at", COLUMN_TIME},
      {"to_at", COLUMN_TIME},
      {"days", COLUMN_QUANTITY},
      {"usual_days", COLUMN_QUANTITY}}},
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
