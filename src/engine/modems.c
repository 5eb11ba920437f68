/*
 * modems.c - the modems of the configuration and their workers: started, supervised, told
 * after each commit what to do.
 */
#include "buses.h"
#include "care.h"
#include "engine.h"

#include "meterpost/base/text.h"
#include "meterpost/store/modem_row.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define ILL_MS 15000 /* of no use for so long: others take what would go there */

_Static_assert(WIRE_IN_FLIGHT_MAX <= WORKER_QUEUE, "all of them may come back at once");

/* ---- configuration ---- */

static void
describe_setup(const struct conf_modem *c, bool settle_fell, struct wire_setup *out)
{
    memset(out, 0, sizeof(*out));
    text_clip(out->name, sizeof(out->name), c->name);
    text_clip(out->device, sizeof(out->device), c->device);
    out->baud = (uint32_t)c->baud;
    text_clip(out->smsc, sizeof(out->smsc), c->smsc);
    out->poll_s = c->poll_ms < 1000 ? 1 : (uint32_t)c->poll_ms / 1000;
    out->answer_s = (uint32_t)c->answer_wait_s;
    out->reports = c->delivery_reports;
    out->settle_auto = c->settle_percent == SETTLE_AUTO && !settle_fell;
    out->settle_percent =
        c->settle_percent == SETTLE_AUTO ? 100 : (uint8_t)c->settle_percent;
}

static bool
same_setup(const struct wire_setup *a, const struct wire_setup *b)
{
    return strcmp(a->device, b->device) == 0 && strcmp(a->smsc, b->smsc) == 0 &&
           a->baud == b->baud && a->poll_s == b->poll_s && a->reports == b->reports &&
           a->settle_percent == b->settle_percent && a->settle_auto == b->settle_auto &&
           a->answer_s == b->answer_s;
}

struct modem *
modems_find(struct engine *en, const char *name)
{
    for (int i = 0; i < en->n_modems; i++) {
        if (strcmp(en->modems[i]->worker.child.name, name) == 0)
            return en->modems[i];
    }
    return NULL;
}

static bool
configure_one(struct engine *en, const struct conf_modem *c, struct err *e)
{
    struct modem *m = modems_find(en, c->name);
    struct wire_setup setup;
    bool fell;

    if (!modem_row_settle_fell(en->desk->store, c->name, &fell, e))
        return false;
    describe_setup(c, fell, &setup);
    if (m != NULL) {
        m->conf = c;
        if (!same_setup(&setup, &m->worker.setup) || strcmp(m->pin, c->pin) != 0) {
            text_clip(m->pin, sizeof(m->pin), c->pin);
            m->worker.setup = setup;
            worker_stop(&m->worker);
        }
        return true;
    }
    if (en->n_modems == CONF_MODEMS_MAX)
        return err_set(e, FAIL_RETRY, "%s: too many modems; restart the engine", c->name);
    m = calloc(1, sizeof(*m));
    if (m == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    m->conf = c;
    m->settle_fell = fell;
    text_clip(m->pin, sizeof(m->pin), c->pin);
    worker_init(&m->worker, en->loop, &setup);
    en->modems[en->n_modems++] = m;
    return true;
}

bool
modems_configure(struct engine *en, struct err *e)
{
    const struct conf *c = en->desk->conf;

    for (int i = 0; i < en->n_modems; i++)
        en->modems[i]->conf = NULL;
    for (int i = 0; i < c->n_modems; i++) {
        if (!configure_one(en, &c->modems[i], e))
            return false;
    }
    for (int i = 0; i < en->n_modems; i++) {
        if (en->modems[i]->conf == NULL)
            worker_stop(&en->modems[i]->worker);
    }
    return true;
}

/* ---- supervision ---- */

void
modems_reap(struct engine *en)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (int i = 0; i < en->n_modems; i++) {
            if (en->modems[i]->worker.child.pid == pid)
                child_reaped(&en->modems[i]->worker.child, status);
        }
        buses_reaped(en, pid, status);
    }
}

static void
start_if_due(struct engine *en, struct modem *m, int64_t now_ms)
{
    struct worker *w = &m->worker;
    struct err e;

    if (m->conf == NULL || en->stopping || !child_is_due(&w->child, now_ms))
        return;
    if (!worker_start(w, en->worker_path, &e))
        log_error(w->child.name, "worker: %s", e.text);
    w->setup.radio_off_on = 0;
}

const char *
modem_health(const struct modem *m)
{
    if (worker_is_ready(&m->worker) && m->turn.voice.mute)
        return "mute";
    if (worker_is_ready(&m->worker) && m->turn.ear.deaf)
        return "deaf";
    return worker_health(&m->worker);
}

const char *
modem_reason(const struct modem *m)
{
    if (worker_is_ready(&m->worker) && m->turn.voice.mute)
        return m->turn.voice.why;
    if (worker_is_ready(&m->worker) && m->turn.ear.deaf)
        return "registered, but a text to it did not come";
    if (m->worker.child.life == CHILD_RUNNING)
        return m->worker.state.reason;
    return m->worker.child.stopping ? "" : m->worker.child.why;
}

bool
modem_note(struct engine *en, struct modem *m, struct err *e)
{
    const struct wire_state *s = &m->worker.state;
    struct modem_row row = {.signal_percent = s->signal_percent,
                            .sim_used = s->sim_used,
                            .sim_size = s->sim_size,
                            .settle_percent = s->settle_percent,
                            .restarts = m->worker.child.restarts,
                            .seen_at = en->desk->now};

    row.health = modem_health(m);
    row.settle_fell = m->settle_fell;
    text_clip(row.name, sizeof(row.name), m->worker.child.name);
    text_clip(row.imei, sizeof(row.imei), s->imei);
    text_clip(row.imsi, sizeof(row.imsi), s->imsi);
    text_clip(row.model, sizeof(row.model), s->model);
    text_clip(row.firmware, sizeof(row.firmware), s->firmware);
    text_clip(row.operator_name, sizeof(row.operator_name), s->operator_name);
    text_clip(row.smsc, sizeof(row.smsc), s->smsc);
    text_clip(row.reason, sizeof(row.reason), modem_reason(m));
    m->turn.told = row.health;
    return modem_row_save(en->desk->store, &row, e);
}

static void
note_illness(struct modem *m, int64_t now_ms)
{
    if (worker_is_ready(&m->worker) && !m->ear.deaf && !m->voice.mute)
        m->ill_ms = 0;
    else if (m->ill_ms == 0)
        m->ill_ms = now_ms;
}

bool
modem_is_ill(const struct modem *m, int64_t now_ms)
{
    if (m->turn.voice.mute)
        return true;
    if (m->ill_ms == 0)
        return false;
    return m->worker.state.health == WIRE_STOPPED || now_ms - m->ill_ms >= ILL_MS;
}

/* Drop those that are gone from the configuration and at rest. */
static void
forget_unwanted(struct engine *en)
{
    for (int i = en->n_modems - 1; i >= 0; i--) {
        struct modem *m = en->modems[i];

        if (m->conf != NULL || m->worker.child.life != CHILD_RESTING)
            continue;
        log_info(m->worker.child.name, "no longer in the configuration");
        free(m);
        en->modems[i] = en->modems[--en->n_modems];
    }
}

void
modems_supervise(struct engine *en, int64_t now_ms)
{
    for (int i = 0; i < en->n_modems; i++) {
        child_check(&en->modems[i]->worker.child, now_ms, WIRE_DEAD_S);
        note_illness(en->modems[i], now_ms);
        start_if_due(en, en->modems[i], now_ms);
        if (en->modems[i]->worker.n_in > 0 || child_is_over(&en->modems[i]->worker.child))
            en->due = true;
    }
    forget_unwanted(en);
}

void
modems_stop(struct engine *en)
{
    for (int i = 0; i < en->n_modems; i++)
        worker_stop(&en->modems[i]->worker);
}

bool
modems_all_rest(const struct engine *en)
{
    for (int i = 0; i < en->n_modems; i++) {
        if (en->modems[i]->worker.child.life != CHILD_RESTING)
            return false;
    }
    return true;
}

void
modems_close(struct engine *en)
{
    for (int i = 0; i < en->n_modems; i++) {
        child_finish(&en->modems[i]->worker.child);
        free(en->modems[i]);
    }
    en->n_modems = 0;
}

/* ---- what a turn means for them ---- */

void
modems_begin_turn(struct engine *en)
{
    for (int i = 0; i < en->n_modems; i++) {
        struct modem_turn *t = &en->modems[i]->turn;

        memcpy(t->air, en->modems[i]->air, sizeof(t->air));
        t->n_air = en->modems[i]->n_air;
        t->day = en->modems[i]->day;
        t->day_parts = en->modems[i]->day_parts;
        t->n_send = 0;
        t->rungs = en->modems[i]->rungs;
        t->tried = en->modems[i]->tried;
        t->relieved = en->modems[i]->relieved;
        t->ear = en->modems[i]->ear;
        t->voice = en->modems[i]->voice;
        t->told = en->modems[i]->told;
        t->asking = en->modems[i]->asking;
        t->credit_next = en->modems[i]->credit_next;
        t->expiry_next = en->modems[i]->expiry_next;
        t->has_ask = false;
        t->radio = t->power = false;
        t->over = t->has_pin = t->restart = false;
        t->n_forget = 0;
    }
}

/* Tell a worker what it may forget; what it does not take now, the next time. One that is
 * gone may have left many turns of packets behind and takes none: the next worker finds the
 * messages again, and we shall know them. */
static void
pay_owed(struct modem *m)
{
    const struct modem_turn *t = &m->turn;
    struct wire forget = {.kind = WIRE_FORGET};
    struct err e;
    int paid;

    if (m->worker.child.life != CHILD_RUNNING) {
        m->n_owed = 0;
        return;
    }
    memcpy(m->owed + m->n_owed, t->forget, (size_t)t->n_forget * sizeof(t->forget[0]));
    m->n_owed += t->n_forget;
    for (paid = 0; paid < m->n_owed; paid++) {
        forget.u.forget.token = m->owed[paid];
        if (!worker_put(&m->worker, &forget, &e))
            break;
    }
    m->n_owed -= paid;
    memmove(m->owed, m->owed + paid, (size_t)m->n_owed * sizeof(m->owed[0]));
    if (m->n_owed > OWED_MAX - WORKER_QUEUE) /* there may be no room for the next turn */
        child_kill(&m->worker.child, "its worker does not listen");
}

/* Begin again at once: nothing that went wrong before counts. */
static void
restart(struct modem *m)
{
    struct worker *w = &m->worker;

    child_begin_again(&w->child);
    worker_stop(w);
}

static void
hand_over(struct modem *m, struct wire *send)
{
    struct err e;

    bucket_take_one(&m->bucket, m->conf != NULL ? m->conf->rate : (struct pace){1, 1});
    if (worker_put(&m->worker, send, &e))
        return;
    log_warn(m->worker.child.name, "outbox=%lld: %s", (long long)send->u.send.outbox,
             e.text);
    m->worker.in[m->worker.n_in++] = *send; /* back to where it came from */
}

static void
after_commit(struct modem *m)
{
    struct modem_turn *t = &m->turn;
    struct err e;

    worker_drop_queue(&m->worker);
    memcpy(m->air, t->air, sizeof(m->air));
    m->n_air = t->n_air;
    m->day = t->day;
    m->day_parts = t->day_parts;
    pay_owed(m);
    if (t->over)
        worker_settled(&m->worker, clock_mono_ms());
    m->ear = t->ear;
    m->voice = t->voice;
    m->told = t->told;
    m->asking = t->asking;
    m->credit_next = t->credit_next;
    m->expiry_next = t->expiry_next;
    if (t->has_ask && !worker_put(&m->worker, &t->ask, &e))
        child_kill(&m->worker.child, "its worker does not listen");
    if (t->has_pin && !worker_put(&m->worker, &t->pin, &e))
        child_kill(&m->worker.child, "its worker does not listen");
    sodium_memzero(&t->pin, sizeof(t->pin));
    ladder_act(m);
    if (t->restart)
        restart(m);
    for (int i = 0; i < t->n_send; i++)
        hand_over(m, &t->send[i]);
}

void
modems_after_commit(struct engine *en)
{
    for (int i = 0; i < en->n_modems; i++)
        after_commit(en->modems[i]);
}
