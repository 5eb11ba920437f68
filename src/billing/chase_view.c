#include "chase_view.h"

#include "meterpost/base/text.h"
#include "meterpost/render/view.h"
#include "meterpost/sms/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATE_MAX (CONF_NAME_MAX + 8)

static void
set_text_or_null(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, *text == '\0' ? json_null() : json_string(text));
}

json_t *
chase_view(const struct chase *c, const struct account *a, struct money amount,
           utc_t due_on, utc_t cut_on, const char *language)
{
    const struct conf_utility *u = &c->conf->utility;
    json_t *view = json_pack("{s:s, s:s, s:{s:s, s:s}}", "account", a->account, "name",
                             a->name, "utility", "name", u->name, "currency", u->currency);
    json_t *utility = json_object_get(view, "utility");

    set_text_or_null(utility, "phone", u->phone);
    set_text_or_null(utility, "pay_code", u->pay_code);
    view_money(view, "amount", amount, c->conf->decimals, language);
    view_date(view, "due_on", due_on, language);
    if (cut_on == 0)
        view_none(view, "cut_on");
    else
        view_date(view, "cut_on", cut_on, language);
    return view;
}

bool
chase_phone(const struct chase *c, int64_t account_id, char number[PHONE_MAX],
            struct err *e)
{
    struct account_phone phones[ACCOUNT_PHONES];
    size_t n;

    number[0] = '\0';
    if (!account_phones(c->store, account_id, phones, &n, e))
        return false;
    if (n > 0)
        text_copy(number, PHONE_MAX, phones[0].number);
    return true;
}

const char *
chase_language(const struct chase *c, const char *language, const char *template)
{
    char name[TEMPLATE_MAX];

    snprintf(name, sizeof(name), "%s.sms", template);
    return templates_language(c->templates, language, name);
}

bool
chase_send(const struct chase *c, const struct account *a, const char *language,
           const char *number, const char *template, const json_t *view, const char *key,
           int64_t *outbox, struct err *e)
{
    struct outbox_new m = {
        .key = key, .kind = OUT_NOTICE, .number = number, .account_id = a->id};
    char name[TEMPLATE_MAX], *text = NULL;
    bool good;

    snprintf(name, sizeof(name), "%s.sms", template);
    if (!templates_render(c->templates, language, name, view, &text, e))
        return err_in(e, "account %s", a->account);
    m.text = text;
    good = outbox_add(c->store, &m, c->now, outbox, e);
    free(text);
    return good;
}
