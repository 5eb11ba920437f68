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

/* Recompute the whole chain, compare its end with what was noted at the last row, and each
 * day with what was noted when it was over. FAIL_REJECT names the first row that was
 * edited, moved or lost. */
bool audit_verify(struct store *s, int64_t *rows, struct err *e);

#define AUDIT_HEAD_MAX 40 /* bytes with NUL: "1042 7f3c9a2b51d0e86" */

/* The end of the chain as people write it down: number of the last row and the first 60
 * bits of its hash. "0 000000000000000" when there is no row. */
bool audit_head(struct store *s, char out[AUDIT_HEAD_MAX], struct err *e);
/* Is this head, which somebody wrote down, still that of its row? FAIL_REJECT when not. */
bool audit_check_head(struct store *s, const char *head, struct err *e);
/* Note that the day which began at `day` ends with the row that is last now. Once a day. */
bool audit_close_day(struct store *s, utc_t day, utc_t now, struct err *e);

#endif
