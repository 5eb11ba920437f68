#include "meterpost/control/client.h"

#include "meterpost/base/clock.h"
#include "meterpost/control/frame.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_AT_ONCE 65536u

struct control_client {
    int fd;
    struct bytes in, out;
};

bool
control_connect(const char *run_dir, struct control_client **out, struct err *e)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct control_client *c;

    if (!frame_socket_path(run_dir, to.sun_path, sizeof(to.sun_path), e))
        return false;
    c = calloc(1, sizeof(*c));
    if (c == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd == -1 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == -1) {
        err_set(e, errno == EACCES || errno == EPERM ? FAIL_REJECT : FAIL_RETRY,
                "no engine answers at %s: %s", to.sun_path, strerror(errno));
        control_disconnect(c);
        return false;
    }
    *out = c;
    return true;
}

void
control_disconnect(struct control_client *c)
{
    if (c == NULL)
        return;
    if (c->fd != -1)
        close(c->fd);
    bytes_free(&c->in);
    bytes_free(&c->out);
    free(c);
}

/* Wait until the socket is ready for `events`. */
static bool
wait_for(struct control_client *c, short events, int64_t deadline_ms, struct err *e)
{
    struct pollfd p = {.fd = c->fd, .events = events};
    int64_t left;
    int n;

    do {
        left = deadline_ms - clock_mono_ms();
        n = left <= 0 ? 0 : poll(&p, 1, (int)left);
    } while (n == -1 && errno == EINTR);
    if (n == 1)
        return true;
    return err_set(e, FAIL_RETRY, "the engine gave no sign of life for %d seconds",
                   CLIENT_SILENT_MS / 1000);
}

static bool
send_all(struct control_client *c, struct err *e)
{
    ssize_t n;

    while (c->out.used > 0) {
        if (!wait_for(c, POLLOUT, clock_mono_ms() + CLIENT_SILENT_MS, e))
            return false;
        n = send(c->fd, c->out.at, c->out.used, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n == -1 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n == -1)
            return err_set(e, FAIL_RETRY, "the engine hung up: %s", strerror(errno));
        bytes_drop(&c->out, (size_t)n);
    }
    return true;
}

/* The next frame of the engine, as a new reference. */
static bool
receive(struct control_client *c, json_t **frame, struct err *e)
{
    int64_t deadline = clock_mono_ms() + CLIENT_SILENT_MS;
    uint8_t *to;
    ssize_t n;

    for (;;) {
        if (!frame_take(&c->in, frame, e))
            return false;
        if (*frame != NULL)
            return true;
        if (!wait_for(c, POLLIN, deadline, e))
            return false;
        to = bytes_room(&c->in, READ_AT_ONCE);
        if (to == NULL)
            return err_set(e, FAIL_RETRY, "out of memory");
        n = recv(c->fd, to, READ_AT_ONCE, MSG_DONTWAIT);
        if (n == 0)
            return err_set(e, FAIL_RETRY, "the engine hung up");
        if (n == -1 && errno != EINTR && errno != EAGAIN)
            return err_set(e, FAIL_RETRY, "the engine hung up: %s", strerror(errno));
        c->in.used += n > 0 ? (size_t)n : 0;
    }
}

static void
tell_progress(const json_t *p, control_progress *progress, void *context)
{
    const char *text = json_string_value(json_object_get(p, "text"));

    if (progress != NULL)
        progress(json_integer_value(json_object_get(p, "done")),
                 json_integer_value(json_object_get(p, "total")), text == NULL ? "" : text,
                 context);
}

static bool
await_answer(struct control_client *c, control_progress *progress, void *context,
             json_t **answer, struct err *e)
{
    json_t *frame, *part;
    bool done = false, good = false;

    while (!done) {
        if (!receive(c, &frame, e))
            return false;
        if ((part = json_object_get(frame, "progress")) != NULL) {
            tell_progress(part, progress, context);
        } else if ((part = json_object_get(frame, "answer")) != NULL) {
            *answer = json_incref(part);
            done = good = true;
        } else {
            frame_error_read(json_object_get(frame, "error"), e);
            done = true;
        }
        json_decref(frame);
    }
    return good;
}

bool
control_ask(struct control_client *c, const char *verb, const json_t *arguments,
            const char *actor, control_progress *progress, void *context, json_t **answer,
            struct err *e)
{
    json_t *asked = json_pack("{s:s, s:s}", "verb", verb, "actor", actor);
    bool good;

    if (asked == NULL)
        return err_set(e, FAIL_REJECT, "verb or actor is not UTF-8");
    json_object_set_new(asked, "arguments",
                        arguments == NULL ? json_object() : json_deep_copy(arguments));
    good = frame_add(&c->out, asked, e);
    json_decref(asked);
    return good && send_all(c, e) && await_answer(c, progress, context, answer, e);
}
