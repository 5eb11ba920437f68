/* The lists of wires: how they are, what was done on them, who is silent there. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

/* Also those that never worked, by the meters that name them. */
static const char buses[] =
    "SELECT n.name, b.health, b.reason,"
    " (SELECT count(*) FROM meter m WHERE m.bus = n.name AND m.until IS NULL),"
    " (SELECT count(*) FROM meter m JOIN bus_meter x ON x.meter_id = m.id"
    "  WHERE m.bus = n.name AND m.until IS NULL AND x.silent > 0),"
    " (SELECT count(*) FROM bus_job j WHERE j.bus = n.name"
    "  AND j.state IN ('queued', 'sent')),"
    " coalesce(b.answered, 0), coalesce(b.silent, 0), coalesce(b.damaged, 0),"
    " coalesce(b.restarts, 0), b.seen_at, b.record_until"
    " FROM (SELECT name FROM bus UNION"
    "  SELECT bus FROM meter WHERE bus IS NOT NULL AND until IS NULL) n"
    " LEFT JOIN bus b ON b.name = n.name"
    " WHERE ($1 IS NULL OR n.name = $1) AND ($2 IS NULL OR b.health = $2)"
    " AND $3 IS NULL AND $4 IS NULL AND $5 IS NULL ORDER BY n.name LIMIT $6";

static const char jobs[] =
    "SELECT j.id, j.created_at, j.bus, m.meter, j.action, j.state, j.attempts, j.relay,"
    " j.reason, j.what, j.next_at, j.ended_at, j.actor"
    " FROM bus_job j LEFT JOIN meter m ON m.id = j.meter_id"
    " WHERE ($1 IS NULL OR j.bus = $1 OR m.meter = $1) AND ($2 IS NULL OR j.state = $2)"
    " AND ($3 IS NULL OR j.created_at >= $3) AND ($4 IS NULL OR j.created_at < $4)"
    " AND ($5 IS NULL OR j.id = $5) ORDER BY j.id DESC LIMIT $6";

static const char silent[] =
    "SELECT m.meter, m.bus, m.protocol, m.address, x.silent, x.silent_since, x.rest_until,"
    " m.last_contact_at FROM bus_meter x JOIN meter m ON m.id = x.meter_id"
    " WHERE x.silent > 0 AND m.until IS NULL AND ($1 IS NULL OR m.bus = $1 OR m.meter = $1)"
    " AND $2 IS NULL AND ($3 IS NULL OR x.silent_since >= $3)"
    " AND ($4 IS NULL OR x.silent_since < $4) AND ($5 IS NULL OR m.id = $5)"
    " ORDER BY x.silent_since, m.meter LIMIT $6";

static const struct list lists[] = {
    {"buses",
     buses,
     {{"bus", COLUMN_TEXT},
      {"health", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"meters", COLUMN_INT},
      {"meters_silent", COLUMN_INT},
      {"jobs", COLUMN_INT},
      {"answered", COLUMN_INT},
      {"silent", COLUMN_INT},
      {"damaged", COLUMN_INT},
      {"restarts", COLUMN_INT},
      {"seen_at", COLUMN_TIME},
      {"record_until", COLUMN_TIME}}},
    {"bus_jobs",
     jobs,
     {{"id", COLUMN_INT},
      {"at", COLUMN_TIME},
      {"bus", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"action", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"attempts", COLUMN_INT},
      {"relay", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"what", COLUMN_TEXT},
      {"next_at", COLUMN_TIME},
      {"ended_at", COLUMN_TIME},
      {"actor", COLUMN_TEXT}}},
    {"bus_silent",
     silent,
     {{"meter", COLUMN_TEXT},
      {"bus", COLUMN_TEXT},
      {"protocol", COLUMN_TEXT},
      {"address", COLUMN_TEXT},
      {"times", COLUMN_INT},
      {"since", COLUMN_TIME},
      {"rests_until", COLUMN_TIME},
      {"last_contact", COLUMN_TIME}}},
};

const struct list *
list_find_bus(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
