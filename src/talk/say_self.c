/* say_self.c - what people say about themselves: language, what they do not want, names. */
#include "chat.h"
#include "meterpost/base/text.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/talk.h"
#include "meterpost/store/ticket.h"

#include <stdio.h>
#include <string.h>

#define LANGUAGE_NAME_LEAST 4 /* bytes */

static bool
note(struct chat *c, const char *action, const char *subject, const char *detail,
     struct err *e)
{
    return audit_add(c->d->store, c->d->now, c->m->sender, "sms", action, subject, detail,
                     e);
}

bool
say_help(struct chat *c, struct err *e)
{
    chat_said(c, "asked for help");
    return chat_say(c, "help.sms", e);
}

/* ---- LANG xx: of all accounts that this phone may manage ---- */

/* Behind the command, or anywhere: "in English please". Short names are words of sentences.
 */
static const char *
language_named(const struct chat *c)
{
    const char *named = words_language(c->d->words, c->rest);

    for (const char *at = c->folded; named == NULL && *at != '\0'; at++) {
        bool begins = at == c->folded || at[-1] == ' ' || (*at & 0x80) != 0;

        if (begins && strcspn(at, " ") >= LANGUAGE_NAME_LEAST)
            named = words_language(c->d->words, at);
    }
    return named;
}

bool
say_language(struct chat *c, struct err *e)
{
    const char *named = language_named(c);
    char subject[60], change[2 * WORD_MAX + 20];
    bool found, changed = false;
    enum phone_role role;
    utc_t since;

    json_object_set_new(c->view, "changed", json_false());
    if (named == NULL) {
        chat_said(c, "asked for a language that we do not have");
        return chat_say(c, "language.sms", e);
    }
    for (size_t i = 0; i < c->n_accounts; i++) {
        const struct account *a = &c->accounts[i];

        if (!phone_role_at(c->d->store, a->id, c->m->sender, &role, &since, &found, e))
            return false;
        if (!found || role != ROLE_MANAGE)
            continue;
        changed = true;
        snprintf(subject, sizeof(subject), "account %s", a->account);
        snprintf(change, sizeof(change), "language: %s -> %s", a->language, named);
        if (!account_set_language(c->d->store, a->id, named, e) ||
            !note(c, "set", subject, change, e))
            return false;
    }
    chat_said(c, "wants language %s", named);
    if (!changed)
        return chat_say(c, "role.sms", e);
    c->language = named;
    json_object_set_new(c->view, "changed", json_true());
    return chat_say(c, "language.sms", e);
}

/* ---- STOP, START ---- */

/* "all" in the word itself, or anywhere. */
static bool
means_all(const struct chat *c)
{
    static const char *const words[] = {"all",  "todo", "todos", "tout", "toutes", "tous",
                                        "zote", "yote", "全部",  "所有", "stopall"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i]);

        for (const char *at = c->folded; (at = strstr(at, words[i])) != NULL; at += n) {
            if ((words[i][0] & 0x80) != 0 ||
                ((at == c->folded || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')))
                return true;
        }
    }
    return false;
}

/* No bills by text message: they must come on paper, so somebody must hear of it. */
static bool
tell_office(struct chat *c, struct err *e)
{
    struct ticket t = {.account_id = c->accounts[0].id,
                       .inbox_id = c->m->id,
                       .created_at = c->d->now,
                       .kind = "stop",
                       .text = "Wants no bills by text message: send them on paper"};

    text_copy(t.number, sizeof(t.number), c->m->sender);
    return ticket_add(c->d->store, &t, e);
}

bool
say_stop(struct chat *c, struct err *e)
{
    struct store *s = c->d->store;
    bool all = means_all(c);

    json_object_set_new(c->view, "all", json_boolean(all));
    chat_said(c, all ? "stopped all that may be stopped" : "stopped what is optional");
    return consent_set(s, c->m->sender, CONSENT_OPTIONAL, true, c->m->id, "sms", c->d->now,
                       e) &&
           (!all || (consent_set(s, c->m->sender, CONSENT_BILLS, true, c->m->id, "sms",
                                 c->d->now, e) &&
                     tell_office(c, e))) &&
           note(c, "consent", c->m->sender, all ? "stop all" : "stop", e) &&
           chat_say(c, "stop.sms", e);
}

bool
say_start(struct chat *c, struct err *e)
{
    struct store *s = c->d->store;

    chat_said(c, "wants all messages again");
    return consent_set(s, c->m->sender, CONSENT_OPTIONAL, false, c->m->id, "sms", c->d->now,
                       e) &&
           consent_set(s, c->m->sender, CONSENT_BILLS, false, c->m->id, "sms", c->d->now,
                       e) &&
           note(c, "consent", c->m->sender, "start", e) && chat_say(c, "start.sms", e);
}

/* ---- NAME account nick ---- */

bool
say_nick(struct chat *c, struct err *e)
{
    char nick[WORD_MAX];
    size_t n = chat_next(c);

    chat_text(c->view, "account", c->account->account);
    chat_text(c->view, "nick", "");
    if (n == 0 || n > 12) {
        chat_said(c, "a name for an account, without the name");
        return chat_say(c, "nick.sms", e);
    }
    snprintf(nick, sizeof(nick), "%.*s", (int)n, c->rest);
    chat_text(c->view, "nick", nick);
    chat_said(c, "calls the account %s", nick);
    return nick_set(c->d->store, c->m->sender, c->account->id, nick, e) &&
           chat_say(c, "nick.sms", e);
}

/* ---- WRONG: this phone is somebody else's ---- */

bool
say_wrong(struct chat *c, struct err *e)
{
    struct ticket t = {.account_id = c->accounts[0].id,
                       .inbox_id = c->m->id,
                       .created_at = c->d->now,
                       .kind = "phone",
                       .text = "Says that this is the wrong number: it was taken off its "
                               "accounts. Find out the right one"};
    char subject[60];

    text_copy(t.number, sizeof(t.number), c->m->sender);
    for (size_t i = 0; i < c->n_accounts; i++) {
        snprintf(subject, sizeof(subject), "account %s", c->accounts[i].account);
        if (!phone_close(c->d->store, c->accounts[i].id, c->m->sender, c->d->now, e) ||
            !note(c, "phone.close", subject, "they say that it is the wrong number", e))
            return false;
    }
    chat_said(c, "the wrong number: taken off %zu accounts", c->n_accounts);
    return ticket_add(c->d->store, &t, e) && chat_say(c, "wrong.sms", e);
}
