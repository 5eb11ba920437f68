/* backup.c - copies of the database: made, listed, tried, brought back. */
#include "cli.h"
#include "file.h"
#include "lists.h"
#include "owner.h"

#include "meterpost/control/backup.h"
#include "meterpost/control/lock.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/fence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct column copies[] = {
    {"made_at", "made", CELL_TIME, false},
    {"bytes", "bytes", CELL_NUMBER, false},
    {"verified_at", "tried", CELL_TIME, false},
    {"accounts", "accounts", CELL_NUMBER, false},
    {"bills", "bills", CELL_NUMBER, false},
    {"audit_rows", "audit", CELL_NUMBER, false},
    {"copy", "copy", CELL_TEXT, true},
};
#define COPIES (sizeof(copies) / sizeof(copies[0]))

static long long
number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void
print_counts(const json_t *o)
{
    printf("  %lld accounts, %lld meters, %lld readings, %lld bills, %lld payments\n",
           number_of(o, "accounts"), number_of(o, "meters"), number_of(o, "readings"),
           number_of(o, "bills"), number_of(o, "payments"));
}

enum status
run_backup_now(struct cli *c)
{
    enum status status;
    json_t *answer;

    status = session_run(c, "backup.now", json_object(), &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT) {
        print_object(c, answer);
    } else if (c->dry_run) {
        printf("a copy would be made in %s\n", text_of(answer, "folder"));
    } else {
        printf("%s: %lld bytes%s, restored to a scratch file and verified\n",
               text_of(answer, "file"), number_of(answer, "bytes"),
               json_is_true(json_object_get(answer, "sealed")) ? ", sealed" : "");
        print_counts(answer);
    }
    if (json_object_get(answer, "also_failed") != NULL) {
        say_error("not in the second folder: %s", text_of(answer, "also_failed"));
        status = STATUS_PART;
    }
    json_decref(answer);
    return status;
}

enum status
run_backup_list(struct cli *c)
{
    const char *folder = cli_arg(c, 0);
    char own[BACKUP_PATH_MAX];
    struct err e;
    json_t *rows;
    size_t n;

    if (folder == NULL) {
        if (!session_settings(c))
            return STATUS_FAILED;
        folder = backup_folder(c->desk->conf, own);
    }
    if ((rows = backup_list(folder, &e)) == NULL)
        return say_failure(&e);
    if (c->form == FORM_TEXT)
        say_note(c, "copies in %s", folder);
    print_array(c, copies, COPIES, rows);
    n = json_array_size(rows);
    if (n == 0)
        say_note(c, "no copies in %s: meterpost backup now", folder);
    json_decref(rows);
    return n == 0 ? STATUS_FAILED : STATUS_DONE;
}

/* The secret key out of the file that `backup key` wrote. */
static bool
read_secret(struct cli *c, char **text, struct err *e)
{
    const char *path = cli_option(c, "--key");
    size_t n;

    *text = NULL;
    if (path == NULL)
        return true;
    if ((*text = file_read(path, &n, e)) == NULL)
        return false;
    (*text)[strcspn(*text, "\r\n ")] = '\0';
    return true;
}

/* Takes NULL. */
static void
forget_secret(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

/* The copy that is meant: a path, or the newest of the folder. */
static bool
which_copy(struct cli *c, char out[BACKUP_PATH_MAX], struct err *e)
{
    const char *given = cli_arg(c, 0);
    char folder[BACKUP_PATH_MAX];
    json_t *rows;

    if (given != NULL && strcmp(given, "latest") != 0) {
        snprintf(out, BACKUP_PATH_MAX, "%s", given);
        return access(out, R_OK) == 0 ||
               err_set(e, FAIL_REJECT, "%s: %s (`meterpost backup list` names the copies)",
                       out, strerror(errno));
    }
    if ((rows = backup_list(backup_folder(c->desk->conf, folder), e)) == NULL)
        return false;
    snprintf(out, BACKUP_PATH_MAX, "%s", text_of(json_array_get(rows, 0), "file"));
    json_decref(rows);
    return *out != '\0' || err_set(e, FAIL_REJECT, "there are no copies in %s", folder);
}

enum status
run_backup_verify(struct cli *c)
{
    char file[BACKUP_PATH_MAX], *secret = NULL;
    json_t *answer = json_object();
    struct err e;
    bool good;

    good = session_settings(c) ? which_copy(c, file, &e) && read_secret(c, &secret, &e)
                               : err_set(&e, FAIL_REJECT, "nothing was tried");
    good = good && backup_verify(file, secret, clock_now(), answer, &e);
    forget_secret(secret);
    if (good && c->form != FORM_TEXT)
        print_object(c, answer);
    if (good && c->form == FORM_TEXT) {
        printf("%s: good\n", file);
        print_counts(answer);
    }
    json_decref(answer);
    return good ? STATUS_DONE : say_failure(&e);
}

/* With the lock held, so that no engine has the database open. */
static bool
under_lock(struct cli *c, bool (*run)(struct cli *c, json_t *answer, struct err *e),
           json_t *answer, struct err *e)
{
    bool good;
    int fd;

    if (!lock_take(c->desk->conf->run_dir, &fd, e))
        return e->kind == FAIL_RETRY
                   ? err_set(e, FAIL_REJECT,
                             "the engine has the database: systemctl stop meterpost first")
                   : false;
    good = run(c, answer, e);
    owner_give(c->desk->conf);
    lock_drop(fd);
    return good;
}

static bool
restore_locked(struct cli *c, json_t *answer, struct err *e)
{
    char file[BACKUP_PATH_MAX], *secret;
    bool good;

    if (!which_copy(c, file, e) || !read_secret(c, &secret, e))
        return false;
    good = backup_restore(file, secret, c->desk->conf, clock_now(), answer, e);
    forget_secret(secret);
    return good;
}

enum status
run_backup_restore(struct cli *c)
{
    char file[BACKUP_PATH_MAX], question[BACKUP_PATH_MAX + 200];
    json_t *answer;
    struct err e;
    bool good;

    if (!session_settings(c))
        return STATUS_FAILED;
    if (!which_copy(c, file, &e))
        return say_failure(&e);
    snprintf(question, sizeof(question),
             "Put %s in the place of %s? The one that is there is kept beside it.", file,
             c->desk->conf->database);
    if (c->dry_run)
        printf("%s\n", question);
    if (!session_agree(c, question))
        return c->dry_run ? STATUS_DONE : STATUS_REFUSED;
    answer = json_object();
    good = under_lock(c, restore_locked, answer, &e);
    if (good && c->form != FORM_TEXT)
        print_object(c, answer);
    if (good && c->form == FORM_TEXT) {
        printf("%s is in place\n", file);
        print_counts(answer);
        printf("  %lld messages are held: they may have gone out before\n",
               number_of(answer, "held"));
        if (json_is_string(json_object_get(answer, "kept")))
            printf("  what was there is %s now\n", text_of(answer, "kept"));
        say_note(c, "next: meterpost doctor; start the engine; take in the payments since "
                    "then; then meterpost fence release");
    }
    json_decref(answer);
    return good ? STATUS_DONE : say_failure(&e);
}

static bool
rollback_locked(struct cli *c, json_t *answer, struct err *e)
{
    char key[CONF_PATH_MAX + 8];
    int version;

    if (!store_rollback_upgrade(c->desk->conf->database, &version, e))
        return false;
    /* The key of the audit is ahead of it: a new one begins. */
    snprintf(key, sizeof(key), "%s.audit", c->desk->conf->database);
    unlink(key);
    json_object_set_new(answer, "database", json_string(c->desk->conf->database));
    json_object_set_new(answer, "version", json_integer(version));
    return true;
}

enum status
run_backup_rollback(struct cli *c)
{
    json_t *answer;
    struct err e;
    bool good;

    if (!session_settings(c))
        return STATUS_FAILED;
    if (!session_agree(c, "Go back to the database as it was before the upgrade? What was "
                          "done since is kept in a file beside it."))
        return c->dry_run ? STATUS_DONE : STATUS_REFUSED;
    answer = json_object();
    good = under_lock(c, rollback_locked, answer, &e);
    if (good && c->form == FORM_TEXT)
        printf("%s is of version %lld again; the newer one is %s.undone\n",
               text_of(answer, "database"), number_of(answer, "version"),
               text_of(answer, "database"));
    else if (good)
        print_object(c, answer);
    json_decref(answer);
    return good ? STATUS_DONE : say_failure(&e);
}

enum status
run_backup_key(struct cli *c)
{
    char public_key[SEAL_KEY_TEXT], secret[SEAL_KEY_TEXT + 1];
    const char *path = cli_arg(c, 0);
    mode_t before;
    struct err e;
    bool good;

    if (!seal_keys_make(public_key, secret, &e))
        return say_failure(&e);
    secret[SEAL_KEY_TEXT - 1] = '\n';
    secret[SEAL_KEY_TEXT] = '\0';
    before = umask(0077);
    good = file_write_new(path, secret, SEAL_KEY_TEXT, &e);
    umask(before);
    explicit_bzero(secret, sizeof(secret));
    if (!good)
        return say_failure(&e);
    if (c->form != FORM_TEXT) {
        json_t *o = json_pack("{s:s, s:s}", "public_key", public_key, "file", path);

        print_object(c, o);
        json_decref(o);
        return STATUS_DONE;
    }
    printf("public_key: \"%s\"\n", public_key);
    say_note(c,
             "put that line under backup: in the settings, and take %s away from this "
             "machine: without it no sealed copy can be opened",
             path);
    return STATUS_DONE;
}

/* ---- the fence ---- */

enum status
run_fence_show(struct cli *c)
{
    char at[TIME_TEXT_MAX];
    struct fence fence;
    struct err e;
    json_t *o;

    if (!session_read(c))
        return STATUS_FAILED;
    if (!fence_get(c->desk->store, &fence, &e))
        return say_failure(&e);
    o = json_pack("{s:b, s:s, s:o}", "up", fence.up, "reason", fence.reason, "since",
                  fence.up ? json_string(clock_iso(fence.since, at)) : json_null());
    if (c->form != FORM_TEXT)
        print_object(c, o);
    else if (fence.up)
        printf("up since %.16s: %s\nnothing that cuts or restores goes out; messages are "
               "held -> meterpost fence release\n",
               text_of(o, "since"), fence.reason);
    else
        printf("down: everything goes out\n");
    json_decref(o);
    return STATUS_DONE;
}

enum status
run_fence_release(struct cli *c)
{
    bool send = cli_option(c, "--send") != NULL;
    enum status status;
    json_t *answer;

    if (!session_settings(c))
        return STATUS_FAILED;
    if (!session_agree(c,
                       "Are payments and switchings since the copy known again? Then cuts "
                       "and restores go out from now on."))
        return c->dry_run ? STATUS_DONE : STATUS_REFUSED;
    status = session_run(c, "fence.release", json_pack("{s:b}", "send", send), &answer);
    if (answer == NULL)
        return status;
    if (c->form == FORM_TEXT)
        printf("the fence is down (%s); %lld held messages go out\n",
               text_of(answer, "reason"), number_of(answer, "sent"));
    else
        print_object(c, answer);
    json_decref(answer);
    return status;
}
