#include "whole.h"

#include "owner.h"

#include "meterpost/control/backup.h"
#include "meterpost/control/lock.h"
#include "meterpost/store/dump.h"
#include "meterpost/store/fence.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
print_tables(const struct cli *c, const json_t *manifest, const char *said)
{
    const json_t *tables = json_object_get(manifest, "tables"), *rows;
    const char *name;
    long long all = 0;
    size_t n = 0;

    if (c->form != FORM_TEXT) {
        print_object(c, manifest);
        return;
    }
    json_object_foreach ((json_t *)(uintptr_t)tables, name, rows) {
        all += (long long)json_integer_value(rows);
        n++;
    }
    printf("%zu tables, %lld rows %s\n", n, all, said);
}

enum status
whole_export(struct cli *c, const char *folder)
{
    json_t *manifest;
    struct err e;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!dump_write(c->desk->store, folder, &manifest, &e))
        return say_failure(&e);
    print_tables(c, manifest, "written");
    say_note(c, "settings, tariffs and templates are files already: copy them, too");
    json_decref(manifest);
    return STATUS_DONE;
}

static void
remove_database(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".audit"};
    char file[BACKUP_PATH_MAX + 10];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
}

/* A database of its own beside the old one, whole and checked. */
static bool
fill(const char *folder, const char *path, json_t **manifest, json_t *counts, struct err *e)
{
    int64_t held = 0;
    struct store *s;
    bool good;

    remove_database(path);
    if (!store_open(path, STORE_WRITE, &s, e))
        return false;
    good = dump_read(s, folder, manifest, e) && store_begin(s, e) &&
           fence_raise(s, "imported from another machine", clock_now(), &held, e) &&
           store_commit(s, e) && store_checkpoint(s, e);
    store_close(s);
    good = good && backup_check_file(path, counts, e);
    json_object_set_new(counts, "held", json_integer(held));
    return good;
}

/* Only into the place of a database that nobody has worked with. */
static bool
is_empty(struct cli *c, struct err *e)
{
    json_t *counts = json_object();
    bool good = true;

    if (access(c->desk->conf->database, F_OK) == 0)
        good = backup_check_file(c->desk->conf->database, counts, e) &&
               (json_integer_value(json_object_get(counts, "accounts")) == 0 ||
                err_set(e, FAIL_REJECT,
                        "%s has accounts already: a whole utility goes into an empty one",
                        c->desk->conf->database));
    json_decref(counts);
    return good;
}

/* Its audit was signed by another machine, whose key is not among the text. */
static bool
sign(const struct conf *conf, struct err *e)
{
    struct store *s;
    bool good;

    if (!store_open(conf->database, STORE_WRITE, &s, e))
        return false;
    good = desk_sign_audit(conf, s, true, clock_now(), e) && store_checkpoint(s, e);
    store_close(s);
    return good;
}

static bool
take_in(struct cli *c, const char *folder, json_t **manifest, struct err *e)
{
    const char *database = c->desk->conf->database;
    char fresh[BACKUP_PATH_MAX];
    json_t *counts = json_object();
    bool good;

    snprintf(fresh, sizeof(fresh), "%s.import", database);
    good = is_empty(c, e) && fill(folder, fresh, manifest, counts, e);
    if (good && !c->dry_run) {
        remove_database(database);
        good = (rename(fresh, database) == 0 ||
                err_set(e, FAIL_FATAL, "%s cannot be put in its place", fresh)) &&
               sign(c->desk->conf, e);
        owner_give(c->desk->conf);
    }
    remove_database(fresh);
    if (good)
        json_object_set(*manifest, "verify", counts);
    json_decref(counts);
    return good;
}

enum status
whole_import(struct cli *c, const char *folder)
{
    json_t *manifest = NULL;
    struct err e;
    bool good;
    int fd;

    if (!session_settings(c))
        return STATUS_FAILED;
    if (!lock_take(c->desk->conf->run_dir, &fd, &e))
        return say_failure(&e);
    good = take_in(c, folder, &manifest, &e);
    lock_drop(fd);
    if (good) {
        print_tables(c, manifest, c->dry_run ? "would come in" : "came in, and verified");
        if (!c->dry_run)
            say_note(c, "the fence is up: see meterpost fence show");
    }
    json_decref(manifest);
    return good ? STATUS_DONE : say_failure(&e);
}
