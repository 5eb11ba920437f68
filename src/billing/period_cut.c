/*
 * Where a period is cut. Every day on which something could change is looked at, and days
 * that do not differ from those before them stay in one part.
 */
#include "meterpost/base/text.h"
#include "meterpost/billing/period.h"

#include <stdlib.h>
#include <string.h>

#define MARKS_MAX 200 /* days looked at: a month each over ten years, and the changes */

struct marks {
    int day[MARKS_MAX]; /* from the first day of the period */
    int n;
};

bool
tariff_uses_factor(const struct tariff *t, const char *name)
{
    for (int i = 0; i < t->n_components; i++) {
        if (strcmp(t->components[i].factor_of, name) == 0)
            return true;
    }
    return false;
}

bool
tariff_asks_factors(const struct tariff *t)
{
    for (int i = 0; i < t->n_components; i++) {
        if (t->components[i].factor_of[0] != '\0')
            return true;
    }
    return false;
}

static bool
tariff_is_seasonal(const struct tariff *t)
{
    for (int i = 0; i < t->n_components; i++) {
        if (t->components[i].when.months != 0)
            return true;
    }
    return false;
}

/* ---- days on which something may change ---- */

static void
mark_day(const struct period *p, struct marks *m, utc_t at)
{
    int64_t day = (at - p->first + DAY_S / 2) / DAY_S;

    if (at > p->first && day > 0 && day < p->usage.days && m->n < MARKS_MAX)
        m->day[m->n++] = (int)day;
}

static void
mark_versions(const struct period *p, const struct period_facts *f, const char *id,
              struct marks *m)
{
    char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
    struct err ignored;
    utc_t at;

    clock_date(p->first, first);
    clock_date(clock_day_start(p->first, p->usage.days), last);
    for (size_t i = 0; i < f->tariffs->count; i++) {
        const struct tariff *t = f->tariffs->list[i];

        if (strcmp(t->id, id) == 0 && strcmp(t->valid_from, first) > 0 &&
            strcmp(t->valid_from, last) < 0 && clock_parse(t->valid_from, &at, &ignored))
            mark_day(p, m, at);
    }
}

static void
mark_months(const struct period *p, struct marks *m)
{
    utc_t end = p->first + (utc_t)p->usage.days * DAY_S;

    for (int k = 1; k <= MARKS_MAX; k++) {
        utc_t at = clock_month_start(p->first, k);

        if (at >= end)
            break;
        mark_day(p, m, at);
    }
}

static bool
month_matters(const struct period_facts *f, const char *id)
{
    for (size_t i = 0; i < f->tariffs->count; i++) {
        const struct tariff *t = f->tariffs->list[i];

        if (strcmp(t->id, id) == 0 && (tariff_is_seasonal(t) || tariff_counts_year(t)))
            return true;
    }
    return false;
}

static int
compare_days(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void
mark_all(const struct period *p, const struct period_facts *f, struct marks *m)
{
    bool months = false;

    m->day[0] = 0;
    m->n = 1;
    for (int i = 0; i < f->n_contracts; i++) {
        mark_day(p, m, f->contracts[i].valid_from);
        mark_versions(p, f, f->contracts[i].tariff, m);
        months = months || month_matters(f, f->contracts[i].tariff);
    }
    for (int i = 0; i < f->n_factors; i++)
        mark_day(p, m, f->factors[i].valid_from);
    if (months)
        mark_months(p, m);
    qsort(m->day, (size_t)m->n, sizeof(m->day[0]), compare_days);
}

/* ---- what holds on a day ---- */

static const struct period_contract *
contract_on(const struct period_facts *f, utc_t noon)
{
    int at = 0;

    for (int i = 1; i < f->n_contracts; i++) {
        if (f->contracts[i].valid_from <= noon)
            at = i;
    }
    return &f->contracts[at];
}

/* The version in force; before the first one began, the first. */
static const struct tariff *
tariff_on(const struct period_facts *f, const char *id, utc_t noon)
{
    char date[TIME_TEXT_MAX];
    const struct tariff *t = tariff_find(f->tariffs, id, clock_date(noon, date));

    for (size_t i = 0; t == NULL && i < f->tariffs->count; i++) {
        if (strcmp(f->tariffs->list[i]->id, id) == 0)
            t = f->tariffs->list[i];
    }
    return t;
}

static bool
factors_on(const struct period_facts *f, utc_t noon, struct period_part *part,
           struct err *e)
{
    struct usage u = {0};

    for (int i = 0; i < f->n_factors; i++) {
        const struct period_factor *x = &f->factors[i];

        if (x->valid_from <= noon && tariff_uses_factor(part->tariff, x->factor.name) &&
            !usage_set_factor(&u, x->factor.name, x->factor.value, e))
            return false;
    }
    memcpy(part->factors, u.factors, sizeof(part->factors));
    return true;
}

/* What holds on the days from..to of the period, all of one kind. */
static bool
part_make(const struct period *p, const struct period_facts *f, int from, int to,
          struct period_part *out, struct err *e)
{
    utc_t noon = clock_day_start(p->first + DAY_S / 2, from) + DAY_S / 2;
    const struct period_contract *c = contract_on(f, noon);
    char date[TIME_TEXT_MAX];
    struct tm first, middle;

    *out = (struct period_part){.tariff = tariff_on(f, c->tariff, noon), .days = to - from};
    if (out->tariff == NULL)
        return err_set(e, FAIL_REJECT, "no file has tariff '%s' in force on %s", c->tariff,
                       clock_date(noon, date));
    text_copy(out->class_name, sizeof(out->class_name), c->class_name);
    clock_local(noon, &first);
    clock_local(noon + (utc_t)(to - from - 1) / 2 * DAY_S, &middle);
    out->month = middle.tm_mon + 1;
    out->new_year = from > 0 && first.tm_yday == 0 && tariff_counts_year(out->tariff);
    return factors_on(f, noon, out, e);
}

static bool
same_season(const struct tariff *t, int one, int two)
{
    for (int i = 0; i < t->n_components; i++) {
        unsigned months = t->components[i].when.months;

        if ((months >> one & 1) != (months >> two & 1))
            return false;
    }
    return true;
}

/* A class that the tariff never asks for changes nothing. */
static bool
same_class(const struct tariff *t, const char *one, const char *two)
{
    for (int i = 0; i < t->n_components; i++) {
        const char *class = t->components[i].when.class_name;

        if (class[0] != '\0' && (strcmp(class, one) == 0) != (strcmp(class, two) == 0))
            return false;
    }
    return true;
}

static bool
same_factors(const struct period_part *a, const struct period_part *b)
{
    for (int i = 0; i < USAGE_FACTORS_MAX; i++) {
        if (strcmp(a->factors[i].name, b->factors[i].name) != 0 ||
            a->factors[i].value.micro != b->factors[i].value.micro)
            return false;
    }
    return true;
}

static bool
goes_on(const struct period_part *a, const struct period_part *b)
{
    return a->tariff == b->tariff && !b->new_year &&
           same_class(a->tariff, a->class_name, b->class_name) && same_factors(a, b) &&
           same_season(a->tariff, a->month, b->month);
}

static bool
part_add(struct period *p, const struct period_part *part, struct err *e)
{
    if (p->n_parts > 0 && goes_on(&p->parts[p->n_parts - 1], part)) {
        p->parts[p->n_parts - 1].days += part->days;
        memcpy(p->parts[p->n_parts - 1].class_name, part->class_name,
               sizeof(part->class_name));
        return true;
    }
    if (p->n_parts == PERIOD_PARTS_MAX)
        return err_set(e, FAIL_REJECT,
                       "something changes more than %d times in its period: bill it in "
                       "shorter ones",
                       PERIOD_PARTS_MAX - 1);
    p->parts[p->n_parts++] = *part;
    return true;
}

bool
period_cut(struct period *p, const struct period_facts *facts, struct err *e)
{
    struct period_part part;
    struct marks m;

    p->n_parts = 0;
    mark_all(p, facts, &m);
    for (int i = 0; i < m.n; i++) {
        int to = i + 1 < m.n ? m.day[i + 1] : p->usage.days;

        if (to == m.day[i])
            continue;
        if (!part_make(p, facts, m.day[i], to, &part, e) || !part_add(p, &part, e))
            return false;
    }
    /* A reading of the last night of October is one of October's bill all the same. */
    if (p->n_parts == 1 && same_season(p->parts[0].tariff, p->parts[0].month, facts->month))
        p->parts[0].month = facts->month;
    return true;
}
