/*
 * session_iec62056.c - a talk by IEC 62056-21: sign-on, change of speed, readout or single
 * registers; or listening to a meter that speaks by itself (mode D).
 *
 * Characters have seven bits and even parity; on a port of eight bits the parity is ours.
 */
#include "bus/session.h"

#include "meterpost/base/conf.h"
#include "meterpost/protocol/iec62056.h"

#include <stdio.h>
#include <string.h>

#define START_BAUD    300
#define REPLY_MS      1700   /* a meter may take 1500 */
#define CHARACTERS_MS 1500   /* between two characters */
#define FALLBACK_MS   2300   /* a meter that did not get the acknowledgement goes on then */
#define READOUT_MS    240000 /* a long table at 300 baud */
#define PUSH_MS       12000  /* a meter that speaks by itself does so each second or ten */
#define SEVEN         0x7F
#define BREAK_MS      200
#define WAKE_GAP_MS   1600 /* between the zeros that wake it and the sign-on */

struct talk {
    struct session *s;
    bool parity; /* is ours */
    char z;      /* the speed that it offered */
    uint32_t start_baud;
};

static bool
is_a(const struct frame *f, const char *function)
{
    return f->function != NULL && strcmp(f->function, function) == 0;
}

/* What is said first: the identification, up to its line end; the rest is the readout. */
static bool
is_ident(void *ctx, const struct frame *f)
{
    (void)ctx;
    return is_a(f, "identification") || is_a(f, "readout");
}

static bool
is_readout(void *ctx, const struct frame *f)
{
    (void)ctx;
    return is_a(f, "readout") || is_a(f, "data");
}

/* Of a meter that speaks by itself: from the beginning of what it says. */
static bool
is_push(void *ctx, const struct frame *f)
{
    return is_readout(ctx, f) && f->maker[0] != '\0';
}

/* Its identification alone is only the beginning. */
static bool
decode_push(void *ctx, const uint8_t *bytes, size_t n, struct frame *f)
{
    (void)ctx;
    if (!iec62056_decode(bytes, n, f))
        return false;
    if (!is_a(f, "identification") || f->start + f->length < n)
        return true;
    f->fault = FRAME_LENGTH;
    snprintf(f->note, sizeof(f->note), "only an identification");
    return false;
}

static bool
is_any(void *ctx, const struct frame *f)
{
    (void)ctx;
    return !is_a(f, "identification");
}

static bool
set_speed(struct talk *t, uint32_t baud)
{
    const struct bus_framing *line = &t->s->x.line->setup->framing;
    struct bus_framing f = {.baud = baud, .stop_bits = line->stop_bits};

    f.data_bits = line->data_bits;
    f.parity = (uint8_t)(t->parity ? CONF_PARITY_NONE : CONF_PARITY_EVEN);
    return line_frame(t->s->x.line, &f, &t->s->e) ||
           session_end(t->s, BUS_OUT_LINE, "%.100s", t->s->e.text);
}

static enum exchange_end
ask(struct talk *t, struct frame_bytes *request, bool (*mine)(void *, const struct frame *))
{
    if (t->parity)
        iec62056_parity(request->at, request->n);
    t->s->x.mine = mine;
    return session_try(t->s, request->at, request->n);
}

static bool
say(struct talk *t, struct frame_bytes *request)
{
    enum exchange_end end;

    if (t->parity)
        iec62056_parity(request->at, request->n);
    t->s->result->requests++;
    end = exchange_tell(&t->s->x, request->at, request->n, &t->s->e);
    return end == EXCHANGE_GOOD || session_failed(t->s, end);
}

/* ---- sign-on ---- */

static bool
wake(struct talk *t)
{
    struct frame_bytes zeros = {.n = (size_t)t->s->job->wake_zeros * 10};

    if (zeros.n == 0)
        return true;
    if (zeros.n > sizeof(zeros.at))
        zeros.n = sizeof(zeros.at);
    memset(zeros.at, 0, zeros.n);
    return exchange_tell(&t->s->x, zeros.at, zeros.n, &t->s->e) == EXCHANGE_GOOD &&
           line_rest(t->s->x.line, line_time_ms(t->s->x.line, zeros.n) + WAKE_GAP_MS,
                     &t->s->e);
}

/* An identification is whole when its line ends: but modes A and B go on at once. */
static bool
sign_on(struct talk *t)
{
    struct exchange *x = &t->s->x;
    struct frame_bytes request;
    enum exchange_end end;

    if (!set_speed(t, t->start_baud) || !wake(t))
        return false;
    if (!iec62056_sign_on(t->s->job->address, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    x->timeout_ms = REPLY_MS > t->s->job->timeout_ms ? REPLY_MS : t->s->job->timeout_ms;
    end = ask(t, &request, is_ident);
    if (end != EXCHANGE_GOOD)
        return session_failed(t->s, end);
    t->z = x->n_answer > 4 ? (char)(x->answer[4] & SEVEN) : '\0';
    return true;
}

/* ---- readout ---- */

static void
wait_long(struct talk *t)
{
    t->s->x.gap_ms = CHARACTERS_MS;
    t->s->x.most_ms = READOUT_MS;
    t->s->x.timeout_ms = FALLBACK_MS;
}

/* Acknowledge with the speed z and take the speed: then the data come. */
static enum exchange_end
read_at(struct talk *t, char z, char mode, bool (*mine)(void *, const struct frame *))
{
    struct frame_bytes request;
    uint32_t baud =
        z == '0' || t->s->job->fixed_baud ? t->start_baud : (uint32_t)iec62056_baud(z);

    iec62056_acknowledge(z, mode, &request);
    if (!say(t, &request))
        return EXCHANGE_LOST;
    if (baud != t->start_baud &&
        (!line_rest(t->s->x.line, t->s->x.line->quiet_ms - clock_mono_ms() + 20,
                    &t->s->e) ||
         !set_speed(t, baud)))
        return EXCHANGE_LOST;
    t->s->x.line->dirty = false; /* the answer follows */
    t->s->x.mine = mine;
    wait_long(t);
    return session_try(t->s, NULL, 0);
}

/* Some offer a speed and do not take it: what comes then is damaged, or nothing that we
 * can hear. They are asked once more, at the speed that they began with. */
static bool
acknowledge(struct talk *t, char mode, bool (*mine)(void *, const struct frame *))
{
    enum exchange_end end = read_at(t, t->z, mode, mine);

    if (end == EXCHANGE_GOOD || end == EXCHANGE_LOST ||
        iec62056_baud(t->z) == (int)t->start_baud || t->s->job->fixed_baud)
        return end == EXCHANGE_GOOD || session_failed(t->s, end);
    t->s->n_answer = 0;
    if (!set_speed(t, t->start_baud))
        return false;
    if (!line_settle(t->s->x.line, FALLBACK_MS, READOUT_MS, &t->s->e))
        return session_failed(t->s, EXCHANGE_LOST);
    if (!sign_on(t))
        return false;
    end = read_at(t, '0', mode, mine);
    return end == EXCHANGE_GOOD || session_failed(t->s, end);
}

static bool
mode_b(char z)
{
    return z >= 'A' && z <= 'F';
}

/* What comes without having been asked for again. */
static bool
listen_on(struct talk *t, uint32_t baud)
{
    enum exchange_end end;

    if (!set_speed(t, baud))
        return false;
    wait_long(t);
    t->s->x.mine = is_readout;
    end = session_try(t->s, NULL, 0);
    return end == EXCHANGE_GOOD || session_failed(t->s, end);
}

static bool
read_out(struct talk *t)
{
    if (!sign_on(t))
        return false;
    if (is_a(t->s->x.f, "readout"))
        return true; /* mode A, and it was fast */
    if (t->z >= '0' && t->z <= '6')
        return acknowledge(t, '0', is_readout);
    return listen_on(t, mode_b(t->z) ? (uint32_t)iec62056_baud(t->z) : t->start_baud);
}

/* ---- single registers ---- */

static bool
command(struct talk *t, const char *word, const char *data)
{
    struct frame_bytes request;
    enum exchange_end end;

    if (!iec62056_command(word, data, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    end = ask(t, &request, is_any);
    if (end != EXCHANGE_GOOD)
        return session_failed(t->s, end);
    if (is_a(t->s->x.f, "not understood"))
        return session_end(t->s, BUS_OUT_REFUSED, "it does not understand %s", word);
    if (t->s->x.f->exception[0] != '\0')
        return session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
    return true;
}

static bool
give_password(struct talk *t)
{
    char data[BUS_WORD_MAX + 2];

    if (t->s->job->password[0] == '\0')
        return true;
    snprintf(data, sizeof(data), "(%s)", t->s->job->password);
    if (!command(t, t->s->job->login, data))
        return false;
    return is_a(t->s->x.f, "acknowledged") ||
           session_end(t->s, BUS_OUT_REFUSED, "it does not take the password");
}

static void
leave(struct talk *t)
{
    struct frame_bytes request;
    struct bus_wire_result kept = *t->s->result;

    iec62056_break(&request);
    if (say(t, &request))
        line_rest(t->s->x.line, BREAK_MS, &t->s->e);
    *t->s->result = kept;
}

static bool
read_registers(struct talk *t)
{
    const char *at = t->s->job->ids;
    char id[32], data[40];
    bool good = true;

    while (good && session_word(&at, id, sizeof(id))) {
        snprintf(data, sizeof(data), "%s()", id);
        good = command(t, t->s->job->ask, data) || t->s->result->outcome == BUS_OUT_REFUSED;
    }
    return good;
}

/* Date, then time, each with the word that this kind of meter wants. */
static bool
write_clock(struct talk *t)
{
    struct frame_time now;
    char data[2][40];

    session_time(t->s, &now);
    snprintf(data[0], sizeof(data[0]), "0.9.2(%02d%02d%02d)", now.year % 100, now.month,
             now.day);
    snprintf(data[1], sizeof(data[1]), "0.9.1(%02d%02d%02d)", now.hour, now.minute,
             now.second);
    for (int i = 0; i < 2; i++) {
        if (!command(t, t->s->job->write, data[i]))
            return false;
    }
    return true;
}

/* Written, and read back: what is shown is the meter's word. */
static bool
set_clock(struct talk *t)
{
    return write_clock(t) && command(t, t->s->job->ask, "0.9.2()") &&
           command(t, t->s->job->ask, "0.9.1()");
}

/* In programming mode the meter says P0, or nothing but that it listens. */
static bool
talk_single(struct talk *t, bool (*what)(struct talk *))
{
    bool good;

    if (!sign_on(t))
        return false;
    if (t->z < '0' || t->z > '6')
        return session_end(t->s, BUS_OUT_UNSUPPORTED,
                           "it is of mode A or B and gives only the whole readout");
    if (!acknowledge(t, '1', is_any))
        return false;
    t->s->x.gap_ms = CHARACTERS_MS;
    good = give_password(t) && what(t);
    if (t->s->result->outcome != BUS_OUT_LINE)
        leave(t);
    return good;
}

/* ---- what it says by itself ---- */

static bool
listen_push(struct talk *t)
{
    enum exchange_end end;

    if (!set_speed(t, t->start_baud))
        return false;
    t->s->x.timeout_ms = PUSH_MS;
    t->s->x.gap_ms = CHARACTERS_MS / 3;
    t->s->x.most_ms = 2 * PUSH_MS;
    t->s->x.decode = decode_push;
    t->s->x.mine = is_push;
    for (int tries = 0; tries < 2; tries++) { /* the first may have begun before us */
        end = session_try(t->s, NULL, 0);
        if (end != EXCHANGE_DAMAGED)
            break;
    }
    return end == EXCHANGE_GOOD || session_failed(t->s, end);
}

bool
session_iec62056(struct session *s)
{
    struct talk t = {.s = s, .parity = s->x.line->setup->framing.data_bits == 8};
    bool whole = s->job->ids[0] == '\0' || !s->job->spoken;

    t.start_baud = s->job->baud != 0 ? s->job->baud : START_BAUD;
    s->x.ctx = &t;
    if (s->job->action == BUS_SCAN)
        return sign_on(&t) || (s->result->outcome == BUS_OUT_SILENT &&
                               session_end(s, BUS_OUT_DONE, "nobody signs on"));
    if (s->job->action == BUS_CLOCK)
        return talk_single(&t, set_clock);
    if (s->job->action != BUS_READ)
        return session_end(s, BUS_OUT_UNSUPPORTED, "IEC 62056-21 has no '%s'",
                           bus_action_name((enum bus_action)s->job->action));
    if (s->job->mode == 'D')
        return listen_push(&t);
    return whole ? read_out(&t) : talk_single(&t, read_registers);
}
