/* sim_play.c - the world outside of a rehearsal: meters, wires and customers. */
#include "sim_air.h"

#include "meterpost/billing/payment.h"
#include "meterpost/billing/receipt.h"
#include "meterpost/relay/work.h"

#include <stdio.h>
#include <string.h>

#define WIRE_S  3               /* of a request, its answer and the quiet between */
#define PAY_S   (15 * MINUTE_S) /* nobody has paid before */
#define CHANNEL "sim"           /* of payments that nobody made */
#define HUNDRED 100

/* ---- chance ---- */

/* splitmix64: a number below n. */
static uint64_t
roll(struct air *a, uint64_t n)
{
    uint64_t z = a->luck += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) % n;
}

static bool
chance(struct air *a, int percent)
{
    return roll(a, HUNDRED) < (uint64_t)percent;
}

static int64_t
travel_s(struct air *a)
{
    int64_t delay = a->guess.delay_s;

    return delay / 2 + (int64_t)roll(a, (uint64_t)delay + 1);
}

/* ---- events ---- */

/* One that has no room any more does not happen, as if it were lost. */
static void
add_event(struct air *a, const struct air_event *what)
{
    if (a->n_events < AIR_EVENTS_MAX)
        a->events[a->n_events++] = *what;
}

bool
play_due(struct air *a, struct err *e)
{
    for (size_t i = 0; i < a->n_events;) {
        struct air_event one = a->events[i];

        if (one.at > a->desk->now) {
            i++;
            continue;
        }
        a->events[i] = a->events[--a->n_events];
        if (!one.happen(a, &one, e))
            return false;
    }
    return true;
}

/* ---- meters ---- */

/* How its relay really stands: as on file until something has moved it. */
static bool
relay_open(const struct air *a, const struct meter *m)
{
    for (size_t i = 0; i < a->n_relays; i++) {
        if (a->relays[i].meter_id == m->id)
            return a->relays[i].open;
    }
    return strcmp(m->relay, "open") == 0;
}

static void
move_relay(struct air *a, int64_t meter_id, bool open)
{
    size_t i = 0;

    while (i < a->n_relays && a->relays[i].meter_id != meter_id)
        i++;
    if (i == AIR_METERS_MAX)
        return;
    a->relays[i] = (struct air_relay){meter_id, open};
    if (i == a->n_relays)
        a->n_relays++;
}

static const char *
relay_word(bool open)
{
    return open ? "open" : "closed";
}

static bool
hear_answer(struct air *a, const struct air_event *what, struct err *e)
{
    struct relay r = desk_relay(a->desk);
    bool look = what->to == OUT_VERIFY, aside;
    struct relay_heard h = {.meter_id = what->row,
                            .kind = look ? "relay" : "ack",
                            .relay = look ? relay_word(what->open) : "",
                            .order = "",
                            .word = "",
                            .sent_at = a->desk->now};
    char why[ERR_TEXT_MAX];

    return meter_set_relay(a->desk->store, what->row, relay_word(what->open), e) &&
           meter_set_contact(a->desk->store, what->row, a->desk->now, e) &&
           relay_hear(&r, &h, &aside, why, e);
}

/* It has got the text, does what it says and answers. */
static bool
reach_meter(struct air *a, const struct air_event *what, struct err *e)
{
    struct air_event answer = *what;
    struct meter m;
    bool found;

    if (!meter_by_id(a->desk->store, what->row, &m, &found, e) || !found)
        return found;
    if (what->to != OUT_VERIFY)
        move_relay(a, m.id, what->to == OUT_CUT);
    answer.open = relay_open(a, &m);
    answer.at = a->desk->now + travel_s(a);
    answer.happen = hear_answer;
    if (!chance(a, a->guess.loss_percent))
        add_event(a, &answer);
    return true;
}

void
play_message(struct air *a, const struct outbox_row *m)
{
    bool to_meter = m->kind == OUT_VERIFY || m->kind == OUT_CUT || m->kind == OUT_RESTORE;

    if (chance(a, a->guess.loss_percent)) {
        a->lost += m->id >= a->first_id;
        return;
    }
    if (to_meter && m->meter_id != 0)
        add_event(a, &(struct air_event){.at = a->desk->now + travel_s(a),
                                         .happen = reach_meter,
                                         .row = m->meter_id,
                                         .to = m->kind});
}

/* ---- wires ---- */

static bool
end_job(struct air *a, const struct air_event *what, struct err *e)
{
    struct store *s = a->desk->store;
    struct bus_job j;
    struct meter m;
    bool found;

    if (!bus_job_by_id(s, what->row, &j, &found, e) || !found)
        return found;
    j.state = BUS_JOB_DONE;
    j.ended_at = a->desk->now;
    if (j.meter_id == 0)
        return bus_job_save(s, &j, e);
    if (!meter_by_id(s, j.meter_id, &m, &found, e) || !found)
        return found;
    if (bus_action_switches(j.action))
        move_relay(a, m.id, j.action == BUS_CUT);
    snprintf(j.relay, sizeof(j.relay), "%s", relay_word(relay_open(a, &m)));
    return bus_job_save(s, &j, e) && meter_set_relay(s, m.id, j.relay, e) &&
           meter_set_contact(s, m.id, a->desk->now, e);
}

static bool
begin_job(struct air *a, int wire, struct bus_job *j, struct err *e)
{
    struct relay r = desk_relay(a->desk);
    bool may = true;

    if (bus_action_switches(j->action) && !relay_gate_job(&r, j, &may, e))
        return false;
    if (!may)
        return true;
    a->wire_free[wire] = a->desk->now + WIRE_S;
    a->wired++;
    add_event(
        a, &(struct air_event){.at = a->wire_free[wire], .happen = end_job, .row = j->id});
    j->state = BUS_JOB_SENT;
    j->sent_at = a->desk->now;
    return bus_job_save(a->desk->store, j, e);
}

bool
play_wires(struct air *a, struct err *e)
{
    const struct conf *conf = a->desk->conf;
    struct bus_job j;
    bool found = true;

    for (int i = 0; i < conf->n_buses; i++) {
        for (found = true; found && a->wire_free[i] <= a->desk->now;) {
            if (!bus_job_next_due(a->desk->store, conf->buses[i].name, a->desk->now, &j,
                                  &found, e) ||
                (found && !begin_job(a, i, &j, e)))
                return false;
        }
    }
    return true;
}

/* ---- customers ---- */

static bool
pay(struct air *a, const struct air_event *what, struct err *e)
{
    struct desk *d = a->desk;
    const struct payment_new p = {.account_id = what->row,
                                  .amount = what->amount,
                                  .channel = CHANNEL,
                                  .actor = CHANNEL,
                                  .policy =
                                      (enum allocation_policy)d->conf->billing.allocation};
    struct payment_posted posted;

    a->payments++;
    a->paid.minor += what->amount.minor;
    return payment_post(d->store, &p, d->now, &posted, e) &&
           receipt_tell(d->store, d->conf, d->templates, posted.payment.id, d->now, e);
}

bool
play_payers(struct air *a, int64_t batch, utc_t end, struct err *e)
{
    utc_t from = a->desk->now + PAY_S;
    struct order o = {0};
    bool found;

    for (;;) {
        if (!order_next_of_batch(a->desk->store, batch, o.id, &o, &found, e))
            return false;
        if (!found || end <= from)
            return true;
        if (o.account_id != 0 && o.amount.minor > 0 && chance(a, a->guess.payers_percent))
            add_event(
                a, &(struct air_event){.at = from + (utc_t)roll(a, (uint64_t)(end - from)),
                                       .happen = pay,
                                       .row = o.account_id,
                                       .amount = o.amount});
    }
}

/* ---- time ---- */

void
play_sooner(utc_t *next, utc_t now, utc_t when)
{
    if (when > now && (*next == 0 || when < *next))
        *next = when;
}

bool
play_next(const struct air *a, utc_t *next, struct err *e)
{
    utc_t now = a->desk->now, when;
    bool found;

    for (size_t i = 0; i < a->n_events; i++) {
        if (a->events[i].at <= now)
            *next = now; /* it came about just now, without delay */
        play_sooner(next, now, a->events[i].at);
    }
    for (int i = 0; i < a->desk->conf->n_buses; i++)
        play_sooner(next, now, a->wire_free[i]);
    if (!bus_job_next_at(a->desk->store, now, &when, &found, e))
        return false;
    if (found)
        play_sooner(next, now, when);
    return true;
}
