#include "engine/bus_worker.h"

#include "meterpost/base/clock.h"

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

static struct bus_worker worker;
static int loop = -1, other = -1;

/* The engine's end of a worker that has said HELLO; `other` is the worker's. */
static struct child *
begin(void)
{
    const struct bus_wire_setup setup = {.name = "street"};
    struct bus_wire hello = {.kind = BUS_WIRE_HELLO, .u.hello = {BUS_WIRE_VERSION, 1}};
    struct err e;
    int pair[2];

    cr_assert(loop_open(&loop, &e), "%s", e.text);
    cr_assert_eq(
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    bus_worker_init(&worker, loop, &setup);
    other = pair[1];
    cr_assert(child_adopt(&worker.child, 0, pair[0], &e), "%s", e.text);
    cr_assert(bus_wire_put(other, &hello, &e), "%s", e.text);
    loop_wait(loop, 0);
    return &worker.child;
}

static void
end(void)
{
    close(other);
    bus_worker_finish(&worker);
    loop_close(loop);
}

static void
say(struct bus_wire packet)
{
    struct err e;

    cr_assert(bus_wire_put(other, &packet, &e), "%s", e.text);
    loop_wait(loop, 0);
}

Test(bus_child, one_that_lives_on_after_stop_is_killed)
{
    struct child *c = begin();

    bus_worker_stop(&worker);
    c->heard_ms = c->stop_ms + 19000; /* it still says ALIVE */
    child_check(c, c->stop_ms + 19000, BUS_DEAD_S);
    cr_expect_eq(c->life, CHILD_RUNNING, "a frame may be on the wire");
    c->heard_ms = c->stop_ms + 21000;
    child_check(c, c->stop_ms + 21000, BUS_DEAD_S);
    cr_expect_eq(c->life, CHILD_GONE);
    cr_expect_str_eq(c->why, "its worker did not stop");
    end();
}

Test(bus_child, its_last_words_are_its_reason)
{
    struct child *c = begin();
    struct bus_wire failed = {
        .kind = BUS_WIRE_STATE,
        .u.state = {.health = BUS_FAILED, .reason = "no such device"}};

    say(failed);
    shutdown(other, SHUT_RDWR);
    loop_wait(loop, 0);
    child_reaped(c, 0);
    cr_expect(child_is_over(c));
    bus_worker_last_words(&worker);
    cr_expect_str_eq(c->why, "no such device", "got %s", c->why);
    end();
}

Test(bus_child, one_that_talks_nonsense_is_given_up)
{
    struct child *c = begin();

    say((struct bus_wire){.kind = BUS_WIRE_STOP});
    cr_expect_eq(c->life, CHILD_GONE);
    cr_expect_str_eq(c->why, "its worker talks nonsense");
    end();
}
