/* verb_bus.c - work on wires that people ask for: noted, and done by the engine. */
#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/bus/job.h"
#include "meterpost/bus/kind.h"
#include "meterpost/protocol/dlt645.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST_S       600 /* nobody waits longer for a test */
#define SCAN_S       3600
#define METERS_MAX   500 /* of one bus */
#define RECORD_MAX_S (7 * DAY_S)

static bool
named_bus(struct desk *d, const char *name, struct err *e)
{
    return conf_bus_find(d->conf, name) != NULL ||
           err_set(e, FAIL_REJECT, "the configuration has no bus '%.40s'", name);
}

/* ---- of meters ---- */

/* One thing, of one meter or of all on a bus. */
struct asking {
    struct desk *d;
    const char *actor, *subject, *what;
    enum bus_action action;
    json_t *rows; /* {"meter", "job"} */
};

/* `m` NULL: all that hear it on this bus. What travels is kept of one. */
static bool
ask_one(struct asking *a, const struct meter *m, const char *bus, bool trace, struct err *e)
{
    char key[BUS_JOB_KEY_MAX];
    int64_t id;

    snprintf(key, sizeof(key), "%s %.20s %" PRId64 " %" PRId64 " %.20s",
             bus_action_name(a->action), m == NULL ? bus : "", m == NULL ? 0 : m->id,
             a->d->now, a->what);
    if (!bus_job_add(a->d->store,
                     &(struct bus_job_new){.key = key,
                                           .meter_id = m == NULL ? 0 : m->id,
                                           .bus = bus,
                                           .action = a->action,
                                           .expires_at = a->d->now + TEST_S,
                                           .urgent = true,
                                           .trace = trace,
                                           .what = a->what,
                                           .actor = a->actor},
                     a->d->now, &id, e))
        return false;
    json_array_append_new(a->rows,
                          json_pack("{s:s, s:I}", "meter", m == NULL ? bus : m->meter,
                                    "job", (json_int_t)id));
    return true;
}

/* Meters of DL/T 645 hear what is said to all, and nobody answers. */
static bool
is_said_to_all(const struct asking *a, const struct conf_bus *bus)
{
    return (a->action == BUS_CLOCK || a->action == BUS_FREEZE) &&
           (bus->protocol == CONF_DLT645_2007 || bus->protocol == CONF_DLT645_1997);
}

static bool
ask_bus(struct asking *a, struct err *e)
{
    const struct conf_bus *bus = conf_bus_find(a->d->conf, a->subject);
    struct meter m = {.id = 0};
    bool found;

    if (bus == NULL)
        return err_set(e, FAIL_REJECT, "there is no meter and no bus '%.40s'", a->subject);
    if (is_said_to_all(a, bus))
        return ask_one(a, NULL, a->subject, true, e);
    while (json_array_size(a->rows) < METERS_MAX) {
        if (!meter_next_on_bus(a->d->store, a->subject, m.id, &m, &found, e))
            return false;
        if (!found)
            break;
        if (bus_reaches(&m) && !ask_one(a, &m, NULL, false, e))
            return false;
    }
    return json_array_size(a->rows) > 0 ||
           err_set(e, FAIL_REJECT,
                   "no meter is on bus '%s': `meter set METER bus=%s protocol=... "
                   "address=...`, or look with `bus scan`",
                   a->subject, a->subject);
}

static bool
ask(struct desk *d, const char *actor, const json_t *arguments, enum bus_action action,
    json_t *answer, struct err *e)
{
    struct asking a = {.d = d, .actor = actor, .action = action, .rows = json_array()};
    char verb[24];
    struct meter m;
    bool found;

    json_object_set_new(answer, "jobs", a.rows);
    if (!argument_text(arguments, "subject", &a.subject, e) ||
        !argument_text_or(arguments, "what", "", &a.what, e))
        return false;
    if (action == BUS_BAUD && dlt645_baud_bit((unsigned)strtoul(a.what, NULL, 10)) == 0)
        return err_set(e, FAIL_REJECT,
                       "expected 600, 1200, 2400, 4800, 9600 or 19200 baud, got '%.20s'",
                       a.what);
    if (!meter_by_name(d->store, a.subject, &m, &found, e) ||
        !(found ? ask_one(&a, &m, NULL, true, e) : ask_bus(&a, e)))
        return false;
    snprintf(verb, sizeof(verb), "bus.%s",
             action == BUS_READ ? "test" : bus_action_name(action));
    return audit_add(d->store, d->now, actor, "cli", verb, a.subject, a.what, e);
}

#define VERB(name, action)                                                                 \
    bool verb_bus_##name(struct desk *d, const char *actor, const json_t *arguments,       \
                         json_t *answer, struct err *e)                                    \
    {                                                                                      \
        return ask(d, actor, arguments, action, answer, e);                                \
    }

VERB(test, BUS_READ)
VERB(clock, BUS_CLOCK)
VERB(freeze, BUS_FREEZE)
VERB(baud, BUS_BAUD)

/* ---- scan ---- */

bool
verb_bus_scan(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
              struct err *e)
{
    char key[BUS_JOB_KEY_MAX], what[BUS_JOB_WHAT_MAX];
    const char *bus, *range, *protocol;
    enum conf_protocol spoken;
    int64_t id;

    if (!argument_text(arguments, "bus", &bus, e) || !named_bus(d, bus, e) ||
        !argument_text_or(arguments, "range", "", &range, e) ||
        !argument_text_or(arguments, "protocol",
                          conf_protocol_name(conf_bus_find(d->conf, bus)->protocol),
                          &protocol, e) ||
        !frame_protocol_find(protocol, &spoken, e))
        return false;
    snprintf(key, sizeof(key), "scan %.31s %" PRId64 " %.20s", bus, d->now, range);
    snprintf(what, sizeof(what), "%s %.40s", protocol, range);
    if (!bus_job_add(d->store,
                     &(struct bus_job_new){.key = key,
                                           .bus = bus,
                                           .action = BUS_SCAN,
                                           .expires_at = d->now + SCAN_S,
                                           .urgent = true,
                                           .what = what,
                                           .actor = actor},
                     d->now, &id, e))
        return false;
    json_object_set_new(answer, "bus_job", json_integer(id));
    json_object_set_new(answer, "protocol", json_string(protocol));
    return audit_add(d->store, d->now, actor, "cli", "bus.scan", bus, what, e);
}

/* ---- record ---- */

bool
verb_bus_record(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    const char *bus, *time;
    char until[TIME_TEXT_MAX];
    int64_t ms;

    if (!argument_text(arguments, "bus", &bus, e) || !named_bus(d, bus, e) ||
        !argument_text_or(arguments, "for", "1h", &time, e) ||
        !duration_parse(time, &ms, e))
        return false;
    if (ms > RECORD_MAX_S * INT64_C(1000))
        return err_set(e, FAIL_REJECT, "expected at most a week");
    if (!bus_row_record(d->store, bus, ms == 0 ? 0 : d->now + ms / 1000, e))
        return false;
    json_object_set_new(answer, "bus", json_string(bus));
    json_object_set_new(answer, "until",
                        ms == 0 ? json_null()
                                : json_string(clock_iso(d->now + ms / 1000, until)));
    return audit_add(d->store, d->now, actor, "cli", "bus.record", bus, time, e);
}
