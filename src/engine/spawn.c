#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((noreturn)) static void
become(const char *program, const char *name, int fd, pid_t engine)
{
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != engine)
        _exit(EXIT_FAILURE);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (fd == SPAWN_FD)
        fcntl(fd, F_SETFD, 0);
    else
        dup2(fd, SPAWN_FD);
    close_range(SPAWN_FD + 1, ~0U, 0);
    execl(program, program, name, (char *)NULL);
    _exit(127);
}

bool
spawn_worker(const char *program, const char *name, pid_t *pid, int *fd, struct err *e)
{
    pid_t engine = getpid();
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", name, strerror(errno));
    *pid = fork();
    if (*pid == 0)
        become(program, name, pair[1], engine);
    close(pair[1]);
    *fd = pair[0];
    if (*pid != -1)
        return true;
    close(pair[0]);
    return err_set(e, FAIL_RETRY, "%s: fork: %s", name, strerror(errno));
}
