/* health_orders.c - supply and the people who wait: restores that take too long, cuts that
 * wait for a second person, customers without an answer. For `today`. */
#include "health.h"

#include "meterpost/base/text.h"
#include "meterpost/relay/candidate.h"
#include "meterpost/store/arrears.h"
#include "meterpost/store/morning.h"

#include <stdio.h>

#define TICKET_OLD (2 * DAY_S)

static void
look_at_restores(struct cli *c, json_t *rows, const struct morning_orders *m)
{
    long long min = (long long)((c->desk->now - m->restores_since) / MINUTE_S);

    if (m->restores_late > 0)
        health_add(rows, "restores", HEALTH_BAD,
                   "meterpost order list restore --state open",
                   "%lld who paid have no supply yet, the first for %lld min",
                   (long long)m->restores_late, min);
    else if (m->restores_open > 0)
        health_add(rows, "restores", HEALTH_OK, "meterpost order list restore --state open",
                   "%lld on their way, the first for %lld min", (long long)m->restores_open,
                   min);
    if (m->restores > 0)
        health_add(rows, "restores", HEALTH_OK, NULL, "%lld supplies are on again today",
                   (long long)m->restores);
}

static void
look_at_approvals(struct cli *c, json_t *rows, const struct morning_orders *m)
{
    char sum[AMOUNT_TEXT_MAX], mend[80] = "meterpost order list --state proposed";

    if (m->proposed == 0)
        return;
    money_show(m->proposed_sum, c->desk->conf->decimals, sum);
    if (m->proposed_batch != 0)
        snprintf(mend, sizeof(mend), "meterpost cut approve %lld",
                 (long long)m->proposed_batch);
    health_add(rows, "approvals", HEALTH_WARN, mend,
               "%lld cuts wait for a second person, %s %s", (long long)m->proposed, sum,
               c->desk->conf->utility.currency);
}

static void
look_at_cuts(json_t *rows, const struct morning_orders *m)
{
    if (m->in_doubt > 0)
        health_add(rows, "orders", HEALTH_BAD, "meterpost order list --state in_doubt",
                   "%lld may have acted or not", (long long)m->in_doubt);
    if (m->failed > 0)
        health_add(rows, "orders", HEALTH_WARN, "meterpost order list --state failed",
                   "%lld failed today", (long long)m->failed);
    if (m->cuts_open > 0)
        health_add(rows, "orders", HEALTH_OK, "meterpost order list cut --state open",
                   "%lld cuts are under way", (long long)m->cuts_open);
    if (m->cuts > 0)
        health_add(rows, "orders", HEALTH_OK, NULL, "%lld supplies were cut today",
                   (long long)m->cuts);
}

struct cut_list {
    int may, kept; /* meters; those that only wait for their hour may */
    struct money owed;
};

static bool
count_candidate(const struct relay_candidate *one, void *context)
{
    struct cut_list *l = context;
    struct err overflow;

    if (one->guards.n != 0 && !guard_only_waits(&one->guards)) {
        l->kept++;
        return true;
    }
    l->may++;
    return money_add(&l->owed, one->arrears.overdue, &overflow);
}

/* The guards know more than the settings alone: profiles, and the law of the place. */
static void
look_at_candidates(struct cli *c, json_t *rows)
{
    struct problems p = {0};
    struct desk *whole = desk_load(c->config, &p);
    struct cut_list l = {.may = 0};
    char owed[AMOUNT_TEXT_MAX];
    struct relay r;
    struct err e;

    problems_free(&p);
    if (whole == NULL) {
        health_add(rows, "settings", HEALTH_BAD, "meterpost check",
                   "cannot be used by the engine");
        return;
    }
    whole->now = c->desk->now;
    whole->store = c->desk->store;
    r = desk_relay(whole);
    if (!relay_each_candidate(&r, NULL, count_candidate, &l, &e)) {
        health_add(rows, "cut list", HEALTH_BAD, "meterpost cut list", "%s", e.text);
    } else if (l.may > 0) {
        money_show(l.owed, c->desk->conf->decimals, owed);
        health_add(rows, "cut list", HEALTH_OK, "meterpost cut list",
                   "%d can be cut, they owe %s %s; guards keep %d", l.may, owed,
                   c->desk->conf->utility.currency, l.kept);
    } else if (l.kept > 0) {
        health_add(rows, "cut list", HEALTH_OK, "meterpost cut list",
                   "none can be cut; guards keep %d", l.kept);
    }
    whole->store = NULL;
    desk_free(whole);
}

/* Without payments of the last hours nobody is taken further, and nothing is cut. */
static void
look_at_feed(struct cli *c, json_t *rows)
{
    int64_t age_max = c->desk->conf->arrears.cut.payment_feed_max_age_s;
    struct err e;
    utc_t at;

    if (c->desk->conf->arrears.n_stages == 0 || !arrears_feed_at(c->desk->store, &at, &e) ||
        at + age_max > c->desk->now)
        return;
    health_add(rows, "payments", HEALTH_WARN, "meterpost pay import FILE",
               "none are known since %lld h: nobody is reminded or cut until they are",
               (long long)(at == 0 ? age_max : c->desk->now - at) / HOUR_S);
}

static void
look_at_people(struct cli *c, json_t *rows, const struct morning_orders *m)
{
    int64_t age = m->tickets == 0 ? 0 : c->desk->now - m->tickets_since;

    if (m->field > 0)
        health_add(rows, "field", HEALTH_OK, "meterpost field list",
                   "%lld orders are with technicians", (long long)m->field);
    if (m->tickets > 0)
        health_add(rows, "customers", age > TICKET_OLD ? HEALTH_WARN : HEALTH_OK,
                   "meterpost complaint list --state open",
                   "%lld wait for an answer, the first for %lld h", (long long)m->tickets,
                   (long long)(age / HOUR_S));
}

bool
health_orders(struct cli *c, json_t *rows, utc_t from, struct err *e)
{
    struct morning_orders m = {0};
    utc_t now = c->desk->now;

    if (!store_morning_orders(c->desk->store, from,
                              now - c->desk->conf->arrears.cut.restore_alarm_s, now, &m, e))
        return false;
    look_at_restores(c, rows, &m);
    look_at_cuts(rows, &m);
    if (m.to_cut > 0)
        look_at_candidates(c, rows);
    look_at_approvals(c, rows, &m);
    look_at_feed(c, rows);
    look_at_people(c, rows, &m);
    return true;
}
