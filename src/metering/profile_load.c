#include "metering/profile_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILES_MAX 500 /* files of a folder */

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

static int
is_profile(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

/* One file more. Its profile's id must be new. */
static void
add_file(struct profiles *all, const char *dir, const char *name, struct problems *p)
{
    char path[1024];
    struct profile *profile;

    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
        problems_add(p, name, 0, 0, "the path is too long");
        return;
    }
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

static void
add_files(struct profiles *all, const char *dir, struct dirent **names, int n,
          struct problems *p)
{
    if (n > PROFILES_MAX) {
        problems_add(p, dir, 0, 0, "expected at most %d profiles, got %d", PROFILES_MAX, n);
        return;
    }
    all->at = calloc((size_t)n + 1, sizeof(struct profile *));
    if (all->at == NULL) {
        problems_add(p, dir, 0, 0, "out of memory");
        return;
    }
    for (int i = 0; i < n; i++)
        add_file(all, dir, names[i]->d_name, p);
}

bool
profiles_load(const char *dir, struct profiles **out, struct problems *p)
{
    size_t before = problems_total(p);
    struct dirent **names = NULL;
    int n = scandir(dir, &names, is_profile, alphasort);
    struct profiles *all;

    *out = NULL;
    if (n == -1)
        return problems_add(p, dir, 0, 0, "%s", strerror(errno));
    all = calloc(1, sizeof(*all));
    if (all != NULL)
        add_files(all, dir, names, n, p);
    else
        problems_add(p, dir, 0, 0, "out of memory");
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
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
