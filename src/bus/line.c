#include "bus/line.h"

#include "meterpost/base/conf.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define DROP_BYTES 512
#define SEND_MS    2000 /* beyond what the bytes take */

static const struct line_driver *const drivers[] = {&line_tcp, &line_listen, &line_replay,
                                                    &line_tty};
#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

bool
line_open(const struct bus_wire_setup *setup, const struct line_hooks *hooks,
          struct line **out, struct err *e)
{
    struct line *l = calloc(1, sizeof(*l));
    size_t i = 0, n = 0;

    *out = NULL;
    if (l == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    for (; i < DRIVERS; i++) {
        n = strlen(drivers[i]->scheme);
        if (strncmp(setup->device, drivers[i]->scheme, n) == 0)
            break;
    }
    l->driver = drivers[i < DRIVERS ? i : DRIVERS - 1];
    l->setup = setup;
    l->hooks = *hooks;
    l->fd = l->listener = -1;
    l->framing = setup->framing;
    l->echoes = setup->echo == CONF_ECHO_ON;
    l->dirty = true;
    if (!l->driver->open(l, setup->device + n, e)) {
        free(l);
        return false;
    }
    *out = l;
    return true;
}

void
line_close(struct line *l)
{
    if (l == NULL)
        return;
    l->driver->close(l);
    free(l);
}

bool
line_is_up(const struct line *l)
{
    return l->fd != -1 && l->heard;
}

bool
line_frame(struct line *l, const struct bus_framing *f, struct err *e)
{
    if (l->framing.baud == f->baud && l->framing.parity == f->parity &&
        l->framing.data_bits == f->data_bits && l->framing.stop_bits == f->stop_bits)
        return true;
    if (!l->driver->frame(l, f, e))
        return false;
    l->framing = *f;
    return true;
}

int64_t
line_time_ms(const struct line *l, size_t n)
{
    const struct bus_framing *f = &l->framing;
    int64_t bits = 1 + f->data_bits + (f->parity != CONF_PARITY_NONE) + f->stop_bits;

    return ((int64_t)n * bits * 1000 + f->baud - 1) / f->baud;
}

/* ---- waiting ---- */

static bool
idle(struct line *l, struct err *e)
{
    return l->hooks.idle == NULL || l->hooks.idle(l->hooks.ctx) ||
           err_set(e, FAIL_FATAL, "stopped");
}

/* Poll for `events` in slices. True when they are there, or the time is over (*ready is
 * false then). */
static bool
wait_for(struct line *l, short events, int64_t until_ms, bool *ready, struct err *e)
{
    *ready = false;
    for (;;) {
        int64_t left = until_ms - clock_mono_ms();
        struct pollfd p = {.fd = l->fd, .events = events};
        int ms = left <= 0 ? 0 : left > LINE_IDLE_MS ? LINE_IDLE_MS : (int)left;

        if (poll(&p, 1, ms) > 0) {
            *ready = true;
            return true;
        }
        if (!idle(l, e))
            return false;
        if (left <= 0)
            return true;
    }
}

bool
line_rest(struct line *l, int64_t ms, struct err *e)
{
    int64_t until_ms = clock_mono_ms() + ms, left;

    while ((left = until_ms - clock_mono_ms()) > 0) {
        poll(NULL, 0, left > LINE_IDLE_MS ? LINE_IDLE_MS : (int)left);
        if (left > LINE_IDLE_MS && !idle(l, e))
            return false;
    }
    return true;
}

/* ---- bytes ---- */

bool
line_send(struct line *l, const uint8_t *bytes, size_t n, struct err *e)
{
    int64_t start_ms = clock_mono_ms(), took_ms = line_time_ms(l, n);
    int64_t until_ms = start_ms + took_ms + SEND_MS;
    size_t done = 0;
    bool ready;

    while (done < n) {
        long m = l->driver->write(l, bytes + done, n - done, e);

        if (m < 0)
            return false;
        done += (size_t)m;
        if (done == n)
            break;
        if (!wait_for(l, POLLOUT, until_ms, &ready, e))
            return false;
        if (!ready)
            return err_set(e, FAIL_RETRY, "the line takes no more bytes");
    }
    l->sent += (uint32_t)n;
    if (l->hooks.traffic != NULL)
        l->hooks.traffic(l->hooks.ctx, true, bytes, n);
    l->quiet_ms = start_ms + took_ms;
    return true;
}

bool
line_read(struct line *l, uint8_t *to, size_t size, int64_t wait_ms, size_t *n,
          struct err *e)
{
    int64_t until_ms = clock_mono_ms() + wait_ms;
    bool ready;
    long m;

    for (*n = 0; *n == 0;) {
        if (!wait_for(l, POLLIN, until_ms, &ready, e))
            return false;
        if (!ready)
            return true;
        m = l->driver->read(l, to, size, e);
        if (m < 0)
            return false;
        *n = (size_t)m;
    }
    l->received += (uint32_t)*n;
    l->quiet_ms = clock_mono_ms();
    if (l->hooks.traffic != NULL)
        l->hooks.traffic(l->hooks.ctx, false, to, *n);
    return true;
}

bool
line_settle(struct line *l, int64_t quiet_ms, int64_t most_ms, struct err *e)
{
    int64_t until_ms = clock_mono_ms() + most_ms;
    uint8_t bytes[DROP_BYTES];
    size_t n;

    while (clock_mono_ms() < until_ms) {
        if (!line_read(l, bytes, sizeof(bytes), quiet_ms, &n, e))
            return false;
        if (n == 0) {
            l->dirty = false;
            return true;
        }
    }
    return err_set(e, FAIL_RETRY, "the line is never quiet");
}
