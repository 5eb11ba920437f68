/* test_audit_key.c - somebody with the database file writes the whole chain anew, hashes,
 * ends and all; and what becomes of the key of the audit. */
#include "store/audit_key.h"

#include "meterpost/store/audit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW   1790000000
#define HOURS 5 /* with four rows each */
#define ROWS  (4 * HOURS)

static char folder[] = "/tmp/meterpost-audit-XXXXXX", path[64], key_path[80], copy[80];
static const uint8_t seal_key[AUDIT_SEAL_KEY] = {1, 2, 3};
static struct store *s;
static struct err e;
static const char *anew;

static bool
open_signed(bool restored)
{
    return store_open(path, STORE_WRITE, &s, &e) &&
           audit_sign_with(s, key_path, seal_key, restored, &anew, &e);
}

static void
add_rows(int hour, const char *detail, int n)
{
    cr_assert(store_begin(s, &e), "%s", e.text);
    for (int i = 0; i < n; i++)
        cr_assert(audit_add(s, NOW + hour * HOUR_S, "root", "cli", "set", "meter 1042",
                            detail, &e),
                  "%s", e.text);
    cr_assert(store_commit(s, &e), "%s", e.text);
}

static void
add(int hour, const char *detail)
{
    add_rows(hour, detail, 1);
}

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/a.db", folder);
    snprintf(key_path, sizeof(key_path), "%s.audit", path);
    snprintf(copy, sizeof(copy), "%s/copy", folder);
    cr_assert(open_signed(false), "%s", e.text);
    cr_assert_null(anew);
    for (int hour = 0; hour < HOURS; hour++)
        add_rows(hour, "a: 1 -> 2", ROWS / HOURS);
}

static void
tear_down(void)
{
    char command[100];

    store_close(s);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(audit_key, .init = set_up, .fini = tear_down);

static void
run_sql(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK, "%s: %s", sql, why);
}

/* All that one can put right who has the file, and the source of this program. */
static void
hash_all_anew(sqlite3 *db)
{
    uint8_t hash[AUDIT_HASH] = {0}, next[AUDIT_HASH];
    sqlite3_stmt *q, *put;

    sqlite3_prepare_v2(db,
                       "SELECT id, at, actor, channel, action, subject, detail FROM audit"
                       " ORDER BY id",
                       -1, &q, NULL);
    sqlite3_prepare_v2(db, "UPDATE audit SET hash = ?2 WHERE id = ?1", -1, &put, NULL);
    while (sqlite3_step(q) == SQLITE_ROW) {
        struct audit_row r = {sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), {0}};

        for (int i = 0; i < 5; i++)
            r.words[i] = (const char *)sqlite3_column_text(q, 2 + i);
        audit_hash(hash, &r, next);
        memcpy(hash, next, sizeof(hash));
        sqlite3_bind_int64(put, 1, r.id);
        sqlite3_bind_blob(put, 2, hash, sizeof(hash), SQLITE_TRANSIENT);
        cr_assert_eq(sqlite3_step(put), SQLITE_DONE);
        sqlite3_reset(put);
    }
    sqlite3_finalize(q);
    sqlite3_finalize(put);
    run_sql(db, "UPDATE audit_end SET id = a.id, hash = a.hash FROM"
                " (SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1) a;"
                "DELETE FROM audit_end WHERE NOT EXISTS (SELECT 1 FROM audit)");
}

static void
tamper(const char *sql)
{
    sqlite3 *db;

    store_close(s);
    s = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    run_sql(db, "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;"
                "DROP TRIGGER audit_no_replace; DROP TRIGGER audit_seal_no_update;"
                "DROP TRIGGER audit_seal_no_delete; DROP TRIGGER audit_seal_no_replace;");
    run_sql(db, sql);
    hash_all_anew(db);
    sqlite3_close(db);
}

/* As `audit verify` looks. */
static bool
sound(void)
{
    int64_t rows;
    bool good;

    store_close(s);
    cr_assert(store_open(path, STORE_READ, &s, &e), "%s", e.text);
    if (!audit_verify(s, &rows, &e))
        return false; /* not even the chain */
    good = audit_look_with(s, key_path, seal_key, &e) && audit_verify(s, &rows, &e);
    return good;
}

static void
keep_copy(void)
{
    char command[200];

    snprintf(command, sizeof(command), "cp %s %s", path, copy);
    cr_assert_eq(system(command), 0);
}

static void
bring_back(void)
{
    char command[200];

    snprintf(command, sizeof(command), "cp %s %s; rm -f %s-wal %s-shm", copy, path, path,
             path);
    cr_assert_eq(system(command), 0);
}

Test(audit_key, an_untouched_chain_is_sound_also_when_it_goes_on)
{
    cr_expect(sound(), "%s", e.text);
    cr_expect_eq(audit_signed_from(s), 1);
    store_close(s);
    cr_assert(open_signed(false), "%s", e.text);
    cr_expect_null(anew);
    add(HOURS, "more");
    add(HOURS + 100, "much later");
    cr_expect(sound(), "%s", e.text);
}

#define FOUND(name, sql)                                                                   \
    Test(audit_key, name)                                                                  \
    {                                                                                      \
        int64_t rows;                                                                      \
                                                                                           \
        tamper(sql);                                                                       \
        cr_assert(store_open(path, STORE_READ, &s, &e), "%s", e.text);                     \
        cr_assert(audit_verify(s, &rows, &e), "the hashes are put right: %s", e.text);     \
        cr_expect_not(sound(), "%s", sql);                                                 \
        store_close(s);                                                                    \
        cr_expect(open_signed(false), "%s", e.text);                                       \
        add(HOURS, "our own next row does not cover it up");                               \
        cr_expect_not(sound(), "%s, and a row behind it", sql);                            \
    }

FOUND(a_row_of_the_first_hour_written_anew_is_found,
      "UPDATE audit SET detail = 'a: 1 -> 3' WHERE id = 2")
FOUND(a_row_of_this_hour_written_anew_is_found,
      "UPDATE audit SET detail = 'a: 1 -> 3' WHERE id = 20")
FOUND(rows_that_changed_places_are_found, "UPDATE audit SET at = at + 1 WHERE id = 3")
FOUND(a_row_removed_and_the_rest_moved_up_is_found,
      "DELETE FROM audit WHERE id = 9; UPDATE audit SET id = id - 1 WHERE id > 9")
FOUND(a_row_added_is_found,
      "INSERT INTO audit SELECT 21, at, actor, channel, action, subject, detail, hash"
      " FROM audit WHERE id = 20")
FOUND(an_end_cut_off_is_found, "DELETE FROM audit WHERE id > 19")
FOUND(hours_cut_off_with_their_seals_are_found,
      "DELETE FROM audit WHERE id > 8; DELETE FROM audit_seal WHERE last_id > 8")
FOUND(seals_taken_away_are_found, "DELETE FROM audit_seal WHERE id > 2")
FOUND(a_signature_taken_away_is_found, "UPDATE audit_end SET signature = NULL")
FOUND(all_rows_taken_away_are_found,
      "DELETE FROM audit; DELETE FROM audit_seal; DELETE FROM audit_day")
FOUND(a_seal_in_the_middle_taken_away_is_found, "DELETE FROM audit_seal WHERE id = 2")

Test(audit_key, an_older_database_in_its_place_is_found)
{
    store_close(s);
    cr_assert(open_signed(false), "%s", e.text);
    cr_assert(store_checkpoint(s, &e));
    keep_copy();
    add(HOURS, "is forgotten");
    add(HOURS + 1, "is forgotten, too");
    store_close(s);
    s = NULL;
    bring_back();
    cr_expect_not(sound(), "an older one");
    store_close(s);
    cr_assert(open_signed(false), "%s", e.text);
    cr_expect_not_null(anew);
    add(HOURS + 2, "told by the engine, and work goes on");
    cr_expect_not(sound(), "until somebody has looked");
    cr_expect_not_null(strstr(e.text, "older database"), "%s", e.text);
    cr_assert_eq(unlink(key_path), 0);
    store_close(s);
    cr_assert(open_signed(false), "%s", e.text);
    cr_expect(sound(), "%s", e.text);
}

Test(audit_key, a_restore_of_ours_begins_a_new_key_and_says_so)
{
    store_close(s);
    cr_assert(open_signed(true), "%s", e.text);
    cr_assert_not_null(anew);
    cr_expect_not_null(strstr(anew, "restored"), "%s", anew);
    add(HOURS, "restored");
    add(HOURS + 1, "more");
    cr_expect(sound(), "%s", e.text);
    cr_expect_eq(audit_signed_from(s), 1, "the keys before speak for their rows still");
}

Test(audit_key, a_row_before_a_restore_written_anew_is_found)
{
    store_close(s);
    cr_assert(open_signed(true), "%s", e.text);
    add(HOURS, "restored");
    tamper("UPDATE audit SET detail = 'a: 1 -> 3' WHERE id = 2");
    cr_expect_not(sound());
}

Test(audit_key, a_key_that_is_lost_is_said_and_a_new_one_begins)
{
    int64_t rows;

    store_close(s);
    s = NULL;
    cr_assert_eq(unlink(key_path), 0);
    cr_expect_not(sound(), "nothing to verify with");
    cr_expect_not_null(strstr(e.text, "heads"), "%s", e.text);
    store_close(s);
    cr_assert(open_signed(false), "%s", e.text);
    cr_assert_not_null(anew);
    add(HOURS, "new key");
    cr_expect(sound(), "%s", e.text);
    cr_expect_eq(audit_signed_from(s), ROWS + 1);
    cr_expect(audit_verify(s, &rows, &e));
}

Test(audit_key, another_sealing_key_does_not_open_the_file)
{
    static const uint8_t other[AUDIT_SEAL_KEY] = {9};

    store_close(s);
    cr_assert(store_open(path, STORE_READ, &s, &e), "%s", e.text);
    cr_expect_not(audit_look_with(s, key_path, other, &e));
}

/* What a thief finds: the seed in the file makes the key of this hour, and of no earlier.
 */
Test(audit_key, keys_of_hours_that_are_over_are_gone)
{
    uint8_t first[AUDIT_SEED];

    memcpy(first, s->audit->seed, sizeof(first));
    add(HOURS, "another hour");
    store_close(s);
    cr_assert(open_signed(false), "%s", e.text);
    cr_expect_geq(s->audit->step, HOURS, "got %lld", (long long)s->audit->step);
    cr_expect_eq(s->audit->file_step, s->audit->step, "also in the file");
    cr_expect_neq(memcmp(s->audit->seed, first, sizeof(first)), 0);
    cr_expect_eq(s->audit->pins[0].step, 1);
    cr_expect_neq(memcmp(s->audit->pins[0].key, s->audit->public, AUDIT_PUBLIC), 0);
}

/* A transaction that is undone takes its seal with it, and the key stays good. */
Test(audit_key, what_is_undone_leaves_the_keys_in_order)
{
    for (int i = 0; i < 3; i++) {
        cr_assert(store_begin(s, &e));
        cr_assert(audit_add(s, NOW + (10 + i) * HOUR_S, "root", "cli", "set", "x", "", &e),
                  "%s", e.text);
        cr_assert(audit_add(s, NOW + (20 + i) * HOUR_S, "root", "cli", "set", "x", "", &e),
                  "%s", e.text);
        store_rollback(s);
    }
    add(30, "kept");
    add(31, "kept");
    cr_expect(sound(), "%s", e.text);
}

Test(audit_key, a_clock_that_goes_back_does_no_harm)
{
    add(-5, "earlier");
    add(-50, "much earlier");
    add(40, "later");
    cr_expect(sound(), "%s", e.text);
}

/* Power goes at any place: the file may be a step behind the seals, never ahead. */
Test(audit_key, a_file_that_is_behind_catches_up)
{
    char command[300];

    snprintf(command, sizeof(command), "cp %s %s", key_path, copy);
    store_close(s);
    cr_assert_eq(system(command), 0);
    cr_assert(open_signed(false), "%s", e.text);
    add(HOURS, "new hour");
    add(HOURS + 1, "and another");
    store_close(s);
    snprintf(command, sizeof(command), "cp %s %s", copy, key_path);
    cr_assert_eq(system(command), 0);
    cr_assert(open_signed(false), "%s", e.text);
    cr_expect_null(anew, "%s", anew);
    add(HOURS + 2, "goes on");
    cr_expect(sound(), "%s", e.text);
}
