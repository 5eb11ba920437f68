/* list_report.c - the lists that reports are made of: from $3 to $4. */
#include "item_owed.h"
#include "list_table.h"

#include <stddef.h>
#include <string.h>

#define ALL_USED          " AND $1 IS NULL AND $2 IS NULL AND $5 IS NULL"
#define CLASS_OF(account) "coalesce(" CONTRACT_NOW("class", account) ", '-')"
#define DAYS_LATE(low, high)                                                               \
    "coalesce(sum(CASE WHEN $4 - i.due_at >= " low " * 86400 AND $4 - i.due_at < " high    \
    " * 86400 THEN i.open_minor END), 0)"

/* clang-format off */
static const char ageing[] =
    "SELECT x.class, count(DISTINCT x.account_id), sum(x.current), sum(x.a), sum(x.b),"
    " sum(x.c), sum(x.d), sum(x.whole) FROM (SELECT i.account_id,"
    " " CLASS_OF("i.account_id") " AS class,"
    " " DAYS_LATE("-100000", "0") " AS current,"
    " " DAYS_LATE("0", "31") " AS a,"
    " " DAYS_LATE("31", "61") " AS b,"
    " " DAYS_LATE("61", "91") " AS c,"
    " " DAYS_LATE("91", "100000") " AS d, sum(i.open_minor) AS whole"
    " FROM item i WHERE " ITEM_OWED("i.") " AND ($3 IS NULL OR $3 <= $4)" ALL_USED
    " GROUP BY i.account_id) x"
    " GROUP BY x.class ORDER BY sum(x.whole) DESC LIMIT $6";

static const char debtors[] =
    "SELECT a.account, a.name, sum(i.open_minor), min(i.due_at), a.protected"
    " FROM item i JOIN account a ON a.id = i.account_id WHERE " ITEM_OWED("i.")
    " AND i.due_at < $4 AND ($3 IS NULL OR $3 <= $4)" ALL_USED
    " GROUP BY a.id, a.account, a.name, a.protected"
    " ORDER BY sum(i.open_minor) DESC LIMIT $6";
/* clang-format on */

static const char revenue[] =
    "SELECT l.code, max(l.label), count(DISTINCT b.id), sum(l.qty_milli),"
    " sum(l.amount_minor) FROM bill_line l JOIN bill b ON b.id = l.bill_id"
    " WHERE b.issued_at >= $3 AND b.issued_at < $4" ALL_USED
    " GROUP BY l.code ORDER BY sum(l.amount_minor) DESC LIMIT $6";

static const char revenue_class[] =
    "SELECT coalesce(b.class, '-'), t.tariff, count(DISTINCT b.account_id), count(*),"
    " sum(b.total_minor) FROM bill b JOIN tariff_version t ON t.id = b.tariff_version_id"
    " WHERE b.issued_at >= $3 AND b.issued_at < $4" ALL_USED
    " GROUP BY coalesce(b.class, '-'), t.tariff ORDER BY sum(b.total_minor) DESC LIMIT $6";

static const char sales[] =
    "SELECT coalesce(b.class, '-'), m.commodity, r.unit, count(DISTINCT b.account_id),"
    " sum(CASE WHEN b.kind = 'credit' THEN -abs(r.usage_milli) ELSE r.usage_milli END)"
    " FROM bill_reading r JOIN bill b ON b.id = r.bill_id JOIN meter m ON m.id = r.meter_id"
    " WHERE b.issued_at >= $3 AND b.issued_at < $4" ALL_USED
    " GROUP BY coalesce(b.class, '-'), m.commodity, r.unit ORDER BY 5 DESC LIMIT $6";

static const char users[] =
    "SELECT a.account, a.name, m.meter, r.unit, sum(r.usage_milli) FROM bill_reading r"
    " JOIN bill b ON b.id = r.bill_id JOIN account a ON a.id = b.account_id"
    " JOIN meter m ON m.id = r.meter_id WHERE b.kind = 'bill' AND b.issued_at >= $3"
    " AND b.issued_at < $4" ALL_USED
    " GROUP BY a.account, a.name, m.meter, r.unit ORDER BY 5 DESC LIMIT $6";

static const char by_channel[] =
    "SELECT p.channel, count(*), sum(p.amount_minor) FROM payment p"
    " WHERE p.received_at >= $3 AND p.received_at < $4" ALL_USED
    " GROUP BY p.channel ORDER BY sum(p.amount_minor) DESC LIMIT $6";

static const char messages[] =
    "SELECT o.kind, count(*), sum(o.segments),"
    " sum(CASE WHEN o.state IN ('sent', 'delivered') THEN 1 ELSE 0 END),"
    " sum(CASE WHEN o.state = 'delivered' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN o.state IN ('undelivered', 'failed', 'expired') THEN 1 ELSE 0 END)"
    " FROM outbox o WHERE o.queued_at >= $3 AND o.queued_at < $4" ALL_USED
    " GROUP BY o.kind ORDER BY count(*) DESC LIMIT $6";

static const char received[] =
    "SELECT coalesce(i.kind, i.state), count(*), sum(i.parts),"
    " sum(CASE WHEN i.state = 'quarantined' THEN 1 ELSE 0 END) FROM inbox i"
    " WHERE i.received_at >= $3 AND i.received_at < $4" ALL_USED
    " GROUP BY coalesce(i.kind, i.state) ORDER BY count(*) DESC LIMIT $6";

static const char modems[] =
    "SELECT d.modem, sum(d.parts), sum(d.cost_minor) FROM modem_day d"
    " WHERE d.day >= $3 AND d.day < $4" ALL_USED
    " GROUP BY d.modem ORDER BY sum(d.parts) DESC LIMIT $6";

static const char parts[] =
    "SELECT d.day, sum(d.parts), sum(d.cost_minor) FROM modem_day d"
    " WHERE d.day >= $3 AND d.day < $4" ALL_USED " GROUP BY d.day ORDER BY d.day LIMIT $6";

static const char restores[] =
    "SELECT r.id, a.account, a.name, r.serial, r.since, r.power_at,"
    " (r.power_at - r.since) / 60, r.state, r.way FROM relay_order r"
    " LEFT JOIN account a ON a.id = r.account_id WHERE r.action = 'restore'"
    " AND r.proposed_at >= $3 AND r.proposed_at < $4" ALL_USED
    " ORDER BY r.power_at - r.since DESC LIMIT $6";

static const char orders[] =
    "SELECT r.action, r.cause, r.state, count(*),"
    " CAST(avg((r.power_at - r.since) / 60) AS INTEGER),"
    " sum(CASE WHEN r.power_at - r.since <= 3600 THEN 1 ELSE 0 END)"
    " FROM relay_order r WHERE r.proposed_at >= $3 AND r.proposed_at < $4" ALL_USED
    " GROUP BY r.action, r.cause, r.state ORDER BY r.action, count(*) DESC LIMIT $6";

static const char tickets[] =
    "SELECT t.kind, count(*), sum(CASE WHEN t.state = 'open' THEN 1 ELSE 0 END),"
    " CAST(avg((t.closed_at - t.created_at) / 3600) AS INTEGER) FROM ticket t"
    " WHERE t.created_at >= $3 AND t.created_at < $4" ALL_USED
    " GROUP BY t.kind ORDER BY count(*) DESC LIMIT $6";

/* One row: what was billed and what came in. */
static const char month[] =
    "SELECT (SELECT count(*) FROM bill b WHERE b.kind = 'bill' AND b.issued_at >= $3"
    "  AND b.issued_at < $4),"
    " (SELECT coalesce(sum(b.total_minor), 0) FROM bill b WHERE b.issued_at >= $3"
    "  AND b.issued_at < $4),"
    " (SELECT count(*) FROM payment p WHERE p.received_at >= $3 AND p.received_at < $4),"
    " (SELECT coalesce(sum(p.amount_minor), 0) FROM payment p WHERE p.received_at >= $3"
    "  AND p.received_at < $4) FROM identity WHERE id = 1" ALL_USED " LIMIT $6";

static const struct list lists[] = {
    {"report.ageing",
     ageing,
     {{"class", COLUMN_TEXT},
      {"accounts", COLUMN_INT},
      {"not_due", COLUMN_MONEY},
      {"days_30", COLUMN_MONEY},
      {"days_60", COLUMN_MONEY},
      {"days_90", COLUMN_MONEY},
      {"older", COLUMN_MONEY},
      {"total", COLUMN_MONEY}}},
    {"report.debtors",
     debtors,
     {{"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"owes", COLUMN_MONEY},
      {"since", COLUMN_DATE},
      {"protected", COLUMN_TEXT}}},
    {"report.revenue",
     revenue,
     {{"code", COLUMN_TEXT},
      {"label", COLUMN_TEXT},
      {"bills", COLUMN_INT},
      {"quantity", COLUMN_QUANTITY},
      {"amount", COLUMN_MONEY}}},
    {"report.revenue_class",
     revenue_class,
     {{"class", COLUMN_TEXT},
      {"tariff", COLUMN_TEXT},
      {"accounts", COLUMN_INT},
      {"bills", COLUMN_INT},
      {"amount", COLUMN_MONEY}}},
    {"report.sales",
     sales,
     {{"class", COLUMN_TEXT},
      {"commodity", COLUMN_TEXT},
      {"unit", COLUMN_TEXT},
      {"accounts", COLUMN_INT},
      {"use", COLUMN_QUANTITY}}},
    {"report.users",
     users,
     {{"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"unit", COLUMN_TEXT},
      {"use", COLUMN_QUANTITY}}},
    {"report.channels",
     by_channel,
     {{"channel", COLUMN_TEXT}, {"payments", COLUMN_INT}, {"amount", COLUMN_MONEY}}},
    {"report.messages",
     messages,
     {{"kind", COLUMN_TEXT},
      {"messages", COLUMN_INT},
      {"parts", COLUMN_INT},
      {"sent", COLUMN_INT},
      {"delivered", COLUMN_INT},
      {"failed", COLUMN_INT}}},
    {"report.received",
     received,
     {{"kind", COLUMN_TEXT},
      {"messages", COLUMN_INT},
      {"parts", COLUMN_INT},
      {"not_understood", COLUMN_INT}}},
    {"report.modems",
     modems,
     {{"modem", COLUMN_TEXT}, {"parts", COLUMN_INT}, {"cost", COLUMN_MONEY}}},
    {"report.parts",
     parts,
     {{"day", COLUMN_DATE}, {"parts", COLUMN_INT}, {"cost", COLUMN_MONEY}}},
    {"report.restores",
     restores,
     {{"order", COLUMN_INT},
      {"account", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"meter", COLUMN_TEXT},
      {"paid_at", COLUMN_TIME},
      {"power_at", COLUMN_TIME},
      {"minutes", COLUMN_INT},
      {"state", COLUMN_TEXT},
      {"way", COLUMN_TEXT}}},
    {"report.orders",
     orders,
     {{"action", COLUMN_TEXT},
      {"cause", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"orders", COLUMN_INT},
      {"minutes", COLUMN_INT},
      {"within_hour", COLUMN_INT}}},
    {"report.tickets",
     tickets,
     {{"kind", COLUMN_TEXT},
      {"tickets", COLUMN_INT},
      {"open", COLUMN_INT},
      {"hours", COLUMN_INT}}},
    {"report.month",
     month,
     {{"bills", COLUMN_INT},
      {"billed", COLUMN_MONEY},
      {"payments", COLUMN_INT},
      {"paid", COLUMN_MONEY}}},
};

const struct list *
list_find_report(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
