#include "pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127

static _Noreturn void
become_weasyprint(int in, const char *path)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    dup2(in, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execlp("weasyprint", "weasyprint", "-q", "-", path, (char *)NULL);
    _exit(NOT_FOUND);
}

static bool
feed(int fd, const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        ssize_t k = write(fd, text, n);

        if (k == -1 && errno != EINTR)
            return false;
        if (k > 0) {
            text += k;
            n -= (size_t)k;
        }
    }
    return true;
}

bool
pdf_write(const char *html, const char *path, struct err *e)
{
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    int ends[2], status = -1;
    bool fed;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) == -1)
        return err_set(e, FAIL_RETRY, "pipe: %s", strerror(errno));
    child = fork();
    if (child == 0)
        become_weasyprint(ends[0], path);
    close(ends[0]);
    fed = child > 0 && feed(ends[1], html);
    close(ends[1]);
    if (child > 0)
        waitpid(child, &status, 0);
    signal(SIGPIPE, before);
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        return err_set(e, FAIL_REJECT, "PDF needs WeasyPrint: apt-get install weasyprint");
    return (fed && status == 0) ||
           err_set(e, FAIL_REJECT, "%s: WeasyPrint could not write it", path);
}
