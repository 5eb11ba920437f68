/*
 * bus_give.c - what goes to the wires: jobs that are due, unless their meter rests, or they
 * switch what must not be switched now.
 */
#include "bus_taking.h"

#include "meterpost/base/log.h"
#include "meterpost/bus/kind.h"
#include "meterpost/metering/wire.h"
#include "meterpost/relay/work.h"

#include <inttypes.h>
#include <stdio.h>

#define FENCED_S 60 /* before what may not be switched now is looked at again */

/* A meter that rests costs nothing now: its job waits, or goes another way at once. */
static bool
rests(struct taking *t, bool *waits, struct err *e)
{
    char reason[BUS_JOB_WHY_MAX], when[TIME_TEXT_MAX];
    const struct bus_meter *b = &t->breaker;

    *waits = !t->job.urgent && b->rest_until > t->en->desk->now;
    if (!*waits)
        return true;
    snprintf(reason, sizeof(reason), "it has not answered since %s",
             clock_iso(b->silent_since, when));
    if (b->silent < taking_attempts(t->bus) && b->rest_until < t->job.expires_at)
        return taking_again(t, b->rest_until, reason, e);
    return taking_fail(t, reason, e);
}

static bool
give(struct taking *t, struct err *e)
{
    struct desk *d = t->en->desk;
    struct bus_wire *packet = &t->bus->turn.send[t->bus->turn.n_send];
    const struct meter *m = t->job.meter_id == 0 ? NULL : &t->meter;
    struct err why;
    bool recording;

    if (!bus_row_recording(d->store, t->job.bus, d->now, &recording, e))
        return false;
    t->job.trace = t->job.trace || recording;
    packet->kind = BUS_WIRE_JOB;
    if (!bus_job_order(d->kinds, t->bus->conf, &t->job, m, t->breaker.spoke, d->now,
                       &packet->u.job, &why))
        return taking_fail(t, why.text, e);
    t->bus->turn.n_send++;
    t->job.state = BUS_JOB_SENT;
    t->job.sent_at = d->now;
    return taking_save(t, e);
}

/* A database that was restored does not know what was done since: nothing is switched. */
static bool
hold_back(struct taking *t, bool *waits, struct err *e)
{
    *waits = t->en->fence.up && bus_action_switches(t->job.action);
    return !*waits ||
           taking_again(t, t->en->desk->now + FENCED_S,
                        "nothing is switched until `meterpost fence release`", e);
}

/* Supply is switched only when the guards say so at this very moment. One of which they
 * cannot say so does not hold up the others. */
static bool
ask_guards(struct taking *t, bool *waits, struct err *e)
{
    struct store *s = t->en->desk->store;
    struct relay r = desk_relay(t->en->desk);
    bool may = true;

    if (!bus_action_switches(t->job.action))
        return true;
    if (!store_mark(s, e))
        return false;
    if (relay_gate_job(&r, &t->job, &may, e)) {
        *waits = !may;
        return store_keep(s, e);
    }
    *waits = true;
    log_error("relay", "bus_job=%" PRId64 " stays: %s", t->job.id, e->text);
    return store_undo(s, e) &&
           taking_again(t, t->en->desk->now + FENCED_S, "its guards cannot be asked", e);
}

static int
room(const struct bus *b)
{
    int free_flights = 0;

    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++)
        free_flights += b->worker.flights[i].job == 0 || b->turn.taken[i];
    return free_flights - b->turn.n_send;
}

static bool
serve_bus(struct engine *en, struct bus *b, int at_most, int *done, struct err *e)
{
    while (room(b) > 0 && *done < at_most) {
        struct taking t = {.en = en, .bus = b};
        bool found, waits = false;

        if (!bus_job_next_due(en->desk->store, b->worker.child.name, en->desk->now, &t.job,
                              &found, e))
            return false;
        if (!found)
            return true;
        t.job.state = BUS_JOB_SENT; /* for load() */
        if (t.job.meter_id != 0 &&
            (!meter_by_id(en->desk->store, t.job.meter_id, &t.meter, &found, e) ||
             !bus_meter_get(en->desk->store, t.job.meter_id, &t.breaker, e) ||
             !rests(&t, &waits, e)))
            return false;
        if (!waits && !hold_back(&t, &waits, e))
            return false;
        if (!waits && !ask_guards(&t, &waits, e))
            return false;
        if (!waits && !give(&t, e))
            return false;
        ++*done;
    }
    return true;
}

static bool
expire(struct engine *en, int at_most, int *done, struct err *e)
{
    struct taking t = {.en = en};
    bool found;

    for (; *done < at_most; ++*done) {
        if (!bus_job_next_late(en->desk->store, en->desk->now, &t.job, &found, e))
            return false;
        if (!found)
            return true;
        if (!taking_end(&t, BUS_JOB_EXPIRED, "not done in time", e))
            return false;
        if (t.job.request_id != 0 &&
            !metering_wire_failed(en->desk->store, en->desk->conf, &t.job,
                                  "not asked in time", en->desk->now, e))
            return false;
    }
    return true;
}

bool
stage_wire_jobs(struct engine *en, int at_most, int *done, struct err *e)
{
    if (!expire(en, at_most, done, e))
        return false;
    for (int i = 0; i < en->n_buses; i++) {
        struct bus *b = en->buses[i];

        if (b->conf != NULL && bus_worker_is_ready(&b->worker) &&
            !serve_bus(en, b, at_most, done, e))
            return err_in(e, "%s", b->worker.child.name);
    }
    return true;
}
