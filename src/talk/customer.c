/* customer.c - which word of a customer is answered by whom. */
#include "chat.h"
#include "command.h"
#include "meterpost/base/conf.h"
#include "meterpost/billing/match.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNDELIVERED_MOST 3 /* messages in a row that did not reach a number */
#define UNKNOWN_MOST     3 /* texts a day that nobody understood; then no more help */

/* About which of the accounts of a phone a word is. */
enum about {
    ABOUT_NOTHING,
    ABOUT_ALL, /* or the one that is named */
    ABOUT_ONE, /* it must be named when there are several */
};

/* Thanks: an answer to that would cost and help nobody. */
static bool
say_nothing(struct chat *c, struct err *e)
{
    (void)e;
    chat_said(c, "nothing to answer");
    return true;
}

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
    {WORD_FAULT, ABOUT_NOTHING, ROLE_VIEW, say_complaint},
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
    {WORD_THANKS, ABOUT_NOTHING, ROLE_VIEW, say_nothing},
    {WORD_OK, ABOUT_NOTHING, ROLE_VIEW, say_nothing},
    {WORD_DONE, ABOUT_NOTHING, ROLE_VIEW, say_nothing},
    {WORD_SEEN, ABOUT_NOTHING, ROLE_VIEW, say_nothing},
};

/* ---- which account ---- */

/* The bytes of `at` that are this name, to the end of a word; 0 when it is another. */
static size_t
is_name(const char *at, const char *name)
{
    char folded[KEY_MAX + 1];
    size_t n;

    words_fold(name, folded, sizeof(folded));
    n = strlen(folded);
    return n > 0 && strncmp(at, folded, n) == 0 && (at[n] == ' ' || at[n] == '\0') ? n : 0;
}

bool
chat_names_account(struct chat *c, const struct account *a, const char *at, size_t *n,
                   struct err *e)
{
    char payable[KEY_MAX + 1], nick[WORD_MAX];

    match_reference(c->d->conf, a->account, payable);
    *n = is_name(at, payable);
    if (*n == 0)
        *n = is_name(at, a->account);
    if (*n > 0)
        return true;
    if (!nick_get(c->d->store, c->m->sender, a->id, nick, e))
        return false;
    *n = is_name(at, nick);
    return true;
}

/* The account that the next word names, which is taken then. */
static bool
take_account(struct chat *c, struct err *e)
{
    for (size_t i = 0; i < c->n_accounts && c->account == NULL; i++) {
        size_t n;

        if (!chat_names_account(c, &c->accounts[i], c->rest, &n, e))
            return false;
        if (n == 0)
            continue;
        c->account = &c->accounts[i];
        c->rest += n + (c->rest[n] == ' ');
    }
    return true;
}

/* The account that the text names: behind the command, or, of several, anywhere; else the
 * only one there is. */
static bool
choose_account(struct chat *c, struct err *e)
{
    const char *from = c->rest;

    if (!take_account(c, e))
        return false;
    if (c->account == NULL && c->n_accounts == 1)
        c->account = &c->accounts[0];
    if (c->account != NULL)
        return true;
    for (c->rest = c->folded; c->account == NULL && chat_next(c) > 0; chat_skip(c)) {
        if (!take_account(c, e))
            return false;
    }
    c->rest = from;
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
    chat_said(c, ASKED_ACCOUNT);
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

/* A number that was silent for a year, or that nothing could be delivered to for a while,
 * may have been given to somebody else. (That it was seen is noted once a day.) */
static bool
is_doubtful(struct chat *c, bool *yes, struct err *e)
{
    int64_t undelivered = 0;
    utc_t seen, silent;

    if (!phone_seen(c->d->store, c->m->sender, &seen, e))
        return false;
    silent = c->d->now - seen;
    if (seen > 0 && silent > DAY_S &&
        !phone_undelivered(c->d->store, c->m->sender, seen + DAY_S, &undelivered, e))
        return false;
    *yes = seen > 0 &&
           (silent > c->d->conf->limits.phone_silence_s || undelivered >= UNDELIVERED_MOST);
    return true;
}

/* YES and the account's number says that the phone is still theirs: whoever has the number
 * now does not know it. */
static bool
prove_phone(struct chat *c, struct err *e)
{
    if (c->word == WORD_YES && chat_next(c) > 0) {
        for (size_t i = 0; i < c->n_accounts; i++) {
            size_t n;

            if (!chat_names_account(c, &c->accounts[i], c->rest, &n, e))
                return false;
            if (n == 0)
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

/* "No, there is no water", "ok, my balance": what stands first answers no question of ours,
 * or is no command of a customer's. */
static void
pass_over(struct chat *c)
{
    static const enum word words[] = {WORD_YES, WORD_NO, WORD_OK, WORD_DONE, WORD_SEEN};
    char folded[WORDS_FOLDED_MAX];
    const char *rest, *language;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && chat_next(c) > 0; i++) {
        enum word second;

        if (words[i] != c->word)
            continue;
        second = words_find(c->d->words, c->rest, folded, &rest, &language);
        if (second == WORD_NONE || second == c->word)
            return;
        memmove(c->folded, folded, sizeof(folded));
        c->rest = c->folded + (rest - folded);
        c->word = second;
        return;
    }
}

/* "My meter is making a noise" sends no reading: a person looks at it. */
static bool
tells_of_meter(const struct chat *c)
{
    const char *second = strchr(c->rest, ' ');

    return c->word == WORD_READ && second != NULL && strchr(second + 1, ' ') != NULL &&
           strpbrk(c->folded, "0123456789") == NULL;
}

static bool
answer(struct chat *c, struct err *e)
{
    const char *named = words_language(c->d->words, c->folded);

    if (c->word == WORD_NONE && named != NULL && strchr(c->folded, ' ') == NULL) {
        c->word = WORD_LANGUAGE;
        c->rest = c->folded;
    }
    if (tells_of_meter(c))
        c->word = WORD_FAULT;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].word == c->word)
            return run_answer(c, &answers[i], e);
    }
    return take_unknown(c, e);
}

bool
customer_take(struct chat *c, struct err *e)
{
    const struct inbox_row *heard = c->m;
    struct inbox_row *whole;
    bool doubtful, field, good;

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
    pass_over(c);
    good = chat_follow(c, &whole, e) && answer(c, e);
    c->m = heard;
    free(whole);
    return good;
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
