/* sense.c - sentences: a few words near each other, in any order, that mean a command. */
#include "words_private.h"

#include <string.h>

#define TOKENS_MAX   40
#define SENSE_SPREAD 4 /* words that may stand between those of a sense */
#define DENSE_MAX    180
#define PLURAL_LEAST 4 /* letters of a word that may have an s behind it */
#define TYPING_LEAST 5 /* letters of a word in which one mistake is forgiven */

struct token {
    const char *at;
    size_t n;
};

static size_t
split(const char *text, struct token *out, size_t most)
{
    size_t count = 0;

    for (const char *at = text; *at != '\0' && count < most; count++) {
        out[count] = (struct token){at, strcspn(at, " ")};
        at += out[count].n;
        at += *at == ' ';
    }
    return count;
}

static bool
same(const struct token *want, const struct token *got)
{
    bool plural =
        want->n >= PLURAL_LEAST && got->n == want->n + 1 && got->at[want->n] == 's';

    return (want->n == got->n || plural) && memcmp(want->at, got->at, want->n) == 0;
}

static bool
mistyped(const struct token *want, const struct token *got)
{
    return want->n >= TYPING_LEAST && got->n >= TYPING_LEAST &&
           words_one_off(want->at, want->n, got->at, got->n);
}

static bool
any_is(const struct token *want, const struct token *text, size_t from, size_t to,
       bool (*fits)(const struct token *want, const struct token *got))
{
    for (size_t i = from; i < to; i++) {
        if (fits(want, &text[i]))
            return true;
    }
    return false;
}

/* All words of the sense in so many words of the text that follow each other; one of them
 * may be mistyped. */
static bool
near(const struct token *sense, size_t n, const struct token *text, size_t count)
{
    size_t width = n + SENSE_SPREAD;

    for (size_t i = 0; i < n; i++) { /* most senses end here */
        if (!any_is(&sense[i], text, 0, count, same) &&
            !any_is(&sense[i], text, 0, count, mistyped))
            return false;
    }
    for (size_t from = 0; from == 0 || from + n <= count; from++) {
        size_t to = from + width < count ? from + width : count, had = 0, mistakes = 0;

        for (; had < n && mistakes <= 1; had++) {
            if (any_is(&sense[had], text, from, to, same))
                continue;
            if (!any_is(&sense[had], text, from, to, mistyped))
                break;
            mistakes++;
        }
        if (had == n && mistakes <= 1)
            return true;
    }
    return false;
}

/* Without spaces: all parts of it, wherever they stand in a text that is not long. */
static bool
holds(const struct token *sense, size_t n, const char *folded)
{
    size_t length = strlen(folded);

    for (size_t i = 0; i < n; i++) {
        if (memmem(folded, length, sense[i].at, sense[i].n) == NULL)
            return false;
    }
    return length <= DENSE_MAX;
}

const struct spelling *
words_sense(const struct words *w, const char *folded)
{
    const struct spelling *best = NULL;
    struct token text[TOKENS_MAX + 1], sense[SPELLING_MAX / 2];
    size_t count = split(folded, text, TOKENS_MAX + 1);

    if (count > TOKENS_MAX)
        return NULL; /* that long a text is for a person */
    for (size_t i = 0; i < w->sense_count; i++) {
        const struct spelling *one = &w->senses[i];
        size_t n;

        if (best != NULL && strlen(best->text) >= strlen(one->text))
            continue;
        n = split(one->text, sense, SPELLING_MAX / 2);
        if (words_dense(one->text) ? holds(sense, n, folded) : near(sense, n, text, count))
            best = one;
    }
    return best;
}
