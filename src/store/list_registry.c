/* Lists of the registry: devices, groups, points, phones, and what hangs on them. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

#define NO_MORE " AND $3 IS NULL AND $4 IS NULL AND $5 IS NULL"
/* The state of what is dated: "open" or "closed". */
#define STATE_IS(until)                                                                    \
    " ($2 IS NULL OR $2 = CASE WHEN " until " IS NULL THEN 'open' ELSE 'closed' END)"

static const char concentrators[] =
    "SELECT k.concentrator, k.profile, k.phone, k.carrier, k.sim, k.address,"
    " " INTERVAL_OF(
        "k.interval_s") ","
                        " k.read_window, k.freeze_time, (SELECT count(*) FROM meter m"
                        "  WHERE m.concentrator_id = k.id AND m.until IS NULL), "
                        "k.last_contact_at, k.since,"
                        " k.until, d.drift_s FROM concentrator k"
                        " LEFT JOIN device_clock d ON d.device = 'c' || k.id WHERE ($1 IS "
                        "NULL OR "
                        "k.concentrator = $1) AND" STATE_IS("k.until") NO_MORE
    " ORDER BY k.concentrator LIMIT $6";

static const char collectors[] =
    "SELECT l.collector, k.concentrator, l.address, l.bus, l.ports, l.state,"
    " (SELECT coalesce(group_concat(x.p, ','), '') FROM (SELECT port || '=' ||"
    "  pulse_constant AS p FROM collector_port WHERE collector_id = l.id"
    "  AND until IS NULL ORDER BY port) x),"
    " (SELECT count(*) FROM meter m WHERE m.collector_id = l.id AND m.until IS NULL),"
    " l.last_contact_at, l.since, l.until"
    " FROM collector l LEFT JOIN concentrator k ON k.id = l.concentrator_id"
    " WHERE ($1 IS NULL OR l.collector = $1) AND" STATE_IS("l.until") NO_MORE
    " ORDER BY l.collector LIMIT $6";

static const char groups[] =
    "SELECT g.code, g.name, u.code, g.kind, (SELECT count(*) FROM meter m"
    "  WHERE m.group_id = g.id AND m.until IS NULL AND m.is_check_meter = 0),"
    " (SELECT coalesce(group_concat(m.meter, ','), '') FROM meter m"
    "  WHERE m.group_id = g.id AND m.until IS NULL AND m.is_check_meter = 1),"
    " g.since, g.until FROM meter_group g LEFT JOIN meter_group u ON u.id = g.parent_id"
    " WHERE ($1 IS NULL OR g.code = $1) AND" STATE_IS("g.until") NO_MORE
    " ORDER BY g.code LIMIT $6";

static const char points[] =
    "SELECT p.point, p.address, p.location, p.phases, p.note,"
    " (SELECT coalesce(group_concat(m.meter, ','), '') FROM installation i"
    "  JOIN meter m ON m.id = i.meter_id WHERE i.point_id = p.id"
    "  AND i.removed_at IS NULL), p.since, p.until"
    " FROM service_point p WHERE ($1 IS NULL OR p.point = $1) AND" STATE_IS("p.until")
        NO_MORE " ORDER BY p.point LIMIT $6";

static const char phones[] =
    "SELECT p.number, a.account, a.name, p.role, p.since, p.until"
    " FROM phone p JOIN account a ON a.id = p.account_id"
    " WHERE ($1 IS NULL OR a.account = $1 OR p.number = $1) AND" STATE_IS("p.until") NO_MORE
    " ORDER BY a.account, p.id LIMIT $6";

/* What an account pays by, and from when on; the first one since ever. */
static const char contracts[] =
    "SELECT c.tariff, c.class, nullif(c.valid_from, 0) FROM contract c"
    " JOIN account a ON a.id = c.account_id WHERE a.account = $1 AND $2 IS NULL" NO_MORE
    " ORDER BY c.valid_from DESC LIMIT $6";

static const char meters_behind[] =
    "SELECT m.meter, a.account, m.address, m.port, coalesce(m.pulse_constant,"
    "  (SELECT x.pulse_constant FROM collector_port x WHERE x.collector_id = l.id"
    "   AND x.port = m.port AND x.until IS NULL)),"
    " (SELECT max(r.taken_at) FROM reading r WHERE r.meter_id = m.id"
    "  AND r.status <> 'superseded' AND r.status = 'accepted')"
    " FROM meter m LEFT JOIN concentrator k ON k.id = m.concentrator_id"
    " LEFT JOIN collector l ON l.id = m.collector_id"
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " WHERE m.until IS NULL AND (k.concentrator = $1 OR l.collector = $1)"
    " AND $2 IS NULL" NO_MORE " ORDER BY m.port, m.meter LIMIT $6";

static const char group_members[] =
    "SELECT m.meter, CASE x.is_check_meter WHEN 1 THEN 'check meter' ELSE 'meter' END,"
    " x.since, x.until FROM group_member x JOIN meter_group g ON g.id = x.group_id"
    " JOIN meter m ON m.id = x.meter_id WHERE g.code = $1 AND $2 IS NULL" NO_MORE
    " UNION ALL SELECT k.code, 'group', x.since, x.until FROM group_parent x"
    " JOIN meter_group g ON g.id = x.parent_id JOIN meter_group k ON k.id = x.group_id"
    " WHERE g.code = $1 ORDER BY 4, 2, 1 LIMIT $6";

/* clang-format off */
static const char installations[] =
    "SELECT a.account, m.meter, i.installed_at, i.initial_milli, i.removed_at,"
    " i.final_milli, i.multiplier_milli, p.point"
    " FROM installation i JOIN meter m ON m.id = i.meter_id"
    " JOIN account a ON a.id = i.account_id LEFT JOIN service_point p ON p.id = i.point_id"
    " WHERE (i.meter_id IN (SELECT id FROM meter WHERE meter = $1)"
    "  OR " ACCOUNT_MEANT("i.account_id") ") AND $2 IS NULL" NO_MORE
    " ORDER BY i.installed_at DESC, i.id DESC LIMIT $6";
/* clang-format on */

static const char point_installations[] =
    "SELECT a.account, m.meter, i.installed_at, i.initial_milli, i.removed_at,"
    " i.final_milli, i.multiplier_milli, p.point"
    " FROM installation i JOIN meter m ON m.id = i.meter_id"
    " JOIN account a ON a.id = i.account_id JOIN service_point p ON p.id = i.point_id"
    " WHERE p.point = $1 AND $2 IS NULL" NO_MORE
    " ORDER BY i.installed_at DESC, i.id DESC LIMIT $6";

static const char seals[] =
    "SELECT x.seal, m.meter, x.since, x.until FROM seal x JOIN meter m ON m.id = x.meter_id"
    " WHERE ($1 IS NULL OR m.meter = $1 OR x.seal = $1) AND" STATE_IS("x.until") NO_MORE
    " ORDER BY x.id DESC LIMIT $6";

/* Those of a round that are not in, nor were read since: the sheet of who goes there. */
/* clang-format off */
static const char route[] =
    "SELECT g.code, coalesce(p.address, a.address), p.point, p.location, a.name,"
    " a.account, (SELECT min(f.number) FROM phone f WHERE f.account_id = a.id"
    "  AND f.until IS NULL), m.meter, m.digits,"
    " coalesce(" NEWEST_TOTAL("r.value_milli") ", i.initial_milli),"
    " coalesce(" NEWEST_TOTAL("r.taken_at") ", i.installed_at), m.commodity"
    " FROM round_meter x JOIN round d ON d.id = x.round_id"
    " JOIN meter m ON m.id = x.meter_id"
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " LEFT JOIN service_point p ON p.id = i.point_id"
    " LEFT JOIN meter_group g ON g.id = m.group_id"
    " WHERE d.name = $1 AND x.state IN ('expected', 'missing')"
    " AND coalesce(" NEWEST_TOTAL("r.taken_at") ", 0) < d.started_at AND $2 IS NULL" NO_MORE
    " ORDER BY g.code, 2, p.point, a.account, m.meter LIMIT $6";
/* clang-format on */

static const char attempts[] =
    "SELECT coalesce(m.meter, k.concentrator), t.number, t.channel,"
    " coalesce(t.device, o.modem), t.asked_at, t.ended_at, t.result,"
    " coalesce(nullif(t.segments, 0), o.segments),"
    " CASE WHEN t.ended_at IS NULL AND t.outbox_id IS NOT NULL THEN NULL ELSE t.cost_minor"
    " END, CAST(t.sent AS TEXT),"
    " CAST(t.received AS TEXT), t.outbox_id, t.inbox_id, q.id, q.cause, d.name"
    " FROM attempt t JOIN reading_request q ON q.id = t.request_id"
    " LEFT JOIN meter m ON m.id = q.meter_id"
    " LEFT JOIN concentrator k ON k.id = q.concentrator_id"
    " LEFT JOIN outbox o ON o.id = t.outbox_id LEFT JOIN round d ON d.id = q.round_id"
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " WHERE ($1 IS NULL OR $1 IN (m.meter, a.account, k.concentrator, d.name))"
    " AND ($2 IS NULL OR t.channel = $2) AND ($3 IS NULL OR t.asked_at >= $3)"
    " AND ($4 IS NULL OR t.asked_at < $4) AND ($5 IS NULL OR t.id = $5)"
    " ORDER BY t.id DESC LIMIT $6";

static const char notes[] =
    "SELECT n.at, n.actor, n.text, a.account FROM account_note n"
    " JOIN account a ON a.id = n.account_id WHERE ($1 IS NULL OR a.account = $1)"
    " AND $2 IS NULL" NO_MORE " ORDER BY n.id DESC LIMIT $6";

#define INSTALLATION_COLUMNS                                                               \
    {                                                                                      \
        {"account", COLUMN_TEXT}, {"meter", COLUMN_TEXT}, {"installed_at", COLUMN_TIME},   \
            {"initial_reading", COLUMN_QUANTITY}, {"removed_at", COLUMN_TIME},             \
            {"final_reading", COLUMN_QUANTITY}, {"multiplier", COLUMN_QUANTITY},           \
        {                                                                                  \
            "point", COLUMN_TEXT                                                           \
        }                                                                                  \
    }

static const struct list lists[] = {
    {"concentrators",
     concentrators,
     {{"concentrator", COLUMN_TEXT},
      {"profile", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"carrier", COLUMN_TEXT},
      {"sim", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"interval", COLUMN_TEXT},
      {"window", COLUMN_TEXT},
      {"freeze_time", COLUMN_TEXT},
      {"meters", COLUMN_INT},
      {"last_contact", COLUMN_TIME},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME},
      {"clock_drift_s", COLUMN_INT}}},
    {"collectors",
     collectors,
     {{"collector", COLUMN_TEXT},
      {"concentrator", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"bus", COLUMN_TEXT},
      {"ports", COLUMN_INT},
      {"state", COLUMN_TEXT},
      {"pulse_constants", COLUMN_WORDS},
      {"meters", COLUMN_INT},
      {"last_contact", COLUMN_TIME},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"groups",
     groups,
     {{"group", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"parent", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"meters", COLUMN_INT},
      {"check_meters", COLUMN_WORDS},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"points",
     points,
     {{"point", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"location", COLUMN_TEXT},
      {"phases", COLUMN_INT},
      {"note", COLUMN_TEXT},
      {"meters", COLUMN_WORDS},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"contracts",
     contracts,
     {{"tariff", COLUMN_TEXT}, {"class", COLUMN_TEXT}, {"from", COLUMN_TIME}}},
    {"phones",
     phones,
     {{"phone", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"role", COLUMN_TEXT},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"meters_behind",
     meters_behind,
     {{"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"port", COLUMN_INT},
      {"pulse_constant", COLUMN_INT},
      {"last_reading_at", COLUMN_TIME}}},
    {"group_members",
     group_members,
     {{"member", COLUMN_TEXT},
      {"what", COLUMN_TEXT},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"installations", installations, INSTALLATION_COLUMNS},
    {"point_installations", point_installations, INSTALLATION_COLUMNS},
    {"route",
     route,
     {{"group", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"point", COLUMN_TEXT},
      {"location", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"digits", COLUMN_INT},
      {"last_reading", COLUMN_QUANTITY},
      {"last_reading_at", COLUMN_TIME},
      {"commodity", COLUMN_TEXT}}},
    {"attempts",
     attempts,
     {{"asked", COLUMN_TEXT},
      {"number", COLUMN_INT},
      {"channel", COLUMN_TEXT},
      {"device", COLUMN_TEXT},
      {"asked_at", COLUMN_TIME},
      {"ended_at", COLUMN_TIME},
      {"result", COLUMN_TEXT},
      {"segments", COLUMN_INT},
      {"cost", COLUMN_MONEY},
      {"sent", COLUMN_TEXT},
      {"received", COLUMN_TEXT},
      {"outbox", COLUMN_INT},
      {"inbox", COLUMN_INT},
      {"request", COLUMN_INT},
      {"cause", COLUMN_TEXT},
      {"round", COLUMN_TEXT}}},
    {"seals",
     seals,
     {{"seal", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"notes",
     notes,
     {{"at", COLUMN_TIME},
      {"by", COLUMN_TEXT},
      {"text", COLUMN_TEXT},
      {"account", COLUMN_TEXT}}},
};

const struct list *
list_find_registry(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
