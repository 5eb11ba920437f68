/*
 * bus_jobs.c - what comes back from the wires: the tries of each job, and the breaker of
 * each meter.
 *
 * A worker tries everything once. A meter that is silent is left alone for a while, each
 * time twice as long, so that it costs its deadline once and not in every round; what came
 * damaged is asked again at once, behind the others. What a switch did is never guessed:
 * where that is not known the job is in doubt, and the relay is asked.
 */
#include "bus_taking.h"

#include "meterpost/base/text.h"
#include "meterpost/bus/job.h"
#include "meterpost/bus/kind.h"
#include "meterpost/metering/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_S     5  /* before what met no line is tried again */
#define SETTLE_S   30 /* after a switch of which nobody knows: the relay is asked then */
#define SETTLE_FOR (2 * HOUR_S)

static const char *const relays[] = {
    [BUS_RELAY_UNKNOWN] = "",
    [BUS_RELAY_CLOSED] = "closed",
    [BUS_RELAY_OPEN] = "open",
    [BUS_RELAY_ARMED] = "armed",
};

/* ---- ends ---- */

bool
taking_save(struct taking *t, struct err *e)
{
    return bus_job_save(t->en->desk->store, &t->job, e);
}

bool
taking_end(struct taking *t, enum bus_job_state state, const char *reason, struct err *e)
{
    t->job.state = state;
    t->job.ended_at = t->en->desk->now;
    text_clip(t->job.reason, sizeof(t->job.reason), reason);
    return taking_save(t, e);
}

bool
taking_again(struct taking *t, utc_t at, const char *reason, struct err *e)
{
    t->job.state = BUS_JOB_QUEUED;
    t->job.next_at = at;
    text_clip(t->job.reason, sizeof(t->job.reason), reason);
    return taking_save(t, e);
}

/* Who asked goes another way. */
bool
taking_fail(struct taking *t, const char *reason, struct err *e)
{
    const struct desk *d = t->en->desk;

    return taking_end(t, BUS_JOB_FAILED, reason, e) &&
           (t->job.request_id == 0 ||
            metering_wire_failed(d->store, d->conf, &t->job, reason, d->now, e));
}

/* ---- the breaker ---- */

static bool
hear_meter(struct taking *t, struct err *e)
{
    const struct bus_kind *kind = bus_kinds_find(t->en->desk->kinds, t->meter.protocol);

    if (t->meter.id == 0)
        return true;
    t->breaker = (struct bus_meter){.meter_id = t->meter.id, .heard_at = t->en->desk->now};
    if (kind != NULL && kind->either)
        text_copy(t->breaker.spoke, sizeof(t->breaker.spoke),
                  conf_protocol_name((enum conf_protocol)t->flight->wire));
    return bus_meter_save(t->en->desk->store, &t->breaker, e) &&
           meter_set_contact(t->en->desk->store, t->meter.id, t->en->desk->now, e);
}

static bool
note_silence(struct taking *t, struct err *e)
{
    struct bus_meter *b = &t->breaker;
    utc_t now = t->en->desk->now;
    int64_t first_s = t->bus->conf == NULL ? HOUR_S : t->bus->conf->rest_s;

    if (t->meter.id == 0)
        return true;
    if (++b->silent >= taking_attempts(t->bus))
        b->spoke[0] = '\0'; /* another may hang there by now */
    if (b->silent_since == 0)
        b->silent_since = now;
    b->rest_until = now + bus_rest_s(first_s, b->silent);
    return bus_meter_save(t->en->desk->store, b, e);
}

int
taking_attempts(const struct bus *b)
{
    return b->conf == NULL ? 1 : b->conf->attempts;
}

/* ---- what each outcome means ---- */

static bool
on_done(struct taking *t, struct err *e)
{
    const struct desk *d = t->en->desk;
    struct metering_outcome out = {.understood = true};
    struct err why;

    if (!taking_end(t, BUS_JOB_DONE, t->r->reason, e))
        return false;
    /* What nobody asked for as a reading is none: a test, the look behind a switch. */
    if (t->meter.id == 0 || t->flight->n_answer == 0 || t->job.request_id == 0)
        return true;
    if (!metering_take_wire(d->store, d->conf, d->kinds, &t->job, &t->meter,
                            (enum conf_protocol)t->flight->wire, t->flight->answer,
                            t->flight->n_answer, d->now, &out, &why)) {
        if (why.kind != FAIL_REJECT) {
            *e = why;
            return false;
        }
        return taking_fail(t, why.text, e);
    }
    if (out.understood)
        return true;
    return taking_fail(t, out.reason, e);
}

/* A person who waits is not made to wait for the breaker. */
static bool
on_silent(struct taking *t, struct err *e)
{
    char reason[BUS_JOB_WHY_MAX];
    utc_t now = t->en->desk->now;
    bool unsure = t->meter.id != 0 && bus_job_is_unsure(t->en->desk->kinds, &t->job,
                                                        &t->meter, t->breaker.spoke);
    bool more = t->job.attempts < taking_attempts(t->bus) * (unsure ? 2 : 1);

    if (unsure && t->job.attempts % 2 == 1) /* by the other edition, then */
        return taking_again(t, now, t->r->reason, e);
    if (!note_silence(t, e))
        return false;
    snprintf(reason, sizeof(reason), "%s", t->r->reason);
    if (t->job.urgent && more)
        return taking_again(t, now, reason, e);
    if (!t->job.urgent && more && t->breaker.silent < taking_attempts(t->bus) &&
        t->breaker.rest_until < t->job.expires_at)
        return taking_again(t, t->breaker.rest_until, reason, e);
    return taking_fail(t, reason, e);
}

static bool
on_damaged(struct taking *t, struct err *e)
{
    if (t->job.attempts < taking_attempts(t->bus))
        return taking_again(t, t->en->desk->now, t->r->reason, e);
    return taking_fail(t, t->r->reason, e);
}

static bool
on_refused(struct taking *t, struct err *e)
{
    char reason[BUS_JOB_WHY_MAX];

    snprintf(reason, sizeof(reason), "it says: %s", t->r->reason);
    return taking_fail(t, reason, e);
}

static bool
on_failed(struct taking *t, struct err *e)
{
    return taking_fail(t, t->r->reason, e);
}

/* Ask how the relay stands, in a while: who ordered is told that, too. */
static bool
ask_relay(struct taking *t, struct err *e)
{
    char key[BUS_JOB_KEY_MAX];
    int64_t id;

    snprintf(key, sizeof(key), "settle %" PRId64, t->job.id);
    return bus_job_add(t->en->desk->store,
                       &(struct bus_job_new){.key = key,
                                             .meter_id = t->job.meter_id,
                                             .bus = t->job.bus,
                                             .action = BUS_RELAY,
                                             .order_id = t->job.order_id,
                                             .urgent = true,
                                             .not_before = t->en->desk->now + SETTLE_S,
                                             .expires_at = t->en->desk->now + SETTLE_FOR},
                       t->en->desk->now, &id, e);
}

static bool
on_doubt(struct taking *t, struct err *e)
{
    struct err why;

    if (!taking_end(t, BUS_JOB_IN_DOUBT, t->r->reason, e))
        return false;
    if (ask_relay(t, &why))
        return true;
    *e = why;
    return why.kind == FAIL_REJECT;
}

/* It was not begun, so it costs no try. */
static bool
on_line(struct taking *t, struct err *e)
{
    t->job.attempts--;
    return taking_again(t, t->en->desk->now + LINE_S, t->r->reason, e);
}

static const struct {
    bool (*run)(struct taking *t, struct err *e);
    bool answered;
} outcomes[] = {
    [BUS_OUT_DONE] = {on_done, true},           [BUS_OUT_SILENT] = {on_silent, false},
    [BUS_OUT_DAMAGED] = {on_damaged, false},    [BUS_OUT_REFUSED] = {on_refused, true},
    [BUS_OUT_UNSUPPORTED] = {on_failed, false}, [BUS_OUT_DOUBT] = {on_doubt, false},
    [BUS_OUT_UNMOVED] = {on_failed, true},      [BUS_OUT_LINE] = {on_line, false},
};

/* ---- results ---- */

static bool
load(struct taking *t, int64_t job, bool *found, struct err *e)
{
    struct store *s = t->en->desk->store;
    bool is_meter;

    if (!bus_job_by_id(s, job, &t->job, found, e))
        return false;
    *found = *found && t->job.state == BUS_JOB_SENT;
    if (!*found || t->job.meter_id == 0)
        return true;
    return meter_by_id(s, t->job.meter_id, &t->meter, &is_meter, e) &&
           bus_meter_get(s, t->job.meter_id, &t->breaker, e);
}

static bool
note_relay(struct taking *t, struct err *e)
{
    const char *relay = relays[t->r->relay];

    text_clip(t->job.relay, sizeof(t->job.relay), relay);
    return *relay == '\0' || t->meter.id == 0 ||
           meter_set_relay(t->en->desk->store, t->meter.id, relay, e);
}

static bool
take_flight(struct engine *en, struct bus *b, const struct bus_flight *f, struct err *e)
{
    struct taking t = {.en = en, .bus = b, .flight = f, .r = &f->result};
    struct store *s = en->desk->store;
    bool found;

    if (!load(&t, f->job, &found, e))
        return false;
    if (!found)
        return true;
    t.job.attempts++;
    return bus_job_keep(s, f->job, f->answer, f->n_answer, f->traffic, e) &&
           bus_row_count(s, b->worker.child.name, f->result.outcome == BUS_OUT_DONE,
                         f->result.outcome == BUS_OUT_SILENT,
                         f->result.outcome == BUS_OUT_DAMAGED, e) &&
           note_relay(&t, e) &&
           (!outcomes[f->result.outcome].answered || hear_meter(&t, e)) &&
           outcomes[f->result.outcome].run(&t, e) &&
           /* What the frames say of a relay does not know of a button. */
           note_relay(&t, e);
}

/* A worker that died had these. A switch may have been done. */
static bool
lose_job(struct engine *en, struct bus *b, struct bus_job *job, struct err *e)
{
    struct bus_wire_result lost = {
        .job = job->id,
        .outcome = bus_action_switches(job->action) ? BUS_OUT_DOUBT : BUS_OUT_LINE,
        .reason = "its worker ended"};
    struct taking t = {.en = en, .bus = b, .r = &lost, .job = *job};

    t.job.attempts++;
    return outcomes[lost.outcome].run(&t, e);
}

static bool
lose_jobs(struct engine *en, struct bus *b, const char *name, struct err *e)
{
    struct bus_job job = {.id = 0};
    bool found;

    for (;;) {
        if (!bus_job_next_sent(en->desk->store, name, job.id, &job, &found, e))
            return false;
        if (!found)
            return true;
        if (!lose_job(en, b, &job, e))
            return false;
    }
}

bool
buses_recover(struct engine *en, struct err *e)
{
    for (int i = 0; i < en->n_buses; i++) {
        if (!lose_jobs(en, en->buses[i], en->buses[i]->worker.child.name, e))
            return false;
    }
    return true;
}

static bool
save_state(struct engine *en, struct bus *b, struct err *e)
{
    const struct bus_worker *w = &b->worker;
    struct bus_row row = {.health = bus_worker_health(w),
                          .reason = w->child.life == CHILD_RUNNING ? w->state.reason
                                    : w->child.stopping            ? ""
                                                                   : w->child.why,
                          .restarts = w->child.restarts,
                          .seen_at = en->desk->now};

    text_clip(row.name, sizeof(row.name), w->child.name);
    if (w->child.life == CHILD_RUNNING && w->state.health == BUS_READY)
        row.reason = w->state.peer;
    b->turn.said = true;
    return bus_row_save(en->desk->store, &row, e);
}

static bool
take_bus(struct engine *en, struct bus *b, int *done, struct err *e)
{
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (!b->worker.flights[i].over)
            continue;
        if (!take_flight(en, b, &b->worker.flights[i], e))
            return err_in(e, "%s: bus_job=%" PRId64, b->worker.child.name,
                          b->worker.flights[i].job);
        b->turn.taken[i] = true;
        ++*done;
    }
    if (b->worker.is_new && !save_state(en, b, e))
        return false;
    if (!child_is_over(&b->worker.child))
        return true;
    bus_worker_last_words(&b->worker);
    b->turn.over = true;
    ++*done;
    return lose_jobs(en, b, b->worker.child.name, e) && save_state(en, b, e);
}

bool
stage_wire_results(struct engine *en, int at_most, int *done, struct err *e)
{
    (void)at_most; /* a worker has few */
    for (int i = 0; i < en->n_buses; i++) {
        if (!take_bus(en, en->buses[i], done, e))
            return false;
    }
    return true;
}
