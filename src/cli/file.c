#include "file.h"

#include "meterpost/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4 /* folders in each other that are copied */

static bool
failed(const char *path, struct err *e)
{
    return err_set(e, FAIL_REJECT, "%s: %s", path, strerror(errno));
}

/* ---- read ---- */

static char *
read_stream(FILE *from, const char *path, size_t *n, struct err *e)
{
    size_t size = 0, got;
    char *text = NULL;

    *n = 0;
    do {
        if (size - *n < 4096) {
            char *more = realloc(text, size = size * 2 + 8192);

            if (more == NULL) {
                err_set(e, FAIL_FATAL, "out of memory");
                break;
            }
            text = more;
        }
        got = fread(text + *n, 1, size - *n - 1, from);
        *n += got;
        if (*n > FILE_SIZE_MAX) {
            err_set(e, FAIL_REJECT, "%s is longer than %d MiB", path, FILE_MIB_MAX);
            break;
        }
        if (got == 0 && !ferror(from)) {
            text[*n] = '\0';
            return text;
        }
        if (got == 0) {
            failed(path, e);
            break;
        }
    } while (true);
    free(text);
    return NULL;
}

char *
file_read(const char *path, size_t *n, struct err *e)
{
    FILE *from;
    char *text;

    if (strcmp(path, "-") == 0)
        return read_stream(stdin, "the standard input", n, e);
    if ((from = fopen(path, "re")) == NULL) {
        failed(path, e);
        return NULL;
    }
    text = read_stream(from, path, n, e);
    fclose(from);
    return text;
}

/* ---- write ---- */

static bool
write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);

        if (done < 0 && errno != EINTR)
            return false;
        bytes += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

json_t *
file_json(const char *path, struct err *e)
{
    json_error_t at;
    size_t n;
    char *text = file_read(path, &n, e);
    json_t *value;

    if (text == NULL)
        return NULL;
    value = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    free(text);
    if (value == NULL)
        err_set(e, FAIL_REJECT, "%s:%d:%d: %s", path, at.line, at.column, at.text);
    return value;
}

bool
file_write_new(const char *path, const char *bytes, size_t n, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool good;

    if (fd == -1)
        return failed(path, e);
    good = write_all(fd, bytes, n) || failed(path, e);
    if (close(fd) != 0 && good)
        good = failed(path, e);
    if (!good)
        unlink(path);
    return good;
}

bool
file_write(const char *path, const char *bytes, size_t n, struct err *e)
{
    char part[PATH_MAX];

    if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
        return err_set(e, FAIL_REJECT, "%s: the path is too long", path);
    unlink(part);
    if (!file_write_new(part, bytes, n, e))
        return false;
    if (rename(part, path) == 0)
        return true;
    failed(path, e);
    unlink(part);
    return false;
}

/* ---- copy ---- */

static bool
copy_file(const char *from, const char *to, int *copied, struct err *e)
{
    char *text;
    size_t n;
    bool good;

    if (access(to, F_OK) == 0)
        return true;
    if ((text = file_read(from, &n, e)) == NULL)
        return false;
    good = file_write_new(to, text, n, e);
    free(text);
    *copied += good;
    return good;
}

static bool copy_entry(const char *from, const char *to, int depth, int *copied,
                       struct err *e);

static bool
copy_folder(const char *from, const char *to, int depth, int *copied, struct err *e)
{
    DIR *folder = opendir(from);
    bool good = folder != NULL;
    struct dirent *entry;

    if (!good)
        return errno == ENOENT || failed(from, e);
    if (mkdir(to, 0755) == -1 && errno != EEXIST)
        good = failed(to, e);
    while (good && (entry = readdir(folder)) != NULL) {
        char source[PATH_MAX], target[PATH_MAX];

        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(source, sizeof(source), "%s/%s", from, entry->d_name) >= PATH_MAX ||
            snprintf(target, sizeof(target), "%s/%s", to, entry->d_name) >= PATH_MAX)
            good = err_set(e, FAIL_REJECT, "%s: the path is too long", from);
        else
            good = copy_entry(source, target, depth, copied, e);
    }
    closedir(folder);
    return good;
}

static bool
copy_entry(const char *from, const char *to, int depth, int *copied, struct err *e)
{
    struct stat info;

    if (stat(from, &info) != 0)
        return failed(from, e);
    if (S_ISDIR(info.st_mode) && depth < DEPTH_MAX)
        return copy_folder(from, to, depth + 1, copied, e);
    return !S_ISREG(info.st_mode) || copy_file(from, to, copied, e);
}

bool
file_copy_tree(const char *from, const char *to, int *copied, struct err *e)
{
    return copy_folder(from, to, 0, copied, e);
}

/* ---- what is shipped ---- */

static bool
is_share(const char *folder)
{
    char path[PATH_MAX];

    return snprintf(path, sizeof(path), "%s/conf/meterpost.yaml", folder) < PATH_MAX &&
           access(path, R_OK) == 0;
}

bool
file_share(char *out, size_t size, struct err *e)
{
    static const char *const beside[] = {"..", "../share/meterpost"};
    const char *told = getenv("METERPOST_SHARE");
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (told != NULL && *told != '\0')
        return (text_copy(out, size, told) && is_share(out)) ||
               err_set(e, FAIL_REJECT, "METERPOST_SHARE: %s holds no conf/meterpost.yaml",
                       told);
    program[n > 0 ? n : 0] = '\0';
    dirname(program);
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        int length = snprintf(out, size, "%s/%s", program, beside[i]);

        if (length > 0 && (size_t)length < size && is_share(out))
            return true;
    }
    return err_set(e, FAIL_REJECT,
                   "the shipped examples are not beside this program: say in "
                   "METERPOST_SHARE where conf/ and templates/ are");
}
