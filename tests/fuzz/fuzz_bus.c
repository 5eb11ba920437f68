/*
 * What a worker of a wire may say to the engine: packets one after the other, each behind
 * its length. None harms the engine, and what it calls an answer is decoded or refused.
 */
#include "engine/bus_worker.h"
#include "engine/loop.h"
#include "meterpost/bus/answer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An engine that waits for two jobs. */
static int
begin(struct bus_worker *w)
{
    static int loop = -1;
    const struct bus_wire_setup setup = {.name = "fuzz"};
    struct err e;
    int pair[2];

    if (loop == -1 && !loop_open(&loop, &e))
        abort();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    bus_worker_init(w, loop, &setup);
    w->child.watch.fd = pair[0];
    if (!loop_add(loop, &w->child.watch, 1, &e))
        abort();
    w->child.life = CHILD_RUNNING;
    w->flights[0].job = 1;
    w->flights[1].job = 2;
    return pair[1];
}

static void
decode(const struct bus_flight *f)
{
    static const char *const kinds[] = {"dlt645", "iec62056-21", "cjt188", "mbus"};
    struct err e;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct bus_kind *kind = bus_kinds_find(NULL, kinds[i]);

        json_decref(bus_answer_json(kind, kind->protocol, f->answer, f->n_answer, &e));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bus_worker w;
    int other = begin(&w);
    size_t at = 0;

    while (at + 2 <= size && w.child.watch.fd != -1) {
        size_t n = (size_t)data[at] | (size_t)data[at + 1] << 8;

        at += 2;
        if (n > size - at)
            n = size - at;
        if (n > 0 && send(other, data + at, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
            break;
        at += n;
        w.child.watch.ready(w.child.watch.context, 1);
    }
    for (int i = 0; i < BUS_IN_FLIGHT_MAX; i++) {
        if (w.flights[i].n_answer > sizeof(w.flights[i].answer))
            abort();
        decode(&w.flights[i]);
    }
    close(other);
    bus_worker_finish(&w);
    return 0;
}
