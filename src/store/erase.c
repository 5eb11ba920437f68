#include "meterpost/store/erase.h"

#include "stmt.h"

#define GONE "(erased)"

static bool
run_with(struct store *s, const char *sql, int64_t value, int64_t more, int64_t *changed,
         struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, value);
    stmt_int(q, 2, more);
    if (!stmt_run(q, e))
        return false;
    *changed += store_changes(s);
    return true;
}

bool
bodies_forget(struct store *s, utc_t before, int at_most, int *done, struct err *e)
{
    static const char parts[] =
        "UPDATE inbox_part SET body = x'', pdu = x'' WHERE inbox_id IN (SELECT id FROM "
        "inbox"
        " WHERE received_at < $1 AND text <> '" GONE "' AND state <> 'new'"
        " ORDER BY id LIMIT $2)";
    static const char in[] =
        "UPDATE inbox SET text = '" GONE "' WHERE id IN (SELECT id FROM inbox"
        " WHERE received_at < $1 AND text <> '" GONE "' AND state <> 'new'"
        " ORDER BY id LIMIT $2)";
    static const char out[] =
        "UPDATE outbox SET text = '" GONE "' WHERE id IN (SELECT id FROM outbox"
        " WHERE queued_at < $1 AND text <> '" GONE "'"
        " AND state NOT IN ('queued', 'sending', 'in_doubt') ORDER BY id LIMIT $2)";
    int64_t n = 0, ignored = 0;

    if (!run_with(s, parts, before, at_most, &ignored, e) ||
        !run_with(s, in, before, at_most, &n, e) ||
        !run_with(s, out, before, at_most, &n, e))
        return false;
    *done += (int)n;
    return true;
}

static bool
check_closed(struct store *s, int64_t account_id, struct err *e)
{
    static const char sql[] =
        "SELECT 1 FROM account WHERE id = $1 AND closed_at IS NOT NULL";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t one;
    bool found;

    stmt_int(q, 1, account_id);
    return stmt_one_int(q, &one, &found, e) &&
           (found || err_set(e, FAIL_REJECT,
                             "the account is open: account close ends it, then its person "
                             "can be erased"));
}

/* Numbers that nobody else has or had: what came from a phone of two accounts and is about
 * the other one stays. */
#define OWN                                                                                \
    " (SELECT number FROM phone WHERE account_id = $1 EXCEPT"                              \
    "  SELECT number FROM phone WHERE account_id <> $1)"
/* Notices of the payments of an account. */
#define PAID_BY " (SELECT inbox_id FROM payment WHERE account_id = $1)"
/* Messages that came in. */
#define THEIRS "(account_id = $1 OR sender IN" OWN " OR id IN" PAID_BY ")"

/* In this order: the phones tell which messages are meant. $1 is the account, $2 now. */
/* clang-format off */
static const struct forget {
    const char *sql;
    bool is_message;
} forgets[] = {
    {"UPDATE payment SET payer = CASE WHEN payer IS NOT NULL THEN '" GONE "' END,"
     " claim = CASE WHEN claim IS NOT NULL THEN '" GONE "' END WHERE $2 > 0 AND id IN"
     " (SELECT id FROM payment WHERE account_id = $1 UNION SELECT payment_id FROM"
     "  payment_event WHERE to_account_id = $1)", false},
    {"UPDATE ticket SET text = '" GONE "', number = '+0', answer = NULL"
     " WHERE $2 > 0 AND (account_id = $1 OR number IN" OWN ")", false},
    {"UPDATE dispute SET reason = '" GONE "', outcome ="
     " CASE WHEN outcome IS NOT NULL THEN '" GONE "' END WHERE account_id = $1 AND $2 > 0",
     false},
    {"UPDATE plan SET note = '' WHERE account_id = $1 AND $2 > 0", false},
    {"UPDATE arrears_step SET number = NULL, note = '' WHERE account_id = $1 AND $2 > 0",
     false},
    {"UPDATE field_order SET reason = '" GONE "', answer ="
     " CASE WHEN answer IS NOT NULL THEN '" GONE "' END WHERE account_id = $1 AND $2 > 0",
     false},
    {"UPDATE inbox_part SET body = x'', pdu = x'', sender = '+0' WHERE $2 > 0 AND"
     " inbox_id IN (SELECT id FROM inbox WHERE " THEIRS ")", false},
    {"UPDATE inbox SET text = '" GONE "', sender = '+0' WHERE $2 > 0 AND " THEIRS, true},
    {"UPDATE outbox SET text = '" GONE "', number = '+0' WHERE $2 > 0 AND"
     " (account_id = $1 OR number IN" OWN ")", true},
    {"UPDATE delivery_report SET number = '+0' WHERE $2 > 0 AND (number IN" OWN
     " OR outbox_id IN (SELECT id FROM outbox WHERE account_id = $1))", false},
    {"UPDATE consent SET number = '+0' WHERE $2 > 0 AND number IN" OWN, false},
    {"UPDATE mute SET number = '+0', reason = '" GONE "', ended_at = coalesce(ended_at, $2)"
     " WHERE number IN" OWN, false},
    {"DELETE FROM nick WHERE $2 > 0 AND (account_id = $1 OR number IN" OWN ")", false},
    {"UPDATE phone_change SET number = '+0', asked_by = '+0', actor ="
     " CASE WHEN actor IN" OWN " THEN '+0' ELSE actor END,"
     " ended_at = coalesce(ended_at, $2),"
     " state = CASE state WHEN 'waiting' THEN 'refused' ELSE state END"
     " WHERE account_id = $1", false},
    {"UPDATE phone SET number = '+0', until = coalesce(until, $2) WHERE account_id = $1",
     false},
    {"UPDATE account_note SET text = '" GONE "' WHERE account_id = $1 AND $2 > 0", false},
    {"UPDATE account SET name = '" GONE "', address = NULL, protected = NULL, hold = NULL"
     " WHERE id = $1 AND $2 > 0", false},
};
/* clang-format on */

/* Changes that others sealed: how many of them tell of the account. */
static bool
count_kept(struct store *s, int64_t account_id, int64_t *kept, struct err *e)
{
    static const char sql[] = "SELECT count(*) FROM audit WHERE subject ="
                              " (SELECT 'account ' || account FROM account WHERE id = $1)";
    struct stmt *q = stmt_get(s, sql, e);
    bool found;

    stmt_int(q, 1, account_id);
    return stmt_one_int(q, kept, &found, e);
}

bool
account_erase(struct store *s, int64_t account_id, utc_t now, struct erased *out,
              struct err *e)
{
    *out = (struct erased){0};
    if (!check_closed(s, account_id, e) || !count_kept(s, account_id, &out->audit_rows, e))
        return false;
    for (size_t i = 0; i < sizeof(forgets) / sizeof(forgets[0]); i++) {
        int64_t n = 0;

        if (!run_with(s, forgets[i].sql, account_id, now, &n, e))
            return false;
        if (forgets[i].is_message)
            out->messages += n;
    }
    return true;
}
