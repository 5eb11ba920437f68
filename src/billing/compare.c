/*
 * Who gains and who loses by another tariff: real use, two prices.
 */
#include "changes.h"
#include "draft.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/recompute.h"

#include <stdlib.h>
#include <string.h>

#define VERSIONS_MAX 64 /* of tariffs in one month, remembered */

struct side {
    int64_t accounts;
    struct money amount;
};

struct comparison {
    const struct billing *b;
    const struct tariff *old, *new;
    struct billing_month month;
    int64_t versions[VERSIONS_MAX]; /* below zero: not of `old` */
    int n_versions;
    int64_t bills, same, refused;
    struct money before, after;
    struct side gain, lose;
    struct changes changes;
    char reason[ERR_TEXT_MAX]; /* of the first that was refused */
    struct quote *quote;
};

/* Is this kept version one of the tariff that is compared? */
static bool
is_of_old(struct comparison *c, int64_t version_id, bool *is, struct err *e)
{
    struct tariff *t;

    for (int i = 0; i < c->n_versions; i++) {
        *is = c->versions[i] > 0;
        if (c->versions[i] == version_id || c->versions[i] == -version_id)
            return true;
    }
    if ((t = tariff_kept(c->b->store, version_id, e)) == NULL)
        return false;
    *is = strcmp(t->id, c->old->id) == 0;
    tariff_destroy(t);
    if (c->n_versions < VERSIONS_MAX)
        c->versions[c->n_versions++] = *is ? version_id : -version_id;
    return true;
}

static bool
price(struct comparison *c, const struct period *p, struct money *total, struct err *why)
{
    if (!period_quote(p, c->quote, why))
        return false;
    *total = c->quote->total;
    return true;
}

static bool
sum_up(struct comparison *c, const struct change *x, struct err *e)
{
    int64_t difference = x->now.minor - x->before.minor;
    struct side *side = difference > 0 ? &c->lose : &c->gain;

    changes_note(&c->changes, x);
    if (!money_add(&c->before, x->before, e) || !money_add(&c->after, x->now, e))
        return false;
    if (difference == 0) {
        c->same++;
        return true;
    }
    side->accounts++;
    return money_add(&side->amount, (struct money){difference}, e);
}

/* The period of a bill, cut as the new tariff would have it. */
static bool
cut_anew(const struct comparison *c, const struct bill *b, struct period *p, struct err *e)
{
    struct tariff_set set = {(struct tariff **)&c->new, 1};
    struct period_factor factors[PERIOD_FACTORS_MAX];
    struct period_contract contract = {0};
    struct period_facts facts = {.tariffs = &set,
                                 .contracts = &contract,
                                 .n_contracts = 1,
                                 .factors = factors,
                                 .month = p->usage.month};

    text_copy(contract.tariff, sizeof(contract.tariff), c->new->id);
    text_copy(contract.class_name, sizeof(contract.class_name), b->class);
    return factors_of_days(c->b->store, p->first, b->days, factors, &facts.n_factors, e) &&
           (!tariff_counts_year(c->new) ||
            year_before_bill(c->b->store, b->account_id, b, p->first, &p->usage.ytd_before,
                             e)) &&
           period_cut(p, &facts, e);
}

/* One bill by both; what one of them refuses is counted. */
static bool
price_both(struct comparison *c, const struct bill *b, struct kept *k, struct err *e)
{
    struct change x = {.account_id = b->account_id,
                       .used = used_total(k->period.usage.named)};
    struct err why;

    c->bills++;
    if (price(c, &k->period, &x.before, &why) && cut_anew(c, b, &k->period, &why) &&
        price(c, &k->period, &x.now, &why))
        return sum_up(c, &x, e);
    if (why.kind == FAIL_RETRY) {
        *e = why;
        return false;
    }
    if (c->refused++ == 0)
        text_clip(c->reason, sizeof(c->reason), why.text);
    return true;
}

static bool
compare_one(struct comparison *c, const struct bill *b, struct err *e)
{
    struct kept *k;
    bool ok;

    if (!kept_open(c->b->store, b, &k, e))
        return false;
    ok = price_both(c, b, k, e);
    kept_close(k);
    return ok;
}

/* Two tariffs of the same thing in the same money. */
static bool
can_compare(const struct tariff *old, const struct tariff *new, struct err *e)
{
    return (strcmp(old->commodity, new->commodity) == 0 &&
            strcmp(old->unit, new->unit) == 0 &&
            strcmp(old->currency, new->currency) == 0 && old->decimals == new->decimals) ||
           err_set(e, FAIL_REJECT,
                   "tariff '%s' is for %s by %s in %s, '%s' for %s by %s in %s", old->id,
                   old->commodity, old->unit, old->currency, new->id, new->commodity,
                   new->unit, new->currency);
}

static bool
is_of_month(const struct comparison *c, const struct bill *b)
{
    size_t n = strlen(b->key), month = strlen(c->month.month);

    return n > month && strcmp(b->key + n - month, c->month.month) == 0;
}

static bool
compare_all(struct comparison *c, struct err *e)
{
    utc_t from = c->month.end - 20 * DAY_S, to = c->month.end + 20 * DAY_S;
    struct bill b = {0};
    bool found, is;

    for (;;) {
        if (!bill_next_of_period(c->b->store, from, to, b.id, &b, &found, e))
            return false;
        if (!found)
            return true;
        if (!is_of_month(c, &b))
            continue;
        if (!is_of_old(c, b.tariff_version_id, &is, e) || (is && !compare_one(c, &b, e)))
            return false;
    }
}

static json_t *
side_json(const struct side *side, int decimals)
{
    json_t *o = json_pack("{s:I}", "accounts", (json_int_t)side->accounts);

    put_money(o, "amount", side->amount, decimals);
    return o;
}

static json_t *
comparison_json(const struct comparison *c, struct err *e)
{
    int decimals = c->b->conf->decimals;
    json_t *changes = changes_json(c->b->store, &c->changes, true, decimals, e);
    json_t *o;

    if (changes == NULL)
        return NULL;
    o = json_pack("{s:s, s:s, s:s, s:I, s:I}", "month", c->month.month, "old", c->old->id,
                  "new", c->new->id, "bills", (json_int_t)c->bills, "same",
                  (json_int_t)c->same);
    put_money(o, "before", c->before, decimals);
    put_money(o, "after", c->after, decimals);
    put_money(o, "difference", (struct money){c->after.minor - c->before.minor}, decimals);
    json_object_set_new(o, "gain", side_json(&c->gain, decimals));
    json_object_set_new(o, "lose", side_json(&c->lose, decimals));
    json_object_set_new(
        o, "refused",
        json_pack("{s:I, s:s}", "accounts", (json_int_t)c->refused, "reason", c->reason));
    json_object_set_new(o, "changes", changes);
    return o;
}

json_t *
billing_compare(const struct billing *b, const struct tariff *old, const struct tariff *new,
                const char *month, struct err *e)
{
    struct comparison c = {.b = b, .old = old, .new = new};
    json_t *out = NULL;

    c.quote = malloc(sizeof(*c.quote));
    if (c.quote == NULL)
        err_set(e, FAIL_RETRY, "out of memory");
    else if (can_compare(old, new, e) &&
             billing_month(b->conf, month, b->now, &c.month, e) && compare_all(&c, e))
        out = comparison_json(&c, e);
    free(c.quote);
    return out;
}
