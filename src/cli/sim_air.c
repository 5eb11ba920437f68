#include "sim_air.h"

#include "meterpost/relay/work.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_S    20  /* from a text to a meter to its answer */
#define DUE_MOST    500 /* messages that are looked at in a step, as the engine does */
#define WORK_MOST   100
#define EXPIRE_MOST 1000

struct due {
    struct outbox_due rows[DUE_MOST];
    int n;
};

static bool
note_due(const struct outbox_due *m, void *context)
{
    struct due *due = context;

    due->rows[due->n++] = *m;
    return due->n < DUE_MOST;
}

/* ---- modems ---- */

static bool
day_is_over(const struct air *a, int i)
{
    const struct conf_modem *conf = &a->desk->conf->modems[i];

    return conf->daily_limit > 0 && a->modems[i].day_parts >= conf->daily_limit;
}

static bool
may_send(const struct air *a, int i)
{
    return !day_is_over(a, i) &&
           bucket_has_one(&a->modems[i].bucket, a->desk->conf->modems[i].rate);
}

/* How well it suits a message, by its route; -1: not at all. Spare ones rest. */
static int
route_of(const struct conf_modem *conf, const struct outbox_due *m)
{
    if (conf->spare_for[0] != '\0')
        return -1;
    if (m->via[0] != '\0')
        return strcmp(m->via, conf->name) == 0 ? 0 : -1;
    return conf_modem_route(conf, m->number);
}

/* Has not sent enough today, the longer route, can send now, cheaper. */
static bool
is_better(const struct air *a, const struct outbox_due *m, int i, int best)
{
    const struct conf_modem *all = a->desk->conf->modems;
    int length = route_of(&all[i], m), other = route_of(&all[best], m);

    if (day_is_over(a, i) != day_is_over(a, best))
        return day_is_over(a, best);
    if (length != other)
        return length > other;
    if (may_send(a, i) != may_send(a, best))
        return may_send(a, i);
    return all[i].segment_cost.minor < all[best].segment_cost.minor;
}

/* -1: none has a route. */
static int
modem_for(const struct air *a, const struct outbox_due *m)
{
    const struct conf *conf = a->desk->conf;
    int best = -1;

    for (int i = 0; i < conf->n_modems; i++) {
        if (route_of(&conf->modems[i], m) >= 0 && (best < 0 || is_better(a, m, i, best)))
            best = i;
    }
    return best;
}

static void
fill_buckets(struct air *a)
{
    const struct conf *conf = a->desk->conf;
    utc_t day = clock_day_start(a->desk->now, 0);

    for (int i = 0; i < conf->n_modems; i++) {
        bucket_fill(&a->modems[i].bucket, conf->modems[i].rate, a->desk->now);
        if (a->modems[i].day != day)
            a->modems[i].day_parts = 0;
        a->modems[i].day = day;
    }
    a->blocked_until = 0;
}

static void
note_blocked(struct air *a, int i)
{
    utc_t now = a->desk->now;
    utc_t next = day_is_over(a, i) ? clock_day_start(now, 1)
                                   : bucket_next(&a->modems[i].bucket,
                                                 a->desk->conf->modems[i].rate, now);

    if (a->blocked_until == 0 || next < a->blocked_until)
        a->blocked_until = next;
}

/* ---- messages ---- */

static void
count(struct air *a, const struct outbox_row *m, int modem)
{
    const struct conf_modem *conf = &a->desk->conf->modems[modem];

    a->modems[modem].day_parts += m->segments;
    if (m->id < a->first_id)
        return;
    a->messages++;
    a->parts += m->segments;
    a->by_kind[m->kind]++;
    a->cost.minor += m->segments * conf->segment_cost.minor;
    a->begun = a->begun == 0 ? a->desk->now : a->begun;
    a->ended = a->desk->now;
}

static void
expect_answer(struct air *a, const struct outbox_row *m)
{
    bool to_meter = m->kind == OUT_VERIFY || m->kind == OUT_CUT || m->kind == OUT_RESTORE;

    if (to_meter && m->meter_id != 0 && a->n_answers < AIR_ANSWERS)
        a->answers[a->n_answers++] = (struct air_answer){
            .at = a->desk->now + ANSWER_S, .meter_id = m->meter_id, .to = m->kind};
}

/* All parts, one behind the other. */
static bool
send_whole(struct air *a, const struct outbox_due *m, int modem, struct err *e)
{
    const struct conf_modem *conf = &a->desk->conf->modems[modem];
    struct wire_send part, next;
    struct outbox_row row;
    bool found, more = true;

    if (!outbox_row_get(a->desk->store, m->id, &row, &found, e) ||
        !outbox_take(a->desk->store, m->id, conf->name, 0, a->desk->now, &part, e))
        return false;
    while (more) {
        const struct wire_result sent = {.outbox = part.outbox,
                                         .part = part.concat.number > 0 ? part.concat.number
                                                                        : 1,
                                         .outcome = WIRE_SENT,
                                         .ref = -1,
                                         .code = -1};

        bucket_take_one(&a->modems[modem].bucket, conf->rate);
        if (!outbox_result(a->desk->store, conf->name, 0, &sent, a->desk->now, &next, &more,
                           e))
            return false;
        part = next;
    }
    count(a, &row, modem);
    expect_answer(a, &row);
    return true;
}

static bool
handle(struct air *a, const struct outbox_due *m, struct err *e)
{
    struct day_window hours = outbox_hours(a->desk->conf, m->kind);
    struct relay r = desk_relay(a->desk);
    utc_t now = a->desk->now;
    int modem = modem_for(a, m);
    bool may = true;

    if (modem < 0) {
        a->unrouted += m->id >= a->first_id;
        return outbox_refuse(a->desk->store, m->id, "no modem has a route", e);
    }
    if (!window_open(hours, now))
        return outbox_row_postpone(a->desk->store, m->id, window_next(hours, now), e);
    if (!may_send(a, modem)) {
        note_blocked(a, modem);
        return true;
    }
    return relay_gate(&r, m->id, &may, e) && (!may || send_whole(a, m, modem, e));
}

static bool
send_due(struct air *a, struct err *e)
{
    const struct outbox_look look = {
        .now = a->desk->now, .most_priority = INT32_MAX, .limit = DUE_MOST};
    struct due *due = malloc(sizeof(*due));
    bool good;

    if (due == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    due->n = 0;
    fill_buckets(a);
    good = outbox_row_each_due(a->desk->store, &look, note_due, due, e);
    for (int i = 0; good && i < due->n; i++)
        good = handle(a, &due->rows[i], e);
    free(due);
    return good;
}

/* ---- meters ---- */

/* It has done as it was told, or says how its relay stands; what is on file is believed. */
static bool
answer(struct air *a, const struct air_answer *one, struct err *e)
{
    struct relay r = desk_relay(a->desk);
    struct relay_heard h = {.meter_id = one->meter_id,
                            .kind = "ack",
                            .relay = "",
                            .order = "",
                            .word = "",
                            .sent_at = a->desk->now};
    const char *stands;
    char why[ERR_TEXT_MAX];
    struct meter m;
    bool found, aside;

    if (!meter_by_id(a->desk->store, one->meter_id, &m, &found, e) || !found)
        return found;
    stands = one->to == OUT_CUT                                      ? "open"
             : one->to == OUT_VERIFY && strcmp(m.relay, "open") == 0 ? "open"
                                                                     : "closed";
    if (one->to == OUT_VERIFY) {
        h.kind = "relay";
        h.relay = stands;
    }
    return meter_set_relay(a->desk->store, m.id, stands, e) &&
           relay_hear(&r, &h, &aside, why, e);
}

static bool
hear_due(struct air *a, struct err *e)
{
    for (int i = 0; i < a->n_answers;) {
        struct air_answer one = a->answers[i];

        if (one.at > a->desk->now) {
            i++;
            continue;
        }
        a->answers[i] = a->answers[--a->n_answers];
        if (!answer(a, &one, e))
            return false;
    }
    return true;
}

/* ---- time ---- */

static void
sooner(utc_t *next, utc_t now, utc_t when)
{
    if (when > now && (*next == 0 || when < *next))
        *next = when;
}

/* When something happens again; 0: never. */
static bool
next_event(struct air *a, utc_t *next, struct err *e)
{
    utc_t now = a->desk->now, when = 0;
    bool found;

    *next = 0;
    for (int i = 0; i < a->n_answers; i++)
        sooner(next, now, a->answers[i].at);
    sooner(next, now, a->blocked_until);
    if (!outbox_row_next_at(a->desk->store, &when, &found, e))
        return false;
    if (found)
        sooner(next, now, when);
    if (!a->orders)
        return true;
    if (!relay_next_due(a->desk->store, a->desk->conf, now, &when, &found, e))
        return false;
    if (found)
        sooner(next, now, when);
    return true;
}

static bool
work(struct air *a, struct err *e)
{
    struct relay r = desk_relay(a->desk);
    int done = a->orders ? WORK_MOST : 0;

    while (done == WORK_MOST) {
        if (!relay_work(&r, WORK_MOST, &done, e))
            return false;
    }
    return true;
}

bool
air_run(struct air *a, utc_t end, struct err *e)
{
    utc_t next = a->desk->now;
    int expired;

    for (; next != 0 && next < end; a->desk->now = next) {
        if (!hear_due(a, e) || !work(a, e) ||
            !outbox_expire(a->desk->store, a->desk->now, EXPIRE_MOST, &expired, e) ||
            !send_due(a, e) || !next_event(a, &next, e))
            return false;
        if (next == 0)
            break;
    }
    return true;
}

bool
air_mark(struct air *a, struct err *e)
{
    return outbox_row_last(a->desk->store, &a->first_id, e) && ++a->first_id > 0;
}
