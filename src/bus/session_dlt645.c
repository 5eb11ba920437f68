/* session_dlt645.c - a talk by DL/T 645, both editions. */
#include "bus/session.h"

#include "meterpost/base/conf.h"
#include "meterpost/protocol/dlt645.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FOLLOW_MAX 16 /* further frames of one answer */
#define STATUS     "04000503"
#define OPEN_BIT   0x10 /* of status word 3 */
#define WISH_BIT   0x40 /* commanded open */
#define POLL_MS    500  /* between two looks at a relay that moves */
#define FAR_YEAR   2099 /* a command holds until then: clocks of meters are wrong */
#define PAUSE_MS   100  /* after a broadcast, or before another speed */

struct talk {
    struct session *s;
    enum dlt645_edition edition;
    const char *address;
    unsigned control;                /* that an answer has, but for its upper bits */
    const char *id;                  /* that it must be about; NULL: any */
    char branch[sizeof(DLT645_ANY)]; /* of the addresses, while it is searched */
};

#define FUNCTION_BITS 0x1F
#define ADDRESS_BYTES 6

static bool
is_mine(void *ctx, const struct frame *f)
{
    const struct talk *t = ctx;
    unsigned control = 0;

    if (f->direction != FRAME_REPLY || sscanf(f->control, "%2X", &control) != 1 ||
        (control & FUNCTION_BITS) != t->control)
        return false;
    if (!dlt645_address_answers(t->address, f->address))
        return false;
    return t->id == NULL || f->exception[0] != '\0' || f->n_values == 0 ||
           strcasecmp(f->values[0].id, t->id) == 0 ||
           strncasecmp(f->values[0].id, t->id, 4) == 0;
}

static bool
decode(void *ctx, const uint8_t *bytes, size_t n, struct frame *f)
{
    const struct talk *t = ctx;

    return dlt645_decode(t->edition, bytes, n, f);
}

/* The decoder and the test are of this talk while it lasts. */
static bool
ask(struct talk *t, unsigned control, const char *id, const struct frame_bytes *request)
{
    bool good;

    t->control = control & FUNCTION_BITS;
    t->id = id;
    good = session_ask(t->s, request->at, request->n);
    t->id = NULL;
    return good;
}

static unsigned
read_code(const struct talk *t)
{
    return t->edition == DLT645_2007 ? 0x11 : 0x01;
}

/* ---- reading ---- */

static bool
read_more(struct talk *t, const char *id)
{
    struct frame_bytes request;

    for (int n = 1; t->s->x.f->follows; n++) {
        if (n > FOLLOW_MAX)
            return session_end(t->s, BUS_OUT_DAMAGED, "more than %d further frames",
                               FOLLOW_MAX);
        if (!dlt645_read_more(t->edition, t->address, id, n, &request, &t->s->e))
            return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
        if (!ask(t, read_code(t) + 1, NULL, &request))
            return false;
        if (t->s->x.f->exception[0] != '\0')
            return session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
    }
    return true;
}

static bool
read_one(struct talk *t, const char *id, bool *refused)
{
    struct frame_bytes request;

    if (!dlt645_read(t->edition, t->address, id, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    if (!ask(t, read_code(t), id, &request))
        return false;
    *refused = t->s->x.f->exception[0] != '\0';
    return *refused || read_more(t, id);
}

/* What a meter does not have is no reason to ask for no more: only when it has nothing. */
static bool
read_all(struct talk *t)
{
    const char *at = t->s->job->ids;
    char id[16], why[FRAME_NOTE_MAX] = "";
    int good = 0, refusals = 0;
    bool refused;

    while (session_word(&at, id, sizeof(id))) {
        if (!read_one(t, id, &refused))
            return false;
        good += !refused;
        refusals += refused;
        if (refused)
            snprintf(why, sizeof(why), "%s: %s", id, t->s->x.f->exception);
    }
    if (good == 0 && refusals > 0)
        return session_end(t->s, BUS_OUT_REFUSED, "%.100s", why);
    return true;
}

/* ---- the relay ---- */

static bool
ask_relay(struct talk *t)
{
    struct dlt645 raw;
    unsigned low;
    bool refused;

    if (!read_one(t, STATUS, &refused))
        return false;
    if (refused || !dlt645_find(t->s->x.answer, t->s->x.n_answer, &raw, t->s->x.f) ||
        raw.n < 6)
        return session_end(t->s, BUS_OUT_REFUSED, "it does not say how its relay stands");
    low = raw.data[4];
    t->s->result->relay = !(low & OPEN_BIT) ? BUS_RELAY_CLOSED
                          : low & WISH_BIT  ? BUS_RELAY_OPEN
                                            : BUS_RELAY_ARMED;
    return true;
}

/* Armed is as good as closed for "allow": the button is the customer's. */
static bool
is_as_wanted(const struct session *s)
{
    enum bus_relay_state now = (enum bus_relay_state)s->result->relay;

    if (s->job->action == BUS_CUT)
        return now == BUS_RELAY_OPEN;
    return now == BUS_RELAY_CLOSED ||
           (s->job->action == BUS_ALLOW && now == BUS_RELAY_ARMED);
}

/* Accepted is not done: look until it is so, or the time is over. */
static bool
confirm(struct talk *t)
{
    int64_t until_ms = clock_mono_ms() + t->s->job->confirm_ms;

    for (;;) {
        if (!ask_relay(t))
            return session_end(t->s, BUS_OUT_DOUBT, "accepted, then: %.80s",
                               t->s->result->reason);
        if (is_as_wanted(t->s))
            return true;
        if (clock_mono_ms() >= until_ms)
            return session_end(t->s, BUS_OUT_UNMOVED,
                               "accepted, but the relay is as before");
        if (!line_rest(t->s->x.line, POLL_MS, &t->s->e))
            return session_end(t->s, BUS_OUT_DOUBT, "accepted, then: %.80s", t->s->e.text);
    }
}

/* No answer to a command: whether it was heard only the relay tells. */
static bool
settle(struct talk *t)
{
    char why[sizeof(t->s->result->reason)];

    memcpy(why, t->s->result->reason, sizeof(why));
    if (!ask_relay(t))
        return session_end(t->s, BUS_OUT_DOUBT, "no answer to the command, then none");
    if (is_as_wanted(t->s)) {
        t->s->result->outcome = BUS_OUT_DONE;
        t->s->result->reason[0] = '\0';
        return true;
    }
    return session_end(t->s, BUS_OUT_UNMOVED, "%.100s", why);
}

static bool
build_command(struct talk *t, struct frame_bytes *request)
{
    const struct bus_wire_job *j = t->s->job;
    unsigned command = j->commands[j->action - BUS_CUT];
    const struct dlt645_key key = {j->level, j->password, j->operator_code};
    const struct frame_time until = {FAR_YEAR, 12, 30, 0, 0, 0};

    if (command == 0)
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "this kind of meter has no '%s'",
                           bus_action_name((enum bus_action)j->action));
    return dlt645_relay(t->address, &key, command, &until, request, &t->s->e) ||
           session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
}

/* The guard: the meter must answer at its own address first; what is so already is not
 * asked for. */
static bool
switch_relay(struct talk *t)
{
    struct frame_bytes request;

    if (strspn(t->address, "0123456789") != strlen(t->address) ||
        strcmp(t->address, DLT645_ALL) == 0)
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%s is not the address of one meter",
                           t->address);
    if (!ask_relay(t))
        return false;
    if (is_as_wanted(t->s))
        return true;
    if (!build_command(t, &request))
        return false;
    if (!ask(t, 0x1C, NULL, &request))
        return t->s->result->outcome == BUS_OUT_LINE
                   ? session_end(t->s, BUS_OUT_DOUBT, "the line was lost")
                   : settle(t);
    if (t->s->x.f->exception[0] != '\0')
        return session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
    return confirm(t);
}

/* ---- clock, freeze, speed ---- */

static bool
tell(struct talk *t, const struct frame_bytes *request)
{
    enum exchange_end end;

    t->s->result->requests++;
    end = exchange_tell(&t->s->x, request->at, request->n, &t->s->e);
    if (end != EXCHANGE_GOOD)
        return session_failed(t->s, end);
    return line_rest(t->s->x.line, PAUSE_MS, &t->s->e) ||
           session_end(t->s, BUS_OUT_LINE, "%.100s", t->s->e.text);
}

/* Is the clock of a single meter right? */
static bool
read_clock(struct talk *t, bool *right)
{
    const char *text = t->s->x.f->values[0].text;
    struct frame_time shows = {.year = 0};
    bool refused, has_date;

    if (!read_one(t, dlt645_clock_id(t->edition, DLT645_DATE), &refused))
        return false;
    has_date = !refused && t->s->x.f->n_values > 0 &&
               sscanf(text, "%4d-%2d-%2d", &shows.year, &shows.month, &shows.day) == 3;
    if (!read_one(t, dlt645_clock_id(t->edition, DLT645_TIME), &refused))
        return false;
    if (!has_date || refused || t->s->x.f->n_values == 0)
        return session_end(t->s, BUS_OUT_REFUSED, "it does not say what its clock shows");
    *right = sscanf(text, "%2d:%2d:%2d", &shows.hour, &shows.minute, &shows.second) == 3 &&
             session_is_now(t->s, &shows);
    return true;
}

/* With the password, where the meter did not take what is said to all. */
static bool
write_clock(struct talk *t, enum dlt645_half half)
{
    const struct bus_wire_job *j = t->s->job;
    const struct dlt645_key key = {j->level, j->password, j->operator_code};
    struct frame_bytes request;
    struct frame_time now;

    session_time(t->s, &now);
    if (!dlt645_write_clock(t->edition, t->address, &key, half, &now, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    if (!ask(t, t->edition == DLT645_2007 ? 0x14 : 0x04, NULL, &request))
        return false;
    return t->s->x.f->exception[0] == '\0' ||
           session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
}

/* Said to all, nobody answers, and a clock moves by five minutes at the most, once a day. A
 * single meter is asked what it shows then. */
static bool
set_clock(struct talk *t)
{
    struct frame_bytes request;
    struct frame_time now;
    bool right = false;

    session_time(t->s, &now);
    if (!dlt645_set_clock(t->address, &now, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    if (!tell(t, &request))
        return false;
    if (strcmp(t->address, DLT645_ALL) == 0)
        return true;
    if (!read_clock(t, &right))
        return false;
    if (right)
        return true;
    if (!write_clock(t, DLT645_DATE) || !write_clock(t, DLT645_TIME) ||
        !read_clock(t, &right))
        return false;
    return right ||
           session_end(t->s, BUS_OUT_UNMOVED, "accepted, but its clock is as before");
}

/* It answers at the old speed; that it took the new one is proven by asking there. */
static bool
set_baud(struct talk *t)
{
    unsigned baud = (unsigned)strtoul(t->s->job->ids, NULL, 10);
    struct bus_framing f = t->s->x.line->framing, old = f;
    struct frame_bytes request;
    bool refused, good;

    if (!dlt645_set_baud(t->edition, t->address, baud, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    if (!ask(t, t->edition == DLT645_2007 ? 0x17 : 0x0C, NULL, &request))
        return false;
    if (t->s->x.f->exception[0] != '\0')
        return session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
    f.baud = baud;
    if (!line_rest(t->s->x.line, PAUSE_MS, &t->s->e) ||
        !line_frame(t->s->x.line, &f, &t->s->e))
        return session_end(t->s, BUS_OUT_LINE, "%.100s", t->s->e.text);
    good = read_one(t, dlt645_clock_id(t->edition, DLT645_TIME), &refused);
    if (!line_frame(t->s->x.line, &old, &t->s->e))
        return session_end(t->s, BUS_OUT_LINE, "%.100s", t->s->e.text);
    return good || session_end(t->s, BUS_OUT_UNMOVED,
                               "it accepted %u baud and does not answer there", baud);
}

static bool
freeze(struct talk *t)
{
    struct frame_bytes request;

    if (t->edition == DLT645_1997)
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "the edition of 1997 has no freeze");
    if (!dlt645_freeze(t->address, NULL, &request, &t->s->e))
        return session_end(t->s, BUS_OUT_UNSUPPORTED, "%.100s", t->s->e.text);
    if (strcmp(t->address, DLT645_ALL) == 0)
        return tell(t, &request);
    if (!ask(t, 0x16, NULL, &request))
        return false;
    return t->s->x.f->exception[0] == '\0' ||
           session_end(t->s, BUS_OUT_REFUSED, "%.100s", t->s->x.f->exception);
}

/* ---- who is there ---- */

/* Ask all whose last digits are those of the branch. What comes damaged is several at once.
 */
static enum exchange_end
ask_branch(struct talk *t)
{
    struct frame_bytes request;

    t->address = t->branch;
    t->control = (t->edition == DLT645_2007 ? 0x13 : 0x01) & FUNCTION_BITS;
    t->id = NULL;
    if (t->edition == DLT645_2007)
        dlt645_read_address(t->branch, &request, &t->s->e);
    else
        dlt645_read(DLT645_1997, t->branch, "9010", &request, &t->s->e);
    return session_try(t->s, request.at, request.n);
}

/* The last digits, two by two, from the low end: a branch on which several speak at once is
 * looked into. `depth` bytes of the address are real. */
static bool
search(struct talk *t, int depth)
{
    char *at;

    if (depth == ADDRESS_BYTES) /* two meters of one address: no branch tells them apart */
        return true;
    at = t->branch + 2 * (ADDRESS_BYTES - 1 - depth);
    for (int n = 0; n < 100; n++) {
        enum exchange_end end;

        if (!session_may_search(t->s))
            return false;
        at[0] = (char)('0' + n / 10);
        at[1] = (char)('0' + n % 10);
        end = ask_branch(t);
        if (end == EXCHANGE_LOST)
            return session_failed(t->s, end);
        if (end == EXCHANGE_DAMAGED && !search(t, depth + 1))
            return false;
    }
    at[0] = at[1] = 'A';
    return true;
}

static bool
scan(struct talk *t)
{
    enum exchange_end end;

    session_hurry(t->s);
    memcpy(t->branch, DLT645_ANY, sizeof(DLT645_ANY));
    end = ask_branch(t);
    if (end == EXCHANGE_LOST)
        return session_failed(t->s, end);
    if (end == EXCHANGE_GOOD || (end == EXCHANGE_SILENT && t->s->job->ids[0] == '\0'))
        return true;
    return search(t, 0);
}

bool
session_dlt645(struct session *s)
{
    struct talk t = {.s = s,
                     .edition =
                         s->job->protocol == CONF_DLT645_1997 ? DLT645_1997 : DLT645_2007,
                     .address = s->job->address[0] == '\0' ? DLT645_ALL : s->job->address};

    s->x.decode = decode;
    s->x.mine = is_mine;
    s->x.ctx = &t;
    switch ((enum bus_action)s->job->action) {
    case BUS_READ: return read_all(&t);
    case BUS_RELAY: return ask_relay(&t);
    case BUS_CUT:
    case BUS_ALLOW:
    case BUS_RESTORE: return switch_relay(&t);
    case BUS_CLOCK: return set_clock(&t);
    case BUS_FREEZE: return freeze(&t);
    case BUS_BAUD: return set_baud(&t);
    case BUS_SCAN: return scan(&t);
    case BUS_ACTIONS: break;
    }
    return session_end(s, BUS_OUT_UNSUPPORTED, "no such action");
}
