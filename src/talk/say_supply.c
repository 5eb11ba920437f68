/* say_supply.c - no supply: cut off, a fault that is known, or one that is told of now; and
 * complaints. */
#include "chat.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/ask.h"
#include "meterpost/render/language.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/store/ticket.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUPPLY_MANY 3 /* accounts of one group without supply in an hour: a fault there */

/* ---- a matter that a person looks at ---- */

static bool
open_ticket(struct chat *c, const char *kind, struct ticket *t, struct err *e)
{
    *t = (struct ticket){.account_id = c->account != NULL ? c->account->id : 0,
                         .inbox_id = c->m->id,
                         .created_at = c->d->now};
    text_copy(t->kind, sizeof(t->kind), kind);
    text_copy(t->number, sizeof(t->number), c->m->sender);
    text_clip(t->text, sizeof(t->text), c->m->text);
    return ticket_add(c->d->store, t, e);
}

/* ---- OUT ---- */

/* Several neighbours without supply are a fault of the network: once, to those on duty. */
static bool
look_at_neighbours(struct chat *c, const struct meter *m, struct err *e)
{
    char subject[40], text[160];
    struct alarm_new a = {.kind = "supply", .subject = subject, .text = text};
    struct group g;
    int64_t count;
    bool found;

    if (m->group_id == 0 || !group_by_id(c->d->store, m->group_id, &g, &found, e))
        return m->group_id == 0;
    if (!ticket_count_supply(c->d->store, m->group_id, c->d->now - HOUR_S, &count, e))
        return false;
    if (!found || count < SUPPLY_MANY)
        return true;
    snprintf(subject, sizeof(subject), "%.39s", g.code);
    snprintf(text, sizeof(text),
             "%lld customers of %s (%.60s) say that they have no supply", (long long)count,
             g.code, g.name);
    return alarm_raise(c->d->store, c->d->conf, &a, c->d->now, NULL, e);
}

/* The meter is asked, too, where there is one: what answers has supply in front of it. */
static bool
note_no_supply(struct chat *c, const struct meter *m, struct ticket *t, struct err *e)
{
    int64_t request;
    bool found;

    if (!ticket_open_of(c->d->store, c->account->id, "supply", t, &found, e))
        return false;
    if (found && c->d->now - t->created_at < DAY_S)
        return true;
    if (m == NULL)
        return open_ticket(c, "supply", t, e);
    return open_ticket(c, "supply", t, e) && look_at_neighbours(c, m, e) &&
           metering_ask_for(c->d->store, m, REQUEST_FOR_CUSTOMER, c->m->sender, c->d->now,
                            &request, e);
}

static bool
view_outage(struct chat *c, const struct outage *o, bool known)
{
    char at[24];
    struct tm tm;

    json_object_set_new(c->view, "fault", json_boolean(known));
    chat_text(c->view, "cause", known ? o->cause : "");
    if (!known || o->expected_at == 0) {
        json_object_set_new(c->view, "expected_at", json_null());
        return view_none(c->view, "expected");
    }
    clock_local(o->expected_at, &tm);
    snprintf(at, sizeof(at), "%02d:%02d", tm.tm_hour, tm.tm_min);
    json_object_set_new(c->view, "expected_at", json_string(at));
    return view_date(c->view, "expected", o->expected_at, c->spoken);
}

bool
say_outage(struct chat *c, struct err *e)
{
    struct meter meters[ACCOUNT_METERS];
    struct outage o = {0};
    struct ticket t = {0};
    bool cut = false, fault = false;
    size_t n;

    chat_speak(c, "supply.sms");
    chat_text(c->view, "account", c->account->account);
    if (!view_balance(c->d, c->account, c->spoken, c->view, e) ||
        !meters_of_account(c->d->store, c->account->id, meters, &n, e))
        return false;
    for (size_t i = 0; i < n && !cut; i++)
        cut = strcmp(meters[i].relay, "open") == 0;
    for (size_t i = 0; i < n && !fault && !cut; i++) {
        if (!outage_of(c->d->store, meters[i].group_id, meters[i].commodity, c->d->now, &o,
                       &fault, e))
            return false;
    }
    if (!cut && !fault && !note_no_supply(c, n > 0 ? &meters[0] : NULL, &t, e))
        return false;
    json_object_set_new(c->view, "cut", json_boolean(cut));
    view_outage(c, &o, fault);
    chat_text(c->view, "ticket", t.ticket);
    chat_said(c, "no supply: %s%s",
              cut     ? "it is cut off"
              : fault ? "a fault that is known"
                      : "a fault that is new, ticket ",
              t.ticket);
    return chat_say(c, "supply.sms", e);
}

/* ---- COMPLAINT, TICKET ---- */

bool
say_complaint(struct chat *c, struct err *e)
{
    /* "Leak" says what is wrong, "complaint" does not. */
    bool how = chat_next(c) == 0 && c->word != WORD_FAULT;
    struct ticket t;

    if (c->account == NULL)
        c->account = &c->accounts[0];
    json_object_set_new(c->view, "how", json_boolean(how));
    if (how) {
        json_object_set_new(c->view, "ticket", json_null());
        chat_said(c, ASKED_COMPLAINT);
        return chat_say(c, "complaint.sms", e);
    }
    if (!open_ticket(c, "complaint", &t, e) ||
        !metering_ask_account(c->d->store, c->account->id, REQUEST_FOR_DISPUTE,
                              c->m->sender, c->d->now, e))
        return false;
    chat_text(c->view, "ticket", t.ticket);
    chat_said(c, "complains: ticket %s", t.ticket);
    return chat_say(c, "complaint.sms", e);
}

/* How it stands with the last one of this phone, or with the one that is named. */
bool
say_ticket(struct chat *c, struct err *e)
{
    struct ticket t = {0};
    char name[TICKET_MAX];
    bool found;

    chat_speak(c, "ticket.sms");
    snprintf(name, sizeof(name), "%05d", atoi(c->rest));
    if (!(chat_next(c) > 0 ? ticket_by_number(c->d->store, name, &t, &found, e)
                           : ticket_newest(c->d->store, c->m->sender, &t, &found, e)))
        return false;
    found = found && strcmp(t.number, c->m->sender) == 0;
    json_object_set_new(c->view, "found", json_boolean(found));
    chat_text(c->view, "ticket", found ? t.ticket : "");
    json_object_set_new(c->view, "closed", json_boolean(found && t.closed));
    chat_text(c->view, "answer", found ? t.answer : "");
    if (found)
        view_date(c->view, "date", t.closed ? t.closed_at : t.created_at, c->spoken);
    else
        view_none(c->view, "date");
    chat_said(c, "asked for ticket %s", found ? t.ticket : name);
    return chat_say(c, "ticket.sms", e);
}
