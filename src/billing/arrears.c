#include "meterpost/billing/arrears.h"

#include <string.h>

#define DEBTS_MAX 256 /* of one account; older ones come first */

int
arrears_bucket(int age_days)
{
    int bucket = age_days <= 0 ? 0 : 1 + (age_days - 1) / 30;

    return bucket < ARREARS_BUCKETS ? bucket : ARREARS_BUCKETS - 1;
}

/* Whole local days between the days of two times. */
static int
days_between(utc_t from, utc_t to)
{
    utc_t a = clock_day_start(from, 0), b = clock_day_start(to, 0);

    return (int)((b - a + (b >= a ? DAY_S / 2 : -DAY_S / 2)) / DAY_S);
}

static void
age_one(const struct arrears_debt *d, utc_t now, struct arrears *out)
{
    int age = days_between(d->due_at, now);

    out->bucket[arrears_bucket(age)].minor += d->open.minor;
    if (age <= 0)
        return;
    out->overdue.minor += d->open.minor;
    out->unpaid += d->is_bill;
    if (out->oldest_due == 0 || d->due_at < out->oldest_due) {
        out->oldest_due = d->due_at;
        out->age_days = age;
    }
}

void
arrears_age(const struct arrears_debt *debts, int n, struct money credit, utc_t now,
            int months, struct arrears *out)
{
    utc_t first = months == 0 ? 0 : clock_month_start(now, -months);

    *out = (struct arrears){.credit = credit};
    for (int i = 0; i < n; i++) {
        if (debts[i].planned)
            out->planned.minor += debts[i].open.minor;
        else if (debts[i].disputed || debts[i].due_at < first)
            out->disputed.minor += debts[i].open.minor;
        else
            age_one(&debts[i], now, out);
    }
    out->overdue.minor -= credit.minor;
    if (out->overdue.minor > 0)
        return;
    out->overdue.minor = 0;
    out->oldest_due = 0;
    out->age_days = out->unpaid = 0;
}

/* Which debts a complaint is about. */
static bool
mark_disputed(struct store *s, int64_t account_id, const struct item *items,
              struct arrears_debt *debts, int n, struct err *e)
{
    struct dispute d = {0};
    bool found;

    for (;;) {
        if (!dispute_next_open(s, account_id, d.id, &d, &found, e))
            return false;
        if (!found)
            return true;
        for (int i = 0; i < n; i++)
            debts[i].disputed =
                debts[i].disputed || d.item_id == 0 || d.item_id == items[i].id;
    }
}

static bool
mark_planned(struct store *s, int64_t account_id, const struct item *items,
             struct arrears_debt *debts, int n, struct err *e)
{
    struct plan plan;
    bool found;

    if (!plan_open_of(s, account_id, &plan, &found, e))
        return false;
    for (int i = 0; found && i < n; i++) {
        if (!plan_covers(s, account_id, items[i].id, &debts[i].planned, e))
            return false;
    }
    return true;
}

static bool
sum_credit(struct store *s, int64_t account_id, struct money *out, struct err *e)
{
    struct item items[DEBTS_MAX];
    int n;

    *out = (struct money){0};
    if (!items_open(s, account_id, true, items, DEBTS_MAX, &n, e))
        return false;
    for (int i = 0; i < n; i++)
        out->minor -= items[i].open.minor;
    return true;
}

bool
arrears_of(struct store *s, const struct policy *policy, int64_t account_id, utc_t now,
           struct arrears *out, struct err *e)
{
    struct item items[DEBTS_MAX];
    struct arrears_debt debts[DEBTS_MAX] = {{{0}, 0, false, false, false}};
    struct money credit;
    int n;

    if (!items_open(s, account_id, false, items, DEBTS_MAX, &n, e) ||
        !sum_credit(s, account_id, &credit, e))
        return err_in(e, "arrears");
    for (int i = 0; i < n; i++) {
        debts[i].open = items[i].open;
        debts[i].due_at = items[i].due_at;
        debts[i].is_bill = items[i].kind == ITEM_BILL || items[i].kind == ITEM_OPENING;
    }
    if (!mark_disputed(s, account_id, items, debts, n, e) ||
        !mark_planned(s, account_id, items, debts, n, e))
        return err_in(e, "arrears");
    arrears_age(debts, n, credit, now, policy->max_backbill_months, out);
    return true;
}

/* ---- delivered? ---- */

utc_t
arrears_delivered_at(const struct arrears_step *t, enum conf_delivered rule, bool reports,
                     int after_s)
{
    bool by_time = rule == DELIVERED_SENT || (rule == DELIVERED_AUTO && !reports);

    if (t->delivered_at != 0)
        return t->delivered_at;
    if (strcmp(t->message, "delivered") == 0)
        return t->arrived_at;
    if (by_time && t->sent_at != 0 && strcmp(t->message, "sent") == 0)
        return t->sent_at + after_s;
    return 0;
}

static const struct conf_stage *
stage_named(const struct conf *conf, const char *name)
{
    for (int i = 0; i < conf->arrears.n_stages; i++) {
        if (strcmp(conf->arrears.stages[i].name, name) == 0)
            return &conf->arrears.stages[i];
    }
    return NULL;
}

utc_t
arrears_step_delivered(const struct conf *conf, const struct arrears_step *t)
{
    const struct conf_stage *stage = stage_named(conf, t->stage);
    const struct conf_modem *modem = conf_modem_find(conf, t->modem);

    return arrears_delivered_at(t, stage == NULL ? DELIVERED_AUTO : stage->delivered,
                                modem == NULL || modem->delivery_reports,
                                conf->arrears.delivered_after_s);
}

struct money
arrears_least(const struct conf *conf, const struct conf_stage *stage)
{
    if (stage != NULL && stage->min_debt.minor > conf->arrears.min_debt.minor)
        return stage->min_debt;
    return conf->arrears.min_debt;
}
