/*
 * backup.h - a copy of the database while it is in use, sealed copies, and the upgrade that
 * works on a copy first.
 *
 * The copy is made from the writer's own connection, a few pages at a time: from another
 * one it begins anew at each commit and never ends under load. SQLite refuses to copy
 * inside a transaction, so a step belongs between two turns.
 */
#ifndef METERPOST_STORE_BACKUP_H
#define METERPOST_STORE_BACKUP_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#define SEAL_KEY_TEXT      65 /* bytes of a key as hexadecimal digits, NUL included */

#define BACKUP_IN_ONE_STEP (-1) /* for a connection that only reads */

struct backup; /* opaque: a copy in the making */

/* Begin a copy into a new file; one that is there is removed. Ends with backup_close(). */
bool backup_open(struct store *s, const char *path, struct backup **out, struct err *e);

/* Copy pages for about budget_ms, or all of them BACKUP_IN_ONE_STEP. *over: the copy is
 * whole, one file, and on the disk. *done and *total are pages. Not inside a transaction.
 */
bool backup_step(struct backup *b, int budget_ms, bool *over, int64_t *done, int64_t *total,
                 struct err *e);

/* Takes NULL. A copy that is not over is no database: remove the file. */
void backup_close(struct backup *b);

/* ---- sealed copies: anybody with the public key makes one, only the secret key opens it:
 * a key for the stream in a sealed box (X25519), and XChaCha20-Poly1305 over the file in
 * pieces of 64 KiB with its end marked. */

/* A new pair, as hexadecimal digits of SEAL_KEY_TEXT bytes each. */
bool seal_keys_make(char *public_key, char *secret_key, struct err *e);

bool seal_file(const char *from, const char *to, const char *public_key, struct err *e);
/* FAIL_REJECT when the key does not fit or a byte was changed or is missing; `to` is
 * removed then. */
bool seal_open(const char *from, const char *to, const char *secret_key, struct err *e);
/* Does the file begin as a sealed one does? */
bool seal_is(const char *path);

/* ---- what is in a database, to compare two of them ---- */

struct store_totals {
    int64_t accounts, meters, readings, bills, payments, messages, audit_rows, entries;
    int64_t billed_minor, paid_minor, owed_minor;
};

bool store_totals(struct store *s, struct store_totals *out, struct err *e);

/* ---- upgrade ---- */

/* Bring the database at `path` to this program's version: a copy is migrated and checked,
 * the old file is kept as "<path>.v<version>", then the copy takes its place in one
 * rename. Nobody else may have it open. *from: its version before; 0 when there was
 * nothing to do (no file, an empty one, or of this version). */
bool store_upgrade(const char *path, int *from, struct err *e);

/* Put the file that store_upgrade() kept back in its place; the newer one is kept as
 * "<path>.undone". FAIL_REJECT when there is none of a version that this program knows. */
bool store_rollback_upgrade(const char *path, int *version, struct err *e);

#endif
