/*
 * loop.h - one epoll set: a descriptor, and the function that is called when it is ready.
 */
#ifndef METERPOST_ENGINE_LOOP_H
#define METERPOST_ENGINE_LOOP_H

#include "meterpost/base/err.h"

#include <stdint.h>

/* Belongs to whoever owns the descriptor; must stay where it is while it is watched. */
struct watch {
    int fd;
    void (*ready)(void *context, uint32_t events); /* EPOLLIN ... */
    void *context;
};

bool loop_open(int *loop, struct err *e);
/* Takes -1. */
void loop_close(int loop);

bool loop_add(int loop, struct watch *w, uint32_t events, struct err *e);
void loop_change(int loop, struct watch *w, uint32_t events);
/* Before the descriptor is closed. */
void loop_remove(int loop, struct watch *w);

/* Wait at most timeout_ms (-1: until something happens) and call what is ready. A watch may
 * remove itself from inside of its own call, and no other. */
void loop_wait(int loop, int timeout_ms);

#endif
