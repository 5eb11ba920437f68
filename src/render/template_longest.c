/* How long text messages get: their samples with the longest values that may stand there.
 */
#include "meterpost/base/text.h"
#include "render/template_private.h"

#include <stdlib.h>
#include <string.h>

#define AMOUNT_LONGEST   "9,999,999.00"
#define QUANTITY_LONGEST "123456.7"
#define MONTH_LONGEST    "September"
#define MONTH_DENSE      "12月"
#define NAME_LONGEST     30 /* characters of a name */
#define NAME_DENSE       8  /* in a script of which few characters go into a text */
#define NICK_LONGEST     12 /* of what a customer calls an account */

/* Figures with a separator: "1,425.00" is money, "1204.6" a quantity. */
static bool
is_figure(const char *text)
{
    return strlen(text) > 2 && strspn(text, "-0123456789,.") == strlen(text) &&
           strpbrk(text, ",.") != NULL;
}

static bool
is_money(const char *text)
{
    size_t n = strlen(text);

    return text[n - 3] == '.' || text[n - 3] == ',';
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

/* NULL: it stays as it is. `dense`: a language of which few characters go into a text. */
static json_t *
longest_value(const char *key, const char *text, bool dense)
{
    const char *figure =
        is_figure(text) && is_money(text) ? AMOUNT_LONGEST : QUANTITY_LONGEST;
    size_t name = dense ? NAME_DENSE : NAME_LONGEST;

    if (is_figure(text) && strlen(text) < strlen(figure))
        return json_string(figure);
    if (strcmp(key, "month") == 0)
        return json_string(dense ? MONTH_DENSE : MONTH_LONGEST);
    if (strcmp(key, "name") == 0 && strlen(text) < name)
        return padded(text, name);
    if (strcmp(key, "nick") == 0 && strlen(text) < NICK_LONGEST)
        return padded(text, NICK_LONGEST);
    return NULL;
}

static void
lengthen(json_t *view, bool dense)
{
    const char *key;
    json_t *value;
    void *next;
    size_t i;

    json_array_foreach (view, i, value)
        lengthen(value, dense);
    json_object_foreach_safe(view, next, key, value)
    {
        json_t *longest = json_is_string(value)
                              ? longest_value(key, json_string_value(value), dense)
                              : NULL;

        if (longest != NULL)
            json_object_set_new(view, key, longest);
        else if (strcmp(key, "utility") != 0) /* that is as it is */
            lengthen(value, dense);
    }
}

/* The longer of *longest, which is freed then, and of what the view makes. */
static void
fill(const struct templates *t, const struct template_entry *entry, json_t *view,
     char **longest)
{
    char *text;
    struct err e;

    lengthen(view, strcmp(entry->language, "zh") == 0);
    if (!templates_render(t, entry->language, entry->name, view, &text, &e))
        return;
    if (*longest != NULL && utf8_length(text) <= utf8_length(*longest)) {
        free(text);
        return;
    }
    free(*longest);
    *longest = text;
}

void
templates_longest(const struct templates *t, template_text *told, void *arg)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct template_entry *entry = &t->entries[i];
        json_t *view = NULL, *other;
        char *longest = NULL;
        size_t k;

        if (entry->kind == TEMPLATE_SMS && strcmp(entry->language, TEMPLATE_SHARED) != 0)
            view = template_sample(t, entry, NULL, NULL);
        if (view == NULL)
            continue;
        json_array_foreach (json_object_get(view, TEMPLATE_CASES), k, other) {
            json_t *whole = json_deep_copy(view);

            json_object_update(whole, other);
            fill(t, entry, whole, &longest);
            json_decref(whole);
        }
        fill(t, entry, view, &longest);
        if (longest != NULL)
            told(arg, entry->language, entry->name, longest);
        free(longest);
        json_decref(view);
    }
}
