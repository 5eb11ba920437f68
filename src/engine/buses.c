#include "buses.h"

#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- configuration ---- */

static void
describe_setup(const struct conf_bus *c, struct bus_wire_setup *out)
{
    memset(out, 0, sizeof(*out));
    text_clip(out->name, sizeof(out->name), c->name);
    text_clip(out->device, sizeof(out->device), c->device);
    out->framing.baud = (uint32_t)c->baud;
    out->framing.parity = (uint8_t)c->parity;
    out->framing.data_bits = (uint8_t)c->data_bits;
    out->framing.stop_bits = (uint8_t)c->stop_bits;
    out->rs485 = (uint8_t)c->rs485;
    out->echo = (uint8_t)c->echo;
    out->gap_ms = (uint32_t)c->gap_ms;
    text_clip(out->greeting, sizeof(out->greeting), c->greeting);
    text_clip(out->heartbeat, sizeof(out->heartbeat), c->heartbeat);
}

static struct bus *
find(struct engine *en, const char *name)
{
    for (int i = 0; i < en->n_buses; i++) {
        if (strcmp(en->buses[i]->worker.child.name, name) == 0)
            return en->buses[i];
    }
    return NULL;
}

static bool
configure_one(struct engine *en, const struct conf_bus *c, struct err *e)
{
    struct bus *b = find(en, c->name);
    struct bus_wire_setup setup;

    describe_setup(c, &setup);
    if (b != NULL) {
        b->conf = c;
        /* Both were zeroed before they were filled. NOLINTNEXTLINE */
        if (memcmp(&setup, &b->worker.setup, sizeof(setup)) != 0) {
            b->worker.setup = setup;
            bus_worker_stop(&b->worker);
        }
        return true;
    }
    if (en->n_buses == CONF_BUSES_MAX)
        return err_set(e, FAIL_RETRY, "%s: too many buses; restart the engine", c->name);
    b = calloc(1, sizeof(*b));
    if (b == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    b->conf = c;
    bus_worker_init(&b->worker, en->loop, &setup);
    en->buses[en->n_buses++] = b;
    return true;
}

bool
buses_configure(struct engine *en, struct err *e)
{
    const struct conf *c = en->desk->conf;

    for (int i = 0; i < en->n_buses; i++)
        en->buses[i]->conf = NULL;
    for (int i = 0; i < c->n_buses; i++) {
        if (!configure_one(en, &c->buses[i], e))
            return false;
    }
    for (int i = 0; i < en->n_buses; i++) {
        if (en->buses[i]->conf == NULL)
            bus_worker_stop(&en->buses[i]->worker);
    }
    return true;
}

/* ---- supervision ---- */

void
buses_reaped(struct engine *en, pid_t pid, int status)
{
    for (int i = 0; i < en->n_buses; i++) {
        if (en->buses[i]->worker.child.pid == pid)
            child_reaped(&en->buses[i]->worker.child, status);
    }
}

static void
start_if_due(struct engine *en, struct bus *b, int64_t now_ms)
{
    struct bus_worker *w = &b->worker;
    struct err e;

    if (b->conf == NULL || en->stopping || !child_is_due(&w->child, now_ms))
        return;
    if (!bus_worker_start(w, en->bus_worker_path, &e))
        log_error(w->child.name, "worker: %s", e.text);
}

static bool
has_news(const struct bus *b)
{
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (b->worker.flights[i].over)
            return true;
    }
    return b->worker.is_new || child_is_over(&b->worker.child);
}

static void
forget_unwanted(struct engine *en)
{
    for (int i = en->n_buses - 1; i >= 0; i--) {
        struct bus *b = en->buses[i];

        if (b->conf != NULL || b->worker.child.life != CHILD_RESTING)
            continue;
        log_info(b->worker.child.name, "no longer in the configuration");
        bus_worker_finish(&b->worker);
        free(b);
        en->buses[i] = en->buses[--en->n_buses];
    }
}

void
buses_supervise(struct engine *en, int64_t now_ms)
{
    for (int i = 0; i < en->n_buses; i++) {
        child_check(&en->buses[i]->worker.child, now_ms, BUS_DEAD_S);
        start_if_due(en, en->buses[i], now_ms);
        if (has_news(en->buses[i]))
            en->due = true;
    }
    forget_unwanted(en);
}

void
buses_stop(struct engine *en)
{
    for (int i = 0; i < en->n_buses; i++)
        bus_worker_stop(&en->buses[i]->worker);
}

void
buses_kill(struct engine *en, const char *why)
{
    for (int i = 0; i < en->n_buses; i++) {
        if (en->buses[i]->worker.child.life == CHILD_RUNNING)
            child_kill(&en->buses[i]->worker.child, why);
    }
}

bool
buses_all_rest(const struct engine *en)
{
    for (int i = 0; i < en->n_buses; i++) {
        if (en->buses[i]->worker.child.life != CHILD_RESTING)
            return false;
    }
    return true;
}

void
buses_close(struct engine *en)
{
    for (int i = 0; i < en->n_buses; i++) {
        bus_worker_finish(&en->buses[i]->worker);
        free(en->buses[i]);
    }
    en->n_buses = 0;
}

static bool
is_flying(const struct bus *b)
{
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (b->worker.flights[i].job != 0)
            return true;
    }
    return false;
}

bool
buses_are_quiet(struct engine *en)
{
    for (int i = 0; i < en->n_buses; i++) {
        struct bus *b = en->buses[i];
        struct bus_job next;
        struct err e;
        bool found;

        if (is_flying(b) || b->worker.child.life == CHILD_GONE)
            return false;
        if (!bus_job_next_due(en->desk->store, b->worker.child.name, en->desk->now, &next,
                              &found, &e) ||
            (found && bus_worker_is_ready(&b->worker)))
            return false;
        if (found && b->worker.child.life == CHILD_RUNNING &&
            b->worker.state.health <= BUS_STARTING)
            return false;
    }
    return true;
}

/* ---- what a turn means for them ---- */

void
buses_begin_turn(struct engine *en)
{
    for (int i = 0; i < en->n_buses; i++)
        memset(&en->buses[i]->turn, 0, sizeof(en->buses[i]->turn));
}

static void
hand_over(struct bus *b, struct bus_wire *send)
{
    struct bus_flight *f = bus_worker_room(&b->worker);
    struct err e;

    if (f == NULL)
        return;
    f->job = send->u.job.job;
    f->wire = send->u.job.protocol;
    if (bus_worker_give(&b->worker, send, &e))
        return;
    f->over = true; /* back to where it came from */
    f->result = (struct bus_wire_result){.job = f->job, .outcome = BUS_OUT_LINE};
    text_clip(f->result.reason, sizeof(f->result.reason), e.text);
}

static void
after_commit(struct bus *b)
{
    struct bus_turn *t = &b->turn;

    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (t->taken[i] || t->over)
            bus_flight_end(&b->worker.flights[i]);
    }
    if (t->said)
        b->worker.is_new = false;
    if (t->over)
        bus_worker_settled(&b->worker, clock_mono_ms());
    for (int i = 0; i < t->n_send; i++)
        hand_over(b, &t->send[i]);
}

void
buses_after_commit(struct engine *en)
{
    for (int i = 0; i < en->n_buses; i++)
        after_commit(en->buses[i]);
}
