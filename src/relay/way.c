/*
 * How a meter is reached: by text message where its profile can switch, by wire where its
 * kind can. Where both are so the order of reading.fallback holds, and what the one does
 * not reach goes by the other.
 */
#include "inside.h"

#include "meterpost/base/text.h"
#include "meterpost/bus/job.h"
#include "meterpost/bus/kind.h"

#include <stdio.h>
#include <string.h>

static const char *
request(const struct relay *r, const struct target *t, const char *action)
{
    struct err why;

    return target_request(r->profiles, t, action, &why);
}

/* Gas must not flow into a house where nobody is: what can only be allowed is allowed, and
 * what cannot is left to a technician. */
static void
choose_restore(const struct relay *r, const struct meter *m, struct way *out)
{
    const char *allow = request(r, &out->target, "allow");

    out->restore = request(r, &out->target, "restore");
    out->arms = allow != NULL && (strcmp(m->commodity, "gas") == 0 || out->restore == NULL);
    if (out->arms)
        out->restore = allow;
    else if (strcmp(m->commodity, "gas") == 0)
        out->restore = NULL;
}

static bool
by_sms(const struct relay *r, const struct meter *m, struct way *out)
{
    if (out->target.phone[0] == '\0')
        return false;
    out->cut = request(r, &out->target, "cut");
    out->look = request(r, &out->target, "relay");
    choose_restore(r, m, out);
    out->way = WAY_SMS;
    out->can_look = out->look != NULL;
    text_copy(out->number, sizeof(out->number), out->target.phone);
    return out->cut != NULL;
}

static bool
by_bus(const struct relay *r, const struct meter *m, struct way *out)
{
    const struct bus_kind *kind = bus_kinds_find(r->kinds, m->protocol);

    if (!m->has_relay || !bus_reaches(m) || kind == NULL || !bus_kind_switches(kind))
        return false;
    out->way = WAY_BUS;
    out->can_look = true;
    out->arms = strcmp(m->commodity, "gas") == 0 || !bus_kind_closes(kind);
    snprintf(out->number, sizeof(out->number), "bus:%.18s", m->address);
    return true;
}

/* Those that there are, the preferred one first. */
static int
ways_to(const struct relay *r, const struct meter *m, const struct target *target,
        struct way all[2])
{
    const struct conf *c = r->conf;
    struct way sms = {.target = *target}, bus = {.target = *target};
    bool has_sms = by_sms(r, m, &sms), has_bus = by_bus(r, m, &bus);
    bool bus_first =
        c->reading.n_fallback > 0 && c->reading.fallback[0] == CONF_CHANNEL_BUS;
    int n = 0;

    if (has_bus && bus_first)
        all[n++] = bus;
    if (has_sms)
        all[n++] = sms;
    if (has_bus && !bus_first)
        all[n++] = bus;
    return n;
}

bool
way_of(const struct relay *r, const struct meter *m, const struct order *o, struct way *out,
       struct err *e)
{
    struct way all[2];
    int n;

    *out = (struct way){.way = WAY_FIELD};
    if (!target_meter(r->store, m, &out->target, e))
        return false;
    n = ways_to(r, m, &out->target, all);
    if (n == 0)
        return true;
    *out = o != NULL && n == 2 && all[1].way == o->way ? all[1] : all[0];
    memcpy(out->known_by, all[0].number, sizeof(out->known_by));
    return true;
}

/* *other is what comes after the present one, or that where there is no more. */
static bool
way_after(const struct relay *r, const struct order *o, enum order_way *other, bool *first,
          struct err *e)
{
    struct target target;
    struct meter m;
    struct way all[2];

    *other = o->way;
    *first = false;
    if (!step_meter(r, o, &m, e) || !target_meter(r->store, &m, &target, e))
        return false;
    if (ways_to(r, &m, &target, all) < 2)
        return true;
    *first = o->way != all[1].way;
    *other = all[*first ? 1 : 0].way;
    return true;
}

bool
way_is_only(const struct relay *r, const struct order *o, bool *only, struct err *e)
{
    enum order_way other;
    bool first;

    if (!way_after(r, o, &other, &first, e))
        return false;
    *only = other == o->way;
    return true;
}

bool
way_turn(const struct relay *r, struct order *o, bool *fresh, struct err *e)
{
    return way_after(r, o, &o->way, fresh, e);
}
