/* session_cjt188.c - a talk by CJ/T 188. */
#include "bus/session.h"

#include "meterpost/protocol/cjt188.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SHOWS_NOW  "901F"
#define POLL_MS    1000
#define NUMBER_END 14 /* digits of an address; the first four name the maker */
#define DEPTH_MAX  5

struct talk {
    struct session *s;
    struct cjt188_meter meter;
    char wild[NUMBER_END + 1]; /* of a scan: an address with A for any digit */
    const char *function;      /* that the answer has; NULL: nobody has answered yet */
};

/* AA in what was asked is any two digits. */
static bool
address_answers(const char *asked, const char *got)
{
    for (size_t i = 0; i < 14; i++) {
        if (got[i] == '\0' || asked[i] == '\0')
            return false;
        if (asked[i] != 'A' && asked[i] != 'a' && asked[i] != got[i])
            return strcasecmp(got, CJT188_ANY) == 0;
    }
    return true;
}

/* The number of the request comes back: that is how a late answer is known. */
static bool
is_mine(void *ctx, const struct frame *f)
{
    const struct talk *t = ctx;

    return f->direction == FRAME_REPLY && f->function != NULL &&
           strcmp(f->function, t->function) == 0 &&
           address_answers(t->meter.address, f->address) &&
           (f->sequence < 0 || (unsigned)f->sequence == t->meter.sequence);
}

static bool
ask(struct talk *t, const struct frame_bytes *request, const char *function)
{
    t->function = function;
    if (!session_ask(t->s, request->at, request->n))
        return false;
    return t->s->x.f->exception[0] == '\0' ||
           session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
}

static bool
refuse(struct talk *t)
{
    return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
}

static void
note_valve(struct talk *t)
{
    static const enum bus_relay_state states[] = {
        [FRAME_VALVE_NONE] = BUS_RELAY_UNKNOWN,
        [FRAME_VALVE_OPEN] = BUS_RELAY_CLOSED, /* it lets flow */
        [FRAME_VALVE_CLOSED] = BUS_RELAY_OPEN,
        [FRAME_VALVE_FAULT] = BUS_RELAY_UNKNOWN,
    };

    if (t->s->x.f->valve != FRAME_VALVE_NONE)
        t->s->result->relay = (uint8_t)states[t->s->x.f->valve];
}

static bool
read_one(struct talk *t, const char *id)
{
    struct frame_bytes request;

    t->meter.sequence = (t->meter.sequence + 1) & 0xFF;
    if (!cjt188_read(&t->meter, id, &request, &t->s->e))
        return refuse(t);
    if (!ask(t, &request, "read"))
        return false;
    note_valve(t);
    return true;
}

static bool
read_all(struct talk *t)
{
    const char *at = t->s->job->ids;
    char id[16];

    while (session_word(&at, id, sizeof(id))) {
        if (!read_one(t, id))
            return false;
    }
    return true;
}

/* ---- the valve ---- */

static bool
is_as_wanted(const struct session *s)
{
    return s->result->relay ==
           (s->job->action == BUS_CUT ? BUS_RELAY_OPEN : BUS_RELAY_CLOSED);
}

/* A valve takes its time. */
static bool
confirm(struct talk *t)
{
    int64_t until_ms = clock_mono_ms() + t->s->job->confirm_ms;

    for (;;) {
        if (!read_one(t, SHOWS_NOW))
            return session_end(t->s, BUS_OUT_DOUBT, "the command, then: %.80s",
                               t->s->result->reason);
        if (is_as_wanted(t->s))
            return true;
        if (clock_mono_ms() >= until_ms)
            return session_end(t->s, BUS_OUT_UNMOVED,
                               "accepted, but the valve is as before");
        if (!line_rest(t->s->x.line, POLL_MS, &t->s->e))
            return session_end(t->s, BUS_OUT_DOUBT, "accepted, then: %.80s", t->s->e.text);
    }
}

static bool
move_valve(struct talk *t)
{
    struct frame_bytes request;

    if (strspn(t->meter.address, "0123456789") != 14)
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%s is not the address of one meter",
                           t->meter.address);
    if (!read_one(t, SHOWS_NOW))
        return false;
    t->meter.type = t->s->x.answer[1]; /* what it is, it says itself */
    if (is_as_wanted(t->s))
        return true;
    t->meter.sequence = (t->meter.sequence + 1) & 0xFF;
    if (!cjt188_valve(&t->meter, t->s->job->action != BUS_CUT, &request, &t->s->e))
        return refuse(t);
    if (!ask(t, &request, "write")) {
        if (t->s->result->outcome == BUS_OUT_REFUSED)
            return false;
        if (t->s->result->outcome == BUS_OUT_LINE)
            return session_end(t->s, BUS_OUT_DOUBT, "the line was lost");
    }
    t->s->result->outcome = BUS_OUT_DONE;
    t->s->result->reason[0] = '\0';
    return confirm(t);
}

/* ---- the rest ---- */

static bool
set_clock(struct talk *t)
{
    struct frame_bytes request;
    struct frame_time at;

    session_time(t->s, &at);
    if (!cjt188_set_clock(&t->meter, &at, &request, &t->s->e))
        return refuse(t);
    return ask(t, &request, "write");
}

static bool
ask_by(struct talk *t, bool address_only, enum exchange_end *end)
{
    struct frame_bytes request;

    t->function = address_only ? "read address" : "read";
    if (address_only ? !cjt188_read_address(&t->meter, &request, &t->s->e)
                     : !cjt188_read(&t->meter, SHOWS_NOW, &request, &t->s->e))
        return refuse(t);
    *end = session_try(t->s, request.at, request.n);
    return true;
}

/* Who answers at an address with wildcards. Some know no 03, and are read; what has been
 * answered once is asked from there on. */
static bool
ask_branch(struct talk *t, enum exchange_end *end)
{
    bool both = t->function == NULL;

    if (!ask_by(t, both || strcmp(t->function, "read") != 0, end))
        return false;
    if (both && *end == EXCHANGE_SILENT && !ask_by(t, false, end))
        return false;
    if (both && *end == EXCHANGE_SILENT)
        t->function = NULL;
    return true;
}

/* The last digits, two by two, from the low end: where several speak at once is looked
 * into. Only digits of the number are tried, not those of the maker. */
static bool
search(struct talk *t, int depth)
{
    char *at = t->wild + NUMBER_END - 2 * (depth + 1);

    for (int n = 0; n < 100; n++) {
        enum exchange_end end = EXCHANGE_LOST;

        at[0] = (char)('0' + n / 10);
        at[1] = (char)('0' + n % 10);
        if (!ask_branch(t, &end))
            return false;
        if (end == EXCHANGE_LOST)
            return session_failed(t->s, end);
        if (end == EXCHANGE_DAMAGED && depth + 1 < DEPTH_MAX && !search(t, depth + 1))
            return false;
    }
    at[0] = at[1] = 'A';
    return true;
}

static bool
scan(struct talk *t)
{
    enum exchange_end end = EXCHANGE_LOST;

    session_hurry(t->s);
    t->meter.type = CJT188_ANY_TYPE;
    t->meter.address = t->wild;
    if (!ask_branch(t, &end))
        return false;
    if (end == EXCHANGE_LOST)
        return session_failed(t->s, end);
    return end == EXCHANGE_GOOD || (end == EXCHANGE_SILENT && t->s->job->ids[0] == '\0') ||
           search(t, 0);
}

bool
session_cjt188(struct session *s)
{
    struct talk t = {.s = s,
                     .wild = CJT188_ANY,
                     .meter = {.type = s->job->medium,
                               .address = s->job->address,
                               .swapped = s->job->swapped,
                               .sequence = (unsigned)(s->job->job & 0xFF)}};

    s->x.mine = is_mine;
    s->x.ctx = &t;
    switch ((enum bus_action)s->job->action) {
    case BUS_READ: return read_all(&t);
    case BUS_RELAY: return read_one(&t, SHOWS_NOW);
    case BUS_CUT:
    case BUS_ALLOW:
    case BUS_RESTORE: return move_valve(&t);
    case BUS_CLOCK: return set_clock(&t);
    case BUS_SCAN: return scan(&t);
    case BUS_FREEZE:
    case BUS_BAUD:
    case BUS_ACTIONS: break;
    }
    return session_end(s, BUS_OUT_UNSUPPORTED, "CJ/T 188 has no '%s'",
                       bus_action_name((enum bus_action)s->job->action));
}
