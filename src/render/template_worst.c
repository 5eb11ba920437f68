/*
 * template_worst.c - the texts that a template for the phone can become, from its sample:
 * with and without each thing that may be missing, with long amounts.
 *
 * Members of a sample that exclude each other are listed in its "_one_of":
 * [["found", "looking"], ...].
 */
#include "render/template_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOGGLES_MAX 8 /* things that may be missing; all ways of them are tried */
#define LONG_AMOUNT "1,234,567.00"

struct worst {
    const struct templates *t;
    const struct template_entry *entry;
    template_text *text;
    void *arg;
    const char *toggles[TOGGLES_MAX];
    int n;
};

static json_t *
load_sample(const struct templates *t, const struct template_entry *entry)
{
    int stem = (int)(strrchr(entry->name, '.') - entry->name);
    char path[2 * TEMPLATE_PATH_MAX];
    json_error_t why;

    snprintf(path, sizeof(path), "%s/" TEMPLATE_SAMPLES "/%.*s.%s.json", t->dir, stem,
             entry->name, entry->language);
    if (access(path, F_OK) == -1)
        snprintf(path, sizeof(path), "%s/" TEMPLATE_SAMPLES "/%.*s.json", t->dir, stem,
                 entry->name);
    return json_load_file(path, JSON_REJECT_DUPLICATES, &why);
}

/* ---- long values ---- */

static bool
is_amount(const char *key, const char *value)
{
    size_t n = strlen(key), length = strlen(value);

    return n > 6 && strcmp(key + n - 6, "_shown") == 0 && length > 3 &&
           value[length - 3] == '.' && strspn(value, "0123456789,.") == length;
}

/* Amounts as long as they get, in all objects and lists below. */
static void
stretch(json_t *value)
{
    const char *key;
    json_t *one;
    size_t i;
    void *next;

    json_array_foreach (value, i, one)
        stretch(one);
    json_object_foreach_safe(value, next, key, one)
    {
        stretch(one);
        if (json_is_string(one) && is_amount(key, json_string_value(one)))
            json_object_set_new(value, key, json_string(LONG_AMOUNT));
    }
}

/* ---- what may be missing ---- */

static bool
is_of(const char *key, const char *name)
{
    size_t n = strlen(name);

    return strncmp(key, name, n) == 0 &&
           (key[n] == '\0' || strcmp(key + n, "_shown") == 0 ||
            strcmp(key + n, "_long") == 0 || strcmp(key + n, "_short") == 0);
}

static bool
is_exclusive(const json_t *sample, const char *key)
{
    const json_t *group, *name;
    size_t i, k;

    json_array_foreach (json_object_get(sample, "_one_of"), i, group) {
        json_array_foreach (group, k, name) {
            if (strcmp(json_string_value(name), key) == 0)
                return true;
        }
    }
    return false;
}

static void
find_toggles(struct worst *w, const json_t *sample)
{
    const char *key;
    json_t *value;

    w->n = 0;
    json_object_foreach ((json_t *)sample, key, value) {
        bool known = key[0] == '_' || json_is_object(value) || json_is_array(value) ||
                     is_exclusive(sample, key);

        for (int i = 0; i < w->n && !known; i++)
            known = is_of(key, w->toggles[i]);
        if (!known && w->n < TOGGLES_MAX)
            w->toggles[w->n++] = key;
    }
}

static void
take_away(json_t *view, const char *name)
{
    const char *key;
    json_t *value;
    void *next;

    json_object_foreach_safe(view, next, key, value)
    {
        if (is_of(key, name))
            json_object_set_new(view, key,
                                json_is_boolean(value) ? json_false() : json_null());
    }
}

/* ---- all ways ---- */

static void
render(const struct worst *w, const json_t *view)
{
    struct template_shelf shelf = {.templates = w->t,
                                   .language = w->entry->language,
                                   .ending = template_kind_name(w->entry->kind)};
    struct mustache_how how = {.plain = true, .partial = template_partial, .arg = &shelf};
    struct err e;
    char *text;

    if (template_fill(w->entry->m, w->entry->kind, view, &how, &text, &e)) {
        w->text(w->arg, w->entry->language, w->entry->name, text);
        free(text);
    }
}

static void
render_without(const struct worst *w, const json_t *sample)
{
    for (unsigned mask = 0; mask < 1U << w->n; mask++) {
        json_t *view = json_deep_copy(sample);

        for (int i = 0; i < w->n; i++) {
            if ((mask & 1U << i) != 0)
                take_away(view, w->toggles[i]);
        }
        render(w, view);
        json_decref(view);
    }
}

/* One of the first group that is left at a time. */
static void
render_groups(const struct worst *w, const json_t *sample, size_t group)
{
    const json_t *names = json_array_get(json_object_get(sample, "_one_of"), group), *name;
    size_t i, k;

    if (names == NULL) {
        render_without(w, sample);
        return;
    }
    for (i = 0; i < json_array_size(names); i++) {
        json_t *view = json_deep_copy(sample);

        json_array_foreach (names, k, name)
            json_object_set_new(view, json_string_value(name), json_boolean(k == i));
        render_groups(w, view, group + 1);
        json_decref(view);
    }
}

void
templates_worst(const struct templates *t, const json_t *utility, template_text *text,
                void *arg)
{
    struct worst w = {.t = t, .text = text, .arg = arg};

    for (size_t i = 0; i < t->n; i++) {
        json_t *sample;

        w.entry = &t->entries[i];
        if (w.entry->kind != TEMPLATE_SMS ||
            strcmp(w.entry->language, TEMPLATE_SHARED) == 0 ||
            (sample = load_sample(t, w.entry)) == NULL)
            continue;
        if (utility != NULL)
            json_object_set(sample, "utility", (json_t *)utility);
        stretch(sample);
        find_toggles(&w, sample);
        render_groups(&w, sample, 0);
        json_decref(sample);
    }
}
