/* Orders as people give them. */
#include "meterpost/relay/order.h"

#include "inside.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/arrears.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GUARD_TEXT_MAX 400

static bool
audit_order(const struct relay *r, const struct relay_who *who, const char *action,
            const struct order *o, const char *detail, struct err *e)
{
    char subject[KEY_MAX + 40];

    snprintf(subject, sizeof(subject), "order %" PRId64 " meter %s", o->id, o->serial);
    return audit_add(r->store, r->now, who->person, who->channel, action, subject, detail,
                     e);
}

/* ---- proposing ---- */

static bool
add_proposal(const struct relay *r, const struct relay_who *who, const struct relay_wish *w,
             struct order *o, struct err *e)
{
    struct arrears arrears = {.age_days = 0};
    struct way way;

    if (!way_of(r, w->meter, NULL, &way, e) ||
        (w->meter->at.account_id != 0 &&
         !arrears_of(r->store, r->policy, w->meter->at.account_id, r->now, &arrears, e)))
        return false;
    *o = (struct order){.batch_id = w->batch_id,
                        .meter_id = w->meter->id,
                        .account_id = w->meter->at.account_id,
                        .installation_id = w->meter->at.id,
                        .action = ORDER_CUT,
                        .cause = w->cause,
                        .state = ORDER_PROPOSED,
                        .way = way.way,
                        .amount = arrears.overdue,
                        .age_days = arrears.age_days,
                        .by_sheet = r->by_sheet,
                        .proposed_at = r->now,
                        .expires_at = r->now + r->conf->arrears.cut.approval_s,
                        .since = r->now,
                        .next_at = r->now + r->conf->arrears.cut.approval_s};
    text_copy(o->serial, sizeof(o->serial), w->meter->meter);
    text_copy(o->number, sizeof(o->number), way.known_by);
    text_clip(o->reason, sizeof(o->reason),
              w->reason == NULL || w->reason[0] == '\0' ? order_cause_name(w->cause)
                                                        : w->reason);
    text_clip(o->proposed_by, sizeof(o->proposed_by), person_of(who->person));
    return order_add(r->store, o, &o->id, e);
}

bool
relay_propose(const struct relay *r, const struct relay_who *who,
              const struct relay_wish *w, struct relay_outcome *out, struct err *e)
{
    char text[GUARD_TEXT_MAX], why[PLACE_MAX];
    struct guard_facts f;
    struct order o;
    bool killed;

    *out = (struct relay_outcome){0};
    if (!relay_flag_now(r, FLAG_KILL, &killed, why, e))
        return false;
    if (killed)
        return err_set(e, FAIL_REJECT, "the kill switch is on: %s", why);
    if (!facts_gather(r, w->meter, NULL, PHASE_PROPOSE, w->cause, &f, e))
        return false;
    f.batch_size = w->batch_size;
    guard_ask(&f, r->policy, r->conf->decimals, &out->guards);
    guard_print(&out->guards, text, sizeof(text));
    if (out->guards.n > 0 && !guard_only_waits(&out->guards))
        return true;
    if (!add_proposal(r, who, w, &o, e))
        return false;
    out->order_id = o.id;
    out->state = o.state;
    return order_event_add(r->store, o.id, r->now, "propose", o.state, who->person, text,
                           e) &&
           audit_order(r, who, "cut.propose", &o, o.reason, e);
}

bool
relay_batch_begin(const struct relay *r, const struct relay_who *who, const char *note,
                  int64_t *batch_id, struct err *e)
{
    return order_batch_add(r->store, person_of(who->person), note, r->now, batch_id, e);
}

/* ---- approving ---- */

static bool
check_approver(const struct relay *r, const struct relay_who *who, const struct order *o,
               struct err *e)
{
    if (o->action != ORDER_CUT)
        return err_set(e, FAIL_REJECT,
                       "order %" PRId64 " restores supply: nobody has to "
                       "approve it",
                       o->id);
    if (o->state != ORDER_PROPOSED)
        return err_set(e, FAIL_REJECT,
                       "order %" PRId64 " is %s: there is nothing to approve", o->id,
                       order_state_name(o->state));
    if (relay_same_person(who->person, o->proposed_by))
        return err_set(e, FAIL_REJECT,
                       "%s proposed order %" PRId64 ": somebody else must "
                       "approve it",
                       o->proposed_by, o->id);
    if (r->conf->staff.cut_signed && r->by_sheet && o->by_sheet)
        return err_set(
            e, FAIL_REJECT,
            "a sheet proposed it: who approves it must sign, or be at the office");
    if (r->now >= o->expires_at)
        return err_set(e, FAIL_REJECT, "order %" PRId64 " has expired: propose it anew",
                       o->id);
    return true;
}

/* Enough people have: it is worked on from now on. */
static bool
approved(const struct relay *r, const struct relay_who *who, struct order *o,
         const char *text, struct err *e)
{
    o->approved_at = r->now;
    o->expires_at = r->now + r->conf->arrears.cut.approval_s;
    o->next_at = r->now;
    return step_order(r, o, ORDER_APPROVE, who->person, text, e);
}

bool
relay_approve(const struct relay *r, const struct relay_who *who, int64_t order_id,
              const char *note, struct relay_outcome *out, struct err *e)
{
    char text[GUARD_TEXT_MAX], last[ACTOR_MAX];
    struct meter m;
    struct order o;
    int64_t count;
    bool added;

    *out = (struct relay_outcome){.order_id = order_id};
    if (!step_load(r, order_id, &o, e) || !check_approver(r, who, &o, e) ||
        !step_meter(r, &o, &m, e) ||
        !order_approval_add(r->store, o.id, person_of(who->person), r->now,
                            note == NULL ? "" : note, &added, e))
        return false;
    if (!added)
        return err_set(e, FAIL_REJECT, "%s has approved order %" PRId64 " already",
                       person_of(who->person), o.id);
    if (!facts_ask(r, &m, &o, PHASE_APPROVE, o.cause, &out->guards, e))
        return false;
    guard_print(&out->guards, text, sizeof(text));
    if (out->guards.n > 0 && !guard_only_waits(&out->guards)) {
        if (!step_order(r, &o, ORDER_CANCEL, who->person, text, e))
            return false;
    } else if (!order_approvals(r->store, o.id, &count, last, e) ||
               (count >= r->conf->arrears.cut.approvals &&
                !approved(r, who, &o, text, e))) {
        return false;
    }
    out->state = o.state;
    return audit_order(r, who, "cut.approve", &o, note == NULL ? "" : note, e);
}

bool
relay_batch_approve(const struct relay *r, const struct relay_who *who, int64_t batch_id,
                    const char *note, struct relay_counts *out, struct err *e)
{
    struct relay_outcome one;
    struct order o = {0};
    bool found, any = false;

    *out = (struct relay_counts){0};
    for (;;) {
        if (!order_next_of_batch(r->store, batch_id, o.id, &o, &found, e))
            return false;
        if (!found)
            break;
        any = true;
        if (o.state != ORDER_PROPOSED)
            continue;
        if (!relay_approve(r, who, o.id, note, &one, e))
            return false;
        out->done += one.state == ORDER_APPROVED;
        out->refused += one.state == ORDER_CANCELLED;
        out->waits += one.state == ORDER_PROPOSED;
    }
    if (!any)
        return err_set(e, FAIL_REJECT, "there is no batch %" PRId64, batch_id);
    return out->done + out->refused + out->waits > 0 ||
           err_set(e, FAIL_REJECT, "nothing of batch %" PRId64 " waits for an approval",
                   batch_id);
}

bool
relay_cancel(const struct relay *r, const struct relay_who *who, int64_t order_id,
             const char *reason, bool *done, struct err *e)
{
    struct order o;

    *done = false;
    if (!step_load(r, order_id, &o, e))
        return false;
    if (order_after(o.state, ORDER_CANCEL) == ORDER_STATES)
        return true;
    if (!command_withdraw(r, &o, reason, done, e))
        return false;
    if (!*done)
        return true;
    return step_order(r, &o, ORDER_CANCEL, who->person, reason, e) &&
           (o.action != ORDER_RESTORE || supply_want(r, &o, true, e)) &&
           audit_order(r, who, "order.cancel", &o, reason, e);
}

/* ---- restoring ---- */

/* A cut that is not over makes room: what has not left is cancelled, what has is turned
 * round. */
static bool
end_cut(const struct relay *r, const struct relay_who *who, struct order *cut,
        const char *why, struct err *e)
{
    bool done;

    if (order_state_is_out(cut->state)) {
        cut->check_at = 0;
        return step_order(r, cut, ORDER_TURN, who->person, why, e);
    }
    if (!command_withdraw(r, cut, why, &done, e))
        return false;
    return step_order(r, cut, done ? ORDER_CANCEL : ORDER_GIVE_UP, who->person, why, e);
}

static bool
add_restore(const struct relay *r, const struct relay_who *who, const struct relay_on *on,
            struct order *o, struct err *e)
{
    struct order cut;
    struct way way;
    bool found;

    if (!way_of(r, on->meter, NULL, &way, e) ||
        !order_newest_sent(r->store, on->meter->id, ORDER_CUT, &cut, &found, e))
        return false;
    *o = (struct order){.meter_id = on->meter->id,
                        .account_id = on->meter->at.account_id,
                        .installation_id = on->meter->at.id,
                        .action = ORDER_RESTORE,
                        .cause = on->cause,
                        .state = ORDER_APPROVED,
                        .way = way.way,
                        .proposed_at = r->now,
                        .since = on->since == 0 ? r->now : on->since,
                        .next_at = r->now,
                        .late_check_at = found ? cut.dead_at : 0};
    text_copy(o->serial, sizeof(o->serial), on->meter->meter);
    text_copy(o->number, sizeof(o->number), way.known_by);
    text_clip(o->reason, sizeof(o->reason),
              on->reason == NULL || on->reason[0] == '\0' ? order_cause_name(on->cause)
                                                          : on->reason);
    text_clip(o->proposed_by, sizeof(o->proposed_by), person_of(who->person));
    return order_add(r->store, o, &o->id, e);
}

bool
relay_restore(const struct relay *r, const struct relay_who *who, const struct relay_on *on,
              int64_t *order_id, struct err *e)
{
    char why[PLACE_MAX];
    struct order o;
    bool found, locked;

    if (!meter_lock_of(r->store, on->meter->id, why, &locked, e))
        return false;
    if (locked)
        return err_set(e, FAIL_REJECT, "somebody works on meter %s: %s", on->meter->meter,
                       why);
    if (!order_open_of(r->store, on->meter->id, &o, &found, e))
        return false;
    if (found && o.action == ORDER_RESTORE) {
        *order_id = o.id;
        return true;
    }
    if (found && !end_cut(r, who, &o, on->reason == NULL ? "restore" : on->reason, e))
        return false;
    if (!add_restore(r, who, on, &o, e))
        return false;
    *order_id = o.id;
    return supply_want(r, &o, false, e) &&
           order_event_add(r->store, o.id, r->now, "propose", o.state, who->person,
                           o.reason, e) &&
           audit_order(r, who, "restore", &o, o.reason, e);
}

bool
relay_guards(const struct relay *r, const struct meter *m, enum order_cause cause,
             struct guard_result *out, struct err *e)
{
    return facts_ask(r, m, NULL, PHASE_PROPOSE, cause, out, e);
}
