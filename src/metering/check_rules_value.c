/* Rules about identity, clock, unit and sign: whether it can be a reading at all. */
#include "check_rule.h"

#include "meterpost/metering/unit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *
print(struct quantity q, char out[AMOUNT_TEXT_MAX])
{
    return decimal_print(q.milli, QUANTITY_PLACES, true, out);
}

/* ---- identity ---- */

bool
rule_is_no_value(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "no register shows such a number");
    return w->c->value.milli > CHECK_VALUE_MOST || w->c->value.milli < -CHECK_VALUE_MOST;
}

bool
rule_is_duplicate(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the same value of the same time is here already");
    return w->c->same.known && w->c->same.value.milli == w->c->value.milli;
}

bool
rule_is_of_other_meter(const struct check_work *w, struct text *reason)
{
    const char *on_file = w->c->serial, *told = w->c->told_serial;

    if (on_file == NULL || told == NULL || *told == '\0')
        return false;
    text_addf(reason, "it names meter %.40s, but meter %.40s hangs there", told, on_file);
    return strcasecmp(on_file + strspn(on_file, "0"), told + strspn(told, "0")) != 0;
}

/* ---- clock ---- */

bool
rule_is_future(const struct check_work *w, struct text *reason)
{
    utc_t t = w->c->meter_time != 0 ? w->c->meter_time : w->c->taken_at;
    char text[TIME_TEXT_MAX];

    if (t <= w->c->received_at + w->c->limits->clock_hold_s)
        return false;
    text_addf(reason, "it was taken in the future: %s", clock_iso(t, text));
    return true;
}

bool
rule_is_ancient(const struct check_work *w, struct text *reason)
{
    utc_t t = w->c->meter_time;
    char text[TIME_TEXT_MAX];

    if (t == 0 || t >= w->c->received_at - w->c->limits->too_old_s)
        return false;
    text_addf(reason, "by the meter's clock it is too old: %s", clock_iso(t, text));
    return true;
}

bool
rule_has_slow_clock(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return w->c->meter_time != 0 &&
           llabs(w->c->meter_time - w->c->received_at) > w->c->limits->clock_warn_s;
}

bool
rule_is_late(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return w->c->after.known;
}

/* ---- unit ---- */

bool
rule_has_wrong_unit(const struct check_work *w, struct text *reason)
{
    const char *unit = obis_unit(w->c->obis);

    text_addf(reason, "register %s counts %s, the reading is in %s", w->c->obis,
              unit == NULL ? "?" : unit, w->c->unit);
    return unit != NULL && strcmp(unit, w->c->unit) != 0;
}

static bool
is_suspiciously_high(const struct check_work *w)
{
    return check_is_too_much(w) || (w->expects && w->flows && w->c->limits->very_high > 0 &&
                                    w->per_day > w->most / 100 * w->c->limits->very_high);
}

/* A thousand times more or less: Wh taken for kWh, litres for cubic metres. */
bool
rule_is_off_by_thousand(const struct check_work *w, struct text *reason)
{
    int64_t was = w->c->before.value.milli, is = w->c->value.milli;
    char before[AMOUNT_TEXT_MAX];

    if (!w->counts || !w->c->before.known || was <= 1000 || is <= 0)
        return false;
    text_addf(reason, "it is a thousand times %s than the %s before: %s",
              is > was ? "more" : "less", print(w->c->before.value, before),
              "are they of the same unit?");
    if (is / 900 >= was && is / 1100 <= was)
        return is_suspiciously_high(w);
    return is <= was / 900 && is >= was / 1100 && w->went_down && !w->rolled && !w->over;
}

bool
rule_has_other_multiplier(const struct check_work *w, struct text *reason)
{
    struct quantity told = {w->c->told_multiplier_milli}, ours = {w->c->multiplier_milli};
    char a[AMOUNT_TEXT_MAX], b[AMOUNT_TEXT_MAX];

    if (told.milli == 0) {
        text_addf(reason, "the meter multiplies by another number than the %s on file",
                  print(ours, b));
        return w->c->device != NULL && check_has_flag(w->c->device, "multiplier");
    }
    text_addf(reason, "it is multiplied by %s, on file is %s", print(told, a),
              print(ours, b));
    return ours.milli != 0 && told.milli != ours.milli;
}

/* ---- sign ---- */

bool
rule_is_negative(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "what only counts up shows less than zero");
    return (w->counts || w->interval) && w->c->value.milli < 0;
}

bool
rule_is_beyond_digits(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the register has %d digits and cannot show this", w->c->digits);
    return w->counts && w->size != 0 && w->c->value.milli >= w->size;
}

bool
rule_is_conflict(const struct check_work *w, struct text *reason)
{
    char other[AMOUNT_TEXT_MAX];

    text_addf(reason, "the meter showed %s at the same time",
              print(w->c->same.value, other));
    return w->c->same.known && w->c->same.value.milli != w->c->value.milli;
}

bool
rule_has_overflow(const struct check_work *w, struct text *reason)
{
    text_addf(reason, "the device says that its counter overflowed");
    return w->c->device != NULL && check_has_flag(w->c->device, "overflow");
}

bool
rule_is_rollover(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return w->rolled;
}

bool
rule_is_overestimated(const struct check_work *w, struct text *reason)
{
    (void)reason;
    return w->over;
}

bool
rule_is_decrease(const struct check_work *w, struct text *reason)
{
    char before[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];

    if (!w->went_down || w->rolled || w->over)
        return false;
    text_addf(reason, "it is less than the %s of %s", print(w->c->before.value, before),
              clock_date(w->c->before.at, day));
    return true;
}

/* Down, and then further down: it counts backwards. */
bool
rule_is_reversed(const struct check_work *w, struct text *reason)
{
    const struct check_case *c = w->c;

    text_addf(reason, "it went down twice: it counts backwards");
    return w->went_down && !w->rolled && !w->over && c->held.known &&
           c->held.value.milli < c->before.value.milli &&
           c->value.milli < c->held.value.milli;
}

/* Down to nearly nothing: as much as a new meter would show by now. */
bool
rule_is_exchanged(const struct check_work *w, struct text *reason)
{
    int64_t was = w->c->before.value.milli, is = w->c->value.milli;
    int64_t flow = check_expected_flow(w, 3);

    text_addf(reason, "it is what a new meter would show");
    if (!w->went_down || w->rolled || w->over || is < 0 || is > was / 10)
        return false;
    return flow > 0 ? is <= flow : is <= was / 20;
}

bool
rule_is_swapped(const struct check_work *w, struct text *reason)
{
    if (w->c->fits == NULL)
        return false;
    text_addf(reason, "it would go on from meter %.40s: were the two swapped?", w->c->fits);
    return true;
}

bool
rule_is_above_later(const struct check_work *w, struct text *reason)
{
    const struct check_point *after = &w->c->after;
    char shown[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];

    if (!w->counts || !after->known || w->c->value.milli <= after->value.milli ||
        (w->size != 0 && w->c->value.milli >= w->size - w->size / 10))
        return false;
    text_addf(reason, "it is more than the later %s of %s", print(after->value, shown),
              clock_date(after->at, day));
    return true;
}
