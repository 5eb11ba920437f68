/* The last moment before the worker of a wire gets a command. */
#include "world_turn.h"

#include "meterpost/bus/job.h"

static struct bus_job
job_of(struct world *w, int64_t id)
{
    struct bus_job j = {.id = 0};
    bool found;

    cr_assert(bus_job_by_id(w->s, id, &j, &found, &e) && found, "%s", e.text);
    return j;
}

/* The first meter is on a wire and has no phone. */
static void
move_to_wire(struct world *w)
{
    struct meter m = w->meter[0];

    m.phone[0] = m.profile[0] = '\0';
    m.has_relay = true;
    strcpy(m.bus, "line-1");
    strcpy(m.protocol, "dlt645-2007");
    strcpy(m.address, "000000000161");
    cr_assert(store_begin(w->s, &e) && meter_update(w->s, &m, w->now, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    w->meter[0] = m;
}

static void
work(struct world *w)
{
    struct relay r = relay_of(w);
    int done = 1;

    cr_assert(store_begin(w->s, &e));
    while (done > 0)
        cr_assert(relay_work(&r, 100, &done, &e), "%s", e.text);
    cr_assert(store_commit(w->s, &e));
}

/* The worker has done it, and says how the relay stands. */
static void
end_job(struct world *w, int64_t id, enum bus_job_state state, const char *relay)
{
    struct bus_job j = job_of(w, id);

    j.state = state;
    j.ended_at = w->now;
    strcpy(j.relay, relay);
    cr_assert(store_begin(w->s, &e) && bus_job_save(w->s, &j, &e) && store_commit(w->s, &e),
              "%s", e.text);
}

/* A cut whose command waits for the worker; its job. */
static int64_t
queued_cut(struct world *w, int64_t *order)
{
    struct order o;

    move_to_wire(w);
    *order = order_cut(w);
    work(w);
    o = order_now(w, *order);
    cr_assert_neq(o.check_job_id, 0, "it was not looked at: %s", o.note);
    cr_assert_eq(o.job_id, 0);
    end_job(w, o.check_job_id, BUS_JOB_DONE, "closed");
    work(w);
    o = order_now(w, *order);
    cr_assert_eq(o.state, ORDER_QUEUED, "%s", o.note);
    cr_assert_neq(o.job_id, 0);
    cr_expect_eq(o.tries, 0);
    return o.job_id;
}

static bool
gate(struct world *w, int64_t job)
{
    struct bus_job j = job_of(w, job);
    struct relay r = relay_of(w);
    bool may;

    cr_assert(store_begin(w->s, &e) && relay_gate_job(&r, &j, &may, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
    return may;
}

static void
switch_flag(struct world *w, bool on)
{
    const struct relay_who who = {"root", "cli"};
    struct relay r = relay_of(w);

    cr_assert(store_begin(w->s, &e) &&
                  relay_flag(&r, &who, FLAG_KILL, on, "storm", 0, &e) &&
                  store_commit(w->s, &e),
              "%s", e.text);
}

Test(gate_wire, a_cut_leaves_only_when_the_worker_takes_it)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id, job = queued_cut(w, &id);
    struct order o;

    cr_expect(gate(w, job));
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_SENT);
    cr_expect_eq(o.tries, 1);
    cr_expect(gate(w, job), "the worker did not begin: the same job once more");
    cr_expect_eq(order_now(w, id).tries, 1);
    end_job(w, job, BUS_JOB_DONE, "open");
    work(w);
    w->now += 10;
    work(w);
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_ACKNOWLEDGED, "its own word is no proof");
    end_job(w, o.check_job_id, BUS_JOB_DONE, "open");
    work(w);
    cr_expect_eq(order_now(w, id).state, ORDER_VERIFIED);
    cr_expect(!gate(w, job), "its order is over");
    world_end(w);
}

Test(gate_wire, what_changes_while_it_waits_for_the_worker_holds_it_back)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id, job = queued_cut(w, &id);
    struct order o;

    switch_flag(w, true);
    cr_expect(!gate(w, job));
    cr_expect_eq(job_of(w, job).state, BUS_JOB_CANCELLED);
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_APPROVED, "%s: %s", order_state_name(o.state), o.note);
    cr_expect_not_null(strstr(o.note, "kill switch"), "%s", o.note);
    work(w); /* that the job has ended is no news */
    switch_flag(w, false);
    w->now += HOUR_S;
    work(w);
    cr_expect_neq(order_now(w, id).check_job_id, o.check_job_id, "it is looked at again");
    world_end(w);
}

Test(gate_wire, money_that_comes_while_it_waits_ends_it)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id, job = queued_cut(w, &id);
    struct order o;

    pay(w);
    cr_expect(!gate(w, job));
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_CANCELLED, "%s: %s", order_state_name(o.state), o.note);
    cr_expect_eq(job_of(w, job).state, BUS_JOB_CANCELLED);
    world_end(w);
}

/* Refused, or accepted and not done: a separate look decides; after two commands it is a
 * technician's. */
Test(gate_wire, a_command_without_effect_is_not_tried_for_ever)
{
    struct world *w = world_make(FAULT_NONE);
    int64_t id, job = queued_cut(w, &id);
    struct order o;

    for (int i = 0; i < 40 && order_now(w, id).finished_at == 0; i++) {
        o = order_now(w, id);
        if (o.state == ORDER_QUEUED && o.job_id != 0 && gate(w, o.job_id))
            end_job(w, o.job_id, BUS_JOB_FAILED, "closed");
        else if (o.check_at != 0)
            end_job(w, o.check_job_id, BUS_JOB_DONE, "closed");
        else
            w->now += MINUTE_S;
        work(w);
    }
    o = order_now(w, id);
    cr_expect_eq(o.state, ORDER_FAILED, "%s: %s", order_state_name(o.state), o.note);
    cr_expect_eq(o.tries, 2);
    (void)job;
    world_end(w);
}
