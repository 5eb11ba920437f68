/* What a connection that is not ours can do to the books: the sqlite3 shell, a script. */
#include "billing/town.h"

#include "meterpost/billing/ledger.h"

#include <sqlite3.h>

static sqlite3 *foreign;

static void
make_books(void)
{
    struct payment_new p = {.amount = {5000},
                            .channel = "mpesa",
                            .reference = "QGH7XK92LM",
                            .actor = "test",
                            .account_id = 1};
    struct payment_change back = {.payment_id = 1, .reason = "wrong", .actor = "test"};
    struct statement_note note = {.bank_account = "0110",
                                  .statement = "1",
                                  .closing = {5000},
                                  .closed_on = 1790000000,
                                  .ledger_id = 1,
                                  .actor = "test"};
    struct payment_posted posted;
    struct ledger_closed closed;
    bool added;
    int64_t meter;

    town_make();
    cr_assert_eq(add_account("1", "power"), 1);
    meter = add_meter("A", 1, "2026-01-01", 0, 1);
    add_reading(meter, "2026-10-01", 0);
    add_reading(meter, "2026-11-01", 40000);
    json_decref(run_month("2026-10"));
    cr_assert(payment_post(s, &p, b.now, &posted, &e), "%s", e.text);
    cr_assert(payment_reverse(s, &back, b.now, &e), "%s", e.text);
    cr_assert(statement_note_add(s, &note, b.now, &added, &e), "%s", e.text);
    cr_assert(
        ledger_close_month(s, "2026-09", at("2026-10-01"), "test", b.now, &closed, &e),
        "%s", e.text);
    cr_assert(store_commit(s, &e), "%s", e.text);
    cr_assert_eq(sqlite3_open(town_path, &foreign), SQLITE_OK);
}

static void
drop_books(void)
{
    sqlite3_close(foreign);
    town_remove();
}

TestSuite(insert_only, .init = make_books, .fini = drop_books);

static int64_t
number(const char *sql, const char *table)
{
    sqlite3_stmt *q = NULL;
    int64_t n;

    cr_assert_eq(sqlite3_prepare_v2(foreign, sql, -1, &q, NULL), SQLITE_OK, "%s",
                 sqlite3_errmsg(foreign));
    sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
    cr_assert_eq(sqlite3_step(q), SQLITE_ROW);
    n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

/* The columns of a table without its id. */
static void
columns_of(const char *table, char *out, size_t size)
{
    sqlite3_stmt *q = NULL;

    cr_assert_eq(sqlite3_prepare_v2(foreign,
                                    "SELECT group_concat(name) FROM pragma_table_info(?1)"
                                    " WHERE name <> 'id'",
                                    -1, &q, NULL),
                 SQLITE_OK);
    sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
    cr_assert_eq(sqlite3_step(q), SQLITE_ROW);
    snprintf(out, size, "%s", (const char *)sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
}

static void
expect_refused(const char *verb, const char *table, const char *columns)
{
    char sql[1000];

    snprintf(sql, sizeof(sql), "%s INTO %s (%s) SELECT %s FROM %s", verb, table, columns,
             columns, table);
    cr_expect_eq(sqlite3_exec(foreign, sql, NULL, NULL, NULL), SQLITE_CONSTRAINT,
                 "%s was let through", sql);
}

Test(insert_only, no_row_is_replaced_by_its_id_or_a_unique_key)
{
    static const char *const tables[] = {
        "tariff_version", "bill",          "bill_line",    "bill_reading",
        "payment",        "payment_event", "ledger_entry", "statement_file",
        "ledger_close",   "item",          "allocation",
    };
    char columns[700], all[710];

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        columns_of(tables[i], columns, sizeof(columns));
        snprintf(all, sizeof(all), "id, %s", columns);
        expect_refused("INSERT OR REPLACE", tables[i], all);
        expect_refused("REPLACE", tables[i], all);
        if (number("SELECT count(*) FROM pragma_index_list(?1) WHERE \"unique\"",
                   tables[i]) > 0)
            expect_refused("INSERT OR REPLACE", tables[i], columns);
    }
    expect_ledger_agrees();
}

Test(insert_only, each_table_that_is_never_changed_is_never_replaced_either)
{
    cr_expect_eq(number("SELECT count(*) FROM sqlite_schema u WHERE u.type = 'trigger'"
                        " AND u.name = u.tbl_name || '_no_delete' AND NOT EXISTS"
                        "  (SELECT 1 FROM sqlite_schema r WHERE r.type = 'trigger'"
                        "   AND r.name = u.tbl_name || '_no_replace')",
                        NULL),
                 0);
}

Test(insert_only, who_takes_a_guard_away_is_found)
{
    int64_t entries;

    cr_assert_eq(sqlite3_exec(foreign, "DROP TRIGGER payment_no_update", NULL, NULL, NULL),
                 SQLITE_OK);
    cr_expect_not(ledger_verify(s, &entries, &e));
    cr_expect_str_eq(e.text,
                     "table payment: somebody took its guards against changes away");
}
