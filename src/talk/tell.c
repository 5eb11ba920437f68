#include "meterpost/talk/tell.h"

#include "chat.h"
#include "meterpost/base/conf.h"
#include "meterpost/sms/outbox.h"

#include <stdio.h>
#include <string.h>

static bool
language_of(struct desk *d, int64_t account_id, char out[WORD_MAX], struct err *e)
{
    struct account a;
    bool found = false;

    if (account_id != 0 && !account_by_id(d->store, account_id, &a, &found, e))
        return false;
    snprintf(out, WORD_MAX, "%s", found ? a.language : d->conf->utility.language);
    return true;
}

bool
tell_ticket_closed(struct desk *d, const struct ticket *t, const char *answer,
                   struct err *e)
{
    char key[40], language[WORD_MAX];
    json_t *view;
    bool good;

    if (strcmp(t->kind, "complaint") != 0 && strcmp(t->kind, "supply") != 0)
        return true;
    if (!language_of(d, t->account_id, language, e))
        return false;
    view = chat_view(d);
    chat_text(view, "ticket", t->ticket);
    chat_text(view, "answer", answer);
    snprintf(key, sizeof(key), "ticket %s closed", t->ticket);
    good = chat_tell(d, t->number, language, "ticket-closed.sms", view, OUT_NOTICE, key,
                     t->account_id, e);
    json_decref(view);
    return good;
}

bool
tell_staff_phone(struct desk *d, const struct staff *before, struct err *e)
{
    char key[80];
    json_t *view = chat_view(d);
    bool good;

    snprintf(key, sizeof(key), "staff %s phone %lld", before->staff, (long long)d->now);
    chat_text(view, "staff", before->staff);
    good = chat_tell(d, before->phone, before->language, "staff-phone.sms", view, OUT_ALARM,
                     key, 0, e);
    json_decref(view);
    return good;
}
