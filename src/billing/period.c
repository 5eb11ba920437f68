#include "meterpost/billing/period.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <string.h>

bool
period_share(struct quantity whole, const int *days, int n, int64_t step,
             struct quantity *out, struct err *e)
{
    int64_t all = 0, gone = 0, given = 0;

    for (int i = 0; i < n; i++)
        all += days[i];
    for (int i = 0; i < n; i++) {
        int64_t mark;

        gone += days[i];
        if (!round_divide((int128)whole.milli * gone, (int128)all * step, ROUND_HALF_UP,
                          &mark, e))
            return false;
        /* The last mark is the whole itself, whatever the step. */
        mark = gone == all ? whole.milli : mark * step;
        out[i].milli = mark - given;
        given = mark;
    }
    return true;
}

/* The use of part i of one quantity. */
static bool
share_of(const struct period *p, int i, struct quantity whole, struct quantity *out,
         struct err *e)
{
    struct quantity shares[PERIOD_PARTS_MAX];
    int days[PERIOD_PARTS_MAX];

    for (int k = 0; k < p->n_parts; k++)
        days[k] = p->parts[k].days;
    if (!period_share(whole, days, p->n_parts, 1, shares, e))
        return false;
    *out = shares[i];
    return true;
}

/* What was used of the year before part i. */
static bool
year_before(const struct period *p, int i, struct quantity *out, struct err *e)
{
    const struct quantity *total = usage_get(&p->usage, "total");

    *out = p->usage.ytd_before;
    for (int k = 0; k <= i; k++) {
        struct quantity used;

        if (p->parts[k].new_year)
            out->milli = 0;
        if (k == i || total == NULL)
            continue;
        if (!share_of(p, k, *total, &used, e) || !quantity_add(out, used, e))
            return false;
    }
    return true;
}

bool
period_usage(const struct period *p, int i, struct usage *out, struct err *e)
{
    const struct period_part *part = &p->parts[i];

    *out = p->usage;
    out->month = part->month;
    memcpy(out->class_name, part->class_name, sizeof(out->class_name));
    memcpy(out->factors, part->factors, sizeof(out->factors));
    if (!year_before(p, i, &out->ytd_before, e))
        return false;
    for (int k = 0; k <= i; k++) {
        if (p->parts[k].new_year)
            out->year_months = 0; /* the year after: all of it */
    }
    if (p->n_parts == 1)
        return true;
    out->days = part->days;
    out->of_days = p->usage.days;
    for (int k = 0; k < USAGE_NAMES_MAX && out->named[k].name[0] != '\0'; k++) {
        struct usage_quantity *q = &out->named[k];

        if (!usage_is_level(q->name) && !share_of(p, i, q->used, &q->used, e))
            return false;
    }
    return true;
}

/* " (06-16 - 06-30)" behind the label; where the calendar is not known, " (15 d)". */
static void
label_part(const struct period *p, int part, struct quote_line *line)
{
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX], dates[40];
    size_t used = strlen(line->label);
    int before = 0;

    for (int k = 0; k < part; k++)
        before += p->parts[k].days;
    if (p->first != 0) {
        clock_date(clock_day_start(p->first, before), from);
        clock_date(clock_day_start(p->first, before + p->parts[part].days - 1), to);
        snprintf(dates, sizeof(dates), " (%.5s - %.5s)", from + 5, to + 5);
    } else {
        snprintf(dates, sizeof(dates), " (%d d)", p->parts[part].days);
    }
    if (used + strlen(dates) < sizeof(line->label))
        memcpy(line->label + used, dates, strlen(dates) + 1);
}

bool
period_quote(const struct period *p, struct quote *out, struct err *e)
{
    struct usage usage;

    out->n_lines = 0;
    for (int i = 0; i < p->n_parts; i++) {
        int before = out->n_lines;

        if (!period_usage(p, i, &usage, e) ||
            !quote_add_part(p->parts[i].tariff, &usage, i, out, e))
            return false;
        for (int k = before; k < out->n_lines && p->n_parts > 1; k++)
            label_part(p, i, &out->lines[k]);
    }
    return quote_sum(p->parts[p->n_parts - 1].tariff, out, e);
}
