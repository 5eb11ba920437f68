/* upgrade.h - the upgrade with any migration; for src/store and its tests alone. */
#ifndef METERPOST_SRC_STORE_UPGRADE_H
#define METERPOST_SRC_STORE_UPGRADE_H

#include "meterpost/store/store.h"

/* As store_upgrade() (store/backup.h) to version `target`, by `migrate`. */
bool upgrade_with(const char *path, int target,
                  bool (*migrate)(struct store *s, struct err *e), int *from,
                  struct err *e);

#endif
