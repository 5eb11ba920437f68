/* words_lint.c - what is well-formed in the word files and still likely to go wrong. */
#include "meterpost/base/text.h"
#include "words_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct lint {
    const struct words *w;
    words_doubt *doubt;
    void *arg;
    int found;
};

__attribute__((format(printf, 2, 3))) static void
tell(struct lint *l, const char *fmt, ...)
{
    char text[300];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    l->found++;
    l->doubt(l->arg, text);
}

static const char *
language_of(const struct words *w, const struct spelling *s)
{
    return s->language < 0 ? "several" : w->languages[s->language].code;
}

/* A slip of the thumb must not change anything. What staff command has its codes. */
static bool
changes(const struct spelling *s)
{
    return !word_kinds[s->word].typing && s->word < WORD_CUT;
}

static void
lint_near(struct lint *l)
{
    const struct words *w = l->w;

    for (size_t i = 0; i < w->count; i++) {
        for (size_t k = i + 1; k < w->count; k++) {
            const struct spelling *a = &w->spellings[i], *b = &w->spellings[k];
            size_t n = strlen(a->text), m = strlen(b->text);

            if (a->word == b->word || n < 4 || m < 4 || changes(a) == changes(b) ||
                a->word >= WORD_CUT || b->word >= WORD_CUT ||
                !words_one_off(a->text, n, b->text, m))
                continue;
            tell(l, "'%s' (%s, %s) is one mistake of typing from '%s' (%s, %s)", a->text,
                 word_kinds[a->word].key, language_of(w, a), b->text,
                 word_kinds[b->word].key, language_of(w, b));
        }
    }
}

/* Without spaces "查询" is the beginning of "查询用量": the longer one wins, which is
 * meant; the other way round it would never be found. */
static void
lint_courtesy(struct lint *l)
{
    const struct words *w = l->w;

    for (size_t i = 0; i < w->courtesy_count; i++) {
        const char *text = w->courtesies[i].text;
        const struct spelling *same = words_exact(w, text, strlen(text));

        if (same != NULL)
            tell(l, "'%s' is passed over as a courtesy, and means %s in language %s", text,
                 word_kinds[same->word].key, language_of(w, same));
    }
}

static void
lint_missing(struct lint *l)
{
    for (int i = 0; i < l->w->language_count; i++) {
        for (int word = WORD_NONE + 1; word < WORDS_COUNT; word++) {
            if (word_kinds[word].must && l->w->languages[i].first[word][0] == '\0')
                tell(l, "language %s has no word for %s", l->w->languages[i].code,
                     word_kinds[word].key);
        }
    }
}

/* Are these the same words in another order? */
static bool
same_words(const char *a, const char *b)
{
    char wide_a[SPELLING_MAX + 2], wide_b[SPELLING_MAX + 2], word[SPELLING_MAX + 2];

    snprintf(wide_a, sizeof(wide_a), " %s ", a);
    snprintf(wide_b, sizeof(wide_b), " %s ", b);
    if (strlen(wide_a) != strlen(wide_b))
        return false;
    for (const char *at = wide_a; at[1] != '\0'; at += strcspn(at + 1, " ") + 1) {
        snprintf(word, sizeof(word), "%.*s", (int)strcspn(at + 1, " ") + 2, at);
        if (strstr(wide_b, word) == NULL)
            return false;
    }
    return true;
}

static void
lint_senses(struct lint *l)
{
    const struct words *w = l->w;

    for (size_t i = 0; i < w->sense_count; i++) {
        for (size_t k = i + 1; k < w->sense_count; k++) {
            const struct spelling *a = &w->senses[i], *b = &w->senses[k];

            if (a->word != b->word && same_words(a->text, b->text))
                tell(l, "'%s' (%s, %s) has the words of '%s' (%s, %s)", a->text,
                     word_kinds[a->word].key, language_of(w, a), b->text,
                     word_kinds[b->word].key, language_of(w, b));
        }
    }
}

int
words_lint(const struct words *w, words_doubt *doubt, void *arg)
{
    struct lint l = {w, doubt, arg, 0};

    lint_missing(&l);
    lint_courtesy(&l);
    lint_near(&l);
    lint_senses(&l);
    return l.found;
}
