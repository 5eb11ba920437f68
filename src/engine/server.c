/*
 * server.c - the control socket: who may ask, what was asked, and answers after the commit.
 *
 * A client has one question at a time. A verb runs in a transaction of its own, between two
 * turns; for long work the client waits and hears of its progress.
 */
#include "engine.h"

#include "meterpost/base/text.h"
#include "meterpost/control/frame.h"
#include "meterpost/control/verb.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX   16
#define BACKLOG       16
#define READ_AT_ONCE  65536u
#define TELL_EVERY_MS 200  /* progress, when there is some */
#define ALIVE_MS      5000 /* progress, when there is none: clients give up after 30 s */

struct client {
    struct server *server; /* NULL: this place is free */
    struct watch watch;
    char actor[ACTOR_MAX]; /* who it is, by the kernel */
    struct bytes in, out;
    json_t *asked; /* waits for its turn */
    int64_t job;   /* waits for this job; 0 = for none */
    int64_t told_ms, told_done;
};

struct server {
    struct engine *en;
    struct watch watch;
    char path[PATH_MAX];
    struct client clients[CLIENTS_MAX];
};

/* ---- one client ---- */

static void
hang_up(struct client *c)
{
    loop_remove(c->server->en->loop, &c->watch);
    close(c->watch.fd);
    bytes_free(&c->in);
    bytes_free(&c->out);
    json_decref(c->asked);
    memset(c, 0, sizeof(*c));
}

static void
flush(struct client *c)
{
    ssize_t n;

    while (c->out.used > 0) {
        n = send(c->watch.fd, c->out.at, c->out.used, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n == -1 && errno == EAGAIN)
            break;
        if (n == -1 && errno != EINTR) {
            hang_up(c);
            return;
        }
        bytes_drop(&c->out, n > 0 ? (size_t)n : 0);
    }
    loop_change(c->server->en->loop, &c->watch,
                EPOLLIN | (c->out.used > 0 ? EPOLLOUT : 0u));
}

/* Takes the reference. */
static void
tell(struct client *c, json_t *object)
{
    struct err e;
    bool good = frame_add(&c->out, object, &e);
    json_t *instead;

    json_decref(object);
    if (!good) {
        instead = frame_error(&e);
        good = frame_add(&c->out, instead, &e);
        json_decref(instead);
    }
    if (good)
        flush(c);
    else
        hang_up(c);
}

/* Whatever follows what is not a frame cannot be trusted: say so, and hang up. */
static void
take_frame(struct client *c)
{
    struct err e;

    if (c->asked != NULL || c->job != 0)
        return;
    if (frame_take(&c->in, &c->asked, &e)) {
        c->server->en->due = c->server->en->due || c->asked != NULL;
        return;
    }
    bytes_free(&c->in);
    tell(c, frame_error(&e));
    if (c->server != NULL)
        hang_up(c);
}

static void
on_client(void *context, uint32_t events)
{
    struct client *c = context;
    uint8_t *to;
    ssize_t n;

    if ((events & EPOLLOUT) != 0)
        flush(c);
    if (c->server == NULL || (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    to = c->in.used > FRAME_MAX + FRAME_HEAD ? NULL : bytes_room(&c->in, READ_AT_ONCE);
    n = to == NULL ? 0 : recv(c->watch.fd, to, READ_AT_ONCE, MSG_DONTWAIT);
    if (n == -1 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        hang_up(c);
        return;
    }
    c->in.used += (size_t)n;
    take_frame(c);
}

/* ---- who comes ---- */

/* Root and the user that the engine runs as; the kernel says who it is. */
static bool
may_ask(int fd, char actor[ACTOR_MAX])
{
    struct ucred who;
    socklen_t size = sizeof(who);
    const struct passwd *user;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
        return false;
    user = getpwuid(who.uid);
    text_clip(actor, ACTOR_MAX, user != NULL ? user->pw_name : "unknown");
    return who.uid == 0 || who.uid == geteuid();
}

static void
refuse(int fd, const char *text)
{
    struct bytes out = {0};
    struct err why, e;
    json_t *error;

    err_set(&why, FAIL_REJECT, "%s", text);
    error = frame_error(&why);
    if (frame_add(&out, error, &e))
        (void)!send(fd, out.at, out.used, MSG_NOSIGNAL | MSG_DONTWAIT);
    json_decref(error);
    bytes_free(&out);
    close(fd);
}

static void
admit(struct server *s, int fd, const char *actor)
{
    struct client *c = s->clients;
    struct err e;

    while (c < s->clients + CLIENTS_MAX && c->server != NULL)
        c++;
    if (c == s->clients + CLIENTS_MAX) {
        refuse(fd, "too many ask at the same time: try again");
        return;
    }
    memset(c, 0, sizeof(*c));
    c->watch = (struct watch){.fd = fd, .ready = on_client, .context = c};
    text_clip(c->actor, sizeof(c->actor), actor);
    if (!loop_add(s->en->loop, &c->watch, EPOLLIN, &e)) {
        refuse(fd, e.text);
        return;
    }
    c->server = s;
}

static void
on_listener(void *context, uint32_t events)
{
    struct server *s = context;
    char actor[ACTOR_MAX];
    int fd = accept4(s->watch.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    (void)events;
    if (fd == -1)
        return;
    if (may_ask(fd, actor)) {
        admit(s, fd, actor);
        return;
    }
    log_warn("control", "%s may not ask", actor);
    refuse(fd, "only root and the user of the engine may ask it");
}

/* ---- answers ---- */

/* Who acts: the user that the kernel names. Only root may speak for somebody else (that is
 * who stands behind sudo): a cut needs two people, and nobody is two by saying so. */
static const char *
actor_of(const struct client *c)
{
    const char *given = json_string_value(json_object_get(c->asked, "actor"));

    return strcmp(c->actor, "root") == 0 && given != NULL && *given != '\0' &&
                   strlen(given) < ACTOR_MAX
               ? given
               : c->actor;
}

static void
answer(struct client *c)
{
    struct engine *en = c->server->en;
    const char *verb = json_string_value(json_object_get(c->asked, "verb"));
    json_t *given = json_object_get(c->asked, "arguments");
    json_t *arguments = given == NULL ? json_object() : json_incref(given);
    json_t *result = json_object(), *reply;
    struct err e;
    bool good;

    if (verb == NULL)
        good = err_set(&e, FAIL_REJECT, "a question needs a \"verb\"");
    else
        good = control_run(en->desk, verb, actor_of(c), arguments, result, &e);
    if (good && strcmp(verb, "status") == 0)
        engine_status(en, result);
    c->job = good ? json_integer_value(json_object_get(result, "job")) : 0;
    c->told_ms = clock_mono_ms();
    c->told_done = -1;
    json_decref(arguments);
    json_decref(c->asked);
    c->asked = NULL;
    en->due = true; /* what it changed may be work for a stage */
    reply = good ? json_pack("{s:O}", "answer", result) : frame_error(&e);
    json_decref(result);
    if (c->job == 0)
        tell(c, reply);
    else
        json_decref(reply);
}

static json_t *
job_reply(const struct job *job)
{
    json_t *answer = json_object();
    struct err why;
    json_t *reply = control_job_answer(job, answer, &why)
                        ? json_pack("{s:O}", "answer", answer)
                        : frame_error(&why);

    json_decref(answer);
    return reply;
}

static void
follow_job(struct client *c)
{
    int64_t now_ms = clock_mono_ms(), quiet = now_ms - c->told_ms;
    struct job job;
    struct err e;
    bool found;

    if (!job_get(c->server->en->desk->store, c->job, &job, &found, &e) || !found)
        return; /* it will be asked again */
    if (job.state != JOB_RUNNING) {
        c->job = 0;
        tell(c, job_reply(&job));
    } else if (quiet > ALIVE_MS || (quiet > TELL_EVERY_MS && job.done != c->told_done)) {
        c->told_ms = now_ms;
        c->told_done = job.done;
        tell(c, json_pack("{s:{s:I, s:I, s:s}}", "progress", "done", (json_int_t)job.done,
                          "total", (json_int_t)job.total, "text", job.kind));
    }
}

void
server_serve(struct engine *en)
{
    for (int i = 0; i < CLIENTS_MAX; i++) {
        struct client *c = &en->server->clients[i];

        if (c->server != NULL && c->job != 0)
            follow_job(c);
        if (c->server != NULL && c->asked != NULL)
            answer(c);
        if (c->server != NULL)
            take_frame(c);
    }
}

/* ---- the socket ---- */

static bool
listen_at(struct server *s, const struct sockaddr_un *at, struct err *e)
{
    mode_t before = umask(0117); /* 0660: whether the peer may ask is checked besides */
    bool bound;

    unlink(at->sun_path); /* of an engine that died: we hold the lock */
    s->watch.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bound = s->watch.fd != -1 &&
            bind(s->watch.fd, (const struct sockaddr *)at, sizeof(*at)) == 0 &&
            listen(s->watch.fd, BACKLOG) == 0;
    umask(before);
    return bound || err_set(e, FAIL_FATAL, "%s: %s", at->sun_path, strerror(errno));
}

bool
server_open(struct engine *en, struct err *e)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct server *s;

    if (!frame_socket_path(en->desk->conf->run_dir, at.sun_path, sizeof(at.sun_path), e))
        return false;
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return err_set(e, FAIL_FATAL, "out of memory");
    s->en = en;
    s->watch = (struct watch){.fd = -1, .ready = on_listener, .context = s};
    text_clip(s->path, sizeof(s->path), at.sun_path);
    en->server = s;
    return listen_at(s, &at, e) && loop_add(en->loop, &s->watch, EPOLLIN, e);
}

void
server_close(struct server *s)
{
    struct err why;

    if (s == NULL)
        return;
    err_set(&why, FAIL_RETRY, "the engine is stopping");
    for (int i = 0; i < CLIENTS_MAX; i++) {
        struct client *c = &s->clients[i];

        if (c->server != NULL && (c->asked != NULL || c->job != 0))
            tell(c, frame_error(&why));
        if (c->server != NULL)
            hang_up(c);
    }
    if (s->watch.fd != -1) {
        loop_remove(s->en->loop, &s->watch);
        close(s->watch.fd);
        unlink(s->path);
    }
    free(s);
}
