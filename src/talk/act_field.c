/* act_field.c - DONE 12, FAILED 12 nobody at home: what came of an order for somebody on
 * the spot. The phone it was sent to is enough; that is looked at in relay/. */
#include "command.h"
#include "meterpost/base/text.h"
#include "meterpost/relay/field.h"
#include "meterpost/store/field_orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
field_take(struct chat *c, bool *mine, struct err *e)
{
    struct relay r = desk_relay(c->d);
    char person[ACTOR_MAX];
    struct relay_who who = {person, "sms"};
    bool done = c->word == WORD_DONE;
    int64_t id = atoll(c->rest);
    struct err why;

    *mine = c->word == WORD_DONE || c->word == WORD_FAILED;
    if (!*mine)
        return true;
    if (id > 0)
        chat_skip(c);
    snprintf(person, sizeof(person), "staff:%.40s",
             c->staff != NULL ? c->staff->staff : c->m->sender);
    if (!store_mark(c->d->store, e))
        return false;
    if ((id > 0 || relay_field_meant(&r, c->m->sender, &id, &why)) &&
        relay_field_answer(&r, &who, id, c->m->sender, done, c->rest, &why)) {
        json_object_set_new(c->view, "order", json_integer(id));
        json_object_set_new(c->view, "done", json_boolean(done));
        chat_said(c, "field order %lld: %s", (long long)id, done ? "done" : "failed");
        return store_keep(c->d->store, e) && chat_say(c, "field-noted.sms", e);
    }
    if (why.kind != FAIL_REJECT) {
        *e = why;
        return false;
    }
    *mine = c->staff != NULL; /* else it is a word like any other */
    if (!store_undo(c->d->store, e))
        return false;
    return !*mine || say_refused(c, why.text, e);
}
