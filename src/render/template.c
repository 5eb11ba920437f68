#include "meterpost/base/text.h"
#include "render/template_private.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int
entry_compare(const void *a, const void *b)
{
    const struct template_entry *x = a, *y = b;
    int order = strcmp(x->language, y->language);

    return order != 0 ? order : strcmp(x->name, y->name);
}

const struct template_entry *
template_find(const struct templates *t, const char *language, const char *name)
{
    struct template_entry key;

    if (!text_copy(key.language, sizeof(key.language), language) ||
        !text_copy(key.name, sizeof(key.name), name) || t->n == 0)
        return NULL;
    return bsearch(&key, t->entries, t->n, sizeof(key), entry_compare);
}

/* Letters, digits, '-', '_' and single dots: what folders and templates may be called. */
static bool
name_valid(const char *name)
{
    if (!isalnum((unsigned char)*name))
        return false;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && strchr("-_.", *name) == NULL)
            return false;
    return true;
}

static bool
entry_load(struct template_entry *entry, const char *path, struct err *e)
{
    char *text;
    size_t n;
    bool ok;

    if (!template_file_read(path, MUSTACHE_TEMPLATE_MAX, &text, &n, e))
        return false;
    ok = mustache_compile(path, text, n, &entry->m, e);
    free(text);
    return ok;
}

static struct template_entry *
entry_add(struct templates *t, struct err *e)
{
    if (t->n == TEMPLATES_MAX) {
        err_set(e, FAIL_REJECT, "%s: more than %d templates", t->dir, TEMPLATES_MAX);
        return NULL;
    }
    if (t->n == t->room) {
        size_t room = t->room == 0 ? 64 : t->room * 2;
        struct template_entry *more = realloc(t->entries, room * sizeof(*more));

        if (more == NULL) {
            err_set(e, FAIL_RETRY, "no memory for templates");
            return NULL;
        }
        t->entries = more;
        t->room = room;
    }
    memset(&t->entries[t->n], 0, sizeof(t->entries[t->n]));
    return &t->entries[t->n++];
}

/* File `base` ("bill.sms.mustache") of folder `language`; other files are not ours. */
static bool
file_load(struct templates *t, const char *language, const char *base, struct err *e)
{
    char path[2 * TEMPLATE_PATH_MAX];
    size_t n = strlen(base), ending = strlen(TEMPLATE_ENDING);
    struct template_entry *entry;
    const char *dot;

    if (*base == '.' || n <= ending || strcmp(base + n - ending, TEMPLATE_ENDING) != 0)
        return true;
    snprintf(path, sizeof(path), "%s/%s/%s", t->dir, language, base);
    entry = entry_add(t, e);
    if (entry == NULL)
        return false;
    snprintf(entry->language, sizeof(entry->language), "%s", language);
    n -= ending;
    if (n >= sizeof(entry->name))
        return err_set(e, FAIL_REJECT, "%s: the name is too long", path);
    memcpy(entry->name, base, n);
    dot = strrchr(entry->name, '.');
    if (!name_valid(entry->name) || dot == NULL ||
        !template_kind_parse(dot + 1, &entry->kind))
        return err_set(e, FAIL_REJECT,
                       "%s: templates are called NAME.sms" TEMPLATE_ENDING
                       ", NAME.txt" TEMPLATE_ENDING " or NAME.html" TEMPLATE_ENDING,
                       path);
    return entry_load(entry, path, e);
}

static bool
folder_load(struct templates *t, const char *language, struct err *e)
{
    char path[2 * TEMPLATE_PATH_MAX];
    DIR *d;
    struct dirent *file;
    bool ok = true;

    snprintf(path, sizeof(path), "%s/%s", t->dir, language);
    d = opendir(path);
    if (d == NULL)
        return err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
    while (ok && (file = readdir(d)) != NULL)
        ok = file_load(t, language, file->d_name, e);
    closedir(d);
    return ok;
}

static bool
is_language_folder(const struct templates *t, const char *name)
{
    char path[2 * TEMPLATE_PATH_MAX];
    struct stat about;

    if (!name_valid(name) || strlen(name) >= TEMPLATE_LANGUAGE_MAX ||
        strcmp(name, TEMPLATE_SAMPLES) == 0)
        return false;
    snprintf(path, sizeof(path), "%s/%s", t->dir, name);
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool
all_load(struct templates *t, struct err *e)
{
    DIR *d = opendir(t->dir);
    struct dirent *folder;
    bool ok = true, found = false;

    if (d == NULL)
        return err_set(e, FAIL_REJECT, "templates: %s: %s", t->dir, strerror(errno));
    while (ok && (folder = readdir(d)) != NULL) {
        if (!is_language_folder(t, folder->d_name))
            continue;
        found = found || strcmp(folder->d_name, t->language) == 0;
        ok = folder_load(t, folder->d_name, e);
    }
    closedir(d);
    if (ok && !found)
        return err_set(e, FAIL_REJECT,
                       "templates: %s has no folder '%s': make one or "
                       "choose another utility.language",
                       t->dir, t->language);
    return ok;
}

bool
templates_open(const char *dir, const char *language, struct templates **out, struct err *e)
{
    struct templates *t = calloc(1, sizeof(*t));

    *out = NULL;
    if (t == NULL)
        return err_set(e, FAIL_RETRY, "no memory for templates");
    if (!text_copy(t->dir, sizeof(t->dir), dir) ||
        !text_copy(t->language, sizeof(t->language), language)) {
        templates_close(t);
        return err_set(e, FAIL_REJECT, "templates: the path or the language is too long");
    }
    if (!all_load(t, e)) {
        templates_close(t);
        return false;
    }
    if (t->n > 0)
        qsort(t->entries, t->n, sizeof(*t->entries), entry_compare);
    *out = t;
    return true;
}

void
templates_close(struct templates *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        mustache_destroy(t->entries[i].m);
    free(t->entries);
    free(t);
}

/* The wanted language, its first part, then the utility's. */
static const struct template_entry *
entry_for(const struct templates *t, const char *language, const char *name)
{
    const struct template_entry *entry = template_find(t, language, name);
    char first[TEMPLATE_LANGUAGE_MAX];

    if (entry != NULL)
        return entry;
    snprintf(first, sizeof(first), "%.*s", (int)strcspn(language, "-_"), language);
    entry = template_find(t, first, name);
    return entry != NULL ? entry : template_find(t, t->language, name);
}

const char *
templates_language(const struct templates *t, const char *language, const char *name)
{
    const struct template_entry *entry = entry_for(t, language, name);

    return entry == NULL ? NULL : entry->language;
}

bool
template_partial(void *arg, const char *name, const struct mustache **out, struct err *e)
{
    const struct template_shelf *shelf = arg;
    const struct template_entry *entry;
    char full[TEMPLATE_NAME_MAX];

    *out = NULL;
    if (snprintf(full, sizeof(full), "%s.%s", name, shelf->ending) < (int)sizeof(full)) {
        entry = template_find(shelf->templates, shelf->language, full);
        if (entry == NULL)
            entry = template_find(shelf->templates, TEMPLATE_SHARED, full);
        if (entry != NULL) {
            *out = entry->m;
            return true;
        }
    }
    return err_set(e, FAIL_REJECT,
                   "there is no partial {{> %s}}: neither %s/%s nor %s/%s is in %s", name,
                   shelf->language, full, TEMPLATE_SHARED, full, shelf->templates->dir);
}

bool
templates_render(const struct templates *t, const char *language, const char *name,
                 const json_t *view, char **text, struct err *e)
{
    const struct template_entry *entry = entry_for(t, language, name);
    struct template_shelf shelf = {.templates = t};
    struct mustache_how how = {.strict = true, .partial = template_partial, .arg = &shelf};

    *text = NULL;
    if (entry == NULL)
        return err_set(e, FAIL_REJECT, "there is no template %s/%s/%s" TEMPLATE_ENDING,
                       t->dir, t->language, name);
    shelf.language = entry->language;
    shelf.ending = template_kind_name(entry->kind);
    how.plain = entry->kind != TEMPLATE_HTML;
    return template_fill(entry->m, entry->kind, view, &how, text, e);
}
