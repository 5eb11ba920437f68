#include "meterpost/store/registry.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "a.id, a.account, a.name, a.language, a.address, a.protected, a.protected_until,"      \
    " a.opened_at, a.closed_at, a.hold, a.hold_until"

static const char *const roles[] = {
    [ROLE_VIEW] = "view",
    [ROLE_PAY] = "pay",
    [ROLE_MANAGE] = "manage",
};

const char *
phone_role_name(enum phone_role role)
{
    return roles[role];
}

bool
phone_role_parse(const char *word, enum phone_role *out)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i], word) == 0) {
            *out = (enum phone_role)i;
            return true;
        }
    }
    return false;
}

static void
copy_account(struct stmt *q, struct account *out)
{
    *out = (struct account){.id = stmt_col_int(q, 0),
                            .protected_until = stmt_col_int(q, 6),
                            .opened_at = stmt_col_int(q, 7),
                            .closed_at = stmt_col_int(q, 8),
                            .hold_until = stmt_col_int(q, 10)};
    stmt_col_text(q, 1, out->account, sizeof(out->account));
    stmt_col_text(q, 2, out->name, sizeof(out->name));
    stmt_col_text(q, 3, out->language, sizeof(out->language));
    stmt_col_text(q, 4, out->address, sizeof(out->address));
    stmt_col_text(q, 5, out->protected_for, sizeof(out->protected_for));
    stmt_col_text(q, 9, out->hold, sizeof(out->hold));
}

static bool
one_account(struct stmt *q, struct account *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        copy_account(q, out);
        stmt_done(q);
    }
    return true;
}

bool
account_by_reference(struct store *s, const char *reference, struct account *out,
                     bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM account a WHERE upper(replace("
                              "replace(replace(replace(a.account, '-', ''), ' ', ''), '/',"
                              " ''), '.', '')) = $1 LIMIT 2";
    struct stmt *q = stmt_get(s, sql, e);
    bool second;

    stmt_text(q, 1, reference);
    if (!stmt_step(q, found, e))
        return false;
    if (!*found)
        return true;
    copy_account(q, out);
    if (!stmt_step(q, &second, e))
        return false;
    if (second)
        stmt_done(q);
    *found = !second;
    return true;
}

bool
account_by_name(struct store *s, const char *account, struct account *out, bool *found,
                struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM account a WHERE a.account = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, account);
    return one_account(q, out, found, e);
}

bool
account_by_id(struct store *s, int64_t id, struct account *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM account a WHERE a.id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    return one_account(q, out, found, e);
}

bool
account_next(struct store *s, int64_t after, struct account *out, bool *found,
             struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM account a WHERE a.id > $1"
                              " ORDER BY a.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, after);
    return one_account(q, out, found, e);
}

bool
accounts_by_phone(struct store *s, const char *number, struct account out[PHONE_ACCOUNTS],
                  size_t *n, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM phone p JOIN account a ON a.id = p.account_id"
        " WHERE p.number = $1 AND p.until IS NULL AND a.closed_at IS NULL"
        " ORDER BY a.id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_text(q, 1, number);
    stmt_int(q, 2, PHONE_ACCOUNTS);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        copy_account(q, &out[(*n)++]);
    }
    return false;
}

bool
account_add(struct store *s, const struct account *a, int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO account (account, name, language, address,"
                              " protected, protected_until, opened_at, hold, hold_until)"
                              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_text(q, 1, a->account);
    stmt_text(q, 2, a->name);
    stmt_text(q, 3, a->language);
    stmt_text_or_null(q, 4, a->address);
    stmt_text_or_null(q, 5, a->protected_for);
    stmt_int_or_null(q, 6, a->protected_until);
    stmt_int(q, 7, a->opened_at);
    stmt_text_or_null(q, 8, a->hold);
    stmt_int_or_null(q, 9, a->hold_until);
    return stmt_insert(q, id, NULL, e) || err_in(e, "account %s", a->account);
}

bool
account_update(struct store *s, const struct account *a, struct err *e)
{
    static const char sql[] = "UPDATE account SET name = $2, language = $3, address = $4,"
                              " protected = $5, protected_until = $6, hold = $7,"
                              " hold_until = $8 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, a->id);
    stmt_text(q, 2, a->name);
    stmt_text(q, 3, a->language);
    stmt_text_or_null(q, 4, a->address);
    stmt_text_or_null(q, 5, a->protected_for);
    stmt_int_or_null(q, 6, a->protected_until);
    stmt_text_or_null(q, 7, a->hold);
    stmt_int_or_null(q, 8, a->hold_until);
    return stmt_run(q, e);
}

bool
account_close(struct store *s, int64_t id, utc_t now, struct err *e)
{
    static const char sql[] = "UPDATE account SET closed_at = $2"
                              " WHERE id = $1 AND closed_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_int(q, 2, now);
    return stmt_run(q, e);
}

bool
account_set_language(struct store *s, int64_t id, const char *language, struct err *e)
{
    static const char sql[] = "UPDATE account SET language = $2 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, id);
    stmt_text(q, 2, language);
    return stmt_run(q, e);
}

bool
contract_at(struct store *s, int64_t account_id, utc_t t, struct contract *out, bool *found,
            struct err *e)
{
    static const char sql[] = "SELECT tariff, class, valid_from FROM contract"
                              " WHERE account_id = $1 AND valid_from <= $2"
                              " ORDER BY valid_from DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_int(q, 2, t);
    if (!stmt_step(q, found, e))
        return false;
    if (*found) {
        stmt_col_text(q, 0, out->tariff, sizeof(out->tariff));
        stmt_col_text(q, 1, out->class, sizeof(out->class));
        out->valid_from = stmt_col_int(q, 2);
        stmt_done(q);
    }
    return true;
}

bool
contracts_of_account(struct store *s, int64_t account_id, utc_t until, struct contract *out,
                     int most, int *n, struct err *e)
{
    static const char sql[] =
        "SELECT tariff, class, valid_from FROM (SELECT tariff, class, valid_from"
        "  FROM contract WHERE account_id = $1 AND valid_from <= $2"
        "  ORDER BY valid_from DESC LIMIT $3) newest ORDER BY valid_from";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, account_id);
    stmt_int(q, 2, until);
    stmt_int(q, 3, most);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        stmt_col_text(q, 0, out[*n].tariff, sizeof(out[*n].tariff));
        stmt_col_text(q, 1, out[*n].class, sizeof(out[*n].class));
        out[(*n)++].valid_from = stmt_col_int(q, 2);
    }
    return false;
}

bool
contract_add(struct store *s, int64_t account_id, const struct contract *c, struct err *e)
{
    static const char sql[] =
        "INSERT INTO contract (account_id, tariff, class, valid_from)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, valid_from)"
        " DO UPDATE SET tariff = excluded.tariff,"
        " class = excluded.class";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, c->tariff);
    stmt_text_or_null(q, 3, c->class);
    stmt_int(q, 4, c->valid_from);
    return stmt_run(q, e) || err_in(e, "contract");
}

bool
account_phones(struct store *s, int64_t account_id,
               struct account_phone out[ACCOUNT_PHONES], size_t *n, struct err *e)
{
    static const char sql[] = "SELECT number, role FROM phone WHERE account_id = $1"
                              " AND until IS NULL ORDER BY id LIMIT $2";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    *n = 0;
    stmt_int(q, 1, account_id);
    stmt_int(q, 2, ACCOUNT_PHONES);
    while (stmt_step(q, &row, e)) {
        if (!row)
            return true;
        stmt_col_text(q, 0, out[*n].number, sizeof(out[*n].number));
        phone_role_parse(stmt_col_peek(q, 1), &out[*n].role);
        ++*n;
    }
    return false;
}

bool
phone_add(struct store *s, int64_t account_id, const char *number, enum phone_role role,
          utc_t now, struct err *e)
{
    static const char sql[] = "INSERT INTO phone (account_id, number, role, since)"
                              " VALUES ($1, $2, $3, $4)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, number);
    stmt_text(q, 3, roles[role]);
    stmt_int(q, 4, now);
    return stmt_run(q, e) || err_in(e, "phone");
}

bool
phone_close(struct store *s, int64_t account_id, const char *number, utc_t now,
            struct err *e)
{
    static const char sql[] = "UPDATE phone SET until = $3"
                              " WHERE account_id = $1 AND number = $2 AND until IS NULL";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, account_id);
    stmt_text(q, 2, number);
    stmt_int(q, 3, now);
    return stmt_run(q, e);
}
