/* A bill run: accounts with a three-block tariff, bills of five lines, the ledger and the
 * open items posted, committed a slice at a time as the engine does, beside bare SQLite
 * inserts of the same rows with the same settings and the same commits. */
#include "bench_town.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The rows that one bill leaves: itself, five lines, a reading, its receivable, three
 * entries (a code each, all against it), an open item, its number. ?1 is the account's
 * name, ?2 its id, ?3 the kWh above 110. */
static const char *const bare_sql[] = {
    "INSERT INTO number_series (series, year, last) VALUES ('bill', 2026, 1)"
    " ON CONFLICT (series, year) DO UPDATE SET last = last + 1",
    "INSERT INTO bill (key, number, series, year, seq, kind, account_id, period_from,"
    " period_to, issued_at, due_at, basis, tariff_version_id, days, currency, total_minor,"
    " balance_before_minor, usage, actor) VALUES (?1 || ' 2026-10', '2026-' || ?1, 'bill',"
    " 2026, ?2, 'bill', ?2, 1, 2, 3, 4, 'A', 1, 31, 'KES', 216607 + ?3 * 2433, 0,"
    " '{\"days\":31,\"month\":10,\"months\":1,\"total\":\"110\",\"ytd_before\":\"0\"}', "
    "'b')",
    "INSERT INTO bill_line (bill_id, line, code, label, amount_minor)"
    " VALUES (?2, 1, 'fixed', 'Fixed charge', 15000)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 2, 'energy', 'Energy', 30000, 12220000, 36660)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 3, 'energy', 'Energy', 70000, 16300000, 114100)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 4, 'energy', 'Energy', 10000 + ?3 * 1000, 20970000, 20970 "
    "+ ?3 * 2097)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 5, 'vat', 'VAT', 1867300 + ?3 * 20970, 16000000, 29877 + "
    "?3 * 336)",
    "INSERT INTO bill_reading (bill_id, meter_id, register, unit, from_milli, from_at,"
    " from_quality, to_reading_id, to_milli, to_at, to_quality, multiplier_milli,"
    " usage_milli) VALUES (?2, ?2, '1-0:1.8.0', 'kWh', 0, 1, 'A', ?2, 110000 + ?3 * 1000, "
    "2, 'A',"
    " 1000, 110000 + ?3 * 1000)",
    "INSERT INTO ledger_account (id, name, type, account_id)"
    " VALUES (?2 + 10, 'Receivable:' || ?1, 'asset', ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, bill_id) VALUES ('bill 2026-' || ?1 || ' fixed', 3, ?2 + 10, 1, 15000, 'bill',"
    " 'bill 2026-' || ?1, ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, bill_id) VALUES ('bill 2026-' || ?1 || ' energy', 3, ?2 + 10, 2,"
    " 171730 + ?3 * 2097, "
    "'bill',"
    " 'bill 2026-' || ?1, ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, bill_id) VALUES ('bill 2026-' || ?1 || ' vat', 3, ?2 + 10, 3, 29877 + ?3 * "
    "336, 'bill',"
    " 'bill 2026-' || ?1, ?2)",
    "INSERT INTO item (key, account_id, kind, amount_minor, open_minor, at, due_at, "
    "bill_id, memo)"
    " VALUES ('bill 2026-' || ?1, ?2, 'bill', 216607 + ?3 * 2433, 216607 + ?3 * 2433, 3, "
    "4, ?2, 'bill 2026-' || "
    "?1)",
};
#define BARE (sizeof(bare_sql) / sizeof(bare_sql[0]))

static bool
bare_prepare(sqlite3 *db, sqlite3_stmt **q, struct err *e)
{
    static const char setup[] =
        "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
        "INSERT INTO tariff_version (id, tariff, valid_from, hash, body, loaded_at)"
        " VALUES (1, 'bench', 0, 'x', 'x', 0);"
        "INSERT INTO ledger_account (id, name, type) VALUES (1, 'Income:fixed', 'income'),"
        " (2, 'Income:energy', 'income'), (3, 'TaxPayable:vat', 'liability')";

    if (sqlite3_exec(db, setup, NULL, NULL, NULL) != SQLITE_OK)
        return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    for (size_t k = 0; k < BARE; k++) {
        if (sqlite3_prepare_v2(db, bare_sql[k], -1, &q[k], NULL) != SQLITE_OK)
            return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    }
    return true;
}

static bool
bare_one(sqlite3 *db, sqlite3_stmt **q, int i, struct err *e)
{
    char name[16];

    snprintf(name, sizeof(name), "%d", 1000000 + i);
    for (size_t k = 0; k < BARE; k++) {
        if (sqlite3_bind_parameter_count(q[k]) > 0)
            sqlite3_bind_text(q[k], 1, name, -1, SQLITE_STATIC);
        if (sqlite3_bind_parameter_count(q[k]) > 1)
            sqlite3_bind_int64(q[k], 2, i + 1);
        if (sqlite3_bind_parameter_count(q[k]) > 2)
            sqlite3_bind_int64(q[k], 3, town_use(i));
        if (sqlite3_step(q[k]) != SQLITE_DONE)
            return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
        sqlite3_reset(q[k]);
    }
    return true;
}

static bool
bare_rate(const char *path, int accounts, struct spent *spent, struct err *e)
{
    sqlite3_stmt *q[BARE];
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK || !bare_prepare(db, q, e))
        return false;
    spent_start(spent);
    for (int i = 0; i < accounts; i++) {
        if (i % TOWN_BATCH == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (!bare_one(db, q, i, e))
            return false;
        if (i % TOWN_BATCH == TOWN_BATCH - 1 || i + 1 == accounts)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    spent_end(spent, accounts);
    for (size_t k = 0; k < BARE; k++)
        sqlite3_finalize(q[k]);
    sqlite3_close(db);
    return true;
}

static void
print_both(int accounts, const struct spent *ours, const struct spent *theirs)
{
    char name[40];

    snprintf(name, sizeof(name), "bills of %d accounts", accounts);
    spent_print(name, ours, theirs, "bare SQLite inserts of the same rows");
}

/* The same town twice: settled once, and copied. */
static bool
copy(const char *from, const char *to, struct err *e)
{
    char command[200];

    snprintf(command, sizeof(command), "cp %s %s", from, to);
    return system(command) == 0 || err_set(e, FAIL_RETRY, "no copy of %s", from);
}

static bool
measure(struct town *t, const char *dir, int accounts, struct err *e)
{
    struct spent ours, theirs;
    char path[2][80];
    bool ok;

    snprintf(path[0], sizeof(path[0]), "%s/ours-%d.db", dir, accounts);
    snprintf(path[1], sizeof(path[1]), "%s/bare-%d.db", dir, accounts);
    ok = town_settle(t, path[0], accounts, e) && copy(path[0], path[1], e) &&
         town_bill(t, accounts, &ours, e);
    store_close(t->s);
    ok = ok && bare_rate(path[1], accounts, &theirs, e);
    if (ok)
        print_both(accounts, &ours, &theirs);
    unlink(path[0]);
    unlink(path[1]);
    return ok;
}

bool
bench_bills(struct err *e)
{
    int most = bench_size(100000), sizes[] = {most / 100, most / 10, most};
    char dir[] = "/tmp/meterpost-bench-XXXXXX", command[80];
    struct town t = {0};
    bool good = mkdtemp(dir) != NULL && town_open(&t, e);

    for (size_t i = 0; good && i < sizeof(sizes) / sizeof(sizes[0]); i++)
        good = measure(&t, dir, sizes[i], e);
    town_close(&t);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command) == 0 && good;
}
