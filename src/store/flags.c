#include "meterpost/store/flags.h"

#include "stmt.h"

#include <string.h>

static const char *const names[FLAGS] = {
    [FLAG_KILL] = "kill",       [FLAG_MAINTENANCE] = "maintenance",
    [FLAG_CLOCK] = "clock",     [FLAG_MORATORIUM] = "moratorium",
    [FLAG_DRY_RUN] = "dry_run", [FLAG_FEED] = "feed",
    [FLAG_CHASE] = "chase",
};

const char *
flag_name(enum flag flag)
{
    return names[flag];
}

bool
flag_parse(const char *word, enum flag *out)
{
    for (int i = 0; i < FLAGS; i++) {
        if (strcmp(names[i], word) == 0) {
            *out = (enum flag)i;
            return true;
        }
    }
    return false;
}

bool
flag_is_on(struct store *s, enum flag flag, utc_t now, struct flag_row *out, bool *on,
           struct err *e)
{
    static const char sql[] = "SELECT id, since, until, actor, reason FROM relay_flag"
                              " WHERE name = $1 AND (until IS NULL OR until > $2)"
                              " ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    *out = (struct flag_row){.flag = flag};
    stmt_text(q, 1, names[flag]);
    stmt_int(q, 2, now);
    if (!stmt_step(q, on, e))
        return false;
    if (!*on)
        return true;
    out->id = stmt_col_int(q, 0);
    out->since = stmt_col_int(q, 1);
    out->until = stmt_col_int(q, 2);
    stmt_col_text(q, 3, out->actor, sizeof(out->actor));
    stmt_col_text(q, 4, out->reason, sizeof(out->reason));
    stmt_done(q);
    return true;
}

bool
flag_on(struct store *s, enum flag flag, const char *actor, const char *reason, utc_t now,
        utc_t until, struct err *e)
{
    static const char sql[] = "INSERT INTO relay_flag (name, since, until, actor, reason)"
                              " VALUES ($1, $2, $3, $4, $5)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, names[flag]);
    stmt_int(q, 2, now);
    stmt_int_or_null(q, 3, until);
    stmt_text(q, 4, actor);
    stmt_text(q, 5, reason);
    return stmt_run(q, e) || err_in(e, "flag");
}

/* Run a statement that ends rows; *ended: there was one. */
static bool
run_end(struct store *s, struct stmt *q, bool *ended, struct err *e)
{
    if (!stmt_run(q, e))
        return false;
    *ended = store_changes(s) > 0;
    return true;
}

bool
flag_off(struct store *s, enum flag flag, const char *actor, utc_t now, bool *ended,
         struct err *e)
{
    static const char sql[] = "UPDATE relay_flag SET until = $2, ended_by = $3"
                              " WHERE name = $1 AND (until IS NULL OR until > $2)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, names[flag]);
    stmt_int(q, 2, now);
    stmt_text(q, 3, actor);
    return run_end(s, q, ended, e);
}

/* ---- outages ---- */

bool
weather_add(struct store *s, const struct weather *w, const char *actor, struct err *e)
{
    static const char sql[] =
        "INSERT INTO weather (at, low_tenths, heat, actor) VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, w->at);
    stmt_int(q, 2, w->low_tenths);
    stmt_int(q, 3, w->heat);
    stmt_text(q, 4, actor);
    return stmt_run(q, e) || err_in(e, "weather");
}

bool
weather_newest(struct store *s, struct weather *out, bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT at, low_tenths, heat FROM weather ORDER BY id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    *out = (struct weather){0};
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    out->at = stmt_col_int(q, 0);
    out->low_tenths = stmt_col_int(q, 1);
    out->heat = stmt_col_int(q, 2) != 0;
    stmt_done(q);
    return true;
}

bool
weather_heat_at(struct store *s, utc_t *at, struct err *e)
{
    static const char sql[] = "SELECT coalesce(max(at), 0) FROM weather WHERE heat = 1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, at, &row, e);
}

/* The group $1 and those above it. */
#define GROUPS_UP                                                                          \
    "WITH RECURSIVE up(id, parent_id, depth) AS"                                           \
    " (SELECT id, parent_id, 0 FROM meter_group WHERE id = $1"                             \
    "  UNION ALL SELECT g.id, g.parent_id, up.depth + 1 FROM meter_group g"                \
    "  JOIN up ON g.id = up.parent_id WHERE up.depth < 32)"

bool
outage_over(struct store *s, int64_t group_id, char code[KEY_MAX], bool *found,
            struct err *e)
{
    static const char sql[] = GROUPS_UP
        " SELECT g.code FROM up JOIN outage o ON o.group_id = up.id AND o.until IS NULL"
        " JOIN meter_group g ON g.id = up.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    code[0] = '\0';
    stmt_int(q, 1, group_id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_text(q, 0, code, KEY_MAX);
        stmt_done(q);
    }
    return true;
}

bool
outage_seconds(struct store *s, int64_t group_id, utc_t from, utc_t to, utc_t *seconds,
               struct err *e)
{
    static const char sql[] = GROUPS_UP
        " SELECT coalesce(sum(min(coalesce(o.until, $3), $3) - max(o.since, $2)), 0)"
        " FROM up JOIN outage o ON o.group_id = up.id"
        " WHERE o.since < $3 AND coalesce(o.until, $3) > $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, group_id);
    stmt_int(q, 2, from);
    stmt_int(q, 3, to);
    if (!stmt_one_int(q, seconds, &row, e))
        return false;
    if (*seconds > to - from) /* two of them at a time */
        *seconds = to - from;
    return true;
}

/* Add a row of who did what why, unless one is open. */
static bool
run_begin(struct store *s, const char *sql, int64_t id, const char *actor,
          const char *reason, utc_t now, bool *added, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);
    int64_t row;

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    stmt_text(q, 3, actor);
    stmt_text(q, 4, reason);
    return stmt_one_int(q, &row, added, e);
}

bool
outage_on(struct store *s, int64_t group_id, const char *actor, const char *reason,
          utc_t now, bool *added, struct err *e)
{
    static const char sql[] = "INSERT INTO outage (group_id, since, actor, reason)"
                              " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
                              " RETURNING id";

    return run_begin(s, sql, group_id, actor, reason, now, added, e);
}

bool
outage_off(struct store *s, int64_t group_id, utc_t now, bool *ended, struct err *e)
{
    static const char sql[] =
        "UPDATE outage SET until = $2 WHERE group_id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, group_id);
    stmt_int(q, 2, now);
    return run_end(s, q, ended, e);
}

/* ---- meters that somebody works on ---- */

bool
meter_lock_of(struct store *s, int64_t meter_id, char reason[PLACE_MAX], bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT reason || ' (' || actor || ')' FROM meter_lock"
                              " WHERE meter_id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    reason[0] = '\0';
    stmt_int(q, 1, meter_id);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_text(q, 0, reason, PLACE_MAX);
        stmt_done(q);
    }
    return true;
}

bool
meter_lock_on(struct store *s, int64_t meter_id, const char *actor, const char *reason,
              utc_t now, bool *added, struct err *e)
{
    static const char sql[] = "INSERT INTO meter_lock (meter_id, since, actor, reason)"
                              " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
                              " RETURNING id";

    return run_begin(s, sql, meter_id, actor, reason, now, added, e);
}

bool
meter_lock_off(struct store *s, int64_t meter_id, utc_t now, bool *ended, struct err *e)
{
    static const char sql[] =
        "UPDATE meter_lock SET until = $2 WHERE meter_id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, now);
    return run_end(s, q, ended, e);
}
