/* act_look.c - what staff may ask: an account, a meter, how it all stands. */
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/match.h"
#include "meterpost/metering/ask.h"
#include "meterpost/metering/reading.h"
#include "meterpost/render/view.h"
#include "meterpost/store/overview.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/talk.h"
#include "meterpost/talk/digest.h"
#include "views.h"

#include <stdio.h>
#include <string.h>

/* ---- targets ---- */

/* With check digits in the settings, what does harm must name its target with one: a
 * number that is mistyped is nobody's, not the neighbour's. */
static bool
strip_check(struct command *o, char target[COMMAND_ARG])
{
    size_t n = strlen(target);
    char last = n > 0 ? target[n - 1] : '\0';

    if (o->c->d->conf->billing.check_digit != CONF_CHECK_LUHN || n < 2)
        return true;
    target[n - 1] = '\0';
    if (match_check_digit(target) == last)
        return true;
    target[n - 1] = last;
    return o->verb->proof != PROOF_BOUND;
}

static bool
find_target(struct command *o, const char *target, struct err *e)
{
    struct store *s = o->c->d->store;
    struct meter meters[ACCOUNT_METERS];
    size_t n;
    bool found;

    if (!meter_by_reference(s, target, &o->meter, &found, e))
        return false;
    if (found) {
        o->account.id = o->meter.at.account_id;
        return o->account.id == 0 ||
               account_by_id(s, o->account.id, &o->account, &found, e);
    }
    if (!account_by_reference(s, target, &o->account, &found, e))
        return false;
    if (!found || o->account.closed_at != 0) {
        o->account.id = 0;
        snprintf(o->why, sizeof(o->why), "there is no %.40s", target);
        return true;
    }
    if (!meters_of_account(s, o->account.id, meters, &n, e))
        return false;
    if (n == 1)
        o->meter = meters[0];
    return true;
}

bool
look_account(struct command *o, struct err *e)
{
    char target[COMMAND_ARG];

    text_copy(target, sizeof(target), o->args[0]);
    if (!strip_check(o, target)) {
        snprintf(o->why, sizeof(o->why), "%.40s has a wrong check digit", target);
        return true;
    }
    if (!find_target(o, target, e))
        return false;
    if (o->why[0] == '\0' && o->account.id == 0)
        snprintf(o->why, sizeof(o->why), "meter %.40s hangs at no account", target);
    return true;
}

bool
look_meter(struct command *o, struct err *e)
{
    if (!look_account(o, e))
        return false;
    if (o->why[0] == '\0' && o->meter.id == 0)
        snprintf(o->why, sizeof(o->why), "%s has several meters: name one",
                 o->account.account);
    return true;
}

bool
look_nothing(struct command *o, struct err *e)
{
    (void)o;
    (void)e;
    return true;
}

/* ---- BAL, STATUS m ---- */

bool
act_balance(struct command *o, struct err *e)
{
    struct chat *c = o->c;
    char relay[80];

    chat_speak(c, "staff-account.sms");
    chat_text(c->view, "relay",
              words_phrase(c->d->words, c->spoken, o->meter.id != 0 ? o->meter.relay : "",
                           relay, sizeof(relay)));
    chat_said(c, "looked at account %s", o->account.account);
    return view_balance(c->d, &o->account, c->spoken, c->view, e) &&
           view_last_reading(c->d, &o->account, c->spoken, c->view, e) &&
           command_say(o, "staff-account.sms", false, e);
}

/* ---- READ m: the answer follows when the meter has spoken (digest.c) ---- */

bool
act_read(struct command *o, struct err *e)
{
    struct chat *c = o->c;
    char actor[ACTOR_MAX];
    int64_t request;

    if (!metering_ask_for(c->d->store, &o->meter, REQUEST_FOR_STAFF,
                          command_actor(o, actor), c->d->now, &request, e))
        return false;
    json_object_set_new(c->view, "asked", json_boolean(request != 0));
    chat_said(c, request != 0 ? "asks meter %s" : "meter %s cannot be asked",
              o->meter.meter);
    return (request == 0 ||
            staff_wait_add(c->d->store, request, c->staff->id, c->m->id, e)) &&
           command_say(o, "staff-asked.sms", false, e);
}

/* ---- STATUS, REPORT ---- */

bool
act_status(struct command *o, struct err *e)
{
    if (o->n > 0) {
        if (!look_account(o, e))
            return false;
        if (o->why[0] != '\0')
            return command_say(o, "staff-refused.sms", false, e);
        return act_balance(o, e);
    }
    chat_said(o->c, "asked how it stands");
    return digest_view(o->c->d, o->c->view, e) &&
           command_say(o, "staff-status.sms", false, e);
}

bool
act_report(struct command *o, struct err *e)
{
    chat_speak(o->c, "digest.sms");
    chat_said(o->c, "asked for the digest");
    return digest_view(o->c->d, o->c->view, e) && command_say(o, "digest.sms", false, e);
}
