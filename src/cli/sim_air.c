#include "sim_air.h"

#include "meterpost/relay/work.h"

#include <stdlib.h>
#include <string.h>

#define DUE_MOST    500 /* messages that are looked at in a step, as the engine does */
#define TOLD_EACH   50  /* messages between two words of progress */
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

    struct air_modem *by = &a->modems[modem];

    by->day_parts += m->segments;
    if (m->id < a->first_id)
        return;
    by->messages++;
    by->parts += m->segments;
    by->ended = a->desk->now;
    a->messages++;
    a->parts += m->segments;
    a->by_kind[m->kind]++;
    a->cost.minor += m->segments * conf->segment_cost.minor;
    a->begun = a->begun == 0 ? a->desk->now : a->begun;
    a->ended = a->desk->now;
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
    play_message(a, &row);
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

/* ---- time ---- */

/* When something happens again; 0: never. */
static bool
next_event(struct air *a, utc_t *next, struct err *e)
{
    utc_t now = a->desk->now, when = 0;
    bool found;

    *next = 0;
    play_sooner(next, now, a->blocked_until);
    if (!play_next(a, next, e))
        return false;
    if (!outbox_row_next_at(a->desk->store, &when, &found, e))
        return false;
    if (found)
        play_sooner(next, now, when);
    if (!a->orders)
        return true;
    if (!relay_next_due(a->desk->store, a->desk->conf, now, &when, &found, e))
        return false;
    if (found)
        play_sooner(next, now, when);
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
    int64_t told = 0;
    int expired;

    for (; next != 0 && next < end; a->desk->now = next) {
        if (!play_due(a, e) || !work(a, e) ||
            !outbox_expire(a->desk->store, a->desk->now, EXPIRE_MOST, &expired, e) ||
            !send_due(a, e) || !play_wires(a, e) || !next_event(a, &next, e))
            return false;
        if (next == 0)
            break;
        if (a->messages >= told + TOLD_EACH)
            say_progress(a->watcher, told = a->messages, 0, "messages played");
    }
    return true;
}

bool
air_mark(struct air *a, struct err *e)
{
    return outbox_row_last(a->desk->store, &a->first_id, e) && ++a->first_id > 0;
}
