/* How long text messages get: their samples with the longest values that may stand there.
 */
#include "render/template_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define AMOUNT_LONGEST "-9,999,999.00"
#define MONTH_LONGEST  "September"
#define NAME_LONGEST   30 /* characters of a name that people give */

/* "1,425.00": digits with a separator. */
static bool
is_amount(const char *text)
{
    size_t n = strlen(text);

    return n > 2 && n < strlen(AMOUNT_LONGEST) && strspn(text, "-0123456789,.") == n &&
           strpbrk(text, ",.") != NULL;
}

static json_t *
padded(const char *text, size_t n)
{
    size_t used = strlen(text);
    char *out = malloc(n + used + 1);
    json_t *value;

    if (out == NULL)
        return NULL;
    memcpy(out, text, used);
    for (; used < n; used++)
        out[used] = 'x';
    out[used] = '\0';
    value = json_string(out);
    free(out);
    return value;
}

/* NULL: it stays as it is. */
static json_t *
longest_value(const char *key, const char *text)
{
    if (is_amount(text))
        return json_string(AMOUNT_LONGEST);
    if (strcmp(key, "month") == 0 && strlen(text) < strlen(MONTH_LONGEST))
        return json_string(MONTH_LONGEST);
    if ((strcmp(key, "name") == 0 || strcmp(key, "nick") == 0) &&
        strlen(text) < NAME_LONGEST)
        return padded(text, NAME_LONGEST);
    return NULL;
}

static void
lengthen(json_t *view)
{
    const char *key;
    json_t *value;
    void *next;
    size_t i;

    json_array_foreach (view, i, value)
        lengthen(value);
    json_object_foreach_safe(view, next, key, value)
    {
        json_t *longest =
            json_is_string(value) ? longest_value(key, json_string_value(value)) : NULL;

        if (longest != NULL)
            json_object_set_new(view, key, longest);
        else if (strcmp(key, "utility") != 0) /* that is as it is */
            lengthen(value);
    }
}

void
templates_longest(const struct templates *t, template_text *told, void *arg)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct template_entry *entry = &t->entries[i];
        json_t *view = NULL;
        char *text;
        struct err e;

        if (entry->kind == TEMPLATE_SMS && strcmp(entry->language, TEMPLATE_SHARED) != 0)
            view = template_sample(t, entry, NULL, NULL);
        if (view == NULL)
            continue;
        lengthen(view);
        if (templates_render(t, entry->language, entry->name, view, &text, &e)) {
            told(arg, entry->language, entry->name, text);
            free(text);
        }
        json_decref(view);
    }
}
