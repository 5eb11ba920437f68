#include "metering/profile_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct profiles {
    struct profile **at;
    size_t count;
};

void
profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    for (int i = 0; i < profile->n_rules; i++) {
        pcre2_code_free(profile->rules[i].code);
        pcre2_code_free(profile->rules[i].item);
    }
    free(profile->rules);
    pcre2_match_context_free(profile->limits);
    yaml_data_free(&profile_schema, profile->file);
    yaml_close(profile->yaml);
    free(profile);
}

/* Takes y over, which may be NULL. */
static struct profile *
load(struct yaml *y, struct problems *p)
{
    struct profile *profile;
    void *data;

    if (!yaml_read(y, &profile_schema, &data, p)) {
        yaml_close(y);
        return NULL;
    }
    profile = calloc(1, sizeof(*profile));
    if (profile == NULL) {
        yaml_problem(y, p, "", "out of memory");
        yaml_data_free(&profile_schema, data);
        yaml_close(y);
        return NULL;
    }
    profile->file = data;
    profile->yaml = y;
    if (profile_compile(profile, p))
        return profile;
    profile_free(profile);
    return NULL;
}

struct profile *
profile_load_file(const char *path, struct problems *p)
{
    return load(yaml_open_file(path, p), p);
}

struct profile *
profile_load_text(const char *name, const char *text, size_t n, struct problems *p)
{
    return load(yaml_open_text(name, text, n, p), p);
}

/* One file more. Its profile's id must be new. */
static void
add_file(struct profiles *all, const char *path, struct problems *p)
{
    struct profile *profile;

    profile = profile_load_file(path, p);
    if (profile == NULL)
        return;
    if (profiles_find(all, profile->file->id) != NULL) {
        yaml_problem(profile->yaml, p, "profile", "'%s' is the id of another file already",
                     profile->file->id);
        profile_free(profile);
        return;
    }
    all->at[all->count++] = profile;
}

bool
profiles_load(const char *dir, struct profiles **out, struct problems *p)
{
    size_t before = problems_total(p);
    struct profiles *all = calloc(1, sizeof(*all));
    struct yaml_files files;

    *out = NULL;
    if (!yaml_files_find(dir, false, &files, p)) {
        profiles_free(all);
        return false;
    }
    if (all == NULL || (all->at = calloc(files.n + 1, sizeof(struct profile *))) == NULL)
        problems_add(p, dir, 0, 0, "out of memory");
    else
        for (size_t i = 0; i < files.n; i++)
            add_file(all, files.paths[i], p);
    yaml_files_free(&files);
    if (problems_total(p) != before) {
        profiles_free(all);
        return false;
    }
    *out = all;
    return true;
}

void
profiles_free(struct profiles *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->count; i++)
        profile_free(all->at[i]);
    free(all->at);
    free(all);
}

size_t
profiles_count(const struct profiles *all)
{
    return all->count;
}

const struct profile *
profiles_at(const struct profiles *all, size_t i)
{
    return i < all->count ? all->at[i] : NULL;
}

const struct profile *
profiles_find(const struct profiles *all, const char *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->at[i]->file->id, id) == 0)
            return all->at[i];
    }
    return NULL;
}

const char *
profile_id(const struct profile *profile)
{
    return profile->file->id;
}

const char *
profile_name(const struct profile *profile)
{
    return profile->file->name;
}

const char *
profile_commodity(const struct profile *profile)
{
    return profile->file->commodity == NULL ? "" : profile->file->commodity;
}

const char *
profile_source(const struct profile *profile)
{
    return profile->file->source == NULL ? "" : profile->file->source;
}

int64_t
profile_reply_timeout_ms(const struct profile *profile)
{
    return profile->reply_timeout_ms;
}

const char *
profile_request(const struct profile *profile, const char *action)
{
    const struct file_requests *r = &profile->file->requests;
#define ACTION_ROW(action) {#action, r->action},
    const struct {
        const char *action, *text;
    } rows[] = {PROFILE_ACTIONS(ACTION_ROW)};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].action, action) == 0)
            return rows[i].text;
    }
    return NULL;
}
