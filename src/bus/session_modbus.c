/* session_modbus.c - a talk by Modbus, RTU or TCP. */
#include "bus/session.h"

#include "meterpost/base/conf.h"
#include "meterpost/protocol/modbus.h"

#include <stdlib.h>
#include <string.h>

#define UNIT_MAX   247
#define UNIT_ANY   255 /* some take F8 and above for any */
#define ASK_SINGLE 1

struct talk {
    struct session *s;
    enum modbus_wire wire;
    struct modbus_asked asked;
    unsigned transaction;
    struct modbus_range range;
    unsigned unit;
};

static bool
decode(void *ctx, const uint8_t *bytes, size_t n, struct frame *f)
{
    struct talk *t = ctx;
    struct modbus_asked asked = t->asked;
    struct exchange *x = &t->s->x;

    if (modbus_decode(t->wire, NULL, &asked, bytes, n, f))
        return true;
    if (!t->s->job->lacks_byte || x->n == sizeof(x->bytes) ||
        !modbus_lacks_byte(&t->asked, bytes, n, &x->bytes[x->n]))
        return false;
    x->n++;
    return modbus_decode(t->wire, NULL, &asked, bytes, n + 1, f);
}

/* The unit and the function; the number of registers, and of TCP the transaction, tell a
 * late answer from the one that is waited for. */
static bool
is_mine(void *ctx, const struct frame *f)
{
    const struct talk *t = ctx;
    const uint8_t *at = t->s->x.bytes + f->start;
    size_t head = t->wire == MODBUS_TCP ? 6 : 0;

    if (f->direction == FRAME_REQUEST || strtoul(f->address, NULL, 10) != t->unit ||
        (strtoul(f->control, NULL, 16) & 0x7Fu) != t->range.function)
        return false;
    if (head > 0 && ((unsigned)at[0] << 8 | at[1]) != t->transaction)
        return false;
    return f->exception[0] != '\0' || at[head + 2] == 2 * t->range.count;
}

/* The answer is kept behind its request: alone it means nothing. */
static enum exchange_end
ask(struct talk *t, const struct modbus_range *range)
{
    const struct modbus_to to = {t->wire, t->unit, ++t->transaction & 0xFFFF};
    struct frame_bytes request;
    size_t kept = t->s->n_answer;
    enum exchange_end end;

    t->range = *range;
    t->transaction = to.transaction;
    t->asked =
        (struct modbus_asked){true, t->unit, range->function, range->first, range->count};
    if (!modbus_read(&to, range, &request, &t->s->e)) {
        session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
        return EXCHANGE_LOST;
    }
    session_keep(t->s, request.at, request.n);
    end = session_try(t->s, request.at, request.n);
    if (end != EXCHANGE_GOOD)
        t->s->n_answer = kept;
    return end;
}

static bool
read_ranges(struct talk *t)
{
    const struct bus_wire_job *j = t->s->job;
    int good = 0;

    for (int i = 0; i < j->n_ranges; i++) {
        const struct modbus_range range = {j->ranges[i].function, j->ranges[i].first,
                                           j->ranges[i].count};
        enum exchange_end end = ask(t, &range);

        if (end != EXCHANGE_GOOD)
            return t->s->result->outcome == BUS_OUT_DONE ? session_failed(t->s, end)
                                                         : false;
        good += t->s->x.f->exception[0] == '\0';
    }
    if (good == 0)
        return session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
    return true;
}

/* Any answer counts, also that there is no such register. */
static bool
scan(struct talk *t)
{
    const struct modbus_range range = {3, 0, ASK_SINGLE};
    unsigned from, to;

    if (!session_span(t->s->job->ids, 1, UNIT_MAX, &from, &to))
        return session_end(t->s, BUS_OUT_UNSUPPORTED,
                           "expected units such as 1-32, 1 to %d", UNIT_MAX);
    session_hurry(t->s);
    for (t->unit = from; t->unit <= to; t->unit++) {
        if (ask(t, &range) == EXCHANGE_LOST)
            return session_failed(t->s, EXCHANGE_LOST);
    }
    return true;
}

bool
session_modbus(struct session *s)
{
    struct talk t = {.s = s,
                     .wire = s->job->protocol == CONF_MODBUS_TCP ? MODBUS_TCP : MODBUS_RTU};
    char *end;

    s->x.decode = decode;
    s->x.mine = is_mine;
    s->x.ctx = &t;
    t.unit = (unsigned)strtoul(s->job->address, &end, 10);
    if (s->job->action == BUS_SCAN)
        return scan(&t);
    if (s->job->address[0] == '\0' || *end != '\0' || t.unit > UNIT_ANY)
        return session_end(s, BUS_OUT_UNSUPPORTED, "expected a unit of 1 to %d, got '%s'",
                           UNIT_MAX, s->job->address);
    if (s->job->action != BUS_READ)
        return session_end(s, BUS_OUT_UNSUPPORTED, "Modbus meters have no '%s'",
                           bus_action_name((enum bus_action)s->job->action));
    return read_ranges(&t);
}
