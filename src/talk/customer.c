/* customer.c - which word of a customer is answered by whom. */
#include "chat.h"
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/billing/match.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/talk.h"

#include <stdio.h>
#include <string.h>

#define UNKNOWN_MOST 3 /* texts a day that nobody understood; then no more help */

/* About which of the accounts of a phone a word is. */
enum about {
    ABOUT_NOTHING,
    ABOUT_ALL, /* or the one that is named */
    ABOUT_ONE, /* it must be named when there are several */
};

static const struct answer {
    enum word word;
    enum about about;
    enum phone_role role; /* that the phone must have there */
    chat_run *run;
} answers[] = {
    {WORD_BALANCE, ABOUT_ALL, ROLE_VIEW, say_balance},
    {WORD_BILL, ABOUT_ONE, ROLE_VIEW, say_bill},
    {WORD_USE, ABOUT_ONE, ROLE_VIEW, say_use},
    {WORD_PAY, ABOUT_ONE, ROLE_VIEW, say_pay},
    {WORD_PAID, ABOUT_ONE, ROLE_PAY, say_paid},
    {WORD_READ, ABOUT_ONE, ROLE_VIEW, say_read},
    {WORD_HELP, ABOUT_NOTHING, ROLE_VIEW, say_help},
    {WORD_LANGUAGE, ABOUT_NOTHING, ROLE_VIEW, say_language},
    {WORD_STOP, ABOUT_NOTHING, ROLE_VIEW, say_stop},
    {WORD_START, ABOUT_NOTHING, ROLE_VIEW, say_start},
    {WORD_PLAN, ABOUT_ONE, ROLE_MANAGE, say_plan},
    {WORD_PROMISE, ABOUT_ONE, ROLE_MANAGE, say_promise},
    {WORD_COMPLAINT, ABOUT_NOTHING, ROLE_VIEW, say_complaint},
    {WORD_REPORT, ABOUT_NOTHING, ROLE_VIEW, say_complaint},
    {WORD_TICKET, ABOUT_NOTHING, ROLE_VIEW, say_ticket},
    {WORD_STATUS, ABOUT_NOTHING, ROLE_VIEW, say_ticket},
    {WORD_OUTAGE, ABOUT_ONE, ROLE_VIEW, say_outage},
    {WORD_CUT, ABOUT_ONE, ROLE_VIEW, say_outage},
    {WORD_RESTORE, ABOUT_ONE, ROLE_VIEW, say_outage},
    {WORD_WHY, ABOUT_ONE, ROLE_VIEW, say_why},
    {WORD_PHONE, ABOUT_ONE, ROLE_MANAGE, say_phone},
    {WORD_NICK, ABOUT_ONE, ROLE_VIEW, say_nick},
    {WORD_WRONG, ABOUT_NOTHING, ROLE_VIEW, say_wrong},
    {WORD_YES, ABOUT_NOTHING, ROLE_VIEW, say_yes},
    {WORD_NO, ABOUT_NOTHING, ROLE_VIEW, say_no},
};

/* ---- which account ---- */

static bool
names_account(struct chat *c, const struct account *a, bool *yes, struct err *e)
{
    char word[KEY_MAX + 1], reference[KEY_MAX + 1], bare[KEY_MAX + 1], nick[WORD_MAX];
    char payable[KEY_MAX + 1];
    size_t n = chat_next(c);

    *yes = false;
    if (n == 0 || n >= sizeof(word))
        return true;
    snprintf(word, sizeof(word), "%.*s", (int)n, c->rest);
    match_reference(c->d->conf, a->account, payable);
    words_fold(payable, reference, sizeof(reference));
    words_fold(a->account, bare, sizeof(bare));
    *yes = strcmp(word, reference) == 0 || strcmp(word, bare) == 0;
    if (*yes)
        return true;
    if (!nick_get(c->d->store, c->m->sender, a->id, nick, e))
        return false;
    *yes = nick[0] != '\0' && strcmp(word, nick) == 0;
    return true;
}

/* The account that the next word names, which is taken then; else the only one there is. */
static bool
choose_account(struct chat *c, struct err *e)
{
    for (size_t i = 0; i < c->n_accounts; i++) {
        bool yes;

        if (!names_account(c, &c->accounts[i], &yes, e))
            return false;
        if (!yes)
            continue;
        c->account = &c->accounts[i];
        chat_skip(c);
        return true;
    }
    c->account = c->n_accounts == 1 ? &c->accounts[0] : NULL;
    return true;
}

/* Several accounts, and a word that is about one of them. */
static bool
ask_which(struct chat *c, struct err *e)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < c->n_accounts && i < 4; i++) {
        char nick[WORD_MAX];

        if (!nick_get(c->d->store, c->m->sender, c->accounts[i].id, nick, e)) {
            json_decref(rows);
            return false;
        }
        json_array_append_new(rows,
                              json_pack("{s:s, s:b}", "account",
                                        nick[0] != '\0' ? nick : c->accounts[i].account,
                                        "first", i == 0));
    }
    json_object_set_new(c->view, "accounts", rows);
    json_object_set_new(
        c->view, "word",
        json_string(words_spelling(c->d->words, chat_speak(c, "which.sms"), c->word)));
    chat_said(c, "was asked which account");
    return chat_say(c, "which.sms", e);
}

/* ---- whose phone ---- */

static bool
may(struct chat *c, enum phone_role role, bool *yes, struct err *e)
{
    bool found;
    utc_t since;

    *yes = role == ROLE_VIEW;
    if (c->account == NULL)
        return true;
    if (!phone_role_at(c->d->store, c->account->id, c->m->sender, &c->role, &since, &found,
                       e))
        return false;
    *yes = found && c->role >= role;
    return true;
}

/* A number that was silent for a year may have been given to somebody else. */
static bool
is_doubtful(struct chat *c, bool *yes, struct err *e)
{
    utc_t seen;

    if (!phone_seen(c->d->store, c->m->sender, &seen, e))
        return false;
    *yes = seen > 0 && c->d->now - seen > c->d->conf->limits.phone_silence_s;
    return true;
}

/* YES and the account's number says that the phone is still theirs: whoever has the number
 * now does not know it. */
static bool
prove_phone(struct chat *c, struct err *e)
{
    if (c->word == WORD_YES && chat_next(c) > 0) {
        for (size_t i = 0; i < c->n_accounts; i++) {
            bool yes;

            if (!names_account(c, &c->accounts[i], &yes, e))
                return false;
            if (!yes)
                continue;
            chat_said(c, "proved whose phone it is");
            return phone_set_seen(c->d->store, c->m->sender, c->d->now, e) &&
                   say_help(c, e);
        }
    }
    chat_said(c, "silent for long: was asked whose phone it is");
    return chat_say(c, "prove.sms", e);
}

/* ---- what nobody understands ---- */

static bool
take_unknown(struct chat *c, struct err *e)
{
    static const char reason[] = "no word that we know";
    int64_t today, lately;

    chat_said(c, "%s", reason);
    if (!inbox_count_reason(c->d->store, c->m->sender, reason, c->d->now - DAY_S, &today,
                            e) ||
        !inbox_count_reason(c->d->store, c->m->sender, reason, c->d->now - HOUR_S, &lately,
                            e))
        return false;
    if (lately > 0 || today >= UNKNOWN_MOST)
        return true;
    return chat_say(c, "help.sms", e);
}

static bool
run_answer(struct chat *c, const struct answer *a, struct err *e)
{
    bool yes;

    if (a->about != ABOUT_NOTHING) {
        if (!choose_account(c, e))
            return false;
        if (c->account == NULL && a->about == ABOUT_ONE)
            return ask_which(c, e);
    }
    if (!may(c, a->role, &yes, e))
        return false;
    if (yes)
        return a->run(c, e);
    chat_said(c, "this phone may not do that");
    return chat_say(c, "role.sms", e);
}

/* "No tengo agua", "no, there is no water": that is no answer to a question of ours. */
static void
no_supply(struct chat *c)
{
    char folded[WORDS_FOLDED_MAX];
    const char *rest, *language;

    if (c->word == WORD_NO && chat_next(c) > 0 &&
        words_find(c->d->words, c->rest, folded, &rest, &language) == WORD_OUTAGE) {
        c->word = WORD_OUTAGE;
        c->rest = "";
    }
}

bool
customer_take(struct chat *c, struct err *e)
{
    const char *named = words_language(c->d->words, c->folded);
    bool doubtful, field;

    c->language = c->accounts[0].language;
    if (!is_doubtful(c, &doubtful, e))
        return false;
    if (!field_take(c, &field, e) || field)
        return field;
    if (c->word == WORD_WRONG)
        return say_wrong(c, e);
    if (doubtful)
        return prove_phone(c, e);
    if (!phone_set_seen(c->d->store, c->m->sender, c->d->now, e))
        return false;
    if (c->word == WORD_NONE && named != NULL && strchr(c->folded, ' ') == NULL) {
        c->word = WORD_LANGUAGE;
        c->rest = c->folded;
    }
    no_supply(c);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].word == c->word)
            return run_answer(c, &answers[i], e);
    }
    return take_unknown(c, e);
}

bool
stranger_take(struct chat *c, struct err *e)
{
    static const char reason[] = "the number belongs to nobody we know";
    int64_t today;
    bool field;

    if (c->word_in[0] != '\0')
        c->language = c->word_in;
    if (!field_take(c, &field, e) || field)
        return field;
    if (c->word == WORD_REGISTER)
        return say_register(c, e);
    chat_said(c, "%s", reason);
    if (!inbox_count_reason(c->d->store, c->m->sender, reason,
                            clock_day_start(c->d->now, 0) - 1, &today, e))
        return false;
    return today > 0 || chat_say(c, "unknown.sms", e);
}
