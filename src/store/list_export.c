/* What the files of `export` hold: the columns of `import`, of all that is in use. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

/* All that is in use is exported; with a subject that row alone, in use or not. There is no
 * other filter, but each list has all the parameters. */
#define NO_FILTER            " $2 IS NULL AND $3 IS NULL AND $4 IS NULL AND $5 IS NULL"
#define ONE_OR(name, in_use) " (" name " = $1 OR ($1 IS NULL AND " in_use ")) AND" NO_FILTER

/* clang-format off */
static const char accounts[] =
    "SELECT a.account, a.name, " CONTRACT_NOW("tariff", "a.id") ","
    " (SELECT coalesce(group_concat(p.number, ','), '') FROM (SELECT number || CASE"
    "  WHEN role = CASE WHEN id = (SELECT min(f.id) FROM phone f WHERE f.account_id = a.id"
    "   AND f.until IS NULL) THEN 'manage' ELSE 'view' END"
    "  THEN '' ELSE '=' || role END AS number FROM phone"
    "  WHERE account_id = a.id AND until IS NULL ORDER BY id) p), a.language,"
    " " CONTRACT_NOW("class", "a.id") ", " BALANCE_OF("a.id") ","
    " a.protected, a.protected_until, a.address, a.hold, a.hold_until FROM account a"
    " WHERE" ONE_OR("a.account", "a.closed_at IS NULL") " ORDER BY a.account LIMIT $6";
/* clang-format on */

static const char meters[] =
    "SELECT m.meter, CASE WHEN a.account IS NULL AND m.is_check_meter = 0 AND $1 IS NULL"
    "  THEN '-' ELSE a.account END, m.commodity, m.profile, m.phone, k.concentrator,"
    " l.collector, m.port, m.bus, m.protocol, m.address, m.password, i.multiplier_milli,"
    " m.digits, m.decimals, i.initial_milli, i.installed_at, g.code, m.is_check_meter,"
    " m.pulse_constant, m.has_relay, v.point, m.sim, m.carrier, m.battery_on,"
    " (SELECT coalesce(group_concat(x.seal, ','), '') FROM (SELECT seal FROM seal"
    "  WHERE meter_id = m.id AND until IS NULL ORDER BY id) x)"
    " FROM meter m LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " LEFT JOIN concentrator k ON k.id = m.concentrator_id"
    " LEFT JOIN collector l ON l.id = m.collector_id"
    " LEFT JOIN meter_group g ON g.id = m.group_id"
    " LEFT JOIN service_point v ON v.id = i.point_id"
    " WHERE" ONE_OR("m.meter", "m.until IS NULL") " ORDER BY m.meter LIMIT $6";

static const char concentrators[] =
    "SELECT concentrator, profile, phone, sim, carrier, address,"
    " " INTERVAL_OF("interval_s") ","
                                  " read_window, freeze_time FROM concentrator"
                                  " WHERE" ONE_OR(
                                      "concentrator",
                                      "until IS NULL") " ORDER BY concentrator LIMIT $6";

static const char collectors[] =
    "SELECT l.collector, k.concentrator, l.address, l.bus, l.ports,"
    " (SELECT coalesce(group_concat(x.pulses, ','), '') FROM (SELECT port || '=' ||"
    "  pulse_constant AS pulses FROM collector_port WHERE collector_id = l.id"
    "  AND until IS NULL ORDER BY port) x), l.state FROM collector l"
    " LEFT JOIN concentrator k ON k.id = l.concentrator_id"
    " WHERE" ONE_OR("l.collector", "l.until IS NULL") " ORDER BY l.collector LIMIT $6";

/* Parents first, as import wants them. */
static const char groups[] =
    "WITH RECURSIVE tree (id, depth) AS ("
    " SELECT id, 0 FROM meter_group WHERE parent_id IS NULL"
    " UNION ALL SELECT g.id, tree.depth + 1 FROM meter_group g"
    "  JOIN tree ON g.parent_id = tree.id)"
    " SELECT g.code, g.name, u.code, g.kind, g.since FROM tree"
    " JOIN meter_group g ON g.id = tree.id"
    " LEFT JOIN meter_group u ON u.id = g.parent_id"
    " WHERE" ONE_OR("g.code", "g.until IS NULL") " ORDER BY tree.depth, g.code LIMIT $6";

static const char points[] =
    "SELECT point, address, location, phases, note FROM service_point"
    " WHERE" ONE_OR("point", "until IS NULL") " ORDER BY point LIMIT $6";

static const char readings[] =
    "SELECT m.meter, r.register, r.value_milli, r.taken_at,"
    " CASE WHEN r.source IN ('manual', 'handheld') THEN r.source ELSE 'import' END, r.unit"
    " FROM reading r JOIN meter m ON m.id = r.meter_id"
    " WHERE r.status = 'accepted' AND m.until IS NULL AND ($1 IS NULL OR m.meter = $1) "
    "AND" NO_FILTER " ORDER BY m.meter, r.register, r.taken_at, r.id LIMIT $6";

static const char staff[] =
    "SELECT staff, name, role, phone, language, supervisor, digest, on_call FROM staff"
    " WHERE" ONE_OR("staff", "until IS NULL") " ORDER BY id LIMIT $6";

static const struct list lists[] = {
    {"accounts.export",
     accounts,
     {{"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"tariff", COLUMN_TEXT},
      {"phones", COLUMN_WORDS},
      {"language", COLUMN_TEXT},
      {"class", COLUMN_TEXT},
      {"opening_balance", COLUMN_MONEY},
      {"protected", COLUMN_TEXT},
      {"protected_until", COLUMN_TIME},
      {"address", COLUMN_TEXT},
      {"hold", COLUMN_TEXT},
      {"hold_until", COLUMN_TIME}}},
    {"points.export",
     points,
     {{"point", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"location", COLUMN_TEXT},
      {"phases", COLUMN_INT},
      {"note", COLUMN_TEXT}}},
    {"meters.export",
     meters,
     {{"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"commodity", COLUMN_TEXT},
      {"profile", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"concentrator", COLUMN_TEXT},
      {"collector", COLUMN_TEXT},
      {"port", COLUMN_INT},
      {"bus", COLUMN_TEXT},
      {"protocol", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"password", COLUMN_TEXT},
      {"multiplier", COLUMN_QUANTITY},
      {"digits", COLUMN_INT},
      {"decimals", COLUMN_INT},
      {"initial_reading", COLUMN_QUANTITY},
      {"installed_on", COLUMN_TIME},
      {"group", COLUMN_TEXT},
      {"check_meter", COLUMN_BOOL},
      {"pulse_constant", COLUMN_INT},
      {"relay", COLUMN_BOOL},
      {"point", COLUMN_TEXT},
      {"sim", COLUMN_TEXT},
      {"carrier", COLUMN_TEXT},
      {"battery_on", COLUMN_TIME},
      {"seals", COLUMN_WORDS}}},
    {"concentrators.export",
     concentrators,
     {{"concentrator", COLUMN_TEXT},
      {"profile", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"sim", COLUMN_TEXT},
      {"carrier", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"interval", COLUMN_TEXT},
      {"window", COLUMN_TEXT},
      {"freeze_time", COLUMN_TEXT}}},
    {"collectors.export",
     collectors,
     {{"collector", COLUMN_TEXT},
      {"concentrator", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"bus", COLUMN_TEXT},
      {"ports", COLUMN_INT},
      {"pulse_constants", COLUMN_WORDS},
      {"state", COLUMN_TEXT}}},
    {"groups.export",
     groups,
     {{"group", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"parent", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"since", COLUMN_TIME}}},
    {"staff.export",
     staff,
     {{"staff", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"role", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"language", COLUMN_TEXT},
      {"supervisor", COLUMN_TEXT},
      {"digest", COLUMN_BOOL},
      {"on_call", COLUMN_INT}}},
    {"readings.export",
     readings,
     {{"meter", COLUMN_TEXT},
      {"register", COLUMN_TEXT},
      {"value", COLUMN_QUANTITY},
      {"taken_at", COLUMN_TIME},
      {"source", COLUMN_TEXT},
      {"unit", COLUMN_TEXT}}},
};

const struct list *
list_find_export(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
