/* Lists of who commands by text message, and of what people wrote. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

#define STATE_IS(until)                                                                    \
    " ($2 IS NULL OR $2 = CASE WHEN " until " IS NULL THEN 'open' ELSE 'closed' END)"

static const char staff[] =
    "SELECT p.staff, p.name, p.role, p.phone, p.language, p.supervisor, p.digest,"
    " p.on_call, CASE WHEN p.until IS NOT NULL THEN 'closed'"
    "  WHEN p.suspended_at IS NOT NULL THEN 'suspended'"
    "  WHEN p.enrolled_at IS NULL THEN 'no codes'"
    "  WHEN p.locked_until IS NOT NULL THEN 'locked' ELSE 'enrolled' END,"
    " p.key_sealed IS NOT NULL, (SELECT count(*) FROM staff_code c WHERE c.staff_id = p.id"
    "  AND c.sheet = p.sheet AND c.used_at IS NULL), p.expires_at, p.locked_until,"
    " p.failures, p.since, p.until FROM staff p"
    " WHERE ($1 IS NULL OR p.staff = $1 OR p.phone = $1 OR p.role = $1) AND" STATE_IS(
        "p.until") " AND $3 IS NULL AND $4 IS NULL AND $5 IS NULL"
                   " ORDER BY p.until IS NOT NULL, p.id LIMIT $6";

static const char requests[] =
    "SELECT q.id, p.staff, q.verb, q.arguments, q.state, q.tries, q.created_at, q.ended_at"
    " FROM staff_request q JOIN staff p ON p.id = q.staff_id"
    " WHERE ($1 IS NULL OR p.staff = $1) AND ($2 IS NULL OR q.state = $2)"
    " AND ($3 IS NULL OR q.created_at >= $3) AND ($4 IS NULL OR q.created_at < $4)"
    " AND $5 IS NULL ORDER BY q.id DESC LIMIT $6";

static const struct list lists[] = {
    {"staff",
     staff,
     {{"staff", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"role", COLUMN_TEXT},
      {"phone", COLUMN_TEXT},
      {"language", COLUMN_TEXT},
      {"supervisor", COLUMN_TEXT},
      {"digest", COLUMN_BOOL},
      {"on_call", COLUMN_INT},
      {"codes", COLUMN_TEXT},
      {"key", COLUMN_BOOL},
      {"sheet_left", COLUMN_INT},
      {"expires_at", COLUMN_TIME},
      {"locked_until", COLUMN_TIME},
      {"failures", COLUMN_INT},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME}}},
    {"staff_requests",
     requests,
     {{"id", COLUMN_INT},
      {"staff", COLUMN_TEXT},
      {"verb", COLUMN_TEXT},
      {"arguments", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"tries", COLUMN_INT},
      {"created_at", COLUMN_TIME},
      {"ended_at", COLUMN_TIME}}},
};

const struct list *
list_find_talk(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
