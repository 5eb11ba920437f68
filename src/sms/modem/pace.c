#include "pace.h"
#include "meterpost/base/clock.h"

#include <poll.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LONG_NAP_US 50000
#define LOOK_MS     100

/* libGammu hands usleep() nothing to find its caller by: one modem, one struct. */
static struct {
    bool sending;
    unsigned percent, long_naps;
    int fd;
    int64_t looked_ms, busy_ms; /* busy: something was said or heard */
    void (*gone)(void *ctx);
    void *ctx;
} pace = {.fd = -1};

void
pace_send_begin(unsigned percent)
{
    pace.sending = true;
    pace.percent = percent;
    pace.long_naps = 0;
}

bool
pace_send_end(void)
{
    pace.sending = false;
    return pace.long_naps > 0;
}

void
pace_watch(int fd, void (*gone)(void *ctx), void *ctx)
{
    pace.fd = fd;
    pace.gone = gone;
    pace.ctx = ctx;
    pace.looked_ms = pace.busy_ms = clock_mono_ms();
}

void
pace_said(int fd)
{
    if (fd == pace.fd)
        pace.busy_ms = clock_mono_ms();
}

ssize_t
read(int fd, void *to, size_t n)
{
    ssize_t got = syscall(SYS_read, fd, to, n);

    if (got > 0 && fd == pace.fd)
        pace.busy_ms = clock_mono_ms();
    return got;
}

bool
pace_hung_up(int fd)
{
    struct pollfd p = {.fd = fd};

    return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static void
look(void)
{
    int64_t now = clock_mono_ms();

    if (pace.fd < 0 || now - pace.looked_ms < LOOK_MS)
        return;
    pace.looked_ms = now;
    if (now - pace.busy_ms < PACE_SILENCE_MS && !pace_hung_up(pace.fd))
        return;
    pace.fd = -1;
    pace.gone(pace.ctx);
}

int
usleep(useconds_t us)
{
    struct timespec t;

    look();
    if (pace.sending && us >= LONG_NAP_US) {
        pace.long_naps++;
        us = (useconds_t)((unsigned long)us * pace.percent / 100);
    }
    t.tv_sec = us / 1000000;
    t.tv_nsec = (long)(us % 1000000) * 1000;
    return nanosleep(&t, NULL);
}
