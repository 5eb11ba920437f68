/* Orders at work: what the engine calls each turn. */
#include "meterpost/relay/work.h"

#include "inside.h"
#include "meterpost/base/log.h"
#include "meterpost/billing/chase.h"
#include "meterpost/bus/job.h"
#include "meterpost/sms/outbox.h"

#include <string.h>

#define REST_S (15 * MINUTE_S) /* of an order that cannot go on */

/* ---- the last moment before the modem, or the wire ---- */

/* It must not go: it is withdrawn; the order waits or is dead. */
static bool
hold_back(const struct relay *r, struct order *o, bool dead, const char *why, struct err *e)
{
    bool done;

    return command_withdraw(r, o, why, &done, e) && command_held(r, o, dead, why, e);
}

static bool
gate_cut(const struct relay *r, struct order *o, bool *may, struct err *e)
{
    char why[COMMAND_WHY_MAX];
    struct meter m;
    bool dead;

    if (!step_meter(r, o, &m, e) || !command_may(r, o, &m, may, &dead, why, e))
        return false;
    return *may ? command_leaves(r, o, e) : hold_back(r, o, dead, why, e);
}

/* Its order was sent already when it comes again: nobody began with it, so it is as if it
 * had never been handed out. */
static bool
gate(const struct relay *r, struct order *o, bool *may, struct err *e)
{
    char why[PLACE_MAX];
    bool locked;

    if (o->state == ORDER_SENT) {
        o->tries--;
        if (!step_order(r, o, ORDER_UNSENT, ENGINE, "nobody began with it", e) ||
            !step_order(r, o, ORDER_QUEUE, ENGINE, "handed out again", e))
            return false;
    }
    if (o->action == ORDER_CUT)
        return gate_cut(r, o, may, e);
    if (!meter_lock_of(r->store, o->meter_id, why, &locked, e))
        return false;
    if (locked)
        return hold_back(r, o, false, why, e);
    *may = true;
    return command_leaves(r, o, e);
}

static bool
wants_command(const struct order *o)
{
    return o->state == ORDER_QUEUED || o->state == ORDER_SENT;
}

bool
relay_gate(const struct relay *r, int64_t outbox_id, bool *may, struct err *e)
{
    struct order o;
    bool found, done;

    *may = false;
    if (!order_of_outbox(r->store, outbox_id, &o, &found, e))
        return false;
    if (!found) {
        *may = true; /* no order of ours stands behind it: a message written by hand */
        return true;
    }
    if (wants_command(&o))
        return gate(r, &o, may, e);
    return outbox_cancel(r->store, outbox_id, "its order is over", &done, e);
}

bool
relay_gate_job(const struct relay *r, const struct bus_job *j, bool *may, struct err *e)
{
    struct order o;
    bool found, done;

    *may = false;
    if (!order_by_id(r->store, j->order_id, &o, &found, e))
        return false;
    if (found && o.job_id == j->id && wants_command(&o))
        return gate(r, &o, may, e);
    return bus_job_cancel(r->store, j->id, "its order is over", r->now, &done, e);
}

/* ---- what came by wire ---- */

static bool
take_job(const struct relay *r, struct order *o, const struct bus_job *j, struct err *e)
{
    struct relay_heard h = {.meter_id = o->meter_id,
                            .kind = j->action == BUS_RELAY ? "relay" : "ack",
                            .relay = j->relay,
                            .order = "",
                            .sent_at = j->ended_at,
                            .word = j->reason};
    char why[ERR_TEXT_MAX];
    bool aside;

    switch (j->state) {
    case BUS_JOB_DONE: return relay_hear(r, &h, &aside, why, e);
    case BUS_JOB_IN_DOUBT: o->next_at = r->now; return order_save(r->store, o, e);
    case BUS_JOB_FAILED:
    case BUS_JOB_EXPIRED:
    case BUS_JOB_CANCELLED: break;
    case BUS_JOB_QUEUED:
    case BUS_JOB_SENT: return true;
    }
    /* No answer: as late as it can be. And where the meter has answered and stands as
     * before, refused or unmoved, a separate look decides what follows. */
    if (j->action == BUS_RELAY || j->relay[0] != '\0') {
        o->next_at = r->now;
        return step_note(r, o, "heard", j->reason, e);
    }
    if (!wants_command(o))
        return true;
    o->tries -= o->state == ORDER_SENT;
    return look_unreached(r, o, j->reason, e);
}

/* The command of this order, or a question how its relay stands. */
static bool
is_its(const struct order *o, const struct bus_job *j)
{
    return o->finished_at == 0 && (j->id == o->job_id || j->action == BUS_RELAY);
}

static bool
take_jobs(const struct relay *r, int at_most, int *done, struct err *e)
{
    struct bus_job j = {0};
    struct order o;
    bool found;

    while (*done < at_most) {
        if (!bus_job_next_untold(r->store, j.id, &j, &found, e))
            return false;
        if (!found)
            return true;
        if (!bus_job_set_told(r->store, j.id, e) ||
            !order_by_id(r->store, j.order_id, &o, &found, e) ||
            (found && is_its(&o, &j) && !take_job(r, &o, &j, e)))
            return false;
        ++*done;
    }
    return true;
}

/* ---- the turn ---- */

/* One that cannot go on does not hold up the others: it rests, and is looked at again. */
static bool
advance_one(const struct relay *r, struct order *o, struct err *e)
{
    int64_t id = o->id;

    if (!store_mark(r->store, e))
        return false;
    if (advance_order(r, o, e))
        return store_keep(r->store, e);
    log_error("relay", "order=%lld rests: %s", (long long)id, e->text);
    if (!store_undo(r->store, e) || !step_load(r, id, o, e))
        return false;
    o->next_at = r->now + REST_S;
    return order_save(r->store, o, e);
}

static bool
advance_all(const struct relay *r, int at_most, int *done, struct err *e)
{
    struct order o;
    bool found, first = true;

    while (*done < at_most) {
        struct order last = o;

        if (!order_next_due(r->store, r->now, first ? NULL : &last, &o, &found, e))
            return false;
        if (!found)
            return true;
        if (!advance_one(r, &o, e))
            return false;
        first = false;
        ++*done;
    }
    return true;
}

/* The daily run of arrears, when its time has come: long work, so it is a job. */
static bool
start_run(const struct relay *r, int *done, struct err *e)
{
    struct chase c = {r->store, r->conf, r->policy, r->templates, r->now};
    char why[ARREARS_NOTE_MAX];
    int64_t id;
    utc_t next;
    bool due;

    if (!chase_due(&c, &due, &next, e))
        return false;
    if (!due)
        return true;
    ++*done;
    if (!chase_start(&c, ENGINE, &id, why, e))
        return false;
    if (id == 0)
        log_warn("arrears", "%s", why);
    return true;
}

bool
relay_work(const struct relay *r, int at_most, int *done, struct err *e)
{
    *done = 0;
    return start_run(r, done, e) && supply_paid(r, at_most, done, e) &&
           take_jobs(r, at_most, done, e) && advance_all(r, at_most, done, e) &&
           supply_compare(r, at_most, done, e) && field_send_open(r, at_most, done, e);
}

static void
take_earlier(utc_t *when, utc_t other)
{
    if (other != 0 && (*when == 0 || other < *when))
        *when = other;
}

bool
relay_next_due(struct store *s, const struct conf *conf, utc_t now, utc_t *when,
               bool *found, struct err *e)
{
    struct chase c = {.store = s, .conf = conf, .now = now};
    utc_t looks, run;
    bool due;

    if (!order_next_at(s, when, e) || !supply_next_at(s, DAY_S, &looks, e) ||
        !chase_due(&c, &due, &run, e))
        return false;
    take_earlier(when, looks);
    take_earlier(when, run);
    *found = *when != 0;
    return true;
}
