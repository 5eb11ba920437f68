/*
 * words.h - the command words that people text, in every installed language.
 *
 * A language is a file of conf/words/: which spellings mean which command. The words of all
 * languages are understood from anybody; the answer is in the account's language.
 * Case, accents, full-width letters, digits of any script, spaces and punctuation do not
 * matter: both sides are folded before they are compared. The first word decides; words of
 * courtesy in front ("please", "what is my") are passed over. One mistake of typing is
 * forgiven in words that only ask. Sentences are understood by `senses`: a few words that
 * stand near each other in any order ("no power", "bill high").
 * Source of the set: interfaces §6; keywords in use at utilities (Noida Power, Citizens
 * Energy, SharedSolar).
 */
#ifndef METERPOST_TALK_WORDS_H
#define METERPOST_TALK_WORDS_H

#include "meterpost/base/yaml.h"

#include <stdbool.h>
#include <stddef.h>

#define WORDS_FOLDED_MAX 1700 /* bytes of a folded text, NUL included */

#define WORDS_ANY        1000

/* X(name, key in the files, 1: may be typed with a mistake, 1: must be in every file, how
 * many words without a digit may follow it: a longer text that begins with a word that
 * changes something is a sentence) */
#define WORDS_LIST(X)                                                                      \
    X(WORD_BALANCE, "BAL", 1, 1, WORDS_ANY)                                                \
    X(WORD_BILL, "BILL", 1, 1, WORDS_ANY)                                                  \
    X(WORD_USE, "USE", 1, 1, WORDS_ANY)                                                    \
    X(WORD_PAY, "PAY", 1, 1, WORDS_ANY)                                                    \
    X(WORD_PAID, "PAID", 1, 1, WORDS_ANY)                                                  \
    X(WORD_READ, "READ", 1, 1, WORDS_ANY)                                                  \
    X(WORD_HELP, "HELP", 1, 1, WORDS_ANY)                                                  \
    X(WORD_THANKS, "THANKS", 1, 0, WORDS_ANY)                                              \
    X(WORD_LANGUAGE, "LANG", 1, 1, WORDS_ANY)                                              \
    X(WORD_STOP, "STOP", 0, 1, 4)                                                          \
    X(WORD_START, "START", 0, 1, 3)                                                        \
    X(WORD_PLAN, "PLAN", 0, 1, WORDS_ANY)                                                  \
    X(WORD_PROMISE, "PROMISE", 0, 1, WORDS_ANY)                                            \
    X(WORD_COMPLAINT, "COMPLAINT", 1, 1, WORDS_ANY)                                        \
    X(WORD_FAULT, "FAULT", 1, 0, WORDS_ANY)                                                \
    X(WORD_TICKET, "TICKET", 1, 1, WORDS_ANY)                                              \
    X(WORD_OUTAGE, "OUT", 1, 1, WORDS_ANY)                                                 \
    X(WORD_WHY, "WHY", 0, 1, WORDS_ANY)                                                    \
    X(WORD_PHONE, "PHONE", 0, 1, 1)                                                        \
    X(WORD_NICK, "NAME", 0, 1, 2)                                                          \
    X(WORD_WRONG, "WRONG", 0, 1, 1)                                                        \
    X(WORD_REGISTER, "REG", 0, 1, WORDS_ANY)                                               \
    X(WORD_YES, "YES", 0, 1, 1)                                                            \
    X(WORD_NO, "NO", 0, 1, 1)                                                              \
    X(WORD_CUT, "CUT", 0, 1, WORDS_ANY)                                                    \
    X(WORD_RESTORE, "RESTORE", 0, 1, WORDS_ANY)                                            \
    X(WORD_OK, "OK", 0, 1, WORDS_ANY)                                                      \
    X(WORD_HOLD, "HOLD", 0, 1, WORDS_ANY)                                                  \
    X(WORD_KILL, "KILL", 0, 1, WORDS_ANY)                                                  \
    X(WORD_STATUS, "STATUS", 0, 1, WORDS_ANY)                                              \
    X(WORD_REPORT, "REPORT", 0, 1, WORDS_ANY)                                              \
    X(WORD_DONE, "DONE", 0, 1, WORDS_ANY)                                                  \
    X(WORD_FAILED, "FAILED", 0, 1, WORDS_ANY)                                              \
    X(WORD_TOPUP, "TOPUP", 0, 1, WORDS_ANY)                                                \
    X(WORD_SEEN, "SEEN", 0, 1, WORDS_ANY)

#define WORDS_ENUM(name, key, typing, must, most) name,
enum word {
    WORD_NONE, /* no command: people write sentences, too */
    WORDS_LIST(WORDS_ENUM) WORDS_COUNT
};
#undef WORDS_ENUM

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

/* True when a text of the network tells of a call that nobody took (`missed_call` of the
 * files): who called is then in its digits. Pure. */
bool words_missed_call(const struct words *w, const char *text);

/* True for what a telephone writes by itself while its owner drives or sleeps
 * (`auto_reply` of the files): nobody waits for an answer. Pure. */
bool words_auto_reply(const struct words *w, const char *text);

/* The length of the words of courtesy that a folded text begins with, and of the space
 * behind them. Pure. */
size_t words_courtesy(const struct words *w, const char *folded);

/* The key of a command: "BAL". */
const char *words_key(enum word word);

/* Take over which languages may be written plainly, for the whole process: as
 * meterpost/sms/translit.h says. */
void words_allow_translit(const struct words *w);

/* How a command is called in a language: its first spelling there, in capitals. "" when the
 * language has none. */
const char *words_spelling(const struct words *w, const char *language, enum word word);

/* True when the language has a file. */
bool words_speak(const struct words *w, const char *language);

/* The language that a folded text names ("sw", "kiswahili", "中文"); NULL when it names
 * none. A pointer into w. */
const char *words_language(const struct words *w, const char *folded);

/* Lower case, without accents, ASCII digits, every run of anything else one space, none at
 * the ends. At most size - 1 bytes, cut between characters. */
void words_fold(const char *text, char *out, size_t size);

/* What the program says in English ("order 12 is sent: there is nothing to approve"), as
 * the language has it under `phrases`: `{}` there stands for what differs each time. Joined
 * by "; " are several. What the language does not have stays English. `out`, which is also
 * returned, ends at a whole character. Pure. */
const char *words_phrase(const struct words *w, const char *language, const char *english,
                         char *out, size_t size);

/* What is well-formed but likely to be misunderstood, across all languages: words one
 * mistake of typing from another command, words that begin with another one in scripts
 * without spaces, commands that a language lacks. Each is told in a sentence; the number of
 * them. */
typedef void words_doubt(void *arg, const char *text);
int words_lint(const struct words *w, words_doubt *doubt, void *arg);

#endif
