/*
 * stmt.h - statements that are prepared once and kept; for src/store alone.
 *
 * A store function reads the same everywhere: SQL, bind, step, copy, reset.
 * Parameters are written $1, $2 ... and bound by number, as PostgreSQL does. The text of a
 * statement must be a static array: its address is its name in the cache.
 */
#ifndef METERPOST_STORE_STMT_H
#define METERPOST_STORE_STMT_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

#include <stddef.h>

struct stmt; /* opaque: one kept statement */

/*
 * The statement, reset and without bindings; NULL with *e set when it does not compile.
 * Binding to NULL does nothing and stepping it fails with the *e that is there, so that a
 * function may bind and step without asking; a bind that fails is told by the step, too.
 */
struct stmt *stmt_get(struct store *s, const char *sql, struct err *e);

/* One that is not kept, of a text made for this once: NULL with *e set; stmt_finish() takes
 * NULL. */
struct stmt *stmt_prepare(struct store *s, const char *sql, struct err *e);
void stmt_finish(struct stmt *q);

/* Does the statement have a parameter $n? Those that are bound must be there. */
bool stmt_has(const struct stmt *q, int n);

void stmt_int(struct stmt *q, int n, int64_t value);
void stmt_text(struct stmt *q, int n, const char *value);
/* NULL when the text is empty. */
void stmt_text_or_null(struct stmt *q, int n, const char *value);
/* NULL when the value is zero: rows and times that may be missing. */
void stmt_int_or_null(struct stmt *q, int n, int64_t value);
void stmt_blob(struct stmt *q, int n, const void *bytes, size_t size);

/* One step. *row is true while there is one; after the last the statement is reset. */
bool stmt_step(struct stmt *q, bool *row, struct err *e);
/* Step to the end and reset: for statements without rows. */
bool stmt_run(struct stmt *q, struct err *e);
/* Reset early, when rows may be left: hold no read lock. */
void stmt_done(struct stmt *q);

/* Columns of the row, counted from 0. NULL reads as 0 and as "". */
int64_t stmt_col_int(struct stmt *q, int i);
bool stmt_col_null(struct stmt *q, int i);
/* Copied; cut between characters when the array is smaller than what is stored. */
void stmt_col_text(struct stmt *q, int i, char *out, size_t size);
size_t stmt_col_blob(struct stmt *q, int i, void *out, size_t size);
/* Valid until the next step. */
const char *stmt_col_peek(struct stmt *q, int i);

/* Shorthands: one row with one integer; *found is false when there is no row. */
bool stmt_one_int(struct stmt *q, int64_t *value, bool *found, struct err *e);

/* Run a statement without rows whose parameters are up to three whole numbers; 0 is NULL,
 * and those that it does not have are left out. */
bool stmt_run_with(struct store *s, const char *sql, int64_t a, int64_t b, int64_t c,
                   struct err *e);

/* Run an INSERT: *id is that of the new row. Where its ON CONFLICT did nothing, *added is
 * false and *id 0; NULL when it has none. (RETURNING would say the same, but SQLite opens
 * a temporary table for it, at ten times the price.) */
bool stmt_insert(struct stmt *q, int64_t *id, bool *added, struct err *e);

/* Run a text of several statements (migrations). */
bool store_exec(struct store *s, const char *sql, struct err *e);

/* schema.c: bring the database to STORE_VERSION, one transaction a step. */
bool schema_migrate(struct store *s, struct err *e);
bool schema_version(struct store *s, int *version, struct err *e);

#endif
