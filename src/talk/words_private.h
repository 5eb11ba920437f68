/* words_private.h - what is known of all languages; for words*.c alone. */
#ifndef METERPOST_SRC_TALK_WORDS_PRIVATE_H
#define METERPOST_SRC_TALK_WORDS_PRIVATE_H

#include "meterpost/talk/words.h"

#define SPELLINGS_MAX  4000
#define SENSES_MAX     2000
#define COURTESIES_MAX 900
#define NAMES_MAX      200
#define SNIPPETS_MAX   100
#define LANGUAGES_MAX  32
#define LANGUAGE_MAX   12
#define SPELLING_MAX   64
#define PHRASE_MAX     200
#define PHRASES_MAX    2000

struct word_kind {
    const char *key;
    int typing, must, most;
};

extern const struct word_kind word_kinds[WORDS_COUNT];

struct spelling {
    char text[SPELLING_MAX]; /* folded */
    enum word word;          /* WORD_NONE: a courtesy */
    int language;            /* -1: several share it */
};

struct language_name {
    char text[SPELLING_MAX]; /* folded */
    int language;
};

struct language {
    char code[LANGUAGE_MAX];
    char first[WORDS_COUNT][SPELLING_MAX]; /* as written in the file */
    bool transliterate; /* texts may lose their accents where that makes them shorter */
};

/* A sentence of the program in another language. */
struct phrase {
    char english[PHRASE_MAX]; /* "{}" for what differs */
    char text[PHRASE_MAX];    /* "{1}" is the first of those */
    int language;
};

/* What a text may hold anywhere. */
struct snippets {
    char text[SNIPPETS_MAX][SPELLING_MAX]; /* folded */
    size_t count;
};

struct words {
    struct language languages[LANGUAGES_MAX];
    int language_count;
    struct spelling spellings[SPELLINGS_MAX];
    size_t count;
    struct spelling courtesies[COURTESIES_MAX];
    size_t courtesy_count;
    struct spelling senses[SENSES_MAX]; /* words with spaces between them */
    size_t sense_count;
    struct snippets missed_calls, auto_replies;
    struct language_name names[NAMES_MAX];
    size_t name_count;
    struct phrase *phrases;
    size_t phrase_count;
};

/* The spelling that is just these n bytes; NULL when there is none. */
const struct spelling *words_exact(const struct words *w, const char *folded, size_t n);

/* True for scripts that are written without spaces. Pure. */
bool words_dense(const char *text);

/* The sense that has the most letters among those that the folded text has all words of,
 * near each other; NULL when there is none. Pure. */
const struct spelling *words_sense(const struct words *w, const char *folded);

/* How many "{}" or what highest "{n}" a phrase has. Pure. */
int words_phrase_holes(const char *text);

/* Are two words one mistake of typing apart, or the same? Pure. */
bool words_one_off(const char *a, size_t n, const char *b, size_t m);

#endif
