/*
 * line.h - a line to meters: a serial port, a serial server, a terminal that dials in, or
 * the record of one. For src/bus.
 *
 * Nothing here waits past the time it is given. While it waits it calls `idle` at least
 * each LINE_IDLE_MS, so that the worker can say that it is alive and hear that it shall
 * stop.
 */
#ifndef METERPOST_SRC_BUS_LINE_H
#define METERPOST_SRC_BUS_LINE_H

#include "meterpost/bus/wire.h"

#define LINE_IDLE_MS 500

struct line_hooks {
    bool (*idle)(void *ctx); /* false: stop what is under way */
    void (*traffic)(void *ctx, bool out, const uint8_t *bytes, size_t n);
    void *ctx;
};

struct line;

/* A kind of line, by the scheme of its device. */
struct line_driver {
    const char *scheme; /* "tcp://"; "" is a path */
    bool (*open)(struct line *l, const char *where, struct err *e);
    /* Bytes read or written, 0 when not now; -1 with *e when the line is lost. */
    long (*read)(struct line *l, uint8_t *to, size_t size, struct err *e);
    long (*write)(struct line *l, const uint8_t *from, size_t n, struct err *e);
    bool (*frame)(struct line *l, const struct bus_framing *f, struct err *e);
    void (*call)(struct line *l); /* somebody calls us; NULL: nobody does */
    void (*close)(struct line *l);
};

struct line {
    const struct line_driver *driver;
    const struct bus_wire_setup *setup;
    struct line_hooks hooks;
    struct bus_framing framing; /* as it is now */
    int fd;                     /* to be polled; -1: there is none now */
    int listener;
    void *own;        /* of the driver */
    bool heard;       /* a terminal has greeted */
    bool echoes;      /* what is sent comes back */
    bool dirty;       /* something may still be under way */
    int64_t quiet_ms; /* when the last byte came or went */
    uint32_t sent, received;
    char peer[BUS_WORD_MAX];
};

extern const struct line_driver line_tty, line_tcp, line_listen, line_replay;

/* *setup must stay where it is. FAIL_RETRY: the device is not there or in use. */
bool line_open(const struct bus_wire_setup *setup, const struct line_hooks *hooks,
               struct line **out, struct err *e);
void line_close(struct line *l); /* takes NULL */

/* True when something can be sent: false while nobody has dialled in. */
bool line_is_up(const struct line *l);

/* Set speed and framing; nothing when they are so already. */
bool line_frame(struct line *l, const struct bus_framing *f, struct err *e);

/* Milliseconds that n bytes take, rounded up. */
int64_t line_time_ms(const struct line *l, size_t n);

/* Send all of it; returns when it has left, by the arithmetic of the line. */
bool line_send(struct line *l, const uint8_t *bytes, size_t n, struct err *e);

/* What is there within wait_ms. *n is 0 when nothing came. False: the line is lost, or
 * `idle` wants a stop. */
bool line_read(struct line *l, uint8_t *to, size_t size, int64_t wait_ms, size_t *n,
               struct err *e);

/* Wait until nothing has come for `quiet_ms`, at most `most_ms`. */
bool line_settle(struct line *l, int64_t quiet_ms, int64_t most_ms, struct err *e);

/* Wait, and hear nothing. */
bool line_rest(struct line *l, int64_t ms, struct err *e);

/* Between jobs: take a call, and what a terminal says by itself. False when one was sent
 * away, with the reason. */
bool line_wait_call(struct line *l, struct err *e);

/* line_net.c: a terminal's greeting or heart-beat: a text in which '?' is any byte, or
 * "hex:" and digits in which ".." is any. Bytes that it takes at `bytes`, 0 when they are
 * not that, -1 when more are needed. */
long line_pattern(const char *pattern, const uint8_t *bytes, size_t n);

#endif
