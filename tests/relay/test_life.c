/* Cuts and restores through every death, every payment and every fault of the network. */
#include "world_turn.h"

static const char *const fault_names[FAULTS] = {
    "none",    "silent modem", "lost silently", "lost in doubt",
    "refused", "slow",         "twice",         "no answer"};

/* Commits of a whole cut, of a cut and a restore, without any trouble. */
static int
commits_of(enum fault fault, int pay_at, utc_t hours)
{
    struct world *w = world_make(fault);
    int n;

    w->pay_at = pay_at;
    order_cut(w);
    live(w, w->now + hours * HOUR_S);
    n = w->commits;
    world_end(w);
    return n;
}

Test(life, a_cut_goes_through_all_its_states_and_happens_once)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id = order_cut(w);
    struct order o;

    live(w, w->now + HOUR_S);
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_VERIFIED, "%s: %s", order_state_name(o.state), o.note);
    cr_expect_eq(o.tries, 1);
    cr_expect_eq(w->n_journal, 1);
    cr_expect_str_eq(w->journal[0], "OFF 1");
    pay(w);
    live(w, w->now + HOUR_S);
    cr_expect_eq(w->n_journal, 2);
    cr_expect(w->closed[0]);
    cr_expect_leq(w->journal_at[1] - w->paid_at, 60, "power came after %lld s",
                  (long long)(w->journal_at[1] - w->paid_at));
    world_end(w);
}

Test(life, every_fault_of_the_network_ends_with_one_switch, .timeout = 120)
{
    for (int f = 0; f < FAULTS; f++) {
        struct world *w = world_make((enum fault)f);
        int64_t id = order_cut(w);
        struct order o;

        live(w, w->now + 3 * HOUR_S);
        o = order_now(w, id);
        cr_expect_eq(o.state, ORDER_VERIFIED, "%s: cut is %s: %s", fault_names[f],
                     order_state_name(o.state), o.note);
        cr_expect_eq(switched(w, "OFF"), 1, "%s", fault_names[f]);
        pay(w);
        live(w, w->now + 3 * HOUR_S);
        cr_expect(w->closed[0], "%s: supply is not back", fault_names[f]);
        cr_expect_eq(switched(w, "ON"), 1, "%s: %d times on", fault_names[f],
                     switched(w, "ON"));
        cr_expect_eq(switched(w, "OFF"), 1, "%s: %d times off", fault_names[f],
                     switched(w, "OFF"));
        world_end(w);
    }
}

/* What is on file of the supply is what the relay's own journal says, whatever became of
 * the order: one that failed has left supply on, and a technician is sent there. */
static void
expect_agreement(struct world *w, const char *fault, int commit)
{
    struct supply supply;
    struct meter m;
    bool found;

    cr_assert(meter_by_id(w->s, w->meter[0].id, &m, &found, &e) && found &&
                  supply_of(w->s, m.id, &supply, &found, &e),
              "%s", e.text);
    cr_expect_str_eq(m.relay, w->closed[0] ? "closed" : "open", "%s, commit %d", fault,
                     commit);
    cr_expect(found ? supply.open == !w->closed[0] : w->closed[0],
              "%s, commit %d: supply should be %s and is %s", fault, commit,
              found && supply.open ? "off" : "on", w->closed[0] ? "on" : "off");
}

/* Kill at one commit, before it or behind it. */
static void
kill_at(enum fault fault, int commit, bool before, int pay_at)
{
    struct world *w = world_make(fault);
    int64_t id;
    struct order o;

    w->kill_before = before ? commit : 0;
    w->kill_after = before ? 0 : commit;
    w->pay_at = pay_at;
    id = order_cut(w);
    live(w, w->now + 30 * HOUR_S);
    o = order_now(w, id);
    expect_agreement(w, fault_names[fault], commit);
    cr_expect(o.finished_at != 0, "%s, killed %s commit %d: the order is %s",
              fault_names[fault], before ? "before" : "behind", commit,
              order_state_name(o.state));
    cr_expect_leq(switched(w, "OFF"), 1, "%s, killed %s commit %d: %d times off",
                  fault_names[fault], before ? "before" : "behind", commit,
                  switched(w, "OFF"));
    if (pay_at == 0) /* two lost commands are enough: then a person must look */
        cr_expect(
            (!w->closed[0] && o.state == ORDER_VERIFIED) ||
                (fault == FAULT_LOST_IN_DOUBT && w->closed[0] && o.state == ORDER_FAILED),
            "%s, killed %s commit %d: relay %s, order %s: %s", fault_names[fault],
            before ? "before" : "behind", commit, w->closed[0] ? "closed" : "open",
            order_state_name(o.state), o.note);
    else
        cr_expect(w->closed[0] && switched(w, "ON") == switched(w, "OFF"),
                  "%s, killed %s commit %d, paid at %d: relay %s after %d off, %d on",
                  fault_names[fault], before ? "before" : "behind", commit, pay_at,
                  w->closed[0] ? "closed" : "open", switched(w, "OFF"), switched(w, "ON"));
    cr_expect_eq(w->cuts_after_paid, 0, "a cut was handed out after the payment");
    world_end(w);
}

Test(life, kill_9_at_every_commit_of_a_cut_leaves_one_switch, .timeout = 300)
{
    static const enum fault faults[] = {FAULT_NONE, FAULT_SILENT_MODEM, FAULT_LOST_IN_DOUBT,
                                        FAULT_TWICE};

    for (size_t f = 0; f < sizeof(faults) / sizeof(faults[0]); f++) {
        int n = commits_of(faults[f], 0, 1);

        for (int at = 1; at <= n; at++) {
            kill_at(faults[f], at, true, 0);
            kill_at(faults[f], at, false, 0);
        }
    }
}

Test(life, money_between_every_two_steps_ends_with_supply, .timeout = 300)
{
    for (int f = 0; f < FAULTS; f++) {
        int n = commits_of((enum fault)f, 0, 1);

        for (int at = 1; at <= n; at++) {
            struct world *w = world_make((enum fault)f);
            int64_t id;
            struct order o;

            w->pay_at = at;
            id = order_cut(w);
            live(w, w->now + 6 * HOUR_S);
            o = order_now(w, id);
            cr_expect(w->closed[0],
                      "%s, paid at commit %d: supply is off; the cut is %s: %s",
                      fault_names[f], at, order_state_name(o.state), o.note);
            cr_expect_eq(w->cuts_after_paid, 0,
                         "%s, paid at commit %d: a cut was handed out after it",
                         fault_names[f], at);
            cr_expect(o.finished_at != 0, "%s, paid at %d: order is %s", fault_names[f], at,
                      order_state_name(o.state));
            world_end(w);
        }
    }
}

Test(life, kill_9_at_every_commit_of_a_restore_leaves_one_switch, .timeout = 300)
{
    int paid = commits_of(FAULT_NONE, 0, 1) - 1; /* the cut is proven by then */
    int n = commits_of(FAULT_NONE, paid, 2);

    for (int at = paid + 1; at <= n; at++) {
        kill_at(FAULT_NONE, at, true, paid);
        kill_at(FAULT_NONE, at, false, paid);
    }
}

Test(life, a_meter_that_is_dead_is_left_to_a_person)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id;
    struct order o;

    w->meter[0].phone[0] = '+';
    id = order_cut(w);
    w->fault = FAULT_LOST_SILENTLY;
    w->faults_left[0] = 100;
    live(w, w->now + 30 * HOUR_S);
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_FAILED, "%s: %s", order_state_name(o.state), o.note);
    cr_expect_eq(o.tries, 2, "%d commands", o.tries);
    cr_expect_eq(w->n_journal, 0);
    world_end(w);
}
