/* Files of groups, service points, concentrators and collectors. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/fittings.h"
#include "meterpost/store/registry.h"
#include "seen.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the row there when it should be, and not when it should not? Else a fault. */
static bool
check_there(struct import *im, const char *what, const char *name, bool found)
{
    if (found != im->edit)
        import_fault(im, im->kind->columns[0].name, "%s '%s' is %s", what, name,
                     found ? "there already" : "not there");
    return found == im->edit;
}

/* ---- groups: the tree is made when all of them are there ---- */

struct group_line {
    struct group group;
    char parent[KEY_MAX];
};

struct branch { /* kept until the end of the file */
    int64_t id; /* 0: its row has faults */
    char parent[KEY_MAX];
    unsigned line, column; /* of the parent's name */
};

static const struct column group_columns[] = {
    COLUMN_ONCE("group", NEED_VALUE, read_key, struct group_line, group.code),
    COLUMN("name", NEED_VALUE, read_text, struct group_line, group.name),
    COLUMN("parent", NEED_NOTHING, read_key, struct group_line, parent),
    COLUMN("kind", NEED_NOTHING, read_group_kind, struct group_line, group.kind),
    COLUMN("since", NEED_NOTHING, read_time, struct group_line, group.since),
    {0},
};

static void
start_group(struct import *im, void *row)
{
    struct group_line *line = row;

    line->group.since = im->with->now;
}

static void
look_at_group(struct import *im, const void *row)
{
    const struct group_line *line = row;
    struct branch *all = im->rest;
    size_t n = im->rest_count;

    if (n % 64 == 0)
        all = realloc(all, (n + 64) * sizeof(*all));
    if (all == NULL) {
        import_fault(im, "parent", "not enough memory for this file");
        return;
    }
    im->rest = all;
    im->rest_count++;
    all[n] = (struct branch){.line = im->row->at[0].line, .column = im->row->at[0].column};
    for (size_t i = 0; i < im->count; i++) {
        if (strcmp(im->columns[i]->name, "parent") == 0)
            all[n].column = im->row->at[i].column;
    }
    text_copy(all[n].parent, sizeof(all[n].parent), line->parent);
}

static bool
keep_group(struct import *im, const void *row, struct err *e)
{
    const struct group_line *line = row;
    struct group there, g = line->group;
    bool found;

    if (!group_by_code(im->with->store, g.code, &there, &found, e))
        return false;
    if (!check_there(im, "group", g.code, found))
        return true;
    if (g.since > im->with->now)
        return import_fault(im, "since", "expected a day that is not in the future");
    if (!im->edit && !group_add(im->with->store, &g, &g.id, e))
        return false;
    if (im->edit) {
        g.id = there.id;
        if (!group_update(im->with->store, &g, e))
            return false;
    }
    ((struct branch *)im->rest)[im->rest_count - 1].id = g.id;
    return true;
}

/* Hang one branch where it belongs; a fault is told at its place. */
static bool
hang_branch(struct import *im, const struct branch *b, struct err *e)
{
    struct store *s = im->with->store;
    struct group g = {0}, parent = {0};
    bool found = true;

    if ((b->id != 0 && !group_by_id(s, b->id, &g, &found, e)) ||
        (b->parent[0] != '\0' && !group_by_code(s, b->parent, &parent, &found, e)))
        return false;
    if ((!found || parent.until != 0) && !seen_has(im->seen, "group", b->parent))
        return problems_add(im->problems, im->file, b->line, b->column,
                            "parent: there is no group '%s', neither in the store nor in "
                            "this file",
                            b->parent);
    if (!found || b->id == 0 || parent.id == g.parent_id)
        return true;
    if (group_move(s, b->id, parent.id, im->edit ? im->at : g.since, e))
        return true;
    if (e->kind != FAIL_REJECT)
        return false;
    return problems_add(im->problems, im->file, b->line, b->column, "parent: %s", e->text);
}

static bool
finish_groups(struct import *im, struct err *e)
{
    const struct branch *all = im->rest;

    for (size_t i = 0; i < im->rest_count; i++) {
        if (!hang_branch(im, &all[i], e) && problems_none(im->problems))
            return false;
    }
    return true;
}

const struct import_kind import_groups = {
    "groups",   group_columns, sizeof(struct group_line), start_group, look_at_group,
    keep_group, finish_groups};

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
keep_point(struct import *im, const void *row, struct err *e)
{
    struct point p = *(const struct point *)row, there;
    bool found;

    if (!point_by_name(im->with->store, p.point, &there, &found, e))
        return false;
    if (!check_there(im, "service point", p.point, found))
        return true;
    p.since = im->edit ? there.since : im->with->now;
    return im->edit ? point_update(im->with->store, &p, e)
                    : point_add(im->with->store, &p, &p.id, e);
}

const struct import_kind import_points = {
    "points", point_columns, sizeof(struct point), NULL, NULL, keep_point, NULL};

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
keep_concentrator(struct import *im, const void *row, struct err *e)
{
    struct concentrator c = *(const struct concentrator *)row, there;
    char owner[OWNER_MAX];
    bool found;

    if (!concentrator_by_name(im->with->store, c.concentrator, &there, &found, e) ||
        !import_phone_owner(im, c.phone, owner, e))
        return false;
    if (!check_there(im, "concentrator", c.concentrator, found))
        return true;
    if (im->edit && strcmp(there.phone, c.phone) == 0)
        owner[0] = '\0';
    if (owner[0] != '\0')
        return import_fault(im, "phone", "%s is the phone of %s already", c.phone, owner);
    c.since = im->edit ? there.since : im->with->now;
    return im->edit ? concentrator_update(im->with->store, &c, e)
                    : concentrator_add(im->with->store, &c, &c.id, e);
}

const struct import_kind import_concentrators = {"concentrators",
                                                 concentrator_columns,
                                                 sizeof(struct concentrator),
                                                 NULL,
                                                 NULL,
                                                 keep_concentrator,
                                                 NULL};

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

/* Faults of the row, by itself and against the store; false only when that failed. */
static bool
check_collector(struct import *im, const struct collector_line *line,
                struct collector *there, struct err *e)
{
    const struct collector *c = &line->collector;
    struct collector other;
    bool found;

    if (!collector_by_name(im->with->store, c->collector, there, &found, e))
        return false;
    if (!check_there(im, "collector", c->collector, found))
        return true;
    if (c->concentrator_id == 0 && c->bus[0] == '\0')
        import_fault(im, "concentrator", "expected a concentrator or a bus");
    for (size_t i = 0; i < COLLECTOR_PORTS && line->pulses[i].port != 0; i++) {
        if (c->ports != 0 && line->pulses[i].port > c->ports)
            import_fault(im, "pulse_constants", "port %d of %d", line->pulses[i].port,
                         c->ports);
    }
    if (!collector_at_address(im->with->store, c->concentrator_id, c->bus, c->address,
                              &other, &found, e))
        return false;
    if (found && !(im->edit && other.id == there->id))
        import_fault(im, "address", "collector '%s' has this address already",
                     other.collector);
    return true;
}

static void
look_at_collector(struct import *im, const void *row)
{
    const struct collector *c = &((const struct collector_line *)row)->collector;
    char place[3 * WORD_MAX];

    if (c->address[0] == '\0' || (c->bus[0] == '\0' && c->concentrator_id == 0))
        return;
    snprintf(place, sizeof(place), "%s of %s%lld", c->address, c->bus,
             (long long)c->concentrator_id);
    import_once(im, "address", place);
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
    struct collector c = line->collector, there = {0};
    size_t before = problems_total(im->problems);

    if (!check_collector(im, line, &there, e))
        return false;
    if (problems_total(im->problems) != before)
        return true;
    c.since = im->edit ? there.since : im->with->now;
    if (im->edit ? !collector_update(im->with->store, &c, e)
                 : !collector_add(im->with->store, &c, &there.id, e))
        return false;
    return keep_ports(im, line, there.id, e);
}

const struct import_kind import_collectors = {
    "collectors", collector_columns, sizeof(struct collector_line),
    NULL,         look_at_collector, keep_collector,
    NULL};
