#include "bus/session.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SCAN_MS     300  /* who is there answers at once */
#define SEARCH_MAX  4000 /* requests: forty branches of two digits, twenty minutes */
#define CLOCK_OFF_S 60   /* a clock is right when it is no further off */

void
session_keep(struct session *s, const uint8_t *bytes, size_t n)
{
    if (n > sizeof(s->answer) - s->n_answer)
        n = 0; /* half a frame is worse than none */
    memcpy(s->answer + s->n_answer, bytes, n);
    s->n_answer += n;
}

#undef session_end
#undef session_failed

bool
session_end(struct session *s, enum bus_outcome outcome, const char *fmt, ...)
{
    char reason[sizeof(s->result->reason)]; /* the old one may be in the new one */
    va_list args;

    va_start(args, fmt);
    vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);
    s->result->outcome = (uint8_t)outcome;
    text_clip(s->result->reason, sizeof(s->result->reason), reason);
    return false;
}

bool
session_failed(struct session *s, enum exchange_end end)
{
    if (end == EXCHANGE_LOST)
        return session_end(s, BUS_OUT_LINE, "%.100s", s->e.text);
    if (end == EXCHANGE_SILENT)
        return session_end(s, BUS_OUT_SILENT, "no answer within %u ms", s->job->timeout_ms);
    return session_end(s, BUS_OUT_DAMAGED, "%s: %s", frame_fault_name(s->x.f->fault),
                       s->x.f->note);
}

enum exchange_end
session_try(struct session *s, const uint8_t *request, size_t n)
{
    enum exchange_end end;

    s->result->requests++;
    end = exchange_run(&s->x, request, n, &s->e);
    if (end == EXCHANGE_GOOD)
        session_keep(s, s->x.answer, s->x.n_answer);
    return end;
}

bool
session_ask(struct session *s, const uint8_t *request, size_t n)
{
    enum exchange_end end = session_try(s, request, n);

    return end == EXCHANGE_GOOD || session_failed(s, end);
}

bool
session_word(const char **at, char *out, size_t size)
{
    size_t n;

    *at += strspn(*at, " ");
    n = strcspn(*at, " ");
    if (n == 0 || n >= size)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n;
    return true;
}

bool
session_span(const char *text, unsigned least, unsigned most, unsigned *from, unsigned *to)
{
    char *end;

    *from = least;
    *to = most;
    if (*text == '\0')
        return true;
    *from = *to = (unsigned)strtoul(text, &end, 10);
    if (*end == '-')
        *to = (unsigned)strtoul(end + 1, &end, 10);
    return *end == '\0' && *from >= least && *to <= most && *from <= *to;
}

static time_t
meter_seconds(const struct session *s)
{
    return (time_t)(s->job->now + (clock_mono_ms() - s->start_ms) / 1000);
}

void
session_time(const struct session *s, struct frame_time *out)
{
    time_t t = meter_seconds(s);
    struct tm tm;

    gmtime_r(&t, &tm); /* it is local already */
    *out = (struct frame_time){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                               tm.tm_hour,        tm.tm_min,     tm.tm_sec};
}

bool
session_is_now(const struct session *s, const struct frame_time *t)
{
    struct tm tm = {.tm_year = t->year - 1900,
                    .tm_mon = t->month - 1,
                    .tm_mday = t->day,
                    .tm_hour = t->hour,
                    .tm_min = t->minute,
                    .tm_sec = t->second};

    return t->year != 0 &&
           llabs((long long)(timegm(&tm) - meter_seconds(s))) <= CLOCK_OFF_S;
}

void
session_hurry(struct session *s)
{
    if (s->x.timeout_ms > SCAN_MS)
        s->x.timeout_ms = SCAN_MS;
}

bool
session_may_search(struct session *s)
{
    return s->result->requests < SEARCH_MAX ||
           session_end(s, BUS_OUT_DAMAGED,
                       "given up after %d requests: is there noise on the line?",
                       SEARCH_MAX);
}

static bool (*const protocols[])(struct session *) = {
    [CONF_DLT645_2007] = session_dlt645,
    [CONF_DLT645_1997] = session_dlt645,
    [CONF_IEC62056_21] = session_iec62056,
    [CONF_MODBUS_RTU] = session_modbus,
    [CONF_MODBUS_TCP] = session_modbus,
    [CONF_CJT188] = session_cjt188,
    [CONF_MBUS] = session_mbus,
};

/* Each job begins on the line as it is set up, or at the speed of its meter. */
static bool
set_line(struct session *s)
{
    struct bus_framing f = s->x.line->setup->framing;

    if (s->job->baud != 0)
        f.baud = s->job->baud;
    return line_frame(s->x.line, &f, &s->e);
}

bool
session_run(struct session *s)
{
    struct line *l = s->x.line;
    s->start_ms = clock_mono_ms();
    memset(s->result, 0, sizeof(*s->result));
    s->result->job = s->job->job;
    s->result->outcome = BUS_OUT_DONE;
    s->n_answer = 0;
    l->sent = l->received = 0;
    s->x.protocol = (enum conf_protocol)s->job->protocol;
    s->x.timeout_ms = s->job->timeout_ms;
    s->x.pause_ms = s->job->pause_ms;
    s->x.gap_ms = l->setup->gap_ms;
    s->x.most_ms = 0;
    s->x.decode = NULL;
    s->x.mine = NULL;
    s->x.ctx = s;
    if (!line_is_up(l))
        session_end(s, BUS_OUT_LINE, "nobody is connected");
    else if (!set_line(s))
        session_end(s, BUS_OUT_LINE, "%.100s", s->e.text);
    else
        protocols[s->job->protocol](s);
    s->result->took_ms = (uint32_t)(clock_mono_ms() - s->start_ms);
    s->result->sent = l->sent;
    s->result->received = l->received;
    return s->result->outcome != BUS_OUT_LINE;
}
