/* words_load.c - the files of conf/words, checked against each other. */
#include "meterpost/base/text.h"
#include "words_private.h"

#include <ctype.h>
#include <cyaml/cyaml.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPELLINGS_OF_ONE 200 /* of one command in one language */

/* One entry of `phrases`. */
struct phrase_file {
    char *en, *as;
};

/* One file, as libcyaml fills it. */
struct words_file {
    char *language, *name;
    char **names, **courtesy, **missed_call, **auto_reply;
    unsigned names_count, courtesy_count, missed_call_count, auto_reply_count;
    struct phrase_file *phrases;
    unsigned phrases_count;
    bool transliterate;
    struct commands {
        char **spellings[WORDS_COUNT];
        unsigned counts[WORDS_COUNT];
    } words, senses;
};

static const cyaml_schema_value_t spelling_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, SPELLING_MAX - 1)};

#define WORDS_FIELD(word, name, typing, must, most)                                        \
    {.key = name,                                                                          \
     .value = {.type = CYAML_SEQUENCE,                                                     \
               .flags = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,                          \
               .data_size = sizeof(char *),                                                \
               .sequence = {.min = 1,                                                      \
                            .max = SPELLINGS_OF_ONE,                                       \
                            .entry = &spelling_schema}},                                   \
     .data_offset =                                                                        \
         (uint32_t)(offsetof(struct commands, spellings) + word * sizeof(char **)),        \
     .count_offset =                                                                       \
         (uint32_t)(offsetof(struct commands, counts) + word * sizeof(unsigned)),          \
     .count_size = sizeof(unsigned)},

static const cyaml_schema_field_t command_fields[] = {WORDS_LIST(WORDS_FIELD)
                                                          CYAML_FIELD_END};

static const cyaml_schema_field_t phrase_fields[] = {
    CYAML_FIELD_STRING_PTR("en", CYAML_FLAG_POINTER, struct phrase_file, en, 2,
                           PHRASE_MAX - 1),
    CYAML_FIELD_STRING_PTR("as", CYAML_FLAG_POINTER, struct phrase_file, as, 1,
                           PHRASE_MAX - 1),
    CYAML_FIELD_END};

static const cyaml_schema_value_t phrase_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct phrase_file, phrase_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR("language", CYAML_FLAG_POINTER, struct words_file, language, 2,
                           LANGUAGE_MAX - 1),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct words_file, name, 1, 60),
    CYAML_FIELD_SEQUENCE("names", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct words_file, names, &spelling_schema, 1, 50),
    CYAML_FIELD_SEQUENCE("courtesy", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct words_file, courtesy, &spelling_schema, 1, 300),
    CYAML_FIELD_BOOL("transliterate", CYAML_FLAG_OPTIONAL, struct words_file,
                     transliterate),
    CYAML_FIELD_SEQUENCE("missed_call", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct words_file, missed_call, &spelling_schema, 1, 20),
    CYAML_FIELD_SEQUENCE("phrases", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct words_file, phrases, &phrase_schema, 1, PHRASES_MAX),
    CYAML_FIELD_SEQUENCE("auto_reply", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct words_file, auto_reply, &spelling_schema, 1, 50),
    CYAML_FIELD_MAPPING("words", CYAML_FLAG_DEFAULT, struct words_file, words,
                        command_fields),
    CYAML_FIELD_MAPPING("senses", CYAML_FLAG_OPTIONAL, struct words_file, senses,
                        command_fields),
    CYAML_FIELD_END};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct words_file, file_fields)};

/* What a file is read with. */
struct reading {
    struct words *w;
    const struct yaml *y;
    struct problems *p;
    int language;
};

static bool
fold_word(const struct reading *r, const char *path, const char *spelling,
          char folded[SPELLING_MAX])
{
    words_fold(spelling, folded, SPELLING_MAX);
    if (folded[0] != '\0' && strchr(folded, ' ') == NULL)
        return true;
    return yaml_problem(r->y, r->p, path, "'%s' is not one word", spelling);
}

static bool
add_spelling(const struct reading *r, enum word word, const char *spelling,
             const char *path)
{
    struct words *w = r->w;
    char folded[SPELLING_MAX];
    struct spelling *old;

    if (!fold_word(r, path, spelling, folded))
        return false;
    old = (struct spelling *)words_exact(w, folded, strlen(folded));
    if (old != NULL && old->word != word)
        return yaml_problem(r->y, r->p, path, "'%s' already means %s in language %s",
                            spelling, word_kinds[old->word].key,
                            old->language < 0 ? "?" : w->languages[old->language].code);
    if (old != NULL) {
        if (old->language != r->language)
            old->language = -1;
        return true;
    }
    if (w->count == SPELLINGS_MAX)
        return yaml_problem(r->y, r->p, path, "more than %d spellings in all",
                            SPELLINGS_MAX);
    w->spellings[w->count] = (struct spelling){.word = word, .language = r->language};
    return text_copy(w->spellings[w->count++].text, SPELLING_MAX, folded);
}

/* The first spelling is how texts of ours call the command. */
static void
note_first(struct language *l, enum word word, const char *spelling)
{
    char *out = l->first[word];

    text_copy(out, SPELLING_MAX, spelling);
    for (; *out != '\0'; out++)
        *out = (char)toupper((unsigned char)*out);
}

static void
add_commands(const struct reading *r, const struct words_file *f)
{
    char path[60];

    for (int word = WORD_NONE + 1; word < WORDS_COUNT; word++) {
        for (unsigned i = 0; i < f->words.counts[word]; i++) {
            snprintf(path, sizeof(path), "words.%s[%u]", word_kinds[word].key, i);
            add_spelling(r, (enum word)word, f->words.spellings[word][i], path);
        }
        if (f->words.counts[word] > 0)
            note_first(&r->w->languages[r->language], (enum word)word,
                       f->words.spellings[word][0]);
    }
}

static void
add_sense(const struct reading *r, enum word word, const char *text, const char *path)
{
    struct words *w = r->w;
    char folded[SPELLING_MAX];

    words_fold(text, folded, sizeof(folded));
    if (folded[0] == '\0' || (strchr(folded, ' ') == NULL && !words_dense(folded))) {
        yaml_problem(r->y, r->p, path, "'%s' is not several words: it belongs to words",
                     text);
        return;
    }
    for (size_t i = 0; i < w->sense_count; i++) {
        if (strcmp(w->senses[i].text, folded) != 0)
            continue;
        if (w->senses[i].word != word)
            yaml_problem(r->y, r->p, path, "'%s' already means %s in language %s", text,
                         word_kinds[w->senses[i].word].key,
                         w->languages[w->senses[i].language].code);
        return;
    }
    if (w->sense_count == SENSES_MAX) {
        yaml_problem(r->y, r->p, path, "more than %d senses in all", SENSES_MAX);
        return;
    }
    w->senses[w->sense_count] = (struct spelling){.word = word, .language = r->language};
    text_copy(w->senses[w->sense_count++].text, SPELLING_MAX, folded);
}

static void
add_senses(const struct reading *r, const struct words_file *f)
{
    char path[60];

    for (int word = WORD_NONE + 1; word < WORDS_COUNT; word++) {
        for (unsigned i = 0; i < f->senses.counts[word]; i++) {
            snprintf(path, sizeof(path), "senses.%s[%u]", word_kinds[word].key, i);
            add_sense(r, (enum word)word, f->senses.spellings[word][i], path);
        }
    }
}

static void
add_courtesies(const struct reading *r, const struct words_file *f)
{
    char path[60], folded[SPELLING_MAX];

    for (unsigned i = 0; i < f->courtesy_count; i++) {
        snprintf(path, sizeof(path), "courtesy[%u]", i);
        if (!fold_word(r, path, f->courtesy[i], folded))
            continue;
        if (r->w->courtesy_count == COURTESIES_MAX) {
            yaml_problem(r->y, r->p, path, "more than %d in all", COURTESIES_MAX);
            return;
        }
        text_copy(r->w->courtesies[r->w->courtesy_count++].text, SPELLING_MAX, folded);
    }
}

static void
add_snippets(struct snippets *to, char *const *from, unsigned count)
{
    for (unsigned i = 0; i < count && to->count < SNIPPETS_MAX; i++)
        words_fold(from[i], to->text[to->count++], SPELLING_MAX);
}

static void
add_phrases(const struct reading *r, const struct words_file *f)
{
    struct words *w = r->w;
    struct phrase *all =
        realloc(w->phrases, (w->phrase_count + f->phrases_count + 1) * sizeof(*all));
    char path[60];

    if (all == NULL) {
        yaml_problem(r->y, r->p, "phrases", "not enough memory");
        return;
    }
    w->phrases = all;
    for (unsigned i = 0; i < f->phrases_count; i++) {
        struct phrase *one = &all[w->phrase_count++];

        one->language = r->language;
        text_copy(one->english, sizeof(one->english), f->phrases[i].en);
        text_copy(one->text, sizeof(one->text), f->phrases[i].as);
        snprintf(path, sizeof(path), "phrases[%u].as", i);
        if (words_phrase_holes(one->text) > words_phrase_holes(one->english))
            yaml_problem(r->y, r->p, path, "'%s' has more holes than '%s'", one->text,
                         one->english);
    }
}

static void
add_name(const struct reading *r, const char *name, const char *path)
{
    struct words *w = r->w;
    char folded[SPELLING_MAX];
    const char *of;

    if (!fold_word(r, path, name, folded))
        return;
    of = words_language(w, folded);
    if (of != NULL && strcmp(of, w->languages[r->language].code) != 0) {
        yaml_problem(r->y, r->p, path, "'%s' already names language %s", name, of);
    } else if (of == NULL && w->name_count < NAMES_MAX) {
        w->names[w->name_count].language = r->language;
        text_copy(w->names[w->name_count++].text, SPELLING_MAX, folded);
    }
}

static void
add_file(struct reading *r, const struct words_file *f)
{
    struct words *w = r->w;
    char path[60];

    if (words_speak(w, f->language) || w->language_count == LANGUAGES_MAX) {
        yaml_problem(r->y, r->p, "language", "language %s has a file already", f->language);
        return;
    }
    r->language = w->language_count++;
    text_copy(w->languages[r->language].code, LANGUAGE_MAX, f->language);
    w->languages[r->language].transliterate = f->transliterate;
    add_name(r, f->language, "language");
    for (unsigned i = 0; i < f->names_count; i++) {
        snprintf(path, sizeof(path), "names[%u]", i);
        add_name(r, f->names[i], path);
    }
    add_commands(r, f);
    add_courtesies(r, f);
    add_senses(r, f);
    add_snippets(&w->missed_calls, f->missed_call, f->missed_call_count);
    add_snippets(&w->auto_replies, f->auto_reply, f->auto_reply_count);
    add_phrases(r, f);
}

static void
load_file(struct words *w, const char *path, struct problems *p)
{
    struct yaml *y = yaml_open_file(path, p);
    struct reading r = {w, y, p, 0};
    void *data = NULL;

    if (yaml_read(y, &file_schema, &data, p)) {
        add_file(&r, data);
        yaml_data_free(&file_schema, data);
    }
    yaml_close(y);
}

struct words *
words_load(const char *folder, struct problems *p)
{
    struct words *w = calloc(1, sizeof(*w));
    size_t before = problems_total(p);
    struct yaml_files files;

    if (!yaml_files_find(folder, true, &files, p) || w == NULL || files.n == 0)
        problems_add(p, folder, 0, 0, "expected a folder with a file for each language");
    for (size_t i = 0; w != NULL && i < files.n; i++)
        load_file(w, files.paths[i], p);
    yaml_files_free(&files);
    if (problems_total(p) == before)
        return w;
    words_free(w);
    return NULL;
}

void
words_free(struct words *w)
{
    if (w == NULL)
        return;
    free(w->phrases);
    free(w);
}
