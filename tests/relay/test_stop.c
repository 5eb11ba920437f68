/* What stops cuts that two people have agreed on, and what lets them go on. */
#include "world_turn.h"

static const struct relay_who root = {"root", "cli"};

struct stop {
    const char *name;
    void (*put)(struct world *w);  /* in the way, before the cut is handed out */
    void (*lift)(struct world *w); /* NULL: time does */
    const char *note;              /* of the order that waits */
    int hours;                     /* until it goes on by itself */
};

static void
file_put(struct world *w)
{
    FILE *f;

    snprintf(w->conf.arrears.cut.kill_file, sizeof(w->conf.arrears.cut.kill_file),
             "%s/STOP", w->dir);
    f = fopen(w->conf.arrears.cut.kill_file, "w");
    cr_assert(f != NULL && fclose(f) == 0);
}

static void
file_lift(struct world *w)
{
    cr_assert_eq(unlink(w->conf.arrears.cut.kill_file), 0);
}

static void
set_flag(struct world *w, enum flag flag, bool on, utc_t until)
{
    struct relay r = relay_of(w);

    cr_assert(store_begin(w->s, &e) &&
                  relay_flag(&r, &root, flag, on, "for a reason", until, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
}

static void
kill_put(struct world *w)
{
    set_flag(w, FLAG_KILL, true, 0);
}

static void
kill_lift(struct world *w)
{
    set_flag(w, FLAG_KILL, false, 0);
}

static void
maintenance_put(struct world *w)
{
    set_flag(w, FLAG_MAINTENANCE, true, 0);
}

static void
maintenance_lift(struct world *w)
{
    set_flag(w, FLAG_MAINTENANCE, false, 0);
}

static void
moratorium_put(struct world *w)
{
    set_flag(w, FLAG_MORATORIUM, true, w->now + 5 * HOUR_S);
}

/* The machine has just started. */
static void
clock_put(struct world *w)
{
    struct relay r = relay_of(w);

    cr_assert(store_begin(w->s, &e) && relay_clock_doubt(&r, "just started", &e) &&
                  relay_clock_heard(&r, w->now - HOUR_S, w->now, &e) &&
                  relay_clock_heard(&r, 0, w->now, &e) && store_commit(w->s, &e),
              "%s", e.text);
}

/* A message comes, and its service centre has the same time. */
static void
clock_lift(struct world *w)
{
    struct relay r = relay_of(w);

    cr_assert(store_begin(w->s, &e) && relay_clock_heard(&r, w->now - 20, w->now, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
}

static void
silence_put(struct world *w)
{
    w->now += 2 * DAY_S;
}

static void
silence_lift(struct world *w)
{
    cr_assert(store_begin(w->s, &e) &&
                  meter_set_contact(w->s, w->meter[0].id, w->now, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
}

/* One that was sent in this way has gone wrong. */
static void
fail_order(struct world *w, int64_t id, enum order_way way)
{
    struct order o = order_now(w, id);

    o.sent_at = o.finished_at = w->now;
    o.tries = 1;
    o.way = way;
    o.state = ORDER_FAILED;
    cr_assert(store_begin(w->s, &e) && order_save(w->s, &o, &e) && store_commit(w->s, &e),
              "%s", e.text);
}

/* One cut has just gone out, to the neighbour. */
static void
neighbour(struct world *w)
{
    fail_order(w, order_cut_of(w, 1), WAY_SMS);
}

static void
hour_put(struct world *w)
{
    w->conf.arrears.cut.hourly_limit = 1;
    neighbour(w);
}

static void
day_put(struct world *w)
{
    w->conf.arrears.cut.daily_limit = 1;
    neighbour(w);
}

static void
group_put(struct world *w)
{
    struct group g = {.code = "T-1", .name = "Transformer 1", .kind = "transformer"};
    bool found;

    cr_assert(store_begin(w->s, &e) && group_add(w->s, &g, &g.id, &e), "%s", e.text);
    for (int i = 0; i < METERS; i++) {
        w->meter[i].group_id = g.id;
        cr_assert(meter_update(w->s, &w->meter[i], w->now, &e) &&
                      meter_by_id(w->s, w->meter[i].id, &w->meter[i], &found, &e),
                  "%s", e.text);
    }
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    w->conf.arrears.cut.group_limit = 1;
    neighbour(w);
}

static void
outage_put(struct world *w)
{
    struct relay r = relay_of(w);
    struct group g;
    bool found;

    group_put(w);
    w->conf.arrears.cut.group_limit = 0;
    cr_assert(store_begin(w->s, &e) && group_by_code(w->s, "T-1", &g, &found, &e) &&
                  relay_outage(&r, &root, &g, true, "line down", &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
}

static void
outage_lift(struct world *w)
{
    struct relay r = relay_of(w);
    struct group g;
    bool found;

    cr_assert(store_begin(w->s, &e) && group_by_code(w->s, "T-1", &g, &found, &e) &&
                  relay_outage(&r, &root, &g, false, "", &e) && store_commit(w->s, &e),
              "%s", e.text);
}

static const struct stop stops[] = {
    {"kill switch", kill_put, kill_lift, "kill switch is on: for a reason", 0},
    {"kill file", file_put, file_lift, "kill switch is on: the file", 0},
    {"maintenance", maintenance_put, maintenance_lift, "under maintenance", 0},
    {"moratorium", moratorium_put, NULL, "no cuts for now", 6},
    {"clock", clock_put, clock_lift, "nobody has confirmed the clock", 0},
    {"silence", silence_put, silence_lift, "was not heard for 48 h", 0},
    {"hour", hour_put, NULL, "cuts in this hour, the limit", 2},
    {"day", day_put, NULL, "cuts on this day, the limit", 16},
    {"group", group_put, NULL, "cuts in this group today, the limit", 16},
    {"outage", outage_put, outage_lift, "T-1 has no supply", 0},
};

Test(stop, a_cut_waits_while_anything_is_in_its_way_and_then_goes_on, .timeout = 60)
{
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        const struct stop *x = &stops[i];
        struct world *w = world_make(FAULT_NONE);
        struct order o;
        int64_t id;

        w->conf.arrears.cut.approval_s = 2 * DAY_S;
        if (strcmp(x->name, "kill switch") != 0 && strcmp(x->name, "kill file") != 0) {
            x->put(w);
            id = order_cut(w);
        } else { /* while it is on nothing is proposed at all */
            id = order_cut(w);
            x->put(w);
        }
        live(w, w->now + 20 * MINUTE_S);
        o = order_now(w, id);
        cr_expect_eq(o.state, ORDER_APPROVED, "%s: %s", x->name, order_state_name(o.state));
        cr_expect_not_null(strstr(o.note, x->note), "%s: %s", x->name, o.note);
        cr_expect_eq(w->n_journal, 0, "%s: it was cut", x->name);
        if (x->lift != NULL)
            x->lift(w);
        live(w, w->now + x->hours * HOUR_S + 30 * MINUTE_S);
        o = order_now(w, id);
        cr_expect_eq(o.state, ORDER_VERIFIED, "%s: %s: %s", x->name,
                     order_state_name(o.state), o.note);
        cr_expect_eq(w->n_journal, 1, "%s: %d switches", x->name, w->n_journal);
        world_end(w);
    }
}

Test(stop, in_the_trial_of_a_new_utility_all_goes_its_way_but_the_command)
{
    struct world *w = world_make(FAULT_NONE);
    struct order o;
    int64_t id;

    w->conf.arrears.cut.trial_s = 3650 * DAY_S;
    id = order_cut(w);
    live(w, w->now + HOUR_S);
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_CANCELLED, "%s", order_state_name(o.state));
    cr_expect_not_null(strstr(o.note, "trial: all guards pass"), "%s", o.note);
    cr_expect_eq(w->n_journal, 0);
    world_end(w);
}

Test(stop, what_a_person_doubts_a_message_does_not_confirm)
{
    struct world *w = world_make(FAULT_NONE);
    char why[PLACE_MAX];
    struct relay r;
    bool on;

    set_flag(w, FLAG_CLOCK, true, 0);
    clock_lift(w);
    r = relay_of(w);
    cr_assert(relay_flag_now(&r, FLAG_CLOCK, &on, why, &e));
    cr_expect(on);
    cr_expect_str_eq(why, "for a reason (root)");
    world_end(w);
}

/* Cuts that go wrong one after the other stop the rest; that nobody was at home does not.
 */
Test(stop, failures_in_a_row_stop_all_until_somebody_has_looked)
{
    static const enum order_way ways[] = {WAY_SMS, WAY_FIELD};

    for (size_t i = 0; i < 2; i++) {
        struct world *w = world_make(FAULT_NONE);
        struct relay r = relay_of(w);
        int64_t id;

        w->conf.arrears.cut.failures = 1;
        id = order_cut_of(w, 1);
        fail_order(w, id, ways[i]);
        id = order_cut(w);
        live(w, w->now + 20 * MINUTE_S);
        cr_expect_eq(order_now(w, id).state,
                     ways[i] == WAY_SMS ? ORDER_APPROVED : ORDER_VERIFIED, "way %zu: %s", i,
                     order_now(w, id).note);
        r.now = w->now;
        cr_assert(store_begin(w->s, &e) &&
                      relay_resume(&r, &root, "the SIM was empty", &e) &&
                      store_commit(w->s, &e),
                  "%s", e.text);
        live(w, w->now + 20 * MINUTE_S);
        cr_expect_eq(order_now(w, id).state, ORDER_VERIFIED);
        world_end(w);
    }
}

/* Supply never waits: whatever stops cuts, who has paid has it back. */
Test(stop, nothing_of_that_stops_a_restore)
{
    static void (*const puts[])(struct world * w) = {kill_put, file_put, maintenance_put,
                                                     moratorium_put, clock_put};

    for (size_t i = 0; i < sizeof(puts) / sizeof(puts[0]); i++) {
        struct world *w = world_make(FAULT_NONE);

        order_cut(w);
        live(w, w->now + 20 * MINUTE_S);
        cr_expect(!w->closed[0]);
        puts[i](w);
        pay(w);
        live(w, w->now + 15 * MINUTE_S);
        cr_expect(w->closed[0], "stop %zu: supply is not back", i);
        if (puts[i] == file_put)
            file_lift(w);
        world_end(w);
    }
}
