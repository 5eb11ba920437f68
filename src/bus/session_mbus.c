/* session_mbus.c - a talk by M-Bus, with primary or secondary address. */
#include "bus/session.h"

#include "meterpost/protocol/mbus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELEGRAMS_MAX 10
#define PRIMARY_MAX   250
#define SERIAL        8

static bool
is_ack(const struct frame *f)
{
    return f->control[0] == 'E' && f->control[1] == '5';
}

/* All answers are short of an address but data, and who was selected answers with its own:
 * there is one talk at a time. */
static bool
is_data(void *ctx, const struct frame *f)
{
    const struct session *s = ctx;
    unsigned long asked = strtoul(s->job->address, NULL, 10);

    if (is_ack(f) || f->direction != FRAME_REPLY)
        return false;
    return strlen(s->job->address) == SERIAL || asked == MBUS_ANY ||
           s->job->action == BUS_SCAN || strtoul(f->address, NULL, 10) == asked;
}

static bool
is_any_ack(void *ctx, const struct frame *f)
{
    (void)ctx;
    return is_ack(f);
}

/* Ask for what is acknowledged; the E5 is not kept. */
static enum exchange_end
rouse(struct session *s, const struct frame_bytes *request)
{
    size_t kept = s->n_answer;
    enum exchange_end end;

    s->x.mine = is_any_ack;
    end = session_try(s, request->at, request->n);
    s->n_answer = kept;
    return end;
}

/* Telegram after telegram, with the frame count bit turned over. */
static bool
read_data(struct session *s, unsigned address)
{
    struct frame_bytes request;
    bool bit = true;

    s->x.mine = is_data;
    for (int n = 0; n < TELEGRAMS_MAX; n++, bit = !bit) {
        mbus_read(address, bit, &request);
        if (!session_ask(s, request.at, request.n))
            return false;
        if (s->x.f->exception[0] != '\0')
            return session_end(s, BUS_OUT_REFUSED, "%.100s", s->x.f->exception);
        if (!s->x.f->follows)
            return true;
    }
    return true;
}

static bool
select_meter(struct session *s, const char *serial, enum exchange_end *end)
{
    const struct mbus_secondary who = {serial, NULL, -1, -1};
    struct frame_bytes request;

    mbus_wake(MBUS_SELECTED, &request); /* whoever was selected is not any more */
    s->x.line->dirty = false;
    if (exchange_tell(&s->x, request.at, request.n, &s->e) != EXCHANGE_GOOD)
        return session_failed(s, EXCHANGE_LOST);
    s->x.line->dirty = true;
    if (!mbus_select(&who, &request, &s->e))
        return session_end(s, BUS_OUT_UNSUPPORTED, "%.100s", s->e.text);
    *end = rouse(s, &request);
    return true;
}

static bool
read_meter(struct session *s)
{
    struct frame_bytes request;
    unsigned address = MBUS_SELECTED;
    enum exchange_end end;
    char *rest;

    if (strlen(s->job->address) == SERIAL) {
        if (!select_meter(s, s->job->address, &end))
            return false;
    } else {
        address = (unsigned)strtoul(s->job->address, &rest, 10);
        if (*rest != '\0' || s->job->address[0] == '\0' ||
            (address > PRIMARY_MAX && address != MBUS_ANY))
            return session_end(s, BUS_OUT_UNSUPPORTED,
                               "expected 0 to %d or 8 digits, got '%s'", PRIMARY_MAX,
                               s->job->address);
        mbus_wake(address, &request);
        end = rouse(s, &request);
    }
    if (end != EXCHANGE_GOOD)
        return session_failed(s, end);
    return read_data(s, address);
}

/* ---- who is there ---- */

/* The digits from the left: where one answers it is read, where several do the next digit
 * is tried. */
static bool
search(struct session *s, char *serial, int digit)
{
    for (int n = 0; n <= 9; n++) {
        enum exchange_end end;

        if (!session_may_search(s))
            return false;
        serial[digit] = (char)('0' + n);
        if (!select_meter(s, serial, &end))
            return false;
        if (end == EXCHANGE_LOST)
            return session_failed(s, end);
        if (end == EXCHANGE_SILENT)
            continue;
        if (end == EXCHANGE_GOOD && read_data(s, MBUS_SELECTED))
            continue;
        if (s->result->outcome == BUS_OUT_LINE)
            return false;
        s->result->outcome = BUS_OUT_DONE;
        s->result->reason[0] = '\0';
        if (digit + 1 < SERIAL && !search(s, serial, digit + 1))
            return false;
    }
    serial[digit] = 'F';
    return true;
}

static bool
scan(struct session *s)
{
    char serial[] = "FFFFFFFF";
    struct frame_bytes request;
    unsigned from, to;

    session_hurry(s);
    if (strcmp(s->job->ids, "secondary") == 0)
        return search(s, serial, 0);
    if (!session_span(s->job->ids, 0, PRIMARY_MAX, &from, &to))
        return session_end(s, BUS_OUT_UNSUPPORTED,
                           "expected addresses such as 1-32, or 'secondary'");
    for (unsigned address = from; address <= to; address++) {
        enum exchange_end end;

        mbus_wake(address, &request);
        end = rouse(s, &request);
        if (end == EXCHANGE_LOST)
            return session_failed(s, end);
        if (end != EXCHANGE_SILENT && !read_data(s, address)) {
            if (s->result->outcome == BUS_OUT_LINE)
                return false;
            s->result->outcome = BUS_OUT_DONE;
            s->result->reason[0] = '\0';
        }
    }
    return true;
}

bool
session_mbus(struct session *s)
{
    s->x.ctx = s;
    if (s->job->action == BUS_READ)
        return read_meter(s);
    if (s->job->action == BUS_SCAN)
        return scan(s);
    return session_end(s, BUS_OUT_UNSUPPORTED, "M-Bus meters have no '%s'",
                       bus_action_name((enum bus_action)s->job->action));
}
