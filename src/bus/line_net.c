/* line_net.c - serial servers that we call, and terminals that call us. */
#include "bus/line.h"

#include "meterpost/base/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 5000
#define GREET_MS   30000 /* for a terminal to say who it is */
#define HELD_MAX   128   /* bytes that may yet become a heart-beat */

/* Of a terminal that dials in. */
struct dialled {
    int64_t since_ms;
    uint8_t held[HELD_MAX];
    size_t n_held;
};

/* A network has no speed: the serial server does that. */
static bool
net_frame(struct line *l, const struct bus_framing *f, struct err *e)
{
    (void)l, (void)f, (void)e;
    return true;
}

static void
net_close(struct line *l)
{
    if (l->fd != -1)
        close(l->fd);
    if (l->listener != -1)
        close(l->listener);
    l->fd = l->listener = -1;
    free(l->own);
}

static long
net_write(struct line *l, const uint8_t *from, size_t n, struct err *e)
{
    ssize_t m;

    if (l->fd == -1) {
        err_set(e, FAIL_RETRY, "nobody is connected");
        return -1;
    }
    m = send(l->fd, from, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (m >= 0 || errno == EAGAIN || errno == EINTR)
        return m > 0 ? (long)m : 0;
    err_set(e, FAIL_FATAL, "%s: %s", l->setup->device, strerror(errno));
    return -1;
}

static long
net_read(struct line *l, uint8_t *to, size_t size, struct err *e)
{
    ssize_t n = recv(l->fd, to, size, MSG_DONTWAIT);

    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return n > 0 ? (long)n : 0;
    err_set(e, FAIL_FATAL, "%s: the other side hung up", l->setup->device);
    return -1;
}

/* "host:port", "[v6]:port", "port". */
static bool
split(const char *where, char *host, size_t size, char *port, size_t port_size,
      struct err *e)
{
    const char *colon = strrchr(where, ':');
    size_t n = colon == NULL ? 0 : (size_t)(colon - where);

    if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
        where++;
        n -= 2;
    }
    if (n >= size || !text_copy(port, port_size, colon == NULL ? where : colon + 1))
        return err_set(e, FAIL_REJECT, "expected host:port, got '%.60s'", where);
    memcpy(host, where, n);
    host[n] = '\0';
    return true;
}

static bool
look_up(const char *where, bool passive, struct addrinfo **found, struct err *e)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = passive ? AI_PASSIVE : 0};
    char host[200], port[16];
    int code;

    if (!split(where, host, sizeof(host), port, sizeof(port), e))
        return false;
    code = getaddrinfo(host[0] == '\0' ? NULL : host, port, &hints, found);
    return code == 0 || err_set(e, FAIL_RETRY, "%.60s: %s", where, gai_strerror(code));
}

/* ---- we call ---- */

static void
set_options(int fd)
{
    const int on = 1, idle_s = 60;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
}

/* A descriptor that is connected, or -1. */
static int
connect_to(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int fault = 0;
    socklen_t size = sizeof(fault);

    if (fd == -1)
        return -1;
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return fd;
    if (errno == EINPROGRESS && poll(&p, 1, CONNECT_MS) == 1 &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0)
        return fd;
    if (fault != 0)
        errno = fault;
    else if (errno == EINPROGRESS)
        errno = ETIMEDOUT;
    fault = errno;
    close(fd);
    errno = fault;
    return -1;
}

static bool
tcp_open(struct line *l, const char *where, struct err *e)
{
    struct addrinfo *found = NULL;

    if (!look_up(where, false, &found, e))
        return false;
    for (struct addrinfo *at = found; at != NULL && l->fd == -1; at = at->ai_next)
        l->fd = connect_to(at);
    freeaddrinfo(found);
    if (l->fd == -1)
        return err_set(e, FAIL_RETRY, "tcp://%.100s: %s", where, strerror(errno));
    set_options(l->fd);
    l->heard = true;
    return true;
}

/* ---- they call ---- */

static int
listen_at(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;

    if (fd == -1)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 4) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool
listen_open(struct line *l, const char *where, struct err *e)
{
    struct addrinfo *found = NULL;

    l->own = calloc(1, sizeof(struct dialled));
    if (l->own == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    if (look_up(where, true, &found, e)) {
        for (struct addrinfo *at = found; at != NULL && l->listener == -1; at = at->ai_next)
            l->listener = listen_at(at);
        freeaddrinfo(found);
        if (l->listener == -1)
            err_set(e, FAIL_RETRY, "listen:%.100s: %s", where, strerror(errno));
    }
    if (l->listener != -1)
        return true;
    free(l->own);
    return false;
}

static int
digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* The next byte of a pattern: 0 to 255, -1 for any. False at its end. */
static bool
pattern_next(const char **at, bool hex, int *byte)
{
    if (!hex) {
        *byte = **at == '?' ? -1 : (int)(uint8_t) * *at;
        return *(*at)++ != '\0';
    }
    *at += strspn(*at, " ");
    if ((*at)[0] == '\0' || (*at)[1] == '\0')
        return false;
    *byte = (*at)[0] == '.' ? -1 : digit_of((*at)[0]) * 16 + digit_of((*at)[1]);
    *at += 2;
    return true;
}

long
line_pattern(const char *pattern, const uint8_t *bytes, size_t n)
{
    bool hex = strncmp(pattern, "hex:", 4) == 0;
    const char *at = hex ? pattern + 4 : pattern;
    size_t used = 0;
    int byte;

    for (; pattern_next(&at, hex, &byte); used++) {
        if (used == n)
            return used == 0 ? 0 : -1;
        if (byte >= 0 && byte != bytes[used])
            return 0;
    }
    return (long)used;
}

static void
hang_up(struct line *l)
{
    if (l->fd != -1)
        close(l->fd);
    l->fd = -1;
    l->heard = false;
}

/* A new call ends the old one: a terminal that lost its network does not say good-bye. */
static void
answer_call(struct line *l)
{
    struct dialled *d = l->own;
    int fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd == -1)
        return;
    hang_up(l);
    set_options(fd);
    l->fd = fd;
    l->heard = l->setup->greeting[0] == '\0';
    l->dirty = true;
    l->peer[0] = '\0';
    d->since_ms = clock_mono_ms();
    d->n_held = 0;
}

/* Say in words what a terminal said. */
static void
note_peer(struct line *l, const uint8_t *bytes, size_t n)
{
    size_t used = 0;

    for (size_t i = 0; i < n && used + 4 < sizeof(l->peer); i++) {
        if (bytes[i] >= ' ' && bytes[i] <= '~')
            l->peer[used++] = (char)bytes[i];
        else
            used += (size_t)snprintf(l->peer + used, 4, "%02X ", bytes[i]);
    }
    l->peer[used] = '\0';
}

/* The greeting, then heart-beats, do not belong to meters. What may yet become one waits
 * for the next bytes. */
static size_t
take_out(struct line *l, uint8_t *to, size_t size)
{
    struct dialled *d = l->own;
    const struct bus_wire_setup *s = l->setup;
    size_t from = 0, n = 0;

    while (from < d->n_held && n < size) {
        const uint8_t *at = d->held + from;
        size_t left = d->n_held - from;
        long greets = s->greeting[0] == '\0' ? 0 : line_pattern(s->greeting, at, left);
        long beats = s->heartbeat[0] == '\0' ? 0 : line_pattern(s->heartbeat, at, left);

        if (greets > 0) {
            note_peer(l, at, (size_t)greets);
            l->heard = true;
            from += (size_t)greets;
        } else if (beats > 0) {
            from += (size_t)beats;
        } else if (greets < 0 || beats < 0) {
            break;
        } else {
            if (l->heard)
                to[n++] = *at;
            from++;
        }
    }
    d->n_held -= from;
    memmove(d->held, d->held + from, d->n_held);
    return n;
}

static long
listen_read(struct line *l, uint8_t *to, size_t size, struct err *e)
{
    struct dialled *d = l->own;
    long n = 0;

    if (d->n_held < sizeof(d->held)) {
        n = net_read(l, d->held + d->n_held, sizeof(d->held) - d->n_held, e);
        if (n < 0) {
            hang_up(l);
            return -1;
        }
        d->n_held += (size_t)n;
    }
    n = (long)take_out(l, to, size);
    if (n == 0 && d->n_held == sizeof(d->held))
        d->n_held = 0; /* no pattern is as long as that */
    return n;
}

const struct line_driver line_tcp = {
    .scheme = "tcp://",
    .open = tcp_open,
    .read = net_read,
    .write = net_write,
    .frame = net_frame,
    .close = net_close,
};

const struct line_driver line_listen = {
    .scheme = "listen:",
    .open = listen_open,
    .read = listen_read,
    .write = net_write,
    .frame = net_frame,
    .call = answer_call,
    .close = net_close,
};

bool
line_wait_call(struct line *l, struct err *e)
{
    struct dialled *d = l->own;
    uint8_t nothing[HELD_MAX];
    struct pollfd p[] = {{.fd = l->listener, .events = POLLIN},
                         {.fd = l->fd, .events = POLLIN}};

    if (l->driver->call == NULL)
        return true;
    if (poll(p, 2, 0) <= 0)
        goto look;
    if (p[0].revents != 0)
        l->driver->call(l);
    else if (p[1].revents != 0 && l->fd != -1)
        l->driver->read(l, nothing, sizeof(nothing), e);
look:
    if (l->fd != -1 && !l->heard && clock_mono_ms() - d->since_ms > GREET_MS) {
        hang_up(l);
        return err_set(e, FAIL_RETRY, "a terminal called and did not say '%s'",
                       l->setup->greeting);
    }
    return true;
}
