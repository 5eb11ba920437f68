/* verb_bill.c - what changes bills and what they are computed from. */
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/cancel.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/factors.h"
#include "verbs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MONTH_LENGTH 7 /* 2026-11 */

bool
verb_bill_cancel(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct billing b = {.store = d->store,
                        .conf = d->conf,
                        .tariffs = d->tariffs,
                        .templates = d->templates,
                        .policy = d->policy,
                        .now = d->now};
    struct billing_cancel c = {
        .with_later = json_is_true(json_object_get(arguments, "with_later")),
        .no_bill = json_is_true(json_object_get(arguments, "no_bill")),
        .actor = actor};
    char subject[60];

    if (!argument_text(arguments, "bill", &c.number, e) ||
        !argument_text(arguments, "reason", &c.reason, e) ||
        !billing_cancel(&b, &c, answer, e))
        return false;
    snprintf(subject, sizeof(subject), "bill %.40s", c.number);
    return audit_add(d->store, d->now, actor, "cli", "bill.cancel", subject, c.reason, e);
}

/* ---- factors ---- */

static bool
factor_name(const char *name, struct factor *f, struct err *e)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return err_set(
                e, FAIL_REJECT,
                "the name of a factor is of small letters, digits and _: '%.40s'", name);
    }
    return text_copy(f->name, sizeof(f->name), name) ||
           err_set(e, FAIL_REJECT, "the name of a factor has at most %d letters",
                   FACTOR_NAME_MAX - 1);
}

/* "2026-11" or a day. */
static bool
factor_day(const char *text, utc_t *out, struct err *e)
{
    char day[MONTH_LENGTH + 4];

    if (strlen(text) != MONTH_LENGTH)
        return clock_parse(text, out, e);
    snprintf(day, sizeof(day), "%s-01", text);
    return clock_parse(day, out, e);
}

/* Does any tariff ask for it? If not, it is likely misspelt. */
static bool
factor_known(const struct desk *d, const char *name)
{
    for (size_t i = 0; i < d->tariffs->count; i++) {
        for (int k = 0; k < d->tariffs->list[i]->n_components; k++) {
            if (strcmp(d->tariffs->list[i]->components[k].factor_of, name) == 0)
                return true;
        }
    }
    return false;
}

bool
verb_factor_set(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct factor f = {.set_at = d->now};
    const char *name, *from, *value;
    char subject[40], detail[80], number[AMOUNT_TEXT_MAX], day[TIME_TEXT_MAX];

    if (!argument_text(arguments, "factor", &name, e) ||
        !argument_text(arguments, "from", &from, e) ||
        !argument_text(arguments, "value", &value, e) || !factor_name(name, &f, e) ||
        !factor_day(from, &f.valid_from, e) ||
        !decimal_parse(value, RATE_PLACES, &f.value.micro, e))
        return false;
    if (f.value.micro > (int64_t)TARIFF_RATE_MAX * 1000000 ||
        f.value.micro < -(int64_t)TARIFF_RATE_MAX * 1000000)
        return err_set(e, FAIL_REJECT, "the value %s is beyond %d", value, TARIFF_RATE_MAX);
    text_clip(f.actor, sizeof(f.actor), actor);
    if (!factor_add(d->store, &f, e))
        return false;
    clock_date(f.valid_from, day);
    decimal_print(f.value.micro, RATE_PLACES, true, number);
    json_object_set_new(answer, "factor", json_string(f.name));
    json_object_set_new(answer, "from", json_string(day));
    json_object_set_new(answer, "value", json_string(number));
    json_object_set_new(answer, "used", json_boolean(factor_known(d, f.name)));
    snprintf(subject, sizeof(subject), "factor %s", f.name);
    snprintf(detail, sizeof(detail), "%s from %s", number, day);
    return audit_add(d->store, d->now, actor, "cli", "factor.set", subject, detail, e);
}
