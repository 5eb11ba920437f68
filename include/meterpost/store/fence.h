/*
 * fence.h - a database that was restored, or copied to another machine, does not know what
 * was sent and switched since: until a person has looked, nothing that cuts or restores
 * goes out, and what was queued is held. Codes of staff from before are void for good:
 * which of them were used since is not known; sheets are printed anew.
 *
 * Each start of an engine makes the database one start older. What this machine has seen of
 * it (its identity, its starts, the newest audit row) stands in a small file beside it:
 * "<database>.seen". A database that is behind that file, or that was started before and
 * has no such file, is not the one that this machine worked with.
 */
#ifndef METERPOST_STORE_FENCE_H
#define METERPOST_STORE_FENCE_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define FENCE_REASON_MAX 200

struct fence {
    bool up;
    char reason[FENCE_REASON_MAX]; /* why it is up */
    utc_t since;
};

bool fence_get(struct store *s, struct fence *out, struct err *e);

/* Put it up, and hold what is queued or was on its way: *held messages. A fence that is up
 * stays as it is. In the open transaction. */
bool fence_raise(struct store *s, const char *reason, utc_t now, int64_t *held,
                 struct err *e);

/* Take it down. With `send` the held messages that ask, cut and restore nothing are queued
 * again: *sent. FAIL_REJECT when it is not up. In the open transaction. */
bool fence_release(struct store *s, bool send, utc_t now, int64_t *sent, struct err *e);

/* At the start of an engine, with no transaction open: count the start, compare with what
 * this machine has seen, raise the fence where it does not fit, and note what is seen now.
 * *out is how the fence stands. */
bool fence_start(struct store *s, const char *database, utc_t now, struct fence *out,
                 struct err *e);

/* Note what is committed by now. Not inside a transaction. */
bool fence_note(struct store *s, const char *database, struct err *e);

#endif
