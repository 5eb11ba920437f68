#include "meterpost/metering/loss.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/check.h"
#include "meterpost/metering/estimate.h"
#include "meterpost/metering/reading.h"

#include <stdio.h>
#include <string.h>

#define NEAR_S (12 * HOUR_S) /* a reading so near the instant is one of it */

const char *
loss_state_name(enum loss_state state)
{
    static const char *const names[] = {"green", "amber", "red", "negative", "unusable"};

    return names[state];
}

/* ---- the period ---- */

/* The freeze that ends the month which t lies in, and so begins the next. */
static utc_t
freeze_of(const struct conf *conf, utc_t month_start)
{
    struct tm tm;

    clock_local(month_start, &tm);
    return clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, conf->reading.freeze_day,
                            conf->reading.freeze_time_min / 60,
                            conf->reading.freeze_time_min % 60, 0);
}

/* A freeze day after the middle ends its own month, as in bills. */
static void
month_of(const struct conf *conf, utc_t start, utc_t *from, utc_t *to)
{
    int shift = conf->reading.freeze_day > 15 ? 0 : 1;

    *from = freeze_of(conf, clock_month_start(start, shift - 1));
    *to = freeze_of(conf, clock_month_start(start, shift));
}

static bool
parse_month(const struct conf *conf, const char *text, utc_t *from, utc_t *to,
            struct err *e)
{
    char day[12];
    utc_t start;

    snprintf(day, sizeof(day), "%.7s-01", text);
    if (!clock_parse(day, &start, e))
        return false;
    month_of(conf, start, from, to);
    return true;
}

bool
loss_period(const struct conf *conf, const char *text, utc_t now, utc_t *from, utc_t *to,
            struct err *e)
{
    char first[40];
    const char *dots = text == NULL ? NULL : strstr(text, "..");

    if (text == NULL) {
        for (int back = 0; back > -3; back--) {
            month_of(conf, clock_month_start(now, back), from, to);
            if (*to <= now)
                return true;
        }
        return true;
    }
    if (dots != NULL) {
        snprintf(first, sizeof(first), "%.*s", (int)(dots - text), text);
        if (!clock_parse(first, from, e) || !clock_parse(dots + 2, to, e))
            return false;
    } else if (strlen(text) == 7) {
        if (!parse_month(conf, text, from, to, e))
            return false;
    } else {
        if (!clock_parse(text, from, e))
            return false;
        *to = clock_day_start(*from, 1);
    }
    return *to > *from || err_set(e, FAIL_REJECT, "the period ends before it begins");
}

/* ---- one meter ---- */

static bool
is_actual(char quality)
{
    return quality == QUALITY_ACTUAL || quality == QUALITY_FINAL;
}

/* What it showed at an instant; *quality A (read), E (estimated) or N (nothing known). */
static bool
value_at(struct store *s, const struct group_meter *m, const char *obis, utc_t at,
         struct quantity *value, char *quality, struct err *e)
{
    struct reading_around r;
    int64_t size = check_register_size(m->digits);

    *quality = QUALITY_ACTUAL;
    if (m->installed_at != 0 && at <= m->installed_at) {
        *value = m->initial;
        return true;
    }
    if (m->removed_at != 0 && at >= m->removed_at) {
        *value = m->final;
        return true;
    }
    for (int i = 0; i < 2; i++) {
        const struct meter_frozen *f = i == 0 ? &m->first : &m->last;

        if (f->known && f->at == at) {
            *value = f->value;
            return true;
        }
    }
    if (!reading_around(s, m->meter_id, obis, at, &r, e))
        return false;
    if (m->installed_at != 0 && (!r.has_before || r.before_at < m->installed_at)) {
        r.has_before = true;
        r.before = m->initial;
        r.before_at = m->installed_at;
        r.before_quality = QUALITY_ACTUAL;
    }
    *value = r.before;
    if (r.has_before && r.before_at == at)
        *quality = is_actual(r.before_quality) ? QUALITY_ACTUAL : QUALITY_ESTIMATED;
    else if (r.has_before && r.has_after &&
             estimate_between(r.before, r.before_at, r.after, r.after_at,
                              r.rolled ? size : 0, at, value))
        *quality = (at - r.before_at <= NEAR_S && is_actual(r.before_quality)) ||
                           (r.after_at - at <= NEAR_S && is_actual(r.after_quality))
                       ? QUALITY_ACTUAL
                       : QUALITY_ESTIMATED;
    else if (r.has_before && at - r.before_at <= NEAR_S && is_actual(r.before_quality))
        *quality = QUALITY_ACTUAL;
    else
        *quality = 'N';
    return true;
}

bool
loss_meter_use(struct store *s, const struct group_meter *m, const char *obis, utc_t from,
               utc_t to, int64_t *use, char *quality, struct err *e)
{
    struct quantity a, b;
    char qa, qb;
    int64_t moved;

    *use = 0;
    if (!value_at(s, m, obis, from, &a, &qa, e) || !value_at(s, m, obis, to, &b, &qb, e))
        return false;
    *quality = qa == 'N' || qb == 'N'                               ? 'N'
               : qa == QUALITY_ESTIMATED || qb == QUALITY_ESTIMATED ? QUALITY_ESTIMATED
                                                                    : QUALITY_ACTUAL;
    if (*quality == 'N')
        return true;
    moved = b.milli - a.milli;
    if (moved < 0 && m->digits > 0 && a.milli > check_register_size(m->digits) / 2)
        moved += check_register_size(m->digits);
    if (moved < 0)
        *quality = 'N';
    else
        *use = (int64_t)((int128)moved * m->multiplier_milli / MULTIPLIER_ONE);
    return true;
}

/* ---- one group ---- */

struct adding {
    struct store *store;
    utc_t from, to;
    const char *obis; /* of the supply meter; NULL until it is known */
    struct loss_sum *sum;
    int64_t estimated; /* thousandths that are */
};

static bool
add_supply(struct adding *a, int64_t use, char quality)
{
    a->sum->supply_meters++;
    a->sum->supply_missing += quality == 'N';
    a->sum->supplied += use;
    return true;
}

/* In a group without meters of its own the first one says which commodity is balanced. */
static bool
add_meter(const struct group_meter *m, void *context, struct err *e)
{
    struct adding *a = context;
    const char *obis = metering_main_register(m->commodity);
    int64_t use;
    char quality;

    if (a->obis == NULL)
        a->obis = obis;
    if (strcmp(a->obis, obis) != 0)
        return true;
    if (!loss_meter_use(a->store, m, obis, m->joined_at > a->from ? m->joined_at : a->from,
                        m->left_at != 0 && m->left_at < a->to ? m->left_at : a->to, &use,
                        &quality, e))
        return false;
    if (m->is_check_meter)
        return add_supply(a, use, quality);
    a->sum->meters++;
    a->sum->actual += quality == QUALITY_ACTUAL;
    a->sum->missing += quality == 'N';
    if (quality == QUALITY_ESTIMATED) {
        a->sum->estimated++;
        a->estimated += use;
    }
    a->sum->sold += use;
    return true;
}

bool
loss_of_group(struct store *s, const struct group *g, utc_t from, utc_t to,
              struct loss_sum *out, struct err *e)
{
    struct adding a = {.store = s, .from = from, .to = to, .sum = out};
    char commodity[WORD_MAX];
    int64_t mean, known;

    *out = (struct loss_sum){0};
    if (!group_commodity(s, g->id, commodity, e))
        return err_in(e, "group %s", g->code);
    if (commodity[0] != '\0')
        a.obis = metering_main_register(commodity);
    if (!group_meters_each(s, g->id, a.obis, from, to, add_meter, &a, e))
        return err_in(e, "group %s", g->code);
    known = out->actual + out->estimated;
    mean = known > 0 ? out->sold / known : 0;
    out->low = out->sold - a.estimated / 4; /* an estimate is right within a quarter */
    out->high = out->sold + a.estimated / 4 + 2 * mean * out->missing;
    out->sold += mean * out->missing;
    return true;
}

/* ---- the judgement ---- */

static int
permille(int64_t part, int64_t whole)
{
    int128 x = whole == 0 ? 0 : (int128)part * 1000 / whole;

    return x > 1000000 ? 1000000 : x < -1000000 ? -1000000 : (int)x;
}

static enum loss_state
state_of(const struct loss *l, const struct conf_losses *limits)
{
    bool known = l->periods > 0;

    if (l->rate < -10 * limits->negative)
        return LOSS_NEGATIVE;
    if (l->rate > 10 * limits->amber ||
        (known && l->rate > 10 * limits->green && l->rate > 2 * l->median))
        return LOSS_RED;
    if (l->rate > 10 * limits->green || (known && l->rate - l->median > 30) ||
        (known && l->median - l->rate > 30))
        return LOSS_AMBER;
    return LOSS_GREEN;
}

static const char *
cause_of(const struct loss *l)
{
    switch (l->state) {
    case LOSS_GREEN: return "";
    case LOSS_AMBER:
        return l->sum.estimated + l->sum.missing > 0 ? "estimates or late readings"
                                                     : "see whether it goes on";
    case LOSS_RED:
        return "theft, a wrong transformer ratio or a customer who is not linked";
    case LOSS_NEGATIVE:
        return "a customer of another group, a wrong multiplier, or other reading times";
    case LOSS_UNUSABLE: return l->cause;
    }
    return "";
}

static bool
is_unusable(const struct loss_sum *sum, int coverage, const struct conf_losses *limits,
            const char **why)
{
    if (sum->supply_meters == 0)
        *why = "it has no supply meter";
    else if (sum->supply_missing > 0)
        *why = "its supply meter was not read";
    else if (sum->supplied <= 0)
        *why = "nothing was supplied";
    else if (sum->meters == 0)
        *why = "it has no customers";
    else if (coverage < 10 * limits->coverage)
        *why = "too few customers' meters were read";
    else
        return false;
    return true;
}

void
loss_judge(const struct loss_sum *sum, const struct conf_losses *limits, int median,
           int periods, struct loss *out)
{
    *out = (struct loss){.sum = *sum,
                         .lost = sum->supplied - sum->sold,
                         .coverage = permille(sum->actual, sum->meters),
                         .median = median,
                         .periods = periods,
                         .cause = ""};
    if (is_unusable(sum, out->coverage, limits, &out->cause)) {
        out->state = LOSS_UNUSABLE;
        return;
    }
    out->rate = permille(out->lost, sum->supplied);
    out->rate_low = permille(sum->supplied - sum->high, sum->supplied);
    out->rate_high = permille(sum->supplied - sum->low, sum->supplied);
    out->state = state_of(out, limits);
    out->cause = cause_of(out);
}
