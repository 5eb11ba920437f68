/* Readings checked against a year of history, beside bare SQLite inserts of the same rows;
 * and the losses of many groups, beside one SQL statement that adds up the same frozen
 * readings. */
#include "bench.h"
#include "meterpost/base/conf.h"
#include "meterpost/metering/loss.h"
#include "meterpost/metering/reading.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METERS  1000 /* unless the command line says how many */
#define HISTORY 365  /* days that are there */
#define DAYS    20   /* that are measured; with more meters a year: 2740 make a million */
#define GROUPS  1000
#define MEMBERS 100
#define START   1767225600 /* 2026-01-01T00:00:00Z */
#define KWH     "1-0:1.8.0"
#define OWN_INSERT                                                                         \
    "INSERT INTO reading (meter_id, register, value_milli, unit, taken_at, received_at,"   \
    " meter_clock, quality, source, status, actor)"                                        \
    " VALUES (?1, '" KWH "', ?2, 'kWh', ?3, ?3, 0, 'A', 'sms', 'accepted', 'bench')"

static int64_t
value_of(int meter, int day)
{
    return 1000000 + (int64_t)day * (5000 + meter % 700 * 10) +
           (meter * 31 + day * 17) % 900;
}

/* ---- a store with meters, and the same file for bare SQLite ---- */

static bool
add_meter(struct store *s, const char *name, int64_t group_id, bool is_check,
          int64_t account_id, struct err *e)
{
    struct meter m = {.commodity = "electricity",
                      .decimals = DECIMALS_UNKNOWN,
                      .digits = 9,
                      .group_id = group_id,
                      .is_check_meter = is_check,
                      .since = START};
    struct installation at = {.account_id = account_id,
                              .multiplier_milli = MULTIPLIER_ONE,
                              .installed_at = START,
                              .initial = {1000000}};
    int64_t id;

    snprintf(m.meter, sizeof(m.meter), "%s", name);
    if (!meter_add(s, &m, &at.meter_id, e))
        return false;
    return is_check || installation_add(s, &at, &id, e);
}

static bool
open_bare(const char *path, sqlite3 **db, struct err *e)
{
    if (sqlite3_open(path, db) != SQLITE_OK)
        return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(*db));
    sqlite3_exec(*db,
                 "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                 "PRAGMA cache_size=-65536",
                 NULL, NULL, NULL);
    return true;
}

/* One row for each meter and day, a transaction a day. */
static bool
insert_days(sqlite3 *db, int meters, int from, int to, struct err *e)
{
    sqlite3_stmt *q;
    bool good = true;

    if (sqlite3_prepare_v2(db, OWN_INSERT, -1, &q, NULL) != SQLITE_OK)
        return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    for (int day = from; day < to && good; day++) {
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int i = 0; i < meters && good; i++) {
            sqlite3_bind_int64(q, 1, i + 1);
            sqlite3_bind_int64(q, 2, value_of(i, day));
            sqlite3_bind_int64(q, 3, START + (int64_t)day * DAY_S);
            good = sqlite3_step(q) == SQLITE_DONE;
            sqlite3_reset(q);
        }
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    if (!good)
        err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(q);
    return good;
}

static bool
make_store(const char *path, int groups, int members, struct err *e)
{
    struct account a = {
        .account = "1", .name = "Bench", .language = "en", .opened_at = START};
    struct store *s;
    int64_t account, group = 0;
    char name[40];

    if (!store_open(path, STORE_WRITE, &s, e) || !store_begin(s, e) ||
        !account_add(s, &a, &account, e))
        return false;
    for (int i = 0; i < groups * members; i++) { /* meter ids count from 1 */
        struct group g = {.kind = "transformer", .name = "Bench"};

        snprintf(g.code, sizeof(g.code), "T%d", i / members);
        snprintf(name, sizeof(name), "%08d", i);
        if ((i % members == 0 && !group_add(s, &g, &group, e)) ||
            !add_meter(s, name, group, members > 1 && i % members == 0 && groups > 1,
                       account, e))
            return false;
    }
    if (!store_commit(s, e))
        return false;
    store_close(s);
    return true;
}

/* ---- checking readings ---- */

static bool
check_days(const char *path, const struct conf *conf, struct meter *meters, int n, int days,
           struct spent *spent, struct err *e)
{
    struct store *s;
    bool found, good = true;

    if (!store_open(path, STORE_WRITE, &s, e))
        return false;
    for (int i = 0; i < n && good; i++)
        good = meter_by_id(s, i + 1, &meters[i], &found, e);
    spent_start(spent);
    for (int day = HISTORY; day < HISTORY + days && good; day++) {
        good = store_begin(s, e);
        for (int i = 0; i < n && good; i++) {
            struct reading r = {.obis = KWH,
                                .unit = "kWh",
                                .value = {value_of(i, day)},
                                .taken_at = START + (utc_t)day * DAY_S,
                                .received_at = START + (utc_t)day * DAY_S,
                                .quality = QUALITY_ACTUAL,
                                .source = SOURCE_SMS,
                                .actor = "bench"};

            good = metering_reading_add(s, conf, &meters[i], 0, &r, e);
        }
        good = good && store_commit(s, e);
    }
    spent_end(spent, (int64_t)n * days);
    store_close(s);
    return good;
}

static bool
bench_checks(const char *dir, const struct conf *conf, struct err *e)
{
    struct spent checked, inserted;
    char ours[80], bare[80];
    int n = bench_size(METERS), days = n > METERS ? HISTORY : DAYS;
    struct meter *meters;
    sqlite3 *db;
    bool good;

    snprintf(ours, sizeof(ours), "%s/checks.db", dir);
    snprintf(bare, sizeof(bare), "%s/bare.db", dir);
    for (int k = 0; k < 2; k++) {
        if (!make_store(k == 0 ? ours : bare, 1, n, e) ||
            !open_bare(k == 0 ? ours : bare, &db, e) || !insert_days(db, n, 1, HISTORY, e))
            return false;
        if (k == 1) {
            spent_start(&inserted);
            if (!insert_days(db, n, HISTORY, HISTORY + days, e))
                return false;
            spent_end(&inserted, (int64_t)n * days);
        }
        sqlite3_close(db);
    }
    meters = calloc((size_t)n, sizeof(*meters));
    if (meters == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    good = check_days(ours, conf, meters, n, days, &checked, e);
    free(meters);
    if (good)
        spent_print("readings checked against a year", &checked, &inserted,
                    "bare SQLite inserts of the same rows");
    return good;
}

/* ---- losses ---- */

/* The same sums of the same frozen readings, in one statement. */
static const char bare_loss[] =
    "SELECT m.group_id, sum(CASE WHEN m.is_check_meter = 1 THEN b.value_milli -"
    " a.value_milli ELSE 0 END), sum(CASE WHEN m.is_check_meter = 0 THEN b.value_milli -"
    " a.value_milli ELSE 0 END) FROM meter m"
    " JOIN reading a ON a.meter_id = m.id AND a.register = '" KWH "' AND a.taken_at = ?1"
    "  AND a.status <> 'superseded'"
    " JOIN reading b ON b.meter_id = m.id AND b.register = '" KWH "' AND b.taken_at = ?2"
    "  AND b.status <> 'superseded' GROUP BY m.group_id";

static bool
bare_losses(sqlite3 *db, struct spent *bare, struct err *e)
{
    sqlite3_stmt *q;
    int groups = 0;

    if (sqlite3_prepare_v2(db, bare_loss, -1, &q, NULL) != SQLITE_OK)
        return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    spent_start(bare);
    sqlite3_bind_int64(q, 1, START + DAY_S);
    sqlite3_bind_int64(q, 2, START + 2 * DAY_S);
    while (sqlite3_step(q) == SQLITE_ROW)
        groups++;
    spent_end(bare, groups);
    sqlite3_finalize(q);
    return groups == GROUPS ||
           err_set(e, FAIL_FATAL, "%d groups instead of %d", groups, GROUPS);
}

static bool
bench_losses(const char *dir, const struct conf *conf, struct err *e)
{
    struct spent bare, ours;
    char path[80];
    struct store *s;
    sqlite3 *db;
    json_t *rows;

    snprintf(path, sizeof(path), "%s/losses.db", dir);
    if (!make_store(path, GROUPS, MEMBERS, e) || !open_bare(path, &db, e) ||
        !insert_days(db, GROUPS * MEMBERS, 1, 3, e) || !bare_losses(db, &bare, e))
        return false;
    sqlite3_close(db);
    if (!store_open(path, STORE_READ, &s, e))
        return false;
    spent_start(&ours);
    rows = loss_rows(s, conf, NULL, NULL, START + DAY_S, START + 2 * DAY_S, e);
    spent_end(&ours, (int64_t)json_array_size(rows));
    store_close(s);
    if (rows == NULL)
        return false;
    json_decref(rows);
    spent_print("losses of groups of 100 meters", &ours, &bare,
                "one SQL statement over the frozen readings");
    return true;
}

bool
bench_vee(struct err *e)
{
    struct problems problems = {0};
    struct conf conf = {0};
    char dir[] = "/tmp/meterpost-bench-XXXXXX", command[80];
    bool good;

    if (!conf_load(TOP "/conf/meterpost.yaml", &conf, &problems))
        return problems_err(&problems, e);
    if (mkdtemp(dir) == NULL)
        return err_set(e, FAIL_FATAL, "no folder in /tmp");
    good = bench_checks(dir, &conf, e) && bench_losses(dir, &conf, e);
    conf_free(&conf);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command) == 0 && good;
}
