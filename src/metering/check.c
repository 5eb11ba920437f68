#include "meterpost/metering/check.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A rule fires: true, with the reason where it holds or rejects. */
typedef bool rule_test(const struct check_case *c, struct text *reason);

static const char *
print(struct quantity q, char out[AMOUNT_TEXT_MAX])
{
    return decimal_print(q.milli, QUANTITY_PLACES, true, out);
}

/* ---- what a register is ---- */

bool
check_register_counts(const char *obis)
{
    int medium, channel, what, how;

    if (sscanf(obis, "%d-%d:%d.%d", &medium, &channel, &what, &how) != 4)
        return false;
    switch (medium) {
    case 1: return how == 8;               /* electricity: time integral 1   */
    case 5:                                /* cooling */
    case 6: return what == 1 || what == 2; /* heat: energy, volume           */
    case 7: return what == 3 || what == 0; /* gas: volume                    */
    case 8:                                /* cold water */
    case 9: return what == 1;              /* hot water: volume              */
    default: return false;
    }
}

/* 10^digits in thousandths: where the register starts again; 0 when not known. */
static int64_t
span(const struct check_case *c)
{
    int64_t end = 1000;

    if (c->digits <= 0 || c->digits > 15)
        return 0;
    for (int i = 0; i < c->digits; i++)
        end *= 10;
    return end;
}

static bool
went_down(const struct check_case *c)
{
    return check_register_counts(c->obis) && c->before.known &&
           c->value.milli < c->before.value.milli;
}

/* A register that stood in its last tenth and stands in its first went round. */
static bool
went_round(const struct check_case *c)
{
    int64_t end = span(c);

    return went_down(c) && end != 0 && c->before.value.milli < end &&
           c->before.value.milli >= end - end / 10 && c->value.milli < end / 10;
}

/* ---- the rules ---- */

static bool
is_duplicate(const struct check_case *c, struct text *reason)
{
    text_addf(reason, "the same value of the same time is here already");
    return c->same.known && c->same.value.milli == c->value.milli;
}

static bool
has_wrong_unit(const struct check_case *c, struct text *reason)
{
    const char *unit = obis_unit(c->obis);

    text_addf(reason, "register %s counts %s, the reading is in %s", c->obis,
              unit == NULL ? "?" : unit, c->unit);
    return unit != NULL && strcmp(unit, c->unit) != 0;
}

static bool
is_negative(const struct check_case *c, struct text *reason)
{
    text_addf(reason, "a register that only counts up shows less than zero");
    return check_register_counts(c->obis) && c->value.milli < 0;
}

static bool
is_beyond_digits(const struct check_case *c, struct text *reason)
{
    text_addf(reason, "the register has %d digits and cannot show this", c->digits);
    return check_register_counts(c->obis) && span(c) != 0 && c->value.milli >= span(c);
}

static bool
is_future(const struct check_case *c, struct text *reason)
{
    utc_t t = c->meter_time != 0 ? c->meter_time : c->taken_at;
    char text[TIME_TEXT_MAX];

    text_addf(reason, "it was taken in the future: %s", clock_iso(t, text));
    return t > c->received_at + c->limits->clock_hold_s;
}

static bool
is_ancient(const struct check_case *c, struct text *reason)
{
    char text[TIME_TEXT_MAX];

    text_addf(reason, "by the meter's clock it is too old: %s",
              clock_iso(c->meter_time, text));
    return c->meter_time != 0 && c->meter_time < c->received_at - c->limits->too_old_s;
}

static bool
is_conflict(const struct check_case *c, struct text *reason)
{
    char other[AMOUNT_TEXT_MAX];

    text_addf(reason, "the meter showed %s at the same time", print(c->same.value, other));
    return c->same.known && c->same.value.milli != c->value.milli;
}

static bool
is_rollover(const struct check_case *c, struct text *reason)
{
    (void)reason;
    return went_round(c);
}

static bool
is_decrease(const struct check_case *c, struct text *reason)
{
    char before[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];

    text_addf(reason, "it is less than the %s of %s", print(c->before.value, before),
              clock_date(c->before.at, day));
    return went_down(c) && !went_round(c);
}

static bool
is_late(const struct check_case *c, struct text *reason)
{
    (void)reason;
    return c->after.known;
}

static bool
is_above_later(const struct check_case *c, struct text *reason)
{
    char after[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];

    text_addf(reason, "it is more than the later %s of %s", print(c->after.value, after),
              clock_date(c->after.at, day));
    return check_register_counts(c->obis) && c->after.known &&
           c->value.milli > c->after.value.milli &&
           (span(c) == 0 || c->value.milli < span(c) - span(c) / 10);
}

static bool
has_slow_clock(const struct check_case *c, struct text *reason)
{
    (void)reason;
    return c->meter_time != 0 &&
           llabs(c->meter_time - c->received_at) > c->limits->clock_warn_s;
}

static const struct rule {
    const char *name;
    enum check_action action;
    rule_test *fires;
} rules[] = {
    {"duplicate", CHECK_REJECT, is_duplicate},
    {"unit", CHECK_HOLD, has_wrong_unit},
    {"negative", CHECK_HOLD, is_negative},
    {"digits", CHECK_HOLD, is_beyond_digits},
    {"future", CHECK_HOLD, is_future},
    {"ancient", CHECK_HOLD, is_ancient},
    {"conflict", CHECK_HOLD, is_conflict},
    {"decrease", CHECK_HOLD, is_decrease},
    {"above-later", CHECK_HOLD, is_above_later},
    {"rollover", CHECK_ACCEPT, is_rollover},
    {"late", CHECK_ACCEPT, is_late},
    {"clock", CHECK_ACCEPT, has_slow_clock},
};

void
check_reading(const struct check_case *c, struct check_verdict *out)
{
    struct text flags, reason;

    *out = (struct check_verdict){.action = CHECK_ACCEPT};
    text_init(&flags, out->flags, sizeof(out->flags));
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        char why[READING_WHY_MAX];

        text_init(&reason, why, sizeof(why));
        if (!rules[i].fires(c, &reason))
            continue;
        text_addf(&flags, "%s%s", flags.used > 0 ? "," : "", rules[i].name);
        if (rules[i].action > CHECK_ACCEPT && out->action == CHECK_ACCEPT)
            text_clip(out->reason, sizeof(out->reason), why);
        if (rules[i].action > out->action)
            out->action = rules[i].action;
        if (out->action == CHECK_REJECT)
            return;
    }
}

bool
check_clock_sane(utc_t meter_time, utc_t received_at, const struct conf_validation *limits)
{
    return meter_time <= received_at + limits->clock_hold_s &&
           meter_time >= received_at - limits->too_old_s;
}
