#include "meterpost/metering/hold.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/estimate.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"
#include "settle.h"

#include <stdio.h>
#include <string.h>

static bool
find_reading(const struct decision *d, int64_t id, struct reading *r, struct meter *m,
             struct err *e)
{
    bool found;

    if (!reading_by_id(d->store, id, r, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no reading %lld", (long long)id);
    return meter_by_id(d->store, r->meter_id, m, &found, e);
}

static bool
find_held(const struct decision *d, int64_t id, struct reading *r, struct meter *m,
          struct err *e)
{
    if (!find_reading(d, id, r, m, e))
        return false;
    return r->status == READING_HELD ||
           err_set(e, FAIL_REJECT, "reading %lld is not held: it is %s", (long long)id,
                   reading_status_name(r->status));
}

/* "amina: read again on the phone" */
static void
say_why(const struct decision *d, const char *done, char out[READING_WHY_MAX])
{
    char text[READING_WHY_MAX + ACTOR_MAX + 40];

    snprintf(text, sizeof(text), "%s by %s%s%s", done, d->actor,
             d->reason[0] == '\0' ? "" : ": ", d->reason);
    text_clip(out, READING_WHY_MAX, text);
}

bool
hold_accept(const struct decision *d, int64_t id, bool is_rollover, struct reading *out,
            struct err *e)
{
    char why[READING_WHY_MAX];
    struct meter m;

    if (!find_held(d, id, out, &m, e))
        return false;
    if (strcmp(out->method, ESTIMATE_AGREED) == 0 && strcmp(out->actor, d->actor) == 0)
        return err_set(
            e, FAIL_REJECT,
            "what %s agreed with the customer must be accepted by another person",
            d->actor);
    say_why(d, "accepted", why);
    if (!settle_release(d->store, &m, out, is_rollover ? "rollover" : "reviewed", why, e) ||
        !find_reading(d, id, out, &m, e))
        return false;
    return settle_accepted(d->store, d->conf, &m, out, e);
}

bool
hold_reject(const struct decision *d, int64_t id, struct reading *out, struct err *e)
{
    struct meter m;

    if (!find_held(d, id, out, &m, e))
        return false;
    say_why(d, "rejected", out->reason);
    out->status = READING_REJECTED;
    return reading_set_status(d->store, id, READING_REJECTED, out->reason, e);
}

bool
hold_estimate(const struct decision *d, int64_t id, struct reading *out, struct err *e)
{
    struct reading held;
    struct meter m;

    return hold_reject(d, id, &held, e) && find_reading(d, id, &held, &m, e) &&
           metering_estimate(d->store, d->conf, &m, held.obis, held.taken_at, d->now,
                             d->actor, d->reason, out, e);
}

/* ---- edits ---- */

static bool
check_edit(const struct decision *d, const struct reading *old, struct quantity value,
           char quality, struct err *e)
{
    if (old->status == READING_SUPERSEDED)
        return err_set(e, FAIL_REJECT, "reading %lld was replaced already",
                       (long long)old->id);
    if (quality != QUALITY_ACTUAL && quality != QUALITY_SUBSTITUTE &&
        quality != QUALITY_FINAL)
        return err_set(e, FAIL_REJECT, "the quality of an edit is A, S or F, not '%c'",
                       quality);
    if (d->reason[0] == '\0')
        return err_set(e, FAIL_REJECT, "say why: an edit needs a reason");
    if (value.milli < 0 && check_register_counts(old->obis))
        return err_set(e, FAIL_REJECT, "register %s cannot show less than zero", old->obis);
    return value.milli != old->value.milli ||
           err_set(e, FAIL_REJECT, "reading %lld has this value already",
                   (long long)old->id);
}

static void
fill_edit(const struct decision *d, const struct reading *old, struct quantity value,
          char quality, struct reading *out)
{
    char was[AMOUNT_TEXT_MAX], done[AMOUNT_TEXT_MAX + 40];

    *out = *old;
    out->value = value;
    out->quality = quality;
    out->received_at = d->now;
    out->source = SOURCE_MANUAL;
    out->status = READING_ACCEPTED;
    out->replaces_id = old->id;
    out->method[0] = out->raw[0] = '\0';
    text_copy(out->flags, sizeof(out->flags), "edited");
    text_clip(out->actor, sizeof(out->actor), d->actor);
    snprintf(done, sizeof(done), "put in the place of %s",
             decimal_print(old->value.milli, QUANTITY_PLACES, true, was));
    say_why(d, done, out->reason);
}

bool
metering_reading_edit(const struct decision *d, int64_t id, struct quantity value,
                      char quality, struct reading *out, struct err *e)
{
    struct reading old;
    struct meter m;
    int64_t bills;

    if (!find_reading(d, id, &old, &m, e) || !check_edit(d, &old, value, quality, e))
        return false;
    fill_edit(d, &old, value, quality, out);
    return reading_set_status(d->store, id, READING_SUPERSEDED, "edited", e) &&
           reading_add(d->store, out, &out->id, e) &&
           trueup_add(d->store, id, out->id, d->now, &bills, e) &&
           settle_accepted(d->store, d->conf, &m, out, e);
}

bool
metering_reading_agree(const struct decision *d, const char *meter, const char *obis,
                       utc_t at, struct quantity value, struct reading *out, struct err *e)
{
    const char *unit = obis_unit(obis);
    struct meter m;
    bool found;

    if (!meter_by_name(d->store, meter, &m, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no meter '%.60s'", meter);
    if (unit == NULL || value.milli < 0)
        return err_set(e, FAIL_REJECT, "register %.20s cannot show that", obis);
    *out = (struct reading){.meter_id = m.id,
                            .value = value,
                            .taken_at = at,
                            .received_at = d->now,
                            .quality = QUALITY_FINAL,
                            .source = SOURCE_ESTIMATE,
                            .status = READING_HELD};
    text_clip(out->obis, sizeof(out->obis), obis);
    text_clip(out->unit, sizeof(out->unit), unit);
    text_clip(out->actor, sizeof(out->actor), d->actor);
    text_copy(out->method, sizeof(out->method), ESTIMATE_AGREED);
    text_copy(out->flags, sizeof(out->flags), "agreed");
    say_why(d, "agreed with the customer, to be accepted by a second person: noted",
            out->reason);
    return reading_add(d->store, out, &out->id, e);
}
