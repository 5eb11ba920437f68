/* verb_prepaid.c - prepaid accounts: who they are, and their daily charge. */
#include "meterpost/base/conf.h"
#include "meterpost/billing/prepaid.h"
#include "meterpost/control/prepaid.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/schedule.h"
#include "verb_books.h"
#include "verbs.h"

#include <stdio.h>

#define PLAN_NAME "prepaid"

static bool
answer_state(struct desk *d, const char *actor, const char *action, const struct account *a,
             json_t *answer, struct err *e)
{
    struct prepaid_state now;
    char subject[80], detail[120], limit[AMOUNT_TEXT_MAX], warn[AMOUNT_TEXT_MAX];

    if (!billing_prepaid_state(d->store, a->id, &now, e))
        return false;
    json_object_set_new(answer, "account", json_string(a->account));
    json_object_set_new(answer, "prepaid", json_boolean(now.prepaid));
    json_object_set_new(answer, "level", json_string(prepaid_level_name(now.level)));
    books_set_money(d, answer, "left", now.left);
    books_set_money(d, answer, "limit", now.limit);
    books_set_money(d, answer, "warn", now.warn);
    snprintf(subject, sizeof(subject), "account %s", a->account);
    snprintf(detail, sizeof(detail), "limit %s, warn %s",
             decimal_print(now.limit.minor, d->conf->decimals, false, limit),
             decimal_print(now.warn.minor, d->conf->decimals, false, warn));
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

/* What is not given stays as it was. */
static bool
read_bounds(struct desk *d, const json_t *arguments, const struct account *a,
            struct money *limit, struct money *warn, struct err *e)
{
    struct prepaid p;
    bool found;

    if (!prepaid_get(d->store, a->id, &p, &found, e))
        return false;
    *limit = found ? p.limit : (struct money){0};
    *warn = found ? p.warn : (struct money){0};
    return (json_object_get(arguments, "limit") == NULL ||
            books_amount(d, arguments, "limit", limit, e)) &&
           (json_object_get(arguments, "warn") == NULL ||
            books_amount(d, arguments, "warn", warn, e));
}

bool
verb_prepaid_set(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct money limit, warn;
    struct account a;

    return books_account(d, arguments, &a, e) &&
           read_bounds(d, arguments, &a, &limit, &warn, e) &&
           billing_prepaid_set(d->store, a.id, limit, warn, d->now, e) &&
           answer_state(d, actor, "prepaid.set", &a, answer, e);
}

bool
verb_prepaid_end(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct account a;

    return books_account(d, arguments, &a, e) &&
           billing_prepaid_end(d->store, a.id, d->now, e) &&
           answer_state(d, actor, "prepaid.end", &a, answer, e);
}

bool
verb_prepaid_run(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    int64_t id;

    (void)arguments;
    if (!job_add(d->store, PREPAID_JOB, "{}", actor, d->now, &id, e))
        return false;
    json_object_set_new(answer, "job", json_integer(id));
    return audit_add(d->store, d->now, actor, "cli", "prepaid.run", "all accounts", "", e);
}

bool
job_prepaid_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    struct billing b = {.store = d->store,
                        .conf = d->conf,
                        .tariffs = d->tariffs,
                        .templates = d->templates,
                        .now = d->now};

    return billing_prepaid_slice(&b, job, budget_ms, e);
}

/* ---- every day ---- */

static utc_t
next_time(const struct conf *conf, utc_t after)
{
    utc_t at = clock_day_start(after, 0) + conf->billing.prepaid_at_min * MINUTE_S;

    return at > after ? at
                      : clock_day_start(after, 1) + conf->billing.prepaid_at_min * MINUTE_S;
}

bool
prepaid_plan(struct desk *d, int *done, struct err *e)
{
    struct schedule p = {.name = PLAN_NAME};
    struct prepaid one;
    bool planned, any;
    int64_t id;

    if (!prepaid_next(d->store, 0, &one, &any, e))
        return false;
    if (!any)
        return true;
    if (!schedule_get(d->store, PLAN_NAME, &p, &planned, e))
        return false;
    if (planned && p.next_at > d->now && p.next_at <= d->now + 2 * DAY_S)
        return true;
    if (planned && p.next_at <= d->now) {
        ++*done;
        if (!job_add(d->store, PREPAID_JOB, "{}", "schedule", d->now, &id, e))
            return false;
    }
    snprintf(p.name, sizeof(p.name), "%s", PLAN_NAME);
    p.next_at = next_time(d->conf, d->now);
    return schedule_put(d->store, &p, e);
}
