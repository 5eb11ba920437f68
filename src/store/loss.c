#include "meterpost/store/loss.h"

#include "stmt.h"

#define FOREVER     9000000000000000
#define FOREVER_SQL "9000000000000000"

bool
group_next(struct store *s, const char *kind, const char *code, int64_t after,
           struct group *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT id, code, name, parent_id, kind FROM meter_group WHERE id > $1"
        " AND ($2 IS NULL OR kind = $2) AND ($3 IS NULL OR code = $3) ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    stmt_text_or_null(q, 2, kind == NULL ? "" : kind);
    stmt_text_or_null(q, 3, code == NULL ? "" : code);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    *out = (struct group){.id = stmt_col_int(q, 0), .parent_id = stmt_col_int(q, 3)};
    stmt_col_text(q, 1, out->code, sizeof(out->code));
    stmt_col_text(q, 2, out->name, sizeof(out->name));
    stmt_col_text(q, 4, out->kind, sizeof(out->kind));
    stmt_done(q);
    return true;
}

bool
group_commodity(struct store *s, int64_t group_id, char out[WORD_MAX], struct err *e)
{
    static const char supply[] =
        "SELECT m.commodity FROM group_member x JOIN meter m ON m.id = x.meter_id"
        " WHERE x.group_id = $1 AND x.is_check_meter = 1 LIMIT 1";
    static const char most[] =
        "SELECT m.commodity FROM group_member x JOIN meter m ON m.id = x.meter_id"
        " WHERE x.group_id = $1 GROUP BY m.commodity"
        " ORDER BY count(*) DESC, m.commodity LIMIT 1";
    bool row = false;

    out[0] = '\0';
    for (int i = 0; i < 2 && !row; i++) {
        struct stmt *q = stmt_get(s, i == 0 ? supply : most, e);

        stmt_int(q, 1, group_id);
        if (!stmt_step(q, &row, e))
            return false;
        if (row) {
            stmt_col_text(q, 0, out, WORD_MAX);
            stmt_done(q);
        }
    }
    return true;
}

static void
copy_group_meter(struct stmt *q, utc_t from, utc_t to, struct group_meter *m)
{
    *m = (struct group_meter){.meter_id = stmt_col_int(q, 0),
                              .is_check_meter = stmt_col_int(q, 3) != 0,
                              .digits = (int)stmt_col_int(q, 4),
                              .account_id = stmt_col_int(q, 5),
                              .multiplier_milli = stmt_col_int(q, 6),
                              .installed_at = stmt_col_int(q, 7),
                              .removed_at = stmt_col_int(q, 8),
                              .initial = {stmt_col_int(q, 9)},
                              .final = {stmt_col_int(q, 10)},
                              .joined_at = stmt_col_int(q, 11),
                              .left_at =
                                  stmt_col_int(q, 12) == FOREVER ? 0 : stmt_col_int(q, 12),
                              .first = {!stmt_col_null(q, 13), from, {stmt_col_int(q, 13)}},
                              .last = {!stmt_col_null(q, 14), to, {stmt_col_int(q, 14)}}};
    stmt_col_text(q, 1, m->meter, sizeof(m->meter));
    stmt_col_text(q, 2, m->commodity, sizeof(m->commodity));
    if (m->multiplier_milli == 0)
        m->multiplier_milli = MULTIPLIER_ONE;
}

/* The groups below $1 as they were at some time of $2 to $3, each with the time that it was
 * so. The first link of a group or meter holds for the time before it was written down,
 * too; which link was the first is asked only where that is within the period. */
#define LATER(a, b)   "CASE WHEN " a " > " b " THEN " a " ELSE " b " END"
#define EARLIER(a, b) "CASE WHEN " a " < " b " THEN " a " ELSE " b " END"
#define SINCE(link, of)                                                                    \
    "CASE WHEN x.since <= $2 THEN 0 WHEN EXISTS (SELECT 1 FROM " link " o WHERE o." of     \
    " = x." of " AND o.since < x.since) THEN x.since ELSE 0 END"
#define UNTIL "coalesce(x.until, " FOREVER_SQL ")"
/* clang-format off */
#define BELOW                                                                              \
    "WITH RECURSIVE below(id, since, until) AS (SELECT $1, 0, " FOREVER_SQL                \
    " UNION SELECT l.group_id, " LATER("l.since", "b.since") ", "                          \
    EARLIER("l.until", "b.until") " FROM below b JOIN"                                     \
    " (SELECT x.group_id, x.parent_id, " SINCE("group_parent", "group_id") " AS since, "   \
    UNTIL " AS until FROM group_parent x) l"                                               \
    " ON l.parent_id = b.id WHERE l.since < $3 AND l.until > $2 AND l.since < b.until"     \
    " AND l.until > b.since)"
/* clang-format on */
#define MEMBER_SINCE SINCE("group_member", "meter_id")
#define FROZEN(at)                                                                         \
    "(SELECT r.value_milli FROM reading r WHERE r.meter_id = m.id AND r.register = $4"     \
    " AND r.taken_at = " at " AND r.status <> 'superseded' AND r.status = 'accepted'"      \
    " AND r.quality IN ('A', 'F') LIMIT 1)"

bool
group_meters_each(struct store *s, int64_t group_id, const char *obis, utc_t from, utc_t to,
                  group_meter_fn *take, void *context, struct err *e)
{
    /* clang-format off */
    static const char sql[] =
        BELOW
        " SELECT m.id, m.meter, m.commodity, x.is_check_meter, m.digits, i.account_id,"
        " i.multiplier_milli, i.installed_at, i.removed_at, i.initial_milli, i.final_milli, "
        LATER(MEMBER_SINCE, "b.since") ", " EARLIER(UNTIL, "b.until") ", "
        FROZEN("$2") ", " FROZEN("$3")
        " FROM below b CROSS JOIN group_member x ON x.group_id = b.id"
        " CROSS JOIN meter m ON m.id = x.meter_id"
        " LEFT JOIN installation i ON i.meter_id = m.id AND i.installed_at < $3"
        " AND (i.removed_at IS NULL OR i.removed_at > $2)"
        " WHERE (i.id IS NOT NULL OR x.is_check_meter = 1)"
        " AND (x.is_check_meter = 0 OR b.id = $1)"
        " AND (x.since <= $2 OR (" MEMBER_SINCE " < $3 AND " MEMBER_SINCE " < b.until))"
        " AND (x.until IS NULL OR (x.until > $2 AND x.until > b.since))"
        " AND (m.until IS NULL OR m.until > $2)";
    /* clang-format on */
    struct stmt *q = stmt_get(s, sql, e);
    struct group_meter m;
    bool row;

    stmt_int(q, 1, group_id);
    stmt_int(q, 2, from);
    stmt_int(q, 3, to);
    stmt_text_or_null(q, 4, obis == NULL ? "" : obis);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_group_meter(q, from, to, &m);
        if (!take(&m, context, e)) {
            stmt_done(q);
            return false;
        }
    }
    return false;
}

/* One side of an instant: $3 is the time. */
static bool
one_side(struct store *s, const char *sql, int64_t meter_id, const char *obis, utc_t at,
         struct stmt **q, bool *found, struct err *e)
{
    *q = stmt_get(s, sql, e);
    if (*q == NULL)
        return false;
    stmt_int(*q, 1, meter_id);
    stmt_text(*q, 2, obis);
    stmt_int(*q, 3, at);
    return stmt_step(*q, found, e);
}

bool
reading_around(struct store *s, int64_t meter_id, const char *obis, utc_t at,
               struct reading_around *out, struct err *e)
{
    static const char before[] =
        "SELECT value_milli, taken_at, quality FROM reading WHERE meter_id = $1"
        " AND register = $2 AND taken_at <= $3 AND status <> 'superseded'"
        " AND status = 'accepted' ORDER BY taken_at DESC, id DESC LIMIT 1";
    static const char after[] =
        "SELECT value_milli, taken_at, quality, flags LIKE '%rollover%' FROM reading"
        " WHERE meter_id = $1 AND register = $2 AND taken_at > $3"
        " AND status <> 'superseded' AND status = 'accepted' ORDER BY taken_at, id LIMIT 1";
    struct stmt *q;

    *out = (struct reading_around){0};
    if (!one_side(s, before, meter_id, obis, at, &q, &out->has_before, e))
        return false;
    if (out->has_before) {
        out->before.milli = stmt_col_int(q, 0);
        out->before_at = stmt_col_int(q, 1);
        out->before_quality = stmt_col_peek(q, 2)[0];
        stmt_done(q);
    }
    if (out->before_at == at && out->has_before)
        return true;
    if (!one_side(s, after, meter_id, obis, at, &q, &out->has_after, e))
        return false;
    if (out->has_after) {
        out->after.milli = stmt_col_int(q, 0);
        out->after_at = stmt_col_int(q, 1);
        out->after_quality = stmt_col_peek(q, 2)[0];
        out->rolled = stmt_col_int(q, 3) != 0;
        stmt_done(q);
    }
    return true;
}

bool
reading_count_flag(struct store *s, int64_t meter_id, const char *flag, utc_t since,
                   int64_t *count, struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM reading WHERE meter_id = $1 AND taken_at >= $3"
        " AND status <> 'superseded' AND status <> 'rejected'"
        " AND ',' || flags || ',' LIKE '%,' || $2 || ',%'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, flag);
    stmt_int(q, 3, since);
    return stmt_one_int(q, count, &row, e);
}

bool
meter_tamper_reports(struct store *s, int64_t meter_id, utc_t since, int64_t *reports,
                     int64_t *seals_off, struct err *e)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM alarm WHERE subject = 'meter ' || m.meter"
        "  AND kind IN ('tamper', 'seal-broken', 'reversed', 'current-lost')"
        "  AND last_at >= $2),"
        " (SELECT count(*) FROM seal s WHERE s.meter_id = m.id AND s.until >= $2"
        "  AND NOT EXISTS (SELECT 1 FROM seal o WHERE o.meter_id = m.id"
        "   AND o.until IS NULL)) FROM meter m WHERE m.id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, since);
    if (!stmt_step(q, &row, e))
        return false;
    *reports = row ? stmt_col_int(q, 0) : 0;
    *seals_off = row ? stmt_col_int(q, 1) : 0;
    if (row)
        stmt_done(q);
    return true;
}

bool
readings_by_people(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                   int64_t *milli, int most, int *n, struct err *e)
{
    static const char sql[] =
        "SELECT value_milli FROM reading WHERE meter_id = $1 AND register = $2"
        " AND taken_at < $3 AND status <> 'superseded' AND status = 'accepted'"
        " AND source IN ('manual', 'handheld', 'customer')"
        " ORDER BY taken_at DESC, id DESC LIMIT $4";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, t);
    stmt_int(q, 4, most);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        milli[(*n)++] = stmt_col_int(q, 0);
    }
    return false;
}

/* A count for $1 account, $2 from, $3 to. */
static bool
count_of(struct store *s, const char *sql, int64_t account_id, utc_t from, utc_t to,
         int64_t *count, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, from);
    stmt_int(q, 3, to);
    return stmt_one_int(q, count, &row, e);
}

bool
account_idle_prepaid(struct store *s, int64_t account_id, utc_t from, utc_t to, bool *idle,
                     struct err *e)
{
    static const char sql[] =
        "SELECT EXISTS (SELECT 1 FROM item WHERE account_id = $1 AND kind = 'charge'"
        "  AND at < $2) AND NOT EXISTS (SELECT 1 FROM item WHERE account_id = $1"
        "  AND kind = 'payment' AND at >= $2 AND at < $3)";
    int64_t value;

    if (!count_of(s, sql, account_id, from, to, &value, e))
        return false;
    *idle = value != 0;
    return true;
}

bool
account_restores(struct store *s, int64_t account_id, utc_t from, utc_t to, int64_t *count,
                 struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM relay_order WHERE account_id = $1 AND action = 'restore'"
        " AND state = 'verified' AND proposed_at >= $2 AND proposed_at < $3";

    return count_of(s, sql, account_id, from, to, count, e);
}
