/*
 * What estimates guessed, set right when the meter is read again: the use since the last
 * reading is spread by days over all bills of that time, and each of them is priced again.
 * A bill whose last reading was put right after it counts as one that was estimated.
 * So nobody is pushed into a dearer block by a month that was estimated too low.
 */
#include "draft.h"

#include "meterpost/base/text.h"
#include "meterpost/store/vee.h"

#include <stdlib.h>
#include <string.h>

/* The estimated bills before this one, newest first. */
struct guesses {
    struct bill bills[TRUE_UPS_MAX];
    struct kept *kept[TRUE_UPS_MAX];
    int n;
};

static bool
ends_are_read(const struct draft *d)
{
    bool from_estimate = false;

    for (int i = 0; i < d->n_readings; i++) {
        if (d->readings[i].to_quality == QUALITY_ESTIMATED)
            return false;
        from_estimate = from_estimate || d->readings[i].replaced ||
                        d->readings[i].from_quality == QUALITY_ESTIMATED;
    }
    return from_estimate;
}

/* Was the end of a bill estimated, for any register, or replaced since? */
static bool
is_guess(const struct billing *b, const struct bill *bill, bool *yes, struct err *e)
{
    struct bill_reading list[BILL_READINGS_MAX];
    int n;

    *yes = bill->basis == BASIS_ESTIMATED;
    if (*yes)
        return true;
    if (!trueup_open(b->store, bill->id, yes, e))
        return false;
    if (*yes || bill->basis == BASIS_ACTUAL)
        return true;
    if (!bill_readings(b->store, bill->id, list, &n, e))
        return false;
    for (int i = 0; i < n; i++)
        *yes = *yes || list[i].to_quality == QUALITY_ESTIMATED;
    return true;
}

static bool
guesses_find(const struct billing *b, const struct draft *d, struct guesses *g,
             struct err *e)
{
    const struct bill *later = &d->bill;

    while (g->n < TRUE_UPS_MAX) {
        struct bill *bill = &g->bills[g->n];
        bool found, guess;

        if (!bill_before(b->store, d->account.id, later->period_to - 1, bill, &found, e))
            return false;
        /* Meters that are read at other hours let the bills overlap. */
        if (!found || bill->period_to < later->period_from)
            return true;
        if (!is_guess(b, bill, &guess, e))
            return false;
        if (!guess)
            return true;
        if (!kept_open(b->store, bill, &g->kept[g->n], e))
            return false;
        later = bill;
        g->n++;
    }
    return true;
}

static void
guesses_free(struct guesses *g)
{
    for (int i = 0; i < g->n; i++)
        kept_close(g->kept[i]);
    free(g);
}

/* ---- without estimates ---- */

static const struct bill_reading *
below_zero(const struct draft *d)
{
    for (int i = 0; i < d->n_readings; i++) {
        if (d->readings[i].usage.milli < 0)
            return &d->readings[i];
    }
    return NULL;
}

static bool
take_as_read(struct draft *d, enum draft_outcome *outcome)
{
    const struct bill_reading *bad = below_zero(d);
    char from[AMOUNT_TEXT_MAX], to[AMOUNT_TEXT_MAX];
    struct err why;

    if (bad != NULL)
        return draft_stop(
            d, outcome, DRAFT_REFUSED,
            "%s is above the reading of %s, and the bills before were not estimated: "
            "settle the readings",
            decimal_print(bad->from.milli, QUANTITY_PLACES, true, from),
            decimal_print(bad->to.milli, QUANTITY_PLACES, true, to));
    for (int i = 0; i < USAGE_NAMES_MAX && d->used[i].name[0] != '\0'; i++) {
        if (!usage_set(&d->period.usage, d->used[i].name, d->used[i].used, &why))
            return draft_stop(d, outcome, DRAFT_REFUSED, "%s", why.text);
    }
    return true;
}

/* ---- with them ---- */

/* The use of one quantity since the last reading; *known is false when some bill did not
 * have it. */
static bool
used_since(const struct draft *d, const struct guesses *g, int name, bool *known,
           struct quantity *sum, struct err *why)
{
    *sum = d->used[name].used;
    *known = true;
    for (int i = 0; i < g->n; i++) {
        const struct quantity *q = usage_get(&g->kept[i]->period.usage, d->used[name].name);

        if (q == NULL)
            *known = false;
        else if (!quantity_add(sum, *q, why))
            return false;
    }
    return true;
}

/* Spread one quantity over the bills, oldest first, and this one. */
static bool
spread(struct draft *d, const struct guesses *g, int name, struct err *why)
{
    struct quantity shares[TRUE_UPS_MAX + 1], sum;
    const char *quantity = d->used[name].name;
    int days[TRUE_UPS_MAX + 1];
    bool known;

    if (!used_since(d, g, name, &known, &sum, why))
        return false;
    if (!known || usage_is_level(quantity))
        return usage_set(&d->period.usage, quantity, d->used[name].used, why);
    if (sum.milli < 0)
        return err_set(
            why, FAIL_REJECT,
            "the meter shows less than when it was last read: settle the reading");
    for (int i = 0; i < g->n; i++)
        days[i] = g->bills[g->n - 1 - i].days;
    days[g->n] = d->bill.days;
    if (!period_share(sum, days, g->n + 1, 1, shares, why))
        return false;
    for (int i = 0; i < g->n; i++) {
        struct usage_quantity *at = d->true_ups[i].used;

        while (at->name[0] != '\0')
            at++;
        text_copy(at->name, sizeof(at->name), quantity);
        at->used = shares[i];
    }
    return usage_set(&d->period.usage, quantity, shares[g->n], why);
}

/* Ladders of the year stand where the spread use has brought them; where a bill began the
 * year anew, so does it here. */
static void
years_again(struct draft *d, const struct guesses *g)
{
    struct quantity stood = {0};
    int64_t moved = 0;

    for (int i = 0; i < g->n; i++) {
        const struct usage *was = &g->kept[g->n - 1 - i]->period.usage;
        int64_t total = used_total(was->named).milli;

        if (was->ytd_before.milli < stood.milli)
            moved = 0;
        d->true_ups[i].ytd_before.milli = was->ytd_before.milli + moved;
        stood.milli = was->ytd_before.milli + total;
        moved += used_total(d->true_ups[i].used).milli - total;
    }
    if (d->period.usage.ytd_before.milli >= stood.milli)
        d->period.usage.ytd_before.milli += moved;
}

static bool
settle(struct draft *d, const struct guesses *g, enum draft_outcome *outcome)
{
    struct err why;

    d->n_true_ups = g->n;
    for (int i = 0; i < g->n; i++) {
        d->true_ups[i] = (struct true_up){0};
        text_copy(d->true_ups[i].number, sizeof(d->true_ups[i].number),
                  g->bills[g->n - 1 - i].number);
    }
    for (int i = 0; i < USAGE_NAMES_MAX && d->used[i].name[0] != '\0'; i++) {
        if (!spread(d, g, i, &why))
            return draft_stop(d, outcome, DRAFT_REFUSED, "%s", why.text);
    }
    years_again(d, g);
    return true;
}

bool
draft_settle_estimates(const struct billing *b, const struct billing_month *m,
                       struct draft *d, enum draft_outcome *outcome, struct err *e)
{
    struct guesses *g;
    bool ok;

    (void)m;
    d->n_true_ups = 0;
    if (!ends_are_read(d))
        return take_as_read(d, outcome);
    g = calloc(1, sizeof(*g));
    if (g == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    ok = guesses_find(b, d, g, e) &&
         (g->n == 0 ? take_as_read(d, outcome) : settle(d, g, outcome));
    guesses_free(g);
    return ok;
}
