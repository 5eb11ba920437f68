/*
 * upgrade.c - a newer program and an older database: a copy is migrated, the old file
 * stays.
 */
#include "meterpost/store/backup.h"

#include "meterpost/base/log.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/ledger.h"
#include "store_private.h"
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 600

/* The version of a file; 0 also for one that is empty or not there. */
static bool
version_of(const char *path, int *version, struct err *e)
{
    sqlite3_stmt *q = NULL;
    sqlite3 *db = NULL;
    bool good;

    *version = 0;
    if (access(path, F_OK) != 0)
        return true;
    good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL) == SQLITE_OK &&
           sqlite3_step(q) == SQLITE_ROW;
    if (good)
        *version = sqlite3_column_int(q, 0);
    else
        err_set(e, FAIL_FATAL, "%s: %s", path, sqlite3_errmsg(db));
    sqlite3_finalize(q);
    sqlite3_close(db); /* the last one: what was in the log is in the file now */
    return good;
}

/* The folder's own list of names, on the disk. */
static void
sync_folder(const char *path)
{
    char copy[PATH_SIZE];
    int fd;

    snprintf(copy, sizeof(copy), "%s", path);
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd != -1) {
        fsync(fd);
        close(fd);
    }
}

static bool
copy_whole(const char *path, const char *to, struct err *e)
{
    struct store from = {0};
    struct backup *b = NULL;
    int64_t done, total;
    bool over = false, good;

    good = sqlite3_open_v2(path, &from.db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ||
           store_failed(&from, SQLITE_CANTOPEN, path, e);
    good = good && backup_open(&from, to, &b, e);
    while (good && !over)
        good = backup_step(b, 1000, &over, &done, &total, e);
    backup_close(b);
    sqlite3_close(from.db);
    return good;
}

/* Everything that `verify` looks at, on the migrated copy. */
static bool
check_copy(const char *path, bool (*migrate)(struct store *s, struct err *e), struct err *e)
{
    struct store s = {0};
    int64_t n;
    bool good = sqlite3_open_v2(path, &s.db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ||
                store_failed(&s, SQLITE_CANTOPEN, path, e);

    good = good && migrate(&s, e) && store_check_integrity(&s, e) &&
           ledger_verify(&s, &n, e) && audit_verify(&s, &n, e);
    for (int i = 0; i < KEPT_MAX; i++)
        sqlite3_finalize(s.kept[i].q);
    sqlite3_close(s.db);
    return good;
}

/* link() and rename(): at no moment is there no database of that name. */
static bool
swap(const char *path, const char *fresh, const char *kept, struct err *e)
{
    unlink(kept);
    if (link(path, kept) == -1 || rename(fresh, path) == -1)
        return err_set(e, FAIL_FATAL, "%s: %s", kept, strerror(errno));
    sync_folder(path);
    return true;
}

bool
upgrade_with(const char *path, int target, bool (*migrate)(struct store *s, struct err *e),
             int *from, struct err *e)
{
    char copy[PATH_SIZE], kept[PATH_SIZE];
    int version;

    *from = 0;
    if (!version_of(path, &version, e))
        return false;
    if (version == 0 || version >= target)
        return true;
    snprintf(copy, sizeof(copy), "%s.upgrade", path);
    snprintf(kept, sizeof(kept), "%s.v%d", path, version);
    log_info("store", "upgrade from database version %d to %d: on a copy first", version,
             target);
    if (!copy_whole(path, copy, e) || !check_copy(copy, migrate, e) ||
        !swap(path, copy, kept, e)) {
        unlink(copy);
        return err_in(e, "upgrade of %s (it is as it was)", path);
    }
    log_info("store", "upgraded; the old one is %s, `meterpost backup rollback` goes back",
             kept);
    *from = version;
    return true;
}

bool
store_upgrade(const char *path, int *from, struct err *e)
{
    return upgrade_with(path, STORE_VERSION, schema_migrate, from, e);
}

bool
store_rollback_upgrade(const char *path, int *version, struct err *e)
{
    char kept[PATH_SIZE], undone[PATH_SIZE];
    int now;

    /* Also closes the log of the newer one into its file. */
    if (!version_of(path, &now, e))
        return false;
    for (*version = STORE_VERSION; *version > 0; --*version) {
        snprintf(kept, sizeof(kept), "%s.v%d", path, *version);
        if (*version != now && access(kept, F_OK) == 0)
            break;
    }
    if (*version == 0)
        return err_set(e, FAIL_REJECT,
                       "there is no %s.v1 to v%d: nothing was upgraded, or the kept file "
                       "was removed",
                       path, STORE_VERSION);
    snprintf(undone, sizeof(undone), "%s.undone", path);
    return swap(path, kept, undone, e);
}
