/* How a meter is reached: by text message where its profile can switch, else by wire. */
#include "inside.h"

#include "meterpost/base/text.h"
#include "meterpost/bus/job.h"

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

bool
way_of(const struct relay *r, const struct meter *m, struct way *out, struct err *e)
{
    *out = (struct way){.way = WAY_FIELD};
    if (!target_meter(r->store, m, &out->target, e))
        return false;
    if (out->target.phone[0] != '\0') {
        out->cut = request(r, &out->target, "cut");
        out->look = request(r, &out->target, "relay");
        choose_restore(r, m, out);
    }
    if (out->cut != NULL) {
        out->way = WAY_SMS;
        out->can_look = out->look != NULL;
        text_copy(out->number, sizeof(out->number), out->target.phone);
    } else if (m->has_relay && bus_reaches(m)) {
        out->way = WAY_BUS;
        out->can_look = true;
        out->arms = strcmp(m->commodity, "gas") == 0;
        snprintf(out->number, sizeof(out->number), "bus:%.18s", m->address);
    }
    return true;
}
