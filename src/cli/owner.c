#include "owner.h"

#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
owner_of_folder(const struct conf *conf, struct stat *out)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof(copy), "%s", conf->database);
    return getuid() == 0 && stat(dirname(copy), out) == 0 && out->st_uid != 0;
}

void
owner_begin(const struct conf *conf)
{
    struct stat st;

    if (!owner_of_folder(conf, &st) || setegid(st.st_gid) == -1)
        return;
    if (seteuid(st.st_uid) == -1)
        owner_end();
}

void
owner_end(void)
{
    if (getuid() == 0 && (seteuid(0) == -1 || setegid(0) == -1))
        _exit(1); /* root cannot be kept from being root */
}

static void
give(const char *path, const struct stat *to)
{
    if (lchown(path, to->st_uid, to->st_gid) == -1)
        perror(path);
}

void
owner_give(const struct conf *conf)
{
    char pattern[CONF_PATH_MAX + 2];
    struct stat st;
    glob_t files = {0};

    if (!owner_of_folder(conf, &st))
        return;
    snprintf(pattern, sizeof(pattern), "%s*", conf->database);
    if (glob(pattern, 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc; i++)
            give(files.gl_pathv[i], &st);
    }
    globfree(&files);
    if (access(conf->staff.key_file, F_OK) == 0)
        give(conf->staff.key_file, &st);
}
