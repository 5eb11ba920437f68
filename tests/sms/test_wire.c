#include "meterpost/sms/wire.h"

#include <criterion/criterion.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A packet that a well-behaved peer could send. */
static struct wire
good(enum wire_kind kind)
{
    struct wire w = {.kind = kind, .size = (uint32_t)wire_size(kind)};

    if (kind == WIRE_HELLO)
        w.u.hello.version = WIRE_VERSION;
    if (kind == WIRE_SETUP)
        w.u.setup =
            (struct wire_setup){.name = "sim1", .device = "/dev/ttyUSB0", .poll_s = 5};
    if (kind == WIRE_SEND)
        w.u.send = (struct wire_send){.number = "+254700000001",
                                      .concat = {7, 8, 2, 1},
                                      .length = 5,
                                      .body = "HELLO"};
    if (kind == WIRE_STATE)
        w.u.state =
            (struct wire_state){.health = WIRE_READY, .sim_used = -1, .sim_size = -1};
    if (kind == WIRE_RESULT)
        w.u.result =
            (struct wire_result){.part = 1, .outcome = WIRE_SENT, .ref = 9, .code = -1};
    if (kind == WIRE_ASK)
        w.u.ask = (struct wire_ask){.question = WIRE_ASK_USSD, .code = "*144#"};
    if (kind == WIRE_ARRIVED)
        w.u.arrived = (struct wire_arrived){.arrival = WIRE_TEXT,
                                            .alphabet = WIRE_UCS2,
                                            .ref = -1,
                                            .length = 3,
                                            .body = "\u4E2D",
                                            .pdu_length = WIRE_PDU_MAX};
    return w;
}

Test(wire, a_good_packet_of_each_kind_holds_at_its_own_size_only)
{
    for (enum wire_kind k = WIRE_HELLO; k < WIRE_KINDS; k++) {
        struct wire w = good(k);

        cr_expect(wire_valid(&w, wire_size(k)), "kind %d", k);
        for (size_t n = 0; n <= sizeof(w); n++)
            cr_expect(n == wire_size(k) || !wire_valid(&w, n), "kind %d of %zu bytes", k,
                      n);
        w.size++;
        cr_expect_not(wire_valid(&w, wire_size(k)), "kind %d lies about its size", k);
    }
    cr_expect_eq(wire_size(0), 0);
    cr_expect_eq(wire_size(WIRE_KINDS), 0);
    cr_expect_eq(wire_size((enum wire_kind) - 1), 0);
}

#define SPOIL(k, what, member, value)                                                      \
    do {                                                                                   \
        struct wire bad = good(k);                                                         \
        bad.u.member = value;                                                              \
        cr_expect_not(wire_valid(&bad, wire_size(k)), what);                               \
    } while (0)

#define UNEND(k, member)                                                                   \
    do {                                                                                   \
        struct wire bad = good(k);                                                         \
        memset(bad.u.member, 'x', sizeof(bad.u.member));                                   \
        cr_expect_not(wire_valid(&bad, wire_size(k)), #member " without an end");          \
        bad = good(k);                                                                     \
        bad.u.member[0] = '\xFF';                                                          \
        bad.u.member[1] = '\0';                                                            \
        cr_expect_not(wire_valid(&bad, wire_size(k)), #member " is no UTF-8");             \
    } while (0)

Test(wire, numbers_out_of_range_are_refused)
{
    SPOIL(WIRE_HELLO, "another version", hello.version, WIRE_VERSION + 1);
    SPOIL(WIRE_SETUP, "poll never", setup.poll_s, 0);
    SPOIL(WIRE_SETUP, "settle", setup.settle_percent, 101);
    SPOIL(WIRE_SETUP, "answer", setup.answer_s, 601);
    SPOIL(WIRE_SEND, "report", send.report, 2);
    SPOIL(WIRE_SEND, "alphabet", send.alphabet, WIRE_8BIT + 1);
    SPOIL(WIRE_SEND, "flash", send.flash, 2);
    SPOIL(WIRE_STATE, "health 0", state.health, 0);
    SPOIL(WIRE_STATE, "health", state.health, WIRE_FAILED + 1);
    SPOIL(WIRE_STATE, "signal", state.signal_percent, 101);
    SPOIL(WIRE_STATE, "signal", state.signal_percent, -2);
    SPOIL(WIRE_STATE, "roaming", state.roaming, 2);
    SPOIL(WIRE_STATE, "used", state.sim_used, -2);
    SPOIL(WIRE_RESULT, "part", result.part, 0);
    SPOIL(WIRE_RESULT, "outcome 0", result.outcome, 0);
    SPOIL(WIRE_RESULT, "outcome", result.outcome, WIRE_NOT_BEGUN + 1);
    SPOIL(WIRE_RESULT, "ref", result.ref, 256);
    SPOIL(WIRE_RESULT, "ref", result.ref, -2);
    SPOIL(WIRE_RESULT, "code", result.code, -2);
    SPOIL(WIRE_ARRIVED, "arrival", arrived.arrival, WIRE_CALL + 1);
    SPOIL(WIRE_ARRIVED, "alphabet", arrived.alphabet, 9);
    SPOIL(WIRE_ARRIVED, "ref", arrived.ref, 300);
    SPOIL(WIRE_ARRIVED, "status", arrived.tp_status, 256);
    SPOIL(WIRE_ARRIVED, "pdu", arrived.pdu_length, WIRE_PDU_MAX + 1);
}

Test(wire, texts_must_end_and_be_utf8)
{
    UNEND(WIRE_SETUP, setup.name);
    UNEND(WIRE_SETUP, setup.device);
    UNEND(WIRE_PIN, pin.pin);
    UNEND(WIRE_PIN, pin.reason);
    UNEND(WIRE_SETUP, setup.smsc);
    UNEND(WIRE_SEND, send.number);
    UNEND(WIRE_STATE, state.imei);
    UNEND(WIRE_STATE, state.imsi);
    UNEND(WIRE_STATE, state.model);
    UNEND(WIRE_STATE, state.firmware);
    UNEND(WIRE_STATE, state.operator_name);
    UNEND(WIRE_STATE, state.smsc);
    UNEND(WIRE_STATE, state.reason);
    UNEND(WIRE_RESULT, result.reason);
    UNEND(WIRE_ARRIVED, arrived.number);
    UNEND(WIRE_ARRIVED, arrived.smsc);
    UNEND(WIRE_ARRIVED, arrived.reason);
}

Test(wire, a_body_stays_in_its_array_and_in_its_alphabet)
{
    struct wire w = good(WIRE_ARRIVED);

    SPOIL(WIRE_SEND, "length", send.length, WIRE_BODY_MAX);
    SPOIL(WIRE_SEND, "length", send.length, UINT16_MAX);
    SPOIL(WIRE_SEND, "half the body", send.length, 4);
    w.u.arrived.length = WIRE_BODY_MAX - 1;
    cr_expect_not(wire_valid(&w, w.size), "NUL inside of a text");
    w.u.arrived.alphabet = WIRE_8BIT;
    cr_expect(wire_valid(&w, w.size), "octets may be anything");
    w = good(WIRE_ARRIVED);
    w.u.arrived.body[1] = 'x';
    cr_expect_not(wire_valid(&w, w.size), "no UTF-8");
}

Test(wire, a_part_is_one_of_its_total)
{
    static const struct {
        struct wire_concat c;
        bool holds;
    } cases[] = {
        {{0, 0, 0, 0}, true},      {{0, 0, 1, 1}, true},       {{5, 0, 1, 1}, false},
        {{0, 0, 2, 1}, false},     {{255, 8, 255, 255}, true}, {{256, 8, 2, 1}, false},
        {{65535, 16, 2, 2}, true}, {{1, 8, 2, 0}, false},      {{1, 8, 2, 3}, false},
        {{1, 8, 0, 0}, false},     {{1, 7, 2, 1}, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wire w = good(WIRE_ARRIVED);

        w.u.arrived.concat = cases[i].c;
        cr_expect(wire_valid(&w, w.size) == cases[i].holds, "row %zu", i);
    }
}

Test(wire, packets_travel_whole_and_a_peer_that_left_is_noticed)
{
    int fd[2];
    struct wire w = good(WIRE_SEND), back;
    struct err e;
    bool got;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
    cr_expect(wire_get(fd[1], &back, &got, &e) && !got, "nothing there yet");
    cr_expect(wire_put(fd[0], &w, &e), "%s", e.text);
    cr_expect(wire_get(fd[1], &back, &got, &e) && got, "%s", e.text);
    cr_expect_str_eq(back.u.send.body, "HELLO");
    w.u.send.length = WIRE_BODY_MAX;
    cr_expect_not(wire_put(fd[0], &w, &e));
    cr_expect_eq(e.kind, FAIL_REJECT, "our own mistake stays here");
    cr_assert_eq(send(fd[0], "hostile", 7, 0), 7);
    cr_expect_not(wire_get(fd[1], &back, &got, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    close(fd[0]);
    cr_expect_not(wire_get(fd[1], &back, &got, &e));
    cr_expect_eq(e.kind, FAIL_FATAL);
    w = good(WIRE_ALIVE);
    cr_expect_not(wire_put(fd[1], &w, &e));
    cr_expect_eq(e.kind, FAIL_FATAL);
    close(fd[1]);
}

Test(wire, a_peer_that_does_not_read_is_waited_for_elsewhere)
{
    int fd[2], n = 0;
    struct wire w = good(WIRE_ALIVE);
    struct err e;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
    while (n < 100000 && wire_put(fd[0], &w, &e))
        n++;
    cr_expect_lt(n, 100000);
    cr_expect_eq(e.kind, FAIL_RETRY, "%s", e.text);
    close(fd[0]);
    close(fd[1]);
}
