/* Copies as a job: made, tried, kept by generation, sealed, restored. */
#include "control/backup_folder.h"
#include "meterpost/control/verb.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/backup.h"
#include "meterpost/store/fence.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/meterpost-copies-XXXXXX";
static struct conf conf = {.utility = {.country_code = "254"},
                           .backup = {.at_min = 190, .days = 3, .weeks = 2, .months = 2}};
static struct desk desk;
static struct err e;

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert(clock_zone_set("Africa/Nairobi", &e));
    snprintf(conf.database, sizeof(conf.database), "%s/m.db", folder);
    snprintf(conf.run_dir, sizeof(conf.run_dir), "%s", folder);
    desk.now = clock_from_local(2026, 11, 22, 12, 0, 0);
    desk.conf = &conf;
    cr_assert(store_open(conf.database, STORE_WRITE, &desk.store, &e), "%s", e.text);
}

static void
tear_down(void)
{
    char command[100];

    store_close(desk.store);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(backup_job, .init = set_up, .fini = tear_down);

/* `backup now` to its end; the answer is the caller's. */
static json_t *
back_up(void)
{
    static const volatile sig_atomic_t stop;
    json_t *answer = json_object(), *arguments = json_object();

    cr_assert(control_run(&desk, "backup.now", "root", arguments, answer, &e) &&
                  control_job_run(&desk, json_integer_value(json_object_get(answer, "job")),
                                  &stop, NULL, NULL, answer, &e),
              "%s", e.text);
    json_decref(arguments);
    return answer;
}

static size_t
copies(void)
{
    char at[BACKUP_PATH_MAX];
    json_t *rows = backup_list(backup_folder(&conf, at), &e);
    size_t n = json_array_size(rows);

    json_decref(rows);
    return n;
}

Test(backup_job, a_copy_is_made_tried_and_noted)
{
    json_t *answer = back_up(), *again = json_object();
    const char *file = json_string_value(json_object_get(answer, "file"));

    cr_assert_not_null(file);
    cr_expect_not_null(json_object_get(answer, "verified_at"));
    cr_expect_eq(copies(), 1);
    cr_expect(backup_verify(file, NULL, desk.now, again, &e), "%s", e.text);
    json_decref(again);
    json_decref(answer);
}

/* The power went while it was made: the job begins anew and leaves nothing half. */
Test(backup_job, a_copy_that_was_interrupted_is_made_anew)
{
    static const volatile sig_atomic_t never;
    struct backup_work *w = NULL;
    json_t *answer = json_object();
    bool waits;
    int64_t id;

    cr_assert(store_begin(desk.store, &e) && backup_ask(&desk, "root", &id, &e) &&
              store_commit(desk.store, &e));
    cr_assert(backup_work(&desk, &w, 0, &waits, &e) && w != NULL, "%s", e.text);
    cr_assert(backup_work(&desk, &w, 0, &waits, &e), "%s", e.text);
    backup_work_end(w);
    cr_expect_eq(copies(), 0);
    cr_assert(control_job_run(&desk, id, &never, NULL, NULL, answer, &e), "%s", e.text);
    cr_expect_eq(copies(), 1);
    cr_expect_not_null(json_object_get(answer, "verified_at"));
    json_decref(answer);
}

Test(backup_job, a_copy_whose_bytes_changed_is_no_backup)
{
    json_t *answer = back_up(), *again = json_object();
    const char *file = json_string_value(json_object_get(answer, "file"));
    FILE *f = fopen(file, "r+");

    fseek(f, 5000, SEEK_SET);
    fputs("oops", f);
    fclose(f);
    cr_expect_not(backup_verify(file, NULL, desk.now, again, &e));
    cr_expect_not_null(strstr(e.text, "changed since"), "%s", e.text);
    json_decref(again);
    json_decref(answer);
}

Test(backup_job, generations_keep_days_weeks_and_months)
{
    static const struct {
        int month, day;
    } made[] = {{9, 3},   {9, 30},  {10, 5},  {10, 31}, {11, 9},
                {11, 14}, {11, 19}, {11, 20}, {11, 21}, {11, 22}};
    char at[BACKUP_PATH_MAX], first[BACKUP_PATH_MAX + 100], name[BACKUP_NAME_MAX];
    int removed;

    json_decref(back_up());
    backup_folder(&conf, at);
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        FILE *f;

        backup_name(clock_from_local(2026, made[i].month, made[i].day, 3, 10, 0), false,
                    name);
        snprintf(first, sizeof(first), "%s/%s", at, name);
        f = fopen(first, "w");
        cr_assert_not_null(f);
        fclose(f);
    }
    cr_assert(backup_prune(at, &conf.backup, &removed, &e), "%s", e.text);
    /* days 22 (noon), 21, 20; week before: 14th of... the 14th; month before: 31 October */
    cr_expect_eq(copies(), 5, "got %zu copies", copies());
    cr_expect_eq(removed, 6, "got %d removed", removed);
}

Test(backup_job, a_daily_copy_is_asked_for_once_a_day)
{
    int done = 0;

    cr_assert(store_begin(desk.store, &e));
    for (int hour = 0; hour < 72; hour++, desk.now += HOUR_S) {
        cr_assert(backup_plan(&desk, &done, &e), "%s", e.text);
        cr_assert(backup_plan(&desk, &done, &e), "%s", e.text);
    }
    cr_expect_eq(done, 3, "got %d", done);
    store_rollback(desk.store);
}

Test(backup_job, a_sealed_copy_is_restored_and_the_fence_is_up)
{
    char secret[SEAL_KEY_TEXT], at[64];
    struct fence fence;
    json_t *answer, *restored = json_object();
    const char *file;
    struct stat st;
    int64_t rows;

    cr_assert(seal_keys_make(conf.backup.public_key, secret, &e));
    cr_assert(store_begin(desk.store, &e) &&
              audit_add(desk.store, desk.now, "amina", "cli", "note", "x", "", &e) &&
              store_commit(desk.store, &e));
    answer = back_up();
    file = json_string_value(json_object_get(answer, "file"));
    cr_assert(seal_is(file));
    snprintf(at, sizeof(at), "%s/elsewhere.db", folder);
    snprintf(conf.database, sizeof(conf.database), "%s", at);
    snprintf(conf.staff.key_file, sizeof(conf.staff.key_file), "%s/staff.key", folder);
    cr_expect_not(backup_restore(file, NULL, &conf, desk.now, restored, &e));
    cr_expect_not_null(strstr(e.text, "--key"), "%s", e.text);
    cr_expect_neq(access(at, F_OK), 0);
    umask(0022);
    cr_assert(backup_restore(file, secret, &conf, desk.now, restored, &e), "%s", e.text);
    cr_assert_eq(stat(at, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600, "mode %o", st.st_mode & 0777);
    cr_expect(json_is_null(json_object_get(restored, "kept")));
    store_close(desk.store);
    cr_assert(store_open(at, STORE_READ, &desk.store, &e), "%s", e.text);
    cr_expect(fence_get(desk.store, &fence, &e) && fence.up, "%s", fence.reason);
    cr_expect(desk_look_at_audit(&conf, desk.store, &e) &&
                  audit_verify(desk.store, &rows, &e) && rows == 2,
              "%lld", (long long)rows);
    json_decref(answer);
    json_decref(restored);
}

Test(backup_job, no_restore_takes_away_what_was_there_before)
{
    char *first;
    json_t *answer = back_up(), *restored = json_object();
    const char *file = json_string_value(json_object_get(answer, "file")), *second;

    snprintf(conf.database, sizeof(conf.database), "%s/elsewhere.db", folder);
    snprintf(conf.staff.key_file, sizeof(conf.staff.key_file), "%s/staff.key", folder);
    for (int i = 0; i < 2; i++)
        cr_assert(backup_restore(file, NULL, &conf, desk.now, restored, &e), "%s", e.text);
    first = strdup(json_string_value(json_object_get(restored, "kept")));
    cr_assert(backup_restore(file, NULL, &conf, desk.now, restored, &e), "%s", e.text);
    second = json_string_value(json_object_get(restored, "kept"));
    cr_expect_str_neq(first, second);
    cr_expect_eq(access(first, F_OK), 0);
    cr_expect_eq(access(second, F_OK), 0);
    free(first);
    json_decref(answer);
    json_decref(restored);
}

Test(backup_job, a_second_folder_that_is_away_is_said_and_fails_nothing)
{
    json_t *answer;

    snprintf(conf.backup.also, sizeof(conf.backup.also), "/nonexistent/usb");
    answer = back_up();
    cr_expect_not_null(json_object_get(answer, "also_failed"));
    cr_expect_eq(copies(), 1);
    json_decref(answer);
    snprintf(conf.backup.also, sizeof(conf.backup.also), "%s", folder);
    desk.now += 5;
    answer = back_up();
    cr_expect_null(json_object_get(answer, "also_failed"));
    cr_expect_not_null(json_object_get(answer, "also"));
    json_decref(answer);
}
