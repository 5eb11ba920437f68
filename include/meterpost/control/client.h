/*
 * client.h - asking the engine: one connection to its control socket.
 *
 * Calls block, but never without an end: an engine that gives no sign of life for
 * CLIENT_SILENT_MS while we wait is FAIL_RETRY.
 */
#ifndef METERPOST_CONTROL_CLIENT_H
#define METERPOST_CONTROL_CLIENT_H

#include "meterpost/base/err.h"

#include <jansson.h>

#include <stdint.h>

#define CLIENT_SILENT_MS 30000

struct control_client; /* opaque */

/* FAIL_RETRY when no engine listens in run_dir: then take the lock (lock.h) and run the
 * verb oneself. FAIL_REJECT when this user may not ask. */
bool control_connect(const char *run_dir, struct control_client **out, struct err *e);
void control_disconnect(struct control_client *c); /* takes NULL */

/* Called for each sign of progress of long work; total 0 while unknown. */
typedef void control_progress(int64_t done, int64_t total, const char *text, void *context);

/* Ask one thing and wait for its answer: a new reference in *answer. `arguments` is
 * borrowed, NULL is an empty object. `progress` may be NULL. A refusal comes as the kind
 * and text that the engine gave. After any other failure the connection is of no use. */
bool control_ask(struct control_client *c, const char *verb, const json_t *arguments,
                 const char *actor, control_progress *progress, void *context,
                 json_t **answer, struct err *e);

#endif
