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

Test(life, what_changes_before_the_hand_over_kills_the_order)
{
    static const struct {
        const char *name;
        const char *note;
    } cases[] = {{"protected", "protected: medical"},
                 {"moved", "another place"},
                 {"closed", "not in use"},
                 {"phone", "phone or address"},
                 {"killed", "kill switch"},
                 {"disputed", "complaint"}};

    for (int i = 0; i < 6; i++) {
        struct world *w = world_make(FAULT_NONE);
        struct relay r = relay_of(w);
        const struct relay_who who = {"root", "cli"};
        int64_t id = order_cut(w);
        struct meter m = w->meter[0];
        struct account a;
        struct order o;
        bool found;

        cr_assert(store_begin(w->s, &e));
        cr_assert(account_by_id(w->s, w->account[0], &a, &found, &e));
        strcpy(a.protected_for, "medical");
        strcpy(m.phone, "+254711999999");
        if (i == 0)
            cr_assert(account_update(w->s, &a, &e), "%s", e.text);
        if (i == 1 || i == 2)
            cr_assert(installation_close(w->s, m.at.id, w->now, (struct quantity){0}, &e));
        if (i == 1) {
            struct installation at = m.at;
            int64_t new;

            at.account_id = w->account[1];
            at.installed_at = w->now;
            cr_assert(installation_add(w->s, &at, &new, &e), "%s", e.text);
        }
        if (i == 3)
            cr_assert(meter_update(w->s, &m, w->now, &e), "%s", e.text);
        if (i == 4)
            cr_assert(relay_flag(&r, &who, FLAG_KILL, true, "storm", 0, &e), "%s", e.text);
        if (i == 5) {
            struct dispute d = {.account_id = w->account[0],
                                .opened_at = w->now,
                                .actor = "test",
                                .reason = "too high"};
            int64_t new;

            cr_assert(dispute_add(w->s, &d, &new, &e), "%s", e.text);
        }
        cr_assert(store_commit(w->s, &e), "%s", e.text);
        live(w, w->now + 2 * HOUR_S);
        o = order_now(w, id);
        cr_expect(o.state == (i == 4 ? ORDER_APPROVED : ORDER_CANCELLED), "%s: %s: %s",
                  cases[i].name, order_state_name(o.state), o.note);
        cr_expect_not_null(strstr(o.note, cases[i].note), "%s: %s", cases[i].name, o.note);
        cr_expect_eq(w->n_journal, 0, "%s", cases[i].name);
        world_end(w);
    }
}

Test(life, bad_input_is_refused_or_put_aside)
{
    struct world *w = world_make(FAULT_NONE);
    struct relay r = relay_of(w);
    const struct relay_who amina = {"amina", "cli"}, joseph = {"joseph", "cli"},
                           twin = {"staff:amina", "sms"};
    struct relay_wish wish = {.meter = &w->meter[0], .cause = CAUSE_ARREARS};
    struct relay_outcome out, second;
    char why[ERR_TEXT_MAX];
    bool aside;

    cr_assert(store_begin(w->s, &e));
    cr_assert(relay_propose(&r, &amina, &wish, &out, &e) && out.order_id != 0);
    cr_assert(relay_propose(&r, &joseph, &wish, &second, &e));
    cr_expect_eq(second.order_id, 0, "two orders at once");
    cr_expect(guard_objects(&second.guards, GUARD_IDENTITY));
    cr_expect(!relay_approve(&r, &amina, out.order_id, "", &second, &e), "by herself");
    cr_expect(!relay_approve(&r, &twin, out.order_id, "", &second, &e), "by her phone");
    cr_expect(relay_approve(&r, &joseph, out.order_id, "", &second, &e), "%s", e.text);
    cr_expect(!relay_approve(&r, &joseph, out.order_id, "", &second, &e), "replayed");
    cr_assert(store_commit(w->s, &e), "%s", e.text);

    struct relay_heard h = {.meter_id = w->meter[0].id,
                            .kind = "ack",
                            .relay = "open",
                            .order = "999",
                            .word = "",
                            .sent_at = w->now};
    cr_assert(store_begin(w->s, &e));
    cr_expect(relay_hear(&r, &h, &aside, why, &e) && aside, "a reply to an old order");
    h.meter_id = w->meter[1].id;
    h.order = "1";
    cr_expect(relay_hear(&r, &h, &aside, why, &e) && aside, "a reply from another meter");
    cr_assert(store_commit(w->s, &e));
    cr_expect_eq(order_now(w, out.order_id).state, ORDER_APPROVED);
    world_end(w);
}
