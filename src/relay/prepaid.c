#include "meterpost/relay/prepaid.h"

#include "inside.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/prepaid_orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_LEAST 8
#define ANSWER_S    HOUR_S /* later answers without a number are of something else */

/* The digits of a token; what people write between them is left out. */
static bool
read_token(const char *text, char out[PREPAID_VALUE_MAX], struct err *e)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text == ' ' || *text == '-')
            continue;
        if (*text < '0' || *text > '9' || n == PREPAID_VALUE_MAX - 1)
            return err_set(e, FAIL_REJECT, "a token has %d to %d digits", TOKEN_LEAST,
                           PREPAID_VALUE_MAX - 1);
        out[n++] = *text;
    }
    out[n] = '\0';
    return n >= TOKEN_LEAST || err_set(e, FAIL_REJECT, "a token has %d to %d digits",
                                       TOKEN_LEAST, PREPAID_VALUE_MAX - 1);
}

static bool
read_amount(const char *text, char out[PREPAID_VALUE_MAX], struct err *e)
{
    char plain[AMOUNT_TEXT_MAX];
    int64_t value;

    if (!decimal_parse(text, 3, &value, e))
        return false;
    if (value < 0)
        return err_set(e, FAIL_REJECT, "it is zero or more");
    decimal_print(value, 3, false, plain);
    for (size_t n = strlen(plain); n > 0 && (plain[n - 1] == '0' || plain[n - 1] == '.');) {
        bool point = plain[--n] == '.';

        plain[n] = '\0';
        if (point)
            break;
    }
    text_copy(out, PREPAID_VALUE_MAX, plain);
    return true;
}

/* Who hears of a token could use it: the record has its end alone. */
static bool
audit_sent(const struct relay *r, const struct relay_who *who,
           const struct prepaid_order *o, const struct meter *m, struct err *e)
{
    char action[40], subject[KEY_MAX + 10], detail[PREPAID_VALUE_MAX + 8];
    bool token = strcmp(o->action, "token") == 0;
    size_t n = strlen(o->value);

    snprintf(action, sizeof(action), "relay.%s", o->action);
    snprintf(subject, sizeof(subject), "meter %s", m->meter);
    snprintf(detail, sizeof(detail), "%s%s", token ? "..." : "",
             token ? o->value + n - 4 : o->value);
    return audit_add(r->store, r->now, who->person, who->channel, action, subject, detail,
                     e);
}

static bool
queue(const struct relay *r, const struct prepaid_order *o, const struct target *t,
      const char *template, int64_t id, struct err *e)
{
    char key[OUTBOX_KEY_MAX];
    char *text = target_render(template, PREPAID_ORDER_FIRST + id, t, o->value, r->now, e);
    struct outbox_new out = {.key = key,
                             .kind = OUT_REQUEST,
                             .number = t->phone,
                             .text = text,
                             .meter_id = o->meter_id};
    int64_t outbox_id;
    bool good;

    if (text == NULL)
        return false;
    snprintf(key, sizeof(key), "prepaid %" PRId64, id);
    good = outbox_add(r->store, &out, r->now, &outbox_id, e) &&
           prepaid_order_sent(r->store, id, outbox_id, e);
    free(text);
    return good;
}

bool
relay_prepaid_send(const struct relay *r, const struct relay_who *who,
                   const struct meter *m, const char *action, const char *value,
                   int64_t *id, struct err *e)
{
    struct prepaid_order o = {.meter_id = m->id, .made_at = r->now};
    const char *template;
    struct target target;

    text_clip(o.action, sizeof(o.action), action);
    text_clip(o.actor, sizeof(o.actor), who->person);
    if (strcmp(action, "token") == 0 ? !read_token(value, o.value, e)
                                     : !read_amount(value, o.value, e))
        return false;
    if (!target_meter(r->store, m, &target, e))
        return false;
    template = target_request(r->profiles, &target, action, e);
    if (template != NULL && strcmp(action, "credit") == 0 &&
        strstr(template, "{{order}}") == NULL)
        return err_set(e, FAIL_REJECT,
                       "its text for credit has no {{order}}: sent twice it would count "
                       "twice");
    return template != NULL && prepaid_order_add(r->store, &o, id, e) &&
           queue(r, &o, &target, template, *id, e) && audit_sent(r, who, &o, m, e);
}

bool
relay_prepaid_hear(const struct relay *r, const struct relay_heard *h, bool *mine,
                   struct err *e)
{
    int64_t number = h->order[0] == '\0' ? 0 : strtoll(h->order, NULL, 10);
    bool error = strcmp(h->kind, "error") == 0;
    struct prepaid_order o;
    struct order open;

    *mine = false;
    if (h->meter_id == 0 || (!error && strcmp(h->kind, "ack") != 0) ||
        (number != 0 && number <= PREPAID_ORDER_FIRST))
        return true;
    if (number == 0) { /* an order that switches comes first */
        bool switches;

        if (!order_open_of(r->store, h->meter_id, &open, &switches, e))
            return false;
        if (switches)
            return true;
    }
    if (!prepaid_order_open(r->store, h->meter_id,
                            number == 0 ? 0 : number - PREPAID_ORDER_FIRST,
                            number == 0 ? r->now - ANSWER_S : 0, &o, mine, e))
        return false;
    return !*mine || prepaid_order_answer(r->store, o.id,
                                          !error               ? "done"
                                          : h->word[0] != '\0' ? h->word
                                                               : "the meter says no",
                                          r->now, e);
}
