/*
 * die_at_commit.c - a library to preload: the process kills itself at one of its commits.
 *
 * While the file that METERPOST_DIE names is there, the writes of a store's journal count:
 * "3 before" dies before the first byte of the third commit from then on is written, "3
 * behind" when all of it is safe and nobody was told yet. For tests.
 */
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int wanted; /* the commit to die at; 0: the file was not there yet */
static bool before;
static int commits; /* since it is there */

static bool
is_journal(int fd)
{
    char link[40], path[PATH_MAX];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    path[n < 0 ? 0 : n] = '\0';
    return n > 4 && strcmp(path + n - 4, "-wal") == 0;
}

static void
look_for_file(void)
{
    const char *name = getenv("METERPOST_DIE");
    FILE *f = name == NULL ? NULL : fopen(name, "re");
    char word[10] = "";

    if (f == NULL)
        return;
    if (fscanf(f, "%d %9s", &wanted, word) != 2)
        wanted = 0;
    before = strcmp(word, "before") == 0;
    fclose(f);
}

static void
on_write(int fd)
{
    if (!is_journal(fd))
        return;
    if (wanted == 0)
        look_for_file();
    if (before && wanted > 0 && commits == wanted - 1)
        raise(SIGKILL);
}

static void
on_commit(int fd)
{
    if (wanted == 0 || !is_journal(fd))
        return;
    commits++;
    if (!before && commits == wanted)
        raise(SIGKILL);
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

ssize_t
pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    on_write(fd);
    return NEXT(pwrite64)(fd, bytes, n, at);
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    on_write(fd);
    return NEXT(pwrite)(fd, bytes, n, at);
}

int
fdatasync(int fd)
{
    int result = NEXT(fdatasync)(fd);

    on_commit(fd);
    return result;
}

int
fsync(int fd)
{
    int result = NEXT(fsync)(fd);

    on_commit(fd);
    return result;
}
