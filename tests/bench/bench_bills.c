/* A bill run: accounts with a three-block tariff, bills of five lines, the ledger and the
 * open items posted, committed a slice at a time as the engine does, beside bare SQLite
 * inserts of the same rows with the same settings and the same commits. */
#include "bench.h"
#include "meterpost/base/conf.h"
#include "meterpost/billing/run.h"
#include "meterpost/store/readings.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH 250

static const char tariff_text[] =
    "tariff: bench\nname: B\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
    "decimals: 2\ncomponents:\n"
    "  - {code: fixed, label: Fixed charge, type: fixed, amount: 150}\n"
    "  - {code: energy, label: Energy, type: blocks, blocks: [{upto: 30, rate: \"12.22\"}, "
    "{upto: 100, rate: \"16.30\"}, {rate: \"20.97\"}]}\n"
    "  - {code: vat, label: VAT, type: percent, rate: 16, of: [fixed, energy]}\n";

struct town {
    struct store *s;
    struct conf conf;
    struct tariff *tariff;
    struct tariff_set set;
    utc_t start, end;
};

static bool
add_one(struct town *t, int i, struct err *e)
{
    struct account a = {.language = "en", .opened_at = t->start};
    struct contract c = {.tariff = "bench", .valid_from = t->start};
    struct meter m = {.commodity = "electricity", .digits = 6, .since = t->start};
    struct installation at = {.multiplier_milli = MULTIPLIER_ONE, .installed_at = t->start};
    struct reading r = {.obis = "1-0:1.8.0",
                        .unit = "kWh",
                        .value = {(110 + i % 90) * 1000},
                        .taken_at = t->end,
                        .received_at = t->end,
                        .quality = 'A',
                        .status = READING_ACCEPTED,
                        .actor = "bench"};
    int64_t id;

    snprintf(a.account, sizeof(a.account), "%d", 1000000 + i);
    snprintf(a.name, sizeof(a.name), "Person %d", i);
    snprintf(m.meter, sizeof(m.meter), "%d", 2000000 + i);
    if (!account_add(t->s, &a, &at.account_id, e) ||
        !contract_add(t->s, at.account_id, &c, e) ||
        !meter_add(t->s, &m, &at.meter_id, e) || !installation_add(t->s, &at, &id, e))
        return false;
    r.meter_id = at.meter_id;
    return reading_add(t->s, &r, &id, e);
}

static bool
town_settle(struct town *t, const char *path, int accounts, struct err *e)
{
    if (!store_open(path, STORE_WRITE, &t->s, e) || !store_begin(t->s, e))
        return false;
    for (int i = 0; i < accounts; i++) {
        if (!add_one(t, i, e))
            return false;
    }
    return store_commit(t->s, e) && store_checkpoint(t->s, e);
}

static bool
town_open(struct town *t, struct err *e)
{
    struct problems p = {0};

    if (!conf_load(TOP "/conf/meterpost.yaml", &t->conf, &p))
        return problems_err(&p, e);
    t->tariff = tariff_open_text("bench", tariff_text, strlen(tariff_text), &p);
    t->set = (struct tariff_set){&t->tariff, 1};
    return t->tariff != NULL && clock_zone_set(t->conf.utility.timezone, e) &&
           clock_parse("2026-10-01", &t->start, e) && clock_parse("2026-11-01", &t->end, e);
}

static bool
run_all(struct town *t, int accounts, struct spent *spent, struct err *e)
{
    struct billing b = {
        .store = t->s, .conf = &t->conf, .tariffs = &t->set, .now = t->end + HOUR_S};
    struct job job;
    int64_t id;
    bool found;

    if (!store_begin(t->s, e) || !billing_run_start(&b, "2026-10", NULL, "bench", &id, e) ||
        !job_get(t->s, id, &job, &found, e) || !store_commit(t->s, e))
        return false;
    spent_start(spent);
    while (job.state == JOB_RUNNING) {
        if (!store_begin(t->s, e) || !billing_run_slice(&b, &job, 1000, BATCH, e) ||
            !job_save(t->s, &job, b.now, e) || !store_commit(t->s, e))
            return false;
    }
    spent_end(spent, accounts);
    return strstr(job.result, "\"skipped\":0") != NULL ||
           err_set(e, FAIL_FATAL, "accounts were skipped: %.200s", job.result);
}

/* The rows that one bill leaves: itself, five lines, a reading, its receivable, four
 * entries (a code each, all against it), an open item, its number. */
static const char *const bare_sql[] = {
    "INSERT INTO number_series (series, year, last) VALUES ('bill', 2026, 1)"
    " ON CONFLICT (series, year) DO UPDATE SET last = last + 1",
    "INSERT INTO bill (key, number, series, year, seq, kind, account_id, period_from,"
    " period_to, issued_at, due_at, basis, tariff_version_id, days, currency, total_minor,"
    " balance_before_minor, usage, actor) VALUES (?1 || ' 2026-10', '2026-' || ?1, 'bill',"
    " 2026, ?2, 'bill', ?2, 1, 2, 3, 4, 'A', 1, 31, 'KES', 352338, 0,"
    " '{\"days\":31,\"month\":10,\"months\":1,\"total\":\"110\",\"ytd_before\":\"0\"}', "
    "'b')",
    "INSERT INTO bill_line (bill_id, line, code, label, amount_minor)"
    " VALUES (?2, 1, 'fixed', 'Fixed charge', 15000)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 2, 'energy', 'Energy', 30000, 12220000, 36660)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 3, 'energy', 'Energy', 70000, 16300000, 114100)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 4, 'energy', 'Energy', 10000, 20970000, 20970)",
    "INSERT INTO bill_line (bill_id, line, code, label, qty_milli, rate_micro,"
    " amount_minor) VALUES (?2, 5, 'vat', 'VAT', 1867300, 16000000, 29877)",
    "INSERT INTO bill_reading (bill_id, meter_id, register, unit, from_milli, from_at,"
    " from_quality, to_reading_id, to_milli, to_at, to_quality, multiplier_milli,"
    " usage_milli) VALUES (?2, ?2, '1-0:1.8.0', 'kWh', 0, 1, 'A', ?2, 110000, 2, 'A', 1000,"
    " 110000)",
    "INSERT INTO ledger_account (id, name, type, account_id)"
    " VALUES (?2 + 10, 'Receivable:' || ?1, 'asset', ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, bill_id) VALUES ('bill 2026-' || ?1 || ' fixed', 3, ?2 + 10, 1, 15000, 'bill',"
    " 'bill 2026-' || ?1, ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, bill_id) VALUES ('bill 2026-' || ?1 || ' energy', 3, ?2 + 10, 2, 171730, "
    "'bill',"
    " 'bill 2026-' || ?1, ?2)",
    "INSERT INTO ledger_entry (key, posted_at, debit_id, credit_id, amount_minor, kind,"
    " memo, bill_id) VALUES ('bill 2026-' || ?1 || ' vat', 3, ?2 + 10, 3, 29877, 'bill',"
    " 'bill 2026-' || ?1, ?2)",
    "INSERT INTO item (key, account_id, kind, amount_minor, open_minor, at, due_at, "
    "bill_id, memo)"
    " VALUES ('bill 2026-' || ?1, ?2, 'bill', 216607, 216607, 3, 4, ?2, 'bill 2026-' || "
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
        if (i % BATCH == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (!bare_one(db, q, i, e))
            return false;
        if (i % BATCH == BATCH - 1 || i + 1 == accounts)
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

static bool
measure(struct town *t, const char *dir, int accounts, struct err *e)
{
    struct spent ours, theirs;
    char path[2][80];
    bool ok;

    snprintf(path[0], sizeof(path[0]), "%s/ours-%d.db", dir, accounts);
    snprintf(path[1], sizeof(path[1]), "%s/bare-%d.db", dir, accounts);
    ok = town_settle(t, path[0], accounts, e) && run_all(t, accounts, &ours, e);
    store_close(t->s);
    ok = ok && town_settle(t, path[1], accounts, e);
    if (ok)
        store_close(t->s);
    ok = ok && bare_rate(path[1], accounts, &theirs, e);
    if (ok)
        print_both(accounts, &ours, &theirs);
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
    tariff_destroy(t.tariff);
    conf_free(&t.conf);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command) == 0 && good;
}
