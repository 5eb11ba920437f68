#include "meterpost/relay/candidate.h"

#include "inside.h"
#include "meterpost/base/text.h"

#include <string.h>

struct going {
    const struct relay *r;
    const char *group;
    bool (*row)(const struct relay_candidate *c, void *context);
    void *context;
    bool stop;
};

static bool
one_meter(struct going *g, struct relay_candidate *c, struct err *e)
{
    struct guard_facts f;
    struct group group;
    bool found = false;

    c->group[0] = '\0';
    if (c->meter.group_id != 0 &&
        !group_by_id(g->r->store, c->meter.group_id, &group, &found, e))
        return false;
    if (found)
        text_copy(c->group, sizeof(c->group), group.code);
    if ((g->group != NULL && strcmp(g->group, c->group) != 0) ||
        strcmp(c->meter.relay, "open") == 0)
        return true;
    if (!facts_gather(g->r, &c->meter, NULL, PHASE_PROPOSE, CAUSE_ARREARS, &f, e))
        return false;
    guard_ask(&f, g->r->policy, g->r->conf->decimals, &c->guards);
    c->notice_at = f.notice_at;
    g->stop = !g->row(c, g->context);
    return true;
}

static bool
one_account(struct going *g, int64_t id, struct err *e)
{
    struct relay_candidate c = {.stage = ""};
    struct meter meters[ACCOUNT_METERS];
    struct arrears_step step;
    struct contract contract;
    bool found;
    size_t n;

    if (!account_by_id(g->r->store, id, &c.account, &found, e) ||
        !arrears_of(g->r->store, g->r->policy, id, g->r->now, &c.arrears, e))
        return false;
    if (!found || c.arrears.overdue.minor <= 0)
        return true;
    if (!arrears_step_of(g->r->store, id, c.arrears.oldest_due, "cut", "", &step, &found,
                         e))
        return false;
    if (!found || strcmp(step.state, "done") != 0)
        return true;
    text_copy(c.stage, sizeof(c.stage), step.stage);
    if (!contract_at(g->r->store, id, g->r->now, &contract, &found, e) ||
        !meters_of_account(g->r->store, id, meters, &n, e))
        return false;
    text_copy(c.class, sizeof(c.class), found ? contract.class : "");
    for (size_t i = 0; i < n && !g->stop; i++) {
        c.meter = meters[i];
        if (!one_meter(g, &c, e))
            return false;
    }
    return true;
}

bool
relay_each_candidate(const struct relay *r, const char *group,
                     bool (*row)(const struct relay_candidate *c, void *context),
                     void *context, struct err *e)
{
    struct going g = {.r = r, .group = group, .row = row, .context = context};
    int64_t id = 0;
    bool found;

    while (!g.stop) {
        if (!arrears_next_account(r->store, id, r->now, &id, &found, e))
            return false;
        if (!found)
            return true;
        if (!one_account(&g, id, e))
            return err_in(e, "candidates");
    }
    return true;
}
