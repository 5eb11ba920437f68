#include "inner.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX  64
#define COMMAND_MS 120000 /* of real time for one `meterpost` command */

pid_t
process_start(const char *const argv[], int out, int err)
{
    pid_t parent = getpid(), pid = fork();
    int nothing;

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

bool
process_wait(pid_t pid, int max_ms, int *status)
{
    int64_t end = clock_mono_ms() + max_ms;
    const struct timespec nap = {.tv_nsec = 2000000};
    int got;

    for (;;) {
        pid_t who = waitpid(pid, &got, WNOHANG);

        if (who == pid || (who == -1 && errno == ECHILD))
            break;
        if (clock_mono_ms() >= end)
            return false;
        nanosleep(&nap, NULL);
    }
    *status = WIFEXITED(got) ? WEXITSTATUS(got) : 128 + WTERMSIG(got);
    return true;
}

void
process_kill(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

pid_t
rig_start(const struct rig *r, const char *const argv[], const char *log, struct err *e)
{
    char path[RIG_PATH_MAX];
    int fd = open(rig_path(r, log, path), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
    pid_t pid;

    if (fd == -1) {
        err_set(e, FAIL_FATAL, "%s: %s", path, strerror(errno));
        return -1;
    }
    pid = process_start(argv, fd, fd);
    close(fd);
    if (pid == -1)
        err_set(e, FAIL_FATAL, "%s: %s", argv[0], strerror(errno));
    return pid;
}

int
rig_stop(pid_t pid, int max_ms)
{
    int status = 128 + SIGKILL;

    kill(pid, SIGTERM);
    if (!process_wait(pid, max_ms, &status))
        process_kill(pid);
    return status;
}

/* What comes out of one pipe. */
struct stream {
    int fd; /* -1: at its end */
    char *at;
    size_t used, size;
};

static bool
stream_read(struct stream *s)
{
    ssize_t n;

    if (s->size - s->used < 4096) {
        s->size = s->size == 0 ? 16384 : s->size * 2;
        s->at = realloc(s->at, s->size);
        if (s->at == NULL)
            abort();
    }
    n = read(s->fd, s->at + s->used, s->size - s->used - 1);
    if (n > 0)
        s->used += (size_t)n;
    s->at[s->used] = '\0';
    if (n == 0 || (n == -1 && errno != EINTR)) {
        close(s->fd);
        s->fd = -1;
    }
    return s->fd != -1;
}

/* Read both to their ends. False when that takes too long. */
static bool
streams_read(struct stream both[2], int64_t end_ms)
{
    while (both[0].fd != -1 || both[1].fd != -1) {
        struct pollfd p[2] = {{.fd = both[0].fd, .events = POLLIN},
                              {.fd = both[1].fd, .events = POLLIN}};
        int64_t left = end_ms - clock_mono_ms();

        if (left <= 0 || (poll(p, 2, (int)left) == -1 && errno != EINTR))
            return false;
        for (int i = 0; i < 2; i++) {
            if (p[i].revents != 0)
                stream_read(&both[i]);
        }
    }
    return true;
}

bool
rig_run(const struct rig *r, const char *const argv[], int max_ms, struct rig_output *out,
        struct err *e)
{
    int64_t end = clock_mono_ms() + max_ms;
    struct stream both[2] = {{.fd = -1}, {.fd = -1}};
    int pipes[2][2];
    pid_t pid;
    bool ok;

    (void)r;
    *out = (struct rig_output){0};
    if (pipe2(pipes[0], O_CLOEXEC) == -1 || pipe2(pipes[1], O_CLOEXEC) == -1)
        return err_set(e, FAIL_FATAL, "pipe: %s", strerror(errno));
    pid = process_start(argv, pipes[0][1], pipes[1][1]);
    for (int i = 0; i < 2; i++) {
        close(pipes[i][1]);
        both[i].fd = pipes[i][0];
    }
    ok = pid > 0 && streams_read(both, end) &&
         process_wait(pid, (int)(end - clock_mono_ms()), &out->status);
    out->out = both[0].at != NULL ? both[0].at : strdup("");
    out->err = both[1].at != NULL ? both[1].at : strdup("");
    if (ok)
        return true;
    if (pid > 0)
        process_kill(pid);
    for (int i = 0; i < 2; i++) {
        if (both[i].fd != -1)
            close(both[i].fd);
    }
    err_set(e, FAIL_RETRY, "%s: not done after %d ms; so far: %.200s%.200s", argv[0],
            max_ms, out->out, out->err);
    rig_output_free(out);
    return false;
}

void
rig_output_free(struct rig_output *out)
{
    free(out->out);
    free(out->err);
    *out = (struct rig_output){0};
}

int
rig_meterpost(const struct rig *r, json_t **answer, struct err *e, ...)
{
    char config[RIG_PATH_MAX];
    const char *argv[WORDS_MAX] = {BIN "/meterpost", "--config",
                                   rig_path(r, "meterpost.yaml", config), "--json"};
    struct rig_output out;
    va_list words;
    size_t n = 4;
    int status;

    *answer = NULL;
    va_start(words, e);
    while (n < WORDS_MAX - 1 && (argv[n] = va_arg(words, const char *)) != NULL)
        n++;
    va_end(words);
    argv[n] = NULL;
    if (!rig_run(r, argv, COMMAND_MS, &out, e))
        return -1;
    *answer = json_loads(out.out, JSON_DECODE_ANY, NULL);
    status = out.status;
    if (status != 0)
        err_set(e, FAIL_REJECT, "meterpost %s: status %d: %.300s", argv[4], status,
                out.err);
    rig_output_free(&out);
    return status;
}
