/* order.c - a row of work as the packet that a worker gets. */
#include "meterpost/base/text.h"
#include "meterpost/bus/kind.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SWITCH_LIFE_MS 60000 /* a worker does not begin to switch later than that */

/* What meters call time: that of the utility, as if it were UTC. */
static int64_t
local_seconds(utc_t t)
{
    struct tm tm;

    clock_local(t, &tm);
    return (int64_t)timegm(&tm);
}

static void
take_ranges(const struct bus_kind *kind, const char *what, struct bus_wire_job *out)
{
    struct modbus_range ranges[MODBUS_RANGES_MAX];
    size_t n = modbus_map_ranges(kind->map, what[0] == '\0' ? NULL : what, ranges);

    _Static_assert(MODBUS_RANGES_MAX <= BUS_WIRE_RANGES, "all of them fit");
    out->n_ranges = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        out->ranges[i] =
            (struct bus_wire_range){(uint8_t)ranges[i].function, (uint16_t)ranges[i].first,
                                    (uint16_t)ranges[i].count};
}

static void
take_times(const struct bus_kind *kind, const struct conf_bus *bus,
           struct bus_wire_job *out)
{
    out->timeout_ms = (uint32_t)(kind->timeout_ms > 0 ? kind->timeout_ms : bus->timeout_ms);
    out->pause_ms = (uint32_t)(kind->pause_ms > 0 ? kind->pause_ms : bus->pause_ms);
    out->confirm_ms = (uint32_t)kind->confirm_ms;
    out->baud = (uint32_t)kind->baud;
}

static bool
take_kind(const struct bus_kind *kind, const struct bus_job *job, struct bus_wire_job *out,
          struct err *e)
{
    text_clip(out->ids, sizeof(out->ids), job->what[0] != '\0' ? job->what : kind->read);
    if (out->password[0] == '\0')
        text_clip(out->password, sizeof(out->password), kind->password);
    text_clip(out->operator_code, sizeof(out->operator_code), kind->operator_code);
    out->level = (uint8_t)kind->level;
    for (size_t i = 0; i < 3; i++)
        out->commands[i] = (uint8_t)kind->commands[i];
    out->medium = (uint8_t)kind->medium;
    out->swapped = kind->swapped;
    out->mode = (uint8_t)kind->mode;
    out->fixed_baud = kind->fixed_baud;
    out->lacks_byte = kind->lacks_byte;
    out->spoken = kind->single || job->what[0] != '\0';
    out->wake_zeros = (uint8_t)kind->wake;
    memcpy(out->login, kind->login, sizeof(out->login));
    memcpy(out->ask, kind->ask, sizeof(out->ask));
    memcpy(out->write, kind->write, sizeof(out->write));
    if (job->action != BUS_READ ||
        (kind->protocol != CONF_MODBUS_RTU && kind->protocol != CONF_MODBUS_TCP))
        return true;
    if (kind->map == NULL)
        return err_set(e, FAIL_REJECT,
                       "'%s' alone does not say which registers a meter has: name a map of "
                       "conf/maps",
                       kind->id);
    take_ranges(kind, job->what, out);
    return out->n_ranges > 0 ||
           err_set(e, FAIL_REJECT, "map '%s' has no register %s", kind->id, job->what);
}

bool
bus_kind_switches(const struct bus_kind *kind)
{
    return kind->protocol == CONF_CJT188 || kind->commands[0] != 0;
}

bool
bus_kind_closes(const struct bus_kind *kind)
{
    return kind->protocol == CONF_CJT188 || kind->commands[2] != 0;
}

enum conf_protocol
bus_kind_wire(const struct bus_kind *kind, const struct conf_bus *bus)
{
    if (bus->protocol == CONF_MODBUS_TCP && kind->protocol == CONF_MODBUS_RTU)
        return CONF_MODBUS_TCP;
    return kind->protocol;
}

static size_t
id_digits(const struct bus_job *job)
{
    return job->action == BUS_READ ? strcspn(job->what, " ") : 0;
}

bool
bus_job_is_unsure(const struct bus_kinds *all, const struct bus_job *job,
                  const struct meter *m, const char *spoke)
{
    const struct bus_kind *kind = bus_kinds_find(all, m->protocol);

    return kind != NULL && kind->either && *spoke == '\0' && id_digits(job) == 0;
}

/* The edition by which a meter of either is tried now. */
static const struct bus_kind *
edition_of(const struct bus_kind *kind, const struct bus_job *job, const char *spoke)
{
    bool old;

    if (!kind->either)
        return kind;
    if (id_digits(job) > 0)
        old = id_digits(job) == 4;
    else if (*spoke != '\0')
        old = strcmp(spoke, conf_protocol_name(CONF_DLT645_1997)) == 0;
    else
        old = job->attempts % 2 == 1;
    return bus_kinds_find(NULL,
                          conf_protocol_name(old ? CONF_DLT645_1997 : CONF_DLT645_2007));
}

/* A scan says by which protocol, and where: "mbus 1-32". */
static void
take_scan(const struct bus_job *job, char word[WORD_MAX], const char **where)
{
    size_t n = strcspn(job->what, " ");

    *where = job->what + n + (job->what[n] == ' ');
    if (n < WORD_MAX && n > 0)
        snprintf(word, WORD_MAX, "%.*s", (int)n, job->what);
}

bool
bus_job_order(const struct bus_kinds *all, const struct conf_bus *bus,
              const struct bus_job *job, const struct meter *m, const char *spoke,
              utc_t now, struct bus_wire_job *out, struct err *e)
{
    const struct bus_kind *kind;
    const char *where = "";
    char word[WORD_MAX];

    memset(out, 0, sizeof(*out));
    text_clip(word, sizeof(word),
              m != NULL && m->protocol[0] != '\0' ? m->protocol
                                                  : conf_protocol_name(bus->protocol));
    if (job->action == BUS_SCAN)
        take_scan(job, word, &where);
    kind = bus_kinds_find(all, word);
    if (kind == NULL)
        return err_set(e, FAIL_REJECT,
                       "'%.40s' is no protocol, no map and no device of conf/devices",
                       word);
    kind = edition_of(kind, job, spoke);
    out->job = job->id;
    out->action = (uint8_t)job->action;
    out->trace = job->trace;
    out->now = local_seconds(now);
    if (m != NULL) {
        text_clip(out->address, sizeof(out->address), m->address);
        text_clip(out->password, sizeof(out->password), m->password);
    }
    take_times(kind, bus, out);
    out->life_ms = bus_action_switches(job->action) ? SWITCH_LIFE_MS : 0;
    if (!take_kind(kind, job, out, e))
        return false;
    if (job->action == BUS_SCAN)
        text_clip(out->ids, sizeof(out->ids), where);
    out->protocol = (uint8_t)bus_kind_wire(kind, bus);
    return true;
}
