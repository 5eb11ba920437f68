#include "meterpost/billing/quote.h"

#include "meterpost/base/text.h"
#include "price.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define UNIT_MILLI     1000
#define QUANTITY_LIMIT ((int64_t)TARIFF_QUANTITY_MAX * UNIT_MILLI)

static bool
quantity_check(const char *name, struct quantity q, struct err *e)
{
    if (q.milli < 0)
        return err_set(e, FAIL_REJECT, "%s must not be negative", name);
    if (q.milli > QUANTITY_LIMIT)
        return err_set(e, FAIL_REJECT, "%s is beyond %d", name, TARIFF_QUANTITY_MAX);
    return true;
}

bool
usage_is_level(const char *name)
{
    static const char *const levels[] = {"kw", "kva", "kvar", "ampere", "amperes"};

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        size_t n = strlen(levels[i]);

        if (strncmp(name, levels[i], n) == 0 && (name[n] == '\0' || name[n] == '_'))
            return true;
    }
    return false;
}

bool
usage_set_factor(struct usage *u, const char *name, struct rate value, struct err *e)
{
    for (int i = 0; i < USAGE_FACTORS_MAX; i++) {
        struct usage_factor *at = &u->factors[i];

        if (at->name[0] != '\0' && strcmp(at->name, name) != 0)
            continue;
        if (!text_copy(at->name, sizeof(at->name), name))
            break;
        at->value = value;
        return true;
    }
    return err_set(e, FAIL_REJECT,
                   "a usage has at most %d factors, with names of %d letters",
                   USAGE_FACTORS_MAX, TARIFF_CODE_MAX - 1);
}

bool
usage_set(struct usage *u, const char *name, struct quantity used, struct err *e)
{
    if (!quantity_check(name, used, e))
        return false;
    for (int i = 0; i < USAGE_NAMES_MAX; i++) {
        struct usage_quantity *at = &u->named[i];

        if (at->name[0] != '\0' && strcmp(at->name, name) != 0)
            continue;
        if (!text_copy(at->name, sizeof(at->name), name))
            return err_set(e, FAIL_REJECT,
                           "the name of a quantity has at most %d letters: %s",
                           TARIFF_CODE_MAX - 1, name);
        at->used = used;
        return true;
    }
    return err_set(e, FAIL_REJECT, "a usage has at most %d quantities", USAGE_NAMES_MAX);
}

const struct quantity *
usage_get(const struct usage *u, const char *name)
{
    for (int i = 0; i < USAGE_NAMES_MAX && u->named[i].name[0] != '\0'; i++) {
        if (strcmp(u->named[i].name, name) == 0)
            return &u->named[i].used;
    }
    return NULL;
}

/* Sum of the lines that the components in `of` have given so far. */
static bool
sum_of(const struct pricing *p, uint32_t of, struct money *out, struct err *e)
{
    out->minor = 0;
    for (int i = 0; i < p->out->n_lines; i++) {
        const struct quote_line *line = &p->out->lines[i];

        if (line->part == p->part && (of >> line->component & 1) != 0 &&
            !money_add(out, line->amount, e))
            return false;
    }
    return true;
}

/* What a fixed amount is multiplied with: 1 or a quantity, and its share of the period. A
 * use is of this part already; a height counts for the part's share. */
static bool
fixed_measure(const struct pricing *p, const struct component *c, struct quantity *q,
              struct fraction *part, struct err *e)
{
    struct fraction share = price_share(p);
    int64_t over = c->over.milli;

    *part = price_scale(p, c->prorate ? SCALE_DAYS : SCALE_NONE);
    *q = (struct quantity){UNIT_MILLI};
    if (c->per[0] == '\0')
        return true;
    if (!price_quantity(p, c, c->per, q, e))
        return false;
    if (!usage_is_level(c->per)) {
        if (!c->prorate)
            *part = (struct fraction){1, 1};
        if (!round_divide((int128)over * share.up, share.down, ROUND_HALF_UP, &over, e))
            return false;
    }
    q->milli -= over;
    return true;
}

static bool
fixed_apply(struct pricing *p, const struct component *c, struct err *e)
{
    bool each = c->per[0] != '\0';
    struct quote_line *line;
    struct fraction part;
    struct money amount;
    struct quantity q;
    struct rate rate;
    int128 exact = 0;

    if (!fixed_measure(p, c, &q, &part, e) || !price_rate(p, c, c->amount, &rate, e))
        return false;
    if (q.milli <= 0)
        return true;
    if (!price_part(rate, (int128)q.milli * part.up, &exact, e) ||
        !price_round(p, c, exact, part.down, &amount, e))
        return false;
    line = price_line(p, c, amount, e);
    if (line == NULL || !each)
        return line != NULL;
    line->has_qty = line->has_rate = true;
    line->qty = q;
    line->rate = rate;
    return true;
}

/* The share of the period that a quantity must still be multiplied with. */
static struct fraction
share_left(const struct pricing *p, const char *quantity)
{
    return usage_is_level(quantity) ? price_share(p) : (struct fraction){1, 1};
}

static bool
register_line(struct pricing *p, const struct component *c, const struct tariff_step *step,
              struct quantity q, struct err *e)
{
    struct fraction share = share_left(p, step->quantity);
    struct quote_line *line;
    struct money amount;
    int128 exact = 0;
    size_t used;

    if (!price_part(step->rate, (int128)q.milli * share.up, &exact, e) ||
        !price_round(p, c, exact, share.down, &amount, e))
        return false;
    line = price_line(p, c, amount, e);
    if (line == NULL)
        return false;
    used = strlen(line->label);
    snprintf(line->label + used, sizeof(line->label) - used, " %s", step->quantity);
    line->has_qty = line->has_rate = true;
    line->qty = q;
    line->rate = step->rate;
    return true;
}

static bool
registers_apply(struct pricing *p, const struct component *c, struct err *e)
{
    for (int i = 0; i < c->n_steps; i++) {
        struct quantity q;

        if (!price_quantity(p, c, c->steps[i].quantity, &q, e))
            return false;
        if (q.milli != 0 && !register_line(p, c, &c->steps[i], q, e))
            return false;
    }
    return true;
}

static bool
band_apply(struct pricing *p, const struct component *c, struct err *e)
{
    struct fraction scale = price_scale(p, c->scale), share = price_share(p);
    struct quantity total;
    struct money amount;
    int128 exact = 0;
    int at;

    if (!price_quantity(p, c, "total", &total, e))
        return false;
    at = ladder_find(c, (int128)total.milli * scale.down, scale.up);
    if (at < 0)
        return err_set(e, FAIL_REJECT,
                       "the usage goes beyond the last band of component '%s' of tariff %s",
                       c->code, p->tariff->id);
    if (!price_part(c->steps[at].rate, UNIT_MILLI * share.up, &exact, e) ||
        !price_round(p, c, exact, share.down, &amount, e))
        return false;
    return amount.minor == 0 || price_line(p, c, amount, e) != NULL;
}

/* Smallest coins as thousandths of the currency unit. */
static int64_t
coins_milli(const struct tariff *t, struct money m)
{
    int64_t milli = m.minor;

    for (int i = t->decimals; i < QUANTITY_PLACES; i++)
        milli *= 10;
    return milli;
}

static bool
percent_apply(struct pricing *p, const struct component *c, struct err *e)
{
    struct quote_line *line;
    struct money base, amount;
    struct quantity q;
    struct rate rate;
    int128 exact = 0;

    if (!sum_of(p, c->of, &base, e) || !price_rate(p, c, c->rate, &rate, e))
        return false;
    q.milli = coins_milli(p->tariff, base);
    if (!price_part(rate, q.milli, &exact, e) || !price_round(p, c, exact, 100, &amount, e))
        return false;
    if (amount.minor == 0)
        return true;
    line = price_line(p, c, amount, e);
    if (line == NULL)
        return false;
    line->has_qty = line->has_rate = true;
    line->qty = q;
    line->rate = rate;
    line->tax = rate.micro > 0;
    return true;
}

static bool
minimum_floor(const struct pricing *p, const struct component *c, struct money *out,
              struct err *e)
{
    struct fraction share = price_share(p), left = share_left(p, c->per);
    struct quantity q;
    int128 exact = 0;

    if (c->min_qty.milli != 0)
        return price_part(c->rate, (int128)c->min_qty.milli * share.up, &exact, e) &&
               price_round(p, c, exact, share.down, out, e);
    if (!price_part(c->amount, UNIT_MILLI * share.up, &exact, e))
        return false;
    if (c->per[0] != '\0' &&
        (!price_quantity(p, c, c->per, &q, e) ||
         !price_part(c->per_amount, (int128)q.milli * left.up * (share.down / left.down),
                     &exact, e)))
        return false;
    return price_round(p, c, exact, share.down, out, e);
}

static bool
minimum_apply(struct pricing *p, const struct component *c, struct err *e)
{
    struct money reached, wanted;

    if (!sum_of(p, c->of, &reached, e) || !minimum_floor(p, c, &wanted, e))
        return false;
    wanted.minor -= reached.minor;
    return wanted.minor <= 0 || price_line(p, c, wanted, e) != NULL;
}

typedef bool component_function(struct pricing *p, const struct component *c,
                                struct err *e);

static component_function *const apply[] = {
    [COMPONENT_FIXED] = fixed_apply,         /* amount, per, over, prorate    */
    [COMPONENT_BLOCKS] = ladder_apply,       /* ladder.c                      */
    [COMPONENT_REGISTERS] = registers_apply, /* one line a named quantity     */
    [COMPONENT_BAND_FIXED] = band_apply,     /* chosen by the total           */
    [COMPONENT_PERCENT] = percent_apply,     /* of earlier lines              */
    [COMPONENT_MINIMUM] = minimum_apply,     /* the rest to a floor           */
};

static bool
total_holds(const struct pricing *p, const struct component *c, bool *holds, struct err *e)
{
    const struct tariff_when *w = &c->when;
    struct fraction scale = price_scale(p, w->scale);
    struct quantity total;
    int128 used;

    if (!w->has_gt && !w->has_le)
        return true;
    if (!price_quantity(p, c, "total", &total, e))
        return false;
    used = (int128)total.milli * scale.down;
    if (w->has_gt && used <= (int128)w->total_gt.milli * scale.up)
        *holds = false;
    if (w->has_le && used > (int128)w->total_le.milli * scale.up)
        *holds = false;
    return true;
}

static bool
when_holds(const struct pricing *p, const struct component *c, bool *holds, struct err *e)
{
    const struct tariff_when *w = &c->when;

    *holds = w->class_name[0] == '\0' || strcmp(w->class_name, p->usage->class_name) == 0;
    if (w->months != 0 && p->usage->month == 0)
        return err_set(
            e, FAIL_REJECT,
            "component '%s' of tariff %s depends on the season: the usage needs a "
            "month",
            c->code, p->tariff->id);
    if (w->months != 0 && (w->months >> p->usage->month & 1) == 0)
        *holds = false;
    return total_holds(p, c, holds, e);
}

bool
quote_sum(const struct tariff *t, struct quote *q, struct err *e)
{
    const struct rounding_rule *rule = &t->total;
    struct money sum = {0};

    for (int i = 0; i < q->n_lines; i++) {
        if (!money_add(&sum, q->lines[i].amount, e))
            return false;
    }
    q->total = sum;
    if (rule->step > 0 &&
        !round_to_step(sum.minor, 1, rule->step, rule->mode, &q->total, e))
        return false;
    q->rounding.minor = q->total.minor - sum.minor;
    return true;
}

bool
quote_add_part(const struct tariff *t, const struct usage *u, int part, struct quote *out,
               struct err *e)
{
    struct pricing p = {t, u, out, part};

    if (!quantity_check("ytd_before", u->ytd_before, e))
        return false;
    for (int i = 0; i < t->n_components; i++) {
        const struct component *c = &t->components[i];
        bool holds;

        if (!when_holds(&p, c, &holds, e) || (holds && !apply[c->type](&p, c, e)))
            return false;
    }
    return true;
}

bool
quote_compute(const struct tariff *t, const struct usage *u, struct quote *out,
              struct err *e)
{
    out->n_lines = 0;
    return quote_add_part(t, u, 0, out, e) && quote_sum(t, out, e);
}
