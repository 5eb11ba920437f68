/* What a meter used, month by month. */
#include "meterpost/metering/loss.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/reading.h"
#include "meterpost/metering/unit.h"

#include <stdio.h>

#define MONTHS_MAX 36

static struct group_meter
as_member(const struct meter *m)
{
    struct group_meter g = {.meter_id = m->id,
                            .account_id = m->at.account_id,
                            .is_check_meter = m->is_check_meter,
                            .digits = m->digits,
                            .multiplier_milli = m->at.multiplier_milli,
                            .installed_at = m->at.installed_at,
                            .removed_at = m->at.removed_at,
                            .initial = m->at.initial,
                            .final = m->at.final};

    if (g.multiplier_milli == 0)
        g.multiplier_milli = MULTIPLIER_ONE;
    text_clip(g.commodity, sizeof(g.commodity), m->commodity);
    return g;
}

struct month {
    char name[8];
    utc_t from, to;
    int64_t use;
    char quality;
};

static json_t *
row_of(const struct month *m, const struct month *year_before, const char *unit)
{
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX], use[AMOUNT_TEXT_MAX];
    const char quality[2] = {m->quality, '\0'};
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "month", m->name, "from",
                            clock_iso(m->from, from), "to", clock_iso(m->to, to), "unit",
                            unit, "quality", quality);

    decimal_print(m->use, QUANTITY_PLACES, true, use);
    json_object_set_new(row, "use", m->quality == 'N' ? json_null() : json_string(use));
    json_object_set_new(
        row, "last_year",
        year_before == NULL || m->quality == 'N' || year_before->use <= 0
            ? json_null()
            : json_integer((json_int_t)((int128)m->use * 100 / year_before->use)));
    return row;
}

json_t *
usage_rows(struct store *s, const struct conf *conf, const struct meter *m, int months,
           utc_t to, struct err *e)
{
    const char *obis = metering_main_register(m->commodity);
    struct group_meter member = as_member(m);
    struct month list[MONTHS_MAX + 12];
    int n = months > MONTHS_MAX ? MONTHS_MAX : months, all = n + 12;
    json_t *rows = json_array();

    for (int i = 0; i < all; i++) {
        struct month *x = &list[i];
        struct tm tm;

        clock_local(clock_month_start(to, i - all), &tm);
        snprintf(x->name, sizeof(x->name), "%04u-%02u",
                 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100);
        if (!loss_period(conf, x->name, to, &x->from, &x->to, e) ||
            !loss_meter_use(s, &member, obis, x->from, x->to, &x->use, &x->quality, e)) {
            json_decref(rows);
            return NULL;
        }
        if (x->to <= member.installed_at)
            x->quality = 'N';
        if (i >= 12)
            json_array_append_new(
                rows, row_of(x, list[i - 12].quality == 'N' ? NULL : &list[i - 12],
                             obis_unit(obis) == NULL ? "" : obis_unit(obis)));
    }
    return rows;
}
