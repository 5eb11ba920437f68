#include "meterpost/store/morning.h"

#include "item_owed.h"
#include "stmt.h"
#include "store_private.h"

#include <stdio.h>

#define TODAY(at) " " at " >= $1 AND " at " <= $3"
#define IN_SUSPENSE                                                                        \
    " FROM payment p WHERE p.account_id IS NULL AND NOT EXISTS"                            \
    "  (SELECT 1 FROM payment_event v WHERE v.payment_id = p.id)"
#define METERS_HUNG                                                                        \
    " FROM meter m JOIN installation i ON i.meter_id = m.id WHERE i.removed_at IS NULL "   \
    "AND "

bool
store_morning(struct store *s, utc_t from, utc_t month, utc_t now, struct morning *out,
              struct err *e)
{
    /* clang-format off */
    static const char sql[] =
        "SELECT (SELECT count(*) FROM payment WHERE" TODAY("received_at") "),"
        " (SELECT coalesce(sum(amount_minor), 0) FROM payment WHERE" TODAY("received_at") "),"
        " (SELECT count(*)" IN_SUSPENSE "),"
        " (SELECT coalesce(sum(p.amount_minor), 0)" IN_SUSPENSE "),"
        " (SELECT coalesce(min(p.received_at), 0)" IN_SUSPENSE "),"
        " (SELECT count(*) FROM outbox WHERE" TODAY("queued_at")
        "  AND state IN ('undelivered', 'failed', 'expired')),"
        " (SELECT count(*)" METERS_HUNG "m.relay = 'unknown' AND " HAS_SWITCH "),"
        " (SELECT count(*)" METERS_HUNG "m.relay = 'open'),"
        " (SELECT count(DISTINCT account_id) FROM bill WHERE kind = 'bill'"
        "  AND issued_at >= $2),"
        " (SELECT count(DISTINCT account_id) FROM installation WHERE removed_at IS NULL),"
        " (SELECT count(DISTINCT account_id) FROM item"
        "  WHERE " ITEM_OWED("") " AND due_at < $3),"
        " (SELECT coalesce(sum(open_minor), 0) FROM item"
        "  WHERE " ITEM_OWED("") " AND due_at < $3)";
    /* clang-format on */
    struct stmt *q = stmt_get(s, sql, e);
    int64_t *fields[] = {
        &out->payments,        &out->paid.minor,     &out->suspense,
        &out->suspended.minor, &out->suspense_since, &out->failed,
        &out->relay_unknown,   &out->relay_open,     &out->accounts_billed,
        &out->accounts_open,   &out->overdue,        &out->overdue_sum.minor};
    bool row;

    stmt_int(q, 1, from);
    stmt_int(q, 2, month);
    stmt_int(q, 3, now);
    if (!stmt_step(q, &row, e))
        return false;
    for (int i = 0; i < (int)(sizeof(fields) / sizeof(fields[0])); i++)
        *fields[i] = stmt_col_int(q, i);
    stmt_done(q);
    return true;
}

bool
store_network_time(struct store *s, utc_t *at, struct err *e)
{
    static const char sql[] = "SELECT coalesce(max(smsc_at), 0) FROM (SELECT smsc_at FROM"
                              " inbox ORDER BY id DESC LIMIT 20)";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    return q != NULL && stmt_one_int(q, at, &found, e);
}

/* What is looked through: each gives the key and a line of text. $1 is the text with % on
 * both sides, for names; $2 the text alone; $3 with % behind, for numbers. */
#define SEARCHED " WHERE $1 <> '' AND $2 <> '' AND $3 <> '' AND ("
static const struct place {
    const char *kind, *sql;
} places[] = {
    {"account",
     "SELECT account, name || coalesce(', ' || address, '') FROM account" SEARCHED
     "account LIKE $3 ESCAPE '!' OR name LIKE $1 ESCAPE '!'"
     " OR address LIKE $1 ESCAPE '!') ORDER BY account = $2 DESC, account LIMIT $4"},
    {"meter",
     "SELECT m.meter, m.commodity || coalesce(' at account ' || a.account || ', '"
     " || a.name, '') FROM meter m LEFT JOIN installation i ON i.meter_id = m.id"
     " AND i.removed_at IS NULL LEFT JOIN account a ON a.id = i.account_id" SEARCHED
     "m.meter LIKE $1 ESCAPE '!') ORDER BY m.meter LIMIT $4"},
    {"phone",
     "SELECT p.number, 'account ' || a.account || ', ' || a.name FROM phone p"
     " JOIN account a ON a.id = p.account_id" SEARCHED
     "p.until IS NULL AND p.number LIKE $1 ESCAPE '!') ORDER BY p.number LIMIT $4"},
    {"phone", "SELECT phone, 'meter ' || meter FROM meter" SEARCHED
              "until IS NULL AND phone LIKE $1 ESCAPE '!') ORDER BY phone LIMIT $4"},
    {"bill", "SELECT b.number, 'account ' || a.account || ', ' || a.name FROM bill b"
             " JOIN account a ON a.id = b.account_id" SEARCHED
             "b.number LIKE $3 ESCAPE '!') ORDER BY b.id DESC LIMIT $4"},
    {"payment", "SELECT p.reference, p.channel || ' ' || p.id ||"
                " coalesce(', account ' || a.account, ', in suspense') ||"
                " coalesce(', ' || p.payer, '') FROM payment p LEFT JOIN account a"
                " ON a.id = p.account_id" SEARCHED "p.reference LIKE $1 ESCAPE '!'"
                " OR p.payer LIKE $1 ESCAPE '!' OR p.claim LIKE $3 ESCAPE '!')"
                " ORDER BY p.id DESC LIMIT $4"},
    {"message", "SELECT i.id, i.sender || ': ' || i.text FROM inbox i" SEARCHED
                "i.text LIKE $1 ESCAPE '!') ORDER BY i.id DESC LIMIT $4"},
};

/* % and _ are what they are. */
static void
escape(const char *text, const char *before, const char *behind, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s", before);

    for (; *text != '\0' && n + 4 < size; text++) {
        if (*text == '%' || *text == '_' || *text == '!')
            out[n++] = '!';
        out[n++] = *text;
    }
    snprintf(out + n, size - n, "%s", behind);
}

static bool
look_at(struct store *s, const struct place *place, const char *text, int most, bool *more,
        bool (*row)(const struct found *f, void *context), void *context, struct err *e)
{
    struct stmt *q = stmt_get(s, place->sql, e);
    struct found f = {.kind = place->kind};
    char around[200], behind[200];
    bool some;

    escape(text, "%", "%", around, sizeof(around));
    escape(text, "", "%", behind, sizeof(behind));
    stmt_text(q, 1, around);
    stmt_text(q, 2, text);
    stmt_text(q, 3, behind);
    stmt_int(q, 4, most);
    for (;;) {
        if (!stmt_step(q, &some, e))
            return false;
        if (!some)
            return true;
        stmt_col_text(q, 0, f.key, sizeof(f.key));
        stmt_col_text(q, 1, f.text, sizeof(f.text));
        if (!row(&f, context)) {
            *more = false;
            stmt_done(q);
            return true;
        }
    }
}

bool
store_find(struct store *s, const char *text, int most,
           bool (*row)(const struct found *f, void *context), void *context, struct err *e)
{
    bool more = true;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && more; i++) {
        if (!look_at(s, &places[i], text, most, &more, row, context, e))
            return false;
    }
    return true;
}
