#include "bus/exchange.h"

#include <stdio.h>
#include <string.h>

#define SETTLE_MS   1500 /* for the line to get quiet: late answers end in that time */
#define FRAME_LIMIT FRAME_BYTES_MAX
#define GAP_BYTES   4

/* Slow lines have longer gaps: a byte at 300 baud takes 33 ms. */
static int64_t
gap_of(const struct exchange *x)
{
    int64_t bytes_ms = line_time_ms(x->line, GAP_BYTES);

    return x->gap_ms > bytes_ms ? x->gap_ms : bytes_ms;
}

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Wait for the pause after what came or went last; where something may still come, until
 * nothing does. */
static bool
prepare(struct exchange *x, struct err *e)
{
    struct line *l = x->line;
    int64_t left_ms;

    if (l->dirty && !line_settle(l, gap_of(x), SETTLE_MS, e))
        return false;
    left_ms = l->quiet_ms + x->pause_ms - clock_mono_ms();
    return left_ms <= 0 || line_rest(l, left_ms, e);
}

static bool
decode(struct exchange *x, size_t from)
{
    if (x->decode != NULL)
        return x->decode(x->ctx, x->bytes + from, x->n - from, x->f);
    return frame_decode(x->protocol, x->bytes + from, x->n - from, x->f);
}

static void
drop(struct exchange *x, size_t n)
{
    x->n -= n;
    memmove(x->bytes, x->bytes + n, x->n);
}

/* The converter repeats what we send: true when the bytes begin with that, or may yet. */
static bool
drop_echo(struct exchange *x, const uint8_t *request, size_t n, bool *echoing)
{
    size_t common = x->n < n ? x->n : n;

    if (!*echoing || x->line->setup->echo == CONF_ECHO_OFF)
        return false;
    if (memcmp(x->bytes, request, common) != 0) {
        *echoing = false;
        return false;
    }
    if (x->n < n)
        return true;
    drop(x, n);
    *echoing = false;
    x->line->echoes = true;
    return x->n == 0;
}

/* Look for the answer in what came so far. */
static bool
find_answer(struct exchange *x)
{
    size_t end;

    while (x->n > 0 && decode(x, 0)) {
        end = x->f->start + x->f->length;
        if (x->f->direction != FRAME_REQUEST &&
            (x->mine == NULL || x->mine(x->ctx, x->f))) {
            x->answer = x->bytes + x->f->start;
            x->n_answer = x->f->length;
            return true;
        }
        drop(x, end); /* an echo that was damaged before, somebody else's, a late one */
    }
    return false;
}

/* Nothing more has come for a gap: may it still be on its way? */
static bool
is_over(const struct exchange *x, int64_t first_ms, int64_t now_ms)
{
    if (x->n == 0 || x->f->fault == FRAME_START)
        return now_ms >= first_ms;
    return true;
}

static enum exchange_end
listen_for_answer(struct exchange *x, const uint8_t *request, size_t n, struct err *e)
{
    struct line *l = x->line;
    int64_t first_ms = later(l->quiet_ms, clock_mono_ms()) + x->timeout_ms;
    int64_t until_ms =
        first_ms +
        (x->most_ms > 0 ? x->most_ms : line_time_ms(l, FRAME_LIMIT) + 2 * gap_of(x));
    bool echoing = n > 0, any = false;

    x->f->fault = FRAME_START;
    for (;;) {
        int64_t now_ms = clock_mono_ms();
        int64_t wait_ms = x->n == 0 ? first_ms - now_ms : gap_of(x);
        size_t got;

        if (now_ms >= until_ms || x->n == sizeof(x->bytes))
            break;
        if (!line_read(l, x->bytes + x->n, sizeof(x->bytes) - x->n,
                       wait_ms < until_ms - now_ms ? wait_ms : until_ms - now_ms, &got, e))
            return EXCHANGE_LOST;
        x->n += got;
        if (got == 0 && is_over(x, first_ms, clock_mono_ms()))
            break;
        if (got == 0 || drop_echo(x, request, n, &echoing))
            continue;
        any = true;
        if (find_answer(x)) {
            l->dirty = false;
            return EXCHANGE_GOOD;
        }
    }
    l->dirty = true;
    return any && x->n > 0 ? EXCHANGE_DAMAGED : EXCHANGE_SILENT;
}

/* A line on which somebody never stops talking is there, and of no use now. */
static enum exchange_end
not_prepared(struct exchange *x, const struct err *e)
{
    if (e->kind != FAIL_RETRY)
        return EXCHANGE_LOST;
    x->f->fault = FRAME_START;
    snprintf(x->f->note, sizeof(x->f->note), "%.100s", e->text);
    return EXCHANGE_DAMAGED;
}

enum exchange_end
exchange_tell(struct exchange *x, const uint8_t *request, size_t n, struct err *e)
{
    x->n = x->n_answer = 0;
    if (!prepare(x, e))
        return not_prepared(x, e);
    if (!line_send(x->line, request, n, e))
        return EXCHANGE_LOST;
    x->line->dirty = x->line->echoes;
    return EXCHANGE_GOOD;
}

enum exchange_end
exchange_run(struct exchange *x, const uint8_t *request, size_t n, struct err *e)
{
    x->n = x->n_answer = 0;
    if (n > 0 && !prepare(x, e))
        return not_prepared(x, e);
    if (n > 0 && !line_send(x->line, request, n, e))
        return EXCHANGE_LOST;
    return listen_for_answer(x, request, n, e);
}
