#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static bool
make_link(const char *link, const char *slave)
{
    if (unlink(link) == -1 && errno != ENOENT)
        return false;
    return symlink(slave, link) == 0;
}

bool
terminal_open(const char *link, int *master, int *slave, struct err *e)
{
    char path[64];
    struct termios raw;

    *slave = -1;
    *master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (*master == -1 || grantpt(*master) == -1 || unlockpt(*master) == -1 ||
        ptsname_r(*master, path, sizeof(path)) != 0)
        goto failed;
    *slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave == -1 || tcgetattr(*slave, &raw) == -1)
        goto failed;
    cfmakeraw(&raw);
    if (tcsetattr(*slave, TCSANOW, &raw) == -1 || !make_link(link, path))
        goto failed;
    return true;
failed:
    err_set(e, FAIL_FATAL, "pty for %s: %s", link, strerror(errno));
    if (*slave != -1)
        close(*slave);
    if (*master != -1)
        close(*master);
    *master = *slave = -1;
    return false;
}

void
terminal_close(const char *link, int *master, int *slave)
{
    unlink(link);
    close(*slave);
    close(*master);
    *master = *slave = -1;
}

void
terminal_share(int slave)
{
    ioctl(slave, TIOCNXCL);
}
