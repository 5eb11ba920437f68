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

static const char mutes[] =
    "SELECT number, reason, actor, since, until, ended_at FROM mute"
    " WHERE ($1 IS NULL OR number = $1) AND ($2 IS NULL OR $2 = CASE"
    "  WHEN ended_at IS NULL THEN 'open' ELSE 'closed' END)"
    " AND $3 IS NULL AND $4 IS NULL AND $5 IS NULL ORDER BY id DESC LIMIT $6";

static const char consents[] =
    "SELECT c.number, c.category, c.state, c.at, c.inbox_id, c.actor FROM consent c"
    " WHERE ($1 IS NULL OR c.number = $1) AND ($2 IS NULL OR c.state = $2)"
    " AND ($3 IS NULL OR c.at >= $3) AND ($4 IS NULL OR c.at < $4) AND $5 IS NULL"
    " ORDER BY c.id DESC LIMIT $6";

static const char tickets[] =
    "SELECT t.ticket, t.kind, t.state, a.account, t.number, t.text, t.answer,"
    " t.created_at, t.closed_at, t.actor FROM ticket t"
    " LEFT JOIN account a ON a.id = t.account_id"
    " WHERE ($1 IS NULL OR $1 IN (t.ticket, t.kind, t.number, a.account))"
    " AND ($2 IS NULL OR t.state = $2)"
    " AND ($3 IS NULL OR t.created_at >= $3) AND ($4 IS NULL OR t.created_at < $4)"
    " AND $5 IS NULL ORDER BY t.state = 'closed', t.id DESC LIMIT $6";

static const char outages[] =
    "SELECT g.code, g.name, o.commodity, o.reason, o.since, o.expected_at, o.until,"
    " o.actor FROM outage o JOIN meter_group g ON g.id = o.group_id"
    " WHERE ($1 IS NULL OR g.code = $1) AND" STATE_IS(
        "o.until") " AND $3 IS NULL AND $4 IS NULL AND $5 IS NULL"
                   " ORDER BY o.until IS NOT NULL, o.id DESC LIMIT $6";

static const char phone_changes[] =
    "SELECT c.id, a.account, c.number, c.role, c.asked_by, c.state, c.asked_at,"
    " nullif(c.due_at, 0), c.ended_at, c.actor FROM phone_change c"
    " JOIN account a ON a.id = c.account_id"
    " WHERE ($1 IS NULL OR $1 IN (a.account, c.number)) AND ($2 IS NULL OR c.state = $2)"
    " AND ($3 IS NULL OR c.asked_at >= $3) AND ($4 IS NULL OR c.asked_at < $4)"
    " AND $5 IS NULL ORDER BY c.state <> 'waiting', c.id DESC LIMIT $6";

/* Numbers that are missing, times that go back, and days without a row. */
static const char audit_gaps[] =
    "SELECT CASE WHEN x.id <> x.before + 1 THEN 'missing' WHEN x.at < x.at_before"
    "  THEN 'back in time' ELSE 'silent' END, x.before, x.id, x.at_before, x.at FROM"
    " (SELECT id, at, lag(id) OVER (ORDER BY id) AS before,"
    "   lag(at) OVER (ORDER BY id) AS at_before FROM audit) x"
    " WHERE (x.id <> x.before + 1 OR x.at < x.at_before OR x.at - x.at_before > 86400)"
    " AND $1 IS NULL AND $2 IS NULL AND ($3 IS NULL OR x.at >= $3)"
    " AND ($4 IS NULL OR x.at_before < $4) AND $5 IS NULL ORDER BY x.id DESC LIMIT $6";

static const char audit_days[] =
    "SELECT d.id, d.last_id, substr(lower(hex(d.hash)), 1, 15), d.at FROM audit_day d"
    " WHERE $1 IS NULL AND $2 IS NULL AND ($3 IS NULL OR d.id >= $3)"
    " AND ($4 IS NULL OR d.id < $4) AND $5 IS NULL ORDER BY d.id DESC LIMIT $6";

static const struct list lists[] = {
    {"audit_gaps",
     audit_gaps,
     {{"gap", COLUMN_TEXT},
      {"after", COLUMN_INT},
      {"before", COLUMN_INT},
      {"from", COLUMN_TIME},
      {"to", COLUMN_TIME}}},
    {"audit_days",
     audit_days,
     {{"day", COLUMN_DATE},
      {"row", COLUMN_INT},
      {"head", COLUMN_TEXT},
      {"closed_at", COLUMN_TIME}}},
    {"mutes",
     mutes,
     {{"number", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"by", COLUMN_TEXT},
      {"since", COLUMN_TIME},
      {"until", COLUMN_TIME},
      {"ended_at", COLUMN_TIME}}},
    {"consents",
     consents,
     {{"number", COLUMN_TEXT},
      {"category", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"at", COLUMN_TIME},
      {"message", COLUMN_INT},
      {"by", COLUMN_TEXT}}},
    {"tickets",
     tickets,
     {{"ticket", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"account", COLUMN_TEXT},
      {"number", COLUMN_TEXT},
      {"text", COLUMN_TEXT},
      {"answer", COLUMN_TEXT},
      {"created_at", COLUMN_TIME},
      {"closed_at", COLUMN_TIME},
      {"by", COLUMN_TEXT}}},
    {"outages",
     outages,
     {{"group", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"commodity", COLUMN_TEXT},
      {"cause", COLUMN_TEXT},
      {"since", COLUMN_TIME},
      {"expected_at", COLUMN_TIME},
      {"ended_at", COLUMN_TIME},
      {"by", COLUMN_TEXT}}},
    {"phone_changes",
     phone_changes,
     {{"change", COLUMN_INT},
      {"account", COLUMN_TEXT},
      {"number", COLUMN_TEXT},
      {"role", COLUMN_TEXT},
      {"asked_by", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"asked_at", COLUMN_TIME},
      {"due_at", COLUMN_TIME},
      {"ended_at", COLUMN_TIME},
      {"by", COLUMN_TEXT}}},
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
