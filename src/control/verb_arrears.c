/* verb_arrears.c - the run of arrears, its list, plans, promises and complaints. */
#include "meterpost/base/text.h"
#include "meterpost/billing/plan.h"
#include "meterpost/metering/ask.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/flags.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 100000

static struct chase
chase_of(const struct desk *d)
{
    return (struct chase){.store = d->store,
                          .conf = d->conf,
                          .policy = d->policy,
                          .templates = d->templates,
                          .now = d->now};
}

static void
set_money(const struct desk *d, json_t *o, const char *key, struct money m)
{
    char text[AMOUNT_TEXT_MAX];

    decimal_print(m.minor, d->conf->decimals, false, text);
    json_object_set_new(o, key, json_string(text));
}

static void
set_date(json_t *o, const char *key, utc_t t)
{
    char text[TIME_TEXT_MAX];

    json_object_set_new(o, key, t == 0 ? json_null() : json_string(clock_date(t, text)));
}

static bool
argument_account(struct desk *d, const json_t *arguments, struct account *out,
                 struct err *e)
{
    const char *name;
    bool found;

    if (!argument_text(arguments, "account", &name, e) ||
        !account_by_name(d->store, name, out, &found, e))
        return false;
    return found || err_set(e, FAIL_REJECT, "there is no account '%.60s'", name);
}

static bool
audit(struct desk *d, const char *actor, const char *action, const struct account *a,
      const char *detail, struct err *e)
{
    char subject[KEY_MAX + 10];

    snprintf(subject, sizeof(subject), "account %s", a->account);
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

/* ---- arrears list, and the preview of a run ---- */

static json_t *
row_of(const struct desk *d, const struct chase_next *n)
{
    static const char *const keys[ARREARS_BUCKETS] = {
        "not_due", "days_1_30", "days_31_60", "days_61_90", "days_91_120", "over_120"};
    json_t *row = json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:b, s:s, s:s}", "account",
                            n->account.account, "name", n->account.name, "class", n->class,
                            "unpaid", n->arrears.unpaid, "age_days", n->arrears.age_days,
                            "stage", n->last, "delivered", n->last_delivered, "next",
                            n->stage == NULL ? "" : n->stage->name, "why", n->why);

    set_money(d, row, "overdue", n->arrears.overdue);
    set_date(row, "oldest_due", n->arrears.oldest_due);
    for (int i = 0; i < ARREARS_BUCKETS; i++)
        set_money(d, row, keys[i], n->arrears.bucket[i]);
    set_money(d, row, "disputed", n->arrears.disputed);
    set_money(d, row, "planned", n->arrears.planned);
    set_money(d, row, "credit", n->arrears.credit);
    return row;
}

struct sieve {
    const char *class, *stage, *group;
    bool only_next; /* those for which something is due */
};

static bool
group_fits(struct desk *d, int64_t account_id, const char *code, bool *fits, struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    struct group g;
    bool found;
    size_t n;

    *fits = code == NULL;
    if (*fits)
        return true;
    if (!meters_of_account(d->store, account_id, meters, &n, e))
        return false;
    for (size_t i = 0; i < n && !*fits; i++) {
        if (meters[i].group_id == 0)
            continue;
        if (!group_by_id(d->store, meters[i].group_id, &g, &found, e))
            return false;
        *fits = found && strcmp(g.code, code) == 0;
    }
    return true;
}

static bool
fits(struct desk *d, const struct sieve *s, const struct chase_next *n, bool *out,
     struct err *e)
{
    *out = (s->class == NULL || strcmp(s->class, n->class) == 0) &&
           (s->stage == NULL || strcmp(s->stage, n->last) == 0) &&
           (!s->only_next || n->stage != NULL);
    return !*out || group_fits(d, n->account.id, s->group, out, e);
}

/* What each bucket comes to, over all rows that are shown. */
static bool
add_totals(const struct chase_next *n, struct money *sums, struct err *e)
{
    for (int i = 0; i < ARREARS_BUCKETS; i++) {
        if (!money_add(&sums[i], n->arrears.bucket[i], e))
            return false;
    }
    return money_add(&sums[ARREARS_BUCKETS], n->arrears.overdue, e) &&
           money_add(&sums[ARREARS_BUCKETS + 1], n->arrears.disputed, e) &&
           money_add(&sums[ARREARS_BUCKETS + 2], n->arrears.planned, e) &&
           money_add(&sums[ARREARS_BUCKETS + 3], n->arrears.credit, e);
}

static bool
list_all(struct desk *d, const struct sieve *s, json_t *answer, struct err *e)
{
    static const char *const keys[ARREARS_BUCKETS + 4] = {
        "not_due",  "days_1_30", "days_31_60", "days_61_90", "days_91_120",
        "over_120", "overdue",   "disputed",   "planned",    "credit"};
    struct money sums[ARREARS_BUCKETS + 4] = {{0}};
    json_t *rows = json_array(), *totals = json_object();
    struct chase c = chase_of(d);
    struct chase_next n;
    int64_t id = 0;
    bool found, shown;

    json_object_set_new(answer, "accounts", rows);
    json_object_set_new(answer, "totals", totals);
    while (json_array_size(rows) < ROWS_MAX) {
        if (!arrears_next_account(d->store, id, d->now + 60 * DAY_S, &id, &found, e))
            return false;
        if (!found)
            break;
        if (!chase_look(&c, id, &n, e) || !fits(d, s, &n, &shown, e) ||
            (shown && !add_totals(&n, sums, e)))
            return false;
        if (shown)
            json_array_append_new(rows, row_of(d, &n));
    }
    for (int i = 0; i < ARREARS_BUCKETS + 4; i++)
        set_money(d, totals, keys[i], sums[i]);
    return true;
}

bool
verb_arrears_list(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct sieve s = {.only_next = json_is_true(json_object_get(arguments, "next"))};
    char time[TIME_TEXT_MAX];
    utc_t feed;

    (void)actor;
    if (!argument_text_or(arguments, "class", NULL, &s.class, e) ||
        !argument_text_or(arguments, "stage", NULL, &s.stage, e) ||
        !argument_text_or(arguments, "group", NULL, &s.group, e) ||
        !arrears_feed_at(d->store, &feed, e))
        return false;
    json_object_set_new(answer, "feed_at",
                        feed == 0 ? json_null() : json_string(clock_iso(feed, time)));
    json_object_set_new(
        answer, "feed_is_fresh",
        json_boolean(feed != 0 &&
                     d->now - feed <= d->conf->arrears.cut.payment_feed_max_age_s));
    return list_all(d, &s, answer, e);
}

/* ---- the run ---- */

bool
verb_arrears_run(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct sieve s = {.only_next = true};
    struct chase c = chase_of(d);
    char why[ARREARS_NOTE_MAX];
    int64_t id;

    if (d->conf->arrears.n_stages == 0)
        return err_set(e, FAIL_REJECT,
                       "no stages are set: see `arrears.stages` in the settings");
    if (json_is_true(json_object_get(arguments, "dry_run")))
        return list_all(d, &s, answer, e);
    if (!chase_start(&c, actor, &id, why, e))
        return false;
    if (id == 0) {
        json_object_set_new(answer, "outcome", json_string("refused"));
        json_object_set_new(answer, "reason", json_string(why));
        return true;
    }
    json_object_set_new(answer, "job", json_integer(id));
    return audit_add(d->store, d->now, actor, "cli", "arrears.run", "all accounts", "", e);
}

bool
job_arrears_slice(struct desk *d, struct job *job, int budget_ms, struct err *e)
{
    struct chase c = chase_of(d);

    return chase_slice(&c, job, budget_ms, e);
}

bool
verb_arrears_feed(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    const char *reason;
    char time[TIME_TEXT_MAX];

    json_object_set_new(answer, "feed_at", json_string(clock_iso(d->now, time)));
    return argument_text(arguments, "reason", &reason, e) &&
           flag_on(d->store, FLAG_FEED, actor, reason, d->now, d->now + 1, e) &&
           audit_add(d->store, d->now, actor, "cli", "arrears.feed", "payments", reason, e);
}

/* ---- one account ---- */

static bool
argument_stage(struct desk *d, const json_t *arguments, const struct conf_stage **out,
               struct err *e)
{
    const char *name;

    if (!argument_text(arguments, "stage", &name, e))
        return false;
    *out = NULL;
    for (int i = 0; i < d->conf->arrears.n_stages; i++) {
        if (strcmp(d->conf->arrears.stages[i].name, name) == 0)
            *out = &d->conf->arrears.stages[i];
    }
    return *out != NULL ||
           err_set(e, FAIL_REJECT, "there is no stage '%.40s' in the settings", name);
}

bool
verb_arrears_skip(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct arrears_step t = {.state = "skipped", .at = d->now};
    const struct conf_stage *stage;
    const char *reason;
    struct account a;
    struct arrears arrears;
    bool added;

    if (!argument_account(d, arguments, &a, e) ||
        !argument_stage(d, arguments, &stage, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !arrears_of(d->store, d->policy, a.id, d->now, &arrears, e))
        return false;
    if (stage->kind == STAGE_NOTICE || stage->kind == STAGE_FINAL)
        return err_set(e, FAIL_REJECT,
                       "a notice is not skipped: without it nothing may be "
                       "cut. Hold the account instead (account hold)");
    if (arrears.oldest_due == 0)
        return err_set(e, FAIL_REJECT, "account %s has nothing overdue", a.account);
    t.account_id = a.id;
    t.due_at = arrears.oldest_due;
    t.amount = arrears.overdue;
    text_copy(t.stage, sizeof(t.stage), stage->name);
    text_copy(t.kind, sizeof(t.kind), "skipped");
    text_clip(t.note, sizeof(t.note), reason);
    text_clip(t.actor, sizeof(t.actor), actor);
    if (!arrears_step_add(d->store, &t, &t.id, &added, e))
        return false;
    if (!added)
        return err_set(e, FAIL_REJECT, "account %s came to stage %s already", a.account,
                       stage->name);
    json_object_set_new(answer, "account", json_string(a.account));
    json_object_set_new(answer, "stage", json_string(stage->name));
    return audit(d, actor, "arrears.skip", &a, reason, e);
}

bool
verb_arrears_deliver(struct desk *d, const char *actor, const json_t *arguments,
                     json_t *answer, struct err *e)
{
    const struct conf_stage *stage;
    const char *reason, *when;
    struct arrears_step t;
    struct account a;
    utc_t at = d->now;
    bool found;

    if (!argument_account(d, arguments, &a, e) ||
        !argument_stage(d, arguments, &stage, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !argument_text_or(arguments, "at", NULL, &when, e) ||
        (when != NULL && !clock_parse(when, &at, e)) ||
        !arrears_step_of(d->store, a.id, 0, "", stage->name, &t, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "account %s has not come to stage %s", a.account,
                       stage->name);
    if (at > d->now || at < t.at - DAY_S)
        return err_set(e, FAIL_REJECT, "it was made on a later day, or lies in the future");
    json_object_set_new(answer, "account", json_string(a.account));
    json_object_set_new(answer, "stage", json_string(stage->name));
    set_date(answer, "at", at);
    return arrears_step_deliver(d->store, t.id, at, reason, e) &&
           audit(d, actor, "arrears.delivered", &a, reason, e);
}

/* ---- plans, promises, complaints ---- */

/* Tell the customer what was agreed; without phone or text nobody is told. */
static bool
tell(struct desk *d, const struct account *a, const char *template, json_t *view,
     const char *key, struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    struct outbox_new m = {.key = key, .kind = OUT_RECEIPT, .account_id = a->id};
    char *text = NULL;
    size_t n;
    bool good = account_phones(d->store, a->id, phones, &n, e);

    if (good && n > 0) {
        good = templates_render(d->templates, a->language, template, view, &text, e);
        m.number = phones[0].number;
        m.text = text;
        good = good && outbox_add(d->store, &m, d->now, NULL, e);
    }
    free(text);
    json_decref(view);
    return good;
}

static bool
read_plan(struct desk *d, const json_t *arguments, struct plan_wish *w, struct err *e)
{
    const char *parts, *first, *start;
    int64_t n = 0;

    if (!argument_text_or(arguments, "parts", NULL, &parts, e) ||
        !argument_text_or(arguments, "first", NULL, &first, e) ||
        !argument_text_or(arguments, "start", NULL, &start, e) ||
        (parts != NULL && !decimal_parse(parts, 0, &n, e)) ||
        (first != NULL && !decimal_parse(first, d->conf->decimals, &w->first.minor, e)) ||
        (start != NULL && !clock_parse(start, &w->start, e)))
        return false;
    if (n < 0 || n > PLAN_PARTS_MAX || (parts != NULL && n == 0))
        return err_set(e, FAIL_REJECT, "a plan has 1 to %d parts", PLAN_PARTS_MAX);
    if (w->start != 0 && w->start < d->now)
        return err_set(e, FAIL_REJECT, "the first part cannot be due in the past");
    w->parts = (int)n;
    return true;
}

bool
verb_plan_make(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
               struct err *e)
{
    struct chase c = chase_of(d);
    struct plan_wish w = {.actor = actor};
    struct account a;
    struct plan p;
    const char *language;
    char key[60];

    if (!argument_account(d, arguments, &a, e) || !read_plan(d, arguments, &w, e))
        return false;
    w.account = &a;
    if (!plan_make(&c, &w, &p, e))
        return false;
    json_object_set_new(answer, "plan", json_integer(p.id));
    json_object_set_new(answer, "account", json_string(a.account));
    json_object_set_new(answer, "parts", json_integer(p.n_parts));
    set_money(d, answer, "amount", p.amount);
    set_money(d, answer, "first", p.parts[0].amount);
    set_date(answer, "first_due", p.parts[0].due_at);
    language = templates_language(d->templates, a.language, "plan-made.sms");
    snprintf(key, sizeof(key), "plan %lld", (long long)p.id);
    return audit(d, actor, "plan.make", &a, "", e) &&
           tell(d, &a, "plan-made.sms", plan_view(&c, &a, &p, language), key, e);
}

bool
verb_plan_break(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct chase c = chase_of(d);
    const char *reason;
    struct account a;

    if (!argument_account(d, arguments, &a, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !plan_break(&c, &a, reason, actor, e))
        return false;
    json_object_set_new(answer, "account", json_string(a.account));
    return audit(d, actor, "plan.break", &a, reason, e);
}

bool
verb_promise_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                 struct err *e)
{
    struct chase c = chase_of(d);
    const char *amount, *until, *language;
    struct money sum = {0};
    struct promise p;
    struct account a;
    char key[60];
    utc_t end;

    if (!argument_account(d, arguments, &a, e) ||
        !argument_text(arguments, "amount", &amount, e) ||
        !argument_text(arguments, "until", &until, e) ||
        !decimal_parse(amount, d->conf->decimals, &sum.minor, e) ||
        !clock_parse(until, &end, e) || !promise_make(&c, &a, sum, end, actor, 0, &p, e))
        return false;
    json_object_set_new(answer, "promise", json_integer(p.id));
    json_object_set_new(answer, "account", json_string(a.account));
    set_money(d, answer, "amount", p.amount);
    set_date(answer, "due_at", p.due_at - 1);
    language = templates_language(d->templates, a.language, "promise-made.sms");
    snprintf(key, sizeof(key), "promise %lld", (long long)p.id);
    return audit(d, actor, "promise.add", &a, "", e) &&
           tell(d, &a, "promise-made.sms", promise_view(&c, &a, &p, language), key, e);
}

bool
verb_dispute_open(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    struct chase c = chase_of(d);
    const char *reason, *bill;
    struct account a;
    int64_t id;

    if (!argument_account(d, arguments, &a, e) ||
        !argument_text(arguments, "reason", &reason, e) ||
        !argument_text_or(arguments, "bill", "", &bill, e) ||
        !dispute_begin(&c, &a, bill, reason, actor, 0, &id, e) ||
        !metering_ask_account(d->store, a.id, REQUEST_FOR_DISPUTE, actor, d->now, e))
        return false;
    json_object_set_new(answer, "dispute", json_integer(id));
    json_object_set_new(answer, "account", json_string(a.account));
    return audit(d, actor, "dispute.open", &a, reason, e);
}

bool
verb_dispute_close(struct desk *d, const char *actor, const json_t *arguments,
                   json_t *answer, struct err *e)
{
    const char *outcome;
    char subject[40];
    int64_t id;
    bool closed;

    if (!argument_id(arguments, "dispute", &id, e) ||
        !argument_text(arguments, "outcome", &outcome, e) ||
        !dispute_close(d->store, id, actor, outcome, d->now, &closed, e))
        return false;
    if (!closed)
        return err_set(e, FAIL_REJECT, "there is no open complaint %lld", (long long)id);
    json_object_set_new(answer, "dispute", json_integer(id));
    snprintf(subject, sizeof(subject), "complaint %lld", (long long)id);
    return audit_add(d->store, d->now, actor, "cli", "dispute.close", subject, outcome, e);
}
