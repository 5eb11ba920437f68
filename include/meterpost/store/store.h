/*
 * store.h - the database of one utility: opening it safely, transactions, nothing else.
 *
 * One process has the only connection that writes and checkpoints: the engine, or, while
 * no engine runs, `meterpost` under the lock file. Everybody else opens STORE_READ.
 * Nobody outside src/store holds a statement, a lock or a pointer into SQLite: rows are
 * copied into plain structs.
 *
 * What is asserted at open, and why, is from the SQLite manual and from power-cut replays:
 * WAL, synchronous=FULL, foreign keys, recursive triggers, defensive mode.
 */
#ifndef METERPOST_STORE_STORE_H
#define METERPOST_STORE_STORE_H

#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define STORE_VERSION 1    /* number of migrations that this program knows */
#define STORE_BUSY_MS 5000 /* only a migration or an operator's own tool can collide */

struct store; /* opaque: one connection */

enum store_mode {
    STORE_WRITE, /* the one writer; makes and migrates the database where needed */
    STORE_READ,  /* sees commits, can change nothing */
};

/* Open the file at `path`. FAIL_FATAL with one sentence for a database that a newer program
 * made, for a file that is no Meterpost database, or when a safety setting does not hold.
 */
bool store_open(const char *path, enum store_mode mode, struct store **out, struct err *e);

/* What a file that could not be opened is, from its first octets (SQLite file format, 1.3):
 * what to do about it depends on that. */
enum store_file {
    STORE_FILE_NONE,    /* not there, empty, or of an older program */
    STORE_FILE_NEWER,   /* of a newer program */
    STORE_FILE_DAMAGED, /* anything else */
    STORE_FILE_LOCKED,  /* not ours to read */
};
enum store_file store_file_kind(const char *path);

/* Close and free; NULL is fine. An open transaction is rolled back. */
void store_close(struct store *s);

/* One transaction at a time: a second store_begin() is refused as our own mistake. */
bool store_begin(struct store *s, struct err *e);
bool store_commit(struct store *s, struct err *e);
/* Undo; also after a commit that failed. Harmless without a transaction. */
void store_rollback(struct store *s);

/* A place inside the open transaction that one can go back to, so that one bad row does not
 * spoil what was done before it. Marks nest; each ends in store_keep() or store_undo().
 * store_undo() is FAIL_RETRY when the whole transaction is gone (disk full). */
bool store_mark(struct store *s, struct err *e);
bool store_keep(struct store *s, struct err *e);
bool store_undo(struct store *s, struct err *e);

/* Rows changed by the last statement that ran. */
int64_t store_changes(const struct store *s);

/* A full check of the file: FAIL_FATAL with the first fault found. Takes seconds. */
bool store_check_integrity(struct store *s, struct err *e);

/* Empty the write-ahead log into the database file (writer only, when nothing else is on).
 */
bool store_checkpoint(struct store *s, struct err *e);

#endif
