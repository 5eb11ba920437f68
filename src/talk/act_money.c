/* act_money.c - money that staff take in, and accounts that are left in peace for a while.
 */
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/payment.h"
#include "meterpost/render/view.h"
#include "meterpost/store/payments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLD_DAYS_MOST 30
#define STAFF_CHANNEL  "staff" /* of payments */

/* ---- PAY account amount ---- */

/* Whoever has a phone and a key of somebody books no more than that: the rest is for the
 * office, where two look at it. */
static bool
within_limit(struct command *o, struct err *e)
{
    const struct conf_staff *conf = &o->c->d->conf->staff;
    struct money most = o->c->staff->role == STAFF_ADMIN ? conf->pay_admin
                                                         : conf->pay_operator,
                 today;
    char actor[ACTOR_MAX], shown[AMOUNT_TEXT_MAX];

    if (most.minor == 0)
        return true;
    if (!payment_sum_by(o->c->d->store, STAFF_CHANNEL, command_actor(o, actor),
                        clock_day_start(o->c->d->now, 0), &today, e))
        return false;
    if (today.minor + o->amount.minor > most.minor)
        snprintf(o->why, sizeof(o->why), "your limit is %s a day: book it at the office",
                 money_show(most, o->c->d->conf->decimals, shown));
    return true;
}

bool
look_payment(struct command *o, struct err *e)
{
    struct err why;

    if (!look_account(o, e) || o->why[0] != '\0')
        return o->why[0] != '\0';
    if (!decimal_parse(o->args[1], o->c->d->conf->decimals, &o->amount.minor, &why) ||
        o->amount.minor <= 0 || o->amount.minor > MONEY_LIMIT) {
        o->amount.minor = 0;
        snprintf(o->why, sizeof(o->why), "%.40s is no amount", o->args[1]);
        return true;
    }
    return within_limit(o, e);
}

bool
act_pay(struct command *o, struct err *e)
{
    struct chat *c = o->c;
    char actor[ACTOR_MAX], receipt[PAYMENT_REFERENCE_MAX], detail[120],
        shown[AMOUNT_TEXT_MAX];
    struct payment_new p = {.account_id = o->account.id,
                            .amount = o->amount,
                            .channel = STAFF_CHANNEL,
                            .reference = receipt,
                            .payer = o->account.name,
                            .inbox_id = c->m->id,
                            .actor = command_actor(o, actor),
                            .policy =
                                (enum allocation_policy)c->d->conf->billing.allocation};
    struct payment_posted posted;

    snprintf(receipt, sizeof(receipt), "S%lld", (long long)c->m->id);
    if (!payment_post(c->d->store, &p, c->d->now, &posted, e))
        return false;
    o->number = posted.payment.id;
    snprintf(detail, sizeof(detail), "%s booked, receipt %s",
             decimal_print(o->amount.minor, c->d->conf->decimals, false, shown), receipt);
    o->done = "booked";
    chat_said(c, "%s", detail);
    return command_note(o, detail, e) && command_say(o, "staff-done.sms", true, e);
}

/* ---- HOLD account days ---- */

bool
look_hold(struct command *o, struct err *e)
{
    if (!look_account(o, e))
        return false;
    o->number = atoll(o->args[1]);
    if (o->why[0] == '\0' && (o->number < 1 || o->number > HOLD_DAYS_MOST))
        snprintf(o->why, sizeof(o->why), "expected 1 to %d days", HOLD_DAYS_MOST);
    return true;
}

bool
act_hold(struct command *o, struct err *e)
{
    char actor[ACTOR_MAX], detail[200];

    snprintf(detail, sizeof(detail), "hold: %.60s -> %lld days", o->account.hold,
             (long long)o->number);
    snprintf(o->account.hold, sizeof(o->account.hold), "%s, by text message",
             command_actor(o, actor));
    o->account.hold_until = o->c->d->now + o->number * DAY_S;
    o->done = "held";
    chat_said(o->c, "%s", detail);
    return account_update(o->c->d->store, &o->account, e) && command_note(o, detail, e) &&
           command_say(o, "staff-done.sms", true, e);
}
