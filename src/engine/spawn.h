/* spawn.h - a worker process and our end of its socket. For src/engine. */
#ifndef METERPOST_ENGINE_SPAWN_H
#define METERPOST_ENGINE_SPAWN_H

#include "meterpost/base/err.h"

#include <sys/types.h>

#define SPAWN_FD 3 /* the worker's end, in the worker */

/* Run `program` with `name` as its argument: only its socket is open there, no signal
 * blocked, and it dies with us. FAIL_RETRY when the machine refuses. */
bool spawn_worker(const char *program, const char *name, pid_t *pid, int *fd,
                  struct err *e);

#endif
