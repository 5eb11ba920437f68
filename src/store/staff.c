#include "meterpost/store/staff.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "p.id, p.staff, p.name, p.role, p.phone, p.language, p.supervisor, p.digest,"          \
    " p.on_call, p.phone_since, p.suspended_at, p.since, p.until"

static const char *const roles[] = {
    [STAFF_READER] = "reader",
    [STAFF_OPERATOR] = "operator",
    [STAFF_ADMIN] = "admin",
};

bool
staff_role_parse(const char *word, enum staff_role *out)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i], word) == 0) {
            *out = (enum staff_role)i;
            return true;
        }
    }
    return false;
}

static void
copy_staff(struct stmt *q, struct staff *out)
{
    *out = (struct staff){.id = stmt_col_int(q, 0),
                          .digest = stmt_col_int(q, 7) != 0,
                          .on_call = (int)stmt_col_int(q, 8),
                          .phone_since = stmt_col_int(q, 9),
                          .suspended_at = stmt_col_int(q, 10),
                          .since = stmt_col_int(q, 11),
                          .until = stmt_col_int(q, 12)};
    stmt_col_text(q, 1, out->staff, sizeof(out->staff));
    stmt_col_text(q, 2, out->name, sizeof(out->name));
    staff_role_parse(stmt_col_peek(q, 3), &out->role);
    stmt_col_text(q, 4, out->phone, sizeof(out->phone));
    stmt_col_text(q, 5, out->language, sizeof(out->language));
    stmt_col_text(q, 6, out->supervisor, sizeof(out->supervisor));
}

static bool
one_staff(struct stmt *q, struct staff *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_staff(q, out);
        stmt_done(q);
    }
    return true;
}

bool
staff_by_name(struct store *s, const char *name, struct staff *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM staff p WHERE p.staff = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, name);
    return one_staff(q, out, found, e);
}

bool
staff_by_id(struct store *s, int64_t id, struct staff *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM staff p WHERE p.id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_staff(q, out, found, e);
}

bool
staff_by_phone(struct store *s, const char *number, struct staff *out, bool *found,
               struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM staff p WHERE p.phone = $1"
                              " AND p.until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, number);
    return one_staff(q, out, found, e);
}

bool
staff_all(struct store *s, struct staff out[STAFF_MAX], size_t *n, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM staff p WHERE p.until IS NULL"
                              " ORDER BY p.id LIMIT $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, STAFF_MAX);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_staff(q, &out[(*n)++]);
    }
    return false;
}

bool
staff_supervisor(struct store *s, const struct staff *of, struct staff *out, bool *found,
                 struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM staff p WHERE p.until IS NULL AND p.suspended_at IS NULL"
        " AND p.id <> $1 AND (p.staff = $2 OR p.role = 'admin')"
        " ORDER BY p.staff = $2 DESC, p.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, of->id);
    stmt_text(q, 2, of->supervisor);
    return one_staff(q, out, found, e);
}

static void
bind_staff(struct stmt *q, const struct staff *p)
{
    stmt_text(q, 1, p->staff);
    stmt_text(q, 2, p->name);
    stmt_text(q, 3, roles[p->role]);
    stmt_text(q, 4, p->phone);
    stmt_text(q, 5, p->language);
    stmt_text_or_null(q, 6, p->supervisor);
    stmt_int(q, 7, p->digest);
    stmt_int(q, 8, p->on_call);
    stmt_int(q, 9, p->phone_since);
}

bool
staff_add(struct store *s, const struct staff *p, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO staff (staff, name, role, phone, language, supervisor, digest,"
        " on_call, phone_since, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    bind_staff(q, p);
    stmt_int(q, 10, p->since);
    return stmt_one_int(q, id, &row, e) || err_in(e, "staff %s", p->staff);
}

bool
staff_update(struct store *s, const struct staff *p, struct err *e)
{
    static const char sql[] =
        "UPDATE staff SET name = $2, role = $3, phone = $4, language = $5, supervisor = $6,"
        " digest = $7, on_call = $8, phone_since = $9 WHERE staff = $1";
    struct stmt *q = stmt_get(s, sql, e);

    bind_staff(q, p);
    return stmt_run(q, e) || err_in(e, "staff %s", p->staff);
}

bool
staff_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE staff SET until = $2, key_sealed = NULL, sheet = 0"
                              " WHERE id = $1 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
staff_suspend(struct store *s, int64_t id, utc_t at, struct err *e)
{
    static const char sql[] = "UPDATE staff SET suspended_at = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int_or_null(q, 2, at);
    return stmt_run(q, e);
}
