#include "control.h"

#include "buf.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES                                                                     \
    (1024 * 1024) /* of one request; a client that sends more is dropped */

struct client {
    struct client *next;
    struct control *control;
    int fd;
    struct buf in, out;
};

struct control {
    struct emulator *emu;
    int listener;
    char *path;
    struct client *clients;
};

static void
client_close(struct client *c)
{
    struct client **at = &c->control->clients;

    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    loop_unwatch(c->control->emu->loop, c->fd);
    close(c->fd);
    buf_finish(&c->in);
    buf_finish(&c->out);
    free(c);
}

static void
answer_line(struct client *c, const char *line, size_t n)
{
    json_error_t where;
    json_t *request = json_loadb(line, n, JSON_REJECT_DUPLICATES, &where);
    json_t *answer = request != NULL ? control_run(c->control->emu, request)
                                     : json_pack("{s:s}", "error", where.text);
    char *text = json_dumps(answer, JSON_COMPACT);

    buf_puts(&c->out, text != NULL ? text : "{\"error\":\"no answer\"}");
    buf_puts(&c->out, "\n");
    free(text);
    json_decref(answer);
    json_decref(request);
}

static void
answer_all(struct client *c)
{
    const char *end;
    size_t done = 0;

    while (done < c->in.used &&
           (end = memchr(c->in.at + done, '\n', c->in.used - done)) != NULL) {
        size_t n = (size_t)(end - c->in.at) - done;

        answer_line(c, c->in.at + done, n);
        done += n + 1;
    }
    buf_drop(&c->in, done);
}

/* False: the client is gone. */
static bool
client_write(struct client *c)
{
    while (c->out.used > 0) {
        ssize_t n = send(c->fd, c->out.at, c->out.used, MSG_NOSIGNAL);

        if (n == -1 && (errno == EAGAIN || errno == EINTR))
            break;
        if (n <= 0)
            return false;
        buf_drop(&c->out, (size_t)n);
    }
    loop_change(c->control->emu->loop, c->fd,
                c->out.used > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    return true;
}

static void
on_client(void *ctx, uint32_t events)
{
    struct client *c = ctx;
    char bytes[16384];
    ssize_t n;

    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        n = read(c->fd, bytes, sizeof(bytes));
        if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR)) {
            client_close(c);
            return;
        }
        if (n > 0)
            buf_add(&c->in, bytes, (size_t)n);
        answer_all(c);
    }
    if (c->in.used > LINE_MAX_BYTES || !client_write(c))
        client_close(c);
}

static void
on_listener(void *ctx, uint32_t events)
{
    struct control *control = ctx;
    struct client *c;
    struct err e;
    int fd = accept4(control->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)events;
    if (fd == -1)
        return;
    c = must_calloc(1, sizeof(*c));
    c->control = control;
    c->fd = fd;
    c->next = control->clients;
    control->clients = c;
    if (!loop_watch(control->emu->loop, fd, EPOLLIN, on_client, c, &e))
        client_close(c);
}

struct control *
control_open(struct emulator *emu, const char *path, struct err *e)
{
    struct control *c = must_calloc(1, sizeof(*c));
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct stat st;

    c->emu = emu;
    c->path = must_strdup(path);
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (!text_copy(at.sun_path, sizeof(at.sun_path), path)) {
        err_set(e, FAIL_REJECT, "control socket %s: the path is too long", path);
        control_close(c);
        return NULL;
    }
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(path);
    if (c->listener == -1 ||
        bind(c->listener, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
        listen(c->listener, 16) == -1) {
        err_set(e, FAIL_REJECT, "control socket %s: %s", path, strerror(errno));
        control_close(c);
        return NULL;
    }
    if (!loop_watch(emu->loop, c->listener, EPOLLIN, on_listener, c, e)) {
        control_close(c);
        return NULL;
    }
    return c;
}

void
control_close(struct control *c)
{
    if (c == NULL)
        return;
    while (c->clients != NULL)
        client_close(c->clients);
    if (c->listener != -1) {
        loop_unwatch(c->emu->loop, c->listener);
        close(c->listener);
        unlink(c->path);
    }
    free(c->path);
    free(c);
}
