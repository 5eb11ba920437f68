/* The lists of validation: limits of their own, bills on readings that were replaced, and
 * how reading went. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

static const char overrides[] =
    "SELECT v.id, v.class, m.meter, v.name, v.value, v.since, v.until, v.reason, v.actor"
    " FROM vee_override v LEFT JOIN meter m ON m.id = v.meter_id"
    " WHERE ($1 IS NULL OR v.class = $1 OR m.meter = $1) AND ($2 IS NULL OR v.name = $2)"
    " AND ($3 IS NULL OR v.until IS NULL OR v.until > $3) AND ($4 IS NULL OR v.since < $4)"
    " AND ($5 IS NULL OR v.id = $5) ORDER BY v.id DESC LIMIT $6";

static const char trueups[] =
    "SELECT t.id, b.number, a.account, m.meter, o.taken_at, o.value_milli, o.quality,"
    " n.value_milli, n.quality, n.value_milli - o.value_milli, t.found_at, t.settled_at"
    " FROM trueup t JOIN bill b ON b.id = t.bill_id JOIN account a ON a.id = b.account_id"
    " JOIN reading o ON o.id = t.old_id JOIN reading n ON n.id = t.new_id"
    " JOIN meter m ON m.id = o.meter_id"
    " WHERE ($1 IS NULL OR a.account = $1 OR m.meter = $1 OR b.number = $1)"
    " AND ($2 IS NULL OR CASE WHEN t.settled_at IS NULL THEN 'open' ELSE 'settled' END"
    "  = $2) AND ($3 IS NULL OR t.found_at >= $3) AND ($4 IS NULL OR t.found_at < $4)"
    " AND ($5 IS NULL OR t.id = $5) ORDER BY t.id DESC LIMIT $6";

static const struct list lists[] = {
    {"vee_overrides",
     overrides,
     {{"id", COLUMN_INT},
      {"class", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"value", COLUMN_TEXT},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME},
      {"reason", COLUMN_TEXT},
      {"by", COLUMN_TEXT}}},
    {"trueups",
     trueups,
     {{"id", COLUMN_INT},
      {"bill", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"taken_at", COLUMN_TIME},
      {"billed", COLUMN_QUANTITY},
      {"billed_quality", COLUMN_TEXT},
      {"value", COLUMN_QUANTITY},
      {"quality", COLUMN_TEXT},
      {"difference", COLUMN_QUANTITY},
      {"found_at", COLUMN_TIME},
      {"settled_at", COLUMN_TIME}}},
};

const struct list *
list_find_vee(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
