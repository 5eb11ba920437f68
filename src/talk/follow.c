/* follow.c - people answer a question of ours without its word: "1047" to "which account?",
 * the figures of the meter to "text READ and its number". */
#include "chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLLOW_S     1800 /* an answer comes that soon */
#define NUMBER_LEAST 3    /* digits that may be the figures of a meter ... */
#define NUMBER_MOST  9    /* ... and not a phone number */

static const struct question {
    const char *asked;
    enum word word; /* WORD_NONE: that of the text before */
    bool number;    /* the answer has digits */
} questions[] = {
    {ASKED_ACCOUNT, WORD_NONE, false},
    {ASKED_READING, WORD_READ, true},
    {ASKED_COMPLAINT, WORD_COMPLAINT, false},
    {ASKED_RECEIPT, WORD_PAID, true},
};

static const struct question *
question_of(const struct chat *c, const struct inbox_row *before)
{
    bool number = strpbrk(c->folded, "0123456789") != NULL;

    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        if (strcmp(before->reason, questions[i].asked) == 0 &&
            c->m->received_at - before->received_at <= FOLLOW_S &&
            (number || !questions[i].number))
            return &questions[i];
    }
    return NULL;
}

/* Does the text name one of the accounts, and nothing else? */
static bool
is_account(struct chat *c, bool *yes, struct err *e)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n_accounts && n == 0; i++) {
        if (!chat_names_account(c, &c->accounts[i], c->folded, &n, e))
            return false;
    }
    *yes = n > 0 && c->folded[n] == '\0';
    return true;
}

static const char *
spelling(const struct chat *c, enum word word)
{
    const char *text = words_spelling(c->d->words, c->language, word);

    return text[0] != '\0' ? text : words_spelling(c->d->words, "en", word);
}

/* What the text before said behind its first word. */
static const char *
behind_word(const char *text)
{
    text += strspn(text, " ");
    return text + strcspn(text, " ");
}

static enum word
word_before(const struct chat *c, const struct inbox_row *before)
{
    char folded[WORDS_FOLDED_MAX];
    const char *rest, *language;

    return words_find(c->d->words, before->text, folded, &rest, &language);
}

/* Which command this text is an answer about, and the whole command in *whole. An account
 * alone asks for its balance, and a number alone may be what the meter shows. */
static enum word
whole_command(const struct chat *c, const struct inbox_row *before, bool is_account,
              struct inbox_row *whole)
{
    const struct question *q = before != NULL ? question_of(c, before) : NULL;
    enum word word = q != NULL ? q->word : is_account ? WORD_BALANCE : WORD_NONE;
    const char *more = "", *said = c->m->text;
    size_t digits = strspn(c->folded, "0123456789");

    if (q != NULL && q->word == WORD_NONE && is_account) {
        word = word_before(c, before);
        more = behind_word(before->text);
    } else if (q == NULL && !is_account && digits >= NUMBER_LEAST &&
               digits <= NUMBER_MOST && c->folded[digits] == '\0') {
        word = WORD_READ;
        said = "";
    }
    if (word != WORD_NONE)
        snprintf(whole->text, sizeof(whole->text), "%s %.*s%.1000s", spelling(c, word),
                 (int)sizeof(whole->text) - 1100, said, more);
    return word;
}

bool
chat_follow(struct chat *c, struct inbox_row **out, struct err *e)
{
    struct inbox_row *before = NULL;
    bool found, account, good;

    *out = NULL;
    if (c->word != WORD_NONE || c->folded[0] == '\0')
        return true;
    *out = malloc(sizeof(**out));
    before = malloc(sizeof(*before));
    if (*out == NULL || before == NULL) {
        free(before);
        return err_set(e, FAIL_RETRY, "not enough memory");
    }
    **out = *c->m;
    good = inbox_row_before(c->d->store, c->m->sender, c->m->id, before, &found, e) &&
           is_account(c, &account, e);
    if (good && whole_command(c, found ? before : NULL, account, *out) != WORD_NONE) {
        c->m = *out;
        c->word = words_find(c->d->words, c->m->text, c->folded, &c->rest, &c->word_in);
    }
    free(before);
    return good;
}
