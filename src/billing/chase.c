#include "meterpost/billing/chase.h"

#include "chase_view.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"
#include "meterpost/store/field_orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int
offset_s(const struct conf_stage *s)
{
    return s->after_due_s - s->before_due_s;
}

static const char *
kind_name(enum conf_stage_kind kind)
{
    switch (kind) {
    case STAGE_NOTICE: return "notice";
    case STAGE_FINAL: return "final";
    case STAGE_CUT: return "cut";
    case STAGE_VISIT: return "visit";
    case STAGE_BY_NAME:
    case STAGE_REMINDER: break;
    }
    return "reminder";
}

/* ---- choosing ---- */

static bool
is_for(const struct conf_stage *s, const char *class)
{
    return s->class[0] == '\0' || strcmp(s->class, class) == 0;
}

static bool
predecessor_is_there(const struct conf_arrears *a, const struct conf_stage *s,
                     const struct chase_past *past)
{
    if (s->after[0] == '\0')
        return true;
    for (int i = 0; i < a->n_stages; i++) {
        if (strcmp(a->stages[i].name, s->after) == 0)
            return past[i].taken && past[i].delivered != 0;
    }
    return false;
}

int
chase_choose(const struct conf *conf, const char *class, utc_t due_at, struct money amount,
             const struct chase_past *past, utc_t now, char why[ARREARS_NOTE_MAX])
{
    const struct conf_arrears *a = &conf->arrears;
    utc_t today = clock_day_start(now, 0);
    int next = -1;

    for (int i = 0; i < a->n_stages; i++) {
        if (past[i].taken && past[i].at >= today) {
            snprintf(why, ARREARS_NOTE_MAX, "stage %s was today", a->stages[i].name);
            return -1;
        }
        if (next == -1 && !past[i].taken && is_for(&a->stages[i], class))
            next = i;
    }
    if (next == -1) {
        snprintf(why, ARREARS_NOTE_MAX, "all stages are over");
        return -1;
    }
    snprintf(why, ARREARS_NOTE_MAX, "next is %s", a->stages[next].name);
    if (clock_day_start(due_at, 0) + offset_s(&a->stages[next]) > now)
        return -1;
    if (amount.minor < arrears_least(conf, &a->stages[next]).minor) {
        snprintf(why, ARREARS_NOTE_MAX, "less than the least debt");
        return -1;
    }
    if (!predecessor_is_there(a, &a->stages[next], past)) {
        snprintf(why, ARREARS_NOTE_MAX, "%s waits until %s is delivered",
                 a->stages[next].name, a->stages[next].after);
        return -1;
    }
    return next;
}

/* ---- looking ---- */

static bool
read_past(const struct chase *c, int64_t account_id, utc_t due_at, struct chase_past *past,
          struct chase_next *n, struct err *e)
{
    const struct conf_arrears *a = &c->conf->arrears;

    for (int i = 0; i < a->n_stages; i++) {
        struct arrears_step t;
        bool found, silent = a->stages[i].template[0] == '\0';

        if (!arrears_step_of(c->store, account_id, due_at, "", a->stages[i].name, &t,
                             &found, e))
            return false;
        past[i] = (struct chase_past){.taken = found};
        if (!found)
            continue;
        past[i].at = t.at;
        past[i].delivered = silent || strcmp(t.state, "skipped") == 0
                                ? t.at
                                : arrears_step_delivered(c->conf, &t);
        text_copy(n->last, sizeof(n->last), t.stage);
        n->last_delivered = past[i].delivered != 0;
    }
    return true;
}

/* Why an account is left alone; "" when it is not. */
static bool
left_alone(const struct chase *c, struct chase_next *n, struct err *e)
{
    const struct account *a = &n->account;
    struct promise promise;
    bool promised;

    if (!promise_open_of(c->store, a->id, &promise, &promised, e))
        return false;
    if (a->hold[0] != '\0' && (a->hold_until == 0 || a->hold_until > c->now))
        snprintf(n->why, sizeof(n->why), "on hold: %.150s", a->hold);
    else if (promised)
        snprintf(n->why, sizeof(n->why), "a promise to pay is not due yet");
    n->left_alone = n->why[0] != '\0';
    return true;
}

/* What is not due yet but soon, where a stage before the due day is in use. */
static bool
find_debt(const struct chase *c, struct chase_next *n, struct err *e)
{
    struct item items[ITEMS_MAX];
    int count;

    n->due_at = n->arrears.oldest_due;
    n->amount = n->arrears.overdue;
    if (n->due_at != 0 || n->arrears.bucket[0].minor <= n->arrears.credit.minor)
        return true;
    if (!items_open(c->store, n->account.id, false, items, ITEMS_MAX, &count, e))
        return false;
    if (count == 0)
        return true;
    n->due_at = items[0].due_at;
    n->amount.minor = n->arrears.bucket[0].minor - n->arrears.credit.minor;
    return true;
}

bool
chase_look(const struct chase *c, int64_t account_id, struct chase_next *out, struct err *e)
{
    struct chase_past past[CONF_STAGES_MAX];
    struct contract contract;
    bool found;
    int i;

    *out = (struct chase_next){.stage = NULL};
    if (!account_by_id(c->store, account_id, &out->account, &found, e) ||
        !arrears_of(c->store, c->policy, account_id, c->now, &out->arrears, e) ||
        !contract_at(c->store, account_id, c->now, &contract, &found, e))
        return false;
    if (found)
        text_copy(out->class, sizeof(out->class), contract.class);
    if (!find_debt(c, out, e) || !left_alone(c, out, e) ||
        !read_past(c, account_id, out->due_at, past, out, e) ||
        !chase_phone(c, account_id, out->number, e))
        return false;
    if (out->amount.minor <= 0)
        snprintf(out->why, sizeof(out->why), "nothing is overdue that counts");
    if (out->why[0] != '\0')
        return true;
    i = chase_choose(c->conf, out->class, out->due_at, out->amount, past, c->now, out->why);
    if (i < 0)
        return true;
    out->stage = &c->conf->arrears.stages[i];
    out->why[0] = '\0';
    return true;
}

bool
chase_cuts(const struct conf *conf, const char *class)
{
    for (int i = 0; i < conf->arrears.n_stages; i++) {
        const struct conf_stage *s = &conf->arrears.stages[i];

        if (s->kind == STAGE_CUT && is_for(s, class))
            return true;
    }
    return false;
}

utc_t
chase_cut_on(const struct chase *c, utc_t due_at, const char *class)
{
    utc_t day = policy_notice_over(c->policy, c->now);

    for (int i = 0; i < c->conf->arrears.n_stages; i++) {
        const struct conf_stage *s = &c->conf->arrears.stages[i];
        utc_t from = clock_day_start(due_at, 0) + offset_s(s);

        if (s->kind == STAGE_CUT && is_for(s, class) && from > day)
            day = from;
    }
    if (due_at + c->policy->after_due_s > day)
        day = due_at + c->policy->after_due_s;
    return policy_next_open(c->policy, day);
}

/* ---- taking ---- */

static bool
send_stage(const struct chase *c, const struct chase_next *n, int64_t *outbox,
           struct err *e)
{
    const char *wanted =
        n->stage->language[0] == '\0' ? n->account.language : n->stage->language;
    const char *language = chase_language(c, wanted, n->stage->template);
    char key[160], date[TIME_TEXT_MAX];
    json_t *view;
    bool good;

    snprintf(key, sizeof(key), "stage %" PRId64 " %s %s", n->account.id,
             clock_date(n->due_at, date), n->stage->name);
    view = chase_view(c, &n->account, n->amount, n->due_at,
                      chase_cut_on(c, n->due_at, n->class),
                      language == NULL ? c->conf->utility.language : language);
    good = chase_send(c, &n->account, wanted, n->number, n->stage->template, view, key,
                      outbox, e);
    json_decref(view);
    return good;
}

/* Somebody must go there: a visit, or a letter to bring. Once, to the first meter. */
static bool
send_person(const struct chase *c, const struct chase_next *n, const struct arrears_step *t,
            struct err *e)
{
    struct field_order f = {
        .action = "visit", .account_id = n->account.id, .created_at = c->now};
    struct meter meters[ACCOUNT_METERS];
    char owed[AMOUNT_TEXT_MAX], due[TIME_TEXT_MAX];
    size_t count;
    int64_t id;
    bool added;

    if (!meters_of_account(c->store, n->account.id, meters, &count, e))
        return false;
    if (count == 0)
        return true;
    f.meter_id = meters[0].id;
    snprintf(f.key, sizeof(f.key), CHASE_FIELD_KEY "%" PRId64, t->id);
    snprintf(f.reason, sizeof(f.reason), "%s%.40s: %s overdue since %s",
             n->stage->channel == STAGE_BY_HAND ? "bring the letter of stage " : "stage ",
             n->stage->name, money_show(n->amount, c->conf->decimals, owed),
             clock_date(n->due_at, due));
    text_clip(f.number, sizeof(f.number), c->conf->arrears.cut.technician);
    text_clip(f.actor, sizeof(f.actor), t->actor);
    return field_order_add(c->store, &f, &id, &added, e);
}

bool
chase_take(const struct chase *c, const struct chase_next *n, const char *actor,
           struct err *e)
{
    struct arrears_step t = {.account_id = n->account.id,
                             .due_at = n->due_at,
                             .state = "done",
                             .at = c->now,
                             .amount = n->amount};
    bool by_hand = n->stage->channel == STAGE_BY_HAND;
    bool told = n->stage->template[0] != '\0' && c->templates != NULL;
    bool added;

    text_copy(t.stage, sizeof(t.stage), n->stage->name);
    text_copy(t.kind, sizeof(t.kind), kind_name(n->stage->kind));
    text_clip(t.actor, sizeof(t.actor), actor);
    if (told && (by_hand || n->number[0] == '\0')) {
        snprintf(t.note, sizeof(t.note), "%sbring it by hand", by_hand ? "" : "no phone: ");
    } else if (told) {
        text_copy(t.number, sizeof(t.number), n->number);
        if (!send_stage(c, n, &t.outbox_id, e))
            return false;
    }
    if (!arrears_step_add(c->store, &t, &t.id, &added, e))
        return false;
    log_info("arrears", "account=%s comes to stage %s", n->account.account, t.stage);
    return !added || (!by_hand && n->stage->kind != STAGE_VISIT) ||
           send_person(c, n, &t, e);
}
