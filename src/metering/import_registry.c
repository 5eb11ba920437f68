/* Files of service points, concentrators and collectors. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/fittings.h"
#include "meterpost/store/registry.h"
#include "seen.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- service points ---- */

static const struct column point_columns[] = {
    COLUMN_ONCE("point", NEED_VALUE, read_key, struct point, point),
    COLUMN("address", NEED_NOTHING, read_text, struct point, address),
    COLUMN("location", NEED_NOTHING, read_place, struct point, location),
    COLUMN("phases", NEED_NOTHING, read_phases, struct point, phases),
    COLUMN("note", NEED_NOTHING, read_text, struct point, note),
    {0},
};

static bool
look_at_point(struct import *im, void *row, struct err *e)
{
    const struct point *p = row;
    struct point there;
    bool found;

    if (!point_by_name(im->with->store, p->point, &there, &found, e))
        return false;
    import_there(im, "service point", p->point, found, there.until);
    return true;
}

static bool
keep_point(struct import *im, const void *row, struct err *e)
{
    struct point p = *(const struct point *)row, there = {.since = im->with->now};
    bool found;

    if (im->edit && !point_by_name(im->with->store, p.point, &there, &found, e))
        return false;
    p.since = there.since;
    return im->edit ? point_update(im->with->store, &p, e)
                    : point_add(im->with->store, &p, &p.id, e);
}

const struct import_kind import_points = {
    .name = "points",
    .columns = point_columns,
    .row_size = sizeof(struct point),
    .look = look_at_point,
    .keep = keep_point,
};

/* ---- phones: a number belongs to one device, or to people ---- */

bool
import_phone_device(struct import *im, const char *number, char owner[OWNER_MAX],
                    struct err *e)
{
    struct concentrator concentrator;
    struct meter meter;
    bool found;

    owner[0] = '\0';
    if (!meter_by_phone(im->with->store, number, &meter, &found, e))
        return false;
    if (found) {
        snprintf(owner, OWNER_MAX, "meter %s", meter.meter);
        return true;
    }
    if (!concentrator_by_phone(im->with->store, number, &concentrator, &found, e))
        return false;
    if (found)
        snprintf(owner, OWNER_MAX, "concentrator %s", concentrator.concentrator);
    return true;
}

bool
import_phone_owner(struct import *im, const char *number, char owner[OWNER_MAX],
                   struct err *e)
{
    struct account accounts[PHONE_ACCOUNTS];
    size_t n;

    if (!import_phone_device(im, number, owner, e))
        return false;
    if (owner[0] != '\0')
        return true;
    if (!accounts_by_phone(im->with->store, number, accounts, &n, e))
        return false;
    if (n > 0)
        snprintf(owner, OWNER_MAX, "account %s", accounts[0].account);
    return true;
}

/* ---- concentrators ---- */

static const struct column concentrator_columns[] = {
    COLUMN_ONCE("concentrator", NEED_VALUE, read_key, struct concentrator, concentrator),
    COLUMN("profile", NEED_VALUE, read_profile, struct concentrator, profile),
    COLUMN_ONCE("phone", NEED_VALUE, read_phone, struct concentrator, phone),
    COLUMN("sim", NEED_NOTHING, read_key, struct concentrator, sim),
    COLUMN("carrier", NEED_NOTHING, read_word, struct concentrator, carrier),
    COLUMN("address", NEED_NOTHING, read_word, struct concentrator, address),
    COLUMN("interval", NEED_NOTHING, read_duration, struct concentrator, interval_s),
    COLUMN("window", NEED_NOTHING, read_window, struct concentrator, read_window),
    COLUMN("freeze_time", NEED_NOTHING, read_hour, struct concentrator, freeze_time),
    {0},
};

static bool
look_at_concentrator(struct import *im, void *row, struct err *e)
{
    const struct concentrator *c = row;
    struct concentrator there;
    char owner[OWNER_MAX];
    bool found;

    if (!concentrator_by_name(im->with->store, c->concentrator, &there, &found, e) ||
        !import_phone_owner(im, c->phone, owner, e))
        return false;
    import_there(im, "concentrator", c->concentrator, found, there.until);
    if (found && strcmp(there.phone, c->phone) == 0)
        owner[0] = '\0';
    if (owner[0] != '\0')
        import_fault(im, "phone", "%s is the phone of %s already", c->phone, owner);
    return true;
}

static bool
keep_concentrator(struct import *im, const void *row, struct err *e)
{
    struct concentrator c = *(const struct concentrator *)row,
                        there = {.since = im->with->now};
    bool found;

    if (im->edit &&
        !concentrator_by_name(im->with->store, c.concentrator, &there, &found, e))
        return false;
    c.since = there.since;
    return im->edit ? concentrator_update(im->with->store, &c, e)
                    : concentrator_add(im->with->store, &c, &c.id, e);
}

const struct import_kind import_concentrators = {
    .name = "concentrators",
    .columns = concentrator_columns,
    .row_size = sizeof(struct concentrator),
    .look = look_at_concentrator,
    .keep = keep_concentrator,
};

/* ---- collectors ---- */

struct collector_line {
    struct collector collector;
    struct port_pulses pulses[COLLECTOR_PORTS];
};

static const struct column collector_columns[] = {
    COLUMN_ONCE("collector", NEED_VALUE, read_key, struct collector_line,
                collector.collector),
    COLUMN("concentrator", NEED_COLUMN, read_concentrator, struct collector_line,
           collector.concentrator_id),
    COLUMN("address", NEED_VALUE, read_word, struct collector_line, collector.address),
    COLUMN("bus", NEED_NOTHING, read_bus, struct collector_line, collector.bus),
    COLUMN("ports", NEED_NOTHING, read_count, struct collector_line, collector.ports),
    COLUMN("pulse_constants", NEED_NOTHING, read_pulses, struct collector_line, pulses),
    COLUMN("state", NEED_NOTHING, read_device_state, struct collector_line,
           collector.state),
    {0},
};

/* One address for each collector of a concentrator and of a bus. */
static bool
look_at_place(struct import *im, const struct collector *c, int64_t mine, struct err *e)
{
    char place[3 * WORD_MAX];
    struct collector other;
    bool found;

    if (c->address[0] == '\0' || (c->bus[0] == '\0' && c->concentrator_id == 0))
        return true;
    snprintf(place, sizeof(place), "%s of %s%lld", c->address, c->bus,
             (long long)c->concentrator_id);
    import_once(im, "address", place);
    if (!collector_at_address(im->with->store, c->concentrator_id, c->bus, c->address,
                              &other, &found, e))
        return false;
    if (found && other.id != mine)
        import_fault(im, "address", "collector '%s' has this address already",
                     other.collector);
    return true;
}

static bool
look_at_collector(struct import *im, void *row, struct err *e)
{
    const struct collector_line *line = row;
    const struct collector *c = &line->collector;
    struct collector there;
    bool found;

    if (!collector_by_name(im->with->store, c->collector, &there, &found, e))
        return false;
    import_there(im, "collector", c->collector, found, there.until);
    if (c->concentrator_id == 0 && c->bus[0] == '\0')
        import_fault(im, "concentrator", "expected a concentrator or a bus");
    for (size_t i = 0; i < COLLECTOR_PORTS && line->pulses[i].port != 0; i++) {
        if (c->ports != 0 && line->pulses[i].port > c->ports)
            import_fault(im, "pulse_constants", "port %d of %d", line->pulses[i].port,
                         c->ports);
    }
    return look_at_place(im, c, found ? there.id : 0, e);
}

/* Ports that are not named any more have none from then on. */
static bool
keep_ports(struct import *im, const struct collector_line *line, int64_t id, struct err *e)
{
    int64_t before;

    for (int port = 1; im->edit && port <= COLLECTOR_PORTS; port++) {
        bool named = false;

        for (size_t i = 0; i < COLLECTOR_PORTS; i++)
            named = named || line->pulses[i].port == port;
        if (named)
            continue;
        if (!port_pulses(im->with->store, id, port, &before, e) ||
            (before != 0 &&
             !port_set(im->with->store, id, &(struct port_pulses){port, 0}, im->at, e)))
            return false;
    }
    for (size_t i = 0; i < COLLECTOR_PORTS && line->pulses[i].port != 0; i++) {
        if (!port_set(im->with->store, id, &line->pulses[i], im->at, e))
            return false;
    }
    return true;
}

static bool
keep_collector(struct import *im, const void *row, struct err *e)
{
    const struct collector_line *line = row;
    struct collector c = line->collector, there = {.since = im->with->now};
    struct store *s = im->with->store;
    bool found;

    if (im->edit && !collector_by_name(s, c.collector, &there, &found, e))
        return false;
    c.since = there.since;
    if (im->edit ? !collector_update(s, &c, e) : !collector_add(s, &c, &there.id, e))
        return false;
    return keep_ports(im, line, there.id, e);
}

const struct import_kind import_collectors = {
    .name = "collectors",
    .columns = collector_columns,
    .row_size = sizeof(struct collector_line),
    .look = look_at_collector,
    .keep = keep_collector,
};
