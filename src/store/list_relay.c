/* The lists of orders, of what was done about debts, and of plans and complaints. */
#include "list_table.h"
#include "store_private.h"

#include <stddef.h>
#include <string.h>

#define WHEN(column) "($3 IS NULL OR " column " >= $3) AND ($4 IS NULL OR " column " < $4)"

static const char orders[] =
    "SELECT o.id, o.batch_id, m.meter, a.account, a.name, o.action, o.state, o.cause,"
    " o.reason, o.amount_minor, o.age_days, o.way, o.proposed_by, o.proposed_at,"
    " (SELECT group_concat(p.person, ',') FROM order_approval p WHERE p.order_id = o.id),"
    " o.approved_at, o.sent_at, o.acknowledged_at, o.power_at, o.finished_at,"
    " CASE WHEN o.action = 'restore' THEN o.power_at - o.since END, o.tries, o.note,"
    " CASE WHEN o.finished_at IS NULL THEN o.next_at END, m.relay, nullif(o.expires_at, 0)"
    " FROM relay_order o JOIN meter m ON m.id = o.meter_id"
    " LEFT JOIN account a ON a.id = o.account_id"
    " WHERE ($1 IS NULL OR m.meter = $1 OR a.account = $1 OR o.action = $1"
    "  OR 'batch ' || o.batch_id = $1)"
    " AND ($2 IS NULL OR o.state = $2 OR ($2 = 'open' AND o.finished_at IS NULL))"
    " AND " WHEN("o.proposed_at") " AND ($5 IS NULL OR o.id = $5)"
                                  " ORDER BY o.id DESC LIMIT $6";

static const char order_events[] =
    "SELECT v.id, v.order_id, v.at, v.event, v.state, v.actor, v.note FROM order_event v"
    " WHERE ($1 IS NULL OR v.event = $1) AND ($2 IS NULL OR v.state = $2)"
    " AND " WHEN("v.at") " AND ($5 IS NULL OR v.order_id = $5) ORDER BY v.id LIMIT $6";

static const char batches[] =
    "SELECT b.id, b.proposed_by, b.proposed_at, b.note, count(o.id),"
    " coalesce(sum(o.amount_minor), 0), coalesce(sum(o.state = 'proposed'), 0),"
    " coalesce(sum(o.state = 'verified'), 0), coalesce(sum(o.finished_at IS NULL), 0),"
    " max(o.age_days), min(o.expires_at) FROM order_batch b"
    " LEFT JOIN relay_order o ON o.batch_id = b.id"
    " WHERE ($1 IS NULL OR b.proposed_by = $1) AND ($2 IS NULL OR EXISTS (SELECT 1 FROM"
    "  relay_order x WHERE x.batch_id = b.id AND x.state = $2))"
    " AND " WHEN("b.proposed_at") " AND ($5 IS NULL OR b.id = $5)"
                                  " GROUP BY b.id ORDER BY b.id DESC LIMIT $6";

static const char fields[] =
    "SELECT f.id, f.order_id, m.meter, a.account, a.name, a.address, f.action, f.state,"
    " f.technician, f.number, f.reason, f.created_at, f.sent_at, f.ended_at, f.answer"
    " FROM field_order f JOIN meter m ON m.id = f.meter_id"
    " LEFT JOIN account a ON a.id = f.account_id"
    " WHERE ($1 IS NULL OR m.meter = $1 OR f.number = $1)"
    " AND ($2 IS NULL OR f.state = $2) AND " WHEN(
        "f.created_at") " AND ($5 IS NULL OR f.id = $5) ORDER BY f.id DESC LIMIT $6";

static const char steps[] =
    "SELECT t.id, a.account, a.name, t.stage, t.kind, t.state, t.at, t.due_at,"
    " t.amount_minor, t.number, x.state, x.modem, t.note, t.actor, t.delivered_at"
    " FROM arrears_step t JOIN account a ON a.id = t.account_id"
    " LEFT JOIN outbox x ON x.id = t.outbox_id"
    " WHERE ($1 IS NULL OR a.account = $1 OR t.stage = $1)"
    " AND ($2 IS NULL OR t.state = $2) AND " WHEN(
        "t.at") " AND ($5 IS NULL OR t.id = $5) ORDER BY t.id DESC LIMIT $6";

static const char prepaid_orders[] =
    "SELECT p.id, m.meter, a.account, p.action, CASE p.action WHEN 'token' THEN '...' ||"
    " substr(p.value, -4) ELSE p.value END, p.made_at, p.actor, CASE WHEN p.answer = 'done'"
    " THEN 'done' WHEN p.answered_at IS NOT NULL THEN 'refused' WHEN x.state IN ('sent',"
    " 'delivered') THEN 'waits' ELSE x.state END AS stands, p.answered_at, p.answer"
    " FROM prepaid_order p JOIN meter m ON m.id = p.meter_id"
    " LEFT JOIN outbox x ON x.id = p.outbox_id"
    " LEFT JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " LEFT JOIN account a ON a.id = i.account_id"
    " WHERE ($1 IS NULL OR m.meter = $1) AND ($2 IS NULL OR stands = $2)"
    " AND " WHEN("p.made_at") " AND ($5 IS NULL OR p.id = $5) ORDER BY p.id DESC LIMIT $6";

static const char plans[] =
    "SELECT p.id, a.account, a.name, p.state, p.made_at, p.amount_minor,"
    " (SELECT count(*) FROM plan_part q WHERE q.plan_id = p.id),"
    " (SELECT min(q.due_at) FROM plan_part q WHERE q.plan_id = p.id AND q.due_at >"
    "  p.made_at), (SELECT coalesce(sum(i.open_minor), 0) FROM plan_item n"
    "  JOIN item i ON i.id = n.item_id WHERE n.plan_id = p.id), p.actor, p.note"
    " FROM plan p JOIN account a ON a.id = p.account_id"
    " WHERE ($1 IS NULL OR a.account = $1) AND ($2 IS NULL OR p.state = $2)"
    " AND " WHEN("p.made_at") " AND ($5 IS NULL OR p.id = $5) ORDER BY p.id DESC LIMIT $6";

static const char promises[] =
    "SELECT p.id, a.account, a.name, p.state, p.made_at, p.due_at, p.amount_minor, p.actor"
    " FROM promise p JOIN account a ON a.id = p.account_id"
    " WHERE ($1 IS NULL OR a.account = $1) AND ($2 IS NULL OR p.state = $2)"
    " AND " WHEN("p.due_at") " AND ($5 IS NULL OR p.id = $5) ORDER BY p.id DESC LIMIT $6";

static const char disputes[] =
    "SELECT d.id, a.account, a.name, CASE WHEN d.closed_at IS NULL THEN 'open' ELSE"
    " 'closed' END, d.opened_at, d.actor, d.reason, b.number, d.closed_at, d.closed_by,"
    " d.outcome FROM dispute d JOIN account a ON a.id = d.account_id"
    " LEFT JOIN item i ON i.id = d.item_id LEFT JOIN bill b ON b.id = i.bill_id"
    " WHERE ($1 IS NULL OR a.account = $1) AND ($2 IS NULL OR ($2 = 'open') ="
    "  (d.closed_at IS NULL)) AND " WHEN(
        "d.opened_at") " AND ($5 IS NULL OR d.id = $5) ORDER BY d.id DESC LIMIT $6";

/* From payment to power, of restores that a payment made. */
static const char power[] =
    "SELECT o.id, m.meter, a.account, o.since, o.sent_at, o.power_at, o.power_at - o.since,"
    " o.tries, o.state FROM relay_order o JOIN meter m ON m.id = o.meter_id"
    " LEFT JOIN account a ON a.id = o.account_id WHERE o.action = 'restore'"
    " AND o.cause = 'arrears' AND ($1 IS NULL OR m.meter = $1 OR a.account = $1)"
    " AND ($2 IS NULL OR o.state = $2) AND " WHEN(
        "o.since") " AND ($5 IS NULL OR o.id = $5)"
                   " ORDER BY o.id DESC LIMIT $6";

/* Meters with a switch at an account: how it stands, and how it should. */
static const char relays[] =
    "SELECT m.meter, a.account, a.name, m.relay, w.wanted, w.cause, w.since,"
    " m.last_contact_at FROM meter m"
    " JOIN installation i ON i.meter_id = m.id AND i.removed_at IS NULL"
    " JOIN account a ON a.id = i.account_id LEFT JOIN supply w ON w.meter_id = m.id"
    " WHERE " HAS_SWITCH " AND ($1 IS NULL OR m.meter = $1 OR a.account = $1)"
    " AND ($2 IS NULL OR m.relay = $2 OR ($2 = 'wrong' AND m.relay IN ('open', 'closed')"
    "  AND m.relay <> coalesce(w.wanted, 'closed')))"
    " AND $3 IS NULL AND $4 IS NULL AND ($5 IS NULL OR m.id = $5)"
    " ORDER BY m.meter LIMIT $6";

/* clang-format off */
static const struct list lists[] = {
    {"relays", relays,
     {{"meter", COLUMN_TEXT}, {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT},
      {"relay", COLUMN_TEXT}, {"wanted", COLUMN_TEXT}, {"cause", COLUMN_TEXT},
      {"since", COLUMN_TIME}, {"last_contact", COLUMN_TIME}}},
    {"orders", orders,
     {{"order", COLUMN_INT}, {"batch", COLUMN_INT}, {"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT}, {"action", COLUMN_TEXT},
      {"state", COLUMN_TEXT}, {"cause", COLUMN_TEXT}, {"reason", COLUMN_TEXT},
      {"amount", COLUMN_MONEY}, {"age_days", COLUMN_INT}, {"way", COLUMN_TEXT},
      {"proposed_by", COLUMN_TEXT}, {"proposed_at", COLUMN_TIME},
      {"approvals", COLUMN_WORDS}, {"approved_at", COLUMN_TIME},
      {"sent_at", COLUMN_TIME}, {"acknowledged_at", COLUMN_TIME},
      {"power_at", COLUMN_TIME}, {"finished_at", COLUMN_TIME},
      {"seconds_to_power", COLUMN_INT}, {"tries", COLUMN_INT}, {"note", COLUMN_TEXT},
      {"next_at", COLUMN_TIME}, {"relay", COLUMN_TEXT}, {"expires_at", COLUMN_TIME}}},
    {"order_events", order_events,
     {{"event", COLUMN_INT}, {"order", COLUMN_INT}, {"at", COLUMN_TIME},
      {"what", COLUMN_TEXT}, {"state", COLUMN_TEXT}, {"who", COLUMN_TEXT},
      {"note", COLUMN_TEXT}}},
    {"order_batches", batches,
     {{"batch", COLUMN_INT}, {"proposed_by", COLUMN_TEXT}, {"proposed_at", COLUMN_TIME},
      {"note", COLUMN_TEXT}, {"orders", COLUMN_INT}, {"amount", COLUMN_MONEY},
      {"to_approve", COLUMN_INT}, {"verified", COLUMN_INT}, {"open", COLUMN_INT},
      {"oldest_days", COLUMN_INT}, {"expires_at", COLUMN_TIME}}},
    {"field_orders", fields,
     {{"field", COLUMN_INT}, {"order", COLUMN_INT}, {"meter", COLUMN_TEXT},
      {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT}, {"address", COLUMN_TEXT},
      {"action", COLUMN_TEXT}, {"state", COLUMN_TEXT}, {"technician", COLUMN_TEXT},
      {"phone", COLUMN_TEXT}, {"reason", COLUMN_TEXT}, {"created_at", COLUMN_TIME},
      {"sent_at", COLUMN_TIME}, {"ended_at", COLUMN_TIME}, {"answer", COLUMN_TEXT}}},
    {"arrears_steps", steps,
     {{"step", COLUMN_INT}, {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT},
      {"stage", COLUMN_TEXT}, {"kind", COLUMN_TEXT}, {"state", COLUMN_TEXT},
      {"at", COLUMN_TIME}, {"due_at", COLUMN_DATE}, {"amount", COLUMN_MONEY},
      {"number", COLUMN_TEXT}, {"message", COLUMN_TEXT}, {"modem", COLUMN_TEXT},
      {"note", COLUMN_TEXT}, {"who", COLUMN_TEXT}, {"delivered_at", COLUMN_TIME}}},
    {"prepaid_orders", prepaid_orders,
     {{"order", COLUMN_INT}, {"meter", COLUMN_TEXT}, {"account", COLUMN_TEXT},
      {"action", COLUMN_TEXT}, {"value", COLUMN_TEXT}, {"made_at", COLUMN_TIME},
      {"who", COLUMN_TEXT}, {"state", COLUMN_TEXT}, {"answered_at", COLUMN_TIME},
      {"answer", COLUMN_TEXT}}},
    {"plans", plans,
     {{"plan", COLUMN_INT}, {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT},
      {"state", COLUMN_TEXT}, {"made_at", COLUMN_TIME}, {"amount", COLUMN_MONEY},
      {"parts", COLUMN_INT}, {"first_due", COLUMN_DATE}, {"open", COLUMN_MONEY},
      {"who", COLUMN_TEXT}, {"note", COLUMN_TEXT}}},
    {"promises", promises,
     {{"promise", COLUMN_INT}, {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT},
      {"state", COLUMN_TEXT}, {"made_at", COLUMN_TIME}, {"due_at", COLUMN_DATE},
      {"amount", COLUMN_MONEY}, {"who", COLUMN_TEXT}}},
    {"disputes", disputes,
     {{"dispute", COLUMN_INT}, {"account", COLUMN_TEXT}, {"name", COLUMN_TEXT},
      {"state", COLUMN_TEXT}, {"opened_at", COLUMN_TIME}, {"who", COLUMN_TEXT},
      {"reason", COLUMN_TEXT}, {"bill", COLUMN_TEXT}, {"closed_at", COLUMN_TIME},
      {"closed_by", COLUMN_TEXT}, {"outcome", COLUMN_TEXT}}},
    {"power", power,
     {{"order", COLUMN_INT}, {"meter", COLUMN_TEXT}, {"account", COLUMN_TEXT},
      {"paid_at", COLUMN_TIME}, {"sent_at", COLUMN_TIME}, {"power_at", COLUMN_TIME},
      {"seconds", COLUMN_INT}, {"tries", COLUMN_INT}, {"state", COLUMN_TEXT}}},
};
/* clang-format on */

const struct list *
list_find_relay(const char *name)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    }
    return NULL;
}
