/* What goes to the meter: the command, and the question how its relay stands. */
#include "inside.h"

#include "meterpost/bus/job.h"
#include "meterpost/sms/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- by text message ---- */

static bool
queue_text(const struct relay *r, const struct order *o, const struct way *way,
           const char *template, enum outbox_kind kind, const char *what, int64_t *id,
           struct err *e)
{
    char key[OUTBOX_KEY_MAX];
    struct outbox_new m = {.key = key,
                           .kind = kind,
                           .number = way->number,
                           .account_id = o->account_id,
                           .meter_id = o->meter_id};
    char *text = target_render(template, o->id, &way->target, NULL, r->now, e);
    bool good;

    if (text == NULL)
        return err_in(e, "order=%" PRId64, o->id);
    snprintf(key, sizeof(key), "order %" PRId64 " %s %d %" PRId64, o->id, what,
             o->tries + o->checks, r->now);
    m.text = text;
    good = outbox_add(r->store, &m, r->now, id, e);
    free(text);
    return good;
}

/* ---- by wire ---- */

static bool
queue_job(const struct relay *r, const struct order *o, enum bus_action action, int64_t *id,
          struct err *e)
{
    char key[BUS_JOB_KEY_MAX];
    struct bus_job_new n = {.key = key,
                            .meter_id = o->meter_id,
                            .action = action,
                            .order_id = o->id,
                            .urgent = true,
                            .expires_at = r->now + LINE_DEAD_S};

    snprintf(key, sizeof(key), "order %" PRId64 " %s %d %" PRId64, o->id,
             bus_action_name(action), o->tries + o->checks, r->now);
    return bus_job_add(r->store, &n, r->now, id, e);
}

static enum bus_action
action_by_wire(const struct order *o, const struct way *way)
{
    if (o->action == ORDER_CUT)
        return BUS_CUT;
    return way->arms ? BUS_ALLOW : BUS_RESTORE;
}

/* ---- the last moment ---- */

bool
command_may(const struct relay *r, struct order *o, const struct meter *m, bool *may,
            bool *dead, char why[COMMAND_WHY_MAX], struct err *e)
{
    struct guard_result guards;
    struct guard_facts f;
    char trial[PLACE_MAX];
    bool tries;

    *may = false;
    if (!facts_gather(r, m, o, PHASE_HAND, o->cause, &f, e) ||
        !relay_flag_now(r, FLAG_DRY_RUN, &tries, trial, e))
        return false;
    guard_ask(&f, r->policy, r->conf->decimals, &guards);
    if (guards.n > 0)
        guard_print(&guards, why, COMMAND_WHY_MAX);
    else
        guard_evidence(&f, r->conf->decimals, why, COMMAND_WHY_MAX);
    *dead = guards.n > 0 && !guard_only_waits(&guards);
    if (guards.n > 0)
        return true;
    *dead = tries;
    *may = !tries;
    if (tries)
        snprintf(why, COMMAND_WHY_MAX, "trial: all guards pass, and nothing was switched");
    return !*may || step_note(r, o, "guards", why, e);
}

bool
command_held(const struct relay *r, struct order *o, bool dead, const char *why,
             struct err *e)
{
    return dead ? step_order(r, o, ORDER_CANCEL, ENGINE, why, e)
                : look_unsent(r, o, why, e);
}

/* Leave a cut to a technician, when the guards allow it: the commit hands it over, there
 * is no later moment to ask. */
static bool
leave_to_technician(const struct relay *r, struct order *o, const struct meter *m,
                    struct err *e)
{
    char why[COMMAND_WHY_MAX];
    bool may = true, dead = false;

    if (o->action == ORDER_CUT && !command_may(r, o, m, &may, &dead, why, e))
        return false;
    if (!may)
        return command_held(r, o, dead, why, e);
    return command_leaves(r, o, e) && field_ask(r, o, o->reason, e);
}

/* ---- both ---- */

bool
command_queue(const struct relay *r, struct order *o, const struct meter *m, struct err *e)
{
    bool cut = o->action == ORDER_CUT;
    struct way way;
    bool fresh;

    if (!way_of(r, m, o, &way, e))
        return false;
    if (!cut && way.way == WAY_SMS && way.restore == NULL &&
        (!way_turn(r, o, &fresh, e) || !way_of(r, m, o, &way, e)))
        return false;
    o->way = way.way;
    o->next_at = r->now + MINUTE_S;
    if (way.way == WAY_FIELD || (!cut && way.way == WAY_SMS && way.restore == NULL)) {
        o->way = WAY_FIELD;
        return leave_to_technician(r, o, m, e);
    }
    if (way.way == WAY_BUS)
        return queue_job(r, o, action_by_wire(o, &way), &o->job_id, e) &&
               step_note(r, o, "command", "waits for the wire", e);
    return queue_text(r, o, &way, cut ? way.cut : way.restore, cut ? OUT_CUT : OUT_RESTORE,
                      cut ? "cut" : "restore", &o->outbox_id, e) &&
           step_note(r, o, "command", "waits for a modem", e);
}

bool
command_look(const struct relay *r, struct order *o, const struct meter *m, struct err *e)
{
    struct way way;

    if (!way_of(r, m, o, &way, e))
        return false;
    if (!way.can_look)
        return err_set(e, FAIL_FATAL, "order=%" PRId64 ": nobody can look at its relay",
                       o->id);
    o->checks++;
    o->check_at = r->now;
    o->next_at = r->now + r->conf->arrears.cut.ack_s;
    if (way.way == WAY_BUS
            ? !queue_job(r, o, BUS_RELAY, &o->check_job_id, e)
            : !queue_text(r, o, &way, way.look, OUT_VERIFY, "look", &o->check_outbox_id, e))
        return false;
    return step_note(r, o, "look", "asked how the relay stands", e);
}

bool
command_withdraw(const struct relay *r, const struct order *o, const char *why, bool *done,
                 struct err *e)
{
    *done = true;
    if (o->state != ORDER_QUEUED)
        return true;
    if (o->job_id != 0)
        return bus_job_cancel(r->store, o->job_id, why, r->now, done, e);
    return o->outbox_id == 0 || outbox_cancel(r->store, o->outbox_id, why, done, e);
}

bool
command_leaves(const struct relay *r, struct order *o, struct err *e)
{
    static const char *const to[] = {[WAY_SMS] = "handed to a modem",
                                     [WAY_BUS] = "handed to the wire",
                                     [WAY_FIELD] = "left to a technician"};

    if (o->sent_at == 0)
        o->sent_at = r->now;
    o->tries++;
    o->check_at = 0;
    o->dead_at = r->now + (o->way == WAY_SMS ? SMS_DEAD_S : LINE_DEAD_S);
    o->next_at = r->now + (o->way == WAY_FIELD ? DAY_S : r->conf->arrears.cut.ack_s);
    return step_order(r, o, ORDER_LEAVE, ENGINE, to[o->way], e) &&
           (o->action != ORDER_CUT || supply_want(r, o, true, e));
}
