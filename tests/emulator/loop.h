/*
 * loop.h - one epoll loop with timers: everything in the emulator happens in its callbacks.
 */
#ifndef EMULATOR_LOOP_H
#define EMULATOR_LOOP_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct loop; /* opaque */

typedef void loop_ready(void *ctx, uint32_t events);
typedef void loop_due(void *ctx);

struct loop *loop_create(struct err *e);
void loop_destroy(struct loop *l);

/* Call ready(ctx, events) while fd has one of these EPOLL events. The fd stays the
 * caller's: take it out with loop_unwatch() before closing it. */
bool loop_watch(struct loop *l, int fd, uint32_t events, loop_ready *ready, void *ctx,
                struct err *e);
void loop_change(struct loop *l, int fd, uint32_t events);
void loop_unwatch(struct loop *l, int fd);

/* Call due(ctx) once, `ms` real milliseconds from now; 0 is: in the next turn. Timers of
 * the same moment run in the order in which they were set. The value names it for
 * loop_cancel; it is never 0. */
uint64_t loop_after(struct loop *l, int64_t ms, loop_due *due, void *ctx);
void loop_cancel(struct loop *l, uint64_t id);

/* Run until loop_stop(). */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
