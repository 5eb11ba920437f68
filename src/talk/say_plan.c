/* say_plan.c - paying later: a plan in parts, a promise; where the rules allow neither a
 * person calls. WHY a bill is what it is. */
#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/plan.h"
#include "meterpost/billing/view.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/ticket.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct chase
chase_of(const struct desk *d)
{
    return (struct chase){.store = d->store,
                          .conf = d->conf,
                          .policy = d->policy,
                          .templates = d->templates,
                          .now = d->now};
}

/* Try it with a mark of its own: what the rules refuse leaves nothing behind. */
static bool
attempt(struct chat *c, bool (*make)(struct chat *c, json_t **view, struct err *e),
        json_t **view, struct err *e)
{
    struct err why;

    *view = NULL;
    if (!store_mark(c->d->store, e))
        return false;
    if (make(c, view, &why))
        return store_keep(c->d->store, e);
    if (why.kind != FAIL_REJECT) {
        *e = why;
        return false;
    }
    chat_said(c, "not possible: %s", why.text);
    return store_undo(c->d->store, e);
}

/* A person makes the offer. */
static bool
ask_person(struct chat *c, struct err *e)
{
    struct ticket t = {.account_id = c->account->id,
                       .inbox_id = c->m->id,
                       .created_at = c->d->now,
                       .kind = "plan"};
    bool found;

    chat_speak(c, "plan.sms");
    if (!ticket_open_of(c->d->store, c->account->id, "plan", &t, &found, e))
        return false;
    if (!found) {
        text_copy(t.number, sizeof(t.number), c->m->sender);
        text_clip(t.text, sizeof(t.text), c->m->text);
        if (!ticket_add(c->d->store, &t, e))
            return false;
    }
    chat_text(c->view, "account", c->account->account);
    chat_text(c->view, "ticket", t.ticket);
    chat_said(c, "asks to pay later: ticket %s", t.ticket);
    return view_balance(c->d, c->account, c->spoken, c->view, e) &&
           chat_say(c, "plan.sms", e);
}

static bool
say_made(struct chat *c, const char *template, const char *action, json_t *view,
         struct err *e)
{
    char subject[60];

    json_decref(c->view);
    c->view = view;
    snprintf(subject, sizeof(subject), "account %s", c->account->account);
    chat_said(c, "%s", action);
    return audit_add(c->d->store, c->d->now, c->m->sender, "sms", action, subject, "", e) &&
           chat_say(c, template, e);
}

/* ---- PLAN [parts] ---- */

static bool
make_plan(struct chat *c, json_t **view, struct err *e)
{
    struct chase chase = chase_of(c->d);
    struct plan_wish w = {.account = c->account,
                          .parts = atoi(c->rest),
                          .actor = "customer",
                          .inbox_id = c->m->id};
    struct plan p;

    if (!plan_make(&chase, &w, &p, e))
        return false;
    *view = plan_view(&chase, c->account, &p, chat_speak(c, "plan-made.sms"));
    return *view != NULL || err_set(e, FAIL_RETRY, "not enough memory");
}

bool
say_plan(struct chat *c, struct err *e)
{
    json_t *view;

    if (!attempt(c, make_plan, &view, e))
        return false;
    return view == NULL ? ask_person(c, e)
                        : say_made(c, "plan-made.sms", "plan.make", view, e);
}

/* ---- PROMISE [day of the month] ---- */

/* The end of the next day of that number, else as far as the settings let. */
static utc_t
promised_day(const struct chat *c)
{
    utc_t today = clock_day_start(c->d->now, 0), last = today;
    int day = atoi(c->rest), days = c->d->conf->arrears.promise_s / DAY_S;
    struct tm tm;

    for (int i = 0; i <= days; i++) {
        last = clock_day_start(today, i);
        clock_local(last, &tm);
        if (tm.tm_mday == day)
            break;
    }
    return last;
}

static bool
make_promise(struct chat *c, json_t **view, struct err *e)
{
    struct chase chase = chase_of(c->d);
    struct promise p;

    if (!promise_make(&chase, c->account, (struct money){0}, promised_day(c), "customer",
                      c->m->id, &p, e))
        return false;
    *view = promise_view(&chase, c->account, &p, chat_speak(c, "promise-made.sms"));
    return *view != NULL || err_set(e, FAIL_RETRY, "not enough memory");
}

bool
say_promise(struct chat *c, struct err *e)
{
    json_t *view;

    if (!attempt(c, make_promise, &view, e))
        return false;
    return view == NULL ? ask_person(c, e)
                        : say_made(c, "promise-made.sms", "promise.add", view, e);
}

/* ---- WHY: two texts, the readings and the prices ---- */

static bool
say_second(struct chat *c, struct err *e)
{
    char key[OUTBOX_KEY_MAX];

    snprintf(key, sizeof(key), "reply %lld 2", (long long)c->m->id);
    return chat_tell(c->d, c->m->sender, c->language, "why-lines.sms", c->view, OUT_REPLY,
                     key, c->account->id, e);
}

bool
say_why(struct chat *c, struct err *e)
{
    json_t *view;
    size_t before = strlen(c->said);

    if (!billing_view_why(c->d->store, c->d->conf, c->d->templates, c->account->id,
                          chat_speak(c, "why.sms"), &view, e))
        return false;
    if (view == NULL)
        return say_bill(c, e);
    json_decref(c->view);
    c->view = view;
    if (!chat_say(c, "why.sms", e))
        return false;
    if (strlen(c->said) > before)
        return true; /* it was kept back: so is the second */
    chat_said(c, "asked why the bill is what it is");
    return say_second(c, e);
}
