#include "rule.h"

#include <string.h>

#define UNIT_MICRO 1000000

static void
add_quantity(struct text *t, int64_t milli)
{
    char number[AMOUNT_TEXT_MAX];

    text_add(t, decimal_print(milli, QUANTITY_PLACES, true, number));
}

static void
add_rate(struct text *t, struct rate r)
{
    char number[AMOUNT_TEXT_MAX];

    text_add(t, decimal_print(r.micro, RATE_PLACES, true, number));
}

/* " x 31/30 days", where something was scaled by it. */
static void
add_scale(const struct pricing *p, enum tariff_scale scale, struct text *t)
{
    const struct usage *u = p->usage;
    char normal[AMOUNT_TEXT_MAX];

    switch (scale) {
    case SCALE_NONE: break;
    case SCALE_DAYS:
        decimal_print(p->tariff->normal_days_micro, RATE_PLACES, true, normal);
        text_addf(t, " x %d/%s days", u->days, normal);
        return;
    case SCALE_MONTHS: text_addf(t, " x %d months", u->months > 0 ? u->months : 1); break;
    case SCALE_YEAR:
        if (u->year_months > 0)
            text_addf(t, " x %d/12 of the year", u->year_months);
        return;
    }
    if (u->of_days > 0)
        text_addf(t, " x %d/%d of the period", u->days, u->of_days);
}

/* Was the code of component i one of those before it? */
static bool
named_before(const struct pricing *p, uint32_t of, int i)
{
    for (int k = 0; k < i; k++) {
        if ((of >> k & 1) != 0 &&
            strcmp(p->tariff->components[k].code, p->tariff->components[i].code) == 0)
            return true;
    }
    return false;
}

/* "energy + fixed": the codes that a percent or a minimum stands on. */
static void
add_codes(const struct pricing *p, const struct component *c, struct text *t)
{
    const char *before = "";

    for (int i = 0; i < p->tariff->n_components; i++) {
        if ((c->of >> i & 1) == 0 || named_before(p, c->of, i))
            continue;
        text_addf(t, "%s%s", before, p->tariff->components[i].code);
        before = " + ";
    }
}

static void
add_factor(const struct pricing *p, const struct component *c, struct text *t)
{
    struct err ignored;
    struct rate r;

    if (c->factor_of[0] == '\0' || !price_rate(p, c, c->rate, &r, &ignored))
        return;
    text_addf(t, "; factor %s is ", c->factor_of);
    add_rate(t, r);
}

/* ---- by type ---- */

static void
rule_fixed(const struct pricing *p, const struct component *c, int i, struct text *t)
{
    struct rate amount = c->amount;
    struct err ignored;

    (void)i;
    if (c->per[0] == '\0') {
        price_rate(p, c, c->amount, &amount, &ignored);
        add_rate(t, amount);
        text_add(t, " once");
    } else {
        text_addf(t, "for each %s", c->per);
    }
    if (c->over.milli > 0) {
        text_add(t, " above ");
        add_quantity(t, c->over.milli);
    }
    if (c->prorate || c->per[0] == '\0' || usage_is_level(c->per))
        add_scale(p, c->prorate ? SCALE_DAYS : SCALE_NONE, t);
    add_factor(p, c, t);
}

/* Where on the ladder line i begins: what earlier lines of the component took of it. */
static int64_t
ladder_start(const struct pricing *p, const struct component *c, int i)
{
    int64_t start = c->ytd ? p->usage->ytd_before.milli : 0;

    for (int k = 0; k < i; k++) {
        const struct quote_line *line = &p->out->lines[k];

        if (line->part == p->part && &p->tariff->components[line->component] == c)
            start += line->qty.milli;
    }
    return start;
}

/* A limit as it is in this period. */
static int64_t
limit_scaled(const struct pricing *p, const struct component *c, int step)
{
    struct fraction scale = ladder_scale(p, c);
    struct err ignored;
    int64_t out = 0;

    round_divide((int128)c->steps[step].upto.milli * scale.up, scale.down, ROUND_HALF_UP,
                 &out, &ignored);
    return out;
}

static void
add_limit(const struct pricing *p, const struct component *c, int step, const char *word,
          struct text *t)
{
    int64_t scaled = limit_scaled(p, c, step);

    text_add(t, word);
    add_quantity(t, scaled);
    if (scaled == c->steps[step].upto.milli)
        return;
    text_add(t, " (");
    add_quantity(t, c->steps[step].upto.milli);
    add_scale(p, c->scale, t);
    text_add(t, ")");
}

static void
add_block(const struct pricing *p, const struct component *c, int at, struct text *t)
{
    if (c->n_steps == 1 && !c->steps[0].limited) {
        text_addf(t, "each %s", p->tariff->unit);
        return;
    }
    text_addf(t, "block %d of %d", at + 1, c->n_steps);
    if (at > 0)
        add_limit(p, c, at - 1, ", above ", t);
    if (c->steps[at].limited)
        add_limit(p, c, at, at > 0 ? " to " : ", up to ", t);
    text_addf(t, " %s", p->tariff->unit);
}

static int
block_at(const struct pricing *p, const struct component *c, int64_t above)
{
    int at = 0;

    while (at + 1 < c->n_steps && c->steps[at].limited && limit_scaled(p, c, at) <= above)
        at++;
    return at;
}

static void
add_measure(const struct pricing *p, const struct component *c, struct text *t)
{
    if (strcmp(c->from, "total") != 0)
        text_addf(t, "; of %s", c->from);
    if (c->factor.micro != UNIT_MICRO) {
        text_add(t, "; use x ");
        add_rate(t, c->factor);
    }
    if (c->over.milli > 0) {
        text_add(t, "; only what exceeds ");
        add_quantity(t, c->over.milli);
    }
    if (c->ytd) {
        text_add(t, "; counted from the start of the year, ");
        add_quantity(t, p->usage->ytd_before.milli);
        text_add(t, " before this");
    }
}

static void
rule_blocks(const struct pricing *p, const struct component *c, int i, struct text *t)
{
    const struct quote_line *line = &p->out->lines[i];
    int64_t start = ladder_start(p, c, i), end = start + line->qty.milli;

    if (c->one_line)
        text_addf(t, "through %d blocks, rounded once", c->n_steps);
    else if (c->mode == BLOCK_INCREMENTAL)
        add_block(p, c, block_at(p, c, start), t);
    else {
        text_add(t, c->mode == BLOCK_WHOLE ? "all at the rate of the block reached: "
                                           : "at most one block below: ");
        add_block(p, c, block_at(p, c, end > 0 ? end - 1 : 0), t);
    }
    add_measure(p, c, t);
}

static void
rule_registers(const struct pricing *p, const struct component *c, int i, struct text *t)
{
    const char *label = p->out->lines[i].label + strlen(c->label);

    text_addf(t, "register%.24s at its rate", label);
}

static void
rule_band(const struct pricing *p, const struct component *c, int i, struct text *t)
{
    const struct quantity *total = usage_get(p->usage, "total");
    int at = block_at(p, c, total == NULL || total->milli == 0 ? 0 : total->milli - 1);

    (void)i;
    text_addf(t, "band %d of %d", at + 1, c->n_steps);
    if (c->steps[at].limited)
        add_limit(p, c, at, ", up to ", t);
    else if (at > 0)
        add_limit(p, c, at - 1, ", above ", t);
    text_addf(t, " %s", p->tariff->unit);
}

static void
rule_percent(const struct pricing *p, const struct component *c, int i, struct text *t)
{
    const struct quote_line *line = &p->out->lines[i];
    int64_t base = line->qty.milli;
    char number[AMOUNT_TEXT_MAX];

    for (int k = p->tariff->decimals; k < QUANTITY_PLACES; k++)
        base /= 10;
    add_rate(t, line->rate);
    text_add(t, "% of ");
    add_codes(p, c, t);
    text_addf(t, " = %s", decimal_print(base, p->tariff->decimals, false, number));
    add_factor(p, c, t);
}

static void
rule_minimum(const struct pricing *p, const struct component *c, int i, struct text *t)
{
    (void)i;
    text_add(t, "what ");
    add_codes(p, c, t);
    text_add(t, " lack to ");
    if (c->min_qty.milli != 0) {
        add_quantity(t, c->min_qty.milli);
        text_add(t, " at ");
        add_rate(t, c->rate);
    } else {
        add_rate(t, c->amount);
    }
    if (c->per[0] != '\0') {
        text_add(t, " + ");
        add_rate(t, c->per_amount);
        text_addf(t, " for each %s", c->per);
    }
    add_scale(p, SCALE_NONE, t);
}

typedef void rule_function(const struct pricing *p, const struct component *c, int i,
                           struct text *t);

/* Why the component is there at all. */
static void
add_when(const struct pricing *p, const struct tariff_when *w, struct text *t)
{
    if (w->class_name[0] != '\0')
        text_addf(t, "; for class %s", w->class_name);
    if (w->months != 0)
        text_addf(t, "; in the season of month %d", p->usage->month);
    if (w->has_gt) {
        text_add(t, "; for a use above ");
        add_quantity(t, w->total_gt.milli);
        add_scale(p, w->scale, t);
    }
    if (w->has_le) {
        text_add(t, "; for a use up to ");
        add_quantity(t, w->total_le.milli);
        add_scale(p, w->scale, t);
    }
}

void
rule_of_line(const struct pricing *p, int i, struct text *out)
{
    static rule_function *const rules[] = {
        [COMPONENT_FIXED] = rule_fixed,         [COMPONENT_BLOCKS] = rule_blocks,
        [COMPONENT_REGISTERS] = rule_registers, [COMPONENT_BAND_FIXED] = rule_band,
        [COMPONENT_PERCENT] = rule_percent,     [COMPONENT_MINIMUM] = rule_minimum,
    };
    const struct component *c = &p->tariff->components[p->out->lines[i].component];

    rules[c->type](p, c, i, out);
    add_when(p, &c->when, out);
}
