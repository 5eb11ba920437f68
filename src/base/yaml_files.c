/* yaml_files.c - the files of a folder that people write one by one. */
#include "meterpost/base/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
is_yaml(const struct dirent *file)
{
    size_t n = strlen(file->d_name);

    return file->d_name[0] != '.' && n > 5 && strcmp(file->d_name + n - 5, ".yaml") == 0;
}

/* All paths, or none. */
static bool
add_paths(const char *folder, struct dirent *const *files, size_t n, struct yaml_files *out)
{
    out->paths = calloc(n + 1, sizeof(*out->paths));
    for (size_t i = 0; out->paths != NULL && i < n; i++) {
        if (asprintf(&out->paths[i], "%s/%s", folder, files[i]->d_name) == -1) {
            yaml_files_free(out);
            return false;
        }
        out->n++;
    }
    return out->paths != NULL;
}

bool
yaml_files_find(const char *folder, bool optional, struct yaml_files *out,
                struct problems *p)
{
    struct dirent **files = NULL;
    int n = scandir(folder, &files, is_yaml, alphasort);
    bool good;

    *out = (struct yaml_files){0};
    if (n < 0)
        return (optional && errno == ENOENT) ||
               problems_add(p, folder, 0, 0, "%s", strerror(errno));
    if (n > YAML_FILES_MAX)
        good = problems_add(p, folder, 0, 0, "expected at most %d files, got %d",
                            YAML_FILES_MAX, n);
    else
        good = add_paths(folder, files, (size_t)n, out) ||
               problems_add(p, folder, 0, 0, "out of memory");
    for (int i = 0; i < n; i++)
        free(files[i]);
    free(files);
    return good;
}

void
yaml_files_free(struct yaml_files *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->paths[i]);
    free(f->paths);
    *f = (struct yaml_files){0};
}
