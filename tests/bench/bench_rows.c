/* From a text in the inbox to a checked reading, committed fifty at a time as the engine
 * does, beside bare SQLite inserts of the same rows with the same settings and the same
 * commits. */
#include "bench.h"
#include "meterpost/base/conf.h"
#include "meterpost/metering/profile.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/inbox.h"
#include "meterpost/store/registry.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METERS 500
#define TEXTS  5000
#define BATCH  50
#define START  1790000000

static bool
add_meters(struct store *s, struct err *e)
{
    struct account a = {
        .account = "1", .name = "Bench", .language = "en", .opened_at = START};
    int64_t account, meter, at;

    if (!account_add(s, &a, &account, e))
        return false;
    for (int i = 0; i < METERS; i++) {
        struct meter m = {.commodity = "electricity",
                          .profile = "kamstrup-gsm7i",
                          .decimals = DECIMALS_UNKNOWN,
                          .since = START};
        struct installation in = {.account_id = account,
                                  .multiplier_milli = MULTIPLIER_ONE,
                                  .installed_at = START};

        snprintf(m.meter, sizeof(m.meter), "%08d", 10000000 + i);
        snprintf(m.phone, sizeof(m.phone), "+25471100%04d", i);
        if (!meter_add(s, &m, &meter, e))
            return false;
        in.meter_id = meter;
        if (!installation_add(s, &in, &at, e))
            return false;
    }
    return true;
}

static bool
one_text(struct store *s, const struct conf *c, const struct profiles *p, int i,
         struct err *e)
{
    static struct inbox_row m;
    struct metering_outcome outcome;
    int meter = i % METERS, day = i / METERS;

    memset(&m, 0, sizeof(m));
    snprintf(m.modem, sizeof(m.modem), "sim1");
    snprintf(m.sender, sizeof(m.sender), "+25471100%04d", meter);
    snprintf(m.text, sizeof(m.text), "%d kWh,\n%d W,\n%d Hours,\nMeter No.: %08d",
             100 + day * 5, 300 + meter, 24 * day, 10000000 + meter);
    m.parts = 1;
    m.sender_kind = PHONE_E164;
    m.smsc_at = m.received_at = START + (utc_t)(day + 1) * DAY_S;
    return inbox_row_add(s, &m, &m.id, e) &&
           metering_take_reply(s, c, p, &m, m.received_at, &outcome, e) &&
           inbox_finish(s, m.id, INBOX_DONE, outcome.kind, NULL, outcome.account_id,
                        outcome.meter_id, outcome.request_id, m.received_at, e);
}

static bool
our_rate(const char *path, double *rate, struct err *e)
{
    struct problems problems = {0};
    struct profiles *profiles = NULL;
    struct conf conf = {0};
    struct store *s;
    int64_t from;

    if (!conf_load(TOP "/conf/meterpost.yaml", &conf, &problems) ||
        !profiles_load(TOP "/conf/profiles", &profiles, &problems))
        return problems_err(&problems, e);
    if (!store_open(path, STORE_WRITE, &s, e) || !store_begin(s, e) || !add_meters(s, e) ||
        !store_commit(s, e))
        return false;
    from = bench_now_us();
    for (int i = 0; i < TEXTS; i += BATCH) {
        if (!store_begin(s, e))
            return false;
        for (int k = i; k < i + BATCH; k++) {
            if (!one_text(s, &conf, profiles, k, e))
                return false;
        }
        if (!store_commit(s, e))
            return false;
    }
    *rate = figure_rate(TEXTS, from);
    store_close(s);
    profiles_free(profiles);
    conf_free(&conf);
    return true;
}

/* The rows that one text leaves: a message and two readings (energy and power). */
static const char *const bare_sql[] = {
    "INSERT INTO inbox (modem, sender, sender_kind, text, parts, state, kind, smsc_at,"
    " received_at, handled_at, meter_id) VALUES ('sim1', '+254711000001', 'number', ?1, 1,"
    " 'done', 'reading', ?2, ?2, ?2, ?3)",
    "INSERT INTO reading (meter_id, register, value_milli, unit, taken_at, received_at,"
    " meter_clock, quality, source, status, inbox_id, actor, raw)"
    " VALUES (?3, '1-0:1.8.0', ?4, 'kWh', ?2, ?2, 0, 'A', 'sms', 'accepted',"
    " last_insert_rowid(), 'engine', '123')",
    "INSERT INTO reading (meter_id, register, value_milli, unit, taken_at, received_at,"
    " meter_clock, quality, source, status, actor, raw)"
    " VALUES (?3, '1-0:1.7.0', ?4, 'W', ?2, ?2, 0, 'A', 'sms', 'accepted', 'engine', "
    "'123')",
};
#define BARE (sizeof(bare_sql) / sizeof(bare_sql[0]))

static bool
bare_rate(const char *path, double *rate, struct err *e)
{
    struct store *s;
    sqlite3 *db;
    sqlite3_stmt *q[BARE];
    int64_t from;

    /* The same schema and the same meters, then SQLite alone. */
    if (!store_open(path, STORE_WRITE, &s, e) || !store_begin(s, e) || !add_meters(s, e) ||
        !store_commit(s, e))
        return false;
    store_close(s);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    sqlite3_exec(db,
                 "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                 "PRAGMA cache_size=-65536",
                 NULL, NULL, NULL);
    for (size_t k = 0; k < BARE; k++) {
        if (sqlite3_prepare_v2(db, bare_sql[k], -1, &q[k], NULL) != SQLITE_OK)
            return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
    }
    from = bench_now_us();
    for (int i = 0; i < TEXTS; i++) {
        if (i % BATCH == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (size_t k = 0; k < BARE; k++) {
            sqlite3_bind_text(q[k], 1,
                              "32432 kWh,\n343 W,\n2452 Hours,\nMeter No.: 10101010", -1,
                              SQLITE_STATIC);
            sqlite3_bind_int64(q[k], 2, START + (i / METERS + 1) * DAY_S);
            sqlite3_bind_int64(q[k], 3, i % METERS + 1);
            sqlite3_bind_int64(q[k], 4, i * 1000);
            if (sqlite3_step(q[k]) != SQLITE_DONE)
                return err_set(e, FAIL_FATAL, "%s", sqlite3_errmsg(db));
            sqlite3_reset(q[k]);
        }
        if (i % BATCH == BATCH - 1)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    *rate = figure_rate(TEXTS, from);
    for (size_t k = 0; k < BARE; k++)
        sqlite3_finalize(q[k]);
    sqlite3_close(db);
    return true;
}

bool
bench_rows(struct err *e)
{
    struct figure f = {.name = "texts to checked readings",
                       .unit = "/s",
                       .baseline = "bare SQLite inserts of the same rows"};
    char dir[] = "/tmp/meterpost-bench-XXXXXX", command[80], path[2][60];
    bool good;

    if (mkdtemp(dir) == NULL)
        return err_set(e, FAIL_FATAL, "no folder in /tmp");
    snprintf(path[0], sizeof(path[0]), "%s/ours.db", dir);
    snprintf(path[1], sizeof(path[1]), "%s/bare.db", dir);
    good = our_rate(path[0], &f.ours, e) && bare_rate(path[1], &f.theirs, e);
    if (good)
        figure_print(&f);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command) == 0 && good;
}
