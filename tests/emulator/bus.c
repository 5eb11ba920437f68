#include "bus.h"

#include "buf.h"
#include "meterpost/base/text.h"
#include "terminal.h"
#include "village.h"
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#define REQUEST_MAX 1024
#define TURN_MS     0    /* a meter thinks so long */
#define PUSH_MS     1000 /* between two telegrams of mode D */
#define LINK_MAX    512

struct bus {
    struct emulator *emu;
    char name[WIRE_ADDRESS_MAX];
    char link[LINK_MAX];
    int master, slave;
    bool echo;
    struct wire_meter *meters;
    size_t n_meters;
    uint8_t request[REQUEST_MAX];
    size_t n_request;
    int64_t heard_ms; /* when the request will have been heard */
    uint64_t hearing; /* timer; 0: none */
    struct buf out;   /* still to be said */
    int64_t said_ms;  /* when its first byte began */
    int64_t said;     /* bytes since then */
    uint32_t said_baud;
    uint64_t saying;
    unsigned long bytes_in, bytes_out;
};

static void say(void *ctx);

/* ---- the speed ---- */

static uint32_t
line_baud(const struct bus *b)
{
    static const struct {
        speed_t code;
        uint32_t baud;
    } speeds[] = {{B300, 300},     {B600, 600},      {B1200, 1200},   {B2400, 2400},
                  {B4800, 4800},   {B9600, 9600},    {B19200, 19200}, {B38400, 38400},
                  {B57600, 57600}, {B115200, 115200}};
    struct termios t;
    speed_t code = tcgetattr(b->slave, &t) == 0 ? cfgetospeed(&t) : B2400;

    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        if (speeds[i].code == code)
            return speeds[i].baud;
    }
    return 2400;
}

static int
line_bits(const struct bus *b)
{
    return b->n_meters > 0 ? b->meters[0].protocol->bits : 11;
}

static int64_t
bytes_ms(const struct bus *b, size_t n)
{
    return (int64_t)n * line_bits(b) * 1000 / line_baud(b);
}

/* ---- saying ---- */

static void
say_later(struct bus *b, int64_t ms)
{
    if (b->saying == 0)
        b->saying = loop_after(b->emu->loop, ms, say, b);
}

/* Bytes that would have left by now. */
static size_t
due_bytes(struct bus *b)
{
    int64_t now_ms = clock_mono_ms(), due;

    if (b->said_baud != line_baud(b)) { /* the other end has changed it */
        b->said_baud = line_baud(b);
        b->said_ms = now_ms;
        b->said = 0;
    }
    due = (now_ms - b->said_ms) * b->said_baud / (1000 * line_bits(b)) - b->said;
    return due < 0 ? 0 : (size_t)due < b->out.used ? (size_t)due : b->out.used;
}

static void
say(void *ctx)
{
    struct bus *b = ctx;
    size_t n = due_bytes(b);
    ssize_t m = n == 0 ? 0 : write(b->master, b->out.at, n);

    b->saying = 0;
    if (m > 0) {
        b->said += m;
        b->bytes_out += (unsigned long)m;
        buf_drop(&b->out, (size_t)m);
    }
    if (b->out.used > 0)
        say_later(b, 1);
}

static void
begin_to_say(struct bus *b, const struct buf *what, int64_t after_ms)
{
    if (what->used == 0)
        return;
    if (b->out.used == 0) {
        b->said_ms = clock_mono_ms() + after_ms;
        b->said_baud = line_baud(b);
        b->said = 0;
    }
    buf_add(&b->out, what->at, what->used);
    say_later(b, after_ms + 1);
}

/* Two speak at once: each sees a line that is low where the other pulls it. */
static void
collide(struct buf *all, const struct buf *more)
{
    size_t common = all->used < more->used ? all->used : more->used;

    for (size_t i = 0; i < common; i++)
        all->at[i] = (char)(all->at[i] & more->at[i]);
    buf_add(all, more->at == NULL ? "" : more->at + common, more->used - common);
}

/* ---- hearing ---- */

/* At another speed bits fall apart into others. */
static void
mishear(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(bytes[i] * 7 + 0x5B);
}

static void
hear_one(struct bus *b, struct wire_meter *m, struct buf *all, int *late_ms)
{
    uint8_t heard[REQUEST_MAX];
    struct buf answer = {0};
    uint32_t baud = line_baud(b);

    memcpy(heard, b->request, b->n_request);
    if (m->baud != 0 && m->baud != baud)
        mishear(heard, b->n_request);
    m->line_baud = baud;
    wire_hear(m, heard, b->n_request, clock_now(), &answer);
    if (m->next_baud != 0)
        m->baud = m->next_baud;
    m->next_baud = 0;
    if (answer.used > 0 && m->faults.late_ms > *late_ms)
        *late_ms = m->faults.late_ms;
    if (all->used > 0 && answer.used > 0)
        collide(all, &answer);
    else
        buf_add(all, answer.at == NULL ? "" : answer.at, answer.used);
    buf_finish(&answer);
}

/* An answer at a new speed: the other end takes some time to change. */
struct later {
    struct bus *bus;
    struct buf text;
    uint32_t baud;
};

static void
say_at_speed(void *ctx)
{
    struct later *l = ctx;

    if (l->baud != 0 && l->baud != line_baud(l->bus))
        mishear((uint8_t *)l->text.at, l->text.used);
    begin_to_say(l->bus, &l->text, 0);
    buf_finish(&l->text);
    free(l);
}

static void
hear(void *ctx)
{
    struct bus *b = ctx;
    int64_t left_ms = b->heard_ms - clock_mono_ms();
    struct buf all = {0};
    uint32_t answer_baud = 0;
    int late_ms = TURN_MS;

    b->hearing = 0;
    if (left_ms > 0) {
        b->hearing = loop_after(b->emu->loop, left_ms, hear, b);
        return;
    }
    for (size_t i = 0; i < b->n_meters; i++) {
        size_t before = all.used;

        hear_one(b, &b->meters[i], &all, &late_ms);
        if (all.used > before)
            answer_baud = b->meters[i].answer_baud;
    }
    b->n_request = 0;
    if (answer_baud != 0 && all.used > 0) {
        struct later *l = must_calloc(1, sizeof(*l));

        *l = (struct later){b, all, answer_baud};
        loop_after(b->emu->loop, late_ms + 200, say_at_speed, l);
        return;
    }
    begin_to_say(b, &all, late_ms);
    buf_finish(&all);
}

static void
on_readable(void *ctx, uint32_t events)
{
    struct bus *b = ctx;
    uint8_t bytes[REQUEST_MAX];
    ssize_t n = read(b->master, bytes, sizeof(bytes));
    int64_t now_ms = clock_mono_ms();
    struct buf echo = {0};

    (void)events;
    if (n <= 0)
        return;
    b->bytes_in += (unsigned long)n;
    if (b->echo) {
        buf_add(&echo, bytes, (size_t)n);
        begin_to_say(b, &echo, 0);
        buf_finish(&echo);
    }
    if (b->n_request + (size_t)n > sizeof(b->request))
        b->n_request = 0;
    if ((size_t)n > sizeof(b->request))
        return;
    memcpy(b->request + b->n_request, bytes, (size_t)n);
    b->n_request += (size_t)n;
    b->heard_ms = (b->heard_ms > now_ms ? b->heard_ms : now_ms) + bytes_ms(b, (size_t)n);
    if (b->hearing == 0)
        b->hearing = loop_after(b->emu->loop, b->heard_ms - now_ms, hear, b);
}

static void
push(void *ctx)
{
    struct bus *b = ctx;
    struct buf text = {0};

    for (size_t i = 0; i < b->n_meters; i++) {
        const struct wire_meter *m = &b->meters[i];

        if (m->mode == 'D' && !m->faults.silent && b->out.used == 0)
            wire_iec_push(m, clock_now(), &text);
    }
    begin_to_say(b, &text, 0);
    buf_finish(&text);
    loop_after(b->emu->loop, PUSH_MS, push, b);
}

/* ---- start and end ---- */

static const char *
text_of(const json_t *from, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(from, name));

    return text == NULL ? otherwise : text;
}

static const char *const not_faults[] = {"serial", "protocol", "address", "password",
                                         "mode",   "z",        "do",      "bus",
                                         "meter",  "press",    "echo",    NULL};

static bool
meter_start(struct bus *b, struct wire_meter *m, const json_t *from, struct err *e)
{
    const char *serial = text_of(from, "serial", "");

    m->d = village_serial(b->emu->village, serial);
    m->protocol = wire_protocol_find(text_of(from, "protocol", ""));
    m->mode = text_of(from, "mode", "C")[0];
    m->z = text_of(from, "z", "5")[0];
    if (m->d == NULL || m->protocol == NULL)
        return err_set(e, FAIL_REJECT, "%s: there is no such meter or protocol", serial);
    if (!text_copy(m->address, sizeof(m->address), text_of(from, "address", serial)) ||
        !text_copy(m->password, sizeof(m->password), text_of(from, "password", "000000")))
        return err_set(e, FAIL_REJECT, "%s: address or password is too long", serial);
    return knobs_set(wire_knobs, &m->faults, from, not_faults, e) ||
           err_in(e, "%s", serial);
}

static bool
bus_start(struct emulator *emu, const char *name, const json_t *from, struct err *e)
{
    const json_t *meters = json_object_get(from, "meters"), *one;
    struct bus *b = must_calloc(1, sizeof(*b));
    size_t i;

    b->emu = emu;
    b->master = b->slave = -1;
    emu->buses[emu->n_buses++] = b;
    b->meters = must_calloc(json_array_size(meters) + 1, sizeof(*b->meters));
    b->echo = json_is_true(json_object_get(from, "echo"));
    text_clip(b->name, sizeof(b->name), name);
    snprintf(b->link, sizeof(b->link), "%s/%s", emu->dir, name);
    json_array_foreach (meters, i, one) {
        if (!meter_start(b, &b->meters[b->n_meters++], one, e))
            return false;
    }
    if (!terminal_open(b->link, &b->master, &b->slave, e) ||
        !loop_watch(emu->loop, b->master, EPOLLIN, on_readable, b, e))
        return false;
    terminal_share(b->slave);
    for (i = 0; i < b->n_meters; i++) {
        if (b->meters[i].mode == 'D') {
            loop_after(emu->loop, PUSH_MS, push, b);
            break;
        }
    }
    return true;
}

bool
buses_start(struct emulator *emu, const json_t *file, struct err *e)
{
    json_t *all = json_object_get(file, "buses"), *one;
    const char *name;

    json_object_foreach (all, name, one) {
        if (emu->n_buses == BUSES_MAX)
            return err_set(e, FAIL_REJECT, "more than %d buses", BUSES_MAX);
        if (!bus_start(emu, name, one, e))
            return err_in(e, "bus %s", name);
    }
    return true;
}

void
buses_stop(struct emulator *emu)
{
    for (size_t i = 0; i < emu->n_buses; i++) {
        struct bus *b = emu->buses[i];

        if (b->master != -1) {
            loop_unwatch(emu->loop, b->master);
            terminal_close(b->link, &b->master, &b->slave);
        }
        buf_finish(&b->out);
        free(b->meters);
        free(b);
    }
    emu->n_buses = 0;
}

/* ---- control ---- */

static struct wire_meter *
meter_of(struct bus *b, const char *serial)
{
    for (size_t i = 0; i < b->n_meters; i++) {
        if (strcmp(b->meters[i].d->serial, serial) == 0)
            return &b->meters[i];
    }
    return NULL;
}

static bool
command_meter(struct bus *b, const char *serial, const json_t *request, json_t *answer,
              struct err *e)
{
    struct wire_meter *m = meter_of(b, serial);

    if (m == NULL)
        return err_set(e, FAIL_REJECT, "bus %s has no meter '%s'", b->name, serial);
    if (!knobs_set(wire_knobs, &m->faults, request, not_faults, e))
        return false;
    if (json_is_true(json_object_get(request, "press")))
        wire_press(m, clock_now());
    json_object_set_new(answer, "faults", knobs_show(wire_knobs, &m->faults));
    json_object_set_new(answer, "requests", json_integer((json_int_t)m->requests));
    json_object_set_new(answer, "answers", json_integer((json_int_t)m->answers));
    json_object_set_new(answer, "armed", json_boolean(m->armed));
    return true;
}

bool
buses_command(struct emulator *emu, const json_t *request, json_t *answer, struct err *e)
{
    const char *name = text_of(request, "bus", ""),
               *serial = text_of(request, "meter", NULL);
    const json_t *echo = json_object_get(request, "echo");

    for (size_t i = 0; i < emu->n_buses; i++) {
        struct bus *b = emu->buses[i];

        if (strcmp(b->name, name) != 0)
            continue;
        if (echo != NULL)
            b->echo = json_is_true(echo);
        json_object_set_new(answer, "bytes_in", json_integer((json_int_t)b->bytes_in));
        json_object_set_new(answer, "bytes_out", json_integer((json_int_t)b->bytes_out));
        return serial == NULL || command_meter(b, serial, request, answer, e);
    }
    return err_set(e, FAIL_REJECT, "there is no bus '%s'", name);
}
