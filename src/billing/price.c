#include "price.h"

#include <stdio.h>
#include <string.h>

#define MICRO       1000000
#define YEAR_MONTHS 12

static int64_t
greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

struct fraction
fraction_reduce(int64_t up, int64_t down)
{
    int64_t by = greatest_divisor(up, down);

    return (struct fraction){up / by, down / by};
}

struct fraction
price_share(const struct pricing *p)
{
    const struct usage *u = p->usage;

    if (u->of_days == 0)
        return (struct fraction){1, 1};
    return fraction_reduce(u->days, u->of_days);
}

struct fraction
price_scale(const struct pricing *p, enum tariff_scale scale)
{
    const struct usage *u = p->usage;
    struct fraction share = price_share(p);

    switch (scale) {
    case SCALE_NONE: break;
    case SCALE_MONTHS:
        return fraction_reduce(share.up * (u->months > 0 ? u->months : 1), share.down);
    case SCALE_YEAR:
        return fraction_reduce(u->year_months > 0 ? u->year_months : YEAR_MONTHS,
                               YEAR_MONTHS);
    case SCALE_DAYS:
        if (u->days == 0)
            break;
        return fraction_reduce((int64_t)u->days * MICRO, p->tariff->normal_days_micro);
    }
    return share;
}

bool
price_quantity(const struct pricing *p, const struct component *c, const char *name,
               struct quantity *out, struct err *e)
{
    const struct quantity *q = usage_get(p->usage, name);

    if (q == NULL)
        return err_set(e, FAIL_REJECT,
                       "component '%s' of tariff %s asks for the quantity '%s', which the "
                       "usage does not have",
                       c->code, p->tariff->id, name);
    *out = *q;
    return true;
}

bool
price_rate(const struct pricing *p, const struct component *c, struct rate written,
           struct rate *out, struct err *e)
{
    *out = written;
    if (c->factor_of[0] == '\0')
        return true;
    for (int i = 0; i < USAGE_FACTORS_MAX && p->usage->factors[i].name[0] != '\0'; i++) {
        if (strcmp(p->usage->factors[i].name, c->factor_of) != 0)
            continue;
        *out = p->usage->factors[i].value;
        return true;
    }
    return err_set(
        e, FAIL_REJECT,
        "component '%s' of tariff %s asks for the factor '%s', which has no value "
        "then: meterpost factor set %s MONTH VALUE",
        c->code, p->tariff->id, c->factor_of, c->factor_of);
}

bool
price_part(struct rate rate, int128 part, int128 *exact, struct err *e)
{
    int128 most = (((int128)1 << 121) - 1) / (TARIFF_RATE_MAX * (int128)MICRO);

    /* Rates are bounded when the tariff is read: 32 such products fit into *exact. */
    if (part > most || part < -most)
        return err_set(e, FAIL_REJECT, "the quantity is too large");
    *exact += rate.micro * part;
    return true;
}

bool
price_round(const struct pricing *p, const struct component *c, int128 exact, int128 den,
            struct money *out, struct err *e)
{
    int128 per = den;

    for (int i = p->tariff->decimals; i < RATE_PLACES + QUANTITY_PLACES; i++)
        per *= 10;
    return round_to_step(exact, per, c->round.step, c->round.mode, out, e);
}

struct quote_line *
price_line(struct pricing *p, const struct component *c, struct money amount, struct err *e)
{
    struct quote_line *line = &p->out->lines[p->out->n_lines];

    if (p->out->n_lines == QUOTE_LINES_MAX) {
        err_set(e, FAIL_REJECT, "the bill has more than %d lines", QUOTE_LINES_MAX);
        return NULL;
    }
    p->out->n_lines++;
    memset(line, 0, sizeof(*line));
    line->part = p->part;
    line->component = (int)(c - p->tariff->components);
    line->amount = amount;
    memcpy(line->code, c->code, sizeof(line->code));
    memcpy(line->label, c->label, sizeof(c->label));
    return line;
}
