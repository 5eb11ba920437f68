/* What a look at the relay means for an order. */
#include "inside.h"

#include <stdio.h>
#include <string.h>

#define CUT_TRIES_MAX 2 /* commands that may have left */

/* Supply is as the order wants it. */
static bool
proven(const struct relay *r, struct order *o, utc_t seen_at, struct err *e)
{
    if (o->power_at == 0)
        o->power_at = seen_at;
    o->check_at = 0;
    if (o->action == ORDER_RESTORE && r->now < o->late_check_at) {
        /* A copy of the cut may still come: look once more when it cannot. */
        o->next_at = o->late_check_at;
        return step_note(r, o, "seen", "supply is on; one more look is due", e);
    }
    return step_order(r, o, ORDER_PROVE, ENGINE, "a separate look shows it", e) &&
           supply_want(r, o, o->action == ORDER_CUT, e) &&
           tell_customer(r, o, o->action == ORDER_CUT ? "supply-off.sms" : "supply-on.sms",
                         e) &&
           tell_alarm(r, "restore-late", o->serial, NULL, e) &&
           tell_alarm(r, "cut-in-doubt", o->serial, NULL, e) &&
           tell_alarm(r, "supply", o->serial, NULL, e);
}

static bool
again(const struct relay *r, struct order *o, utc_t at, const char *why, struct err *e)
{
    o->next_at = at;
    o->check_at = 0;
    o->outbox_id = o->job_id = 0;
    return step_order(r, o, ORDER_AGAIN, ENGINE, why, e);
}

/* The relay stands as it did before. */
static bool
unmoved(const struct relay *r, struct order *o, utc_t seen_at, struct err *e)
{
    o->check_at = o->power_at = 0;
    if (o->action == ORDER_RESTORE)
        return again(r, o, advance_again_at(r, o), "supply is still off", e);
    if (seen_at < o->dead_at) {
        o->next_at = o->dead_at;
        return step_note(r, o, "seen", "supply is still on; the command may yet arrive", e);
    }
    if (o->tries < CUT_TRIES_MAX)
        return again(r, o, r->now, "the command had no effect", e);
    return step_order(r, o, ORDER_GIVE_UP, ENGINE, "the command has no effect", e) &&
           supply_want(r, o, false, e) && field_ask(r, o, "the command has no effect", e);
}

static bool
armed(const struct relay *r, struct order *o, utc_t seen_at, struct err *e)
{
    bool first = o->state != ORDER_ARMED;

    o->check_at = 0;
    o->next_at = r->now + 10 * MINUTE_S;
    if (o->power_at == 0)
        o->power_at = seen_at;
    if (!first)
        return step_note(r, o, "seen", "the button was not pressed yet", e);
    return step_order(r, o, ORDER_ARM, ENGINE, "a button at the meter switches it on", e) &&
           tell_customer(r, o, "press-button.sms", e);
}

/* Before a cut: the relay was looked at, and the command follows only when it is closed. */
static bool
seen_before(const struct relay *r, struct order *o, const struct meter *m,
            const char *relay, struct err *e)
{
    o->check_at = 0;
    if (strcmp(relay, "open") == 0)
        return step_order(r, o, ORDER_CANCEL, ENGINE, "supply was off already", e);
    if (strcmp(relay, "closed") != 0)
        return look_unsent(r, o, "the relay is neither open nor closed", e);
    return command_queue(r, o, m, e);
}

bool
look_unsent(const struct relay *r, struct order *o, const char *why, struct err *e)
{
    o->check_at = 0;
    o->outbox_id = o->job_id = 0;
    o->next_at = r->now + advance_rest_s(o->action, o->checks + o->tries + 1);
    return step_order(r, o, ORDER_UNSENT, ENGINE, why, e);
}

bool
look_unreached(const struct relay *r, struct order *o, const char *why, struct err *e)
{
    bool fresh;

    if (!way_turn(r, o, &fresh, e) || !look_unsent(r, o, why, e))
        return false;
    if (!fresh)
        return true;
    o->next_at = r->now;
    return order_save(r->store, o, e);
}

bool
look_seen(const struct relay *r, struct order *o, const struct meter *m, const char *relay,
          utc_t seen_at, struct err *e)
{
    const char *wanted = o->action == ORDER_CUT ? "open" : "closed";

    if (o->state == ORDER_QUEUED)
        return seen_before(r, o, m, relay, e);
    if (strcmp(relay, wanted) == 0)
        return proven(r, o, seen_at, e);
    if (o->action == ORDER_RESTORE && strcmp(relay, "armed") == 0)
        return armed(r, o, seen_at, e);
    return unmoved(r, o, seen_at, e);
}
