#include "meterpost/metering/reading.h"

#include "meterpost/base/text.h"
#include "meterpost/metering/check.h"

#include <string.h>

const char *
metering_main_register(const char *commodity)
{
    static const char *const registers[][2] = {
        {"electricity", "1-0:1.8.0"},
        {"water", "8-0:1.0.0"},
        {"gas", "7-0:3.0.0"},
        {"heat", "6-0:1.0.0"},
    };

    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (strcmp(commodity, registers[i][0]) == 0)
            return registers[i][1];
    }
    return "";
}

static struct check_point
point_of(const struct reading *r, bool known)
{
    return known ? (struct check_point){true, r->value, r->taken_at}
                 : (struct check_point){0};
}

/* What is known of the register around the time of r. Where nothing was read before, the
 * billed register stood at what the installation says. */
static bool
find_points(struct store *s, const struct meter *m, const struct reading *r,
            struct check_case *c, struct err *e)
{
    struct reading other;
    bool found;

    if (!reading_at(s, m->id, r->obis, r->taken_at, r->value, &other, &found, e))
        return false;
    c->same = point_of(&other, found);
    if (!reading_until(s, m->id, r->obis, r->taken_at - 1, &other, &found, e))
        return false;
    c->before = point_of(&other, found);
    if (!reading_from(s, m->id, r->obis, r->taken_at + 1, &other, &found, e))
        return false;
    c->after = point_of(&other, found);
    if (m->at.id != 0 && m->at.installed_at <= r->taken_at &&
        c->before.at < m->at.installed_at &&
        strcmp(r->obis, metering_main_register(m->commodity)) == 0)
        c->before = (struct check_point){true, m->at.initial, m->at.installed_at};
    return true;
}

bool
metering_reading_add(struct store *s, const struct conf *conf, const struct meter *m,
                     utc_t meter_time, struct reading *r, struct err *e)
{
    static const enum reading_status status[] = {
        [CHECK_ACCEPT] = READING_ACCEPTED,
        [CHECK_HOLD] = READING_HELD,
        [CHECK_REJECT] = READING_REJECTED,
    };
    struct check_case c = {.obis = r->obis,
                           .unit = r->unit,
                           .value = r->value,
                           .received_at = r->received_at,
                           .meter_time = meter_time,
                           .digits = m->digits,
                           .limits = &conf->validation};
    struct check_verdict verdict;

    r->id = 0;
    r->meter_id = m->id;
    r->meter_clock =
        meter_time != 0 && check_clock_sane(meter_time, r->received_at, &conf->validation);
    if (r->meter_clock)
        r->taken_at = meter_time;
    c.taken_at = r->taken_at;
    if (!find_points(s, m, r, &c, e))
        return false;
    check_reading(&c, &verdict);
    r->status = status[verdict.action];
    text_copy(r->flags, sizeof(r->flags), verdict.flags);
    text_copy(r->reason, sizeof(r->reason), verdict.reason);
    return r->status == READING_REJECTED || reading_add(s, r, &r->id, e);
}
