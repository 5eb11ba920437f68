/* The lists of modems, of what was done for them, and of what people must look at. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

static const char modems[] =
    "SELECT m.name, m.health, m.signal_percent, m.operator, m.sim_used, m.sim_size, m.imei,"
    " m.imsi, m.model, m.firmware, m.smsc, m.settle_percent, m.restarts, m.reason, "
    "m.seen_at,"
    " (SELECT count(*) FROM outbox o WHERE o.modem = m.name AND o.state = 'sending'),"
    " d.day, d.parts, d.cost_minor,"
    " (SELECT sum(x.parts) FROM modem_day x WHERE x.modem = m.name AND x.month = d.month),"
    " (SELECT sum(x.cost_minor) FROM modem_day x WHERE x.modem = m.name"
    "  AND x.month = d.month), c.balance_minor, c.told_at, c.expires_at, m.settle_fell"
    " FROM modem m LEFT JOIN modem_credit c ON c.modem = m.name"
    " LEFT JOIN modem_day d ON d.modem = m.name"
    "  AND d.day = (SELECT max(y.day) FROM modem_day y WHERE y.modem = m.name)"
    " WHERE ($1 IS NULL OR m.name = $1) AND ($2 IS NULL OR m.health = $2)"
    " AND ($5 IS NULL OR m.id = $5) AND $3 IS NULL AND $4 IS NULL"
    " ORDER BY m.name LIMIT $6";

static const char modem_care[] =
    "SELECT c.id, c.asked_at, c.modem, c.step, c.state, c.actor, c.reason, c.answer"
    " FROM modem_care c WHERE ($1 IS NULL OR c.modem = $1)"
    " AND ($2 IS NULL OR c.state = $2) AND ($3 IS NULL OR c.asked_at >= $3)"
    " AND ($4 IS NULL OR c.asked_at < $4) AND ($5 IS NULL OR c.id = $5)"
    " ORDER BY c.id DESC LIMIT $6";

static const char alarms[] =
    "SELECT a.id, a.kind, a.subject, a.text,"
    " CASE WHEN a.cleared_at IS NULL THEN 'open' ELSE 'cleared' END,"
    " a.raised_at, a.last_at, a.cleared_at, a.count"
    " FROM alarm a WHERE ($1 IS NULL OR a.subject = $1 OR a.kind = $1)"
    " AND ($2 IS NULL OR CASE WHEN a.cleared_at IS NULL THEN 'open' ELSE 'cleared' END"
    "  = $2) AND ($3 IS NULL OR a.last_at >= $3) AND ($4 IS NULL OR a.raised_at < $4)"
    " AND ($5 IS NULL OR a.id = $5) ORDER BY a.id DESC LIMIT $6";

static const struct list lists[] = {
    {"modems", modems, {{"modem", COLUMN_TEXT},         {"health", COLUMN_TEXT},
                        {"signal_percent", COLUMN_INT}, {"operator", COLUMN_TEXT},
                        {"sim_used", COLUMN_INT},       {"sim_size", COLUMN_INT},
                        {"imei", COLUMN_TEXT},          {"imsi", COLUMN_TEXT},
                        {"model", COLUMN_TEXT},         {"firmware", COLUMN_TEXT},
                        {"smsc", COLUMN_TEXT},          {"settle_percent", COLUMN_INT},
                        {"restarts", COLUMN_INT},       {"reason", COLUMN_TEXT},
                        {"seen_at", COLUMN_TIME},       {"sending", COLUMN_INT},
                        {"last_day", COLUMN_DATE},      {"day_parts", COLUMN_INT},
                        {"day_cost", COLUMN_MONEY},     {"month_parts", COLUMN_INT},
                        {"month_cost", COLUMN_MONEY},   {"credit", COLUMN_MONEY},
                        {"credit_at", COLUMN_TIME},     {"expires", COLUMN_DATE},
                        {"settle_fell", COLUMN_BOOL}}},
    {"modem_care",
     modem_care,
     {{"id", COLUMN_INT},
      {"at", COLUMN_TIME},
      {"modem", COLUMN_TEXT},
      {"step", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"who", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"answer", COLUMN_TEXT}}},
    {"alarms",
     alarms,
     {{"alarm", COLUMN_INT},
      {"kind", COLUMN_TEXT},
      {"subject", COLUMN_TEXT},
      {"text", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"raised_at", COLUMN_TIME},
      {"last_at", COLUMN_TIME},
      {"cleared_at", COLUMN_TIME},
      {"count", COLUMN_INT}}},
};

const struct list *
list_find_farm(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
