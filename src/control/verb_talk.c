/* verb_talk.c - what the office does about what people wrote: complaints, outages, phones
 * that were asked for, and numbers that get no answers. */
#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/flags.h"
#include "meterpost/store/talk.h"
#include "meterpost/store/ticket.h"
#include "meterpost/talk/phones.h"
#include "meterpost/talk/tell.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
note(struct desk *d, const char *actor, const char *action, const char *subject,
     const char *detail, struct err *e)
{
    return audit_add(d->store, d->now, actor, "cli", action, subject, detail, e);
}

/* ---- mute ---- */

/* A whole number, or "all". */
static bool
number_argument(struct desk *d, const json_t *arguments, struct phone *out, struct err *e)
{
    const char *text;

    if (!argument_text(arguments, "number", &text, e))
        return false;
    if (strcmp(text, "all") == 0)
        return text_copy(out->text, sizeof(out->text), MUTE_EVERYBODY);
    return phone_parse(text, d->conf->utility.country_code, out, e);
}

bool
verb_mute_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
              struct err *e)
{
    const char *reason, *lasts;
    char time[TIME_TEXT_MAX];
    struct phone phone;
    int64_t ms = 0;
    utc_t until;

    if (!number_argument(d, arguments, &phone, e) ||
        !argument_text_or(arguments, "reason", "by hand", &reason, e) ||
        !argument_text_or(arguments, "for", NULL, &lasts, e) ||
        (lasts != NULL && !duration_parse(lasts, &ms, e)))
        return false;
    until = ms > 0 ? d->now + ms / 1000 : 0;
    json_object_set_new(answer, "number", json_string(phone.text));
    json_object_set_new(
        answer, "until",
        json_string(until != 0 ? clock_iso(until, time) : "somebody ends it"));
    return mute_add(d->store, phone.text, until, reason, actor, d->now, NULL, e) &&
           note(d, actor, "mute", phone.text, reason, e);
}

bool
verb_mute_end(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
              struct err *e)
{
    struct phone phone;
    int64_t ended;

    if (!number_argument(d, arguments, &phone, e) ||
        !mute_end(d->store, phone.text, d->now, &ended, e))
        return false;
    if (ended == 0)
        return err_set(e, FAIL_REJECT, "%s is not muted", phone.text);
    json_object_set_new(answer, "number", json_string(phone.text));
    return note(d, actor, "unmute", phone.text, "", e);
}

/* ---- complaints and other tickets ---- */

bool
verb_complaint_close(struct desk *d, const char *actor, const json_t *arguments,
                     json_t *answer, struct err *e)
{
    const char *name, *text;
    char padded[TICKET_MAX];
    struct ticket t;
    bool found;

    if (!argument_text(arguments, "ticket", &name, e) ||
        !argument_text_or(arguments, "answer", "", &text, e))
        return false;
    snprintf(padded, sizeof(padded), "%05d", atoi(name));
    if (!ticket_by_number(d->store, padded, &t, &found, e))
        return false;
    if (!found || t.closed)
        return err_set(e, FAIL_REJECT, "ticket %.20s is not open: meterpost complaint list",
                       name);
    json_object_set_new(answer, "ticket", json_string(t.ticket));
    return ticket_close(d->store, t.id, text, actor, d->now, e) &&
           note(d, actor, "ticket.close", t.ticket, text, e) &&
           tell_ticket_closed(d, &t, text, e);
}

/* ---- outages ---- */

static bool
group_argument(struct desk *d, const json_t *arguments, struct group *g, struct err *e)
{
    const char *where;
    bool found;

    if (!argument_text(arguments, "group", &where, e) ||
        !group_by_code(d->store, where, g, &found, e))
        return false;
    return (found && g->until == 0) ||
           err_set(e, FAIL_REJECT, "there is no group '%.40s': meterpost group list",
                   where);
}

bool
verb_outage_add(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    const char *cause, *commodity, *until;
    utc_t expected = 0;
    struct group g;
    bool added;

    if (!group_argument(d, arguments, &g, e) ||
        !argument_text_or(arguments, "cause", "", &cause, e) ||
        !argument_text_or(arguments, "commodity", "", &commodity, e) ||
        !argument_text_or(arguments, "until", NULL, &until, e) ||
        (until != NULL && !clock_parse(until, &expected, e)) ||
        !outage_on(d->store, g.id, actor, cause, d->now, &added, e))
        return false;
    if (!added)
        return err_set(e, FAIL_REJECT, "an outage of %s is on: outage end %s first", g.code,
                       g.code);
    json_object_set_new(answer, "group", json_string(g.code));
    return outage_tell(d->store, g.id, commodity, expected, e) &&
           note(d, actor, "outage.add", g.code, cause, e);
}

bool
verb_outage_end(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
                struct err *e)
{
    struct group g;
    bool ended;

    if (!group_argument(d, arguments, &g, e) ||
        !outage_off(d->store, g.id, d->now, &ended, e))
        return false;
    if (!ended)
        return err_set(e, FAIL_REJECT, "no outage of %s is on: meterpost outage list",
                       g.code);
    json_object_set_new(answer, "group", json_string(g.code));
    return note(d, actor, "outage.end", g.code, "", e);
}

/* ---- phones that were asked for ---- */

static bool
decide(struct desk *d, const char *actor, const json_t *arguments, bool yes, json_t *answer,
       struct err *e)
{
    const char *text;

    if (!argument_text(arguments, "change", &text, e) ||
        !phones_decide(d, atoll(text), yes, actor, e))
        return false;
    json_object_set_new(answer, "change", json_integer(atoll(text)));
    return note(d, actor, yes ? "phone.accept" : "phone.refuse", text, "", e);
}

bool
verb_phone_accept(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    return decide(d, actor, arguments, true, answer, e);
}

bool
verb_phone_refuse(struct desk *d, const char *actor, const json_t *arguments,
                  json_t *answer, struct err *e)
{
    return decide(d, actor, arguments, false, answer, e);
}
