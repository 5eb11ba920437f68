/*
 * What a tariff file may say and seldom means.
 */
#include "tariff_read.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
lint_currency(struct reading *r)
{
    int usual = currency_decimals(r->t->currency);

    if (r->t->decimals != usual)
        yaml_problem(r->y, r->problems, "decimals",
                     "%s has %d decimals by its standard, this tariff bills %d",
                     r->t->currency, usual, r->t->decimals);
}

static void
lint_seasons(struct reading *r)
{
    char months[60];
    struct text missing;
    unsigned seen = 0;

    if (r->raw->seasons_count == 0)
        return;
    for (unsigned i = 0; i < r->raw->seasons_count; i++) {
        const struct raw_season *season = &r->raw->seasons[i];

        for (unsigned m = 0; m < season->months_count; m++) {
            if ((seen >> season->months[m] & 1) != 0)
                yaml_problem(r->y, r->problems, "seasons", "month %u is in two seasons",
                             (unsigned)season->months[m]);
            seen |= 1U << season->months[m];
        }
    }
    text_init(&missing, months, sizeof(months));
    for (unsigned m = 1; m <= 12; m++) {
        if ((seen >> m & 1) == 0)
            text_addf(&missing, "%s%u", missing.used > 0 ? ", " : "", m);
    }
    if (missing.used > 0)
        yaml_problem(r->y, r->problems, "seasons", "in no season: month %s", months);
}

/* A ladder that ends refuses a larger use, unless a condition keeps that away. */
static void
lint_ladder(struct reading *r, int i)
{
    const struct component *c = &r->t->components[i];
    const struct tariff_step *last;
    char path[READING_PATH_MAX], limit[AMOUNT_TEXT_MAX];

    if (c->type != COMPONENT_BLOCKS && c->type != COMPONENT_BAND_FIXED)
        return;
    last = &c->steps[c->n_steps - 1];
    if (!last->limited || (c->when.has_le && c->when.total_le.milli <= last->upto.milli))
        return;
    snprintf(path, sizeof(path), "components[%d].%s[%d]", i,
             c->type == COMPONENT_BLOCKS ? "blocks" : "bands", c->n_steps - 1);
    yaml_problem(r->y, r->problems, path, "the ladder ends at %s: no bill for a larger use",
                 decimal_print(last->upto.milli, QUANTITY_PLACES, true, limit));
}

/* An amount finer than a coin is rounded away. */
static void
lint_amount(struct reading *r, int i)
{
    const struct component *c = &r->t->components[i];
    char path[READING_PATH_MAX];
    int64_t coin = 1;

    for (int k = r->t->decimals; k < RATE_PLACES; k++)
        coin *= 10;
    if (c->type != COMPONENT_FIXED || c->per[0] != '\0' || c->prorate ||
        c->amount.micro % coin == 0)
        return;
    snprintf(path, sizeof(path), "components[%d].amount", i);
    yaml_problem(r->y, r->problems, path, "is finer than the smallest coin: it is rounded");
}

/* "More than 100, and at most 50". */
static void
lint_condition(struct reading *r, int i)
{
    const struct tariff_when *w = &r->t->components[i].when;
    char path[READING_PATH_MAX];

    if (!w->has_gt || !w->has_le || w->total_gt.milli < w->total_le.milli)
        return;
    snprintf(path, sizeof(path), "components[%d].when", i);
    yaml_problem(r->y, r->problems, path,
                 "never holds: no total is above total_gt and up to total_le");
}

/* Do two parts hold for the same months and class, by the same limits? */
static bool
same_time(const struct tariff_when *a, const struct tariff_when *b)
{
    return a->scale == b->scale && strcmp(a->class_name, b->class_name) == 0 &&
           (a->months == 0 || b->months == 0 || (a->months & b->months) != 0);
}

/* One part up to 60 and another above 61: nobody prices a total between them. */
static void
lint_gap(struct reading *r, int i)
{
    const struct tariff_when *w = &r->t->components[i].when, *next = NULL;
    char path[READING_PATH_MAX], from[AMOUNT_TEXT_MAX], to[AMOUNT_TEXT_MAX];

    if (!w->has_le)
        return;
    for (int k = 0; k < r->t->n_components; k++) {
        const struct tariff_when *other = &r->t->components[k].when;

        if (k == i || !other->has_gt || other->total_gt.milli < w->total_le.milli ||
            !same_time(w, other))
            continue;
        if (next == NULL || other->total_gt.milli < next->total_gt.milli)
            next = other;
    }
    if (next == NULL || next->total_gt.milli == w->total_le.milli)
        return;
    snprintf(path, sizeof(path), "components[%d].when", i);
    yaml_problem(r->y, r->problems, path,
                 "a gap: it holds up to %s and the next part above %s",
                 decimal_print(w->total_le.milli, QUANTITY_PLACES, true, from),
                 decimal_print(next->total_gt.milli, QUANTITY_PLACES, true, to));
}

/* Use decides a class that costs what the others do: a slip of the pen, most likely. That
 * for everybody may well be the rest. */
static void
lint_class(struct reading *r, int i)
{
    char path[READING_PATH_MAX];

    if (!r->t->classes[i].limited)
        return;
    for (int k = 0; k < r->t->n_components; k++) {
        if (strcmp(r->t->components[k].when.class_name, r->t->classes[i].name) == 0)
            return;
    }
    snprintf(path, sizeof(path), "classes[%d]", i);
    yaml_problem(r->y, r->problems, path, "no component is for the class '%s'",
                 r->t->classes[i].name);
}

/* A use of nothing, in every quantity and factor that the tariff asks for. */
static void
use_nothing(const struct tariff *t, struct usage *u)
{
    struct err ignored;

    usage_set(u, "total", (struct quantity){0}, &ignored);
    for (int i = 0; i < t->n_components; i++) {
        const struct component *c = &t->components[i];

        if (c->per[0] != '\0')
            usage_set(u, c->per, (struct quantity){0}, &ignored);
        if (c->from[0] != '\0')
            usage_set(u, c->from, (struct quantity){0}, &ignored);
        if (c->factor_of[0] != '\0')
            usage_set_factor(u, c->factor_of, (struct rate){0}, &ignored);
        for (int k = 0; k < c->n_steps && c->type == COMPONENT_REGISTERS; k++)
            usage_set(u, c->steps[k].quantity, (struct quantity){0}, &ignored);
    }
}

/* A house that stands empty gets a bill, too. */
static void
lint_zero_use(struct reading *r)
{
    struct quote *q = malloc(sizeof(*q));
    struct usage u = {.month = 1};
    struct err why;

    use_nothing(r->t, &u);
    if (q == NULL)
        yaml_problem(r->y, r->problems, "", "out of memory");
    else if (!quote_compute(r->t, &u, q, &why))
        yaml_problem(r->y, r->problems, "", "a use of zero gets no bill: %s", why.text);
    else if (q->total.minor < 0)
        yaml_problem(r->y, r->problems, "", "a use of zero gets a bill below zero");
    free(q);
}

void
reading_lint(struct reading *r)
{
    lint_currency(r);
    lint_seasons(r);
    for (int i = 0; i < r->t->n_components; i++) {
        lint_ladder(r, i);
        lint_amount(r, i);
        lint_condition(r, i);
        lint_gap(r, i);
    }
    for (int i = 0; i < r->t->n_classes; i++)
        lint_class(r, i);
    lint_zero_use(r);
}
