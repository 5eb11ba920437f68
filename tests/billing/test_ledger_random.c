/* Whatever happens to accounts in whatever order, and however often it is rolled back: the
 * books agree. METERPOST_SEED plays another game. */
#include "billing/town.h"
#include "seed.h"

#include "meterpost/billing/charge.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/billing/prepaid.h"
#include "meterpost/billing/quote.h"
#include "meterpost/store/list.h"
#include "meterpost/store/tariffs.h"

#define ACCOUNTS 6
#define STEPS    1500
#define CHECK    50 /* steps between two looks at the books */

static int64_t accounts[ACCOUNTS], meters[ACCOUNTS], shown[ACCOUNTS]; /* milli kWh */
static int64_t payments_made, bills_made, version;
static unsigned seed;
static bool ever_charged;

static void
random_make(void)
{
    town_make();
    seed = seed_random(1);
    for (int i = 0; i < ACCOUNTS; i++) {
        char name[12];

        snprintf(name, sizeof(name), "%d", 1000 + i);
        accounts[i] = add_account(name, "power");
        meters[i] = add_meter(name, accounts[i], "2026-10-01", 0, 1);
    }
    cr_assert(tariff_version_put(s, "power", 0, POWER, b.now, &version, &e), "%s", e.text);
}

TestSuite(ledger_random, .init = random_make, .fini = town_remove, .timeout = 60);

static long
pick(long n)
{
    return random() % n;
}

static struct account
any_account(void)
{
    struct account a;

    cr_assert(account_by_id(s, accounts[pick(ACCOUNTS)], &a, &found, &e) && found);
    return a;
}

static int
index_of(int64_t account)
{
    int i = 0;

    while (accounts[i] != account)
        i++;
    return i;
}

/* The bill ends where the meter stands now: the next use counts from there. */
static bool
keep_reading(const struct bill *bill)
{
    int i = index_of(bill->account_id);
    struct bill_reading r = {.meter_id = meters[i],
                             .obis = "1-0:1.8.0",
                             .unit = "kWh",
                             .from_quality = 'A',
                             .to_quality = 'A',
                             .from_at = bill->period_from,
                             .to_at = bill->period_to,
                             .to = {shown[i]},
                             .multiplier_milli = MULTIPLIER_ONE};

    return bill->credit || bill_reading_add(s, bill->id, &r, &e);
}

static bool
issue(const struct account *a, int64_t kwh, const struct bill *corrects)
{
    struct usage usage = {.days = 30, .month = 11};
    struct quote *quote = calloc(1, sizeof(*quote));
    struct bill bill = {.series = "bill",
                        .year = 2026,
                        .account_id = a->id,
                        .period_from = b.now - 30 * DAY_S,
                        .period_to = b.now,
                        .issued_at = b.now,
                        .due_at = b.now + 14 * DAY_S,
                        .tariff_version_id = version,
                        .days = 30,
                        .currency = "KES",
                        .usage = "{}",
                        .actor = "test"};
    bool good;

    cr_assert(usage_set(&usage, "total", (struct quantity){kwh * 1000}, &e));
    cr_assert(quote_compute(tariffs.list[0], &usage, quote, &e), "%s", e.text);
    if (corrects != NULL) {
        for (int i = 0; i < quote->n_lines; i++)
            quote->lines[i].amount.minor *= -1;
        quote->total.minor *= -1;
        quote->rounding.minor *= -1;
        bill.credit = true;
        bill.corrects_id = corrects->id;
        strcpy(bill.series, "credit");
    }
    bill.total = quote->total;
    bill.rounding = quote->rounding;
    good = bill_number_next(s, bill.series, 2026, &bill.seq, &e);
    snprintf(bill.number, sizeof(bill.number), "%s-%06ld", bill.series, (long)bill.seq);
    snprintf(bill.key, sizeof(bill.key), "%s %lld", bill.series, (long long)++bills_made);
    good = good && bill_add(s, &bill, &bill.id, &e);
    for (int i = 0; good && i < quote->n_lines; i++) {
        struct bill_line line = {.amount = quote->lines[i].amount};

        snprintf(line.code, sizeof(line.code), "%s", quote->lines[i].code);
        good = bill_line_add(s, bill.id, i + 1, &line, &e);
    }
    good = good && keep_reading(&bill) &&
           (bill.credit || prepaid_release(s, a, b.now, &e)) &&
           ledger_post_bill(s, a, quote, &bill, &e);
    free(quote);
    return good;
}

/* ---- the things that happen ---- */

static bool
do_bill(void)
{
    struct account a = any_account();

    return issue(&a, pick(200), NULL);
}

static bool
do_credit_note(void)
{
    struct account a = any_account();
    struct bill bill;
    int64_t kwh;

    cr_assert(bill_newest(s, a.id, &bill, &found, &e), "%s", e.text);
    if (!found)
        return true;
    /* the same use gives the same lines: search what was billed */
    for (kwh = 0; kwh < 200; kwh++) {
        struct usage u = {.days = 30, .month = 11};
        struct quote *q = calloc(1, sizeof(*q));
        bool same;

        cr_assert(usage_set(&u, "total", (struct quantity){kwh * 1000}, &e));
        cr_assert(quote_compute(tariffs.list[0], &u, q, &e));
        same = q->total.minor == bill.total.minor;
        free(q);
        if (same)
            break;
    }
    return issue(&a, kwh, &bill);
}

static bool
do_payment(void)
{
    struct account a = any_account();
    char reference[20];
    struct payment_new p = {.account_id = pick(4) == 0 ? 0 : a.id,
                            .amount = {1 + pick(300000)},
                            .channel = pick(2) ? "cash" : "mpesa",
                            .reference = reference,
                            .policy = (enum allocation_policy)pick(3),
                            .actor = "test"};
    struct payment_posted out;

    snprintf(reference, sizeof(reference), "P%lld", (long long)++payments_made);
    return payment_post(s, &p, b.now, &out, &e);
}

static bool
do_repeat(void)
{
    struct payment p;
    struct payment_posted out;
    struct payment_new again;

    if (payments_made == 0)
        return true;
    cr_assert(payment_by_id(s, 1 + pick(payments_made), &p, &found, &e));
    if (!found)
        return true;
    again = (struct payment_new){.account_id = p.account_id,
                                 .amount = p.amount,
                                 .channel = p.channel,
                                 .reference = p.reference,
                                 .actor = "test"};
    cr_assert(payment_post(s, &again, b.now, &out, &e), "%s", e.text);
    cr_expect(out.repeated);
    return true;
}

static bool
do_change(bool reverse)
{
    struct account a = any_account();
    struct payment_change c = {.payment_id = 1 + pick(payments_made + 1),
                               .account_id = a.id,
                               .reason = "test",
                               .policy = (enum allocation_policy)pick(3),
                               .actor = "test"};

    struct payment_place at = {.reversed = true};
    struct payment p;
    bool good;

    cr_assert(payment_by_id(s, c.payment_id, &p, &found, &e), "%s", e.text);
    cr_assert(!found || payment_where(s, &p, &at, &e), "%s", e.text);
    good = (reverse ? payment_reverse : payment_assign)(s, &c, b.now, &e);
    cr_expect_eq(good, !at.reversed && (reverse || at.account_id != a.id),
                 "seed %u payment %lld: %s", seed, (long long)p.id, good ? "" : e.text);
    return good;
}

static bool
do_assign(void)
{
    return do_change(false);
}

static bool
do_reverse(void)
{
    return do_change(true);
}

static bool
do_late_fees(void)
{
    static struct job job;

    job = (struct job){0};
    b.now += 20 * DAY_S;
    while (job.state == JOB_RUNNING)
        cr_assert(late_fee_slice(s, &conf, b.now, &job, 10, &e), "%s", e.text);
    return true;
}

static bool
do_fee(void)
{
    struct account a = any_account();
    static int n;
    char key[20];

    snprintf(key, sizeof(key), "%d", ++n);
    return charge_fee(s, &a, (struct money){1 + pick(5000)}, key, "test", b.now, &e);
}

static bool
do_waive(void)
{
    struct money m;

    return charge_waive(s, 1 + pick(400), "test", b.now, &m, &e);
}

static bool
do_write_off(void)
{
    struct account a = any_account();
    struct money m;

    return pick(4) != 0 || charge_write_off(s, &a, "test", b.now, &m, &e);
}

static bool
do_recover(void)
{
    struct account a = any_account();
    struct money m;

    return charge_recover(s, &a, "test", b.now, &m, &e);
}

static bool
do_deposit(void)
{
    struct account a = any_account();
    struct money m;

    switch (pick(3)) {
    case 0:
        return deposit_take(s, &a, "cash", (struct money){1 + pick(9999)}, "", b.now, &e);
    case 1:
        return deposit_refund(s, &a, "cash", (struct money){1 + pick(999)}, "", b.now, &e);
    default: return deposit_use(s, &a, b.now, &m, &e);
    }
}

static bool
do_prepaid(void)
{
    struct account a = any_account();
    int i = index_of(a.id);
    struct reading r = {.meter_id = meters[i],
                        .obis = "1-0:1.8.0",
                        .unit = "kWh",
                        .value = {shown[i] += pick(50000)},
                        .taken_at = b.now,
                        .received_at = b.now,
                        .quality = 'A',
                        .status = READING_ACCEPTED,
                        .actor = "test"};
    static struct job job;
    int64_t id;

    switch (pick(6)) {
    case 0: return billing_prepaid_end(s, a.id, b.now, &e);
    case 1:
        return billing_prepaid_set(s, a.id, (struct money){pick(9000)},
                                   (struct money){pick(9000)}, b.now, &e);
    default:
        job = (struct job){.state = JOB_RUNNING};
        return reading_add(s, &r, &id, &e) && billing_prepaid_slice(&b, &job, 1000, &e);
    }
}

static bool
do_close_month(void)
{
    static int month;
    struct ledger_closed closed;
    char name[12];
    utc_t until = clock_month_start(b.now, 0);

    if (pick(10) != 0)
        return true;
    snprintf(name, sizeof(name), "close %d", ++month);
    return ledger_close_month(s, name, until, "test", b.now, &closed, &e);
}

static const struct {
    bool (*run)(void);
    int weight;
} things[] = {
    {do_bill, 20},       {do_credit_note, 3}, {do_payment, 25},  {do_repeat, 3},
    {do_assign, 10},     {do_reverse, 6},     {do_late_fees, 1}, {do_fee, 3},
    {do_waive, 4},       {do_write_off, 3},   {do_recover, 3},   {do_deposit, 6},
    {do_close_month, 1}, {do_prepaid, 15},
};
#define THINGS (sizeof(things) / sizeof(things[0]))

static long done[THINGS]; /* how often each was taken in */

/* Things may be refused by a rule. What only the database refuses, no rule has seen: that
 * is a fault of ours, though nothing is written. */
static bool
refused_by_rule(void)
{
    return e.kind == FAIL_REJECT && strstr(e.text, "database:") == NULL;
}

static void
one_thing(void)
{
    long n = 0, at;
    size_t i = 0;
    int64_t payments = payments_made;
    bool good;

    for (size_t k = 0; k < THINGS; k++)
        n += things[k].weight;
    for (at = pick(n); at >= things[i].weight; i++)
        at -= things[i].weight;
    cr_assert(store_mark(s, &e), "%s", e.text);
    good = things[i].run();
    cr_assert(good || refused_by_rule(), "seed %u thing %zu: %s", seed, i, e.text);
    done[i] += good;
    if (good && pick(8) != 0) {
        cr_assert(store_keep(s, &e), "%s", e.text);
    } else { /* refused, or the power went: the numbers it took come again */
        payments_made = payments;
        cr_assert(store_undo(s, &e), "%s", e.text);
    }
    b.now += pick(3 * DAY_S);
}

static void
expect_zero_trial(int step)
{
    struct list_filter f = {.limit = 1000};
    json_t *rows = list_array(s, "trial", &f, 2, &e), *row;
    int64_t sum = 0, value;
    size_t i;

    cr_assert_not_null(rows, "%s", e.text);
    json_array_foreach (rows, i, row) {
        cr_assert(decimal_parse(json_string_value(json_object_get(row, "balance")), 2,
                                &value, &e));
        sum += value;
    }
    json_decref(rows);
    cr_expect_eq(sum, 0, "seed %u step %d: the trial balance is %lld", seed, step,
                 (long long)sum);
}

/* What prepaid accounts were charged and no bill has taken the place of yet. */
static void
expect_accrued(int step)
{
    struct money accrued, one, sum = {0};

    cr_assert(ledger_name_balance(s, "Accrued:prepaid", 0, &accrued, &e), "%s", e.text);
    for (int i = 0; i < ACCOUNTS; i++) {
        cr_assert(prepaid_charged(s, accounts[i], &one, &e), "%s", e.text);
        sum.minor += one.minor;
        ever_charged = ever_charged || one.minor != 0;
    }
    cr_expect_eq(accrued.minor, -sum.minor, "seed %u step %d: %lld accrued, %lld charged",
                 seed, step, (long long)accrued.minor, (long long)sum.minor);
}

Test(ledger_random, the_books_agree_whatever_happens)
{
    int64_t entries;

    conf.late_fee.percent_micro = 2500000;
    conf.late_fee.fixed.minor = 1000;
    conf.late_fee.cap.minor = 20000;
    for (int i = 1; i <= STEPS; i++) {
        one_thing();
        if (i % CHECK != 0)
            continue;
        cr_assert(ledger_verify(s, &entries, &e), "seed %u step %d: %s", seed, i, e.text);
        expect_zero_trial(i);
        expect_accrued(i);
    }
    for (size_t i = 0; i < THINGS; i++)
        cr_expect(done[i] > 0, "seed %u: thing %zu was always refused", seed, i);
    cr_expect(ever_charged, "seed %u: nobody was charged ahead of a bill", seed);
    cr_expect(entries > STEPS / 2, "only %lld entries", (long long)entries);
}

/* No account has a debt and a credit open at the same time. */
Test(ledger_random, credit_never_lies_beside_a_debt)
{
    struct item items[ITEMS_MAX];
    int debts, credits;

    for (int i = 0; i < STEPS / 5; i++)
        one_thing();
    for (int i = 0; i < ACCOUNTS; i++) {
        cr_assert(items_open(s, accounts[i], false, items, ITEMS_MAX, &debts, &e));
        cr_assert(items_open(s, accounts[i], true, items, ITEMS_MAX, &credits, &e));
        cr_expect(debts == 0 || credits == 0, "seed %u account %d: %d debts, %d credits",
                  seed, i, debts, credits);
    }
}
