/*
 * What a tariff asks for, read from meters: for each register where the period starts,
 * where it ends, and the use between the two.
 */
#include "draft.h"

#include "meterpost/base/text.h"
#include "meterpost/billing/consumption.h"

#include <string.h>
#include <strings.h>

#define TOTAL "total"

/* The quantities of a tariff and the registers they are read from. The four rates are those
 * of DL/T 645 in its order; a maximum demand is a height, and no difference. Sewers are
 * measured by the water that came in. */
static const struct measured {
    const char *commodity, *quantity, *obis;
} measured[] = {
    {"electricity", TOTAL, "1-0:1.8.0"},
    {"electricity", "sharp", "1-0:1.8.1"},
    {"electricity", "peak", "1-0:1.8.2"},
    {"electricity", "flat", "1-0:1.8.3"},
    {"electricity", "valley", "1-0:1.8.4"},
    {"electricity", "t1", "1-0:1.8.1"},
    {"electricity", "t2", "1-0:1.8.2"},
    {"electricity", "t3", "1-0:1.8.3"},
    {"electricity", "t4", "1-0:1.8.4"},
    {"electricity", "kw", "1-0:1.6.0"},
    {"electricity", "kva", "1-0:9.6.0"},
    {"water", TOTAL, "8-0:1.0.0"},
    {"gas", TOTAL, "7-0:3.0.0"},
    {"heat", TOTAL, "6-0:1.0.0"},
};

static const char *
commodity_of_meters(const char *commodity)
{
    return strcmp(commodity, "sewer") == 0 ? "water" : commodity;
}

const char *
register_of_total(const char *commodity)
{
    commodity = commodity_of_meters(commodity);
    for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
        if (strcmp(measured[i].commodity, commodity) == 0)
            return measured[i].obis;
    }
    return "";
}

const char *
quantity_of_register(const struct tariff *t, const char *obis)
{
    for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
        if (strcmp(measured[i].obis, obis) == 0 && tariff_asks_for(t, measured[i].quantity))
            return measured[i].quantity;
    }
    return "";
}

/* Does any version of any tariff that the account pays by ask for it? */
static bool
draft_asks_for(const struct billing *b, const struct draft *d, const char *quantity)
{
    if (strcmp(quantity, TOTAL) == 0)
        return true;
    for (size_t i = 0; i < b->tariffs->count; i++) {
        for (int k = 0; k < d->n_contracts; k++) {
            if (strcmp(b->tariffs->list[i]->id, d->contracts[k].tariff) == 0 &&
                tariff_asks_for(b->tariffs->list[i], quantity))
                return true;
        }
    }
    return false;
}

/* One register of one installation. */
struct segment {
    const struct installation *at;
    const struct meter *meter;
    const struct measured *what;
};

static bool
is_total(const struct segment *g)
{
    return strcmp(g->what->quantity, TOTAL) == 0;
}

/* What an installation notes of its begin or end is a reading, too, where it was written
 * down as one: with who said so, and whether it was an estimate. */
static bool
reading_noted(const struct billing *b, const struct segment *g, struct quantity value,
              utc_t at, struct reading *out, struct err *e)
{
    struct reading there;
    bool found;

    *out = (struct reading){.value = value, .taken_at = at, .quality = QUALITY_ACTUAL};
    if (!reading_until(b->store, g->meter->id, g->what->obis, at, &there, &found, e))
        return false;
    if (found && there.taken_at == at && there.value.milli == value.milli)
        *out = there;
    return true;
}

/* Of a register that the installation did not note: nothing on a new meter, else the first
 * that was read of it. */
static bool
first_of_register(const struct billing *b, const struct segment *g, struct bill_reading *r,
                  struct err *e)
{
    struct reading first;
    bool found = false;

    if (!reading_noted(b, g, g->at->initial, g->at->installed_at, &first, e))
        return false;
    if (!is_total(g) && g->at->initial.milli != 0) {
        struct reading read;

        if (!reading_from(b->store, g->meter->id, r->obis, g->at->installed_at, &read,
                          &found, e))
            return false;
        first = found ? read : first;
    }
    r->from_id = first.id;
    r->from = first.value;
    r->from_at = first.taken_at;
    r->from_quality = first.quality;
    return true;
}

/* The last bill's reading, or that of the installation. */
static bool
segment_start(const struct billing *b, struct draft *d, const struct segment *g,
              struct bill_reading *r, struct err *e)
{
    struct bill_reading last;
    bool found;

    r->meter_id = g->meter->id;
    r->multiplier_milli = g->at->multiplier_milli;
    text_copy(r->obis, sizeof(r->obis), g->what->obis);
    if (!bill_reading_newest(b->store, d->account.id, g->meter->id, r->obis, &last, &found,
                             e))
        return false;
    if (!found || last.to_at < g->at->installed_at)
        return first_of_register(b, g, r, e);
    r->from_id = last.to_id;
    r->from = last.to;
    r->from_at = last.to_at;
    r->from_quality = last.to_quality;
    r->replaced = last.replaced;
    return true;
}

/* The accepted reading nearest to `near`, in from < t <= to. */
static bool
reading_nearest(const struct billing *b, const struct segment *g, utc_t near, utc_t from,
                utc_t to, struct reading *out, bool *found, struct err *e)
{
    struct reading before, after;
    bool has_before, has_after;

    if (!reading_until(b->store, g->meter->id, g->what->obis, near < to ? near : to,
                       &before, &has_before, e) ||
        !reading_from(b->store, g->meter->id, g->what->obis, near, &after, &has_after, e))
        return false;
    has_before = has_before && before.taken_at > from;
    has_after = has_after && after.taken_at > from && after.taken_at <= to;
    *found = has_before || has_after;
    if (*found)
        *out = has_before && (!has_after || near - before.taken_at <= after.taken_at - near)
                   ? before
                   : after;
    return true;
}

/* The accepted reading near the month's end, or the last one of what was removed. */
static bool
segment_end(const struct billing *b, const struct billing_month *m, const struct segment *g,
            const struct bill_reading *r, struct reading *end, bool *found, struct err *e)
{
    utc_t removed = g->at->removed_at;
    utc_t from = m->end - BILLING_NEAR_S, to = m->end + BILLING_NEAR_S;

    if (removed != 0 && removed <= m->end && is_total(g)) {
        *found = true;
        return reading_noted(b, g, g->at->final, removed, end, e);
    }
    if (removed != 0 && removed <= m->end)
        return reading_nearest(b, g, removed, r->from_at, removed, end, found, e);
    if (from < r->from_at)
        from = r->from_at;
    if (removed != 0 && removed < to)
        to = removed;
    if (to > b->now)
        to = b->now;
    return reading_nearest(b, g, m->end, from, to, end, found, e);
}

/* The checks found that the register passed its end and started again. */
static bool
rolled_over(const struct reading *r)
{
    for (const char *word = r->flags; *word != '\0';) {
        size_t n = strcspn(word, ",");

        if (n == strlen("rollover") && strncasecmp(word, "rollover", n) == 0)
            return true;
        word += n + (word[n] == ',');
    }
    return false;
}

/* Did it pass its end with any reading of the period, be it one that no bill used? */
static bool
segment_rolled(const struct billing *b, const struct segment *g,
               const struct bill_reading *r, const struct reading *end, bool *rolled,
               struct err *e)
{
    struct reading at = *end;
    bool found = true;

    *rolled = rolled_over(end);
    while (!*rolled && end->value.milli < r->from.milli) {
        if (!reading_until(b->store, g->meter->id, g->what->obis, at.taken_at - 1, &at,
                           &found, e))
            return false;
        if (!found || at.taken_at <= r->from_at)
            return true;
        *rolled = rolled_over(&at);
    }
    return true;
}

/* Fill in the end and the use. False, with the reason, when start and end do not fit. */
static bool
segment_finish(struct draft *d, const struct segment *g, const struct reading *end,
               bool rolled, struct bill_reading *r, struct err *why)
{
    struct consumed_register used = {.from = r->from,
                                     .to = end->value,
                                     .multiplier_milli = r->multiplier_milli,
                                     .digits = g->meter->digits,
                                     .rolled_over = rolled,
                                     .from_estimated = r->replaced ||
                                                       r->from_quality == QUALITY_ESTIMATED,
                                     .whole = d->tariff->read_in};

    r->to = end->value;
    r->to_id = end->id;
    r->to_at = end->taken_at;
    r->to_quality = end->quality;
    if (usage_is_level(g->what->quantity)) {
        text_copy(r->unit, sizeof(r->unit), end->unit);
        return round_divide((int128)end->value.milli * r->multiplier_milli, MULTIPLIER_ONE,
                            ROUND_HALF_UP, &r->usage.milli, why);
    }
    text_copy(r->unit, sizeof(r->unit), end->unit[0] != '\0' ? end->unit : d->tariff->unit);
    if (strcasecmp(r->unit, d->tariff->unit) != 0)
        return err_set(why, FAIL_REJECT, "meter %s is read in %s, tariff '%s' is in %s",
                       g->meter->meter, r->unit, d->tariff->id, d->tariff->unit);
    return consumed_register(&used, &r->usage, why) ||
           err_in(why, "meter %s", g->meter->meter);
}

/* Keep the reading and add its use to the quantity of that name. */
static bool
draft_take(struct draft *d, const char *quantity, const struct bill_reading *r,
           struct err *why)
{
    int i = 0;

    if (d->n_readings == BILL_READINGS_MAX)
        return err_set(why, FAIL_REJECT, "it has more than %d registers to bill",
                       BILL_READINGS_MAX);
    while (d->used[i].name[0] != '\0' && strcmp(d->used[i].name, quantity) != 0)
        i++; /* there are fewer names than places: see `measured` */
    text_copy(d->used[i].name, sizeof(d->used[i].name), quantity);
    if (!quantity_add(&d->used[i].used, r->usage, why))
        return false;
    d->readings[d->n_readings++] = *r;
    return true;
}

static bool
segment_read(const struct billing *b, const struct billing_month *m, struct draft *d,
             const struct segment *g, enum draft_outcome *outcome, struct err *e)
{
    struct bill_reading r = {0};
    struct reading end;
    char date[TIME_TEXT_MAX];
    struct err why;
    bool found, rolled;

    if (!segment_start(b, d, g, &r, e))
        return false;
    if (g->at->removed_at != 0 && r.from_at >= g->at->removed_at)
        return true; /* billed to its end already */
    if (!segment_end(b, m, g, &r, &end, &found, e))
        return false;
    if (!found && !is_total(g))
        return true; /* the tariff says what it misses */
    if (!found)
        return draft_stop(
            d, outcome, DRAFT_NO_READING,
            "meter %s has no accepted reading near %s: read it, or estimate it",
            g->meter->meter, clock_date(m->end, date));
    if (!segment_rolled(b, g, &r, &end, &rolled, e))
        return false;
    if (!segment_finish(d, g, &end, rolled, &r, &why) ||
        !draft_take(d, g->what->quantity, &r, &why))
        return draft_stop(d, outcome, DRAFT_REFUSED, "%s", why.text);
    return true;
}

/* Every register that the tariff asks for, of one installation. */
static bool
read_installation(const struct billing *b, const struct billing_month *m, struct draft *d,
                  const struct installation *at, enum draft_outcome *outcome, struct err *e)
{
    const char *commodity = commodity_of_meters(d->tariff->commodity);
    struct meter meter;
    bool found;

    if (!meter_by_id(b->store, at->meter_id, &meter, &found, e))
        return false;
    if (!found || meter.is_check_meter || strcmp(meter.commodity, commodity) != 0)
        return true;
    for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
        struct segment g = {at, &meter, &measured[i]};

        if (strcmp(measured[i].commodity, commodity) != 0 ||
            !draft_asks_for(b, d, measured[i].quantity))
            continue;
        if (!segment_read(b, m, d, &g, outcome, e))
            return false;
        if (*outcome != DRAFT_READY)
            return true;
    }
    return true;
}

bool
draft_read_meters(const struct billing *b, const struct billing_month *m, struct draft *d,
                  enum draft_outcome *outcome, struct err *e)
{
    struct installation list[ACCOUNT_METERS];
    struct bill last;
    bool billed;
    size_t n;

    if (!bill_newest(b->store, d->account.id, &last, &billed, e) ||
        !installations_of_account(b->store, d->account.id, billed ? last.period_to : 0,
                                  m->end, list, &n, e))
        return false;
    d->left = true;
    for (size_t i = 0; i < n && *outcome == DRAFT_READY; i++) {
        d->left = d->left && list[i].removed_at != 0;
        if (!read_installation(b, m, d, &list[i], outcome, e))
            return false;
    }
    if (*outcome == DRAFT_READY && d->n_readings == 0)
        return draft_stop(d, outcome, DRAFT_NO_METER, "no meter of %s hangs there to bill",
                          d->tariff->commodity);
    return true;
}
