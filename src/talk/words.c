#include "meterpost/talk/words.h"

#include "meterpost/base/text.h"
#include "meterpost/sms/translit.h"
#include "words_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COURTESY_MAX                             6 /* words in front that are passed over */
#define JOINED_MAX                               4 /* words that are one command */
#define SENTENCE_MAX                             8 /* words of a text in which a question is looked for */
#define POLITE_MAX                               9 /* bytes: three characters behind a Chinese thank you */
#define DENSE_MAX                                180 /* bytes of such a text without spaces */
#define TYPING_LEAST                             4 /* characters of a word in which a mistake is forgiven */

#define WORDS_ROW(name, key, typing, must, most) [name] = {key, typing, must, most},
const struct word_kind word_kinds[WORDS_COUNT] = {WORDS_LIST(WORDS_ROW)};
#undef WORDS_ROW

static bool
holds_snippet(const struct snippets *all, const char *text)
{
    char folded[WORDS_FOLDED_MAX];

    words_fold(text, folded, sizeof(folded));
    for (size_t i = 0; i < all->count; i++) {
        if (strstr(folded, all->text[i]) != NULL)
            return true;
    }
    return false;
}

bool
words_missed_call(const struct words *w, const char *text)
{
    return holds_snippet(&w->missed_calls, text);
}

bool
words_auto_reply(const struct words *w, const char *text)
{
    return holds_snippet(&w->auto_replies, text);
}

const char *
words_key(enum word word)
{
    return word == WORD_NONE || word >= WORDS_COUNT ? "" : word_kinds[word].key;
}

bool
words_speak(const struct words *w, const char *language)
{
    for (int i = 0; i < w->language_count; i++) {
        if (strcmp(w->languages[i].code, language) == 0)
            return true;
    }
    return false;
}

void
words_allow_translit(const struct words *w)
{
    translit_forbid_all();
    for (int i = 0; i < w->language_count; i++) {
        if (w->languages[i].transliterate)
            translit_allow(w->languages[i].code);
    }
}

const char *
words_spelling(const struct words *w, const char *language, enum word word)
{
    for (int i = 0; i < w->language_count; i++) {
        if (strcmp(w->languages[i].code, language) == 0)
            return w->languages[i].first[word];
    }
    return "";
}

const char *
words_language(const struct words *w, const char *folded)
{
    size_t n = strcspn(folded, " ");

    for (size_t i = 0; i < w->name_count; i++) {
        const struct language_name *one = &w->names[i];

        if (strlen(one->text) == n && memcmp(one->text, folded, n) == 0)
            return w->languages[one->language].code;
    }
    return NULL;
}

const struct spelling *
words_exact(const struct words *w, const char *folded, size_t n)
{
    for (size_t i = 0; i < w->count; i++) {
        if (strlen(w->spellings[i].text) == n &&
            memcmp(w->spellings[i].text, folded, n) == 0)
            return &w->spellings[i];
    }
    return NULL;
}

/* ---- scripts without spaces ---- */

bool
words_dense(const char *text)
{
    return (unsigned char)text[0] >= 0xE3;
}

/* The longest spelling, or courtesy, that the text begins with. */
static const struct spelling *
begins_with(const struct spelling *all, size_t count, const char *folded)
{
    const struct spelling *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct spelling *one = &all[i];

        if (words_dense(one->text) && strncmp(folded, one->text, strlen(one->text)) == 0 &&
            (best == NULL || strlen(one->text) > strlen(best->text)))
            best = one;
    }
    return best;
}

/* ---- one mistake of typing ---- */

/* One letter wrong, missing, too many, or two swapped. Bytes: the words are ASCII. */
bool
words_one_off(const char *a, size_t n, const char *b, size_t m)
{
    size_t head = 0, tail = 0, least = n < m ? n : m;

    if (n > m + 1 || m > n + 1)
        return false;
    while (head < least && a[head] == b[head])
        head++;
    while (tail < least - head && a[n - 1 - tail] == b[m - 1 - tail])
        tail++;
    if (n != m)
        return head + tail >= least;
    if (head + tail + 1 >= n)
        return true;
    return head + tail + 2 == n && a[head] == b[head + 1] && a[head + 1] == b[head];
}

static bool
is_ascii_word(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] < 'a' || text[i] > 'z')
            return false;
    }
    return n > 0;
}

/* Of two words one mistake apart: was it that letters changed places? Short words that
 * differ by a letter are different words ("wire", "lire"); "hlep" is none. */
static bool
same_letters(const char *a, const char *b, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] - b[i];
    return sum == 0;
}

/* The one command that is meant, if one can tell: two that are as near are none. */
static const struct spelling *
nearly(const struct words *w, const char *folded, size_t n)
{
    const struct spelling *best = NULL;

    if (n < TYPING_LEAST || !is_ascii_word(folded, n))
        return NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct spelling *one = &w->spellings[i];
        size_t m = strlen(one->text);

        if (!is_ascii_word(one->text, m) || !words_one_off(folded, n, one->text, m) ||
            (n <= TYPING_LEAST && m <= TYPING_LEAST && !same_letters(folded, one->text, n)))
            continue;
        if (best != NULL && best->word != one->word)
            return NULL;
        best = one;
    }
    return best != NULL && word_kinds[best->word].typing ? best : NULL;
}

/* ---- a text ---- */

size_t
words_courtesy(const struct words *w, const char *at)
{
    size_t n = strcspn(at, " ");
    const struct spelling *dense;

    for (size_t i = 0; i < w->courtesy_count; i++) {
        if (strlen(w->courtesies[i].text) == n && memcmp(w->courtesies[i].text, at, n) == 0)
            return n + (at[n] == ' ');
    }
    dense = begins_with(w->courtesies, w->courtesy_count, at);
    if (dense == NULL)
        return 0;
    n = strlen(dense->text);
    return n + (at[n] == ' ');
}

/* Words that are one command: "no power" is nopower, "bill too high" is billtoohigh. The
 * longest run counts. */
static const struct spelling *
joined(const struct words *w, const char *at, size_t *n)
{
    const struct spelling *best = NULL;
    char all[SPELLING_MAX];
    const char *word = at;
    size_t used = 0;

    for (int i = 1; i <= JOINED_MAX && *word != '\0'; i++) {
        size_t length = strcspn(word, " ");
        const struct spelling *found;

        if (used + length >= sizeof(all))
            break;
        memcpy(all + used, word, length);
        used += length;
        word += length;
        found = i > 1 ? words_exact(w, all, used) : NULL;
        if (found != NULL) {
            best = found;
            *n = (size_t)(word - at);
        }
        word += *word == ' ';
    }
    return best;
}

/* "bal1042" is bal 1042. */
static const struct spelling *
glued(const struct words *w, const char *at, size_t *n)
{
    size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyz");

    if (letters < 2 || at[letters] < '0' || at[letters] > '9')
        return NULL;
    *n = letters;
    return words_exact(w, at, letters);
}

/* The command at the start of `at`, and how long it is. */
static const struct spelling *
command_at_start(const struct words *w, const char *at, size_t *n)
{
    const struct spelling *found = joined(w, at, n);

    if (found != NULL || (found = glued(w, at, n)) != NULL)
        return found;
    *n = strcspn(at, " ");
    found = words_exact(w, at, *n);
    if (found != NULL && *n == 1 && is_ascii_word(at, 1) && at[1] != '\0')
        return NULL; /* one letter is a command only alone */
    if (found == NULL && (found = begins_with(w->spellings, w->count, at)) != NULL)
        *n = strlen(found->text);
    return found;
}

static bool
is_question(enum word word)
{
    static const enum word questions[] = {WORD_BALANCE,   WORD_BILL,   WORD_USE,
                                          WORD_PAY,       WORD_OUTAGE, WORD_PAID,
                                          WORD_COMPLAINT, WORD_FAULT,  WORD_HELP};

    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        if (questions[i] == word)
            return true;
    }
    return false;
}

/* A question in the middle of a sentence: "water pipe is leaking". Only what asks, only as
 * it is spelt, and not in a long text: that one is for a person. */
static const struct spelling *
inside(const struct words *w, const char **from, size_t *n)
{
    const char *at = *from;
    bool digits = strpbrk(at, "0123456789") != NULL;
    int count = 1;

    for (const char *gap = at; (gap = strchr(gap, ' ')) != NULL; gap++)
        count++;
    while (count <= SENTENCE_MAX && *at != '\0') {
        const struct spelling *found = joined(w, at, n);

        if (found == NULL) {
            *n = strcspn(at, " ");
            found = *n > 2 ? words_exact(w, at, *n) : NULL;
        }
        if (found != NULL &&
            (is_question(found->word) || (found->word == WORD_READ && digits))) {
            *from = at;
            return found;
        }
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    return NULL;
}

/* The same in scripts without spaces: the longest of the questions. */
static const struct spelling *
inside_dense(const struct words *w, const char **from, size_t *n)
{
    const struct spelling *best = NULL;
    const char *text = *from;
    bool digits = strpbrk(text, "0123456789") != NULL;

    for (size_t i = 0; strlen(text) <= DENSE_MAX && i < w->count; i++) {
        const struct spelling *one = &w->spellings[i];
        const char *at = words_dense(one->text) && (is_question(one->word) ||
                                                    (one->word == WORD_READ && digits))
                             ? strstr(text, one->text)
                             : NULL;

        if (at == NULL || (best != NULL && strlen(best->text) >= strlen(one->text)))
            continue;
        best = one;
        *from = at;
        *n = strlen(one->text);
    }
    return best;
}

/* How many words without a digit follow: "OK 17 7QK3M9XD2PVA8" has none. */
static int
plain_words(const char *at)
{
    int count = 0;

    while (*at != '\0') {
        size_t n = strcspn(at, " ");

        count += strcspn(at, "0123456789") >= n;
        at += n + (at[n] == ' ');
    }
    return count;
}

/* "可以" agrees; "可以分两次交吗" asks. */
static bool
is_polite(const struct spelling *thanks, const char *behind)
{
    return !words_dense(thanks->text) || strcspn(behind, " ") <= POLITE_MAX;
}

/* What is worse than what the command asks: "bill abnormal", "bill paid". */
static const struct spelling *
stronger(const struct words *w, const struct spelling *found, const char *folded)
{
    static const enum word asks[] = {WORD_BALANCE, WORD_BILL, WORD_USE, WORD_PAY,
                                     WORD_READ};
    bool weak = false;

    for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
        weak = weak || asks[i] == found->word;
    for (size_t i = 0; weak && i < w->count; i++) {
        const struct spelling *one = &w->spellings[i];
        size_t n = strlen(one->text);

        if (one->word != WORD_FAULT && one->word != WORD_PAID)
            continue;
        for (const char *at = folded; (at = strstr(at, one->text)) != NULL; at += n) {
            if (words_dense(one->text) ||
                ((at == folded || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')))
                return one;
        }
    }
    return NULL;
}

/* The command that a text begins with, behind words of courtesy. What changes something and
 * stands in front of a sentence is none: "end of the month i can pay". *at is where it
 * begins, *thanks is set when somebody says thank you on the way. */
static const struct spelling *
at_start(const struct words *w, const char **at, size_t *n, const struct spelling **thanks)
{
    for (int i = 0; i <= COURTESY_MAX; i++) {
        const struct spelling *found = command_at_start(w, *at, n);
        size_t skip = words_courtesy(w, *at);

        if (found != NULL && found->word == WORD_THANKS)
            *thanks = is_polite(found, *at + *n) ? found : *thanks;
        else if (found != NULL &&
                 plain_words(*at + *n + ((*at)[*n] == ' ')) <= word_kinds[found->word].most)
            return found;
        if (found != NULL)
            skip = *n + ((*at)[*n] == ' ');
        if (skip == 0)
            return NULL;
        *at += skip;
    }
    return NULL;
}

/* Does a command at the start mean what a sense of the whole text says? "Power bill" is not
 * about the power. An argument behind it shows that it was meant, and a complaint may be
 * about anything. */
static bool
yields(const struct spelling *found, const struct spelling *sense, const char *rest)
{
    size_t n = strcspn(rest, " ");

    if (found->word == WORD_COMPLAINT && sense->word != WORD_TICKET)
        return false;
    return found->word != sense->word && found->word != WORD_LANGUAGE &&
           found->word != WORD_REGISTER && (n == 0 || strcspn(rest, "0123456789") >= n);
}

/* Behind a sense stands what may be its argument: the first word with a digit. */
static const char *
first_number(const char *folded)
{
    const char *digit = folded + strcspn(folded, "0123456789");

    while (*digit != '\0' && digit > folded && digit[-1] != ' ')
        digit--;
    return digit;
}

enum word
words_find(const struct words *w, const char *text, char *folded, const char **rest,
           const char **language)
{
    const struct spelling *found, *sense, *worse, *thanks = NULL;
    const char *at = folded;
    size_t n = 0;

    words_fold(text, folded, WORDS_FOLDED_MAX);
    found = at_start(w, &at, &n, &thanks);
    *rest = found == NULL ? "" : at + n + (at[n] == ' ');
    sense = words_sense(w, folded);
    if (sense != NULL && (found == NULL || yields(found, sense, *rest))) {
        found = sense;
        *rest = first_number(folded);
    } else if (found == NULL) {
        n = strcspn(at, " ");
        if ((found = nearly(w, at, n)) == NULL && (found = inside(w, &at, &n)) == NULL)
            found = inside_dense(w, &at, &n);
        *rest = at + n + (at[n] == ' ');
    }
    worse = found != NULL ? stronger(w, found, folded) : NULL;
    if (worse != NULL && (worse->word == WORD_PAID || yields(found, worse, *rest))) {
        found = worse;
        *rest = first_number(folded);
    }
    if (found == NULL)
        found = thanks;
    *language = "";
    if (found == NULL) {
        *rest = folded;
        return WORD_NONE;
    }
    if (found->language >= 0)
        *language = w->languages[found->language].code;
    return found->word;
}
