/*
 * attempts.h - rows of tries: each time that a question was put, by which way, what that
 * cost, and the bytes that went and came. Kept for good.
 */
#ifndef METERPOST_STORE_ATTEMPTS_H
#define METERPOST_STORE_ATTEMPTS_H

#include "meterpost/base/amount.h"
#include "meterpost/store/outbox.h"
#include "meterpost/store/requests.h"

#include <stddef.h>

struct attempt {
    int64_t id, request_id;
    int number; /* of the request's, from 1 */
    enum request_channel channel;
    char device[MODEM_NAME_MAX]; /* modem or bus; "" when not known (yet) */
    utc_t asked_at, ended_at;
    char result[REQUEST_WHY_MAX]; /* "answered", else why not */
    int64_t outbox_id, inbox_id;  /* 0: none */
    int segments;
    struct money cost;
};

/* Note that a question is put now; `sent` are the n bytes that go. */
bool attempt_add(struct store *s, const struct attempt *a, const void *sent, size_t n,
                 struct err *e);
/* The attempt of a request that has not ended. */
bool attempt_open(struct store *s, int64_t request_id, struct attempt *out, bool *found,
                  struct err *e);
/* The modem or bus of the last one that ended; "" when there is none. */
bool attempt_last_device(struct store *s, int64_t request_id, char out[MODEM_NAME_MAX],
                         struct err *e);
/* Write end, result, device, inbox_id, segments and cost, and the n bytes that came: with
 * NULL those of the text of inbox_id. */
bool attempt_end(struct store *s, const struct attempt *a, const void *received, size_t n,
                 struct err *e);

#endif
