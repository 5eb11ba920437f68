/* What people are told of orders. */
#include "inside.h"

#include "meterpost/render/template.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/alarm.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/ledger.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void
set_text_or_null(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, *text == '\0' ? json_null() : json_string(text));
}

static json_t *
view_of(const struct relay *r, const struct order *o, const struct account *a,
        struct money balance, const char *language)
{
    const struct conf_utility *u = &r->conf->utility;
    json_t *view =
        json_pack("{s:s, s:s, s:{s:s, s:s}}", "account", a->account, "meter", o->serial,
                  "utility", "name", u->name, "currency", u->currency);
    json_t *utility = json_object_get(view, "utility");

    set_text_or_null(utility, "phone", u->phone);
    set_text_or_null(utility, "pay_code", u->pay_code);
    json_object_set_new(view, "to_pay", json_boolean(balance.minor > 0));
    view_money(view, "balance_due", balance, r->conf->decimals, language);
    return view;
}

static bool
send(const struct relay *r, const struct order *o, const struct account *a,
     const char *number, const char *template, struct err *e)
{
    const char *language = templates_language(r->templates, a->language, template);
    char key[OUTBOX_KEY_MAX], *text = NULL;
    struct outbox_new m = {.key = key,
                           .kind = OUT_RECEIPT,
                           .number = number,
                           .account_id = a->id,
                           .meter_id = o->meter_id};
    struct money balance;
    json_t *view;
    bool good;

    if (language == NULL)
        return err_set(e, FAIL_REJECT, "there is no template %s", template);
    if (!account_balance(r->store, a->id, &balance, e))
        return false;
    view = view_of(r, o, a, balance, language);
    good = templates_render(r->templates, language, template, view, &text, e);
    json_decref(view);
    if (!good)
        return false;
    snprintf(key, sizeof(key), "order %" PRId64 " %s", o->id, template);
    m.text = text;
    good = outbox_add(r->store, &m, r->now, NULL, e);
    free(text);
    return good;
}

bool
tell_customer(const struct relay *r, const struct order *o, const char *template,
              struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    struct account a;
    bool found = false;
    size_t n = 0;

    if (o->account_id == 0 || r->templates == NULL)
        return true;
    if (!account_by_id(r->store, o->account_id, &a, &found, e) ||
        (found && !account_phones(r->store, a.id, phones, &n, e)))
        return false;
    return n == 0 || send(r, o, &a, phones[0].number, template, e) ||
           err_in(e, "order=%" PRId64, o->id);
}

bool
tell_alarm(const struct relay *r, const char *kind, const char *subject, const char *text,
           struct err *e)
{
    struct alarm_new a = {.kind = kind, .subject = subject, .text = text};

    if (text == NULL)
        return alarm_clear(r->store, kind, subject, r->now, e);
    return alarm_raise(r->store, r->conf, &a, r->now, NULL, e);
}
