/* verb_bus.c - work on wires that people ask for: noted, and done by the engine. */
#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/bus/job.h"
#include "meterpost/bus/kind.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
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

/* ---- test ---- */

static bool
test_meter(struct desk *d, const char *actor, const struct meter *m, const char *what,
           bool trace, json_t *rows, struct err *e)
{
    char key[BUS_JOB_KEY_MAX];
    int64_t id;

    snprintf(key, sizeof(key), "test %" PRId64 " %" PRId64 " %.30s", m->id, d->now, what);
    if (!bus_job_add(d->store,
                     &(struct bus_job_new){.key = key,
                                           .meter_id = m->id,
                                           .action = BUS_READ,
                                           .expires_at = d->now + TEST_S,
                                           .urgent = true,
                                           .trace = trace,
                                           .what = what,
                                           .actor = actor},
                     d->now, &id, e))
        return false;
    json_array_append_new(
        rows, json_pack("{s:s, s:I}", "meter", m->meter, "job", (json_int_t)id));
    return true;
}

static bool
test_bus(struct desk *d, const char *actor, const char *bus, const char *what, json_t *rows,
         struct err *e)
{
    struct meter m = {.id = 0};
    bool found;

    if (conf_bus_find(d->conf, bus) == NULL)
        return err_set(e, FAIL_REJECT, "there is no meter and no bus '%.40s'", bus);
    while (json_array_size(rows) < METERS_MAX) {
        if (!meter_next_on_bus(d->store, bus, m.id, &m, &found, e))
            return false;
        if (!found)
            break;
        if (bus_reaches(&m) && !test_meter(d, actor, &m, what, false, rows, e))
            return false;
    }
    return json_array_size(rows) > 0 ||
           err_set(e, FAIL_REJECT,
                   "no meter is on bus '%s': `meter set METER bus=%s protocol=... "
                   "address=...`, or look with `bus scan`",
                   bus, bus);
}

bool
verb_bus_test(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
              struct err *e)
{
    json_t *rows = json_array();
    const char *subject, *what;
    struct meter m;
    bool found;

    json_object_set_new(answer, "jobs", rows);
    if (!argument_text(arguments, "subject", &subject, e) ||
        !argument_text_or(arguments, "what", "", &what, e) ||
        !meter_by_name(d->store, subject, &m, &found, e))
        return false;
    if (found ? !test_meter(d, actor, &m, what, true, rows, e)
              : !test_bus(d, actor, subject, what, rows, e))
        return false;
    return audit_add(d->store, d->now, actor, "cli", "bus.test", subject, what, e);
}

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
