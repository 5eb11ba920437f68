/*
 * The blocks component. Everything is counted in 1/den thousandths of the unit, where den
 * holds what factor and scale would divide by: limits stay whole numbers.
 */
#include "price.h"

#define MICRO 1000000

/* What goes through the ladder, and the ladder's unit. */
struct measure {
    int128 before; /* where the ladder already stands: ytd */
    int128 used;
    int128 unit; /* one thousandth of a limit */
    int128 den;
};

/* One part of the quantity and its rate. */
struct priced {
    struct slice part;
    struct rate rate;
};

struct fraction
ladder_scale(const struct pricing *p, const struct component *c)
{
    if (c->ytd && c->scale == SCALE_NONE)
        return (struct fraction){1, 1};
    return price_scale(p, c->scale);
}

static bool
measure_take(const struct pricing *p, const struct component *c, struct measure *m,
             struct err *e)
{
    struct fraction factor = fraction_reduce(c->factor.micro, MICRO);
    struct fraction share = price_share(p), scale = ladder_scale(p, c);
    struct quantity q;

    if (!price_quantity(p, c, c->from, &q, e))
        return false;
    m->den = (int128)factor.down * scale.down * share.down;
    m->unit = (int128)factor.down * scale.up * share.down;
    m->used = ((int128)q.milli * factor.up * share.down -
               (int128)c->over.milli * factor.down * share.up) *
              scale.down;
    m->before = c->ytd ? p->usage->ytd_before.milli * m->den : 0;
    if (m->used < 0)
        m->used = 0;
    return true;
}

int
ladder_find(const struct component *c, int128 used, int128 unit)
{
    for (int i = 0; i < c->n_steps; i++) {
        if (!c->steps[i].limited || used <= c->steps[i].upto.milli * unit)
            return i;
    }
    return -1;
}

static int128
least(int128 a, int128 b)
{
    return a < b ? a : b;
}

static int128
most(int128 a, int128 b)
{
    return a > b ? a : b;
}

/* Each block that the quantity touches. */
static int
cut_incremental(const struct component *c, const struct measure *m, int reached,
                struct priced *out)
{
    int128 end = m->before + m->used, from = m->before;
    int n = 0;

    for (int i = 0; i <= reached; i++) {
        int128 to = end;

        if (c->steps[i].limited)
            to = least(end, c->steps[i].upto.milli * m->unit);
        if (to <= from)
            continue;
        out[n++] = (struct priced){{from, to}, c->steps[i].rate};
        from = to;
    }
    return n;
}

static int
cut_whole(const struct component *c, const struct measure *m, int reached,
          struct priced *out)
{
    int128 end = m->before + m->used;

    out[0] = (struct priced){{m->before, end}, c->steps[reached].rate};
    return 1;
}

static int
cut_whole_prev_slab(const struct component *c, const struct measure *m, int reached,
                    struct priced *out)
{
    int128 end = m->before + m->used, middle;
    int n = 0;

    if (reached == 0)
        return cut_whole(c, m, reached, out);
    middle = most(m->before, c->steps[reached - 1].upto.milli * m->unit);
    if (middle > m->before)
        out[n++] = (struct priced){{m->before, middle}, c->steps[reached - 1].rate};
    out[n++] = (struct priced){{middle, end}, c->steps[reached].rate};
    return n;
}

typedef int cut_function(const struct component *c, const struct measure *m, int reached,
                         struct priced *out);

static cut_function *const cuts[] = {
    [BLOCK_INCREMENTAL] = cut_incremental,
    [BLOCK_WHOLE] = cut_whole,
    [BLOCK_WHOLE_PREV_SLAB] = cut_whole_prev_slab,
};

/* Thousandths from the start of the quantity to a mark, as shown: the parts that lie
 * between shown marks add up to the whole. */
static bool
mark_shown(const struct measure *m, int128 mark, int64_t *out, struct err *e)
{
    return round_divide(mark - m->before, m->den, ROUND_HALF_UP, out, e);
}

static bool
line_for(struct pricing *p, const struct component *c, const struct measure *m,
         struct slice shown, int128 exact, const struct rate *rate, struct err *e)
{
    struct money amount;
    struct quote_line *line;
    int64_t from, to;

    if (!price_round(p, c, exact, m->den, &amount, e) ||
        !mark_shown(m, shown.from, &from, e) || !mark_shown(m, shown.to, &to, e))
        return false;
    line = price_line(p, c, amount, e);
    if (line == NULL)
        return false;
    line->has_qty = true;
    line->qty.milli = to - from;
    line->has_rate = rate != NULL;
    if (rate != NULL)
        line->rate = *rate;
    return true;
}

static bool
lines_each(struct pricing *p, const struct component *c, const struct measure *m,
           const struct priced *parts, int n, struct err *e)
{
    for (int i = 0; i < n; i++) {
        int128 exact = 0;

        if (!price_part(parts[i].rate, parts[i].part.to - parts[i].part.from, &exact, e) ||
            !line_for(p, c, m, parts[i].part, exact, &parts[i].rate, e))
            return false;
    }
    return true;
}

static bool
line_sum(struct pricing *p, const struct component *c, const struct measure *m,
         const struct priced *parts, int n, struct err *e)
{
    int128 exact = 0;

    for (int i = 0; i < n; i++) {
        if (!price_part(parts[i].rate, parts[i].part.to - parts[i].part.from, &exact, e))
            return false;
    }
    return line_for(p, c, m, (struct slice){m->before, m->before + m->used}, exact, NULL,
                    e);
}

bool
ladder_apply(struct pricing *p, const struct component *c, struct err *e)
{
    struct priced parts[TARIFF_STEPS_MAX];
    struct measure m;
    int reached, n;

    if (!measure_take(p, c, &m, e))
        return false;
    if (m.used == 0)
        return true;
    reached = ladder_find(c, m.before + m.used, m.unit);
    if (reached < 0)
        return err_set(
            e, FAIL_REJECT,
            "the usage goes beyond the last block of component '%s' of tariff %s", c->code,
            p->tariff->id);
    n = cuts[c->mode](c, &m, reached, parts);
    return c->one_line ? line_sum(p, c, &m, parts, n, e)
                       : lines_each(p, c, &m, parts, n, e);
}
