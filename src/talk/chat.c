#include "chat.h"

#include "meterpost/base/conf.h"
#include "meterpost/sms/outbox.h"
#include "policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
chat_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, *text == '\0' ? json_null() : json_string(text));
}

json_t *
chat_view(const struct desk *d)
{
    const struct conf_utility *u = &d->conf->utility;
    json_t *view = json_object(), *utility = json_object();

    json_object_set_new(utility, "name", json_string(u->name));
    json_object_set_new(utility, "currency", json_string(u->currency));
    json_object_set_new(utility, "currency_shown", json_string(u->currency));
    chat_text(utility, "phone", u->phone);
    chat_text(utility, "pay_code", u->pay_code);
    chat_text(utility, "address", u->address);
    json_object_set_new(view, "utility", utility);
    return view;
}

void
chat_begin(struct chat *c, struct desk *d, const struct inbox_row *m)
{
    c->d = d;
    c->m = m;
    c->view = chat_view(d);
    c->language = d->conf->utility.language;
    c->word = words_find(d->words, m->text, c->folded, &c->rest, &c->word_in);
}

void
chat_end(struct chat *c)
{
    json_decref(c->view);
    c->view = NULL;
}

const char *
chat_speak(struct chat *c, const char *template)
{
    c->spoken = templates_language(c->d->templates, c->language, template);
    if (c->spoken == NULL)
        c->spoken = c->language;
    return c->spoken;
}

void
chat_said(struct chat *c, const char *fmt, ...)
{
    size_t used = strlen(c->said);
    va_list args;

    if (used > 0 && used + 2 < sizeof(c->said)) {
        memcpy(c->said + used, "; ", 3);
        used += 2;
    }
    va_start(args, fmt);
    vsnprintf(c->said + used, sizeof(c->said) - used, fmt, args);
    va_end(args);
}

size_t
chat_next(const struct chat *c)
{
    return strcspn(c->rest, " ");
}

void
chat_skip(struct chat *c)
{
    size_t n = chat_next(c);

    c->rest += n + (c->rest[n] == ' ');
}

bool
chat_say(struct chat *c, const char *template, struct err *e)
{
    char key[OUTBOX_KEY_MAX], *text;
    struct outbox_new reply = {.key = key,
                               .kind = OUT_REPLY,
                               .number = c->m->sender,
                               .language = c->language,
                               .account_id = c->account != NULL ? c->account->id : 0,
                               .inbox_id = c->m->id};
    const char *why;
    bool good;

    snprintf(key, sizeof(key), "reply %lld", (long long)c->m->id);
    if (!templates_render(c->d->templates, c->language, template, c->view, &text, e))
        return err_in(e, "answer");
    reply.text = text;
    good = policy_may_say(c->d,
                          c->staff != NULL    ? POLICY_STAFF
                          : c->n_accounts > 0 ? POLICY_CUSTOMER
                                              : POLICY_STRANGER,
                          c->m->sender, text, &why, e);
    if (good && why != NULL)
        chat_said(c, "%s", why);
    else if (good)
        good = outbox_add(c->d->store, &reply, c->d->now, NULL, e);
    free(text);
    return good;
}

bool
chat_tell(struct desk *d, const char *number, const char *language, const char *template,
          json_t *view, enum outbox_kind kind, const char *key, int64_t account_id,
          struct err *e)
{
    struct outbox_new m = {.key = key,
                           .kind = kind,
                           .number = number,
                           .language = language,
                           .account_id = account_id};
    char *text;
    bool good;

    if (!templates_render(d->templates, language, template, view, &text, e))
        return err_in(e, "%s", template);
    m.text = text;
    good = outbox_add(d->store, &m, d->now, NULL, e);
    free(text);
    return good;
}
