#include "meterpost/talk/digest.h"

#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/metering/reading.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/morning.h"
#include "meterpost/store/overview.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/schedule.h"
#include "meterpost/store/talk.h"

#include <stdio.h>
#include <string.h>

#define DIGEST "digest"

bool
digest_view(struct desk *d, json_t *view, struct err *e)
{
    const char *language = d->conf->utility.language;
    int decimals = d->conf->decimals;
    struct morning m;
    struct overview o;
    int64_t tickets;

    if (!store_morning(d->store, clock_day_start(d->now, 0), clock_month_start(d->now, -1),
                       d->now, &m, e) ||
        !store_overview(d->store, d->now, &o, e) ||
        !ticket_count_open(d->store, &tickets, e))
        return false;
    json_object_set_new(view, "payments", json_integer(m.payments));
    json_object_set_new(view, "suspense", json_integer(m.suspense));
    json_object_set_new(view, "failed", json_integer(m.failed));
    json_object_set_new(view, "overdue", json_integer(m.overdue));
    json_object_set_new(view, "off", json_integer(m.relay_open));
    json_object_set_new(view, "held", json_integer(o.readings_held));
    json_object_set_new(view, "quarantined", json_integer(o.inbox_quarantined));
    json_object_set_new(view, "alarms", json_integer(o.alarms_open));
    json_object_set_new(view, "queued", json_integer(o.outbox_due + o.outbox_sending));
    json_object_set_new(view, "tickets", json_integer(tickets));
    view_money(view, "paid", m.paid, decimals, language);
    view_money(view, "overdue_sum", m.overdue_sum, decimals, language);
    return view_date(view, "date", d->now, language);
}

/* ---- each evening ---- */

static bool
send_digest(struct desk *d, const struct staff *p, const char *day, struct err *e)
{
    char key[OUTBOX_KEY_MAX];
    json_t *view = chat_view(d);
    bool good;

    snprintf(key, sizeof(key), "digest %s %s", p->staff, day);
    good = digest_view(d, view, e) &&
           chat_tell(d, p->phone, p->language, "digest.sms", view, OUT_ANSWER, key, 0, e);
    json_decref(view);
    return good;
}

static bool
send_head(struct desk *d, const char *day, struct err *e)
{
    char key[OUTBOX_KEY_MAX], head[AUDIT_HEAD_MAX];
    struct staff p;
    json_t *view;
    bool found, good;

    if (!audit_head(d->store, head, e) ||
        !audit_close_day(d->store, clock_day_start(d->now, 0), d->now, e) ||
        !staff_by_name(d->store, d->conf->staff.audit_to, &p, &found, e))
        return false;
    if (!found || p.until != 0)
        return true;
    view = chat_view(d);
    chat_text(view, "head", head);
    chat_text(view, "day", day);
    snprintf(key, sizeof(key), "audit head %s", day);
    good = chat_tell(d, p.phone, p.language, "audit-head.sms", view, OUT_ANSWER, key, 0, e);
    json_decref(view);
    return good;
}

static bool
send_all(struct desk *d, struct err *e)
{
    struct staff people[STAFF_MAX];
    char day[TIME_TEXT_MAX];
    size_t n;

    clock_date(d->now, day);
    if (!staff_all(d->store, people, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (people[i].digest && people[i].suspended_at == 0 &&
            !send_digest(d, &people[i], day, e))
            return false;
    }
    return send_head(d, day, e);
}

/* The next time of staff.digest after `t`. */
static utc_t
next_after(const struct desk *d, utc_t t)
{
    utc_t at = clock_day_start(t, 0) + (utc_t)d->conf->staff.digest_min * MINUTE_S;

    return at > t ? at
                  : clock_day_start(t, 1) + (utc_t)d->conf->staff.digest_min * MINUTE_S;
}

/* Does anybody want it? */
static bool
is_wanted(struct desk *d, bool *wanted, struct err *e)
{
    struct staff people[STAFF_MAX];
    size_t n;

    *wanted = d->conf->staff.audit_to[0] != '\0';
    if (!staff_all(d->store, people, &n, e))
        return false;
    for (size_t i = 0; i < n; i++)
        *wanted = *wanted || people[i].digest;
    return true;
}

/* The row of the schedule, made where it is missing or the setting has changed. */
static bool
load_plan(struct desk *d, struct schedule *p, struct err *e)
{
    char spec[SCHEDULE_SPEC_MAX];
    bool found;

    if (!schedule_get(d->store, DIGEST, p, &found, e))
        return false;
    snprintf(spec, sizeof(spec), "%d", d->conf->staff.digest_min);
    if (found && strcmp(p->spec, spec) == 0)
        return true;
    snprintf(p->name, sizeof(p->name), DIGEST);
    snprintf(p->spec, sizeof(p->spec), "%s", spec);
    p->next_at = next_after(d, d->now);
    return schedule_put(d->store, p, e);
}

bool
digest_due(struct desk *d, int *done, struct err *e)
{
    struct schedule p;
    bool wanted;

    *done = 0;
    if (!is_wanted(d, &wanted, e))
        return false;
    if (!wanted)
        return true;
    if (!load_plan(d, &p, e))
        return false;
    if (d->now < p.next_at)
        return true;
    *done = 1;
    p.next_at = next_after(d, d->now);
    return send_all(d, e) && schedule_put(d->store, &p, e);
}

bool
digest_next_due(struct desk *d, utc_t *when, struct err *e)
{
    struct schedule p;
    bool wanted, found;

    *when = 0;
    if (!is_wanted(d, &wanted, e))
        return false;
    if (!wanted)
        return true;
    if (!schedule_get(d->store, DIGEST, &p, &found, e))
        return false;
    *when = found ? p.next_at : next_after(d, d->now);
    return true;
}

/* ---- readings that staff asked for ---- */

static bool
tell_reading(struct desk *d, const struct staff_wait *w, struct err *e)
{
    char key[60], language[WORD_MAX];
    struct reading r;
    struct staff p;
    struct meter m;
    bool found, read;
    json_t *view;

    if (!staff_by_id(d->store, w->staff_id, &p, &found, e) ||
        !meter_by_id(d->store, w->meter_id, &m, &found, e) ||
        !reading_until(d->store, m.id, metering_main_register(m.commodity), d->now, &r,
                       &read, e))
        return false;
    view = chat_view(d);
    snprintf(language, sizeof(language), "%s", p.language);
    chat_text(view, "meter", m.meter);
    json_object_set_new(view, "answered", json_boolean(w->answered && read));
    view_unit(view, read ? r.unit : "", language);
    if (read) {
        view_quantity(view, "value", r.value, language);
        view_date(view, "date", r.taken_at, language);
    } else {
        view_none(view, "value");
        view_none(view, "date");
    }
    snprintf(key, sizeof(key), "read %lld %lld", (long long)w->request_id,
             (long long)w->staff_id);
    found =
        chat_tell(d, p.phone, language, "staff-reading.sms", view, OUT_ANSWER, key, 0, e);
    json_decref(view);
    return found;
}

bool
digest_waits(struct desk *d, int at_most, int *done, struct err *e)
{
    struct staff_wait w;
    bool found;

    for (*done = 0; *done < at_most; (*done)++) {
        if (!staff_wait_over(d->store, &w, &found, e))
            return false;
        if (!found)
            return true;
        if (!tell_reading(d, &w, e) || !staff_wait_end(d->store, &w, e))
            return false;
    }
    return true;
}
