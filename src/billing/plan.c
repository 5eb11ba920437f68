#include "meterpost/billing/plan.h"

#include "chase_view.h"
#include "meterpost/base/text.h"
#include "meterpost/render/view.h"
#include "meterpost/store/bills.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PLAN_PARTS_FEW 3 /* that a text message names one by one */

#define CUSTOMER       "customer"
#define FIRST_PART_S   (7 * DAY_S) /* until the first part is due */
#define YEAR_S         (365 * DAY_S)

/* ---- making a plan ---- */

bool
plan_split(struct money amount, struct money first, int parts, utc_t start,
           struct plan *out, struct err *e)
{
    struct money left = amount;
    int64_t each;

    if (parts < 1 || parts > PLAN_PARTS_MAX)
        return err_set(e, FAIL_REJECT, "a plan has 1 to %d parts", PLAN_PARTS_MAX);
    if (first.minor < 0 || first.minor >= amount.minor || amount.minor < parts)
        return err_set(e, FAIL_REJECT, "the first part must be less than the whole");
    out->amount = amount;
    out->n_parts = parts;
    each = first.minor == 0 || parts == 1 ? amount.minor / parts
                                          : (amount.minor - first.minor) / (parts - 1);
    for (int i = 0; i < parts; i++) {
        struct tm tm;
        int64_t part = i == 0 && first.minor > 0 && parts > 1 ? first.minor : each;

        clock_local(start, &tm);
        out->parts[i].amount.minor = i == parts - 1 ? left.minor : part;
        out->parts[i].due_at =
            clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1 + i, tm.tm_mday, 0, 0, 0);
        left.minor -= part;
    }
    return true;
}

static bool
refuse_customer(const struct chase *c, const struct plan_wish *w, struct err *e)
{
    int64_t broken;

    if (strcmp(w->actor, CUSTOMER) != 0)
        return true;
    if (c->conf->arrears.plan_parts == 0)
        return err_set(e, FAIL_REJECT, "plans are made at the office");
    if (!plans_broken_since(c->store, w->account->id, c->now - YEAR_S, &broken, e))
        return false;
    return broken == 0 ||
           err_set(e, FAIL_REJECT, "a plan was broken within a year: come to the office");
}

/* Cover what is overdue. */
static bool
cover(const struct chase *c, const struct plan *p, struct err *e)
{
    struct item items[ITEMS_MAX];
    int n;

    if (!items_open(c->store, p->account_id, false, items, ITEMS_MAX, &n, e))
        return false;
    for (int i = 0; i < n; i++) {
        if (items[i].due_at < clock_day_start(c->now, 0) &&
            !plan_cover(c->store, p->id, items[i].id, e))
            return false;
    }
    return true;
}

bool
plan_make(const struct chase *c, const struct plan_wish *w, struct plan *out, struct err *e)
{
    int parts = w->parts > 0 ? w->parts : c->conf->arrears.plan_parts;
    struct arrears a;

    *out = (struct plan){.account_id = w->account->id,
                         .made_at = c->now,
                         .state = "open",
                         .inbox_id = w->inbox_id};
    text_clip(out->actor, sizeof(out->actor), w->actor);
    if (!refuse_customer(c, w, e) ||
        !arrears_of(c->store, c->policy, w->account->id, c->now, &a, e))
        return false;
    if (a.overdue.minor <= 0)
        return err_set(e, FAIL_REJECT, "nothing is overdue: there is nothing to plan");
    return plan_split(a.overdue, w->first, parts < 1 ? 1 : parts,
                      w->start != 0 ? w->start : c->now + FIRST_PART_S, out, e) &&
           plan_add(c->store, out, &out->id, e) && cover(c, out, e);
}

bool
plan_break(const struct chase *c, const struct account *a, const char *reason,
           const char *actor, struct err *e)
{
    char note[ARREARS_NOTE_MAX];
    struct plan p;
    bool found;

    if (!plan_open_of(c->store, a->id, &p, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "account %s has no plan", a->account);
    snprintf(note, sizeof(note), "%.140s (%.50s)", reason, actor);
    return plan_end(c->store, p.id, "ended", note, c->now, e);
}

/* ---- promises ---- */

bool
promise_make(const struct chase *c, const struct account *a, struct money amount,
             utc_t until, const char *actor, int64_t inbox_id, struct promise *out,
             struct err *e)
{
    const struct conf_arrears *conf = &c->conf->arrears;
    struct arrears arrears;
    int64_t made;

    if (!arrears_of(c->store, c->policy, a->id, c->now, &arrears, e) ||
        !promises_since(c->store, a->id, c->now - YEAR_S, &made, e))
        return false;
    if (arrears.overdue.minor <= 0)
        return err_set(e, FAIL_REJECT, "nothing is overdue");
    if (made >= conf->promises)
        return err_set(e, FAIL_REJECT, "%d promises in a year were made already",
                       conf->promises);
    if (until <= c->now || until > clock_day_start(c->now, 1) + conf->promise_s)
        return err_set(e, FAIL_REJECT, "a promise is for at most %d days",
                       conf->promise_s / DAY_S);
    *out = (struct promise){.account_id = a->id,
                            .amount = amount.minor > 0 ? amount : arrears.overdue,
                            .made_at = c->now,
                            .due_at = clock_day_start(until, 1),
                            .state = "open",
                            .inbox_id = inbox_id};
    text_clip(out->actor, sizeof(out->actor), actor);
    return promise_add(c->store, out, &out->id, e);
}

/* ---- what became of them ---- */

/* What had to be paid by now, and what of it is late since when. */
static struct money
due_parts(const struct plan *p, utc_t now, utc_t *since, struct money paid)
{
    struct money due = {0};

    *since = 0;
    for (int i = 0; i < p->n_parts && p->parts[i].due_at < clock_day_start(now, 0); i++) {
        due.minor += p->parts[i].amount.minor;
        if (*since == 0 && due.minor > paid.minor)
            *since = p->parts[i].due_at;
    }
    return due;
}

static bool
remind(const struct chase *c, const struct plan *p, struct money late, utc_t since,
       struct err *e)
{
    char key[80], number[PHONE_MAX];
    struct account a;
    const char *language;
    json_t *view;
    bool found, good;

    if (!account_by_id(c->store, p->account_id, &a, &found, e) || !found ||
        !chase_phone(c, a.id, number, e) || !plan_reminded(c->store, p->id, c->now, e))
        return false;
    if (number[0] == '\0' || c->templates == NULL)
        return true;
    language = chase_language(c, a.language, "plan-late");
    view = chase_view(c, &a, late, since, since + c->conf->arrears.grace_s,
                      language == NULL ? c->conf->utility.language : language);
    snprintf(key, sizeof(key), "plan %" PRId64 " late %" PRId64, p->id, since);
    good = chase_send(c, &a, a.language, number, "plan-late", view, key, NULL, e);
    json_decref(view);
    return good;
}

static bool
watch_plan(const struct chase *c, const struct plan *p, int *broken, struct err *e)
{
    struct money open, paid, due;
    utc_t since;

    if (!plan_open_amount(c->store, p->id, &open, e))
        return false;
    if (open.minor <= 0)
        return plan_end(c->store, p->id, "kept", "paid", c->now, e);
    paid.minor = p->amount.minor - open.minor;
    due = due_parts(p, c->now, &since, paid);
    if (due.minor <= paid.minor)
        return true;
    if (p->reminded_at < since)
        return remind(c, p, (struct money){due.minor - paid.minor}, since, e);
    if (c->now < since + c->conf->arrears.grace_s)
        return true;
    ++*broken;
    return plan_end(c->store, p->id, "broken", "a part was not paid", c->now, e);
}

static bool
watch_promise(const struct chase *c, const struct promise *p, int *broken, struct err *e)
{
    struct money paid;

    if (!account_paid_since(c->store, p->account_id, p->made_at, &paid, e))
        return false;
    if (paid.minor >= p->amount.minor)
        return promise_end(c->store, p->id, "kept", c->now, e);
    if (c->now < p->due_at)
        return true;
    ++*broken;
    return promise_end(c->store, p->id, "broken", c->now, e);
}

bool
plan_keep_watch(const struct chase *c, int *plans_broken, int *promises_broken,
                struct err *e)
{
    struct promise promise = {.id = 0};
    struct plan plan = {.id = 0};
    bool found;

    *plans_broken = *promises_broken = 0;
    do {
        if (!plan_next_open(c->store, plan.id, &plan, &found, e) ||
            (found && !watch_plan(c, &plan, plans_broken, e)))
            return err_in(e, "plans");
    } while (found);
    do {
        if (!promise_next_open(c->store, promise.id, &promise, &found, e) ||
            (found && !watch_promise(c, &promise, promises_broken, e)))
            return err_in(e, "promises");
    } while (found);
    return true;
}

/* ---- showing ---- */

json_t *
plan_view(const struct chase *c, const struct account *a, const struct plan *p,
          const char *language)
{
    json_t *view = chase_view(c, a, p->amount, p->parts[0].due_at, 0, language);
    json_t *parts = json_array();

    json_object_set_new(view, "parts", parts);
    for (int i = 0; i < p->n_parts; i++) {
        json_t *part = json_pack("{s:b}", "last", i == p->n_parts - 1);

        view_money(part, "amount", p->parts[i].amount, c->conf->decimals, language);
        view_date(part, "due_on", p->parts[i].due_at, language);
        json_array_append_new(parts, part);
    }
    json_object_set_new(view, "count", json_integer(p->n_parts));
    json_object_set_new(view, "few", json_boolean(p->n_parts <= PLAN_PARTS_FEW));
    json_object_set(view, "first", json_array_get(parts, 0));
    json_object_set(view, "final", json_array_get(parts, (size_t)p->n_parts - 1));
    return view;
}

json_t *
promise_view(const struct chase *c, const struct account *a, const struct promise *p,
             const char *language)
{
    return chase_view(c, a, p->amount, p->due_at - 1, 0, language);
}

/* ---- complaints ---- */

bool
dispute_begin(const struct chase *c, const struct account *a, const char *bill,
              const char *reason, const char *actor, int64_t inbox_id, int64_t *id,
              struct err *e)
{
    struct dispute d = {.account_id = a->id, .opened_at = c->now, .inbox_id = inbox_id};
    struct item item;
    struct bill b;
    bool found;

    text_clip(d.actor, sizeof(d.actor), actor);
    text_clip(d.reason, sizeof(d.reason), reason);
    if (bill[0] == '\0')
        return dispute_add(c->store, &d, id, e);
    if (!bill_by_number(c->store, bill, &b, &found, e))
        return false;
    if (!found || b.account_id != a->id)
        return err_set(e, FAIL_REJECT, "account %s has no bill %.40s", a->account, bill);
    if (!item_of_bill(c->store, b.id, &item, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "bill %.40s has nothing open", bill);
    d.item_id = item.id;
    return dispute_add(c->store, &d, id, e);
}
