/* A bill run that is killed over and over. METERPOST_SEED kills elsewhere. */
#include "billing/town.h"
#include "seed.h"

#include "meterpost/billing/recompute.h"
#include "store/stmt.h"

#define ACCOUNTS 120
#define TURNS    2000

static void
kill_make(void)
{
    seed_random(1);
    town_make();
}

TestSuite(run_kill, .init = kill_make, .fini = town_remove, .timeout = 100);

static long
pick(long n)
{
    return random() % n;
}

/* Every tenth account cannot be billed. */
static void
settle_town(void)
{
    for (int i = 0; i < ACCOUNTS; i++) {
        char name[12];
        int64_t meter;

        snprintf(name, sizeof(name), "%d", 1000 + i);
        meter = add_meter(name, add_account(name, "power"), "2026-10-01", 0, 1);
        if (i % 10 != 0)
            add_reading(meter, "2026-11-01T00:00", 1000 + pick(90000));
    }
    cr_assert(store_commit(s, &e), "%s", e.text);
}

/* The power went: what was not committed is gone. */
static void
die_and_return(void)
{
    store_close(s);
    cr_assert(store_open(town_path, STORE_WRITE, &s, &e), "%s", e.text);
    b.store = s;
}

static int64_t
ask(const char *sql)
{
    struct stmt *q = stmt_get(s, sql, &e);
    int64_t n;

    cr_assert(q != NULL && stmt_one_int(q, &n, &found, &e), "%s", e.text);
    return n;
}

/* One slice, ended in one of three ways. */
static void
one_turn(int64_t id)
{
    static struct job job;

    cr_assert(store_begin(s, &e), "%s", e.text);
    cr_assert(job_get(s, id, &job, &found, &e) && found);
    if (job.state == JOB_RUNNING) {
        cr_assert(billing_run_slice(&b, &job, 50, 1 + (int)pick(9), &e), "%s", e.text);
        cr_assert(job_save(s, &job, b.now, &e));
    }
    switch (pick(4)) {
    case 0: store_rollback(s); break;
    case 1: die_and_return(); break;
    default: cr_assert(store_commit(s, &e), "%s", e.text); break;
    }
}

static bool
is_running(int64_t id)
{
    static struct job job;

    cr_assert(job_get(s, id, &job, &found, &e) && found);
    return job.state == JOB_RUNNING;
}

static void
expect_each_gives_itself_again(void)
{
    static struct quote q;
    struct bill bill = {0};

    for (;;) {
        cr_assert(bill_next_of_period(s, 0, b.now, bill.id, &bill, &found, &e));
        if (!found)
            return;
        cr_assert(billing_recompute(s, &bill, &q, &e), "%s", e.text);
        cr_expect_eq(q.total.minor, bill.total.minor, "%s", bill.number);
    }
}

Test(run_kill, every_account_has_one_bill_and_numbers_have_no_gap)
{
    int64_t one, two;
    int turns = 0;

    settle_town();
    cr_assert(store_begin(s, &e));
    cr_assert(billing_run_start(&b, "2026-10", NULL, "test", &one, &e), "%s", e.text);
    cr_assert(billing_run_start(&b, "2026-10", NULL, "test", &two, &e), "a second one");
    cr_assert(store_commit(s, &e));
    for (; turns < TURNS && (is_running(one) || is_running(two)); turns++)
        one_turn(pick(2) == 0 ? one : two);
    cr_assert_lt(turns, TURNS);
    cr_expect_eq(ask("SELECT count(*) FROM bill"), ACCOUNTS * 9 / 10);
    cr_expect_eq(ask("SELECT count(DISTINCT account_id) FROM bill"), ACCOUNTS * 9 / 10);
    cr_expect_eq(ask("SELECT max(seq) FROM bill"), ACCOUNTS * 9 / 10);
    cr_expect_eq(ask("SELECT min(seq) FROM bill"), 1);
    cr_expect_eq(ask("SELECT last FROM number_series"), ACCOUNTS * 9 / 10);
    expect_each_gives_itself_again();
    expect_ledger_agrees();
    cr_assert(store_begin(s, &e)); /* town_remove() ends it */
}
