/* Orders for technicians. */
#include "meterpost/relay/field.h"

#include "inside.h"
#include "meterpost/base/text.h"
#include "meterpost/billing/chase.h"
#include "meterpost/render/template.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/alarms.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_AGAIN_S (12 * HOUR_S) /* until a technician is sent there once more */

bool
relay_field_add(const struct relay *r, const struct relay_who *who,
                const struct field_wish *w, int64_t *id, struct err *e)
{
    struct field_order f = {.order_id = w->order_id,
                            .meter_id = w->meter->id,
                            .account_id = w->meter->at.account_id,
                            .created_at = r->now};
    bool added;

    text_clip(f.key, sizeof(f.key), w->key);
    text_clip(f.action, sizeof(f.action), w->action);
    text_clip(f.reason, sizeof(f.reason), w->reason);
    text_clip(f.technician, sizeof(f.technician),
              w->technician == NULL ? "" : w->technician);
    text_clip(f.number, sizeof(f.number),
              w->number != NULL ? w->number : r->conf->arrears.cut.technician);
    text_clip(f.actor, sizeof(f.actor), who->person);
    return field_order_add(r->store, &f, id, &added, e);
}

bool
field_ask(const struct relay *r, const struct order *o, const char *why, struct err *e)
{
    const struct relay_who who = {ENGINE, "engine"};
    struct field_wish w = {.reason = why, .order_id = o->id};
    char key[FIELD_KEY_MAX];
    struct meter m;
    int64_t id;

    w.action = o->finished_at != 0 ? "visit" : order_action_name(o->action);
    /* Where nobody else can do it, each try of the order is one of a person's. */
    snprintf(key, sizeof(key), "order %" PRId64 " %s %d", o->id, w.action,
             o->way == WAY_FIELD ? o->tries : 0);
    w.key = key;
    w.meter = &m;
    return step_meter(r, o, &m, e) && relay_field_add(r, &who, &w, &id, e);
}

/* ---- sending ---- */

static bool
queue(const struct relay *r, const struct field_order *f, const char *template,
      const struct meter *m, const struct account *a, struct err *e)
{
    char key[OUTBOX_KEY_MAX], *text = NULL;
    struct outbox_new out = {.key = key,
                             .kind = OUT_ALARM,
                             .number = f->number,
                             .account_id = f->account_id,
                             .meter_id = f->meter_id};
    json_t *view = json_pack(
        "{s:I, s:s, s:b, s:b, s:s, s:s, s:s, s:s, s:{s:s}}", "order", (json_int_t)f->id,
        "meter", m->meter, "cut", strcmp(f->action, "cut") == 0, "restore",
        strcmp(f->action, "restore") == 0, "reason", f->reason, "name", a->name, "address",
        a->address, "account", a->account, "utility", "name", r->conf->utility.name);
    bool good =
        templates_render(r->templates, r->conf->utility.language, template, view, &text, e);

    json_decref(view);
    if (!good)
        return false;
    snprintf(key, sizeof(key), "field %" PRId64 " %s", f->id, template);
    out.text = text;
    good = outbox_add(r->store, &out, r->now, NULL, e);
    free(text);
    return good;
}

static bool
tell_technician(const struct relay *r, const struct field_order *f, const char *template,
                struct err *e)
{
    struct account a = {.id = 0};
    struct meter m;
    bool found;

    if (!meter_by_id(r->store, f->meter_id, &m, &found, e) ||
        (f->account_id != 0 && !account_by_id(r->store, f->account_id, &a, &found, e)))
        return false;
    return queue(r, f, template, &m, &a, e) || err_in(e, "field order %" PRId64, f->id);
}

bool
field_send_open(const struct relay *r, int at_most, int *done, struct err *e)
{
    struct field_order f = {.id = 0};
    bool found;

    while (r->templates != NULL && *done < at_most) {
        if (!field_order_next_open(r->store, f.id, &f, &found, e))
            return false;
        if (!found)
            return true;
        text_copy(f.state, sizeof(f.state), "sent");
        f.sent_at = r->now;
        if (!tell_technician(r, &f, "field-order.sms", e) ||
            !field_order_save(r->store, &f, e))
            return false;
        ++*done;
    }
    return true;
}

/* The order is over in another way: nobody needs to go there any more. */
bool
field_end(const struct relay *r, const struct order *o, struct err *e)
{
    struct field_order f = {.id = 0};
    bool found;

    for (;;) {
        bool told;

        if (!field_order_next_of(r->store, o->id, f.id, &f, &found, e))
            return false;
        if (!found)
            return true;
        told = strcmp(f.state, "sent") == 0;
        text_copy(f.state, sizeof(f.state), "cancelled");
        f.ended_at = r->now;
        if (!field_order_save(r->store, &f, e) ||
            (told && r->templates != NULL &&
             !tell_technician(r, &f, "field-cancelled.sms", e)))
            return false;
    }
}

/* ---- answers ---- */

bool
relay_field_meant(const struct relay *r, const char *number, int64_t *id, struct err *e)
{
    struct field_order f;
    int64_t count;

    if (!field_order_sent_to(r->store, number, &count, &f, e))
        return false;
    if (count == 0)
        return err_set(e, FAIL_REJECT, "no order waits for your answer");
    if (count > 1)
        return err_set(e, FAIL_REJECT,
                       "%" PRId64 " orders wait for you: say which, such "
                       "as DONE %" PRId64,
                       count, f.id);
    *id = f.id;
    return true;
}

/* A cut that a person could not do is over. Supply that was paid for is tried again, and
 * somebody hears of it. */
static bool
could_not(const struct relay *r, struct order *o, const char *answer, struct err *e)
{
    char text[ALARM_TEXT_MAX], why[ORDER_REASON_MAX];

    snprintf(why, sizeof(why), "the technician could not: %.80s",
             answer[0] == '\0' ? "no reason given" : answer);
    if (o->way != WAY_FIELD)
        return step_note(r, o, "field", why, e);
    if (o->action == ORDER_CUT)
        return step_order(r, o, ORDER_GIVE_UP, ENGINE, why, e) &&
               supply_want(r, o, false, e);
    o->next_at = r->now + FIELD_AGAIN_S;
    snprintf(text, sizeof(text), "order %" PRId64 ": meter %s waits for supply; %s", o->id,
             o->serial, why);
    return step_order(r, o, ORDER_AGAIN, ENGINE, why, e) &&
           tell_alarm(r, "restore-late", o->serial, text, e);
}

/* The order behind it: the technician's word is an acknowledgement, and where the relay can
 * be asked it is. */
static bool
take_word(const struct relay *r, const struct field_order *f, bool done, struct err *e)
{
    struct order o;
    struct meter m;
    struct way way;

    if (f->order_id == 0 || strcmp(f->action, "visit") == 0)
        return true;
    if (!step_load(r, f->order_id, &o, e) || !step_meter(r, &o, &m, e) ||
        !way_of(r, &m, &o, &way, e))
        return false;
    if (o.finished_at != 0 || !order_state_is_out(o.state))
        return true;
    if (!done)
        return could_not(r, &o, f->answer, e);
    o.acknowledged_at = r->now;
    o.alarmed = 0;
    if (!step_order(r, &o, ORDER_ACK, ENGINE, "done by a technician", e))
        return false;
    o.next_at = r->now;
    if (way.can_look)
        return order_save(r->store, &o, e);
    o.power_at = o.finished_at = r->now;
    return step_note(r, &o, "end", "the technician's word; its relay cannot be asked", e) &&
           meter_set_relay(r->store, m.id, o.action == ORDER_CUT ? "open" : "closed", e) &&
           supply_want(r, &o, o.action == ORDER_CUT, e) &&
           tell_customer(r, &o, o.action == ORDER_CUT ? "supply-off.sms" : "supply-on.sms",
                         e);
}

/* A letter that was brought is delivered. */
static bool
take_letter(const struct relay *r, const struct field_order *f, bool done, struct err *e)
{
    size_t n = strlen(CHASE_FIELD_KEY);

    return !done || strncmp(f->key, CHASE_FIELD_KEY, n) != 0 ||
           arrears_step_deliver(r->store, strtoll(f->key + n, NULL, 10), r->now,
                                f->answer[0] == '\0' ? "brought" : f->answer, e);
}

bool
relay_field_answer(const struct relay *r, const struct relay_who *who, int64_t id,
                   const char *number, bool done, const char *answer, struct err *e)
{
    struct field_order f;
    char subject[60];
    bool found;

    if (!field_order_by_id(r->store, id, &f, &found, e))
        return false;
    if (!found || (number != NULL && strcmp(number, f.number) != 0))
        return err_set(e, FAIL_REJECT, "you have no field order %" PRId64, id);
    if (strcmp(f.state, "sent") != 0 && strcmp(f.state, "open") != 0)
        return err_set(e, FAIL_REJECT, "field order %" PRId64 " is %s already", id,
                       f.state);
    text_copy(f.state, sizeof(f.state), done ? "done" : "failed");
    text_clip(f.answer, sizeof(f.answer), answer);
    f.ended_at = r->now;
    snprintf(subject, sizeof(subject), "field order %" PRId64, id);
    return field_order_save(r->store, &f, e) && take_word(r, &f, done, e) &&
           take_letter(r, &f, done, e) &&
           audit_add(r->store, r->now, who->person, who->channel,
                     done ? "field.done" : "field.failed", subject, answer, e);
}
