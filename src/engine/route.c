/*
 * route.c - whose message is it? The modems with the longest route to the number come
 * first; one that is ill or has had its day gives its place to the next. Between equals the
 * one with the least to do takes it, then the cheapest. One that has begun goes on where it
 * began, as long as it can.
 */
#include "care.h"

#include "meterpost/base/phone.h"
#include "meterpost/sms/outbox.h"

#include <string.h>

#define MOVE_MS     600000 /* ill for so long: what has begun there begins elsewhere */
#define RANK_RESTED 100    /* has had its day; ill ones have their route alone */
#define RANK_WELL   200

static int
room(const struct modem *m)
{
    int most =
        m->conf->in_flight < WIRE_IN_FLIGHT_MAX ? m->conf->in_flight : WIRE_IN_FLIGHT_MAX;

    return m->turn.n_send == WIRE_IN_FLIGHT_MAX ? 0 : most - m->turn.n_air;
}

bool
route_is_free(const struct modem *m)
{
    return m->conf != NULL && worker_is_ready(&m->worker) && room(m) > 0;
}

bool
route_day_is_over(const struct modem *m)
{
    return m->conf->daily_limit > 0 && m->turn.day_parts >= m->conf->daily_limit;
}

static bool
is_better(const struct outbox_due *m, const struct modem *a, const struct modem *b)
{
    int had_a = strcmp(m->last, a->worker.child.name) == 0;
    int had_b = strcmp(m->last, b->worker.child.name) == 0;
    int load_a = a->turn.n_air * b->conf->in_flight;
    int load_b = b->turn.n_air * a->conf->in_flight;

    if (route_is_free(a) != route_is_free(b))
        return route_is_free(a);
    if (had_a != had_b) /* it did not get it away the last time */
        return had_b;
    if (load_a != load_b)
        return load_a < load_b;
    return a->conf->segment_cost.minor < b->conf->segment_cost.minor;
}

/* A spare has the routes of the modem that it stands in for, while that one is ill: at once
 * for what is urgent, else when the ladder has come to it. NULL: none now. */
static const struct conf_modem *
routes_of(struct engine *en, const struct modem *modem, const struct outbox_due *m,
          int64_t now_ms)
{
    const struct modem *whose;

    if (modem->conf->spare_for[0] == '\0')
        return modem->conf;
    whose = modems_find(en, modem->conf->spare_for);
    if (whose == NULL || whose->conf == NULL || !modem_is_ill(whose, now_ms))
        return NULL;
    return whose->turn.relieved || m->priority <= URGENT_MOST ? whose->conf : NULL;
}

/* What has begun ends where it began, so that its parts fit together; but not when that
 * modem is gone, or ill for long. Then all of it goes again, marked. */
static bool
must_move(struct engine *en, const struct outbox_due *m, int64_t now_ms)
{
    const struct modem *had = modems_find(en, m->last);

    if (!outbox_may_repeat(m->kind, m->repeated))
        return false;
    return had == NULL || had->conf == NULL ||
           (had->ill_ms != 0 && now_ms - had->ill_ms >= MOVE_MS);
}

/* How well a modem suits a message, by its route and its health; 0: not at all. */
static int
rank(struct engine *en, const struct modem *modem, const struct outbox_due *m,
     int64_t now_ms)
{
    const struct conf_modem *routes;
    int length;

    if (modem->conf == NULL)
        return 0;
    if (m->begun && !must_move(en, m, now_ms))
        return strcmp(m->last, modem->worker.child.name) == 0;
    if (m->via[0] != '\0')
        return strcmp(m->via, modem->worker.child.name) == 0;
    routes = routes_of(en, modem, m, now_ms);
    length = routes == NULL ? 0 : 1 + conf_modem_route(routes, m->number);
    if (length == 0 ||
        (modem_is_ill(modem, now_ms) && !voice_may_try(modem, m->priority, now_ms)))
        return length;
    return length + (route_day_is_over(modem) ? RANK_RESTED : RANK_WELL);
}

struct modem *
route_best(struct engine *en, const struct outbox_due *m, int64_t now_ms)
{
    struct modem *best = NULL;
    int best_rank = 0;

    for (int i = 0; i < en->n_modems; i++) {
        struct modem *modem = en->modems[i];
        int mark = rank(en, modem, m, now_ms);

        if (mark > best_rank ||
            (best != NULL && mark == best_rank && is_better(m, modem, best))) {
            best = modem;
            best_rank = mark;
        }
    }
    return best;
}
