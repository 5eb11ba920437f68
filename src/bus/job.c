#include "meterpost/bus/job.h"

#include "meterpost/base/text.h"

#include <string.h>

#define DOUBLINGS 10 /* of the rest of a silent meter */

bool
bus_reaches(const struct meter *m)
{
    return m->bus[0] != '\0' && m->address[0] != '\0' && m->protocol[0] != '\0';
}

/* Every meter, or any that hears it, would switch. */
static bool
is_wildcard(const char *address)
{
    size_t n = strlen(address);

    return strpbrk(address, "AaFf*") != NULL || (n >= 12 && strspn(address, "9") == n);
}

/* The guard of what moves a relay; the worker has one more. */
static bool
may_switch(const struct bus_job_new *n, const struct meter *m, struct err *e)
{
    if (n->order_id == 0)
        return err_set(e, FAIL_REJECT, "meter %s is switched by an order only", m->meter);
    if (!m->has_relay)
        return err_set(e, FAIL_REJECT, "meter %s has no relay (relay=yes if it has one)",
                       m->meter);
    if (is_wildcard(m->address))
        return err_set(e, FAIL_REJECT,
                       "address %s of meter %s is that of several: nothing is switched",
                       m->address, m->meter);
    return true;
}

static bool
find_meter(struct store *s, const struct bus_job_new *n, struct meter *m, struct err *e)
{
    bool found;

    if (!meter_by_id(s, n->meter_id, m, &found, e))
        return false;
    if (!found || m->until != 0)
        return err_set(e, FAIL_REJECT, "the meter is out of use");
    if (!bus_reaches(m))
        return err_set(e, FAIL_REJECT,
                       "meter %s is on no wire: it needs bus, protocol and address",
                       m->meter);
    return !bus_action_switches(n->action) || may_switch(n, m, e);
}

bool
bus_job_add(struct store *s, const struct bus_job_new *n, utc_t now, int64_t *id,
            struct err *e)
{
    utc_t last = now + BUS_SWITCH_MAX_S;
    struct bus_job j = {.meter_id = n->meter_id,
                        .action = n->action,
                        .urgent = n->urgent || bus_action_switches(n->action),
                        .trace = n->trace,
                        .request_id = n->request_id,
                        .order_id = n->order_id,
                        .created_at = now,
                        .next_at = n->not_before > now ? n->not_before : now,
                        .expires_at = n->expires_at};
    struct meter m = {0};
    bool added;

    if (n->meter_id != 0 && !find_meter(s, n, &m, e))
        return false;
    if (j.expires_at == 0)
        j.expires_at = now + BUS_JOB_LIFE_S;
    if (bus_action_switches(n->action) && j.expires_at > last)
        j.expires_at = last;
    text_clip(j.bus, sizeof(j.bus), n->bus != NULL && *n->bus != '\0' ? n->bus : m.bus);
    text_clip(j.actor, sizeof(j.actor), n->actor != NULL ? n->actor : "engine");
    if (!text_copy(j.key, sizeof(j.key), n->key) ||
        !text_copy(j.what, sizeof(j.what), n->what != NULL ? n->what : ""))
        return err_set(e, FAIL_REJECT, "the job's key or contents are too long");
    if (j.bus[0] == '\0')
        return err_set(e, FAIL_REJECT, "expected a meter or a bus");
    return bus_job_insert(s, &j, id, &added, e);
}

int64_t
bus_rest_s(int64_t first_s, int silent)
{
    int64_t rest = first_s << (silent > DOUBLINGS ? DOUBLINGS : silent - 1);

    return rest > DAY_S ? DAY_S : rest;
}
