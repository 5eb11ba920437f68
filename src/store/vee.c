/* The past of a register, and what its neighbours do. */
#include "meterpost/store/vee.h"

#include "reading_row.h"

#include <string.h>

#define OF_REGISTER " FROM reading WHERE meter_id = $1 AND register = $2"
#define ACCEPTED    " AND status <> 'superseded' AND status = 'accepted'"
#define ONE_READING "SELECT " READING_COLUMNS OF_REGISTER
#define NEWEST      " ORDER BY taken_at DESC, id DESC LIMIT 1"
#define OLDEST      " ORDER BY taken_at, id LIMIT 1"

/* Newest first; the index has it all, in this order. */
static struct stmt *
past_until(struct store *s, int64_t meter_id, const char *obis, utc_t before, struct err *e)
{
    static const char sql[] =
        "SELECT id, value_milli, taken_at, quality, status, flags" OF_REGISTER
        " AND taken_at < $3 AND status <> 'superseded' ORDER BY taken_at DESC, id DESC";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, before);
    return q;
}

static bool
is_accepted(struct stmt *q)
{
    return strcmp(stmt_col_peek(q, 4), "accepted") == 0;
}

bool
reading_history(struct store *s, int64_t meter_id, const char *obis, utc_t t, int most,
                struct reading_brief *out, int *n, bool *news, struct err *e)
{
    struct stmt *q = past_until(s, meter_id, obis, INT64_MAX, e);
    bool row;

    *n = 0;
    if (!stmt_step(q, &row, e))
        return false;
    *news = !row || (stmt_col_int(q, 2) < t && is_accepted(q) &&
                     strchr("AF", stmt_col_peek(q, 3)[0]) != NULL);
    if (row && stmt_col_int(q, 2) >= t) {
        q = past_until(s, meter_id, obis, t, e);
        if (!stmt_step(q, &row, e))
            return false;
    }
    while (row && *n < most) {
        struct reading_brief *r = &out[*n];

        if (is_accepted(q)) {
            r->id = stmt_col_int(q, 0);
            r->value.milli = stmt_col_int(q, 1);
            r->taken_at = stmt_col_int(q, 2);
            r->quality = stmt_col_peek(q, 3)[0];
            stmt_col_text(q, 5, r->flags, sizeof(r->flags));
            ++*n;
        }
        if (!stmt_step(q, &row, e))
            return false;
    }
    if (row)
        stmt_done(q);
    return true;
}

/* The statements below differ in their SQL alone: $1 meter, $2 register, $3 and $4 times.
 */
static bool
one_of(struct store *s, const char *sql, int64_t meter_id, const char *obis, utc_t from,
       utc_t to, struct reading *out, bool *found, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, from);
    stmt_int(q, 4, to);
    return reading_one(q, out, found, e);
}

bool
reading_until(struct store *s, int64_t meter_id, const char *obis, utc_t t,
              struct reading *out, bool *found, struct err *e)
{
    static const char sql[] =
        ONE_READING ACCEPTED " AND taken_at >= $3 AND taken_at <= $4" NEWEST;

    return one_of(s, sql, meter_id, obis, INT64_MIN, t, out, found, e);
}

bool
reading_from(struct store *s, int64_t meter_id, const char *obis, utc_t t,
             struct reading *out, bool *found, struct err *e)
{
    static const char sql[] =
        ONE_READING ACCEPTED " AND taken_at >= $3 AND taken_at <= $4" OLDEST;

    return one_of(s, sql, meter_id, obis, t, INT64_MAX, out, found, e);
}

bool
reading_last_actual(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                    struct reading *out, bool *found, struct err *e)
{
    static const char sql[] = ONE_READING " AND taken_at >= $3 AND taken_at < $4"
                                          " AND quality IN ('A', 'F')" ACCEPTED NEWEST;

    return one_of(s, sql, meter_id, obis, 0, t, out, found, e);
}

bool
reading_held_before(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                    utc_t to, struct reading *out, bool *found, struct err *e)
{
    static const char sql[] = ONE_READING " AND taken_at > $3 AND taken_at < $4"
                                          " AND status = 'held'" NEWEST;

    return one_of(s, sql, meter_id, obis, from, to, out, found, e);
}

bool
reading_held_after(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                   struct reading *out, bool *found, struct err *e)
{
    static const char sql[] = ONE_READING " AND taken_at > $3 AND taken_at < $4"
                                          " AND status = 'held'" OLDEST;

    return one_of(s, sql, meter_id, obis, from, INT64_MAX, out, found, e);
}

bool
reading_estimate_in(struct store *s, int64_t meter_id, const char *obis, utc_t from,
                    utc_t to, struct reading *out, bool *found, struct err *e)
{
    static const char sql[] = ONE_READING " AND taken_at > $3 AND taken_at <= $4"
                                          " AND quality = 'E'" ACCEPTED OLDEST;

    return one_of(s, sql, meter_id, obis, from, to, out, found, e);
}

bool
reading_unchanged(struct store *s, int64_t meter_id, const char *obis, utc_t t,
                  struct quantity value, utc_t *since, struct err *e)
{
    static const char sql[] =
        "SELECT taken_at" OF_REGISTER ACCEPTED " AND taken_at < $3"
        " AND taken_at > coalesce((SELECT taken_at" OF_REGISTER ACCEPTED
        "  AND taken_at < $3 AND value_milli <> $4 ORDER BY taken_at DESC LIMIT 1), 0)"
        " ORDER BY taken_at LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    *since = 0;
    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, t);
    stmt_int(q, 4, value.milli);
    return stmt_one_int(q, since, &found, e);
}

bool
reading_parts_at(struct store *s, int64_t meter_id, utc_t t, struct reading_parts *out,
                 struct err *e)
{
    static const char sql[] =
        "SELECT register = '1-0:1.8.0', value_milli FROM reading WHERE meter_id = $1"
        " AND register IN ('1-0:1.8.0', '1-0:1.8.1', '1-0:1.8.2', '1-0:1.8.3', "
        "'1-0:1.8.4')"
        " AND taken_at = $2 AND status <> 'superseded' AND status <> 'rejected'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *out = (struct reading_parts){0};
    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, t);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        if (stmt_col_int(q, 0) != 0) {
            out->has_total = true;
            out->total.milli = stmt_col_int(q, 1);
        } else if (quantity_add(&out->sum, (struct quantity){stmt_col_int(q, 1)}, e)) {
            out->n++;
        } else {
            stmt_done(q);
            return false;
        }
    }
    return false;
}

bool
reading_intervals(struct store *s, int64_t meter_id, const char *obis, utc_t from, utc_t to,
                  struct reading_intervals *out, struct err *e)
{
    /* What is held may be far too much: the sum must not run over. */
    static const char sql[] =
        "SELECT count(*), min(taken_at), max(taken_at),"
        " sum(max(min(value_milli, 1000000000000), -1000000000000))" OF_REGISTER
        " AND taken_at > $3 AND taken_at <= $4"
        " AND status <> 'superseded' AND status <> 'rejected'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, from);
    stmt_int(q, 4, to);
    if (!stmt_step(q, &row, e))
        return false;
    *out = (struct reading_intervals){
        stmt_col_int(q, 0), stmt_col_int(q, 1), stmt_col_int(q, 2), {stmt_col_int(q, 3)}};
    stmt_done(q);
    return true;
}

bool
reading_siblings_at(struct store *s, int64_t meter_id, utc_t t, int64_t *n, struct err *e)
{
    static const char sql[] =
        "SELECT count(DISTINCT register) FROM reading WHERE meter_id = $1 AND register IN"
        " ('1-0:1.8.1', '1-0:1.8.2', '1-0:1.8.3', '1-0:1.8.4', '1-0:3.8.0')"
        " AND taken_at = $2 AND status <> 'superseded' AND status <> 'rejected'";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, t);
    return stmt_one_int(q, n, &row, e);
}

bool
reading_fits(struct store *s, const struct meter *m, const char *obis, utc_t t,
             struct quantity value, int64_t most, char name[KEY_MAX], bool *found,
             struct err *e)
{
    static const char sql[] =
        "SELECT n.meter FROM (SELECT o.meter, (SELECT r.value_milli FROM reading r"
        "  WHERE r.meter_id = o.id AND r.register = $2 AND r.taken_at <= $3"
        "  AND r.status <> 'superseded' AND r.status = 'accepted'"
        "  ORDER BY r.taken_at DESC LIMIT 1) AS last FROM meter o"
        "  WHERE o.id <> $1 AND o.until IS NULL"
        "  AND (o.group_id = $4 OR o.concentrator_id = $5)) n"
        " WHERE n.last <= $6 AND n.last >= $6 - $7 ORDER BY n.last DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, m->id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, t);
    stmt_int_or_null(q, 4, m->group_id);
    stmt_int_or_null(q, 5, m->concentrator_id);
    stmt_int(q, 6, value.milli);
    stmt_int(q, 7, most);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_text(q, 0, name, KEY_MAX);
        stmt_done(q);
    }
    return true;
}

bool
class_use_per_day(struct store *s, int64_t account_id, const char *obis, utc_t from,
                  utc_t to, int64_t *milli, bool *found, struct err *e)
{
    /* Of each account its contract of that time; of each meter what lies between its first
     * and last actual reading. */
    static const char sql[] =
        "SELECT sum(u.used) * 86400 / sum(u.seconds) FROM (SELECT"
        "  (max(r.value_milli) - min(r.value_milli)) * i.multiplier_milli / 1000 AS used,"
        "  max(r.taken_at) - min(r.taken_at) AS seconds"
        "  FROM reading r JOIN installation i ON i.meter_id = r.meter_id"
        "  AND i.removed_at IS NULL AND i.installed_at <= r.taken_at"
        "  WHERE r.register = $2 AND r.taken_at >= $3 AND r.taken_at <= $4"
        "  AND r.status <> 'superseded' AND r.status = 'accepted'"
        "  AND r.quality = 'A' AND r.flags NOT LIKE '%rollover%' AND i.account_id IN"
        "  (SELECT c.account_id FROM contract c JOIN contract k ON k.account_id = $1"
        "   AND k.tariff = c.tariff AND coalesce(k.class, '') = coalesce(c.class, '')"
        "   WHERE c.account_id <> $1)"
        "  GROUP BY r.meter_id, i.multiplier_milli HAVING max(r.taken_at) > "
        "min(r.taken_at)) u";
    struct stmt *q = stmt_get(s, sql, e);

    *found = false;
    stmt_int(q, 1, account_id);
    stmt_text(q, 2, obis);
    stmt_int(q, 3, from);
    stmt_int(q, 4, to);
    if (!stmt_step(q, found, e))
        return false;
    *found = *found && !stmt_col_null(q, 0);
    *milli = stmt_col_int(q, 0);
    stmt_done(q);
    return true;
}

bool
reading_next(struct store *s, int64_t after, utc_t since, struct reading *out, bool *found,
             struct err *e)
{
    static const char sql[] =
        "SELECT " READING_COLUMNS " FROM reading WHERE id > $1 AND taken_at >= $2"
        " AND source <> 'estimate' AND status <> 'superseded' ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    stmt_int(q, 2, since);
    return reading_one(q, out, found, e);
}

bool
reading_next_held(struct store *s, const char *subject, int64_t after, struct reading *out,
                  bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " READING_COLUMNS " FROM reading WHERE status = 'held' AND id > $1"
        " AND ($2 IS NULL OR meter_id IN (SELECT m.id FROM meter m"
        "  LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
        "  LEFT JOIN account a ON a.id = i.account_id"
        "  WHERE m.meter = $2 OR a.account = $2)) ORDER BY id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    stmt_text_or_null(q, 2, subject == NULL ? "" : subject);
    return reading_one(q, out, found, e);
}

bool
reading_day_count(struct store *s, utc_t from, utc_t to, struct reading_day *out,
                  struct err *e)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM installation WHERE installed_at < $2"
        "  AND (removed_at IS NULL OR removed_at >= $2)),"
        " count(DISTINCT CASE WHEN status = 'accepted' THEN meter_id END),"
        " count(DISTINCT meter_id) FROM reading WHERE received_at >= $1"
        " AND received_at < $2 AND source <> 'estimate' AND status IN ('accepted', 'held')"
        " AND meter_id IN (SELECT meter_id FROM installation)";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, from);
    stmt_int(q, 2, to);
    if (!stmt_step(q, &row, e))
        return false;
    *out = (struct reading_day){stmt_col_int(q, 0), stmt_col_int(q, 1), 0};
    out->held = stmt_col_int(q, 2) - out->read;
    stmt_done(q);
    return true;
}
