/* Supply that does not come back: it is tried for ever, with rests, and people hear of it.
 */
#include "meterpost/store/alarms.h"
#include "meterpost/store/list.h"
#include "world_turn.h"

/* Cut and paid; the network takes all commands to restore and loses them. */
static struct world *
dark_world(void)
{
    struct world *w = world_make(FAULT_NONE);

    strcpy(w->conf.arrears.cut.technician, "+254722000900");
    order_cut(w);
    live(w, w->now + 20 * MINUTE_S);
    cr_assert(!w->closed[0]);
    w->fault = FAULT_LOST_SILENTLY;
    w->faults_left[1] = 1000;
    pay(w);
    return w;
}

static bool
alarm_is_on(struct world *w, const char *kind)
{
    struct alarm_row row;
    bool found;

    cr_assert(alarm_row_find(w->s, kind, "M1", w->now - DAY_S, &row, &found, &e), "%s",
              e.text);
    return found && row.cleared_at == 0;
}

static size_t
field_orders(struct world *w)
{
    json_t *rows =
        list_array(w->s, "field_orders", &(struct list_filter){.limit = 10}, 2, &e);
    size_t n = json_array_size(rows);

    json_decref(rows);
    return n;
}

static struct order
restore_of(struct world *w)
{
    struct order o;
    bool found;

    cr_assert(order_newest_sent(w->s, w->meter[0].id, ORDER_RESTORE, &o, &found, &e) &&
                  found,
              "%s", e.text);
    return o;
}

Test(restore, it_is_tried_for_ever_with_rests_an_alarm_and_a_technician, .timeout = 60)
{
    struct world *w = dark_world();
    utc_t paid = w->paid_at;
    int tries;

    live(w, paid + HOUR_S + 50 * MINUTE_S);
    cr_expect_not(alarm_is_on(w, "restore-late"));
    live(w, paid + 2 * HOUR_S + 10 * MINUTE_S);
    cr_expect(alarm_is_on(w, "restore-late"));
    cr_expect_eq(field_orders(w), 0);
    live(w, paid + 6 * HOUR_S + 10 * MINUTE_S);
    cr_expect_eq(field_orders(w), 1);
    tries = restore_of(w).tries;
    live(w, paid + 30 * HOUR_S);
    cr_expect_geq(restore_of(w).tries, tries + 20, "got %d after %d", restore_of(w).tries,
                  tries);
    cr_expect_leq(restore_of(w).tries, tries + 30);
    cr_expect(restore_of(w).finished_at == 0);
    w->faults_left[1] = 0; /* the network is well again */
    live(w, paid + 32 * HOUR_S);
    cr_expect(w->closed[0]);
    cr_expect_eq(restore_of(w).state, ORDER_VERIFIED);
    cr_expect_eq(switched(w, "ON"), 1);
    cr_expect_not(alarm_is_on(w, "restore-late"));
    world_end(w);
}

Test(restore, the_law_may_ask_for_a_technician_earlier_than_the_settings)
{
    struct world *w = dark_world();

    w->policy.reconnect_s = 3 * HOUR_S;
    live(w, w->paid_at + 3 * HOUR_S + 10 * MINUTE_S);
    cr_expect_eq(field_orders(w), 1);
    world_end(w);
}

Test(restore, nothing_is_switched_on_while_somebody_works_at_the_meter)
{
    const struct relay_who who = {"root", "cli"};
    struct world *w = world_make(FAULT_NONE);
    struct relay r;

    order_cut(w);
    live(w, w->now + 20 * MINUTE_S);
    r = relay_of(w);
    cr_assert(store_begin(w->s, &e) &&
                  relay_lock(&r, &who, &w->meter[0], true, "Otieno changes the box", &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    pay(w);
    live(w, w->now + 3 * HOUR_S);
    cr_expect_not(w->closed[0]);
    r = relay_of(w);
    cr_assert(store_begin(w->s, &e) && relay_lock(&r, &who, &w->meter[0], false, "", &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    live(w, w->now + HOUR_S);
    cr_expect(w->closed[0], "supply is not back after the work");
    world_end(w);
}

Test(restore, a_proposal_that_nobody_approves_expires)
{
    struct world *w = world_make(FAULT_NONE);
    struct relay r = relay_of(w);
    const struct relay_who amina = {"amina", "cli"};
    struct relay_wish wish = {.meter = &w->meter[0], .cause = CAUSE_ARREARS};
    struct relay_outcome out;

    cr_assert(store_begin(w->s, &e) && relay_propose(&r, &amina, &wish, &out, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    live(w, w->now + 25 * HOUR_S);
    cr_expect_eq(order_now(w, out.order_id).state, ORDER_EXPIRED);
    cr_expect_str_eq(order_now(w, out.order_id).note, "nobody approved it in time");
    cr_expect_eq(w->n_journal, 0);
    world_end(w);
}
