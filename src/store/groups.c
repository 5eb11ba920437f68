#include "meterpost/store/registry.h"

#include "stmt.h"

#define COLUMNS "id, code, name, parent_id, kind, since, until"

static void
copy_group(struct stmt *q, struct group *out)
{
    *out = (struct group){.id = stmt_col_int(q, 0),
                          .parent_id = stmt_col_int(q, 3),
                          .since = stmt_col_int(q, 5),
                          .until = stmt_col_int(q, 6)};
    stmt_col_text(q, 1, out->code, sizeof(out->code));
    stmt_col_text(q, 2, out->name, sizeof(out->name));
    stmt_col_text(q, 4, out->kind, sizeof(out->kind));
}

static bool
one_group(struct stmt *q, struct group *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_group(q, out);
        stmt_done(q);
    }
    return true;
}

bool
group_each(struct store *s, bool (*row)(const struct group *g, void *context),
           void *context, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM meter_group WHERE until IS NULL"
                              " ORDER BY id";
    struct stmt *q = stmt_get(s, sql, e);
    struct group g;
    bool found;

    for (;;) {
        if (!stmt_step(q, &found, e))
            return false;
        if (!found)
            return true;
        copy_group(q, &g);
        if (!row(&g, context))
            break;
    }
    stmt_done(q);
    return true;
}

bool
group_by_code(struct store *s, const char *code, struct group *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM meter_group WHERE code = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, code);
    return one_group(q, out, found, e);
}

bool
group_by_id(struct store *s, int64_t id, struct group *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM meter_group WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_group(q, out, found, e);
}

/* ---- the tree ---- */

static const char parent_since[] =
    "INSERT INTO group_parent (group_id, parent_id, since) VALUES ($1, $2, $3)";

bool
group_add(struct store *s, const struct group *g, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO meter_group (code, name, parent_id, kind, since)"
                              " VALUES ($1, $2, $3, $4, $5)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, g->code);
    stmt_text(q, 2, g->name);
    stmt_int_or_null(q, 3, g->parent_id);
    stmt_text_or_null(q, 4, g->kind);
    stmt_int(q, 5, g->since);
    if (!stmt_insert(q, id, NULL, e))
        return err_in(e, "group %s", g->code);
    return g->parent_id == 0 ||
           stmt_run_with(s, parent_since, *id, g->parent_id, g->since, e);
}

bool
group_update(struct store *s, const struct group *g, struct err *e)
{
    static const char sql[] = "UPDATE meter_group SET name = $2, kind = $3, since = $4"
                              " WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, g->id);
    stmt_text(q, 2, g->name);
    stmt_text_or_null(q, 3, g->kind);
    stmt_int(q, 4, g->since);
    return stmt_run(q, e) || err_in(e, "group %s", g->code);
}

/* Up from the new parent: to the top without meeting the group itself. */
static bool
check_tree(struct store *s, int64_t id, int64_t parent_id, struct err *e)
{
    struct group g = {.parent_id = parent_id};
    bool found = true;

    for (int depth = 0; g.parent_id != 0 && found; depth++) {
        if (depth >= GROUP_DEPTH_MAX)
            return err_set(e, FAIL_REJECT, "expected at most %d groups above one another",
                           GROUP_DEPTH_MAX);
        if (!group_by_id(s, g.parent_id, &g, &found, e))
            return false;
        if (found && g.id == id)
            return err_set(e, FAIL_REJECT, "the group '%s' would be above itself", g.code);
    }
    return true;
}

bool
group_move(struct store *s, int64_t id, int64_t parent_id, utc_t since, struct err *e)
{
    static const char today[] = "UPDATE meter_group SET parent_id = $2 WHERE id = $1";
    static const char ended[] = "UPDATE group_parent SET until = $2"
                                " WHERE group_id = $1 AND until IS NULL";
    static const char late[] = "SELECT since FROM group_parent WHERE group_id = $1"
                               " AND until IS NULL AND since > $2";
    struct stmt *q;
    int64_t before;
    bool found;

    if (!check_tree(s, id, parent_id, e) || (q = stmt_get(s, late, e)) == NULL)
        return false;
    stmt_int(q, 1, id);
    stmt_int(q, 2, since);
    if (!stmt_one_int(q, &before, &found, e))
        return false;
    if (found)
        return err_set(e, FAIL_REJECT, "it was moved after that day already");
    return stmt_run_with(s, today, id, parent_id, 0, e) &&
           stmt_run_with(s, ended, id, since, 0, e) &&
           (parent_id == 0 || stmt_run_with(s, parent_since, id, parent_id, since, e));
}

bool
group_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE meter_group SET until = $2"
                              " WHERE id = $1 AND until IS NULL";

    return group_move(s, id, 0, now, e) && stmt_run_with(s, sql, id, now, 0, e);
}

bool
group_count(struct store *s, int64_t id, int64_t *meters, int64_t *groups, struct err *e)
{
    static const char of_meters[] =
        "SELECT count(*) FROM meter WHERE group_id = $1 AND until IS NULL";
    static const char of_groups[] =
        "SELECT count(*) FROM meter_group WHERE parent_id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, of_meters, e);
    bool row;

    stmt_int(q, 1, id);
    if (!stmt_one_int(q, meters, &row, e) || (q = stmt_get(s, of_groups, e)) == NULL)
        return false;
    stmt_int(q, 1, id);
    return stmt_one_int(q, groups, &row, e);
}

/* ---- whose meters they are ---- */

bool
group_member_set(struct store *s, int64_t meter_id, int64_t group_id, bool is_check_meter,
                 utc_t since, struct err *e)
{
    static const char same[] = "SELECT id FROM group_member WHERE meter_id = $1"
                               " AND until IS NULL AND group_id = $2"
                               " AND is_check_meter = $3";
    static const char ended[] = "UPDATE group_member SET until ="
                                " CASE WHEN $2 > since THEN $2 ELSE since END"
                                " WHERE meter_id = $1 AND until IS NULL";
    static const char add[] = "INSERT INTO group_member (meter_id, group_id,"
                              " is_check_meter, since) VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, same, e);
    int64_t id;
    bool found;

    stmt_int(q, 1, meter_id);
    stmt_int_or_null(q, 2, group_id);
    stmt_int(q, 3, is_check_meter);
    if (!stmt_one_int(q, &id, &found, e))
        return false;
    if (found)
        return true;
    if (!stmt_run_with(s, ended, meter_id, since, 0, e))
        return false;
    if (group_id == 0)
        return true;
    if ((q = stmt_get(s, add, e)) == NULL)
        return false;
    stmt_int(q, 1, meter_id);
    stmt_int(q, 2, group_id);
    stmt_int(q, 3, is_check_meter);
    stmt_int(q, 4, since);
    return stmt_run(q, e);
}
