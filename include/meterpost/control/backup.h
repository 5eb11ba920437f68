/*
 * backup.h - copies of the database: made while it is in use, tried out by restoring, kept
 * by generation, brought back on this or another machine.
 *
 * A copy is a file "meterpost-<UTC>.db" (or ".db.sealed") with a small JSON file beside it,
 * "<copy>.json": when it was made, its SHA-256, what it holds, and when it was last tried.
 * It is a job of kind "backup" that no transaction may be open for; whoever runs jobs calls
 * backup_work() between two turns. Everything slow happens in a child process.
 */
#ifndef METERPOST_CONTROL_BACKUP_H
#define METERPOST_CONTROL_BACKUP_H

#include "meterpost/store/job.h"
#include "meterpost/talk/desk.h"

#include <jansson.h>

#define BACKUP_JOB      "backup"
#define BACKUP_PATH_MAX 600

struct backup_work; /* opaque: a copy in the making */

/* Where copies go: as the settings say, or beside the database. `out` has BACKUP_PATH_MAX
 * bytes. */
const char *backup_folder(const struct conf *conf, char *out);

/* Add the job when none runs; *id is it or the one that runs. In the open transaction. */
bool backup_ask(struct desk *d, const char *actor, int64_t *id, struct err *e);

/* Start the daily copy when its time has come. In the open transaction. *done counts. */
bool backup_plan(struct desk *d, int *done, struct err *e);

/* Go on with a backup job for about budget_ms: *w is NULL at first, and again when there is
 * nothing to do. *waits: nothing can be done until the child process ends. Not inside a
 * transaction: it begins its own. */
bool backup_work(struct desk *d, struct backup_work **w, int budget_ms, bool *waits,
                 struct err *e);
/* Give up what is being made: the job stays. Takes NULL. */
void backup_work_end(struct backup_work *w);

/* The copies of a folder, newest first, as a new array of what stands beside them:
 * {"file", "made_at", "bytes", "sha256", "sealed", "verified_at", ...}. */
json_t *backup_list(const char *folder, struct err *e);

/* Unseal where it is sealed, and put the plain database into a new file `to`. secret_key
 * may be NULL for one that is not sealed. The bytes must be those that were made. */
bool backup_unpack(const char *file, const char *secret_key, const char *to, struct err *e);

/* Everything that `verify` checks, on a database file that nobody has open. *answer gets
 * the counts. */
bool backup_check_file(const char *path, json_t *answer, struct err *e);

/* Restore to a scratch file, check that, and note it beside the copy. */
bool backup_verify(const char *file, const char *secret_key, utc_t now, json_t *answer,
                   struct err *e);

/* Put a copy in the place of the database; the one that was there is kept as
 * "<database>.before-restore", "...-2" and so on. The caller holds the lock. The fence is
 * up afterwards. */
bool backup_restore(const char *file, const char *secret_key, const struct conf *conf,
                    utc_t now, json_t *answer, struct err *e);

/* In the child: try, seal, name, keep and prune; *result tells. */
bool backup_keep(const struct conf *conf, const char *part, utc_t made_at, json_t *result,
                 struct err *e);

#endif
