/* list_money.c - the lists of the books: trial balance, entries, statements, suspense. */
#include "list_table.h"

#include <stddef.h>
#include <string.h>

/* Receivable and Deposits are one line each: what they are made of is another list. */
#define CONTROL(l)                                                                         \
    "CASE WHEN " l ".account_id IS NULL THEN " l ".name WHEN " l ".type = 'asset'"         \
    " THEN 'Receivable' ELSE 'Deposits' END"

static const char trial[] =
    "SELECT name, type, sum(debit), sum(credit), sum(debit) - sum(credit) FROM"
    " (SELECT " CONTROL(
        "l") " AS name, l.type, m.debit, m.credit FROM"
             "   (SELECT debit_id AS id, sum(amount_minor) AS debit, 0 AS credit FROM "
             "ledger_entry"
             "     WHERE ($4 IS NULL OR posted_at < $4) GROUP BY debit_id"
             "    UNION ALL SELECT credit_id, 0, sum(amount_minor) FROM ledger_entry"
             "     WHERE ($4 IS NULL OR posted_at < $4) GROUP BY credit_id) m"
             "   JOIN ledger_account l ON l.id = m.id) x"
             " WHERE ($1 IS NULL OR name = $1) AND ($2 IS NULL OR type = $2) AND $3 IS NULL"
             " AND $5 IS NULL GROUP BY name, type ORDER BY type, name LIMIT $6";

static const char entries[] =
    "SELECT e.id, e.posted_at, d.name, c.name, e.amount_minor, e.kind, e.memo, b.number,"
    " e.payment_id FROM ledger_entry e JOIN ledger_account d ON d.id = e.debit_id"
    " JOIN ledger_account c ON c.id = e.credit_id LEFT JOIN bill b ON b.id = e.bill_id"
    " WHERE ($1 IS NULL OR d.name = $1 OR c.name = $1) AND ($2 IS NULL OR e.kind = $2)"
    " AND ($3 IS NULL OR e.posted_at >= $3) AND ($4 IS NULL OR e.posted_at < $4)"
    " AND ($5 IS NULL OR e.id = $5) ORDER BY e.id DESC LIMIT $6";

static const char statement[] =
    "SELECT * FROM (SELECT i.at, i.kind, i.memo,"
    "  CASE WHEN i.amount_minor > 0 THEN i.amount_minor END,"
    "  CASE WHEN i.amount_minor < 0 THEN -i.amount_minor END,"
    "  sum(i.amount_minor) OVER (ORDER BY i.at, i.id), i.open_minor, i.due_at, i.id"
    "  FROM item i JOIN account a ON a.id = i.account_id WHERE a.account = $1) x"
    " WHERE ($2 IS NULL OR kind = $2) AND ($3 IS NULL OR at >= $3)"
    " AND ($4 IS NULL OR at < $4) AND $5 IS NULL ORDER BY at, id LIMIT $6";

static const char suspense[] =
    "SELECT p.id, p.received_at, p.paid_at, p.amount_minor, p.channel, p.reference,"
    " p.payer, p.claim FROM payment p WHERE p.account_id IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM payment_event v WHERE v.payment_id = p.id)"
    " AND ($1 IS NULL OR p.channel = $1) AND $2 IS NULL"
    " AND ($3 IS NULL OR p.received_at >= $3) AND ($4 IS NULL OR p.received_at < $4)"
    " AND ($5 IS NULL OR p.id = $5) ORDER BY p.received_at, p.id LIMIT $6";

static const char open_items[] =
    "SELECT i.id, a.account, i.kind, i.memo, i.amount_minor, i.open_minor, i.at, i.due_at"
    " FROM item i JOIN account a ON a.id = i.account_id WHERE i.open_minor <> 0"
    " AND ($1 IS NULL OR a.account = $1) AND ($2 IS NULL OR i.kind = $2)"
    " AND ($3 IS NULL OR i.due_at >= $3) AND ($4 IS NULL OR i.due_at < $4)"
    " AND ($5 IS NULL OR i.id = $5) ORDER BY i.due_at, i.id LIMIT $6";

static const char tills[] =
    "SELECT t.name, t.kind, t.ceiling_minor, x.number, x.opened_at, x.opened_by,"
    " x.float_minor, x.counted_minor, x.closed_at, x.closed_by, x.expected_minor,"
    " x.counted_minor - x.expected_minor,"
    " (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e WHERE e.debit_id = l.id)"
    " - (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e"
    "  WHERE e.credit_id = l.id) FROM till t LEFT JOIN ledger_account l"
    "  ON l.name = CASE t.kind WHEN 'agent' THEN 'Agent:' ELSE 'Cash:' END || t.name"
    " LEFT JOIN till_session x ON x.till_id = t.id"
    " WHERE ($1 IS NULL OR t.name = $1) AND ($2 IS NULL OR t.kind = $2)"
    " AND ($3 IS NULL OR x.opened_at >= $3) AND ($4 IS NULL OR x.opened_at < $4)"
    " AND ($5 IS NULL OR x.id = $5) ORDER BY x.id DESC, t.name LIMIT $6";

/* What payments say and what the ledger says, by channel; of tills also what should be
 * there, by the sessions that were closed on the day and without their float, and what was
 * counted. */
static const char reconcile_channels[] =
    "WITH till_day AS (SELECT CASE WHEN t.name = 'till' THEN 'cash' ELSE 'cash:' || t.name"
    "  END AS channel, x.* FROM till t JOIN till_session x ON x.till_id = t.id"
    "  WHERE t.kind = 'till' AND x.opened_at < $4"
    "  AND (x.closed_at IS NULL OR x.closed_at >= $3)),"
    " name AS (SELECT channel FROM payment WHERE received_at >= $3 AND received_at < $4"
    "  UNION SELECT channel FROM till_day)"
    " SELECT n.channel, count(p.id), coalesce(sum(p.amount_minor), 0),"
    " coalesce(sum((SELECT sum(e.amount_minor) FROM ledger_entry e"
    "  WHERE e.key = 'payment ' || p.channel || ' ' || p.reference)), 0),"
    " (SELECT sum(x.expected_minor - x.float_minor) FROM till_day x"
    "  WHERE x.channel = n.channel AND x.closed_at < $4),"
    " (SELECT sum(x.counted_minor - x.float_minor) FROM till_day x"
    "  WHERE x.channel = n.channel AND x.closed_at < $4),"
    " (SELECT count(*) FROM till_day x WHERE x.channel = n.channel"
    "  AND (x.closed_at IS NULL OR x.closed_at >= $4)),"
    " coalesce(sum(CASE WHEN p.account_id IS NULL AND NOT EXISTS (SELECT 1 FROM"
    "  payment_event v WHERE v.payment_id = p.id) THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM payment_event v"
    "  WHERE v.payment_id = p.id AND v.kind = 'reverse') THEN 1 ELSE 0 END), 0)"
    " FROM name n LEFT JOIN payment p ON p.channel = n.channel AND p.received_at >= $3"
    " AND p.received_at < $4 WHERE ($1 IS NULL OR n.channel = $1) AND $2 IS NULL"
    " AND $5 IS NULL GROUP BY n.channel ORDER BY n.channel LIMIT $6";

/* What the bank says that it has, and what the books say. Less may be booked than came in,
 * by what went out: some of that was payments that came back. What was booked before the
 * first statement is left out. */
static const char reconcile_banks[] =
    "SELECT name, closing, came_in, went_out, booked, CASE WHEN booked > came_in"
    " THEN booked - came_in WHEN booked < came_in - went_out"
    " THEN booked - came_in + went_out ELSE 0 END FROM (SELECT l.name,"
    " sum(CASE WHEN EXISTS (SELECT 1 FROM statement_file h WHERE h.ledger_id = f.ledger_id"
    "   AND h.bank_account = f.bank_account AND h.taken_at < $4 AND (h.closed_on >"
    "   f.closed_on OR (h.closed_on = f.closed_on AND h.id > f.id))) THEN 0"
    "  ELSE f.closing_minor END) AS closing,"
    " sum(f.in_minor) AS came_in, sum(f.out_minor) AS went_out,"
    " (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry e WHERE e.debit_id = l.id"
    "  AND e.posted_at < $4) - (SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entry"
    "  e WHERE e.credit_id = l.id AND e.posted_at < $4) - sum(f.before_minor) AS booked"
    " FROM statement_file f JOIN ledger_account l ON l.id = f.ledger_id"
    " WHERE f.taken_at < $4 AND ($1 IS NULL OR l.name = $1) AND $2 IS NULL"
    " AND $3 IS NOT NULL AND $5 IS NULL GROUP BY l.id, l.name) ORDER BY name LIMIT $6";

static const char reconcile_bills[] =
    "SELECT count(*), coalesce(sum(b.total_minor), 0),"
    " coalesce(sum(CASE WHEN o.state IN ('sent', 'delivered') THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN o.state = 'delivered' THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN o.state IN ('undelivered', 'failed', 'expired', 'cancelled')"
    "  THEN 1 ELSE 0 END), 0),"
    " coalesce(sum(CASE WHEN o.state IN ('queued', 'sending', 'in_doubt') THEN 1 ELSE 0"
    "  END), 0),"
    " coalesce(sum(CASE WHEN o.id IS NULL THEN 1 ELSE 0 END), 0)"
    " FROM bill b LEFT JOIN outbox o ON o.key = 'bill ' || b.number"
    " WHERE b.issued_at >= $3 AND b.issued_at < $4 AND $1 IS NULL AND $2 IS NULL"
    " AND $5 IS NULL LIMIT $6";

/* What the bank says it had at the end of a day; `before` is what its statement before that
 * ended with. */
static const char reconcile_statements[] =
    "SELECT f.bank_account, f.statement, f.opening_minor, f.closing_minor, f.entries,"
    " (SELECT g.closing_minor FROM statement_file g WHERE g.bank_account = f.bank_account"
    "  AND (g.closed_on < f.closed_on OR (g.closed_on = f.closed_on AND g.id < f.id))"
    "  ORDER BY g.closed_on DESC, g.id DESC LIMIT 1), f.closed_on"
    " FROM statement_file f WHERE f.closed_on >= $3 AND f.closed_on < $4"
    " AND ($1 IS NULL OR f.bank_account = $1) AND $2 IS NULL AND $5 IS NULL"
    " ORDER BY f.bank_account, f.id LIMIT $6";

static const char prepaid[] =
    "SELECT a.account, a.name, p.level, p.limit_minor - (" BALANCE_OF(
        "a.id") "),"
                " p.limit_minor, p.warn_minor, p.day_minor, p.level_at, p.since"
                " FROM prepaid p JOIN account a ON a.id = p.account_id WHERE p.until IS "
                "NULL"
                " AND ($1 IS NULL OR a.account = $1) AND ($2 IS NULL OR p.level = $2)"
                " AND $3 IS NULL AND $4 IS NULL AND ($5 IS NULL OR p.account_id = $5)"
                " ORDER BY a.account LIMIT $6";

static const struct list lists[] = {
    {"reconcile_statements",
     reconcile_statements,
     {{"bank_account", COLUMN_TEXT},
      {"statement", COLUMN_TEXT},
      {"opening", COLUMN_MONEY},
      {"closing", COLUMN_MONEY},
      {"entries", COLUMN_INT},
      {"before", COLUMN_MONEY},
      {"closed_on", COLUMN_DATE}}},
    {"prepaid",
     prepaid,
     {{"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"level", COLUMN_TEXT},
      {"left", COLUMN_MONEY},
      {"limit", COLUMN_MONEY},
      {"warn", COLUMN_MONEY},
      {"day", COLUMN_MONEY},
      {"since_level", COLUMN_TIME},
      {"since", COLUMN_DATE}}},
    {"reconcile_channels",
     reconcile_channels,
     {{"channel", COLUMN_TEXT},
      {"payments", COLUMN_INT},
      {"expected", COLUMN_MONEY},
      {"booked", COLUMN_MONEY},
      {"should", COLUMN_MONEY},
      {"counted", COLUMN_MONEY},
      {"open", COLUMN_INT},
      {"waiting", COLUMN_INT},
      {"reversed", COLUMN_INT}}},
    {"reconcile_banks",
     reconcile_banks,
     {{"name", COLUMN_TEXT},
      {"closing", COLUMN_MONEY},
      {"came_in", COLUMN_MONEY},
      {"went_out", COLUMN_MONEY},
      {"booked", COLUMN_MONEY},
      {"difference", COLUMN_MONEY}}},
    {"reconcile_bills",
     reconcile_bills,
     {{"issued", COLUMN_INT},
      {"total", COLUMN_MONEY},
      {"sent", COLUMN_INT},
      {"delivered", COLUMN_INT},
      {"failed", COLUMN_INT},
      {"queued", COLUMN_INT},
      {"without", COLUMN_INT}}},
    {"trial",
     trial,
     {{"name", COLUMN_TEXT},
      {"type", COLUMN_TEXT},
      {"debits", COLUMN_MONEY},
      {"credits", COLUMN_MONEY},
      {"balance", COLUMN_MONEY}}},
    {"entries",
     entries,
     {{"id", COLUMN_INT},
      {"at", COLUMN_TIME},
      {"debit", COLUMN_TEXT},
      {"credit", COLUMN_TEXT},
      {"amount", COLUMN_MONEY},
      {"kind", COLUMN_TEXT},
      {"memo", COLUMN_TEXT},
      {"bill", COLUMN_TEXT},
      {"payment", COLUMN_INT}}},
    {"statement",
     statement,
     {{"at", COLUMN_TIME},
      {"kind", COLUMN_TEXT},
      {"memo", COLUMN_TEXT},
      {"charge", COLUMN_MONEY},
      {"credit", COLUMN_MONEY},
      {"balance", COLUMN_MONEY},
      {"open", COLUMN_MONEY},
      {"due_at", COLUMN_DATE},
      {"item", COLUMN_INT}}},
    {"suspense",
     suspense,
     {{"payment", COLUMN_INT},
      {"received_at", COLUMN_TIME},
      {"paid_at", COLUMN_TIME},
      {"amount", COLUMN_MONEY},
      {"channel", COLUMN_TEXT},
      {"reference", COLUMN_TEXT},
      {"payer", COLUMN_TEXT},
      {"claim", COLUMN_TEXT}}},
    {"open_items",
     open_items,
     {{"item", COLUMN_INT},
      {"account", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"memo", COLUMN_TEXT},
      {"amount", COLUMN_MONEY},
      {"open", COLUMN_MONEY},
      {"at", COLUMN_TIME},
      {"due_at", COLUMN_DATE}}},
    {"tills",
     tills,
     {{"till", COLUMN_TEXT},
      {"kind", COLUMN_TEXT},
      {"ceiling", COLUMN_MONEY},
      {"session", COLUMN_INT},
      {"opened_at", COLUMN_TIME},
      {"opened_by", COLUMN_TEXT},
      {"float", COLUMN_MONEY},
      {"counted", COLUMN_MONEY},
      {"closed_at", COLUMN_TIME},
      {"closed_by", COLUMN_TEXT},
      {"expected", COLUMN_MONEY},
      {"difference", COLUMN_MONEY},
      {"held", COLUMN_MONEY}}},
};

const struct list *
list_find_money(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
