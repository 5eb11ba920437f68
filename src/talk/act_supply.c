/* act_supply.c - what staff order about supply: through relay/, which has the guards. */
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/relay/order.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUARDS_TOLD 2

/* Run `act` with what orders are worked with. What relay refuses becomes o->why. */
static bool
with_relay(struct command *o,
           bool (*act)(struct command *o, const struct relay *r,
                       const struct relay_who *who, struct err *e),
           struct err *e)
{
    struct store *s = o->c->d->store;
    struct relay r = desk_relay(o->c->d);
    char person[ACTOR_MAX];
    struct relay_who who = {command_actor(o, person), "sms"};

    r.by_sheet = o->by_sheet;
    if (!store_mark(s, e))
        return false;
    if (act(o, &r, &who, e))
        return store_keep(s, e);
    if (e->kind != FAIL_REJECT)
        return false;
    text_clip(o->why, sizeof(o->why), e->text);
    return store_undo(s, e);
}

/* What became of it, or why not. */
static bool
say_outcome(struct command *o, const char *done, struct err *e)
{
    if (o->why[0] != '\0') {
        chat_said(o->c, "refused: %s", o->why);
        return command_say(o, "staff-refused.sms", true, e);
    }
    o->done = done;
    chat_said(o->c, "%s", done);
    return command_note(o, done, e) && command_say(o, "staff-done.sms", true, e);
}

/* Two reasons are a text message; who wants all of them asks the office. */
static void
print_guards(const struct guard_result *guards, char *out, size_t size)
{
    struct text t;

    text_init(&t, out, size);
    for (int i = 0; i < guards->n && i < GUARDS_TOLD; i++)
        text_addf(&t, "%s%s", i > 0 ? "; " : "", guards->at[i].why);
    if (guards->n > GUARDS_TOLD)
        text_addf(&t, "; +%d", guards->n - GUARDS_TOLD);
}

/* It is ordered, and these guards must fall silent before it goes to the meter. */
static void
note_waits(struct command *o, const struct guard_result *guards)
{
    if (guards->n > 0 && o->why[0] == '\0')
        print_guards(guards, o->waits, sizeof(o->waits));
}

/* What comes of it is told to who set it going (watch.c). */
static bool
watch(struct command *o, struct err *e)
{
    return o->number == 0 || o->why[0] != '\0' ||
           staff_watch_add(o->c->d->store, STAFF_WATCHES_ORDER, o->number, o->c->staff->id,
                           e);
}

/* ---- CUT, RESTORE ---- */

static bool
propose(struct command *o, const struct relay *r, const struct relay_who *who,
        struct err *e)
{
    struct relay_wish w = {.meter = &o->meter, .cause = CAUSE_ARREARS};
    struct relay_outcome out = {0};

    if (!relay_propose(r, who, &w, &out, e))
        return false;
    o->number = out.order_id;
    if (out.order_id == 0)
        print_guards(&out.guards, o->why, sizeof(o->why));
    note_waits(o, &out.guards);
    return true;
}

/* Somebody else must approve it: who that is hears of it. */
static bool
ask_approval(struct command *o, struct err *e)
{
    const struct desk *d = o->c->d;
    struct order order;
    struct staff boss;
    char key[OUTBOX_KEY_MAX];
    bool found, good;
    json_t *view;

    if (o->why[0] != '\0' || d->conf->arrears.cut.approvals == 0)
        return true;
    if (!staff_supervisor(d->store, o->c->staff, &boss, &found, e))
        return false;
    if (!found || boss.role < STAFF_OPERATOR)
        return true;
    if (!order_by_id(d->store, o->number, &order, &found, e))
        return false;
    view = chat_view(d);
    chat_text(view, "proposer", o->c->staff->staff);
    chat_text(view, "meter", o->meter.meter);
    chat_text(view, "account", o->account.account);
    chat_text(view, "name", o->account.name);
    json_object_set_new(view, "order", json_integer(order.id));
    view_money(view, "amount", order.amount, d->conf->decimals, boss.language);
    snprintf(key, sizeof(key), "approve %lld", (long long)order.id);
    good = chat_tell(o->c->d, boss.phone, boss.language, "staff-approve.sms", view,
                     OUT_ANSWER, key, 0, e);
    json_decref(view);
    return good;
}

bool
act_cut(struct command *o, struct err *e)
{
    return with_relay(o, propose, e) && ask_approval(o, e) && watch(o, e) &&
           say_outcome(o, "proposed", e);
}

static bool
restore(struct command *o, const struct relay *r, const struct relay_who *who,
        struct err *e)
{
    struct relay_on on = {.meter = &o->meter, .cause = CAUSE_OPERATOR};

    return relay_restore(r, who, &on, &o->number, e);
}

bool
act_restore(struct command *o, struct err *e)
{
    return with_relay(o, restore, e) && watch(o, e) && say_outcome(o, "ordered", e);
}

/* ---- OK, NO: an order of somebody else, or a batch: OK B3 ---- */

/* What a signature of OK is for besides its number, as the text to who approves has it: in
 * capitals and without marks. */
static void
bind_to(struct command *o, const char *const parts[], size_t n)
{
    char bare[COMMAND_ARG];
    struct text t;

    text_init(&t, o->bound, sizeof(o->bound));
    for (size_t i = 0; i < n; i++) {
        code_plain(parts[i], strlen(parts[i]), bare, sizeof(bare));
        text_addf(&t, "%s%s", i > 0 ? " " : "", bare);
    }
}

static void
bind_order(struct command *o, const struct order *order)
{
    char amount[AMOUNT_TEXT_MAX];
    const char *const parts[] = {
        order_action_name(order->action), order->serial, o->account.account,
        decimal_print(order->amount.minor, o->c->d->conf->decimals, false, amount)};

    bind_to(o, parts, 4);
}

/* A list that has changed since it was looked at is another one. */
static void
bind_batch(struct command *o)
{
    char count[12], amount[AMOUNT_TEXT_MAX];
    const char *const parts[] = {
        count, decimal_print(o->amount.minor, o->c->d->conf->decimals, false, amount)};

    snprintf(count, sizeof(count), "%d", o->waiting);
    bind_to(o, parts, 2);
}

/* How many of a batch wait for an approval, and what they come to. */
static bool
look_batch(struct command *o, struct err *e)
{
    struct order order = {.id = 0};
    bool found;

    o->batch = atoll(o->args[0] + 1);
    for (;;) {
        if (!order_next_of_batch(o->c->d->store, o->batch, order.id, &order, &found, e))
            return false;
        if (!found)
            break;
        if (order.state != ORDER_PROPOSED)
            continue;
        o->waiting++;
        if (!money_add(&o->amount, order.amount, e))
            return false;
    }
    if (o->waiting == 0)
        snprintf(o->why, sizeof(o->why), "nothing of batch %.20s waits for an approval",
                 o->args[0]);
    else
        bind_batch(o);
    return true;
}

bool
look_order(struct command *o, struct err *e)
{
    struct order order;
    bool found;

    if (o->args[0][0] == 'B')
        return look_batch(o, e);
    o->number = atoll(o->args[0]);
    if (!order_by_id(o->c->d->store, o->number, &order, &found, e))
        return false;
    if (!found) {
        snprintf(o->why, sizeof(o->why), "there is no order %.20s", o->args[0]);
        return true;
    }
    if (!meter_by_id(o->c->d->store, order.meter_id, &o->meter, &found, e) ||
        !account_by_id(o->c->d->store, order.account_id, &o->account, &found, e))
        return false;
    bind_order(o, &order);
    return true;
}

static bool
approve(struct command *o, const struct relay *r, const struct relay_who *who,
        struct err *e)
{
    struct relay_outcome out = {0};
    struct relay_counts counts;

    if (o->batch != 0 && !relay_batch_approve(r, who, o->batch, "", &counts, e))
        return false;
    if (o->batch != 0) {
        o->waiting = counts.done + counts.waits;
        if (counts.refused > 0)
            snprintf(o->waits, sizeof(o->waits), "%d refused by a guard", counts.refused);
        return true;
    }
    if (!relay_approve(r, who, o->number, "", &out, e))
        return false;
    if (out.state == ORDER_CANCELLED)
        print_guards(&out.guards, o->why, sizeof(o->why));
    note_waits(o, &out.guards);
    return true;
}

bool
act_ok(struct command *o, struct err *e)
{
    char done[60] = "approved";

    if (!with_relay(o, approve, e) || !watch(o, e))
        return false;
    if (o->batch != 0)
        snprintf(done, sizeof(done), "B%lld, %d approved", (long long)o->batch, o->waiting);
    return say_outcome(o, done, e);
}

static bool
refuse_batch(struct command *o, const struct relay *r, const struct relay_who *who,
             struct err *e)
{
    struct order order = {.id = 0};
    bool found, done;

    for (;;) {
        if (!order_next_of_batch(r->store, o->batch, order.id, &order, &found, e))
            return false;
        if (!found)
            return true;
        if (order.state == ORDER_PROPOSED &&
            !relay_cancel(r, who, order.id, "refused by text message", &done, e))
            return false;
    }
}

static bool
refuse_order(struct command *o, const struct relay *r, const struct relay_who *who,
             struct err *e)
{
    bool done;

    if (o->batch != 0)
        return refuse_batch(o, r, who, e);
    if (!relay_cancel(r, who, o->number, "refused by text message", &done, e))
        return false;
    if (!done)
        snprintf(o->why, sizeof(o->why), "it is too late: the command has left");
    return true;
}

bool
act_no(struct command *o, struct err *e)
{
    return with_relay(o, refuse_order, e) && say_outcome(o, "cancelled", e);
}

/* ---- KILL: nothing is cut any more ---- */

static bool
kill_all(struct command *o, const struct relay *r, const struct relay_who *who,
         struct err *e)
{
    (void)o;
    return relay_flag(r, who, FLAG_KILL, true, "by text message", 0, e);
}

bool
act_kill(struct command *o, struct err *e)
{
    return with_relay(o, kill_all, e) && say_outcome(o, "killed", e);
}
