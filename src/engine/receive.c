/*
 * receive.c - what the workers said, written down: texts and reports, results, states, and
 * what it means that one of them died.
 */
#include "care.h"
#include "engine.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/inbox.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/modem_row.h"

#include <string.h>

static bool
take_state(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    struct worker *k = &m->worker;
    bool changed = k->state.health != w->u.state.health;

    k->state = w->u.state;
    if (k->state.settle_fell != 0 && !m->settle_fell) {
        m->settle_fell = true;
        k->setup.settle_auto = 0;
    }
    if (changed)
        log_info(k->child.name, "%s%s%s", worker_health(k),
                 *k->state.reason != '\0' ? ": " : "", k->state.reason);
    if (k->state.health == WIRE_READY)
        child_got_ready(&k->child);
    voice_explained(m);
    return care_pin(en, m, &w->u.state, e) && modem_note(en, m, e);
}

/* Its place in the air is free. */
static void
land(struct modem_turn *t, int64_t outbox)
{
    for (int i = 0; i < t->n_air; i++) {
        if (t->air[i].outbox == outbox) {
            t->air[i] = t->air[--t->n_air];
            return;
        }
    }
}

static const char *
number_in_air(const struct modem_turn *t, int64_t outbox)
{
    for (int i = 0; i < t->n_air; i++) {
        if (t->air[i].outbox == outbox)
            return t->air[i].number;
    }
    return "";
}

static bool
did_not_leave(const struct wire_result *r)
{
    return r->outcome == WIRE_REFUSED || r->outcome == WIRE_NOT_NOW ||
           r->outcome == WIRE_NOT_BEGUN;
}

static bool
take_result(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    struct modem_turn *t = &m->turn;
    struct wire next = {.kind = WIRE_SEND};
    bool more;

    if (!outbox_result(en->desk->store, m->worker.child.name, send_how(m), &w->u.result,
                       en->desk->now, &next.u.send, &more, e))
        return false;
    if (did_not_leave(&w->u.result) && !send_count(en, m, -1, e))
        return false;
    voice_note(m, &w->u.result, number_in_air(t, w->u.result.outbox));
    if (!more) {
        land(t, w->u.result.outbox);
        return true;
    }
    if (t->n_send == WIRE_IN_FLIGHT_MAX)
        return err_set(e, FAIL_REJECT, "too many results at once");
    if (!send_count(en, m, 1, e))
        return false;
    t->send[t->n_send++] = next;
    return true;
}

static bool
take_arrived(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    char imsi[MODEM_WORD_MAX];
    struct inbox_source from = {.modem = m->worker.child.name,
                                .imsi = m->worker.state.imsi,
                                .country_code = en->desk->conf->utility.country_code};

    if (*from.imsi == '\0') {
        if (!modem_row_imsi(en->desk->store, m->worker.child.name, imsi, sizeof(imsi), e))
            return false;
        from.imsi = imsi;
    }
    if (!inbox_take(en->desk->store, &from, &w->u.arrived, en->desk->now, e))
        return false;
    m->turn.forget[m->turn.n_forget++] = w->u.arrived.token;
    loopback_heard(en, m);
    return true;
}

/* Our own SEND, which the worker did not take. */
static bool
take_back(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    land(&m->turn, w->u.send.outbox);
    return outbox_not_handed(en->desk->store, m->worker.child.name, &w->u.send,
                             en->desk->now, e) &&
           send_count(en, m, -1, e);
}

static bool
take_packet(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    switch ((enum wire_kind)w->kind) {
    case WIRE_STATE: return take_state(en, m, w, e);
    case WIRE_RESULT: return take_result(en, m, w, e);
    case WIRE_ARRIVED: return take_arrived(en, m, w, e);
    case WIRE_SEND: return take_back(en, m, w, e);
    case WIRE_ANSWER: return asking_answered(en, m, &w->u.answer, e);
    case WIRE_ASK:
    case WIRE_HELLO:
    case WIRE_SETUP:
    case WIRE_FORGET:
    case WIRE_PIN:
    case WIRE_STOP:
    case WIRE_ALIVE:
    case WIRE_KINDS: break;
    }
    return true;
}

/* A packet that cannot be written down as it is must not hold up the others. A message then
 * goes to quarantine as raw octets; what is neither is said and dropped. */
static bool
put_packet_aside(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    struct wire raw = *w;
    struct err why = *e;

    log_error(m->worker.child.name, "packet of kind %u: %s", w->kind, why.text);
    if (w->kind != WIRE_ARRIVED)
        return true;
    raw.u.arrived.arrival = WIRE_POISON;
    raw.u.arrived.length = 0;
    text_clip(raw.u.arrived.reason, sizeof(raw.u.arrived.reason), why.text);
    return take_arrived(en, m, &raw, e);
}

static bool
handle_packet(struct engine *en, struct modem *m, const struct wire *w, struct err *e)
{
    struct store *s = en->desk->store;
    struct err undo;

    if (!store_mark(s, e))
        return false;
    if (take_packet(en, m, w, e))
        return store_keep(s, e);
    if (!store_undo(s, &undo)) {
        *e = undo;
        return false;
    }
    return e->kind == FAIL_REJECT && put_packet_aside(en, m, w, e);
}

static bool
settle_dead(struct engine *en, struct modem *m, int *done, struct err *e)
{
    int count;

    if (!child_is_over(&m->worker.child))
        return true;
    worker_last_words(&m->worker);
    if (!outbox_modem_lost(en->desk->store, m->worker.child.name, en->desk->now, &count,
                           e) ||
        !asking_lost(en, m, e) || !modem_note(en, m, e))
        return false;
    m->turn.over = true;
    m->turn.n_air = m->turn.n_send = 0;
    (*done)++;
    return true;
}

bool
stage_receive(struct engine *en, int at_most, int *done, struct err *e)
{
    (void)at_most; /* the queues are short */
    for (int i = 0; i < en->n_modems; i++) {
        struct modem *m = en->modems[i];

        for (int k = 0; k < m->worker.n_in; k++, (*done)++) {
            if (!handle_packet(en, m, &m->worker.in[k], e))
                return err_in(e, "%s", m->worker.child.name);
        }
        if (!settle_dead(en, m, done, e))
            return err_in(e, "%s", m->worker.child.name);
    }
    return true;
}
