#include "clock_drift.h"

#include "ask_text.h"
#include "meterpost/base/log.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/clocks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What the profile cannot say is left. */
static bool
send_clock(struct store *s, const char *template, const struct device_clock *c, utc_t now,
           struct err *e)
{
    struct request r = {.meter_id = c->meter_id, .concentrator_id = c->concentrator_id};
    char key[OUTBOX_KEY_MAX], day[TIME_TEXT_MAX];
    struct target t;
    char *text;
    bool good;

    if (!target_of(s, &r, &t, e))
        return false;
    text = target_render(template, 1, &t, NULL, now, e);
    if (text == NULL)
        return e->kind == FAIL_REJECT;
    snprintf(key, sizeof(key), "clock %c%" PRId64 " %s", c->meter_id != 0 ? 'm' : 'c',
             c->meter_id != 0 ? c->meter_id : c->concentrator_id, clock_date(now, day));
    good = outbox_add(s,
                      &(struct outbox_new){.key = key,
                                           .kind = OUT_REQUEST,
                                           .number = t.phone,
                                           .text = text,
                                           .expires_at = now + HOUR_S, /* old time: no */
                                           .meter_id = t.meter_id},
                      now, NULL, e);
    free(text);
    if (!good)
        return e->kind == FAIL_REJECT;
    log_info("clock", "%s is off by %" PRId64 " s, and told the time", t.name, c->drift_s);
    return device_clock_asked(s, c, now, e);
}

bool
clock_drift_take(struct store *s, const struct conf *conf, const struct profile *profile,
                 const struct drift *d, utc_t now, struct err *e)
{
    struct device_clock c = {.meter_id = d->meter_id,
                             .concentrator_id = d->concentrator_id};
    int64_t drift_s = d->meter_time - d->sent_at;
    const char *template = profile_request(profile, "clock");
    bool is_off = llabs(drift_s) > conf->validation.clock_warn_s;

    if (is_off && drift_s < 0 && !d->is_answer)
        return true;
    if (!device_clock_get(s, &c, e))
        return false;
    c.drift_s = drift_s;
    c.seen_at = now;
    if (!device_clock_put(s, &c, e))
        return false;
    return !is_off || !conf->reading.set_clock || template == NULL ||
           c.set_at > now - DAY_S || send_clock(s, template, &c, now, e);
}
