#include "meterpost/store/orders.h"

#include "stmt.h"

#include <string.h>

#define COLUMNS                                                                            \
    "o.id, o.batch_id, o.meter_id, o.account_id, o.installation_id, o.serial, o.number,"   \
    " o.action, o.cause, o.state, o.way, o.reason, o.amount_minor, o.age_days,"            \
    " o.proposed_by, o.proposed_at, o.expires_at, o.approved_at, o.sent_at,"               \
    " o.acknowledged_at, o.power_at, o.finished_at, o.since, o.next_at, o.outbox_id,"      \
    " o.check_outbox_id, o.job_id, o.check_job_id, o.check_at, o.checks, o.tries,"         \
    " o.dead_at, o.late_check_at, o.alarmed, o.note, o.by_sheet"

static const char *const states[ORDER_STATES] = {
    [ORDER_PROPOSED] = "proposed",   [ORDER_APPROVED] = "approved",
    [ORDER_QUEUED] = "queued",       [ORDER_SENT] = "sent",
    [ORDER_ARMED] = "armed",         [ORDER_ACKNOWLEDGED] = "acknowledged",
    [ORDER_VERIFIED] = "verified",   [ORDER_IN_DOUBT] = "in_doubt",
    [ORDER_FAILED] = "failed",       [ORDER_EXPIRED] = "expired",
    [ORDER_CANCELLED] = "cancelled",
};
static const char *const actions[] = {[ORDER_CUT] = "cut", [ORDER_RESTORE] = "restore"};
static const char *const causes[ORDER_CAUSES] = {
    [CAUSE_ARREARS] = "arrears", [CAUSE_CUSTOMER] = "customer", [CAUSE_THEFT] = "theft",
    [CAUSE_SAFETY] = "safety",   [CAUSE_OPERATOR] = "operator",
};
static const char *const ways[] = {
    [WAY_SMS] = "sms", [WAY_BUS] = "bus", [WAY_FIELD] = "field"};

/* The place of a word in a list; `n` when it is not there. */
static size_t
place_of(const char *word, const char *const *list, size_t n)
{
    size_t i = 0;

    while (i < n && strcmp(list[i], word) != 0)
        i++;
    return i;
}

const char *
order_state_name(enum order_state state)
{
    return states[state];
}

const char *
order_action_name(enum order_action action)
{
    return actions[action];
}

const char *
order_cause_name(enum order_cause cause)
{
    return causes[cause];
}

bool
order_cause_parse(const char *word, enum order_cause *out)
{
    size_t i = place_of(word, causes, ORDER_CAUSES);

    *out = (enum order_cause)i;
    return i < ORDER_CAUSES;
}

static void
copy_words(struct stmt *q, struct order *out)
{
    out->action = (enum order_action)place_of(stmt_col_peek(q, 7), actions, 1);
    out->cause = (enum order_cause)place_of(stmt_col_peek(q, 8), causes, ORDER_CAUSES - 1);
    out->state = (enum order_state)place_of(stmt_col_peek(q, 9), states, ORDER_STATES - 1);
    out->way = (enum order_way)place_of(stmt_col_peek(q, 10), ways, 2);
    stmt_col_text(q, 5, out->serial, sizeof(out->serial));
    stmt_col_text(q, 6, out->number, sizeof(out->number));
    stmt_col_text(q, 11, out->reason, sizeof(out->reason));
    stmt_col_text(q, 14, out->proposed_by, sizeof(out->proposed_by));
    stmt_col_text(q, 34, out->note, sizeof(out->note));
}

static void
copy_order(struct stmt *q, struct order *out)
{
    *out = (struct order){
        .id = stmt_col_int(q, 0),
        .batch_id = stmt_col_int(q, 1),
        .meter_id = stmt_col_int(q, 2),
        .account_id = stmt_col_int(q, 3),
        .installation_id = stmt_col_int(q, 4),
        .amount = {stmt_col_int(q, 12)},
        .age_days = (int)stmt_col_int(q, 13),
        .proposed_at = stmt_col_int(q, 15),
        .expires_at = stmt_col_int(q, 16),
        .approved_at = stmt_col_int(q, 17),
        .sent_at = stmt_col_int(q, 18),
        .acknowledged_at = stmt_col_int(q, 19),
        .power_at = stmt_col_int(q, 20),
        .finished_at = stmt_col_int(q, 21),
        .since = stmt_col_int(q, 22),
        .next_at = stmt_col_int(q, 23),
        .outbox_id = stmt_col_int(q, 24),
        .check_outbox_id = stmt_col_int(q, 25),
        .job_id = stmt_col_int(q, 26),
        .check_job_id = stmt_col_int(q, 27),
        .check_at = stmt_col_int(q, 28),
        .checks = (int)stmt_col_int(q, 29),
        .tries = (int)stmt_col_int(q, 30),
        .dead_at = stmt_col_int(q, 31),
        .late_check_at = stmt_col_int(q, 32),
        .alarmed = (int)stmt_col_int(q, 33),
        .by_sheet = stmt_col_int(q, 35) != 0,
    };
    copy_words(q, out);
}

static bool
one_order(struct stmt *q, struct order *out, bool *found, struct err *e)
{
    if (!stmt_step(q, found, e))
        return err_in(e, "order");
    if (*found) {
        copy_order(q, out);
        stmt_done(q);
    }
    return true;
}

bool
order_batch_add(struct store *s, const char *proposed_by, const char *note, utc_t now,
                int64_t *id, struct err *e)
{
    static const char sql[] = "INSERT INTO order_batch (proposed_by, proposed_at, note)"
                              " VALUES ($1, $2, $3) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_text(q, 1, proposed_by);
    stmt_int(q, 2, now);
    stmt_text(q, 3, note);
    return stmt_one_int(q, id, &row, e) || err_in(e, "batch");
}

bool
order_add(struct store *s, const struct order *o, int64_t *id, struct err *e)
{
    static const char sql[] =
        "INSERT INTO relay_order (batch_id, meter_id, account_id, installation_id, serial,"
        " number, action, cause, state, way, reason, amount_minor, age_days, proposed_by,"
        " proposed_at, expires_at, since, next_at, late_check_at, by_sheet)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
        " $17, $18, $19, $20) ON CONFLICT DO NOTHING RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    bool added;

    stmt_int_or_null(q, 1, o->batch_id);
    stmt_int(q, 2, o->meter_id);
    stmt_int_or_null(q, 3, o->account_id);
    stmt_int_or_null(q, 4, o->installation_id);
    stmt_text(q, 5, o->serial);
    stmt_text(q, 6, o->number);
    stmt_text(q, 7, actions[o->action]);
    stmt_text(q, 8, causes[o->cause]);
    stmt_text(q, 9, states[o->state]);
    stmt_text(q, 10, ways[o->way]);
    stmt_text(q, 11, o->reason);
    stmt_int(q, 12, o->amount.minor);
    stmt_int(q, 13, o->age_days);
    stmt_text(q, 14, o->proposed_by);
    stmt_int(q, 15, o->proposed_at);
    stmt_int(q, 16, o->expires_at);
    stmt_int(q, 17, o->since);
    stmt_int(q, 18, o->next_at);
    stmt_int(q, 19, o->late_check_at);
    stmt_int(q, 20, o->by_sheet);
    if (!stmt_one_int(q, id, &added, e))
        return err_in(e, "order");
    return added ||
           err_set(e, FAIL_REJECT, "meter %s has an order that is not over", o->serial);
}

bool
order_save(struct store *s, const struct order *o, struct err *e)
{
    static const char sql[] =
        "UPDATE relay_order SET state = $2, way = $3, expires_at = $4, approved_at = $5,"
        " sent_at = $6, acknowledged_at = $7, power_at = $8, finished_at = $9,"
        " next_at = $10, outbox_id = $11, check_outbox_id = $12, job_id = $13,"
        " check_job_id = $14, check_at = $15, checks = $16, tries = $17, dead_at = $18,"
        " late_check_at = $19, alarmed = $20, note = $21, number = $22 WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, o->id);
    stmt_text(q, 2, states[o->state]);
    stmt_text(q, 3, ways[o->way]);
    stmt_int(q, 4, o->expires_at);
    stmt_int_or_null(q, 5, o->approved_at);
    stmt_int_or_null(q, 6, o->sent_at);
    stmt_int_or_null(q, 7, o->acknowledged_at);
    stmt_int_or_null(q, 8, o->power_at);
    stmt_int_or_null(q, 9, o->finished_at);
    stmt_int(q, 10, o->next_at);
    stmt_int_or_null(q, 11, o->outbox_id);
    stmt_int_or_null(q, 12, o->check_outbox_id);
    stmt_int_or_null(q, 13, o->job_id);
    stmt_int_or_null(q, 14, o->check_job_id);
    stmt_int_or_null(q, 15, o->check_at);
    stmt_int(q, 16, o->checks);
    stmt_int(q, 17, o->tries);
    stmt_int(q, 18, o->dead_at);
    stmt_int(q, 19, o->late_check_at);
    stmt_int(q, 20, o->alarmed);
    stmt_text(q, 21, o->note);
    stmt_text(q, 22, o->number);
    return stmt_run(q, e) || err_in(e, "order=%lld", (long long)o->id);
}

/* ---- looking for one ---- */

static bool
order_where(struct store *s, const char *sql, int64_t a, int64_t b, struct order *out,
            bool *found, struct err *e)
{
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, a);
    if (b != 0)
        stmt_int(q, 2, b);
    return one_order(q, out, found, e);
}

bool
order_by_id(struct store *s, int64_t id, struct order *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM relay_order o WHERE o.id = $1";

    return order_where(s, sql, id, 0, out, found, e);
}

bool
order_open_of(struct store *s, int64_t meter_id, struct order *out, bool *found,
              struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM relay_order o"
                              " WHERE o.meter_id = $1 AND o.finished_at IS NULL";

    return order_where(s, sql, meter_id, 0, out, found, e);
}

bool
order_of_outbox(struct store *s, int64_t outbox_id, struct order *out, bool *found,
                struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM relay_order o WHERE o.outbox_id = $1";

    return order_where(s, sql, outbox_id, 0, out, found, e);
}

bool
order_newest_sent(struct store *s, int64_t meter_id, enum order_action action,
                  struct order *out, bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM relay_order o WHERE o.meter_id = $1"
                              " AND o.action = $2 AND o.tries > 0"
                              " ORDER BY o.id DESC LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, meter_id);
    stmt_text(q, 2, actions[action]);
    return one_order(q, out, found, e);
}

bool
order_next_of_batch(struct store *s, int64_t batch_id, int64_t after, struct order *out,
                    bool *found, struct err *e)
{
    static const char sql[] = "SELECT " COLUMNS " FROM relay_order o WHERE o.batch_id = $1"
                              " AND o.id > $2 ORDER BY o.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, batch_id);
    stmt_int(q, 2, after);
    return one_order(q, out, found, e);
}

bool
order_next_due(struct store *s, utc_t now, const struct order *after, struct order *out,
               bool *found, struct err *e)
{
    static const char sql[] =
        "SELECT " COLUMNS " FROM relay_order o LEFT JOIN outbox x ON x.id = o.outbox_id"
        " WHERE o.finished_at IS NULL AND (o.next_at <= $1 OR (o.state = 'queued'"
        "  AND x.state NOT IN ('queued', 'sending')))"
        " AND (o.action < $2 OR (o.action = $2 AND o.id > $3))"
        " ORDER BY o.action DESC, o.id LIMIT 1";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, now);
    stmt_text(q, 2, after == NULL ? "~" : actions[after->action]);
    stmt_int(q, 3, after == NULL ? 0 : after->id);
    return one_order(q, out, found, e);
}

bool
order_next_at(struct store *s, utc_t *when, struct err *e)
{
    static const char sql[] = "SELECT coalesce(min(next_at), 0) FROM relay_order"
                              " WHERE finished_at IS NULL";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, when, &row, e);
}

/* ---- events and approvals ---- */

bool
order_event_add(struct store *s, int64_t order_id, utc_t at, const char *event,
                enum order_state state, const char *actor, const char *note, struct err *e)
{
    static const char sql[] =
        "INSERT INTO order_event (order_id, at, event, state, actor, note)"
        " VALUES ($1, $2, $3, $4, $5, $6)";
    struct stmt *q = stmt_get(s, sql, e);

    stmt_int(q, 1, order_id);
    stmt_int(q, 2, at);
    stmt_text(q, 3, event);
    stmt_text(q, 4, states[state]);
    stmt_text(q, 5, actor);
    stmt_text(q, 6, note);
    return stmt_run(q, e) || err_in(e, "order=%lld", (long long)order_id);
}

bool
order_approval_add(struct store *s, int64_t order_id, const char *person, utc_t at,
                   const char *note, bool *added, struct err *e)
{
    static const char sql[] =
        "INSERT INTO order_approval (order_id, person, at, note) SELECT $1, $2, $3, $4"
        " WHERE NOT EXISTS (SELECT 1 FROM order_approval WHERE order_id = $1"
        "  AND person = $2) RETURNING id";
    struct stmt *q = stmt_get(s, sql, e);
    int64_t id;

    stmt_int(q, 1, order_id);
    stmt_text(q, 2, person);
    stmt_int(q, 3, at);
    stmt_text(q, 4, note);
    return stmt_one_int(q, &id, added, e) || err_in(e, "order=%lld", (long long)order_id);
}

bool
order_approvals(struct store *s, int64_t order_id, int64_t *count, char *last,
                struct err *e)
{
    static const char sql[] = "SELECT count(*), coalesce((SELECT person FROM order_approval"
                              " WHERE order_id = $1 ORDER BY id DESC LIMIT 1), '')"
                              " FROM order_approval WHERE order_id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, order_id);
    if (!stmt_step(q, &row, e))
        return false;
    *count = stmt_col_int(q, 0);
    stmt_col_text(q, 1, last, ACTOR_MAX);
    stmt_done(q);
    return true;
}

/* ---- counting, for limits ---- */

bool
order_cuts_since(struct store *s, utc_t since, int64_t group_id, int64_t *count,
                 struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM relay_order o JOIN meter m ON m.id = o.meter_id"
        " WHERE o.action = 'cut' AND o.sent_at > $1"
        " AND ($2 = 0 OR m.group_id = $2)";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, since);
    stmt_int(q, 2, group_id);
    return stmt_one_int(q, count, &row, e);
}

bool
order_failures_in_row(struct store *s, int64_t *count, struct err *e)
{
    static const char sql[] =
        "SELECT count(*) FROM relay_order WHERE action = 'cut' AND state = 'failed'"
        " AND tries > 0 AND way <> 'field' AND id > (SELECT coalesce(max(id), 0) FROM "
        "relay_order"
        "  WHERE action = 'cut' AND state = 'verified' AND tries > 0)"
        " AND finished_at > (SELECT coalesce(max(until), 0) FROM relay_flag"
        "  WHERE name = 'kill')";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    return q != NULL && stmt_one_int(q, count, &row, e);
}

bool
orders_paid_soon(struct store *s, utc_t since, int64_t within_s, int64_t *cuts,
                 int64_t *paid, struct err *e)
{
    static const char sql[] =
        "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM relay_order r"
        "  WHERE r.meter_id = o.meter_id AND r.action = 'restore' AND r.cause = 'arrears'"
        "  AND r.proposed_at BETWEEN o.power_at AND o.power_at + $2)), 0)"
        " FROM relay_order o WHERE o.action = 'cut' AND o.cause = 'arrears'"
        " AND o.state = 'verified' AND o.power_at >= $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, since);
    stmt_int(q, 2, within_s);
    if (!stmt_step(q, &row, e))
        return false;
    *cuts = stmt_col_int(q, 0);
    *paid = stmt_col_int(q, 1);
    stmt_done(q);
    return true;
}

bool
order_batch_progress(struct store *s, int64_t batch_id, int64_t *all, int64_t *sent,
                     int64_t *proven, struct err *e)
{
    static const char sql[] =
        "SELECT count(*), coalesce(sum(sent_at IS NOT NULL OR state = 'queued'), 0),"
        " coalesce(sum(finished_at IS NOT NULL), 0) FROM relay_order WHERE batch_id = $1";
    struct stmt *q = stmt_get(s, sql, e);
    bool row;

    stmt_int(q, 1, batch_id);
    if (!stmt_step(q, &row, e))
        return false;
    *all = stmt_col_int(q, 0);
    *sent = stmt_col_int(q, 1);
    *proven = stmt_col_int(q, 2);
    stmt_done(q);
    return true;
}
