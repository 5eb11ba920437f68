#include "meterpost/store/store.h"

#include "meterpost/store/audit.h"
#include "meterpost/store/job.h"
#include "meterpost/store/list.h"
#include "store/stmt.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/meterpost-store-XXXXXX";
static char path[64];
static struct store *s;
static struct err e;

static void
make_store(void)
{
    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/test.db", dir);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
}

static void
remove_store(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(s);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

TestSuite(store, .init = make_store, .fini = remove_store);

Test(store, a_database_opens_twice_and_is_sound)
{
    store_close(s);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
    cr_expect(store_check_integrity(s, &e), "%s", e.text);
}

Test(store, a_newer_database_stops_an_older_program_with_one_sentence)
{
    cr_assert(store_exec(s, "PRAGMA user_version=99", &e), "%s", e.text);
    store_close(s);
    s = NULL;
    cr_expect_not(store_open(path, STORE_WRITE, &s, &e));
    cr_expect_eq(e.kind, FAIL_FATAL);
    cr_expect(strstr(e.text, "newer") != NULL, "%s", e.text);
}

Test(store, a_file_of_somebody_else_is_left_alone)
{
    FILE *f;

    store_close(s);
    s = NULL;
    f = fopen(path, "w");
    fputs("GIF89a: a picture of a cat and nothing else, long enough to look like a page",
          f);
    fclose(f);
    cr_expect_not(store_open(path, STORE_WRITE, &s, &e));
    cr_expect_eq(e.kind, FAIL_FATAL);
}

Test(store, a_reader_sees_commits_and_changes_nothing)
{
    struct store *reader;
    struct job job;
    bool found;
    int64_t id;

    cr_assert(store_open(path, STORE_READ, &reader, &e), "%s", e.text);
    cr_assert(job_add(s, "bill", "{}", "test", 100, &id, &e), "%s", e.text);
    cr_assert(job_get(reader, id, &job, &found, &e), "%s", e.text);
    cr_expect(found);
    cr_expect_str_eq(job.kind, "bill");
    cr_expect_not(job_add(reader, "bill", "{}", "test", 100, &id, &e));
    store_close(reader);
}

Test(store, transactions_nest_by_refusing)
{
    cr_assert(store_begin(s, &e), "%s", e.text);
    cr_expect_not(store_begin(s, &e));
    store_rollback(s);
    cr_expect_not(store_commit(s, &e));
}

Test(store, what_was_rolled_back_never_was)
{
    struct job job;
    bool found;
    int64_t id;

    cr_assert(store_begin(s, &e), "%s", e.text);
    cr_assert(job_add(s, "bill", "{}", "test", 100, &id, &e), "%s", e.text);
    store_rollback(s);
    cr_assert(job_next_running(s, 0, &job, &found, &e), "%s", e.text);
    cr_expect_not(found);
}

Test(store, rows_that_are_promised_for_ever_refuse_every_change)
{
    static const char *const attacks[] = {
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        ("INSERT OR REPLACE INTO audit (id, at, actor, channel, action, subject, detail,"
         " hash) VALUES (1, 1, 'x', 'cli', 'x', 'x', 'x', zeroblob(32))"),
    };

    cr_assert(audit_add(s, 100, "amina", "cli", "import", "meters", "60 rows", &e), "%s",
              e.text);
    for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
        cr_expect_not(store_exec(s, attacks[i], &e), "%s was let through", attacks[i]);
}

Test(store, the_audit_chain_finds_an_edited_row)
{
    int64_t rows;

    for (int i = 0; i < 5; i++)
        cr_assert(audit_add(s, 100 + i, "amina", "cli", "pay", "account 7", "12.50", &e));
    cr_expect(audit_verify(s, &rows, &e), "%s", e.text);
    cr_expect_eq(rows, 5);
    cr_assert(store_exec(s,
                         "DROP TRIGGER audit_no_update;"
                         "UPDATE audit SET detail = '1250' WHERE id = 3",
                         &e));
    cr_expect_not(audit_verify(s, &rows, &e));
    cr_expect(strstr(e.text, "row 3") != NULL, "%s", e.text);
}

Test(store, a_job_goes_on_where_it_stood)
{
    struct job job;
    bool found;
    int64_t id;

    cr_assert(job_add(s, "bill", "{\"month\":1}", "test", 100, &id, &e));
    cr_assert(job_get(s, id, &job, &found, &e));
    job.cursor = 41;
    job.done = 12;
    job.total = 60;
    cr_assert(job_save(s, &job, 200, &e), "%s", e.text);
    cr_assert(job_next_running(s, 0, &job, &found, &e));
    cr_expect(found && job.cursor == 41 && job.done == 12 && job.total == 60);
    job.state = JOB_DONE;
    cr_assert(job_save(s, &job, 300, &e));
    cr_assert(job_next_running(s, 0, &job, &found, &e));
    cr_expect_not(found);
}

Test(store, what_could_not_be_bound_is_told_by_the_step_and_not_stored_as_null)
{
    static const char sql[] = "SELECT $1";
    struct stmt *q = stmt_get(s, sql, &e);
    bool row;

    cr_assert_not_null(q);
    stmt_int(q, 1, 1);
    stmt_int(q, 2, 2);
    cr_expect_not(stmt_step(q, &row, &e), "a second value was taken for one parameter");
    cr_expect_not(row);
    q = stmt_get(s, sql, &e);
    stmt_int(q, 1, 1);
    cr_expect(stmt_run(q, &e), "the statement stays broken: %s", e.text);
}

Test(store, a_statement_that_does_not_compile_fails_where_it_is_stepped)
{
    static const char sql[] = "SELECT id FROM nowhere WHERE id = $1";
    struct stmt *q = stmt_get(s, sql, &e);

    cr_expect_null(q);
    stmt_int(q, 1, 7);
    stmt_text_or_null(q, 2, "x");
    cr_expect_not(stmt_run(q, &e));
    cr_expect(strstr(e.text, "nowhere") != NULL, "%s", e.text);
}

Test(store, every_list_is_sql_that_runs)
{
    static const char *const names[] = {"accounts", "meters",       "readings", "outbox",
                                        "inbox",    "rounds",       "bills",    "payments",
                                        "modems",   "round_meters", "audit"};
    struct list_filter all = {.subject = "x", .limit = 5};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_t *rows = list_array(s, names[i], &all, 2, &e);

        cr_expect(rows != NULL, "%s: %s", names[i], e.text);
        json_decref(rows);
    }
    cr_expect_null(list_array(s, "secrets", &all, 2, &e));
}
