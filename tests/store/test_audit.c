/* test_audit.c - somebody with the database file and sqlite changes what was done. */
#include "meterpost/store/audit.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW  1790000000
#define ROWS 20

static char folder[] = "/tmp/meterpost-audit-XXXXXX", path[64];
static struct store *s;
static struct err e;

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/a.db", folder);
    cr_assert(store_open(path, STORE_WRITE, &s, &e), "%s", e.text);
    cr_assert(store_begin(s, &e));
    for (int i = 0; i < ROWS; i++)
        cr_assert(audit_add(s, NOW + i, i % 2 == 0 ? "root" : "staff:jonas", "cli", "set",
                            "meter 1042", "a: 1 -> 2", &e),
                  "%s", e.text);
    cr_assert(store_commit(s, &e));
}

static void
tear_down(void)
{
    char command[100];

    store_close(s);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(audit, .init = set_up, .fini = tear_down);

static bool
sound(void)
{
    int64_t rows;

    return audit_verify(s, &rows, &e) && rows == ROWS;
}

/* What one can do who has the file: triggers are no wall. */
static void
tamper(const char *sql)
{
    sqlite3 *db;
    char *why = NULL;

    store_close(s);
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db,
                              "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;"
                              "DROP TRIGGER audit_no_replace;",
                              NULL, NULL, &why),
                 SQLITE_OK, "%s", why);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK, "%s: %s", sql, why);
    sqlite3_close(db);
    cr_assert(store_open(path, STORE_READ, &s, &e), "%s", e.text);
}

Test(audit, an_untouched_chain_is_sound)
{
    char head[AUDIT_HEAD_MAX];

    cr_expect(sound(), "%s", e.text);
    cr_assert(audit_head(s, head, &e));
    cr_expect(audit_check_head(s, head, &e), "%s", e.text);
    cr_expect_not(audit_check_head(s, "20 0123456789abcde", &e));
    cr_expect_not(audit_check_head(s, "99 0123456789abcde", &e));
    cr_expect_not(audit_check_head(s, "", &e));
}

#define FOUND(name, sql)                                                                   \
    Test(audit, name)                                                                      \
    {                                                                                      \
        tamper(sql);                                                                       \
        cr_expect_not(sound(), "%s", sql);                                                 \
    }

FOUND(an_edited_actor_is_found, "UPDATE audit SET actor = 'nobody' WHERE id = 7")
FOUND(an_edited_time_is_found, "UPDATE audit SET at = at + 1 WHERE id = 1")
FOUND(an_edited_detail_of_the_last_row_is_found,
      "UPDATE audit SET detail = 'a: 1 -> 3' WHERE id = 20")
FOUND(an_edited_hash_is_found, "UPDATE audit SET hash = zeroblob(32) WHERE id = 20")
FOUND(a_removed_row_is_found, "DELETE FROM audit WHERE id = 9")
FOUND(the_first_row_removed_is_found, "DELETE FROM audit WHERE id = 1")
FOUND(the_last_row_removed_is_found, "DELETE FROM audit WHERE id = 20")
FOUND(the_whole_end_removed_is_found, "DELETE FROM audit WHERE id > 5")
FOUND(all_rows_removed_are_found, "DELETE FROM audit")
FOUND(a_row_removed_and_the_others_moved_up_is_found,
      "DELETE FROM audit WHERE id = 9; UPDATE audit SET id = id - 1 WHERE id > 9")
FOUND(two_rows_that_changed_places_are_found,
      "UPDATE audit SET id = 99 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5;"
      "UPDATE audit SET id = 5 WHERE id = 99")
FOUND(a_word_that_wandered_from_one_field_to_the_next_is_found,
      "UPDATE audit SET action = 'se', subject = 'tmeter 1042' WHERE id = 3")
FOUND(a_row_put_in_is_found,
      "INSERT INTO audit SELECT 21, at, actor, channel, action, subject, detail, hash"
      " FROM audit WHERE id = 20")

/* Somebody patient: the end is cut off and what was noted of it is put right. A head that
 * was texted on that evening still tells. */
Test(audit, a_head_that_somebody_kept_tells_of_a_chain_written_anew)
{
    char head[AUDIT_HEAD_MAX];

    cr_assert(audit_head(s, head, &e));
    tamper("DELETE FROM audit WHERE id > 15; UPDATE audit_end SET id = 15,"
           " hash = (SELECT hash FROM audit WHERE id = 15)");
    cr_expect_not(audit_check_head(s, head, &e));
}

Test(audit, a_day_that_was_closed_stays_as_it_ended)
{
    cr_assert(store_begin(s, &e));
    cr_assert(audit_close_day(s, NOW, NOW + 100, &e), "%s", e.text);
    cr_assert(audit_close_day(s, NOW, NOW + 200, &e), "%s", e.text);
    cr_assert(store_commit(s, &e));
    cr_expect(sound(), "%s", e.text);
    tamper("DELETE FROM audit WHERE id > 15; UPDATE audit_end SET id = 15,"
           " hash = (SELECT hash FROM audit WHERE id = 15)");
    {
        int64_t rows;

        cr_expect_not(audit_verify(s, &rows, &e));
    }
}
