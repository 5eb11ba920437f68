/*
 * exchange.h - one request and its answer. For src/bus.
 *
 * Before a request the line is quiet; behind it the bytes that come are searched for the
 * frame that answers: the echo of a converter, noise, late answers and frames of other
 * meters are passed over. Every exchange ends at its deadline.
 */
#ifndef METERPOST_SRC_BUS_EXCHANGE_H
#define METERPOST_SRC_BUS_EXCHANGE_H

#include "bus/line.h"
#include "meterpost/protocol/frame.h"

#define EXCHANGE_BYTES 16384 /* of one answer: the readout of a large meter */

enum exchange_end {
    EXCHANGE_GOOD,
    EXCHANGE_SILENT,
    EXCHANGE_DAMAGED, /* something came: why is in the frame's note */
    EXCHANGE_LOST,    /* the line, or the worker shall stop: *e says */
};

struct exchange {
    struct line *line;
    enum conf_protocol protocol;
    int64_t timeout_ms; /* until the first byte, counted from when the request has left */
    int64_t gap_ms;     /* of quiet that ends an answer */
    int64_t most_ms;    /* for all of it; 0: what the largest frame takes */
    int64_t pause_ms;   /* of quiet before the request */
    /* Decode what came; NULL: by the protocol. */
    bool (*decode)(void *ctx, const uint8_t *bytes, size_t n, struct frame *f);
    /* Is this the answer? NULL: every reply is. */
    bool (*mine)(void *ctx, const struct frame *f);
    void *ctx;
    struct frame *f;               /* the answer, or what was wrong */
    uint8_t bytes[EXCHANGE_BYTES]; /* that came */
    size_t n;
    const uint8_t *answer; /* the frame in them */
    size_t n_answer;
};

/* Send n bytes and wait for the answer. n 0 only listens. */
enum exchange_end exchange_run(struct exchange *x, const uint8_t *request, size_t n,
                               struct err *e);

/* Send what nobody answers. */
enum exchange_end exchange_tell(struct exchange *x, const uint8_t *request, size_t n,
                                struct err *e);

#endif
