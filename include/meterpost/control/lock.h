/*
 * lock.h - one writer: whoever holds run_dir/lock may open the database for writing. The
 * engine holds it as long as it runs; `meterpost` for one command when no engine does.
 * The lock is the kernel's (flock), so it cannot outlive its holder.
 */
#ifndef METERPOST_CONTROL_LOCK_H
#define METERPOST_CONTROL_LOCK_H

#include "meterpost/base/err.h"

/* Take the lock; run_dir is made when it is missing (its parent must be there). *fd holds
 * it until lock_drop(). FAIL_RETRY names the process that has it. */
bool lock_take(const char *run_dir, int *fd, struct err *e);

/* Takes -1. */
void lock_drop(int fd);

#endif
