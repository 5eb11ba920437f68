/*
 * words.h - the command words that customers text, in every installed language.
 *
 * A language is a file of conf/words/: which spellings mean which command. The words of all
 * languages are understood from anybody; the answer is in the account's language.
 * Case, accents, full-width letters, digits of any script, spaces and punctuation do not
 * matter: both sides are folded before they are compared. The first word decides.
 * Source of the set: interfaces §6; keywords in use at utilities (Noida Power, Citizens
 * Energy, SharedSolar).
 */
#ifndef METERPOST_TALK_WORDS_H
#define METERPOST_TALK_WORDS_H

#include "meterpost/base/yaml.h"

#include <stdbool.h>
#include <stddef.h>

#define WORDS_FOLDED_MAX 1700 /* bytes of a folded text, NUL included */

enum word {
    WORD_NONE, /* no command: people write sentences, too */
    WORD_BALANCE,
    WORD_HELP,
};

struct words; /* opaque: all languages of a folder */

/* Read every *.yaml of the folder. NULL with problems when one is wrong, when two languages
 * give one spelling different meanings, or when there is none. Owned by the caller. */
struct words *words_load(const char *folder, struct problems *p);
void words_free(struct words *w);

/* Which command a text begins with. *language is that of the spelling (a pointer into w, ""
 * when several languages share it), *rest points into `folded` behind the word.
 * `folded` has WORDS_FOLDED_MAX bytes. Pure. */
enum word words_find(const struct words *w, const char *text, char *folded,
                     const char **rest, const char **language);

/* True when the language has a file. */
bool words_speak(const struct words *w, const char *language);

/* Lower case, without accents, ASCII digits, every run of anything else one space, none at
 * the ends. At most size - 1 bytes, cut between characters. */
void words_fold(const char *text, char *out, size_t size);

#endif
