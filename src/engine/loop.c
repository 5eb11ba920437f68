#include "loop.h"

#include "meterpost/base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AT_ONCE 64

bool
loop_open(int *loop, struct err *e)
{
    *loop = epoll_create1(EPOLL_CLOEXEC);
    return *loop != -1 || err_set(e, FAIL_FATAL, "epoll: %s", strerror(errno));
}

void
loop_close(int loop)
{
    if (loop != -1)
        close(loop);
}

bool
loop_add(int loop, struct watch *w, uint32_t events, struct err *e)
{
    struct epoll_event ev = {.events = events, .data.ptr = w};

    return epoll_ctl(loop, EPOLL_CTL_ADD, w->fd, &ev) == 0 ||
           err_set(e, FAIL_FATAL, "epoll: %s", strerror(errno));
}

void
loop_change(int loop, struct watch *w, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.ptr = w};

    epoll_ctl(loop, EPOLL_CTL_MOD, w->fd, &ev);
}

void
loop_remove(int loop, struct watch *w)
{
    epoll_ctl(loop, EPOLL_CTL_DEL, w->fd, NULL);
}

void
loop_wait(int loop, int timeout_ms)
{
    struct epoll_event ready[AT_ONCE];
    int n = epoll_wait(loop, ready, AT_ONCE, timeout_ms);

    if (n == -1 && errno != EINTR)
        log_error("loop", "epoll: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        struct watch *w = ready[i].data.ptr;

        w->ready(w->context, ready[i].events);
    }
}
