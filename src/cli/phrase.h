/*
 * phrase.h - what pages say, in the language of who works here; for src/cli alone. Keys of
 * JSON, words of states and commands stay English, so that scripts and colleagues agree.
 *
 * English is the key, as in gettext; the tables are C because a box has neither locales nor
 * catalogues installed, and a test compares the conversions of each row.
 */
#ifndef METERPOST_SRC_CLI_PHRASE_H
#define METERPOST_SRC_CLI_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

/* Rows of a table; NULL: as in English. */
struct phrase {
    const char *en, *es, *fr, *sw, *zh;
};

/* phrase_today.c: the morning and the doctor; phrase_status.c: status and help;
 * phrase_table.c: heads of tables; phrase_note.c: notes and wrong usage; phrase_desk.c and
 * phrase_office.c: what the commands do. */
extern const struct phrase phrases_today[];
extern const size_t phrases_today_count;
extern const struct phrase phrases_status[];
extern const size_t phrases_status_count;
extern const struct phrase phrases_table[];
extern const size_t phrases_table_count;
extern const struct phrase phrases_note[];
extern const size_t phrases_note_count;
extern const struct phrase phrases_desk[];
extern const size_t phrases_desk_count;
extern const struct phrase phrases_office[];
extern const size_t phrases_office_count;

/* The language of all that follows. The environment (METERPOST_LANGUAGE, LC_ALL,
 * LC_MESSAGES, LANG) goes before `utility`, which is that of the settings or NULL; "C" and
 * what there is no table for is passed over. */
void phrase_language(const char *utility);

/* The phrase in that language, or itself. */
const char *phrase(const char *english) __attribute__((format_arg(1)));

#endif
