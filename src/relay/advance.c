/* One look at an open order: what is due, what came of its command, what is too late. */
#include "inside.h"

#include "meterpost/bus/job.h"
#include "meterpost/sms/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CANARIES   3              /* of a batch: the rest waits until these are over */
#define WAIT_S     (5 * MINUTE_S) /* until guards that only wait are asked again */
#define CUT_LOOKS  4              /* before a person must look */
#define GIVE_UP_S  DAY_S          /* a cut that nobody can see the end of */
#define GUARD_TEXT 400

int
advance_rest_s(enum order_action action, int n)
{
    static const int cut[] = {5, 15, 60}, restore[] = {1, 2, 5, 10, 20, 30, 60};
    const int *rests = action == ORDER_CUT ? cut : restore;
    int most = action == ORDER_CUT ? 3 : 7;

    return rests[n < 1 ? 0 : n > most ? most - 1 : n - 1] * MINUTE_S;
}

/* The law of the place may ask for a technician earlier than the settings. */
static int
field_after_s(const struct relay *r)
{
    int wanted = r->conf->arrears.cut.restore_field_s, law = r->policy->reconnect_s;

    return law > 0 && law < wanted ? law : wanted;
}

utc_t
advance_again_at(const struct relay *r, const struct order *o)
{
    const utc_t told[] = {o->since + r->conf->arrears.cut.restore_alarm_s,
                          o->since + field_after_s(r)};
    bool cut = o->action == ORDER_CUT;
    utc_t at = r->now + advance_rest_s(o->action, cut ? o->checks : o->tries);

    for (int i = 0; !cut && i < 2; i++) {
        if (told[i] > r->now && told[i] < at)
            at = told[i];
    }
    return at;
}

/* ---- approved ---- */

/* A large batch begins with a few: when these go wrong, the others were not touched. */
static bool
waits_for_canaries(const struct relay *r, const struct order *o, bool *waits, struct err *e)
{
    int64_t all, sent, over;

    *waits = false;
    if (o->batch_id == 0)
        return true;
    if (!order_batch_progress(r->store, o->batch_id, &all, &sent, &over, e))
        return false;
    *waits = all > CANARIES && over < CANARIES && sent >= CANARIES;
    return true;
}

/* Prepare the command: a cut is preceded by a look. */
static bool
begin(const struct relay *r, struct order *o, const struct meter *m, const char *note,
      struct err *e)
{
    struct way way;

    if (!way_of(r, m, o, &way, e))
        return false;
    if (!step_order(r, o, ORDER_QUEUE, ENGINE, note, e))
        return false;
    return o->action == ORDER_CUT && way.way != WAY_FIELD && way.can_look
               ? command_look(r, o, m, e)
               : command_queue(r, o, m, e);
}

/* Before the hand-over the look is still to come: what it tells is not asked for yet. */
static bool
advance_cut(const struct relay *r, struct order *o, struct err *e)
{
    char text[GUARD_TEXT];
    struct guard_result guards;
    struct guard_facts f;
    struct meter m;
    bool waits;

    if (!step_meter(r, o, &m, e) || !facts_gather(r, &m, o, PHASE_HAND, o->cause, &f, e) ||
        !waits_for_canaries(r, o, &waits, e))
        return false;
    f.can_look = false;
    guard_ask(&f, r->policy, r->conf->decimals, &guards);
    guard_print(&guards, text, sizeof(text));
    if (guards.n > 0 && !guard_only_waits(&guards))
        return step_order(r, o, ORDER_CANCEL, ENGINE, text, e);
    if (guards.n == 0 && !waits)
        return begin(r, o, &m, text, e);
    o->next_at = r->now + (waits ? MINUTE_S : WAIT_S);
    if (guard_objects(&guards, GUARD_HOURS) &&
        policy_next_open(r->policy, r->now) > o->next_at)
        o->next_at = policy_next_open(r->policy, r->now);
    if (o->next_at > o->expires_at)
        o->next_at = o->expires_at;
    return strcmp(o->note, waits ? "waits for the first of its batch" : text) == 0
               ? order_save(r->store, o, e)
               : (snprintf(o->note, sizeof(o->note), "%s",
                           waits ? "waits for the first of its batch" : text),
                  step_note(r, o, "wait", o->note, e));
}

static bool
advance_approved(const struct relay *r, struct order *o, struct err *e)
{
    char why[PLACE_MAX];
    struct meter m;
    bool locked;

    if (o->action == ORDER_CUT)
        return advance_cut(r, o, e);
    if (!step_meter(r, o, &m, e) || !meter_lock_of(r->store, m.id, why, &locked, e))
        return false;
    if (!locked)
        return begin(r, o, &m, "at once", e);
    o->next_at = r->now + WAIT_S;
    return step_note(r, o, "wait", why, e);
}

/* ---- queued and out ---- */

/* A question that was not answered in time. */
static bool
look_late(const struct relay *r, struct order *o, struct err *e)
{
    char text[160];
    bool fresh;

    o->check_at = 0;
    if (o->state == ORDER_QUEUED)
        return look_unreached(r, o, "the meter does not answer", e);
    if (!way_turn(r, o, &fresh, e))
        return false;
    o->next_at = fresh ? r->now : advance_again_at(r, o);
    if (o->action == ORDER_RESTORE) {
        o->outbox_id = o->job_id = 0;
        return step_order(r, o, ORDER_AGAIN, ENGINE, "the meter does not answer", e);
    }
    if (!step_order(r, o, ORDER_DOUBT, ENGINE, "the meter does not answer", e))
        return false;
    if (o->checks < CUT_LOOKS || o->alarmed > 0)
        return true;
    o->alarmed++;
    snprintf(text, sizeof(text),
             "order %" PRId64 ": nobody knows whether meter %s is off: it does not answer",
             o->id, o->serial);
    return order_save(r->store, o, e) &&
           tell_alarm(r, "cut-in-doubt", o->serial, text, e) &&
           field_ask(r, o, "off or on? It does not answer", e);
}

/* It did not leave. */
static bool
command_stayed(const struct relay *r, struct order *o, const char *why, struct err *e)
{
    o->tries -= o->state == ORDER_SENT;
    return look_unreached(r, o, why, e);
}

/* No modem takes it: it need not wait for one where there is a wire. */
static bool
leave_queue(const struct relay *r, struct order *o, utc_t queued_at, bool *left,
            struct err *e)
{
    bool only;

    *left = false;
    if (r->now < queued_at + r->conf->arrears.cut.ack_s)
        return true;
    return way_is_only(r, o, &only, e) &&
           (only || command_withdraw(r, o, "it goes another way", left, e));
}

/* Where the message of the command is. */
static bool
advance_message(const struct relay *r, struct order *o, bool *handled, struct err *e)
{
    struct outbox_row m;
    bool found;

    if (!outbox_row_get(r->store, o->outbox_id, &m, &found, e))
        return false;
    *handled = found && (m.state == OUTBOX_FAILED || m.state == OUTBOX_EXPIRED ||
                         m.state == OUTBOX_CANCELLED);
    if (!*handled && found && m.state == OUTBOX_QUEUED &&
        !leave_queue(r, o, m.queued_at, handled, e))
        return false;
    if (*handled)
        return command_stayed(r, o, "the command did not leave", e);
    /* It is still ours, or with a modem that has not said a word yet. */
    *handled = found && (m.state == OUTBOX_QUEUED || m.state == OUTBOX_SENDING);
    if (*handled && o->next_at < r->now + MINUTE_S)
        o->next_at = r->now + MINUTE_S;
    return !*handled || order_save(r->store, o, e);
}

/* A job says itself what came of it, in the end. */
static bool
advance_job(const struct relay *r, struct order *o, bool *handled, struct err *e)
{
    struct bus_job j;
    bool found;

    if (!bus_job_by_id(r->store, o->job_id, &j, &found, e))
        return false;
    *handled = found && (j.state == BUS_JOB_QUEUED || j.state == BUS_JOB_SENT);
    if (*handled && o->next_at < r->now + MINUTE_S)
        o->next_at = r->now + MINUTE_S;
    return !*handled || order_save(r->store, o, e);
}

static bool
advance_command(const struct relay *r, struct order *o, bool *handled, struct err *e)
{
    *handled = false;
    if (o->job_id != 0)
        return advance_job(r, o, handled, e);
    return o->outbox_id == 0 || advance_message(r, o, handled, e);
}

static bool
advance_queued(const struct relay *r, struct order *o, struct err *e)
{
    bool handled;

    if (o->check_at != 0)
        return r->now < o->next_at || look_late(r, o, e);
    return advance_command(r, o, &handled, e) &&
           (handled || look_unsent(r, o, "its command is gone", e));
}

/* Sent, acknowledged, armed or in doubt: look, and look again. */
static bool
advance_out(const struct relay *r, struct order *o, struct err *e)
{
    struct meter m;
    struct way way;
    bool handled, fresh;

    if (o->check_at != 0)
        return r->now < o->next_at || look_late(r, o, e);
    if (o->state == ORDER_SENT && (!advance_command(r, o, &handled, e) || handled))
        return handled;
    if (r->now < o->next_at)
        return true;
    if (o->way == WAY_FIELD && o->state == ORDER_SENT) { /* the technician will say */
        o->next_at = r->now + DAY_S;
        return order_save(r->store, o, e);
    }
    if (!step_meter(r, o, &m, e))
        return false;
    if (o->action == ORDER_CUT && o->state == ORDER_IN_DOUBT &&
        r->now > o->sent_at + GIVE_UP_S)
        return step_order(r, o, ORDER_GIVE_UP, ENGINE,
                          "nobody could see what came of it: a person must look", e);
    if (o->state == ORDER_SENT &&
        (!way_turn(r, o, &fresh, e) ||
         !step_order(r, o, ORDER_DOUBT, ENGINE, "the meter has not answered the command",
                     e)))
        return false;
    if (!way_of(r, &m, o, &way, e))
        return false;
    if (way.can_look)
        return command_look(r, o, &m, e);
    o->next_at = r->now + HOUR_S;
    return order_save(r->store, o, e) && field_ask(r, o, "it cannot be asked", e);
}

/* ---- too late ---- */

/* Supply should be back by now: a person, then a technician. */
static bool
restore_is_late(const struct relay *r, struct order *o, struct err *e)
{
    const struct conf_cut *cut = &r->conf->arrears.cut;
    char text[200];
    utc_t late = r->now - o->since;

    if (o->action != ORDER_RESTORE || o->power_at != 0)
        return true;
    if (o->alarmed == 0 && late >= cut->restore_alarm_s) {
        snprintf(text, sizeof(text),
                 "order %" PRId64 ": meter %s has no supply %lld min after payment", o->id,
                 o->serial, (long long)(late / MINUTE_S));
        o->alarmed = 1;
        if (!order_save(r->store, o, e) ||
            !tell_alarm(r, "restore-late", o->serial, text, e))
            return false;
    }
    if (o->alarmed != 1 || late < field_after_s(r))
        return true;
    o->alarmed = 2;
    return order_save(r->store, o, e) &&
           field_ask(r, o, "paid, and supply does not come back from afar", e);
}

static bool
expires(const struct relay *r, struct order *o, bool *done, struct err *e)
{
    bool withdrawn;

    *done = o->expires_at != 0 && r->now >= o->expires_at &&
            order_after(o->state, ORDER_EXPIRE) != ORDER_STATES;
    if (!*done)
        return true;
    return command_withdraw(r, o, "the approval has expired", &withdrawn, e) &&
           step_order(r, o, ORDER_EXPIRE, ENGINE,
                      o->state == ORDER_PROPOSED ? "nobody approved it in time"
                                                 : "the approval has expired",
                      e);
}

bool
advance_order(const struct relay *r, struct order *o, struct err *e)
{
    bool done;

    if (!restore_is_late(r, o, e) || !expires(r, o, &done, e))
        return false;
    if (done)
        return true;
    switch (o->state) {
    case ORDER_APPROVED: return advance_approved(r, o, e);
    case ORDER_QUEUED: return advance_queued(r, o, e);
    case ORDER_SENT:
    case ORDER_ACKNOWLEDGED:
    case ORDER_ARMED:
    case ORDER_IN_DOUBT: return advance_out(r, o, e);
    case ORDER_PROPOSED:
    case ORDER_VERIFIED:
    case ORDER_FAILED:
    case ORDER_EXPIRED:
    case ORDER_CANCELLED:
    case ORDER_STATES: break;
    }
    return true;
}
