/* All templates against their samples. */
#include "render/template_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct checking {
    const struct templates *t;
    mustache_fault *fault;
    void *arg;
};

json_t *
template_sample(const struct templates *t, const struct template_entry *entry,
                mustache_fault *fault, void *arg)
{
    int stem = (int)(strrchr(entry->name, '.') - entry->name);

    for (int i = 0; i < 2; i++) {
        char path[2 * TEMPLATE_PATH_MAX], reason[3 * TEMPLATE_PATH_MAX];
        json_error_t why;
        json_t *sample;

        snprintf(path, sizeof(path), "%s/" TEMPLATE_SAMPLES "/%.*s%s%s.json", t->dir, stem,
                 entry->name, i == 0 ? "." : "", i == 0 ? entry->language : "");
        if (access(path, F_OK) == -1)
            continue;
        sample = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
        if (sample != NULL)
            return sample;
        snprintf(reason, sizeof(reason), "%s:%d:%d: %s", path, why.line, why.column,
                 why.text);
        if (fault != NULL)
            fault(arg, reason);
        return NULL;
    }
    return NULL;
}

struct counting {
    mustache_fault *fault;
    void *arg;
    int faults;
};

static void
count_fault(void *arg, const char *text)
{
    struct counting *c = arg;

    c->faults++;
    c->fault(c->arg, text);
}

/* What only shows when it is filled: a partial that calls itself for ever, a list that is
 * too long. 1 when that was told. */
static int
fill_check(const struct checking *c, const struct template_entry *entry,
           const json_t *sample, const struct mustache_how *how)
{
    struct err e;
    char *text;

    if (mustache_render(entry->m, sample, how, &text, NULL, &e)) {
        free(text);
        return 0;
    }
    c->fault(c->arg, e.text);
    return 1;
}

static int
entry_check(const struct checking *c, const struct template_entry *entry)
{
    struct template_shelf shelf = {.templates = c->t,
                                   .language = entry->language,
                                   .ending = template_kind_name(entry->kind)};
    struct mustache_how how = {.partial = template_partial, .arg = &shelf};
    struct counting count = {c->fault, c->arg, 0};
    json_t *sample = template_sample(c->t, entry, count_fault, &count);
    int faults;

    if (sample == NULL)
        return count.faults;
    faults = mustache_check(entry->m, sample, &how, c->fault, c->arg);
    if (faults == 0)
        faults = fill_check(c, entry, sample, &how);
    json_decref(sample);
    return faults;
}

int
templates_check(const struct templates *t, mustache_fault *fault, void *arg)
{
    struct checking c = {t, fault, arg};
    int faults = 0;

    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->entries[i].language, TEMPLATE_SHARED) != 0)
            faults += entry_check(&c, &t->entries[i]);
    return faults;
}
