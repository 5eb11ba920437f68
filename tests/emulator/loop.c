#include "loop.h"

#include "buf.h"
#include "meterpost/base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_A_TURN 64

struct watch {
    loop_ready *ready; /* NULL: this fd is not watched */
    void *ctx;
    uint32_t round; /* tells a new fd from an old one of the same number */
    uint32_t events;
};

struct timer {
    int64_t at_ms;
    uint64_t id; /* also the order of those of one moment */
    loop_due *due;
    void *ctx;
};

struct loop {
    int epoll;
    bool stop;
    struct watch *watches; /* by fd */
    size_t n_watches;
    struct timer *timers; /* a heap: the next one is the first */
    size_t n_timers, size_timers;
    uint64_t last_id;
};

struct loop *
loop_create(struct err *e)
{
    struct loop *l = must_calloc(1, sizeof(*l));

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (l->epoll == -1) {
        err_set(e, FAIL_FATAL, "epoll: %s", strerror(errno));
        free(l);
        return NULL;
    }
    return l;
}

void
loop_destroy(struct loop *l)
{
    if (l == NULL)
        return;
    close(l->epoll);
    free(l->watches);
    free(l->timers);
    free(l);
}

static struct epoll_event
event_of(const struct loop *l, int fd)
{
    const struct watch *w = &l->watches[fd];

    return (struct epoll_event){.events = w->events,
                                .data.u64 = (uint64_t)w->round << 32 | (uint32_t)fd};
}

bool
loop_watch(struct loop *l, int fd, uint32_t events, loop_ready *ready, void *ctx,
           struct err *e)
{
    size_t need = (size_t)fd + 1;
    struct epoll_event ev;

    if (need > l->n_watches) {
        l->watches = must_realloc(l->watches, need * sizeof(*l->watches));
        memset(l->watches + l->n_watches, 0, (need - l->n_watches) * sizeof(*l->watches));
        l->n_watches = need;
    }
    l->watches[fd].ready = ready;
    l->watches[fd].ctx = ctx;
    l->watches[fd].events = events;
    l->watches[fd].round++;
    ev = event_of(l, fd);
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) == -1) {
        l->watches[fd].ready = NULL;
        return err_set(e, FAIL_FATAL, "epoll: %s", strerror(errno));
    }
    return true;
}

void
loop_change(struct loop *l, int fd, uint32_t events)
{
    struct epoll_event ev;

    if (l->watches[fd].events == events)
        return;
    l->watches[fd].events = events;
    ev = event_of(l, fd);
    epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &ev);
}

void
loop_unwatch(struct loop *l, int fd)
{
    if (fd < 0 || (size_t)fd >= l->n_watches || l->watches[fd].ready == NULL)
        return;
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
    l->watches[fd].ready = NULL;
}

static bool
sooner(const struct timer *a, const struct timer *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->id < b->id);
}

static void
timer_swap(struct loop *l, size_t a, size_t b)
{
    struct timer t = l->timers[a];

    l->timers[a] = l->timers[b];
    l->timers[b] = t;
}

static void
timer_up(struct loop *l, size_t i)
{
    for (; i > 0 && sooner(&l->timers[i], &l->timers[(i - 1) / 2]); i = (i - 1) / 2)
        timer_swap(l, i, (i - 1) / 2);
}

static void
timer_down(struct loop *l, size_t i)
{
    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= l->n_timers)
            return;
        if (child + 1 < l->n_timers && sooner(&l->timers[child + 1], &l->timers[child]))
            child++;
        if (!sooner(&l->timers[child], &l->timers[i]))
            return;
        timer_swap(l, i, child);
        i = child;
    }
}

static void
timer_remove(struct loop *l, size_t i)
{
    l->timers[i] = l->timers[--l->n_timers];
    if (i < l->n_timers) {
        timer_up(l, i);
        timer_down(l, i);
    }
}

uint64_t
loop_after(struct loop *l, int64_t ms, loop_due *due, void *ctx)
{
    if (l->n_timers == l->size_timers) {
        l->size_timers = l->size_timers == 0 ? 64 : l->size_timers * 2;
        l->timers = must_realloc(l->timers, l->size_timers * sizeof(*l->timers));
    }
    l->timers[l->n_timers] = (struct timer){
        .at_ms = clock_mono_ms() + ms, .id = ++l->last_id, .due = due, .ctx = ctx};
    timer_up(l, l->n_timers++);
    return l->last_id;
}

void
loop_cancel(struct loop *l, uint64_t id)
{
    for (size_t i = 0; i < l->n_timers; i++) {
        if (l->timers[i].id == id) {
            timer_remove(l, i);
            return;
        }
    }
}

/* Those that were set before this turn and are due. */
static void
run_timers(struct loop *l)
{
    uint64_t newest = l->last_id;
    int64_t now_ms = clock_mono_ms();

    while (l->n_timers > 0 && !l->stop) {
        struct timer t = l->timers[0];

        if (t.at_ms > now_ms || t.id > newest)
            return;
        timer_remove(l, 0);
        t.due(t.ctx);
    }
}

static int
wait_ms(const struct loop *l)
{
    int64_t ms;

    if (l->n_timers == 0)
        return -1;
    ms = l->timers[0].at_ms - clock_mono_ms();
    return ms < 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
}

void
loop_run(struct loop *l)
{
    struct epoll_event got[EVENTS_A_TURN];

    while (!l->stop) {
        int n = epoll_wait(l->epoll, got, EVENTS_A_TURN, wait_ms(l));

        for (int i = 0; i < n && !l->stop; i++) {
            uint32_t fd = (uint32_t)got[i].data.u64;
            struct watch *w = &l->watches[fd];

            if (w->ready != NULL && w->round == (uint32_t)(got[i].data.u64 >> 32))
                w->ready(w->ctx, got[i].events);
        }
        run_timers(l);
    }
}

void
loop_stop(struct loop *l)
{
    l->stop = true;
}
