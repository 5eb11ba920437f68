/*
 * send.c - which message goes to which modem now.
 *
 * Due messages are looked at in the order of their priority; whose each is says route.c.
 *
 * A message that must wait does not hold up those behind it: when the best LOOK_AT leave a
 * modem without work, the look goes on a page a turn, until it has seen them all.
 */
#include "care.h"
#include "engine.h"

#include "meterpost/base/log.h"
#include "meterpost/base/phone.h"
#include "meterpost/relay/work.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/modem_care.h"

#include <string.h>

#define LOOK_AT     500  /* due messages, in a turn */
#define PAGE        2000 /* those that are looked at beyond, when modems are left free */
#define GIVES_MAX   256  /* messages handed over in a turn */
#define POSTPONES   200  /* messages put off to their hours in a turn */
#define PRIORITIES  1000
#define LOOK_BUSY   50   /* the same while no modem can take one */
#define REST_MS     1000 /* between two looks at everything that found nothing */
#define URGENT_ONCE 30   /* does not wait for what is less urgent to the same number */

struct pick {
    struct modem *modem;
    int64_t outbox;
    enum outbox_kind kind;
};

struct choice {
    struct engine *en;
    int64_t now_ms;
    struct pick picks[GIVES_MAX];
    int n_picks, at_most;
    struct {
        int64_t outbox;
        utc_t when;
    } postpone[POSTPONES];
    int n_postpone;
    int n_free; /* modems that could still take one */
    int looked; /* messages */
    struct outbox_due last;
    bool waits; /* for a modem to be ready */
    utc_t next; /* for the clock; 0 = nothing does */
    struct err *e;
    bool failed;
};

/* ---- modems ---- */

/* When pace and daily limit allow a message; `now` when they do. */
static utc_t
allowed_at(const struct modem *m, utc_t now)
{
    struct bucket b = m->bucket;

    if (route_day_is_over(m))
        return clock_day_start(now, 1);
    for (int i = 0; i < m->turn.n_send; i++)
        bucket_take_one(&b, m->conf->rate);
    return bucket_next(&b, m->conf->rate, now);
}

static bool
may_take(const struct modem *m, utc_t now)
{
    return route_is_free(m) && allowed_at(m, now) <= now;
}

/* ---- messages ---- */

static void
note_wait(struct choice *c, utc_t until)
{
    c->next = clock_earlier(c->next, until);
}

/* One number gets its messages one after the other, in order. What an older one waits for
 * is noted: a modem, or the clock. */
static bool
must_follow(struct choice *c, const struct outbox_due *m)
{
    utc_t until;
    bool behind;

    for (int i = 0; i < c->en->n_modems; i++) {
        const struct modem_turn *t = &c->en->modems[i]->turn;

        for (int k = 0; k < t->n_air; k++) {
            if (strcmp(t->air[k].number, m->number) == 0 &&
                (m->priority > URGENT_ONCE || t->air[k].priority <= m->priority)) {
                c->waits = true;
                return true;
            }
        }
    }
    if (!outbox_row_is_behind(c->en->desk->store, m, &behind, &until, c->e)) {
        c->failed = true;
        return true;
    }
    if (behind && until > c->en->desk->now)
        note_wait(c, until);
    else if (behind)
        c->waits = true;
    return behind;
}

/* Each kind keeps to its hours. */
static bool
is_out_of_hours(struct choice *c, const struct outbox_due *m)
{
    struct day_window hours = outbox_hours(c->en->desk->conf, m->kind);
    utc_t now = c->en->desk->now;

    if (window_open(hours, now))
        return false;
    if (c->n_postpone == POSTPONES) {
        c->waits = true;
        return true;
    }
    c->postpone[c->n_postpone].outbox = m->id;
    c->postpone[c->n_postpone++].when = window_next(hours, now);
    return true;
}

/* A restored database does not know what was switched since. */
static bool
is_fenced(const struct choice *c, const struct outbox_due *m)
{
    return c->en->fence.up && (m->kind == OUT_CUT || m->kind == OUT_RESTORE);
}

/* The modem that gets this message now. NULL: it has to wait, and what for is noted. */
static struct modem *
choose_modem(struct choice *c, const struct outbox_due *m)
{
    utc_t at, now = c->en->desk->now;
    struct modem *modem;

    if (is_fenced(c, m) || is_out_of_hours(c, m))
        return NULL;
    modem = route_best(c->en, m, c->now_ms);
    if (modem == NULL) {
        if (trouble_again(&c->en->unrouted))
            log_warn("send", "outbox=%lld: no modem has a route to %s (%u times)",
                     (long long)m->id, phone_mask(m->number), c->en->unrouted.times);
        return NULL;
    }
    at = allowed_at(modem, now);
    if (at > now) {
        note_wait(c, at);
        return NULL;
    }
    if (route_is_free(modem))
        return must_follow(c, m) ? NULL : modem;
    c->waits = true;
    return NULL;
}

static bool
give(struct choice *c, struct modem *modem, const struct outbox_due *m)
{
    struct modem_turn *t = &modem->turn;
    struct airborne *a = &t->air[t->n_air++];

    voice_tries(modem, c->now_ms);
    a->outbox = m->id;
    a->priority = m->priority;
    memcpy(a->number, m->number, sizeof(a->number));
    t->send[t->n_send++].kind = 0; /* written when the look is over */
    c->picks[c->n_picks++] = (struct pick){modem, m->id, m->kind};
    c->n_free -= !may_take(modem, c->en->desk->now);
    return c->n_free > 0 && c->n_picks < c->at_most;
}

static bool
look_at(const struct outbox_due *m, void *context)
{
    struct choice *c = context;
    struct modem *modem = choose_modem(c, m);

    c->looked++;
    c->last = *m;
    if (c->failed)
        return false;
    return modem == NULL || give(c, modem, m);
}

/* ---- a turn ---- */

bool
send_count(struct engine *en, struct modem *m, int parts, struct err *e)
{
    int64_t price = m->conf != NULL ? m->conf->segment_cost.minor : 0;

    m->turn.day_parts += parts;
    return modem_day_add(en->desk->store, m->worker.child.name, en->desk->now, parts,
                         parts * price, e);
}

/* Parts that it has sent today are counted once a day, then remembered. */
static bool
begin_day(struct engine *en, struct modem *m, struct err *e)
{
    utc_t day = clock_day_start(en->desk->now, 0);

    if (m->turn.day == day)
        return true;
    if (!modem_day_parts(en->desk->store, m->worker.child.name, day, &m->turn.day_parts, e))
        return false;
    m->turn.day = day;
    return true;
}

static bool
weigh_ceiling(struct engine *en, struct err *e)
{
    int64_t most = en->desk->conf->limits.spend_per_month.minor, spent;
    bool was = en->over_ceiling;

    en->over_ceiling = false;
    if (most == 0)
        return true;
    if (!modem_day_cost(en->desk->store, clock_month_start(en->desk->now, 0), &spent, e))
        return false;
    en->over_ceiling = spent >= most;
    if (en->over_ceiling && !was)
        log_warn("send", "the month's money for messages is spent: only alarms, cuts and "
                         "restores go out until limits.spend_per_month is raised or the "
                         "month ends");
    return true;
}

static bool
prepare(struct engine *en, struct choice *c, struct err *e)
{
    if (!weigh_ceiling(en, e))
        return false;
    if (en->over_ceiling)
        note_wait(c, clock_month_start(en->desk->now, 1));
    for (int i = 0; i < en->n_modems; i++) {
        struct modem *m = en->modems[i];

        if (m->conf == NULL)
            continue;
        bucket_fill(&m->bucket, m->conf->rate, en->desk->now);
        if (!begin_day(en, m, e))
            return false;
        c->n_free += may_take(m, en->desk->now);
    }
    return true;
}

/* From the best on; and when that leaves modems free, one page from where it ended. */
static bool
look(struct engine *en, struct choice *c, struct err *e)
{
    struct outbox_look l = {.now = en->desk->now,
                            .most_priority = en->over_ceiling ? URGENT_MOST : PRIORITIES,
                            .limit = c->n_free > 0 ? LOOK_AT : LOOK_BUSY};
    struct store *s = en->desk->store;
    const struct outbox_due top = {0};
    int before;

    if (!outbox_row_each_due(s, &l, look_at, c, e) || c->failed)
        return false;
    if (c->looked < LOOK_AT || c->n_free == 0 || c->n_picks == c->at_most)
        return true;
    if (en->look_from.id == 0 && c->now_ms < en->look_rest_ms)
        return true;
    l.after = en->look_from.id == 0 ? c->last : en->look_from;
    l.limit = PAGE;
    before = c->looked;
    if (!outbox_row_each_due(s, &l, look_at, c, e) || c->failed)
        return false;
    if (c->looked - before < PAGE && c->n_free > 0) { /* that was the last page */
        en->look_from = top;
        en->look_rest_ms = c->now_ms + REST_MS;
        return true;
    }
    en->look_from = c->last;
    en->due = true;
    return true;
}

static void
take_out_of_air(struct modem_turn *t, int64_t outbox)
{
    for (int i = 0; i < t->n_air; i++) {
        if (t->air[i].outbox == outbox) {
            t->air[i] = t->air[--t->n_air];
            return;
        }
    }
}

unsigned
send_how(const struct modem *m)
{
    if (m->conf == NULL)
        return 0;
    return (m->conf->delivery_reports ? OUTBOX_REPORTS : 0U) |
           (m->conf->reference == CONF_REFERENCE_16 ? OUTBOX_LONG_REF : 0U);
}

/* Supply is switched only when the guards say so at this very moment. */
static bool
may_leave(struct engine *en, const struct pick *p, bool *may, struct err *e)
{
    struct relay r = desk_relay(en->desk);

    *may = true;
    return (p->kind != OUT_CUT && p->kind != OUT_RESTORE) ||
           relay_gate(&r, p->outbox, may, e);
}

/* A message that cannot be sent at all must not come up again and again. */
static bool
hand_out(struct engine *en, const struct pick *p, struct err *e)
{
    struct store *s = en->desk->store;
    struct modem_turn *t = &p->modem->turn;
    struct wire *send = &t->send[t->n_send];
    struct err undo;
    bool may;

    if (!store_mark(s, e))
        return false;
    if (!may_leave(en, p, &may, e)) {
        log_error("relay", "outbox=%lld stays: %s", (long long)p->outbox, e->text);
        take_out_of_air(t, p->outbox);
        return store_undo(s, e);
    }
    if (!may) {
        take_out_of_air(t, p->outbox);
        return store_keep(s, e);
    }
    memset(send, 0, sizeof(*send));
    send->kind = WIRE_SEND;
    if (outbox_take(s, p->outbox, p->modem->worker.child.name, send_how(p->modem),
                    en->desk->now, &send->u.send, e)) {
        t->n_send++;
        return send_count(en, p->modem, 1, e) && store_keep(s, e);
    }
    if (!store_undo(s, &undo)) {
        *e = undo;
        return false;
    }
    take_out_of_air(t, p->outbox);
    return e->kind == FAIL_REJECT && outbox_refuse(s, p->outbox, e->text, e);
}

static bool
postpone(struct engine *en, const struct choice *c, struct err *e)
{
    for (int i = 0; i < c->n_postpone; i++) {
        if (!outbox_row_postpone(en->desk->store, c->postpone[i].outbox,
                                 c->postpone[i].when, e))
            return false;
    }
    return true;
}

bool
stage_send(struct engine *en, int at_most, int *done, struct err *e)
{
    static struct choice c;
    int begun[CONF_MODEMS_MAX] = {0};

    memset(&c, 0, sizeof(c));
    c.en = en;
    c.now_ms = clock_mono_ms();
    c.at_most = at_most > GIVES_MAX ? GIVES_MAX : at_most;
    c.e = e;
    for (int i = 0; i < en->n_modems; i++)
        begun[i] = en->modems[i]->turn.n_send;
    if (!prepare(en, &c, e) || !look(en, &c, e))
        return false;
    for (int i = 0; i < en->n_modems; i++)
        en->modems[i]->turn.n_send = begun[i];
    for (int i = 0; i < c.n_picks; i++, (*done)++) {
        if (!hand_out(en, &c.picks[i], e))
            return false;
    }
    *done += c.n_postpone;
    en->send_waits = c.waits || c.n_picks > 0;
    en->send_next = c.next;
    return postpone(en, &c, e);
}
