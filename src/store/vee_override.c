#include "meterpost/store/vee.h"

#include "stmt.h"

bool
vee_override_add(struct store *s, const struct vee_override *o, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO vee_override (class, meter_id, name, value, reason, actor, since,"
        " until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text_or_null(q, 1, o->class);
    stmt_int_or_null(q, 2, o->meter_id);
    stmt_text(q, 3, o->name);
    stmt_text(q, 4, o->value);
    stmt_text(q, 5, o->reason);
    stmt_text(q, 6, o->actor);
    stmt_int(q, 7, o->since);
    stmt_int_or_null(q, 8, o->until);
    return stmt_insert(q, id, NULL, e) || err_in(e, "limit %s", o->name);
}

bool
vee_override_end(struct store *s, int64_t id, utc_t now, bool *ended, struct err *e)
{
    static const char sql[] = "UPDATE vee_override SET until = $2"
                              " WHERE id = $1 AND (until IS NULL OR until > $2)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    if (!stmt_run(q, e))
        return false;
    *ended = store_changes(s) > 0;
    return true;
}

static void
copy_override(struct stmt *q, struct vee_override *out)
{
    *out = (struct vee_override){.id = stmt_col_int(q, 0),
                                 .meter_id = stmt_col_int(q, 2),
                                 .since = stmt_col_int(q, 7),
                                 .until = stmt_col_int(q, 8)};
    stmt_col_text(q, 1, out->class, sizeof(out->class));
    stmt_col_text(q, 3, out->name, sizeof(out->name));
    stmt_col_text(q, 4, out->value, sizeof(out->value));
    stmt_col_text(q, 5, out->reason, sizeof(out->reason));
    stmt_col_text(q, 6, out->actor, sizeof(out->actor));
}

#define IN_FORCE                                                                           \
    "SELECT id, class, meter_id, name, value, reason, actor, since, until"                 \
    " FROM vee_override WHERE since <= $2 AND (until IS NULL OR until > $2)"

static bool
each_override(struct stmt *q, int64_t of, utc_t t, vee_override_fn *take, void *context,
              struct err *e)
{
    struct vee_override o;
    bool row;

    stmt_int(q, 1, of);
    stmt_int(q, 2, t);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_override(q, &o);
        take(&o, context);
    }
    return false;
}

bool
vee_overrides_of(struct store *s, int64_t meter_id, int64_t account_id, utc_t t,
                 vee_override_fn *take, void *context, struct err *e)
{
    /* There are few for classes, and mostly none: the contract is looked up only for one.
     */
    static const char of_class[] =
        IN_FORCE " AND class IS NOT NULL AND +class = (SELECT c.class FROM contract c"
                 "  WHERE c.account_id = $1 AND c.valid_from <= $2"
                 "  ORDER BY c.valid_from DESC LIMIT 1) ORDER BY id";
    static const char of_meter[] = IN_FORCE " AND meter_id = $1 ORDER BY id";

    return each_override(stmt_get(s, of_class, e), account_id, t, take, context, e) &&
           each_override(stmt_get(s, of_meter, e), meter_id, t, take, context, e);
}

bool
trueup_add(struct store *s, int64_t old_id, int64_t new_id, utc_t now, int64_t *bills,
           struct err *e)
{
    static const char sql[] =
        "INSERT INTO trueup (bill_id, old_id, new_id, found_at)"
        " SELECT b.bill_id, $1, $2, $3 FROM bill_reading b"
        " JOIN reading r ON r.id = $1 AND b.meter_id = r.meter_id"
        "  AND b.register = r.register AND b.to_at = r.taken_at"
        " WHERE b.to_reading_id = $1 ON CONFLICT (bill_id, old_id) DO NOTHING";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, old_id);
    stmt_int(q, 2, new_id);
    stmt_int(q, 3, now);
    if (!stmt_run(q, e))
        return err_in(e, "reading=%lld", (long long)old_id);
    *bills = store_changes(s);
    return true;
}

bool
trueup_open(struct store *s, int64_t bill_id, bool *open, struct err *e)
{
    static const char sql[] =
        "SELECT 1 FROM trueup WHERE bill_id = $1 AND settled_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t one;

    stmt_int(q, 1, bill_id);
    return stmt_one_int(q, &one, open, e);
}

bool
trueup_settle(struct store *s, int64_t bill_id, utc_t now, struct err *e)
{
    static const char sql[] =
        "UPDATE trueup SET settled_at = $2 WHERE bill_id = $1 AND settled_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, bill_id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}
