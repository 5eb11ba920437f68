/* What a meter says, and what it means for the order that is open for it. */
#include "inside.h"
#include "meterpost/relay/prepaid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_AFTER_S 5 /* a relay needs a moment, and its answer is another one then */

static bool
wants(const struct order *o, const char *relay)
{
    return strcmp(relay, o->action == ORDER_CUT ? "open" : "closed") == 0;
}

/* The answer to the command itself: it is not proof, but the time to look. */
static bool
answered(const struct relay *r, struct order *o, const struct meter *m, bool moved,
         struct err *e)
{
    struct way way;

    if (o->acknowledged_at == 0)
        o->acknowledged_at = r->now;
    if (moved && o->power_at == 0)
        o->power_at = r->now;
    o->next_at = r->now + LOOK_AFTER_S;
    if (!step_order(r, o, ORDER_ACK, ENGINE, "the meter has answered", e) ||
        !way_of(r, m, o, &way, e))
        return false;
    if (way.can_look)
        return order_save(r->store, o, e);
    /* It cannot be asked: its own word is all that there will ever be. */
    o->finished_at = r->now;
    o->power_at = r->now;
    return step_note(r, o, "end", "the meter's word; its relay cannot be asked", e) &&
           supply_want(r, o, o->action == ORDER_CUT, e) &&
           tell_customer(r, o, o->action == ORDER_CUT ? "supply-off.sms" : "supply-on.sms",
                         e);
}

/* Out, and no look is waited for. */
static bool
hear_command(const struct relay *r, struct order *o, const struct meter *m,
             const struct relay_heard *h, struct err *e)
{
    bool says_yes = strcmp(h->kind, "ack") == 0 && h->relay[0] == '\0';

    if (o->state != ORDER_SENT && o->state != ORDER_IN_DOUBT)
        return true;
    if (wants(o, h->relay) || says_yes ||
        (o->action == ORDER_RESTORE && strcmp(h->relay, "armed") == 0))
        return answered(r, o, m, wants(o, h->relay), e);
    if (h->relay[0] == '\0' && strcmp(h->kind, "error") != 0)
        return true;
    o->next_at = r->now; /* it has heard something, and stands otherwise: look */
    return step_note(r, o, "heard", h->relay[0] != '\0' ? h->relay : h->word, e);
}

/* The number in the answer is that of another order. */
static bool
is_of_another(const struct relay_heard *h, const struct order *o)
{
    return h->order[0] != '\0' && strtoll(h->order, NULL, 10) != o->id;
}

static bool
hear_open(const struct relay *r, struct order *o, const struct relay_heard *h,
          struct err *e)
{
    struct meter m;

    if (!step_meter(r, o, &m, e))
        return false;
    if (h->sent_at + CLOCKS_DIFFER_S < (o->check_at != 0 ? o->check_at : o->proposed_at))
        return step_note(r, o, "heard", "an answer that is older than the question", e);
    if (o->check_at != 0 && h->relay[0] != '\0')
        return look_seen(r, o, &m, h->relay, r->now, e);
    return !order_state_is_out(o->state) || hear_command(r, o, &m, h, e);
}

bool
relay_hear(const struct relay *r, const struct relay_heard *h, bool *put_aside,
           char why[ERR_TEXT_MAX], struct err *e)
{
    struct order o;
    bool found;

    *put_aside = false;
    why[0] = '\0';
    if (h->meter_id == 0)
        return true;
    if (!relay_prepaid_hear(r, h, &found, e))
        return false;
    if (found)
        return true;
    if (!order_open_of(r->store, h->meter_id, &o, &found, e))
        return false;
    *put_aside =
        found ? is_of_another(h, &o) : h->order[0] != '\0' && strcmp(h->kind, "ack") == 0;
    if (*put_aside)
        snprintf(why, ERR_TEXT_MAX,
                 "it answers order %.24s, which is not the one that is open for this meter",
                 h->order);
    return *put_aside || !found || hear_open(r, &o, h, e);
}
