/* People come and go, meters are exchanged: two installations meet at one instant. */
#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/metering/estimate.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/registry.h"
#include "meterpost/metering/unit.h"

#include <stdio.h>
#include <string.h>

/* ---- what is meant ---- */

static bool
find_account(const struct import_context *with, const char *name, struct account *a,
             struct err *e)
{
    bool found;

    if (!account_by_name(with->store, name, a, &found, e))
        return false;
    if (!found || a->closed_at != 0)
        return err_set(e, FAIL_REJECT, "there is no open account '%.60s'", name);
    return true;
}

static bool
find_meter(const struct import_context *with, const char *name, struct meter *m,
           struct err *e)
{
    bool found;

    if (!meter_by_name(with->store, name, m, &found, e))
        return false;
    if (!found || m->until != 0)
        return err_set(e, FAIL_REJECT, "there is no meter '%.60s' in use", name);
    return true;
}

static bool
check_time(const struct import_context *with, utc_t at, struct err *e)
{
    return at <= with->now ||
           err_set(e, FAIL_REJECT, "expected a day that is not in the future");
}

/* ---- an installation ends ---- */

/* Neither before its begin nor below what was read before, unless that is meant. */
static bool
check_end(const struct import_context *with, const struct meter *m,
          const struct last_reading *last, utc_t at, struct err *e)
{
    char had[AMOUNT_TEXT_MAX], time[TIME_TEXT_MAX];
    const char *obis = metering_main_register(m->commodity);
    struct quantity least = m->at.initial;
    utc_t since = m->at.installed_at;
    struct reading r;
    bool found;

    if (at < since)
        return err_set(e, FAIL_REJECT, "meter %s hangs there since %s only", m->meter,
                       clock_iso(since, time));
    if (!reading_until(with->store, m->id, obis, at, &r, &found, e))
        return false;
    if (found && r.taken_at >= since) {
        least = r.value;
        since = r.taken_at;
    }
    if (last->value.milli >= least.milli || last->rolled_over || last->force)
        return true;
    return err_set(
        e, FAIL_REJECT,
        "meter %s showed %s at %s already: look again, or say --rollover when it "
        "passed its end, --force when that was too high",
        m->meter, decimal_print(least.milli, QUANTITY_PLACES, true, had),
        clock_iso(since, time));
}

/* The last reading of it is a reading like others. One that is there already will do. */
static bool
note_reading(const struct import_context *with, const struct meter *m,
             const struct last_reading *last, utc_t at, struct err *e)
{
    struct reading r = {.meter_id = m->id,
                        .value = last->value,
                        .taken_at = at,
                        .received_at = with->now,
                        .quality = QUALITY_ACTUAL,
                        .source = SOURCE_MANUAL,
                        .status = READING_ACCEPTED},
                   there;
    bool found;

    text_copy(r.obis, sizeof(r.obis), metering_main_register(m->commodity));
    text_copy(r.unit, sizeof(r.unit), obis_unit(r.obis));
    text_clip(r.actor, sizeof(r.actor), with->actor);
    text_copy(r.flags, sizeof(r.flags), last->rolled_over ? "rollover" : "");
    if (!reading_at(with->store, m->id, r.obis, at, r.value, &there, &found, e))
        return false;
    if (found && there.value.milli == r.value.milli && there.status == READING_ACCEPTED)
        return true;
    if (found && there.value.milli == r.value.milli)
        return reading_set_status(with->store, there.id, READING_ACCEPTED, "", e);
    return reading_add(with->store, &r, &r.id, e);
}

/* *shown is what it is taken to have shown. */
static bool
end_installation(const struct import_context *with, const struct meter *m,
                 const struct last_reading *last, utc_t at, struct quantity *shown,
                 struct err *e)
{
    struct reading made;

    *shown = last->value;
    if (!check_time(with, at, e))
        return false;
    if (last->missing) {
        if (!metering_estimate(with->store, with->conf, m,
                               metering_main_register(m->commodity), at, with->now,
                               with->actor, "nobody read it at the end", &made, e))
            return false;
        *shown = made.value;
    } else if (!check_end(with, m, last, at, e) || !note_reading(with, m, last, at, e)) {
        return false;
    }
    return installation_close(with->store, m->at.id, at, *shown, e);
}

/* ---- moving ---- */

static bool
check_room(const struct import_context *with, const struct account *a, struct err *e)
{
    int64_t meters;

    if (!meters_count(with->store, a->id, &meters, e))
        return false;
    return meters < ACCOUNT_METERS ||
           err_set(e, FAIL_REJECT, "expected at most %d meters at one account",
                   ACCOUNT_METERS);
}

bool
registry_move_in(const struct import_context *context, const struct move *move,
                 struct err *e)
{
    struct installation past[ACCOUNT_METERS], next;
    struct quantity shown = move->reading.value;
    struct account a;
    struct meter m;
    size_t n;

    if (move->meter == NULL)
        return err_set(e, FAIL_REJECT, "expected the meter that is taken over");
    if (!find_account(context, move->account, &a, e) ||
        !find_meter(context, move->meter, &m, e) || !check_time(context, move->at, e) ||
        !check_room(context, &a, e))
        return false;
    if (m.at.account_id == a.id)
        return err_set(e, FAIL_REJECT, "meter %s hangs at account %s already", m.meter,
                       a.account);
    if (m.at.id == 0 && move->reading.missing)
        return err_set(e, FAIL_REJECT, "meter %s hangs nowhere: its reading must be given",
                       m.meter);
    if (m.at.id != 0 && !end_installation(context, &m, &move->reading, move->at, &shown, e))
        return false;
    if (!installations_of_meter(context->store, m.id, past, &n, e))
        return false;
    next = (struct installation){.meter_id = m.id,
                                 .account_id = a.id,
                                 .multiplier_milli = MULTIPLIER_ONE,
                                 .installed_at = move->at,
                                 .initial = shown};
    if (n > 0 && past[n - 1].removed_at > move->at)
        return err_set(e, FAIL_REJECT, "meter %s was at another account until after that",
                       m.meter);
    if (n > 0) {
        next.multiplier_milli = past[n - 1].multiplier_milli;
        next.point_id = past[n - 1].point_id;
    }
    return installation_add(context->store, &next, &next.id, e);
}

bool
registry_move_out(const struct import_context *context, const struct move *move,
                  struct err *e)
{
    struct meter meters[ACCOUNT_METERS], *m = NULL;
    struct quantity shown;
    struct account a;
    size_t n;

    if (!find_account(context, move->account, &a, e) ||
        !meters_of_account(context->store, a.id, meters, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (move->meter == NULL ? n == 1 : strcmp(meters[i].meter, move->meter) == 0)
            m = &meters[i];
    }
    if (m == NULL && n > 1 && move->meter == NULL)
        return err_set(e, FAIL_REJECT, "account %s has %zu meters: name one, such as %s",
                       a.account, n, meters[0].meter);
    if (m == NULL)
        return err_set(e, FAIL_REJECT, "no such meter hangs at account %s", a.account);
    return end_installation(context, m, &move->reading, move->at, &shown, e);
}

/* ---- an exchange ---- */

/* The new one, in the cupboard or not known yet. */
static bool
find_new(const struct import_context *with, const struct exchange *x, struct meter *m,
         bool *found, struct err *e)
{
    if (!meter_by_name(with->store, x->new, m, found, e))
        return false;
    if (*found && (m->until != 0 || m->at.id != 0))
        return err_set(e, FAIL_REJECT, "meter %s %s", m->meter,
                       m->until != 0 ? "is out of use" : "hangs at another account");
    return true;
}

/* It gets what belongs to the place, and the SIM, where it has none of its own. */
static void
take_over(struct meter *new, const struct meter *old, const struct exchange *x, bool known)
{
    struct meter own = *new;

    if (!known) {
        *new = *old;
        new->id = 0;
        text_clip(new->meter, sizeof(new->meter), x->new);
        new->since = x->at;
    } else if (own.phone[0] == '\0' && own.concentrator_id == 0 && own.bus[0] == '\0') {
        memcpy(new->phone, old->phone, sizeof(new->phone));
        memcpy(new->sim, old->sim, sizeof(new->sim));
        memcpy(new->carrier, old->carrier, sizeof(new->carrier));
        memcpy(new->bus, old->bus, sizeof(new->bus));
        memcpy(new->protocol, old->protocol, sizeof(new->protocol));
        memcpy(new->address, old->address, sizeof(new->address));
        new->concentrator_id = old->concentrator_id;
        new->collector_id = old->collector_id;
        new->port = old->port;
    }
    new->group_id = old->group_id;
    new->is_check_meter = old->is_check_meter;
    if (x->digits != 0)
        new->digits = x->digits;
}

/* A name that a person typed must be one that files may have, too. */
static bool
check_name(const char *name, struct err *e)
{
    size_t n = strlen(name);

    return (n > 0 && n < KEY_MAX &&
            strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789-_./#") == n) ||
           err_set(e, FAIL_REJECT, "expected a serial number, got '%.60s'", name);
}

/* What came under the old number after the exchange was said by the new meter. */
static bool
move_readings(const struct import_context *with, const struct meter *old,
              const struct meter *new, utc_t at, int *moved, struct err *e)
{
    struct reading r;
    int64_t after = 0;
    bool found;

    for (*moved = 0;; after = r.id) {
        if (!reading_next_after(with->store, old->id, at, after, &r, &found, e))
            return false;
        if (!found)
            return true;
        if (!reading_set_status(with->store, r.id, READING_SUPERSEDED,
                                "the meter had been exchanged", e))
            return false;
        after = r.id;
        r.reason[0] = r.flags[0] = '\0';
        if (!metering_reading_add(with->store, with->conf, new,
                                  r.meter_clock ? r.taken_at : 0, &r, e))
            return false;
        ++*moved;
        r.id = after;
    }
}

/* The new meter in the place of the old one; *new is what is known of it. */
static bool
replace_meter(const struct import_context *with, const struct exchange *x,
              const struct meter *old, bool known, struct meter *new, struct err *e)
{
    if (!meter_close(with->store, old->id, x->at, e))
        return false;
    take_over(new, old, x, known);
    return known ? meter_update(with->store, new, x->at, e)
                 : meter_add(with->store, new, &new->id, e);
}

bool
registry_exchange(const struct import_context *context, const struct exchange *x,
                  int *moved, struct err *e)
{
    struct installation next;
    struct meter old, new;
    struct quantity shown;
    bool known = true, found;

    *moved = 0;
    if (!find_meter(context, x->old, &old, e))
        return false;
    if (old.at.id == 0)
        return err_set(e, FAIL_REJECT, "meter %s hangs nowhere", old.meter);
    if (x->new_reading.milli < 0 || x->multiplier_milli < 0)
        return err_set(e, FAIL_REJECT, "expected readings and multiplier above zero");
    if (x->new == NULL && x->multiplier_milli == 0)
        return err_set(e, FAIL_REJECT,
                       "expected the new meter, or the multiplier that this one has now");
    new = old;
    if (x->new != NULL &&
        (!check_name(x->new, e) || !find_new(context, x, &new, &known, e)))
        return false;
    if (!end_installation(context, &old, &x->old_reading, x->at, &shown, e) ||
        (x->new != NULL && !replace_meter(context, x, &old, known, &new, e)))
        return false;
    next = (struct installation){.meter_id = new.id,
                                 .account_id = old.at.account_id,
                                 .point_id = old.at.point_id,
                                 .multiplier_milli = x->multiplier_milli != 0
                                                         ? x->multiplier_milli
                                                         : old.at.multiplier_milli,
                                 .installed_at = x->at,
                                 .initial = x->new != NULL ? x->new_reading : shown};
    return installation_add(context->store, &next, &next.id, e) &&
           (x->new == NULL || (meter_by_id(context->store, new.id, &new, &found, e) &&
                               move_readings(context, &old, &new, x->at, moved, e)));
}
