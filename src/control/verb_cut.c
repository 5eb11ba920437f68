/* verb_cut.c - proposing and approving cuts, restoring, cancelling. */
#include "meterpost/base/text.h"
#include "meterpost/relay/candidate.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WISHES_MAX 1000 /* meters of one proposal */
#define WHY_MAX    600

static void
set_money(struct desk *d, json_t *row, const char *key, struct money m)
{
    char text[AMOUNT_TEXT_MAX];

    decimal_print(m.minor, d->conf->decimals, false, text);
    json_object_set_new(row, key, json_string(text));
}

static json_t *
reasons(const struct guard_result *g)
{
    json_t *all = json_array();

    for (int i = 0; i < g->n; i++)
        json_array_append_new(all, json_pack("{s:s, s:s, s:b}", "guard",
                                             guard_name(g->at[i].guard), "why",
                                             g->at[i].why, "waits", g->at[i].waits));
    return all;
}

/* ---- the list ---- */

struct listing {
    struct desk *d;
    json_t *rows;
};

static bool
list_candidate(const struct relay_candidate *c, void *context)
{
    struct listing *l = context;
    char why[WHY_MAX], date[TIME_TEXT_MAX];
    json_t *row = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:b, s:b, s:s, s:s, s:o}", "account",
        c->account.account, "name", c->account.name, "class", c->class, "meter",
        c->meter.meter, "group", c->group, "unpaid", c->arrears.unpaid, "age_days",
        c->arrears.age_days, "stage", c->stage, "may", c->guards.n == 0, "waits",
        guard_only_waits(&c->guards), "why",
        c->guards.n == 0 ? "" : guard_print(&c->guards, why, sizeof(why)), "first",
        c->guards.n == 0 ? "" : c->guards.at[0].why, "reasons", reasons(&c->guards));

    set_money(l->d, row, "amount", c->arrears.overdue);
    json_object_set_new(row, "notice",
                        c->notice_at == 0 ? json_null()
                                          : json_string(clock_date(c->notice_at, date)));
    json_array_append_new(l->rows, row);
    return json_array_size(l->rows) < WISHES_MAX;
}

bool
verb_cut_list(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
              struct err *e)
{
    struct relay r = desk_relay(d);
    struct listing l = {d, json_array()};
    const char *group;

    (void)actor;
    json_object_set_new(answer, "candidates", l.rows);
    return argument_text_or(arguments, "group", NULL, &group, e) &&
           relay_each_candidate(&r, group, list_candidate, &l, e);
}

/* ---- proposing ---- */

struct wishes {
    struct meter *meters;
    size_t n, most;  /* of a list: no more than one batch may hold */
    int64_t refused; /* candidates that the guards keep */
    int64_t left;    /* for the next batch */
};

static bool
want_candidate(const struct relay_candidate *c, void *context)
{
    struct wishes *w = context;

    if (c->guards.n != 0 && !guard_only_waits(&c->guards))
        w->refused++;
    else if (w->n == w->most)
        w->left++;
    else
        w->meters[w->n++] = c->meter;
    return true;
}

static bool
named_meters(struct desk *d, const json_t *names, struct wishes *w, struct err *e)
{
    const json_t *name;
    size_t i;

    json_array_foreach (names, i, name) {
        const char *text = json_string_value(name);
        bool found;

        if (text == NULL || w->n == WISHES_MAX)
            return err_set(e, FAIL_REJECT, "'meters' must be a list of at most %d meters",
                           WISHES_MAX);
        if (!meter_by_name(d->store, text, &w->meters[w->n], &found, e))
            return false;
        if (!found || w->meters[w->n].until != 0)
            return err_set(e, FAIL_REJECT, "there is no meter '%.60s' in use", text);
        w->n++;
    }
    return true;
}

static void
answer_proposal(struct desk *d, const struct meter *m, const struct relay_outcome *out,
                json_t *answer)
{
    json_t *row = json_pack("{s:s}", "meter", m->meter);
    struct account a;
    struct order o;
    char why[WHY_MAX];
    struct err ignored;
    bool found = false;

    if (account_by_id(d->store, m->at.account_id, &a, &found, &ignored) && found) {
        json_object_set_new(row, "account", json_string(a.account));
        json_object_set_new(row, "name", json_string(a.name));
    }
    if (out->order_id != 0 && order_by_id(d->store, out->order_id, &o, &found, &ignored) &&
        found) {
        json_object_set_new(row, "order", json_integer(o.id));
        json_object_set_new(row, "age_days", json_integer(o.age_days));
        set_money(d, row, "amount", o.amount);
    }
    json_object_set_new(
        row, "why",
        json_string(out->guards.n == 0 ? "" : guard_print(&out->guards, why, sizeof(why))));
    json_object_set_new(row, "reasons", reasons(&out->guards));
    json_array_append_new(
        json_object_get(answer, out->order_id != 0 ? "orders" : "refused"), row);
}

static bool
propose_all(struct desk *d, const struct relay_who *who, const struct wishes *w,
            struct relay_wish *wish, json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    struct relay_outcome out;
    struct money sum = {0};

    for (size_t i = 0; i < w->n; i++) {
        struct order o;
        bool found;

        wish->meter = &w->meters[i];
        if (!relay_propose(&r, who, wish, &out, e))
            return false;
        answer_proposal(d, wish->meter, &out, answer);
        if (out.order_id != 0 && (!order_by_id(d->store, out.order_id, &o, &found, e) ||
                                  !money_add(&sum, o.amount, e)))
            return false;
    }
    set_money(d, answer, "amount", sum);
    return true;
}

static void
set_outcome(json_t *answer)
{
    size_t good = json_array_size(json_object_get(answer, "orders"));
    const json_t *refused = json_object_get(answer, "refused");

    json_object_set_new(answer, "outcome", json_string(good > 0 ? "waits" : "refused"));
    if (good == 0)
        json_object_set(answer, "reason",
                        json_object_get(json_array_get(refused, 0), "why"));
}

static bool
propose(struct desk *d, const char *actor, const json_t *arguments, struct wishes *w,
        json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    struct relay_wish wish = {.batch_size = (int64_t)w->n};
    const char *cause, *note;
    char time[TIME_TEXT_MAX];

    if (!argument_text_or(arguments, "cause", "arrears", &cause, e) ||
        !argument_text_or(arguments, "reason", "", &wish.reason, e))
        return false;
    if (!order_cause_parse(cause, &wish.cause))
        return err_set(
            e, FAIL_REJECT,
            "cause '%.20s' is none of arrears, customer, theft, safety, operator", cause);
    note = wish.reason;
    json_object_set_new(answer, "orders", json_array());
    json_object_set_new(answer, "refused", json_array());
    if (!relay_batch_begin(&r, &who, note, &wish.batch_id, e) ||
        !propose_all(d, &who, w, &wish, answer, e))
        return false;
    json_object_set_new(answer, "batch", json_integer(wish.batch_id));
    json_object_set_new(answer, "left", json_integer(w->left));
    json_object_set_new(
        answer, "expires_at",
        json_string(clock_iso(d->now + d->conf->arrears.cut.approval_s, time)));
    set_outcome(answer);
    return true;
}

static bool
nobody(int64_t refused, json_t *answer, struct err *e)
{
    if (refused == 0)
        return err_set(e, FAIL_REJECT, "nobody has come to the stage of being cut");
    json_object_set_new(answer, "outcome", json_string("refused"));
    json_object_set_new(answer, "reason",
                        json_sprintf("the guards refuse all %" PRId64
                                     ": `meterpost cut list` says why",
                                     refused));
    return true;
}

bool
verb_cut_propose(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    int limit = d->conf->arrears.cut.batch_limit;
    struct wishes w = {.meters = calloc(WISHES_MAX, sizeof(struct meter)),
                       .most =
                           limit > 0 && limit < WISHES_MAX ? (size_t)limit : WISHES_MAX};
    const json_t *names = json_object_get(arguments, "meters");
    struct relay r = desk_relay(d);
    const char *group;
    bool good;

    if (w.meters == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    good = argument_text_or(arguments, "group", NULL, &group, e) &&
           (names != NULL ? named_meters(d, names, &w, e)
                          : relay_each_candidate(&r, group, want_candidate, &w, e));
    if (good && w.n == 0)
        good = nobody(w.refused, answer, e);
    else
        good = good && propose(d, actor, arguments, &w, answer, e);
    free(w.meters);
    return good;
}

/* ---- approving ---- */

bool
verb_cut_approve(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    struct relay_counts counts;
    struct relay_outcome out;
    const char *note;
    char why[WHY_MAX];
    int64_t id;

    if (!argument_text_or(arguments, "note", "", &note, e))
        return false;
    if (json_object_get(arguments, "batch") != NULL) {
        if (!argument_id(arguments, "batch", &id, e) ||
            !relay_batch_approve(&r, &who, id, note, &counts, e))
            return false;
        json_object_set_new(answer, "batch", json_integer(id));
        json_object_set_new(answer, "approved", json_integer(counts.done));
        json_object_set_new(answer, "refused", json_integer(counts.refused));
        json_object_set_new(answer, "waits", json_integer(counts.waits));
        if (counts.done == 0)
            json_object_set_new(answer, "outcome",
                                json_string(counts.waits > 0 ? "waits" : "refused"));
        return true;
    }
    if (!argument_id(arguments, "order", &id, e) ||
        !relay_approve(&r, &who, id, note, &out, e))
        return false;
    json_object_set_new(answer, "order", json_integer(id));
    json_object_set_new(answer, "state", json_string(order_state_name(out.state)));
    json_object_set_new(answer, "reasons", reasons(&out.guards));
    json_object_set_new(
        answer, "why",
        json_string(out.guards.n == 0 ? "" : guard_print(&out.guards, why, sizeof(why))));
    if (out.state == ORDER_CANCELLED)
        json_object_set_new(answer, "outcome", json_string("refused"));
    if (out.state == ORDER_PROPOSED)
        json_object_set_new(answer, "outcome", json_string("waits"));
    return true;
}

/* ---- restoring and taking back ---- */

bool
verb_on(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
        struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    struct relay_on on = {.cause = CAUSE_OPERATOR};
    struct meter m;
    int64_t id;

    if (!argument_meter(d, arguments, &m, e) ||
        !argument_text_or(arguments, "reason", "", &on.reason, e))
        return false;
    on.meter = &m;
    if (!relay_restore(&r, &who, &on, &id, e))
        return false;
    json_object_set_new(answer, "order", json_integer(id));
    json_object_set_new(answer, "meter", json_string(m.meter));
    return true;
}

bool
verb_order_cancel(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct relay r = desk_relay(d);
    const struct relay_who who = {actor, "cli"};
    const char *reason;
    int64_t id;
    bool done;

    if (!argument_id(arguments, "order", &id, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !relay_cancel(&r, &who, id, reason, &done, e))
        return false;
    json_object_set_new(answer, "order", json_integer(id));
    if (done)
        return true;
    json_object_set_new(answer, "outcome", json_string("refused"));
    json_object_set_new(answer, "reason",
                        json_string("its command has left, or it is over: to undo a cut, "
                                    "`meterpost on METER`"));
    return true;
}
