/* Copies of a database in use, sealed files, the upgrade on a copy, and the fence. */
#include "meterpost/store/backup.h"

#include "meterpost/store/audit.h"
#include "meterpost/store/fence.h"
#include "store/stmt.h"
#include "store/upgrade.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1800000000

static char dir[] = "/tmp/meterpost-backup-XXXXXX";
static char path[64], other[64];
static struct store *s;
static struct err e;

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/m.db", dir);
    snprintf(other, sizeof(other), "%s/other", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

static void
tear_down(void)
{
    char command[100];

    store_close(s);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(backup, .init = set_up, .fini = tear_down);

static void
add_row(void)
{
    cr_assert(store_begin(s, &e) &&
                  audit_add(s, NOW, "amina", "cli", "note", "account 1", "", &e) &&
                  store_commit(s, &e),
              "%s", e.text);
}

/* The row of audit that says the most, of a file. */
static int64_t
rows_of(const char *file)
{
    struct store *copy;
    int64_t rows;

    cr_assert(store_open(file, STORE_READ, &copy, &e), "%s", e.text);
    cr_assert(store_check_integrity(copy, &e) && audit_verify(copy, &rows, &e), "%s",
              e.text);
    store_close(copy);
    return rows;
}

Test(backup, a_copy_holds_what_is_committed_while_it_is_made)
{
    struct backup *b;
    int64_t done, total;
    bool over = false;

    add_row();
    cr_assert(backup_open(s, other, &b, &e), "%s", e.text);
    for (int i = 0; !over; i++) {
        cr_assert(backup_step(b, 0, &over, &done, &total, &e), "%s", e.text);
        if (!over && i < 20)
            add_row(); /* the same connection: the copy does not begin anew */
        cr_assert_lt(i, 1000);
    }
    backup_close(b);
    cr_expect_eq(rows_of(other), rows_of(path));
    cr_expect_eq(done, total);
}

static void
write_file(const char *file, size_t n)
{
    FILE *f = fopen(file, "w");

    for (size_t i = 0; i < n; i++)
        fputc((int)(i * 7 % 251), f);
    fclose(f);
}

static bool
same_files(const char *a, const char *b)
{
    char command[200];

    snprintf(command, sizeof(command), "cmp -s %s %s", a, b);
    return system(command) == 0;
}

Test(backup, a_sealed_file_opens_with_its_key_and_no_other)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 200000};
    char public_key[SEAL_KEY_TEXT], secret[SEAL_KEY_TEXT], another[SEAL_KEY_TEXT];
    char plain[80], back[80];

    snprintf(plain, sizeof(plain), "%s/plain", dir);
    snprintf(back, sizeof(back), "%s/back", dir);
    cr_assert(seal_keys_make(another, secret, &e)); /* a pair nobody sealed for */
    memcpy(another, secret, sizeof(another));
    cr_assert(seal_keys_make(public_key, secret, &e));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        write_file(plain, sizes[i]);
        cr_assert(seal_file(plain, other, public_key, &e), "%s", e.text);
        cr_expect(seal_is(other) && !seal_is(plain));
        cr_assert(seal_open(other, back, secret, &e), "%zu: %s", sizes[i], e.text);
        cr_expect(same_files(plain, back), "%zu bytes", sizes[i]);
        unlink(back);
        cr_expect_not(seal_open(other, back, another, &e));
        cr_expect_not_null(strstr(e.text, "key"), "%s", e.text);
        cr_expect_neq(access(back, F_OK), 0, "half a file is left");
    }
}

Test(backup, a_sealed_file_that_was_changed_or_cut_is_refused)
{
    char public_key[SEAL_KEY_TEXT], secret[SEAL_KEY_TEXT], plain[80], back[80];

    snprintf(plain, sizeof(plain), "%s/plain", dir);
    snprintf(back, sizeof(back), "%s/back", dir);
    cr_assert(seal_keys_make(public_key, secret, &e));
    write_file(plain, 140000);
    for (long at = 0; at < 140000; at += 9973) {
        int byte;
        FILE *f;

        cr_assert(seal_file(plain, other, public_key, &e));
        f = fopen(other, "r+");
        fseek(f, at, SEEK_SET);
        byte = getc(f);
        fseek(f, at, SEEK_SET);
        fputc(byte ^ 0x55, f);
        fclose(f);
        cr_expect_not(seal_open(other, back, secret, &e), "byte %ld", at);
        cr_assert(seal_file(plain, other, public_key, &e));
        cr_assert_eq(truncate(other, at), 0);
        cr_expect_not(seal_open(other, back, secret, &e), "cut at %ld", at);
    }
}

static bool
to_version_2(struct store *copy, struct err *why)
{
    return store_exec(copy, "CREATE TABLE more (id INTEGER); PRAGMA user_version=2", why);
}

static bool
to_nowhere(struct store *copy, struct err *why)
{
    return to_version_2(copy, why) && err_set(why, FAIL_FATAL, "power is gone");
}

Test(backup, an_upgrade_works_on_a_copy_and_keeps_the_old_file)
{
    char kept[80];
    int from, version;

    add_row();
    store_close(s);
    s = NULL;
    snprintf(kept, sizeof(kept), "%s.v1", path);
    cr_expect_not(upgrade_with(path, 2, to_nowhere, &from, &e));
    cr_expect_eq(rows_of(path), 1, "a failed upgrade left it as it was");
    cr_expect_neq(access(kept, F_OK), 0);

    cr_assert(upgrade_with(path, 2, to_version_2, &from, &e), "%s", e.text);
    cr_expect_eq(from, 1);
    cr_expect_eq(rows_of(kept), 1);
    cr_expect_not(store_open(path, STORE_WRITE, &s, &e), "it is of version 2");
    cr_expect_not_null(strstr(e.text, "backup rollback"), "%s", e.text);

    cr_assert(store_rollback_upgrade(path, &version, &e), "%s", e.text);
    cr_expect_eq(version, 1);
    cr_expect_eq(rows_of(path), 1);
    cr_expect_not(store_rollback_upgrade(path, &version, &e), "only once");
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

Test(backup, a_database_that_needs_no_upgrade_is_left_alone)
{
    int from = 7;

    cr_expect(store_upgrade(path, &from, &e), "%s", e.text);
    cr_expect_eq(from, 0);
    cr_expect(store_upgrade("/nonexistent/m.db", &from, &e));
    cr_expect_eq(from, 0);
}

/* ---- the fence ---- */

static bool
fence_up(void)
{
    struct fence f;

    cr_assert(fence_start(s, path, NOW, &f, &e), "%s", e.text);
    return f.up;
}

static void
command(const char *format)
{
    char line[300];

    snprintf(line, sizeof(line), format, dir, dir);
    cr_assert_eq(system(line), 0, "%s", line);
}

static void
queue(const char *key, const char *kind)
{
    char sql[400];

    snprintf(sql, sizeof(sql),
             "INSERT INTO outbox (key, kind, priority, number, text, alphabet, segments,"
             " state, queued_at, next_at, expires_at) VALUES ('%s', '%s', 10, '+1', 'x',"
             " 'gsm7', 1, 'queued', 0, 0, %d)",
             key, kind, NOW + 1000);
    cr_assert(store_exec(s, sql, &e), "%s", e.text);
}

static int64_t
count(const char *sql)
{
    struct stmt *q = stmt_get(s, sql, &e);
    int64_t n = -1;
    bool found;

    cr_assert(q != NULL && stmt_one_int(q, &n, &found, &e), "%s", e.text);
    return n;
}

Test(backup, the_fence_is_down_while_one_machine_works_with_one_database)
{
    cr_expect_not(fence_up());
    add_row();
    cr_expect_not(fence_up());
    add_row();
    cr_assert(fence_note(s, path, &e));
    cr_expect_not(fence_up());
}

Test(backup, the_fence_goes_up_over_an_older_copy_and_holds_what_is_queued)
{
    static const char held[] = "SELECT count(*) FROM outbox WHERE state = 'cancelled'";
    static const char queued[] = "SELECT count(*) FROM outbox WHERE state = 'queued'";
    struct fence f;
    int64_t sent;

    cr_expect_not(fence_up());
    queue("bill 1", "bill");
    queue("cut 1", "cut");
    cr_assert(store_checkpoint(s, &e));
    command("cp %s/m.db %s/old.db");
    add_row();
    cr_assert(fence_note(s, path, &e));
    store_close(s);
    command("cp %s/old.db %s/m.db");
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
    cr_expect(fence_up());
    cr_expect(fence_get(s, &f, &e) && strstr(f.reason, "older") != NULL, "%s", f.reason);
    cr_expect_eq(count(held), 2);
    cr_assert(store_begin(s, &e) && fence_release(s, true, NOW, &sent, &e) &&
                  store_commit(s, &e),
              "%s", e.text);
    cr_expect_eq(sent, 1, "the bill, not the cut");
    cr_expect_eq(count(queued), 1);
    cr_expect_not(fence_up());
}

Test(backup, the_fence_goes_up_on_a_machine_that_does_not_know_the_database)
{
    cr_expect_not(fence_up());
    command("rm %s/m.db.seen");
    cr_expect(fence_up());
}

Test(backup, what_is_not_fenced_cannot_be_released)
{
    int64_t sent;

    cr_assert(store_begin(s, &e));
    cr_expect_not(fence_release(s, false, NOW, &sent, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
    store_rollback(s);
}
