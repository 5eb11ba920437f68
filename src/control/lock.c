#include "meterpost/control/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_DIR_MODE 0750

static bool
held_by(int fd, const char *run_dir, struct err *e)
{
    char pid[16] = "";
    ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

    pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
    return err_set(e, FAIL_RETRY,
                   "process %s works with %s already (it holds the lock): stop it first, "
                   "or ask it",
                   *pid != '\0' ? pid : "?", run_dir);
}

bool
lock_take(const char *run_dir, int *fd, struct err *e)
{
    char path[PATH_MAX], pid[16];
    int n = snprintf(path, sizeof(path), "%s/lock", run_dir);

    *fd = -1;
    if (n < 0 || (size_t)n >= sizeof(path))
        return err_set(e, FAIL_FATAL, "run_dir: '%s' is too long", run_dir);
    if (mkdir(run_dir, RUN_DIR_MODE) == -1 && errno != EEXIST)
        return err_set(e, FAIL_FATAL, "run_dir: %s: %s", run_dir, strerror(errno));
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (*fd == -1)
        return err_set(e, FAIL_FATAL, "%s: %s", path, strerror(errno));
    if (flock(*fd, LOCK_EX | LOCK_NB) == -1) {
        held_by(*fd, run_dir, e);
        close(*fd);
        *fd = -1;
        return false;
    }
    n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    if (ftruncate(*fd, 0) == -1 || pwrite(*fd, pid, (size_t)n, 0) != n) {
        err_set(e, FAIL_FATAL, "%s: %s", path, strerror(errno));
        lock_drop(*fd);
        *fd = -1;
        return false;
    }
    return true;
}

void
lock_drop(int fd)
{
    if (fd != -1)
        close(fd);
}
