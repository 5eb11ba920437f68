#include "meterpost/billing/prepaid.h"

#include "draft.h"
#include "meterpost/billing/ledger.h"
#include "meterpost/store/items.h"
#include "prepaid_tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the state ---- */

static enum prepaid_level
level_of(const struct prepaid *p, struct money left)
{
    if (left.minor <= 0)
        return PREPAID_EMPTY;
    return left.minor <= p->warn.minor ? PREPAID_LOW : PREPAID_OK;
}

static bool
state_of(struct store *s, const struct prepaid *p, struct prepaid_state *out, struct err *e)
{
    struct money balance;

    if (!account_balance(s, p->account_id, &balance, e))
        return false;
    *out = (struct prepaid_state){.prepaid = true,
                                  .left = {p->limit.minor - balance.minor},
                                  .limit = p->limit,
                                  .warn = p->warn,
                                  .days_left = -1};
    out->level = level_of(p, out->left);
    out->level_at = out->level == p->level ? p->level_at : 0;
    if (p->day.minor > 0)
        out->days_left = out->left.minor <= 0 ? 0 : (int)(out->left.minor / p->day.minor);
    return true;
}

bool
billing_prepaid_state(struct store *s, int64_t account_id, struct prepaid_state *out,
                      struct err *e)
{
    struct prepaid p;
    bool found;

    *out = (struct prepaid_state){.days_left = -1};
    if (!prepaid_get(s, account_id, &p, &found, e))
        return false;
    return !found || p.until != 0 || state_of(s, &p, out, e);
}

bool
billing_prepaid_set(struct store *s, int64_t account_id, struct money limit,
                    struct money warn, utc_t now, struct err *e)
{
    struct prepaid p;
    bool found;

    if (limit.minor < 0 || warn.minor < 0)
        return err_set(e, FAIL_REJECT, "the limit and the warning are 0 or more");
    if (!prepaid_get(s, account_id, &p, &found, e))
        return false;
    if (!found)
        p = (struct prepaid){.account_id = account_id, .since = now, .level_at = now};
    if (p.until != 0) {
        p.since = p.level_at = now;
        p.level = PREPAID_OK;
    }
    p.until = 0;
    p.limit = limit;
    p.warn = warn;
    return prepaid_put(s, &p, e);
}

bool
billing_prepaid_end(struct store *s, int64_t account_id, utc_t now, struct err *e)
{
    struct prepaid p;
    bool found;

    if (!prepaid_get(s, account_id, &p, &found, e))
        return false;
    if (!found || p.until != 0)
        return err_set(e, FAIL_REJECT, "the account is not prepaid");
    p.until = now;
    return prepaid_put(s, &p, e);
}

/* ---- charges ---- */

static bool
post_charge(struct store *s, const struct account *a, struct prepaid *p,
            struct money amount, utc_t now, struct err *e)
{
    struct item item = {.kind = ITEM_CHARGE, .amount = amount, .at = now, .due_at = now};

    if (amount.minor == 0)
        return true;
    snprintf(item.key, sizeof(item.key), "charge %s %" PRId64, a->account, ++p->charges);
    snprintf(item.memo, sizeof(item.memo), amount.minor > 0 ? "use" : "use, given back");
    return ledger_post_item(s, a, &item, e);
}

bool
prepaid_release(struct store *s, const struct account *a, utc_t now, struct err *e)
{
    struct prepaid p;
    struct money sum;
    bool found;

    if (!prepaid_get(s, a->id, &p, &found, e))
        return false;
    if (!found)
        return true;
    return prepaid_charged(s, a->id, &sum, e) &&
           post_charge(s, a, &p, (struct money){-sum.minor}, now, e) &&
           prepaid_put(s, &p, e);
}

/* What the bill would be if the month ended now; 0 when there is nothing to bill yet. */
static bool
worth_until_now(const struct billing *b, const struct account *a, struct money *total,
                int *days, struct err *e)
{
    struct billing_month m = {.middle = b->now, .end = b->now, .partial = true};
    struct draft *d = malloc(sizeof(*d));
    enum draft_outcome outcome;
    bool good;

    *total = (struct money){0};
    *days = 0;
    if (d == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    d->account = *a;
    good = draft_make(b, &m, d, &outcome, e);
    if (good && outcome == DRAFT_READY) {
        *total = d->bill.total;
        *days = d->bill.days;
    }
    free(d);
    return good;
}

/* Tell of a level once, when it gets worse; a better one is only noted. */
static bool
follow_level(const struct billing *b, const struct account *a, struct prepaid *p,
             bool *told, struct err *e)
{
    struct prepaid_state now;
    bool worse;

    *told = false;
    if (!state_of(b->store, p, &now, e))
        return false;
    worse = now.level > p->level;
    if (now.level == p->level)
        return true;
    p->level = now.level;
    p->level_at = b->now;
    return !worse || prepaid_tell(b, a, &now, told, e);
}

static bool
charge_one(const struct billing *b, const struct account *a, struct prepaid *p,
           struct money *charged, bool *told, struct err *e)
{
    struct money total, before;
    int days;

    if (!worth_until_now(b, a, &total, &days, e) ||
        !prepaid_charged(b->store, a->id, &before, e))
        return false;
    /* Without a new reading the charges stand; there is no bill to set them against. */
    charged->minor = days == 0 ? 0 : total.minor - before.minor;
    if (days > 0)
        p->day.minor = total.minor / days;
    return post_charge(b->store, a, p, *charged, b->now, e) &&
           follow_level(b, a, p, told, e) && prepaid_put(b->store, p, e);
}

/* ---- all of them ---- */

struct prepaid_run {
    int64_t charged, told;
    struct money sum;
};

static void
run_read(const struct job *job, struct prepaid_run *r)
{
    json_t *o = json_loads(job->result[0] == '\0' ? "{}" : job->result, 0, NULL);

    *r = (struct prepaid_run){json_integer_value(json_object_get(o, "charged")),
                              json_integer_value(json_object_get(o, "told")),
                              {json_integer_value(json_object_get(o, "minor"))}};
    json_decref(o);
}

static void
run_write(struct job *job, const struct prepaid_run *r, int decimals)
{
    char sum[AMOUNT_TEXT_MAX];

    snprintf(job->result, sizeof(job->result),
             "{\"charged\":%" PRId64 ",\"told\":%" PRId64 ",\"minor\":%" PRId64
             ",\"sum\":\"%s\"}",
             r->charged, r->told, r->sum.minor,
             decimal_print(r->sum.minor, decimals, false, sum));
}

static bool
run_one(const struct billing *b, struct prepaid *p, struct prepaid_run *r, struct err *e)
{
    struct money charged;
    struct account a;
    bool found, told;

    if (!account_by_id(b->store, p->account_id, &a, &found, e))
        return false;
    if (!found || a.closed_at != 0)
        return true;
    if (!charge_one(b, &a, p, &charged, &told, e))
        return err_in(e, "account %s", a.account);
    r->charged += charged.minor != 0;
    r->told += told;
    return money_add(&r->sum, charged, e);
}

bool
billing_prepaid_slice(const struct billing *b, struct job *job, int budget_ms,
                      struct err *e)
{
    int64_t until = clock_mono_ms() + budget_ms;
    struct prepaid_run r;
    struct prepaid p;
    bool found;

    run_read(job, &r);
    do {
        if (!prepaid_next(b->store, job->cursor, &p, &found, e))
            return false;
        if (!found) {
            job->state = JOB_DONE;
            break;
        }
        if (!run_one(b, &p, &r, e))
            return false;
        job->cursor = p.account_id;
        job->done++;
    } while (clock_mono_ms() < until);
    run_write(job, &r, b->conf->decimals);
    return true;
}
