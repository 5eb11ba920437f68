/* status.c - the part of `status` that is in no table: workers, and what waits for what. */
#include "buses.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/overview.h"

#include <unistd.h>

static json_t *
bus_status(const struct bus *b)
{
    const struct bus_worker *w = &b->worker;
    int jobs = 0;

    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++)
        jobs += w->flights[i].job != 0;
    return json_pack("{s:s, s:s, s:i, s:I, s:s}", "bus", w->child.name, "health",
                     bus_worker_health(w), "in_flight", jobs, "restarts",
                     (json_int_t)w->child.restarts, "reason",
                     w->child.life == CHILD_RUNNING ? w->state.reason : w->child.why);
}

static json_t *
modem_status(const struct modem *m, int64_t now_ms)
{
    const struct wire_state *s = &m->worker.state;
    json_t *o = json_pack("{s:s, s:s, s:b, s:I, s:I}", "modem", m->worker.child.name,
                          "health", modem_health(m), "in_flight", (json_int_t)m->n_air,
                          "restarts", (json_int_t)m->worker.child.restarts, "sent_today",
                          (json_int_t)m->day_parts);

    if (m->worker.child.life == CHILD_RUNNING && s->health != 0) {
        json_object_set_new(o, "signal",
                            s->signal_percent < 0 ? json_null()
                                                  : json_integer(s->signal_percent));
        json_object_set_new(o, "operator", json_string(s->operator_name));
    }
    json_object_set_new(o, "reason", json_string(modem_reason(m)));
    if (m->ill_ms != 0)
        json_object_set_new(o, "ill_s", json_integer((now_ms - m->ill_ms) / 1000));
    if (m->worker.child.life == CHILD_RESTING && m->worker.child.restart_ms > now_ms)
        json_object_set_new(
            o, "again_s", json_integer((m->worker.child.restart_ms - now_ms + 999) / 1000));
    return o;
}

static bool
workers_are_quiet(const struct engine *en)
{
    for (int i = 0; i < en->n_modems; i++) {
        const struct modem *m = en->modems[i];

        if (m->n_air > 0 || m->worker.n_in > 0 || m->worker.child.life == CHILD_GONE)
            return false;
    }
    return true;
}

/* When something is to be done that does not wait for the pace of a modem; 0: never. */
static utc_t
others_due(struct engine *en)
{
    struct overview o;
    struct err e;
    utc_t next;

    if (!store_overview(en->desk->store, en->desk->now, &o, &e) ||
        !control_next_due(en->desk, &next, &e))
        return 0;
    return clock_earlier(o.outbox_next, next);
}

static bool
is_zero(const json_t *answer, const char *key)
{
    return json_integer_value(json_object_get(answer, key)) == 0;
}

/* Nothing to do before `next_due`. What is due and only waits for the pace of a modem waits
 * for the clock like everything else. */
static void
correct_idle(struct engine *en, json_t *answer)
{
    bool others = is_zero(answer, "outbox_sending") && is_zero(answer, "inbox_new") &&
                  is_zero(answer, "jobs_running");
    bool idle = json_is_true(json_object_get(answer, "idle"));
    utc_t next;
    char text[TIME_TEXT_MAX];

    if (!idle && others && !en->send_waits) {
        idle = true;
        next = clock_earlier(en->send_next, others_due(en));
        json_object_set_new(answer, "next_due",
                            next == 0 ? json_null() : json_string(clock_iso(next, text)));
    }
    json_object_set_new(
        answer, "idle",
        json_boolean(idle && !en->worked && workers_are_quiet(en) && buses_are_quiet(en)));
}

void
engine_status(struct engine *en, json_t *answer)
{
    json_t *modems = json_array(), *buses = json_array();
    char text[TIME_TEXT_MAX];

    correct_idle(en, answer);
    for (int i = 0; i < en->n_modems; i++)
        json_array_append_new(modems, modem_status(en->modems[i], clock_mono_ms()));
    json_object_set_new(answer, "modems", modems);
    for (int i = 0; i < en->n_buses; i++)
        json_array_append_new(buses, bus_status(en->buses[i]));
    json_object_set_new(answer, "buses", buses);
    json_object_set_new(answer, "month_spent", json_boolean(en->over_ceiling));
    json_object_set_new(answer, "database", json_string(en->desk->conf->database));
    json_object_set_new(answer, "engine",
                        json_pack("{s:I, s:s, s:s}", "pid", (json_int_t)getpid(), "version",
                                  METERPOST_VERSION, "since", clock_iso(en->since, text)));
}
