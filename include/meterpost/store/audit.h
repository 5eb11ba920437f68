/*
 * audit.h - who did what: insert-only, each row sealed with the hash of the one before it.
 * hash = SHA-256(previous hash, id, at, actor, channel, action, subject, detail), each
 * field with its length in front, so that no two rows can be cut differently.
 */
#ifndef METERPOST_STORE_AUDIT_H
#define METERPOST_STORE_AUDIT_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define ACTOR_MAX 64 /* bytes with NUL: "root", "staff:jonas", "engine" */

/* Add a row in the current transaction. `channel` is "cli", "sms" or "engine"; `action` a
 * verb
 * ("import"), `subject` what it was done to ("meter 1042"), `detail` one line, without
 * codes and PINs. */
bool audit_add(struct store *s, utc_t at, const char *actor, const char *channel,
               const char *action, const char *subject, const char *detail, struct err *e);

/* Recompute the whole chain. FAIL_REJECT names the first row that was edited, moved or
 * lost. */
bool audit_verify(struct store *s, int64_t *rows, struct err *e);

#endif
