/*
 * send.c - which message goes to which modem now.
 *
 * Due messages are looked at in the order of their priority. Each goes to the first modem
 * of the configuration that has a route to its number and may send; one that has begun goes
 * on where it began. A message that must wait does not hold up those behind it.
 */
#include "engine.h"

#include "meterpost/base/phone.h"
#include "meterpost/sms/outbox.h"

#include <string.h>

#define LOOK_AT 500 /* due messages, in a turn */

struct pick {
    struct modem *modem;
    int64_t outbox;
};

struct choice {
    struct engine *en;
    struct pick picks[CONF_MODEMS_MAX];
    int n_picks, at_most;
    int n_free; /* modems that could still take one */
    bool waits; /* for a modem to be ready */
    utc_t next; /* for the clock; 0 = nothing does */
};

static bool
has_route(const struct conf_modem *c, const char *number)
{
    for (int i = 0; i < c->n_routes; i++) {
        if (phone_matches(c->routes[i], number))
            return true;
    }
    return false;
}

static bool
is_picked(const struct choice *c, const struct modem *m)
{
    for (int i = 0; i < c->n_picks; i++) {
        if (c->picks[i].modem == m)
            return true;
    }
    return false;
}

/* Could be given a message if pace and daily limit allow. */
static bool
is_free(const struct choice *c, const struct modem *m)
{
    return m->conf != NULL && worker_is_ready(&m->worker) && !m->turn.busy &&
           !is_picked(c, m);
}

/* When pace and daily limit allow a message; `now` when they do. */
static utc_t
allowed_at(const struct modem *m, utc_t now)
{
    if (m->conf->daily_limit > 0 && m->day_parts >= m->conf->daily_limit)
        return clock_day_start(now, 1);
    return bucket_next(&m->bucket, m->conf->rate, now);
}

static void
note_wait(struct choice *c, utc_t until)
{
    if (c->next == 0 || until < c->next)
        c->next = until;
}

/* The modem for a message. NULL: it has to wait, and what for is noted. */
static struct modem *
choose_modem(struct choice *c, const struct outbox_due *m)
{
    utc_t at, now = c->en->desk->now;
    bool routed = false;

    for (int i = 0; i < c->en->n_modems; i++) {
        struct modem *modem = c->en->modems[i];

        if (modem->conf == NULL ||
            (*m->modem != '\0' ? strcmp(m->modem, modem->worker.name) != 0
                               : !has_route(modem->conf, m->number)))
            continue;
        routed = true;
        at = allowed_at(modem, now);
        if (at > now)
            note_wait(c, at);
        else if (is_free(c, modem))
            return modem;
        else
            c->waits = true;
    }
    if (!routed && trouble_again(&c->en->unrouted))
        log_warn("send", "outbox=%lld: no modem has a route to %s (%u times)",
                 (long long)m->id, phone_mask(m->number), c->en->unrouted.times);
    return NULL;
}

static bool
look_at(const struct outbox_due *m, void *context)
{
    struct choice *c = context;
    struct modem *modem = choose_modem(c, m);

    if (modem != NULL) {
        c->picks[c->n_picks++] = (struct pick){modem, m->id};
        c->n_free--;
    }
    return c->n_free > 0 && c->n_picks < c->at_most;
}

/* Parts that it has sent today are counted once a day, then remembered. */
static bool
begin_day(struct engine *en, struct modem *m, struct err *e)
{
    utc_t day = clock_day_start(en->desk->now, 0);

    if (m->day == day)
        return true;
    if (!outbox_part_count(en->desk->store, m->worker.name, day, &m->day_parts, e))
        return false;
    m->day = day;
    return true;
}

static bool
prepare(struct engine *en, struct choice *c, struct err *e)
{
    for (int i = 0; i < en->n_modems; i++) {
        struct modem *m = en->modems[i];

        if (m->conf == NULL)
            continue;
        bucket_fill(&m->bucket, m->conf->rate, en->desk->now);
        if (!begin_day(en, m, e))
            return false;
        c->n_free += is_free(c, m);
    }
    return true;
}

/* A message that cannot be sent at all must not come up again and again. */
static bool
give(struct engine *en, const struct pick *p, struct err *e)
{
    struct store *s = en->desk->store;
    struct modem_turn *t = &p->modem->turn;
    struct err undo;

    if (!store_mark(s, e))
        return false;
    memset(&t->send, 0, sizeof(t->send));
    t->send.kind = WIRE_SEND;
    if (outbox_take(s, p->outbox, p->modem->worker.name, p->modem->conf->delivery_reports,
                    en->desk->now, &t->send.u.send, e)) {
        t->has_send = t->busy = true;
        return store_keep(s, e);
    }
    if (!store_undo(s, &undo)) {
        *e = undo;
        return false;
    }
    return e->kind == FAIL_REJECT && outbox_refuse(s, p->outbox, e->text, e);
}

bool
stage_send(struct engine *en, int at_most, int *done, struct err *e)
{
    struct choice c = {.en = en,
                       .at_most = at_most > CONF_MODEMS_MAX ? CONF_MODEMS_MAX : at_most};

    if (!prepare(en, &c, e))
        return false;
    if (!outbox_row_each_due(en->desk->store, en->desk->now, LOOK_AT, look_at, &c, e))
        return false;
    for (int i = 0; i < c.n_picks; i++, (*done)++) {
        if (!give(en, &c.picks[i], e))
            return false;
    }
    en->send_waits = c.waits || c.n_picks > 0;
    en->send_next = c.next;
    return true;
}
