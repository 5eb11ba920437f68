#include "meterpost/talk/words.h"

#include "meterpost/base/text.h"

#include <cyaml/cyaml.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPELLINGS_MAX 2000
#define LANGUAGES_MAX 32
#define LANGUAGE_MAX  12
#define SPELLING_MAX  64

/* One file, as libcyaml fills it. */
struct words_file {
    char *language, *name;
    char **balance, **help;
    unsigned balance_count, help_count;
};

struct spelling {
    char text[SPELLING_MAX]; /* folded */
    enum word word;
    int language; /* -1: several share it */
};

struct words {
    char languages[LANGUAGES_MAX][LANGUAGE_MAX];
    int language_count;
    struct spelling spellings[SPELLINGS_MAX];
    size_t count;
};

static const cyaml_schema_value_t spelling_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, SPELLING_MAX - 1)};

static const cyaml_schema_field_t command_fields[] = {
    CYAML_FIELD_SEQUENCE("BAL", CYAML_FLAG_POINTER, struct words_file, balance,
                         &spelling_schema, 1, 100),
    CYAML_FIELD_SEQUENCE("HELP", CYAML_FLAG_POINTER, struct words_file, help,
                         &spelling_schema, 1, 100),
    CYAML_FIELD_END};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR("language", CYAML_FLAG_POINTER, struct words_file, language, 2,
                           LANGUAGE_MAX - 1),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct words_file, name, 1, 60),
    {.key = "words",
     .value = {.type = CYAML_MAPPING,
               .flags = CYAML_FLAG_DEFAULT,
               .data_size = sizeof(struct words_file),
               .mapping = {.fields = command_fields}},
     .data_offset = 0},
    CYAML_FIELD_END};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct words_file, file_fields)};

static struct spelling *
find_spelling(const struct words *w, const char *folded, size_t n)
{
    for (size_t i = 0; i < w->count; i++) {
        if (strlen(w->spellings[i].text) == n &&
            memcmp(w->spellings[i].text, folded, n) == 0)
            return (struct spelling *)&w->spellings[i];
    }
    return NULL;
}

static bool
add_spelling(struct words *w, int language, enum word word, const char *spelling,
             const struct yaml *y, const char *path, struct problems *p)
{
    char folded[SPELLING_MAX];
    struct spelling *old;

    words_fold(spelling, folded, sizeof(folded));
    if (folded[0] == '\0' || strchr(folded, ' ') != NULL)
        return yaml_problem(y, p, path, "'%s' is not one word", spelling);
    old = find_spelling(w, folded, strlen(folded));
    if (old != NULL && old->word != word)
        return yaml_problem(y, p, path, "'%s' already means another command in language %s",
                            spelling,
                            old->language < 0 ? "?" : w->languages[old->language]);
    if (old != NULL) {
        if (old->language != language)
            old->language = -1;
        return true;
    }
    if (w->count == SPELLINGS_MAX)
        return yaml_problem(y, p, path, "more than %d spellings in all", SPELLINGS_MAX);
    w->spellings[w->count] = (struct spelling){.word = word, .language = language};
    text_copy(w->spellings[w->count++].text, SPELLING_MAX, folded);
    return true;
}

static void
add_command(struct words *w, int language, enum word word, const char *name,
            char *const *spellings, unsigned count, const struct yaml *y,
            struct problems *p)
{
    char path[60];

    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "words.%s[%u]", name, i);
        add_spelling(w, language, word, spellings[i], y, path, p);
    }
}

static void
load_file(struct words *w, const char *path, struct problems *p)
{
    struct yaml *y = yaml_open_file(path, p);
    struct words_file *f;
    void *data = NULL;
    int language = w->language_count;

    if (yaml_read(y, &file_schema, &data, p)) {
        f = data;
        if (words_speak(w, f->language) || language == LANGUAGES_MAX) {
            yaml_problem(y, p, "language", "language %s has a file already", f->language);
        } else {
            text_copy(w->languages[language], LANGUAGE_MAX, f->language);
            w->language_count++;
            add_command(w, language, WORD_BALANCE, "BAL", f->balance, f->balance_count, y,
                        p);
            add_command(w, language, WORD_HELP, "HELP", f->help, f->help_count, y, p);
        }
        yaml_data_free(&file_schema, data);
    }
    yaml_close(y);
}

static int
is_yaml(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

struct words *
words_load(const char *folder, struct problems *p)
{
    struct words *w = calloc(1, sizeof(*w));
    size_t before = problems_total(p);
    struct dirent **names;
    int n = scandir(folder, &names, is_yaml, alphasort);

    if (w == NULL || n <= 0)
        problems_add(p, folder, 0, 0, "expected a folder with a file for each language");
    for (int i = 0; i < n; i++) {
        char path[PROBLEM_FILE_MAX * 2];

        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
        if (w != NULL)
            load_file(w, path, p);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    if (problems_total(p) == before)
        return w;
    words_free(w);
    return NULL;
}

void
words_free(struct words *w)
{
    free(w);
}

bool
words_speak(const struct words *w, const char *language)
{
    for (int i = 0; i < w->language_count; i++) {
        if (strcmp(w->languages[i], language) == 0)
            return true;
    }
    return false;
}

/* Scripts without spaces: the spelling may stand in front of more characters. */
static const struct spelling *
find_prefix(const struct words *w, const char *folded)
{
    const struct spelling *best = NULL;

    for (size_t i = 0; i < w->count; i++) {
        const struct spelling *one = &w->spellings[i];

        if ((unsigned char)one->text[0] >= 0xE3 &&
            strncmp(folded, one->text, strlen(one->text)) == 0 &&
            (best == NULL || strlen(one->text) > strlen(best->text)))
            best = one;
    }
    return best;
}

enum word
words_find(const struct words *w, const char *text, char *folded, const char **rest,
           const char **language)
{
    const struct spelling *found;
    size_t n;

    words_fold(text, folded, WORDS_FOLDED_MAX);
    n = strcspn(folded, " ");
    found = find_spelling(w, folded, n);
    if (found == NULL && (found = find_prefix(w, folded)) != NULL)
        n = strlen(found->text);
    *rest = folded;
    *language = "";
    if (found == NULL)
        return WORD_NONE;
    *rest = folded + n + (folded[n] == ' ');
    if (found->language >= 0)
        *language = w->languages[found->language];
    return found->word;
}
