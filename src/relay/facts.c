/* What the guards ask about, gathered from the store and the settings. */
#include "inside.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/arrears.h"
#include "meterpost/store/inbox.h"
#include "meterpost/store/ticket.h"

#include <string.h>

#define IN_FLIGHT_S (3 * DAY_S) /* a bank's money may be that long on its way */

struct gathering {
    const struct relay *r;
    const struct meter *m;
    const struct order *o; /* NULL: none yet */
    struct guard_facts *f;
    struct account account; /* id 0: none */
    struct arrears arrears;
};

/* ---- 0 ---- */

static bool
gather_identity(struct gathering *g, struct err *e)
{
    struct guard_facts *f = g->f;
    struct order other;
    struct way way;
    bool found;

    if (!way_of(g->r, g->m, g->o, &way, e))
        return false;
    f->no_way = way.way == WAY_FIELD && g->r->conf->arrears.cut.technician[0] == '\0';
    f->by_hand = way.way == WAY_FIELD;
    f->can_look = way.can_look;
    f->meter_gone = g->m->until != 0 || g->m->at.id == 0;
    f->account_closed = g->account.id == 0 || g->account.closed_at != 0;
    if (g->o != NULL) {
        f->moved = g->o->installation_id != g->m->at.id ||
                   g->o->account_id != g->m->at.account_id ||
                   strcmp(g->o->serial, g->m->meter) != 0;
        f->number_changed = strcmp(g->o->number, way.known_by) != 0;
    }
    if (!inbox_names_another(g->r->store, g->m->id, &f->names_another, e) ||
        !order_open_of(g->r->store, g->m->id, &other, &found, e))
        return false;
    f->other_order = found && (g->o == NULL || other.id != g->o->id);
    if (!order_newest_sent(g->r->store, g->m->id, ORDER_RESTORE, &other, &found, e))
        return false;
    f->dead_restore = found && other.dead_at > f->now;
    return true;
}

/* ---- 1, 3, 4 ---- */

static bool
gather_money(struct gathering *g, struct err *e)
{
    struct guard_facts *f = g->f;
    struct store *s = g->r->store;

    f->feed_max_age_s = g->r->conf->arrears.cut.payment_feed_max_age_s;
    f->estimates_max = g->r->conf->arrears.cut.estimates;
    f->least = g->r->conf->arrears.min_debt;
    if (!arrears_feed_at(s, &f->feed_at, e))
        return false;
    if (g->account.id == 0)
        return true;
    if (!arrears_of(s, g->r->policy, g->account.id, f->now, &g->arrears, e) ||
        !suspense_like(s, g->account.id, &f->suspense, e) ||
        !paid_claim_open(s, g->account.id, f->now - IN_FLIGHT_S, &f->in_flight, e) ||
        !account_has_held(s, g->account.id, &f->bill_exception, e) ||
        !account_estimates(s, g->account.id, &f->estimates, e))
        return false;
    f->owed = g->arrears.overdue;
    f->unpaid = g->arrears.unpaid;
    if (f->now < g->arrears.oldest_due + g->r->policy->after_due_s)
        f->unpaid = 0; /* overdue, but not for as long as the place wants */
    return true;
}

static bool
gather_promises(struct gathering *g, struct err *e)
{
    struct guard_facts *f = g->f;
    struct promise promise;
    struct dispute dispute;
    struct ticket ticket;
    struct plan plan;
    bool complains;

    if (g->account.hold[0] != '\0' &&
        (g->account.hold_until == 0 || g->account.hold_until > f->now))
        text_clip(f->hold, sizeof(f->hold), g->account.hold);
    if (!dispute_next_open(g->r->store, g->account.id, 0, &dispute, &f->disputed, e) ||
        !ticket_open_of(g->r->store, g->account.id, "complaint", &ticket, &complains, e))
        return false;
    f->disputed = f->disputed || complains;
    return plan_open_of(g->r->store, g->account.id, &plan, &f->plan, e) &&
           promise_open_of(g->r->store, g->account.id, &promise, &f->promise, e);
}

/* ---- 2 ---- */

/* Is this number still one of the account? */
static bool
is_theirs(struct gathering *g, const char *number, bool *theirs, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;

    if (!account_phones(g->r->store, g->account.id, phones, &n, e))
        return false;
    *theirs = number[0] == '\0'; /* brought by hand */
    for (size_t i = 0; i < n; i++)
        *theirs = *theirs || strcmp(phones[i].number, number) == 0;
    return true;
}

static bool
gather_notice(struct gathering *g, struct err *e)
{
    struct guard_facts *f = g->f;
    struct arrears_step step;
    bool found, theirs;

    if (!arrears_step_of(g->r->store, g->account.id, g->arrears.oldest_due, "notice", "",
                         &step, &found, e))
        return false;
    if (found) {
        if (!is_theirs(g, step.number, &theirs, e))
            return false;
        f->notice_at = arrears_step_delivered(g->r->conf, &step);
        f->notice_elsewhere = !theirs;
    }
    if (!arrears_step_of(g->r->store, g->account.id, g->arrears.oldest_due, "final", "",
                         &step, &found, e))
        return false;
    if (found)
        f->final_at = arrears_step_delivered(g->r->conf, &step);
    return true;
}

/* ---- 5, 9 ---- */

static bool
gather_person(struct gathering *g, struct err *e)
{
    struct guard_facts *f = g->f;
    struct contract contract;
    struct weather weather;
    bool found;

    text_clip(f->protected_for, sizeof(f->protected_for), g->account.protected_for);
    f->protected_until = g->account.protected_until;
    if (!contract_at(g->r->store, g->account.id, f->now, &contract, &found, e))
        return false;
    if (found)
        text_clip(f->class, sizeof(f->class), contract.class);
    if (!weather_newest(g->r->store, &weather, &found, e) ||
        !weather_heat_at(g->r->store, &f->heat_at, e))
        return false;
    f->weather_at = weather.at;
    f->low_tenths = (int)weather.low_tenths;
    return relay_flag_now(g->r, FLAG_MORATORIUM, &found, f->moratorium, e) &&
           outage_over(g->r->store, g->m->group_id, f->outage, &found, e);
}

/* ---- 7 ---- */

static bool
gather_approval(struct gathering *g, struct err *e)
{
    struct guard_facts *f = g->f;
    char last[ACTOR_MAX];
    int64_t sent, proven, count;

    f->approvals_needed = g->r->conf->arrears.cut.approvals;
    f->batch_max = g->r->conf->arrears.cut.batch_limit;
    f->expires_at =
        g->o == NULL ? f->now + g->r->conf->arrears.cut.approval_s : g->o->expires_at;
    if (g->o == NULL)
        return true;
    if (!order_approvals(g->r->store, g->o->id, &count, last, e))
        return false;
    f->approvals = (int)count;
    f->approved_by_proposer = count > 0 && relay_same_person(last, g->o->proposed_by);
    return g->o->batch_id == 0 || order_batch_progress(g->r->store, g->o->batch_id,
                                                       &f->batch_size, &sent, &proven, e);
}

/* ---- 8, 10 ---- */

static bool
gather_limits(struct gathering *g, struct err *e)
{
    const struct conf_cut *cut = &g->r->conf->arrears.cut;
    struct guard_facts *f = g->f;
    utc_t day = clock_day_start(f->now, 0);
    char why[PLACE_MAX];
    bool killed;

    f->heard_at = g->m->last_contact_at;
    f->silent_max_s = cut->silent_max_s;
    text_clip(f->relay, sizeof(f->relay), g->m->relay);
    f->max_hour = cut->hourly_limit;
    f->max_day = cut->daily_limit;
    f->max_group = g->m->group_id == 0 ? 0 : cut->group_limit;
    f->failures_max = cut->failures;
    if (!relay_flag_now(g->r, FLAG_KILL, &killed, f->killed, e) ||
        !relay_flag_now(g->r, FLAG_MAINTENANCE, &f->maintenance, why, e) ||
        !relay_flag_now(g->r, FLAG_CLOCK, &f->clock_in_doubt, why, e))
        return false;
    return order_cuts_since(g->r->store, f->now - HOUR_S, 0, &f->sent_hour, e) &&
           order_cuts_since(g->r->store, day - 1, 0, &f->sent_day, e) &&
           (f->max_group == 0 ||
            order_cuts_since(g->r->store, day - 1, g->m->group_id, &f->sent_group, e)) &&
           order_failures_in_row(g->r->store, &f->failures, e);
}

bool
facts_gather(const struct relay *r, const struct meter *m, const struct order *o,
             enum guard_phase phase, enum order_cause cause, struct guard_facts *out,
             struct err *e)
{
    struct gathering g = {.r = r, .m = m, .o = o, .f = out};
    bool found = false;

    *out = (struct guard_facts){.phase = phase, .cause = cause, .now = r->now};
    if (m->at.account_id != 0 &&
        !account_by_id(r->store, m->at.account_id, &g.account, &found, e))
        return false;
    if (!found)
        g.account.id = 0;
    return gather_identity(&g, e) && gather_money(&g, e) && gather_promises(&g, e) &&
           gather_notice(&g, e) && gather_person(&g, e) && gather_approval(&g, e) &&
           gather_limits(&g, e);
}

bool
facts_ask(const struct relay *r, const struct meter *m, const struct order *o,
          enum guard_phase phase, enum order_cause cause, struct guard_result *out,
          struct err *e)
{
    struct guard_facts f;

    if (!facts_gather(r, m, o, phase, cause, &f, e))
        return err_in(e, "guards of meter %s", m->meter);
    guard_ask(&f, r->policy, r->conf->decimals, out);
    return true;
}
