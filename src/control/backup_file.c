/* backup_file.c - one copy: tried out, sealed, kept, and brought back. */
#include "backup_folder.h"

#include "meterpost/base/text.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/fence.h"
#include "meterpost/store/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
put_totals(const struct store_totals *t, json_t *answer)
{
    const struct {
        const char *key;
        int64_t value;
    } counts[] = {
        {"accounts", t->accounts},         {"meters", t->meters},
        {"readings", t->readings},         {"bills", t->bills},
        {"payments", t->payments},         {"messages", t->messages},
        {"audit_rows", t->audit_rows},     {"ledger_entries", t->entries},
        {"billed_minor", t->billed_minor}, {"paid_minor", t->paid_minor},
        {"owed_minor", t->owed_minor},
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        json_object_set_new(answer, counts[i].key, json_integer(counts[i].value));
}

bool
backup_check_file(const char *path, json_t *answer, struct err *e)
{
    struct store_totals totals;
    struct store *s;
    int64_t n;
    bool good;

    if (!store_open(path, STORE_READ, &s, e))
        return false;
    good = store_check_integrity(s, e) && ledger_verify(s, &n, e) &&
           audit_verify(s, &n, e) && store_totals(s, &totals, e);
    store_close(s);
    if (good)
        put_totals(&totals, answer);
    return good;
}

/* The bytes must be those that were made, where a note says which. */
static bool
same_bytes(const char *file, struct err *e)
{
    char hex[BACKUP_DIGEST_MAX];
    json_t *note = backup_note_read(file);
    const char *want = json_string_value(json_object_get(note, "sha256"));
    int64_t bytes;
    bool good = want == NULL || backup_digest(file, hex, &bytes, e);

    if (good && want != NULL && strcmp(want, hex) != 0)
        good = err_set(e, FAIL_REJECT, "%s was changed since it was made: it is no backup",
                       file);
    json_decref(note);
    return good;
}

/* Nobody else may read what comes out, whoever may read the copy. */
static bool
unpack(const char *file, const char *secret_key, const char *to, struct err *e)
{
    mode_t before = umask(0077);
    bool good =
        seal_is(file) ? seal_open(file, to, secret_key, e) : backup_copy_file(file, to, e);

    umask(before);
    return good;
}

bool
backup_unpack(const char *file, const char *secret_key, const char *to, struct err *e)
{
    if (access(file, R_OK) == -1)
        return err_set(e, FAIL_REJECT, "%s: %s", file, strerror(errno));
    if (!same_bytes(file, e))
        return false;
    if (secret_key == NULL && seal_is(file))
        return err_set(e, FAIL_REJECT,
                       "%s is sealed: give the file with the secret key, --key FILE", file);
    return unpack(file, secret_key, to, e);
}

static void
remove_scratch(const char *scratch)
{
    char beside[BACKUP_PATH_MAX + 8];

    unlink(scratch);
    snprintf(beside, sizeof(beside), "%s-journal", scratch);
    unlink(beside);
}

static bool
try_out(const char *file, const char *secret_key, json_t *answer, struct err *e)
{
    char scratch[BACKUP_PATH_MAX];
    bool good;

    snprintf(scratch, sizeof(scratch), "%s.scratch", file);
    good = backup_unpack(file, secret_key, scratch, e) &&
           backup_check_file(scratch, answer, e);
    remove_scratch(scratch);
    return good;
}

bool
backup_verify(const char *file, const char *secret_key, utc_t now, json_t *answer,
              struct err *e)
{
    char at[TIME_TEXT_MAX];
    json_t *note;

    if (!try_out(file, secret_key, answer, e))
        return false;
    json_object_set_new(answer, "file", json_string(file));
    json_object_set_new(answer, "verified_at", json_string(clock_iso(now, at)));
    if ((note = backup_note_read(file)) == NULL)
        note = json_object();
    json_object_update(note, answer);
    if (!backup_note_write(file, note, e)) /* a folder that is only read is no fault */
        json_object_set_new(answer, "noted", json_false());
    json_decref(note);
    return true;
}

/* ---- a new copy ---- */

/* The same copy on another disk, which may not be there: then that is said. */
static void
keep_also(const struct conf_backup *conf, const char *file, const char *name,
          const json_t *note, json_t *result)
{
    char path[BACKUP_PATH_MAX], part[BACKUP_PATH_MAX + 8];
    int removed;
    struct err e;

    if (conf->also[0] == '\0')
        return;
    snprintf(path, sizeof(path), "%s/%s", conf->also, name);
    snprintf(part, sizeof(part), "%s.part", path);
    if (access(conf->also, W_OK) == -1)
        err_set(&e, FAIL_RETRY, "%s: %s", conf->also, strerror(errno));
    else if (backup_copy_file(file, part, &e) &&
             (rename(part, path) == 0 ||
              err_set(&e, FAIL_RETRY, "%s: %s", path, strerror(errno))) &&
             backup_note_write(path, note, &e) &&
             backup_prune(conf->also, conf, &removed, &e)) {
        json_object_set_new(result, "also", json_string(path));
        return;
    }
    json_object_set_new(result, "also_failed", json_string(e.text));
}

static bool
keep_named(const struct conf *conf, const char *from, utc_t made_at, bool sealed,
           json_t *result, struct err *e)
{
    char folder[BACKUP_PATH_MAX], path[2 * BACKUP_PATH_MAX], name[BACKUP_NAME_MAX];
    char hex[BACKUP_DIGEST_MAX], at[TIME_TEXT_MAX];
    int64_t bytes;
    int removed = 0;

    backup_name(made_at, sealed, name);
    snprintf(path, sizeof(path), "%s/%s", backup_folder(conf, folder), name);
    if (!backup_digest(from, hex, &bytes, e))
        return false;
    json_object_set_new(result, "file", json_string(path));
    json_object_set_new(result, "made_at", json_string(clock_iso(made_at, at)));
    json_object_set_new(result, "bytes", json_integer(bytes));
    json_object_set_new(result, "sha256", json_string(hex));
    json_object_set_new(result, "sealed", json_boolean(sealed));
    json_object_set_new(result, "verified_at", json_string(at));
    if (rename(from, path) == -1)
        return err_set(e, FAIL_RETRY, "%s: %s", path, strerror(errno));
    if (!backup_note_write(path, result, e) ||
        !backup_prune(folder, &conf->backup, &removed, e))
        return false;
    keep_also(&conf->backup, path, name, result, result);
    json_object_set_new(result, "removed", json_integer(removed));
    return true;
}

bool
backup_keep(const struct conf *conf, const char *part, utc_t made_at, json_t *result,
            struct err *e)
{
    bool sealed = conf->backup.public_key[0] != '\0';
    char sealed_part[BACKUP_PATH_MAX + 8];
    bool good;

    if (!try_out(part, NULL, result, e))
        return err_in(e, "the copy is not good");
    if (!sealed)
        return keep_named(conf, part, made_at, false, result, e);
    snprintf(sealed_part, sizeof(sealed_part), "%s.sealed", part);
    good = seal_file(part, sealed_part, conf->backup.public_key, e) &&
           keep_named(conf, sealed_part, made_at, true, result, e);
    unlink(part);
    unlink(sealed_part);
    return good;
}

/* ---- and back ---- */

static bool
put_fence(const struct conf *conf, const char *path, const char *file, utc_t now,
          int64_t *held, struct err *e)
{
    char reason[FENCE_REASON_MAX];
    const char *slash = strrchr(file, '/');
    struct store *s;
    bool good;

    snprintf(reason, sizeof(reason), "restored from %.100s",
             slash == NULL ? file : slash + 1);
    if (!store_open(path, STORE_WRITE, &s, e))
        return false;
    good = desk_sign_audit(conf, s, true, now, e) && store_begin(s, e) &&
           fence_raise(s, reason, now, held, e) &&
           audit_add(s, now, "root", "cli", "backup.restore", reason, "", e) &&
           store_commit(s, e) && store_checkpoint(s, e);
    store_close(s);
    return good;
}

/* The database first: a log never lies beside one that is not its own. A second restore
 * puts nothing in the place of what the first one moved away. */
static void
move_aside(const char *database, char kept[BACKUP_PATH_MAX + 24])
{
    static const char *const beside[] = {"", "-wal", "-shm"};
    char from[BACKUP_PATH_MAX], to[BACKUP_PATH_MAX + 32];
    int n = 1;

    snprintf(kept, BACKUP_PATH_MAX + 24, "%s.before-restore", database);
    while (access(kept, F_OK) == 0)
        snprintf(kept, BACKUP_PATH_MAX + 24, "%s.before-restore-%d", database, ++n);
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        snprintf(from, sizeof(from), "%s%s", database, beside[i]);
        snprintf(to, sizeof(to), "%s%s", kept, beside[i]);
        rename(from, to);
    }
}

bool
backup_restore(const char *file, const char *secret_key, const struct conf *conf, utc_t now,
               json_t *answer, struct err *e)
{
    const char *database = conf->database;
    char fresh[BACKUP_PATH_MAX], kept[BACKUP_PATH_MAX + 24];
    bool was = access(database, F_OK) == 0;
    int64_t held = 0;

    snprintf(fresh, sizeof(fresh), "%s.restore", database);
    if (!backup_unpack(file, secret_key, fresh, e) ||
        !backup_check_file(fresh, answer, e) ||
        !put_fence(conf, fresh, file, now, &held, e)) {
        remove_scratch(fresh);
        return err_in(e, "nothing was restored");
    }
    move_aside(database, kept);
    if (rename(fresh, database) == -1)
        return err_set(e, FAIL_FATAL, "%s: %s; the copy is whole in %s", database,
                       strerror(errno), fresh);
    json_object_set_new(answer, "file", json_string(file));
    json_object_set_new(answer, "database", json_string(database));
    json_object_set_new(answer, "kept", was ? json_string(kept) : json_null());
    json_object_set_new(answer, "held", json_integer(held));
    return true;
}
