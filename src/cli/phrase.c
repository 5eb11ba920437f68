#include "phrase.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct language {
    const char *code;
    size_t at; /* in a row */
} languages[] = {
    {"en", offsetof(struct phrase, en)}, {"es", offsetof(struct phrase, es)},
    {"fr", offsetof(struct phrase, fr)}, {"sw", offsetof(struct phrase, sw)},
    {"zh", offsetof(struct phrase, zh)},
};

/* Of the process, as its locale and its zone are. */
static const struct language *spoken = &languages[0];

/* "sw_KE.UTF-8" is sw; NULL for what we have not. */
static const struct language *
language_of(const char *locale)
{
    size_t n;

    if (locale == NULL)
        return NULL;
    n = strcspn(locale, "_.@-");
    for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
        if (n == strlen(languages[i].code) && strncmp(locale, languages[i].code, n) == 0)
            return &languages[i];
    }
    return NULL;
}

/* The first that is set decides, as for every program. */
static const struct language *
of_environment(void)
{
    static const char *const names[] = {"METERPOST_LANGUAGE", "LC_ALL", "LC_MESSAGES",
                                        "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && *value != '\0')
            return language_of(value);
    }
    return NULL;
}

void
phrase_language(const char *utility)
{
    const struct language *l = of_environment();

    if (l == NULL)
        l = language_of(utility);
    spoken = l == NULL ? &languages[0] : l;
}

static const char *
find(const struct phrase *rows, size_t n, const char *english)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].en, english) == 0) {
            const char *const *text =
                (const char *const *)((const char *)&rows[i] + spoken->at);

            return *text;
        }
    }
    return NULL;
}

static const struct {
    const struct phrase *rows;
    const size_t *n;
} tables[] = {
    {phrases_today, &phrases_today_count}, {phrases_status, &phrases_status_count},
    {phrases_table, &phrases_table_count}, {phrases_note, &phrases_note_count},
    {phrases_desk, &phrases_desk_count},   {phrases_office, &phrases_office_count},
};

const char *
phrase(const char *english)
{
    const char *text = NULL;

    if (spoken == &languages[0])
        return english;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && text == NULL; i++)
        text = find(tables[i].rows, *tables[i].n, english);
    return text == NULL ? english : text;
}
