/* Rules about use, and about the state of meter and supply. */
#include "check_rule.h"

#include <stdlib.h>
#include <string.h>

#define FEAST_S (3 * DAY_S)

static const char *
print(struct quantity q, char out[AMOUNT_TEXT_MAX])
{
    return decimal_print(q.milli, QUANTITY_PLACES, true, out);
}

/* ---- use ---- */

bool
rule_is_impossible(const struct check_work *w, struct text *reason)
{
    char moved[AMOUNT_TEXT_MAX];

    if (w->c->before_installed || !check_is_too_much(w))
        return false;
    text_addf(reason, "%s %s in %lld hours cannot flow through this meter",
              print((struct quantity){w->moved}, moved), w->c->unit,
              (long long)(w->seconds / HOUR_S));
    return true;
}

/* What was noted at the installation may be what is wrong. */
bool
rule_is_bad_start(const struct check_work *w, struct text *reason)
{
    char initial[AMOUNT_TEXT_MAX];

    text_addf(reason, "from the %s of its installation more than can flow",
              print(w->c->before.value, initial));
    return w->c->before_installed && check_is_too_much(w);
}

/* "62.5 a day, usually 11.2" */
static void
compare_use(const struct check_work *w, struct text *reason)
{
    char now[AMOUNT_TEXT_MAX], usual[AMOUNT_TEXT_MAX];

    text_addf(reason, "%s %s a day, usually %s",
              decimal_print(w->per_day / 100, 1, true, now), w->c->unit,
              decimal_print(w->expected / 100, 1, true, usual));
}

static bool
is_above(const struct check_work *w, int percent)
{
    return w->flows && w->expects && percent > 0 &&
           (int128)w->per_day * 100 > (int128)w->most * percent;
}

bool
rule_is_very_high(const struct check_work *w, struct text *reason)
{
    compare_use(w, reason);
    return is_above(w, w->c->limits->very_high);
}

bool
rule_is_high(const struct check_work *w, struct text *reason)
{
    compare_use(w, reason);
    return is_above(w, w->c->limits->high) && !is_above(w, w->c->limits->very_high);
}

/* No use at all is another matter, and little of little is nothing. */
static bool
is_below(const struct check_work *w, int percent)
{
    return w->flows && w->expects && w->moved > 0 && w->least != INT64_MAX &&
           w->least >= (int64_t)w->c->limits->small * 1000 &&
           (int128)w->per_day * 100 < (int128)w->least * percent;
}

bool
rule_is_very_low(const struct check_work *w, struct text *reason)
{
    compare_use(w, reason);
    return is_below(w, w->c->limits->very_low);
}

bool
rule_is_low(const struct check_work *w, struct text *reason)
{
    compare_use(w, reason);
    return is_below(w, w->c->limits->low) && !is_below(w, w->c->limits->very_low);
}

/* Hampel: further from the median than so many times 1.4826 MAD. Use is skewed: a feast is
 * twice or three times a day, no day is less than nothing. So distance counts by ratio
 * above the median, and by difference below. */
static int64_t
outlier_limit(const struct check_use *u, int times, bool above)
{
    int64_t spread = u->spread > u->median / 10 ? u->spread : u->median / 10;
    int128 step = (int128)spread * 14826 / 10000, limit = u->median;

    for (int i = 0; above && u->median > 0 && i < times && limit < INT64_MAX / 4; i++)
        limit += limit * step / u->median;
    limit = above && u->median > 0 ? limit - u->median : step * times;
    return limit > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)limit;
}

/* Far from what it did in the last weeks, of late, and at this time last year. Steady use
 * counts as if it varied by a tenth; a single day may be a feast, a week is none. */
bool
rule_is_outlier(const struct check_work *w, struct text *reason)
{
    const struct check_use *u = &w->c->use;
    int64_t small = (int64_t)w->c->limits->small * 1000;
    int times = w->c->limits->outlier + (w->seconds < FEAST_S);
    int64_t limit = outlier_limit(u, times, w->per_day > u->median);

    compare_use(w, reason);
    if (limit < small)
        limit = small;
    return w->flows && w->moved > 0 && w->c->limits->outlier > 0 && u->n >= 12 &&
           llabs(w->per_day - u->median) > limit && llabs(w->per_day - u->last) > limit &&
           (!u->has_season || llabs(w->per_day - u->season) > limit);
}

#define INTERVALS_MIN 6 /* of a day that a spike stands out from */

/* Intervals alone: the highest of a day against the third highest. */
bool
rule_is_spike(const struct check_work *w, struct text *reason)
{
    const struct check_use *u = &w->c->use;
    int64_t rate =
        w->flows && w->seconds > 0 ? (int64_t)((int128)w->moved * DAY_S / w->seconds) : 0;

    text_addf(reason, "far above all that it used in the day before");
    return w->flows && w->c->limits->spike > 0 && u->n_day >= INTERVALS_MIN &&
           u->third > 0 && w->seconds <= DAY_S / 4 &&
           w->moved > (int64_t)w->c->limits->small * 1000 &&
           (int128)rate * 100 > (int128)u->third * (100 + w->c->limits->spike);
}

/* Half as long again as usual: one is missing at least. */
bool
rule_has_gap(const struct check_work *w, struct text *reason)
{
    utc_t usual = w->c->use.usual_s;

    text_addf(reason, "readings are missing before it");
    return (w->counts || w->interval) && usual > 0 && w->c->before.known &&
           !w->c->before_installed && w->c->taken_at - w->c->before.at > usual + usual / 2;
}

/* An interval that ends between two of the meter's usual ends: its length was changed, or
 * its clock. */
bool
rule_has_odd_interval(const struct check_work *w, struct text *reason)
{
    utc_t usual = w->c->use.usual_s;

    text_addf(reason, "its intervals are of %lld minutes usually",
              (long long)(usual / MINUTE_S));
    return w->interval && usual > 0 && w->c->before.known &&
           (w->c->taken_at - w->c->before.at) % usual != 0;
}

/* Without use for so many periods of a time that began at `since`. */
static bool
is_still(const struct check_work *w, utc_t since, int periods)
{
    const struct check_case *c = w->c;

    return w->counts && c->unchanged_since != 0 && c->limits->zero_days > 0 && !c->off &&
           !c->not_installed &&
           c->taken_at - since >= (utc_t)c->limits->zero_days * periods * DAY_S;
}

/* Where supply was out nothing could flow: that time does not count. */
static utc_t
still_since(const struct check_work *w)
{
    return w->c->unchanged_since + w->c->dark_s;
}

bool
rule_is_zero(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return is_still(w, still_since(w), 1) && !is_still(w, still_since(w), 2);
}

bool
rule_is_dark(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return w->c->dark_s > 0 && is_still(w, w->c->unchanged_since, 1) &&
           !is_still(w, still_since(w), 1);
}

bool
rule_is_stuck(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "it has not moved for %lld days",
              (long long)((w->c->taken_at - w->c->unchanged_since) / DAY_S));
    return is_still(w, still_since(w), 2);
}

/* More than a unit and more than one in two hundred apart. */
static bool
differ(struct quantity a, struct quantity b)
{
    int128 apart = (int128)a.milli - b.milli;
    int64_t may = b.milli / 200 > 1000 ? b.milli / 200 : 1000;

    return apart > may || -apart > may;
}

bool
rule_has_bad_sum(const struct check_work *w, struct text *reason)
{
    char a[AMOUNT_TEXT_MAX], b[AMOUNT_TEXT_MAX];

    text_addf(reason, "the tariff registers give %s, the total shows %s",
              print(w->c->parts, a), print(w->c->whole, b));
    return w->c->has_parts && differ(w->c->parts, w->c->whole);
}

bool
rule_has_bad_intervals(const struct check_work *w, struct text *reason)
{
    char a[AMOUNT_TEXT_MAX], b[AMOUNT_TEXT_MAX];

    text_addf(reason, "the intervals give %s, the register moved by %s",
              print(w->c->intervals, a), print(w->c->between, b));
    return w->c->has_intervals && differ(w->c->intervals, w->c->between);
}

/* Of P and Q the power factor is P / sqrt(P^2 + Q^2); or the meter says it itself. */
bool
rule_lacks_power_factor(const struct check_work *w, struct text *reason)
{
    int64_t p = w->c->active.milli, q = w->c->reactive.milli;
    int least = w->c->limits->power_factor;
    int128 part = (int128)least * least;

    text_addf(reason, "its power factor is below 0.%02d", least);
    if (least == 0)
        return false;
    if (strncmp(w->c->obis, "1-0:13.7.", 9) == 0)
        return llabs(w->c->value.milli) < (int64_t)least * 10;
    return w->c->has_reactive && p >= 0 && p <= CHECK_VALUE_MOST && q > 1000 &&
           q <= CHECK_VALUE_MOST && (int128)p * p * (10000 - part) < (int128)q * q * part;
}

/* ---- state ---- */

/* More than a valve or a relay may let through once it is off. */
static bool
flows_on(const struct check_work *w)
{
    bool is_volume = strcmp(w->c->unit, "m3") == 0;

    return w->flows && w->moved > (is_volume ? w->c->limits->after_cut_volume
                                             : w->c->limits->after_cut);
}

bool
rule_flows_after_cut(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "supply is off, and it counts");
    return flows_on(w) && w->c->off && w->c->before_off;
}

bool
rule_flows_nowhere(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "it counts, but hangs at no account");
    return flows_on(w) && w->c->not_installed;
}

bool
rule_is_estimated_for_long(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "estimated for the %dth time in a row", w->c->estimates + 1);
    return w->c->quality == QUALITY_ESTIMATED && w->c->limits->estimates > 0 &&
           w->c->estimates + 1 >= w->c->limits->estimates;
}

static bool
reports(const struct check_work *w, const char *word)
{
    return w->c->device != NULL && check_has_flag(w->c->device, word);
}

bool
rule_lacks_siblings(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "registers are missing that came with the one before");
    return reports(w, "sibling");
}

bool
rule_is_tampered(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the device reports tampering");
    return reports(w, "tamper");
}

bool
rule_is_faulty(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the device reports a fault");
    return reports(w, "fault");
}

bool
rule_lost_power(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the device reports that supply was lost");
    return reports(w, "power");
}

bool
rule_was_reset(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the device reports that it was reset");
    return reports(w, "reset");
}

bool
rule_has_low_battery(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the device reports a low battery");
    return reports(w, "battery");
}

bool
rule_is_off(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return w->c->off;
}
