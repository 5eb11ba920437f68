#include "worker.h"
#include "meterpost/base/clock.h"
#include "meterpost/base/device.h"
#include "meterpost/base/log.h"
#include "meterpost/base/rights.h"
#include "meterpost/base/text.h"
#include "worker_inside.h"

#include "meterpost/sms/pdu.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETUP_MS    30000 /* the engine has this long to say what to do */
#define GONE_MS     1000  /* between two looks at the device's path */
#define DELETES_MAX 16    /* repeated deletions after one walk */
#define POLLS_AGAIN 6     /* between two looks at a modem whose SIM people may change */
#define OPEN_FEW    16    /* with more to be committed what rings waits for the next walk */

void
worker_leave(struct worker *w, enum worker_end end)
{
    if (!w->ended)
        w->end = end;
    w->ended = true;
}

/* The socket failed: the engine is gone, or does not speak our version. */
void
worker_lost(struct worker *w, const struct err *e)
{
    if (e->kind != FAIL_FATAL)
        log_error(w->name, "%s", e->text);
    worker_leave(w, e->kind == FAIL_FATAL ? WORKER_STOPPED : WORKER_PROTOCOL);
}

/* Wait as long as the engine is busy; false when it is gone. */
bool
worker_say(struct worker *w, struct wire *packet)
{
    struct err e;

    while (!w->ended && !wire_put(w->sock, packet, &e)) {
        struct pollfd p = {.fd = w->sock, .events = POLLOUT};

        if (e.kind == FAIL_RETRY)
            poll(&p, 1, -1);
        else
            worker_lost(w, &e);
    }
    return !w->ended;
}

void
worker_say_state(struct worker *w)
{
    struct wire packet = {.kind = WIRE_STATE};

    /* Both were zeroed before they were filled. NOLINTNEXTLINE */
    if (memcmp(&w->state, &w->told, sizeof(w->state)) == 0)
        return;
    w->told = w->state;
    packet.u.state = w->state;
    worker_say(w, &packet);
}

void
worker_set_health(struct worker *w, enum wire_health health, const char *reason)
{
    w->state.health = (uint8_t)health;
    snprintf(w->state.reason, sizeof(w->state.reason), "%s", reason);
    worker_say_state(w);
}

void
worker_say_alive(struct worker *w)
{
    struct wire packet = {.kind = WIRE_ALIVE};

    if (clock_mono_ms() < w->alive_ms)
        return;
    w->alive_ms = clock_mono_ms() + WIRE_ALIVE_S * 1000;
    worker_say(w, &packet);
}

static void on_packets(struct worker *w);

void
worker_fail(struct worker *w, const char *reason)
{
    if (w->ended)
        return;
    on_packets(w); /* a message that nobody has read yet was not begun either */
    if (w->ended)
        return;
    sending_give_back(w, reason);
    worker_set_health(w, WIRE_FAILED, reason); /* the engine logs it */
    worker_leave(w, WORKER_DEVICE);
}

/* After a time-out: a state of the library that expects no old answers. */
void
worker_renew_if_stale(struct worker *w)
{
    struct err e;

    if (w->ended || !modem_is_stale(w->modem))
        return;
    if (modem_is_gone(w->modem))
        worker_fail(w, "the device is gone");
    else if (!modem_renew(w->modem, &e))
        worker_fail(w, e.text);
}

/* ---- what the modem has for the engine ---- */

static void
describe(const struct octets *what, struct wire_arrived *out)
{
    pdu_read(what->at, what->n, out);
    if (what->n == 0)
        snprintf(out->reason, sizeof(out->reason),
                 "the modem's line is no hexadecimal text");
}

static bool
on_found(void *ctx, const struct place *where, const struct octets *what)
{
    struct worker *w = ctx;
    struct wire packet = {.kind = WIRE_ARRIVED};
    struct announcement *known = NULL;

    worker_say_alive(w);
    if (where->location >= 0)
        known = announced_find(w->announced, where, what);
    if (known != NULL) {
        known->seen = true;
        return !w->ended;
    }
    describe(what, &packet.u.arrived);
    if (where->location >= 0) {
        known = announced_add(w->announced, where, what);
        if (known == NULL)
            return false; /* no room: the next walk finds it again */
        packet.u.arrived.token = known->token;
    } else {
        packet.u.arrived.token = ++w->announced->last_token;
    }
    return worker_say(w, &packet);
}

static void
delete_row(struct worker *w, struct announcement *row)
{
    struct err e;
    bool was_there;

    row->forget = true;
    if (!modem_delete(w->modem, &row->where, &row->what, &was_there, &e)) {
        if (trouble_again(&w->undead))
            log_warn(w->name, "%s (%u times)", e.text, w->undead.times);
        worker_renew_if_stale(w);
        return;
    }
    if (row->where.memory != 0) /* no walk will tell that it is gone */
        announced_drop(row);
}

/* Modems have been seen that say OK to a deletion and keep the message. */
static void
delete_again(struct worker *w)
{
    int n = 0;

    for (size_t i = 0; i < ANNOUNCED_MAX && n < DELETES_MAX && !w->ended; i++) {
        struct announcement *row = &w->announced->row[i];

        if (row->token == 0 || !row->forget || !row->seen || modem_is_husk(&row->what))
            continue; /* a husk that stays is how the modem lists an empty place */
        if (trouble_again(&w->undead))
            log_warn(w->name, "a deleted message is still there (%u times)",
                     w->undead.times);
        delete_row(w, row);
        worker_say_alive(w);
        n++;
    }
    if (n == 0)
        trouble_over(&w->undead);
}

static void
walk(struct worker *w)
{
    struct err e;
    bool whole;

    modem_rang(w->modem);
    w->rang = false;
    w->walk_ms = clock_mono_ms() + (int64_t)w->setup.poll_s * 1000;
    announced_walk_begin(w->announced);
    if (!modem_walk(w->modem, on_found, w, &whole, &e)) {
        if (e.kind == FAIL_FATAL)
            worker_fail(w, e.text);
        else if (trouble_again(&w->trouble))
            log_warn(w->name, "%s (%u times)", e.text, w->trouble.times);
        worker_renew_if_stale(w);
        return;
    }
    if (trouble_over(&w->trouble) > 0)
        log_info(w->name, "reads messages again");
    if (whole)
        announced_walk_end(w->announced);
    delete_again(w);
}

/* ---- what the engine has for the modem ---- */

static void
on_forget(struct worker *w, const struct wire *packet)
{
    struct announcement *row = announced_by_token(w->announced, packet->u.forget.token);

    if (row != NULL && w->modem != NULL && !row->forget)
        delete_row(w, row);
}

static void
on_stop(struct worker *w, const struct wire *packet)
{
    (void)packet;
    sending_give_back(w, "the worker was stopped");
    worker_leave(w, WORKER_STOPPED);
}

static void
on_other(struct worker *w, const struct wire *packet)
{
    log_error(w->name, "the engine sent a packet of kind %u that is not for a worker",
              packet->kind);
    worker_leave(w, WORKER_PROTOCOL);
}

/* One packet. False when there was none. */
static bool
on_packet(struct worker *w)
{
    static void (*const on[WIRE_KINDS])(struct worker *, const struct wire *) = {
        [WIRE_SEND] = sending_take,
        [WIRE_FORGET] = on_forget,
        [WIRE_ASK] = asking_answer,
        [WIRE_STOP] = on_stop,
    };
    struct wire packet;
    struct err e;
    bool got = false;

    if (!wire_get(w->sock, &packet, &got, &e))
        worker_lost(w, &e);
    else if (got)
        (on[packet.kind] != NULL ? on[packet.kind] : on_other)(w, &packet);
    return got;
}

/* All that is there: what waits here, and not in the socket, can be given back. */
static void
on_packets(struct worker *w)
{
    while (!w->ended && on_packet(w))
        ;
}

/* ---- the life ---- */

/* Exchange HELLO, take SETUP. */
static void
greet(struct worker *w)
{
    struct wire packet = {.kind = WIRE_HELLO, .u.hello.version = WIRE_VERSION};
    int64_t until = clock_mono_ms() + SETUP_MS;
    bool greeted = false, got;
    struct err e;

    worker_say(w, &packet);
    while (!w->ended) {
        struct pollfd p = {.fd = w->sock, .events = POLLIN};
        int64_t left = until - clock_mono_ms();

        if (poll(&p, 1, left > 0 ? (int)left : 0) < 1) {
            worker_leave(w, WORKER_PROTOCOL);
        } else if (!wire_get(w->sock, &packet, &got, &e)) {
            worker_lost(w, &e);
        } else if (got && packet.kind == WIRE_SETUP && greeted) {
            w->setup = packet.u.setup;
            settle_start(&w->settle, w->setup.settle_percent, w->setup.settle_auto);
            w->state.settle_percent = w->settle.percent;
            explicit_bzero(&packet, sizeof(packet));
            return;
        } else if (got && packet.kind == WIRE_HELLO) {
            greeted = true;
        } else if (got) {
            on_other(w, &packet);
        }
    }
}

/* The engine writes down that a PIN is tried before it gives it away. */
static bool
ask_pin(void *ctx, char *pin, size_t size, struct err *e)
{
    struct worker *w = ctx;
    struct wire packet;
    int64_t until = clock_mono_ms() + SETUP_MS;
    bool got;

    w->state.pin = WIRE_PIN_ASKED;
    worker_set_health(w, WIRE_STARTING, "the SIM asks for its PIN");
    while (!w->ended && clock_mono_ms() < until) {
        struct pollfd p = {.fd = w->sock, .events = POLLIN};

        poll(&p, 1, 1000);
        worker_say_alive(w);
        if (!wire_get(w->sock, &packet, &got, e)) {
            worker_lost(w, e);
        } else if (got && packet.kind == WIRE_STOP) {
            worker_leave(w, WORKER_STOPPED);
        } else if (got && packet.kind == WIRE_PIN) {
            if (packet.u.pin.pin[0] == '\0')
                return err_set(e, FAIL_REJECT, "%s", packet.u.pin.reason);
            got = text_copy(pin, size, packet.u.pin.pin);
            explicit_bzero(&packet, sizeof(packet));
            return got || err_set(e, FAIL_REJECT, "the PIN is too long");
        }
    }
    return err_set(e, FAIL_RETRY, "nobody gave the PIN");
}

/* A PIN that was refused or is not known waits for the settings; a SIM that is missing or
 * locked for good is changed at the modem, and nobody tells us. */
static void
stop(struct worker *w, const char *reason)
{
    bool waits_for_pin = w->state.pin == WIRE_PIN_ASKED || w->state.pin == WIRE_PIN_REFUSED;

    w->again_ms =
        waits_for_pin ? 0 : clock_mono_ms() + w->setup.poll_s * POLLS_AGAIN * INT64_C(1000);
    worker_set_health(w, WIRE_STOPPED, reason);
}

static void
open_modem(struct worker *w)
{
    struct err e;

    if (modem_open(&w->setup, ask_pin, w, &w->modem, &w->state, &e)) {
        rights_drop();
        w->open_ms = clock_mono_ms();
        w->again_ms = 0;
        return;
    }
    modem_close(w->modem);
    w->modem = NULL;
    if (e.kind == FAIL_REJECT) /* a restart would not help: stay, and say so */
        stop(w, e.text);
    else
        worker_fail(w, e.text);
}

static void
start(struct worker *w)
{
    char name[sizeof(w->setup.device)];
    struct err e;

    text_clip(name, sizeof(name), w->setup.device);
    worker_set_health(w, WIRE_STARTING, "");
    if (!gate_stands())
        worker_fail(w, "libGammu does not use the gate: refusing to read messages");
    else if (!device_find(name, getenv("METERPOST_PORTS"), w->setup.device,
                          sizeof(w->setup.device), &e))
        worker_fail(w, e.text);
    else
        open_modem(w);
}

/* While the engine still has much to commit a ring can wait: a walk lists all of it. */
static bool
may_walk(const struct worker *w, int64_t now)
{
    return looking_knows_sim(w) &&
           (now >= w->walk_ms || (w->rang && announced_open(w->announced) <= OPEN_FEW));
}

static int
rest_ms(const struct worker *w)
{
    int64_t next = w->alive_ms, now = clock_mono_ms();

    if (w->modem != NULL && may_walk(w, now))
        return 0;
    if (w->again_ms != 0)
        next = next < w->again_ms ? next : w->again_ms;
    if (w->modem != NULL) {
        next = next < w->walk_ms || !looking_knows_sim(w) ? next : w->walk_ms;
        next = next < w->look_ms ? next : w->look_ms;
        next = next < w->gone_ms ? next : w->gone_ms;
    }
    return next <= now ? 0 : (int)(next - now);
}

static void
turn_modem(struct worker *w, short revents)
{
    int64_t now = clock_mono_ms();

    if (revents & POLLIN)
        modem_listen(w->modem);
    if ((revents & (POLLHUP | POLLERR | POLLNVAL)) ||
        (now >= w->gone_ms && modem_is_gone(w->modem))) {
        worker_fail(w, "the device is gone");
        return;
    }
    if (now >= w->gone_ms)
        w->gone_ms = now + GONE_MS;
    if (now >= w->look_ms)
        worker_look(w);
    worker_note_ring(w);
    if (!w->ended && may_walk(w, now))
        walk(w);
}

static void
serve(struct worker *w)
{
    while (!w->ended) {
        struct pollfd p[] = {{.fd = w->sock, .events = POLLIN},
                             {.fd = -1, .events = POLLIN}};

        worker_say_alive(w);
        if (w->modem != NULL) {
            p[1].fd = modem_fd(w->modem);
            worker_note_ring(w);
        }
        if (poll(p, 2, looking_may_send(w) ? 0 : rest_ms(w)) < 0)
            continue;
        if (w->modem != NULL)
            turn_modem(w, p[1].revents);
        else if (w->again_ms != 0 && clock_mono_ms() >= w->again_ms)
            open_modem(w);
        if (!w->ended && p[0].revents != 0)
            on_packets(w);
        if (!w->ended && looking_may_send(w))
            sending_go_on(w);
    }
}

enum worker_end
worker_run(int sock, const char *name)
{
    struct worker w = {.sock = sock, .name = name};

    w.announced = calloc(1, sizeof(*w.announced));
    if (w.announced == NULL) {
        log_error(name, "out of memory");
        return WORKER_DEVICE;
    }
    w.state.signal_percent = -1;
    w.state.sim_used = w.state.sim_size = -1;
    greet(&w);
    if (!w.ended)
        start(&w);
    serve(&w);
    modem_close(w.modem);
    free(w.announced);
    return w.end;
}
