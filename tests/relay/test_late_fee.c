/* Late fees of the daily run: simple, once a bill, and never on what is set apart. */
#include "meterpost/billing/chase.h"
#include "world.h"

static struct world *w;
static int64_t bill[METERS];

/* What each owes is a bill; a fee of 50.00 comes a week after it was due. */
static void
begin(void)
{
    w = world_make(FAULT_NONE);
    w->conf.late_fee =
        (struct conf_late_fee){.after_s = 7 * DAY_S, .fixed = {5000}, .min_debt = {100}};
    w->conf.arrears.n_stages = 1;
    strcpy(w->conf.arrears.stages[0].name, "reminder");
    w->conf.arrears.stages[0].after_due_s = 900 * DAY_S;
    cr_assert(store_begin(w->s, &e));
    for (int i = 0; i < METERS; i++) {
        struct item item = {.account_id = w->account[i],
                            .kind = ITEM_BILL,
                            .amount = {20000},
                            .open = {20000},
                            .at = when("2026-02-01"),
                            .due_at = when("2026-02-15"),
                            .memo = "bill 1"};

        snprintf(item.key, sizeof(item.key), "bill %d", i);
        cr_assert(item_add(w->s, &item, &bill[i], &e), "%s", e.text);
    }
}

static void
end(void)
{
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    world_end(w);
}

/* A run; how many fees it charged. */
static json_int_t
run(void)
{
    struct chase c = {.store = w->s, .conf = &w->conf, .policy = &w->policy, .now = w->now};
    char why[ARREARS_NOTE_MAX];
    struct job job;
    int64_t id;
    bool found;
    json_t *result;
    json_int_t fees;

    cr_assert(chase_start(&c, "test", &id, why, &e), "%s", e.text);
    cr_assert_neq(id, 0, "%s", why);
    cr_assert(job_get(w->s, id, &job, &found, &e) && found, "%s", e.text);
    while (job.state != JOB_DONE)
        cr_assert(chase_slice(&c, &job, 1000, &e), "%s", e.text);
    result = json_loads(job.result, 0, NULL);
    fees = json_integer_value(json_object_get(result, "fees"));
    json_decref(result);
    return fees;
}

TestSuite(late_fee, .init = begin, .fini = end);

Test(late_fee, each_overdue_bill_costs_once)
{
    cr_expect_eq(run(), 2);
    cr_expect_eq(run(), 0);
    w->now += 3 * DAY_S;
    cr_expect_eq(run(), 0, "a fee on a fee, or twice");
}

Test(late_fee, what_is_not_late_enough_costs_nothing)
{
    w->conf.late_fee.after_s = 30 * DAY_S;
    cr_expect_eq(run(), 0);
}

Test(late_fee, what_is_complained_about_costs_nothing_and_the_rest_does)
{
    struct dispute d = {.account_id = w->account[0],
                        .item_id = bill[0],
                        .opened_at = w->now,
                        .actor = "test",
                        .reason = "too high"};
    int64_t id;

    cr_assert(dispute_add(w->s, &d, &id, &e), "%s", e.text);
    cr_expect_eq(run(), 1);
}

Test(late_fee, an_account_on_hold_costs_nothing)
{
    struct account a;
    bool found;

    cr_assert(account_by_id(w->s, w->account[0], &a, &found, &e) && found);
    strcpy(a.hold, "the director said so");
    cr_assert(account_update(w->s, &a, &e), "%s", e.text);
    cr_expect_eq(run(), 1);
}
