#include "price.h"

#include <stdio.h>
#include <string.h>

#define MICRO 1000000

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
price_scale(const struct pricing *p, enum tariff_scale scale)
{
    const struct usage *u = p->usage;

    switch (scale) {
    case SCALE_NONE: break;
    case SCALE_MONTHS: return (struct fraction){u->months > 0 ? u->months : 1, 1};
    case SCALE_DAYS:
        if (u->days == 0)
            break;
        return fraction_reduce((int64_t)u->days * MICRO, p->tariff->normal_days_micro);
    }
    return (struct fraction){1, 1};
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
    line->component = (int)(c - p->tariff->components);
    line->amount = amount;
    memcpy(line->code, c->code, sizeof(line->code));
    memcpy(line->label, c->label, sizeof(c->label));
    return line;
}
