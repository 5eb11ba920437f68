/* How supply should be: restored when its reason is gone, and compared with what meters
 * say. */
#include "inside.h"

#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/arrears.h"
#include "meterpost/billing/charge.h"
#include "meterpost/store/payments.h"
#include "meterpost/store/requests.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LOOK_EVERY_S DAY_S /* at what is off; in a round at all that ever was */

bool
supply_want(const struct relay *r, const struct order *o, bool open, struct err *e)
{
    struct supply w = {
        .meter_id = o->meter_id, .open = open, .order_id = o->id, .since = r->now};

    w.asked_at = r->now;
    text_copy(w.cause, sizeof(w.cause), order_cause_name(o->cause));
    return supply_set(r->store, &w, e);
}

/* ---- paid ---- */

/* Is the reason for which this meter was cut gone? And since when? */
static bool
reason_is_gone(const struct relay *r, const struct meter *m, utc_t *since, bool *gone,
               struct err *e)
{
    struct payment newest;
    struct arrears a;
    int n;

    *gone = false;
    if (m->at.account_id == 0)
        return true;
    if (!arrears_of(r->store, r->policy, m->at.account_id, r->now, &a, e))
        return false;
    *gone = a.overdue.minor <= 0 || a.overdue.minor < r->conf->arrears.min_debt.minor;
    *since = r->now;
    if (!*gone)
        return true;
    if (!payments_of_account(r->store, m->at.account_id, 0, r->now, &newest, 1, &n, e))
        return false;
    if (n > 0 && newest.received_at > r->now - DAY_S)
        *since = newest.received_at;
    return true;
}

static bool
charge_reconnect(const struct relay *r, const struct meter *m, int64_t order_id,
                 struct err *e)
{
    struct money fee = r->conf->arrears.cut.reconnect_fee;
    struct account a;
    char key[40];
    bool found;

    if (fee.minor == 0)
        return true;
    if (!account_by_id(r->store, m->at.account_id, &a, &found, e))
        return false;
    snprintf(key, sizeof(key), "reconnect %" PRId64, order_id);
    return !found || charge_fee(r->store, &a, fee, key, "reconnection", r->now, e);
}

static bool
restore_paid(const struct relay *r, const struct supply *w, bool *done, struct err *e)
{
    const struct relay_who who = {ENGINE, "engine"};
    struct relay_on on = {.cause = CAUSE_ARREARS, .reason = "nothing is overdue any more"};
    char why[PLACE_MAX];
    struct meter m;
    int64_t order_id;
    bool found, gone, locked;

    *done = false;
    if (!meter_by_id(r->store, w->meter_id, &m, &found, e))
        return false;
    if (!found || m.until != 0)
        return true;
    if (!reason_is_gone(r, &m, &on.since, &gone, e) ||
        !meter_lock_of(r->store, m.id, why, &locked, e))
        return false;
    if (!gone || locked)
        return true;
    on.meter = &m;
    *done = true;
    return relay_restore(r, &who, &on, &order_id, e) &&
           charge_reconnect(r, &m, order_id, e);
}

bool
supply_paid(const struct relay *r, int at_most, int *done, struct err *e)
{
    struct supply w = {0};
    bool found, made;

    while (*done < at_most) {
        if (!supply_next_changed(r->store, w.meter_id, &w, &found, e))
            return false;
        if (!found)
            return true;
        if (!restore_paid(r, &w, &made, e) ||
            (!made && !supply_weighed(r->store, w.meter_id, e)))
            return false;
        *done += made;
    }
    return true;
}

/* ---- compared ---- */

/* One that is wrong is told once, until it was right again. */
static bool
tell_wrong(const struct relay *r, struct supply *w, struct err *e)
{
    const char *says = w->open ? "off" : "on", *is = w->open ? "on" : "off";
    char text[200];
    struct meter m;
    bool found;

    if (!meter_by_id(r->store, w->meter_id, &m, &found, e) || !found)
        return false;
    if (w->order_id != 0)
        snprintf(text, sizeof(text),
                 "meter %s should be %s since order %" PRId64 " and says that it is %s",
                 m.meter, says, w->order_id, is);
    else
        snprintf(text, sizeof(text),
                 "meter %s should be %s and says that it is %s: no order of ours did that",
                 m.meter, says, is);
    w->alarmed_at = r->now;
    w->since = w->since == 0 ? r->now : w->since;
    return supply_set(r->store, w, e) && tell_alarm(r, "supply", m.meter, text, e);
}

static bool
tell_right(const struct relay *r, struct supply *w, struct err *e)
{
    struct meter m;
    bool found;

    if (!meter_by_id(r->store, w->meter_id, &m, &found, e) || !found)
        return false;
    w->alarmed_at = 0;
    return supply_set(r->store, w, e) && tell_alarm(r, "supply", m.meter, NULL, e);
}

/* How does it stand? Asked in the way of all questions to meters. */
static bool
look_at(const struct relay *r, struct supply *w, struct err *e)
{
    char key[REQUEST_KEY_MAX];
    struct request q = {.kind = REQUEST_RELAY,
                        .meter_id = w->meter_id,
                        .channel = REQUEST_BY_SMS,
                        .cause = REQUEST_FOR_CUT,
                        .state = REQUEST_WAITING,
                        .created_at = r->now,
                        .next_at = r->now,
                        .expires_at = r->now + LOOK_EVERY_S,
                        .actor = ENGINE};
    struct meter m;
    struct way way;
    int64_t id;
    bool found;

    w->asked_at = r->now;
    if (!supply_set(r->store, w, e) || !meter_by_id(r->store, w->meter_id, &m, &found, e) ||
        !found || !way_of(r, &m, NULL, &way, e))
        return false;
    if (!way.can_look || m.until != 0)
        return true;
    if (way.way == WAY_BUS)
        q.channel = REQUEST_BY_BUS;
    snprintf(key, sizeof(key), "supply %" PRId64 " %" PRId64, w->meter_id, r->now);
    text_copy(q.key, sizeof(q.key), key);
    return request_add(r->store, &q, &id, &found, e);
}

bool
supply_compare(const struct relay *r, int at_most, int *done, struct err *e)
{
    static const struct {
        enum supply_list list;
        bool (*act)(const struct relay *r, struct supply *w, struct err *e);
    } steps[] = {
        {SUPPLY_WRONG, tell_wrong}, {SUPPLY_RIGHT, tell_right}, {SUPPLY_UNSEEN, look_at}};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct supply w = {0};
        bool found = true;

        while (found && *done < at_most) {
            if (!supply_next(r->store, steps[i].list, w.meter_id, r->now - LOOK_EVERY_S, &w,
                             &found, e) ||
                (found && !steps[i].act(r, &w, e)))
                return false;
            *done += found;
        }
    }
    return true;
}
