/* One file: its text, and its output in the form of its kind. */
#include "meterpost/base/text.h"
#include "render/columns.h"
#include "render/template_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const kinds[] = {"sms", "txt", "html", "slip"};

bool
template_kind_parse(const char *word, enum template_kind *kind)
{
    for (int i = TEMPLATE_SMS; i <= TEMPLATE_SLIP; i++) {
        if (strcmp(kinds[i], word) == 0) {
            *kind = (enum template_kind)i;
            return true;
        }
    }
    return false;
}

const char *
template_kind_name(enum template_kind kind)
{
    return kinds[kind];
}

static bool
stream_read(FILE *f, const char *path, size_t max, char **text, size_t *n, struct err *e)
{
    struct stat about;

    if (fstat(fileno(f), &about) == -1)
        return err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode) || (size_t)about.st_size > max)
        return err_set(e, FAIL_REJECT, "%s: a file of at most %zu bytes is expected", path,
                       max);
    *text = malloc((size_t)about.st_size + 1);
    if (*text == NULL)
        return err_set(e, FAIL_RETRY, "%s: no memory", path);
    *n = fread(*text, 1, (size_t)about.st_size, f);
    (*text)[*n] = '\0';
    return true;
}

bool
template_file_read(const char *path, size_t max, char **text, size_t *n, struct err *e)
{
    static const char mark[] = "\xEF\xBB\xBF";
    FILE *f = fopen(path, "re");
    bool ok;

    *text = NULL;
    if (f == NULL)
        return err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
    ok = stream_read(f, path, max, text, n, e);
    fclose(f);
    if (ok && strncmp(*text, mark, 3) == 0) {
        *n -= 3;
        memmove(*text, *text + 3, *n + 1);
    }
    return ok;
}

/* A text message has no blanks around it: editors put a line feed at the end of files. */
static void
trim(char *text)
{
    size_t n = strlen(text), from = strspn(text, " \t\r\n");

    while (n > from && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    memmove(text, text + from, n - from);
    text[n - from] = '\0';
}

bool
template_fill(const struct mustache *m, enum template_kind kind, const json_t *view,
              const struct mustache_how *how, char **text, struct err *e)
{
    char *rows;

    if (!mustache_render(m, view, how, text, NULL, e))
        return false;
    if (kind == TEMPLATE_SMS)
        trim(*text);
    if (kind != TEMPLATE_TXT && kind != TEMPLATE_SLIP)
        return true;
    rows = kind == TEMPLATE_TXT ? columns_align(*text) : columns_slip(*text);
    free(*text);
    *text = rows;
    return rows != NULL || err_set(e, FAIL_RETRY, "no memory for a page of text");
}

/* "dir/bill.sms.mustache" -> "dir" and its kind; html when the name does not tell. */
static bool
path_split(const char *path, char *dir, size_t size, enum template_kind *kind)
{
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    const char *ending = strstr(base, TEMPLATE_ENDING), *dot;
    char word[8] = "";

    *kind = TEMPLATE_HTML;
    if (slash == NULL)
        text_copy(dir, size, ".");
    else if (snprintf(dir, size, "%.*s", (int)(slash - path), path) >= (int)size)
        return false;
    if (ending == NULL)
        ending = base + strlen(base);
    for (dot = ending; dot > base && dot[-1] != '.';)
        dot--;
    snprintf(word, sizeof(word), "%.*s", (int)(ending - dot), dot);
    template_kind_parse(word, kind);
    return true;
}

/* Partials of a file outside of a known folder, read as they are asked for. */
struct neighbours {
    char dir[TEMPLATE_PATH_MAX];
    const char *ending;
    struct mustache *made[MUSTACHE_NESTING_MAX * 4];
    char names[MUSTACHE_NESTING_MAX * 4][TEMPLATE_NAME_MAX];
    int n;
};

static bool
neighbour_load(struct neighbours *near, const char *path, const char *name,
               const struct mustache **out, struct err *e)
{
    char *text;
    size_t n;
    bool ok;

    if (near->n == MUSTACHE_NESTING_MAX * 4)
        return err_set(e, FAIL_REJECT, "more than %d different partials", near->n);
    if (!template_file_read(path, MUSTACHE_TEMPLATE_MAX, &text, &n, e))
        return false;
    ok = mustache_compile(path, text, n, &near->made[near->n], e);
    free(text);
    if (!ok)
        return false;
    text_copy(near->names[near->n], sizeof(near->names[0]), name);
    *out = near->made[near->n++];
    return true;
}

static bool
neighbour_find(void *arg, const char *name, const struct mustache **out, struct err *e)
{
    static const char *const folders[] = {"", "/../" TEMPLATE_SHARED};
    struct neighbours *near = arg;
    struct stat about;

    *out = NULL;
    for (int i = 0; i < near->n; i++) {
        if (strcmp(near->names[i], name) == 0) {
            *out = near->made[i];
            return true;
        }
    }
    if (strchr(name, '/') != NULL || strlen(name) >= TEMPLATE_NAME_MAX)
        return true;
    for (int i = 0; i < 2; i++) {
        char path[2 * TEMPLATE_PATH_MAX];

        snprintf(path, sizeof(path), "%s%s/%s.%s" TEMPLATE_ENDING, near->dir, folders[i],
                 name, near->ending);
        if (stat(path, &about) == 0)
            return neighbour_load(near, path, name, out, e);
    }
    return true;
}

bool
template_render_file(const char *path, const json_t *view, char **text, struct err *e)
{
    struct neighbours near = {.n = 0};
    struct mustache_how how = {.partial = neighbour_find, .arg = &near};
    struct mustache *m;
    enum template_kind kind;
    char *source;
    size_t n;
    bool ok;

    *text = NULL;
    if (!path_split(path, near.dir, sizeof(near.dir), &kind))
        return err_set(e, FAIL_REJECT, "%s: the path is too long", path);
    near.ending = template_kind_name(kind);
    how.plain = kind != TEMPLATE_HTML;
    if (!template_file_read(path, MUSTACHE_TEMPLATE_MAX, &source, &n, e))
        return false;
    ok = mustache_compile(path, source, n, &m, e);
    free(source);
    ok = ok && template_fill(m, kind, view, &how, text, e);
    mustache_destroy(m);
    while (near.n > 0)
        mustache_destroy(near.made[--near.n]);
    return ok;
}
