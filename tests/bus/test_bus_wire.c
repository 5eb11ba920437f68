/* What engine and bus worker say to each other: nothing of it is believed unseen. */
#include "meterpost/base/conf.h"
#include "meterpost/bus/wire.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct bus_wire
good(enum bus_wire_kind kind)
{
    struct bus_wire w;

    memset(&w, 0, sizeof(w));
    w.kind = kind;
    w.size = (uint32_t)bus_wire_size(kind);
    if (kind == BUS_WIRE_HELLO)
        w.u.hello.version = BUS_WIRE_VERSION;
    if (kind == BUS_WIRE_SETUP) {
        w.u.setup.framing = (struct bus_framing){2400, CONF_PARITY_EVEN, 8, 1};
        w.u.setup.gap_ms = 50;
    }
    if (kind == BUS_WIRE_JOB)
        w.u.job.timeout_ms = 1000;
    if (kind == BUS_WIRE_STATE)
        w.u.state.health = BUS_READY;
    if (kind == BUS_WIRE_RESULT)
        w.u.result.outcome = BUS_OUT_DONE;
    return w;
}

Test(bus_wire, a_packet_of_each_kind_goes_through_a_socket)
{
    struct bus_wire got;
    struct err e;
    int ends[2];
    bool there;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    for (int kind = BUS_WIRE_HELLO; kind < BUS_WIRE_KINDS; kind++) {
        struct bus_wire w = good((enum bus_wire_kind)kind);

        cr_expect(bus_wire_put(ends[0], &w, &e), "%d: %s", kind, e.text);
        cr_expect(bus_wire_get(ends[1], &got, &there, &e) && there, "%d: %s", kind, e.text);
        cr_expect_eq(got.kind, (uint32_t)kind);
    }
    cr_expect(bus_wire_get(ends[1], &got, &there, &e) && !there);
    close(ends[0]);
    cr_expect_not(bus_wire_get(ends[1], &got, &there, &e));
    cr_expect_eq(e.kind, FAIL_FATAL);
    close(ends[1]);
}

Test(bus_wire, what_is_not_valid_is_refused)
{
    struct bus_wire w;

    w = good(BUS_WIRE_HELLO);
    w.u.hello.version++;
    cr_expect_not(bus_wire_valid(&w, w.size), "another version");
    w = good(BUS_WIRE_RESULT);
    cr_expect_not(bus_wire_valid(&w, w.size - 1), "too short");
    w.u.result.outcome = BUS_OUT_LINE + 1;
    cr_expect_not(bus_wire_valid(&w, w.size), "no such outcome");
    w = good(BUS_WIRE_ANSWER);
    w.u.answer.length = BUS_CHUNK_MAX + 1;
    cr_expect_not(bus_wire_valid(&w, w.size), "more bytes than there are");
    w = good(BUS_WIRE_STATE);
    memset(w.u.state.reason, 'x', sizeof(w.u.state.reason));
    cr_expect_not(bus_wire_valid(&w, w.size), "a text without an end");
    w = good(BUS_WIRE_JOB);
    w.u.job.n_ranges = BUS_WIRE_RANGES + 1;
    cr_expect_not(bus_wire_valid(&w, w.size), "more ranges than there are");
    w.kind = BUS_WIRE_KINDS;
    cr_expect_not(bus_wire_valid(&w, w.size), "no such kind");
}

Test(bus_wire, every_byte_turned_round_reads_nothing_outside)
{
    for (int kind = BUS_WIRE_HELLO; kind < BUS_WIRE_KINDS; kind++) {
        struct bus_wire w = good((enum bus_wire_kind)kind);
        size_t n = w.size;

        for (size_t i = 0; i < n; i++) {
            ((uint8_t *)&w)[i] ^= 0xFF;
            bus_wire_valid(&w, n);
            ((uint8_t *)&w)[i] ^= 0xFF;
        }
    }
}
