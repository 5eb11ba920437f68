#include "meterpost/base/rights.h"
#include "meterpost/base/log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS_MAX 64

void
rights_bind_to_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

static void
check(const char *what, int result)
{
    if (result != 0)
        log_warn("rights", "cannot limit %s: %s", what, strerror(errno));
}

void
rights_drop(void)
{
    const struct rlimit nothing = {0, 0}, few = {FDS_MAX, FDS_MAX};
    struct stat log;

    check("new rights", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    check("core dumps", setrlimit(RLIMIT_CORE, &nothing));
    check("descriptors", setrlimit(RLIMIT_NOFILE, &few));
    if (fstat(STDERR_FILENO, &log) == 0 && !S_ISREG(log.st_mode)) /* else it is our log */
        check("files", setrlimit(RLIMIT_FSIZE, &nothing));
}
