/*
 * audit.h - who did what: insert-only, each row sealed with the hash of the one before it.
 * hash = SHA-256(previous hash, id, at, actor, channel, action, subject, detail), each
 * field with its length in front, so that no two rows can be cut differently.
 *
 * A hash anybody can compute, so the end of the chain is signed (Ed25519) with a key that
 * lives beside the database, sealed: whoever can write the database alone cannot write the
 * audit anew. The key changes every hour in which something was written: the old one seals
 * the rows up to then and names the public half of the next, and is wiped. Whoever breaks
 * in later, and takes all that is there, cannot rewrite the hours before; verifying needs
 * no secret but the first public key. What the last hour has is told by the head that is
 * texted each evening. Source: facts/reliability.md E4, with signatures in the place of
 * its MAC, so that the start key need not be kept to verify.
 *
 * The key file "<database>.audit" goes with no backup. Without it a new key begins at the
 * row that is next then; those before rest on their hashes and on the texted heads alone.
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

/* The detail of the newest row of an action; "" when there is none. */
#define AUDIT_DETAIL_MAX 200
bool audit_newest(struct store *s, const char *action, char detail[AUDIT_DETAIL_MAX],
                  struct err *e);

#define AUDIT_SEAL_KEY 32

/* Sign from now on, with the key in the file `path`, which is made where there is none; it
 * is sealed with `seal`. No transaction is open. `restored`: the database is another or an
 * older one by our own doing, a new key begins. *anew, where the key does not go on from
 * the row before: why, in a sentence (static); else NULL. FAIL_REJECT when the file cannot
 * be read. */
bool audit_sign_with(struct store *s, const char *path, const uint8_t seal[AUDIT_SEAL_KEY],
                     bool restored, const char **anew, struct err *e);
/* The same for who only verifies; FAIL_REJECT as well when there is no file. */
bool audit_look_with(struct store *s, const char *path, const uint8_t seal[AUDIT_SEAL_KEY],
                     struct err *e);
/* The first row that the key speaks for; 0 without a key. */
int64_t audit_signed_from(const struct store *s);
/* Did whoever wrote the last row have a key? */
bool audit_is_signed(struct store *s);

/* Recompute the whole chain, compare its end with what was noted at the last row, and each
 * day with what was noted when it was over; with a key all its seals and the signature of
 * the end. FAIL_REJECT names the first row that was edited, moved or lost. */
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
