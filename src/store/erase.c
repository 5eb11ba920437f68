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

/* Notices of the payments of an account. */
#define PAID_BY " (SELECT inbox_id FROM payment WHERE account_id = $1)"

bool
account_erase(struct store *s, int64_t account_id, utc_t now, int64_t *messages,
              struct err *e)
{
    static const char parts[] =
        "UPDATE inbox_part SET body = x'', pdu = x'', sender = '+0' WHERE $2 > 0 AND"
        " inbox_id IN (SELECT i.id FROM inbox i WHERE i.account_id = $1 OR i.sender IN"
        " (SELECT number FROM phone WHERE account_id = $1) OR i.id IN" PAID_BY ")";
    static const char in[] =
        "UPDATE inbox SET text = '" GONE
        "', sender = '+0' WHERE $2 > 0 AND (account_id = $1"
        " OR sender IN (SELECT number FROM phone WHERE account_id = $1) OR id IN" PAID_BY
        ")";
    static const char out[] =
        "UPDATE outbox SET text = '" GONE "', number = '+0' WHERE $2 > 0 AND"
        " (account_id = $1 OR number IN (SELECT number FROM phone WHERE account_id = $1))";
    static const char phones[] =
        "UPDATE phone SET number = '+0', until = coalesce(until, $2) WHERE account_id = $1";
    static const char notes[] =
        "UPDATE account_note SET text = '" GONE "' WHERE account_id = $1 AND $2 > 0";
    static const char person[] =
        "UPDATE account SET name = '" GONE "', address = NULL WHERE id = $1 AND $2 > 0";
    static const char payers[] =
        "UPDATE payment SET payer = CASE WHEN payer IS NOT NULL THEN '" GONE "' END,"
        " claim = CASE WHEN claim IS NOT NULL THEN '" GONE "' END WHERE $2 > 0 AND id IN"
        " (SELECT id FROM payment WHERE account_id = $1 UNION SELECT payment_id FROM"
        "  payment_event WHERE to_account_id = $1)";
    static const char tickets[] =
        "UPDATE ticket SET text = '" GONE "', number = '+0', answer = NULL"
        " WHERE account_id = $1 AND $2 > 0";
    static const char steps[] =
        "UPDATE arrears_step SET number = NULL WHERE account_id = $1 AND $2 > 0";
    int64_t ignored = 0;

    *messages = 0;
    return check_closed(s, account_id, e) &&
           run_with(s, payers, account_id, now, &ignored, e) &&
           run_with(s, tickets, account_id, now, &ignored, e) &&
           run_with(s, steps, account_id, now, &ignored, e) &&
           run_with(s, parts, account_id, now, &ignored, e) &&
           run_with(s, in, account_id, now, messages, e) &&
           run_with(s, out, account_id, now, messages, e) &&
           run_with(s, phones, account_id, now, &ignored, e) &&
           run_with(s, notes, account_id, now, &ignored, e) &&
           run_with(s, person, account_id, now, &ignored, e);
}
