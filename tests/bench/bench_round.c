/* A round of 100,000 meters, forecast and started, beside the bare inserts of its rows. */
#include "bench.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/profile.h"
#include "meterpost/metering/round.h"
#include "meterpost/store/registry.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METERS 100000
#define NOW    1767268800 /* 2026-01-01T12:00:00Z */

static const char profile_text[] =
    "profile: gsm\nname: A meter\ncommodity: electricity\nsource: bench\n"
    "requests: {read: 'READ {{meter}} {{password}}'}\n"
    "replies:\n  - {name: r, kind: reading, pattern: '^(?<e>[\\d.]+) kWh$',\n"
    "     values: [{register: '1-0:1.8.0', group: e, unit: kWh}]}\n"
    "examples:\n  - {text: '5.5 kWh', expect: {kind: reading,\n"
    "     values: [{register: '1-0:1.8.0', value: '5.5', unit: kWh}]}}\n";

static bool
load_profiles(const char *dir, struct profiles **out, struct err *e)
{
    struct problems p = {0};
    char path[80];
    bool good;
    FILE *f;

    snprintf(path, sizeof(path), "%s/gsm.yaml", dir);
    f = fopen(path, "w");
    if (f == NULL)
        return err_set(e, FAIL_RETRY, "cannot write %s", path);
    fputs(profile_text, f);
    fclose(f);
    good = profiles_load(dir, out, &p);
    unlink(path);
    if (!good)
        problems_err(&p, e);
    problems_free(&p);
    return good;
}

static bool
add_meters(struct store *s, struct err *e)
{
    struct meter m = {.commodity = "electricity",
                      .profile = "gsm",
                      .decimals = DECIMALS_UNKNOWN,
                      .is_check_meter = true,
                      .since = NOW};

    for (int i = 0; i < METERS; i++) {
        snprintf(m.meter, sizeof(m.meter), "B%06d", i);
        snprintf(m.phone, sizeof(m.phone), "+2547%08d", i);
        if (!meter_add(s, &m, &m.id, e))
            return false;
    }
    return true;
}

/* As many rows as a round has, by SQLite alone. */
static double
bare_inserts(const char *dir)
{
    char path[80];
    sqlite3 *db;
    sqlite3_stmt *q;
    int64_t from;
    double rate;

    snprintf(path, sizeof(path), "%s/bare.db", dir);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        return 0;
    sqlite3_exec(
        db,
        "CREATE TABLE r (id INTEGER PRIMARY KEY, key TEXT UNIQUE, meter INTEGER,"
        " next INTEGER); CREATE TABLE x (r INTEGER, m INTEGER, PRIMARY KEY (r, m));"
        " CREATE INDEX rn ON r(next); BEGIN",
        NULL, NULL, NULL);
    from = bench_now_us();
    sqlite3_prepare_v2(db, "INSERT INTO r (key, meter, next) VALUES ('m' || ?1, ?1, 1)", -1,
                       &q, NULL);
    for (int i = 0; i < METERS; i++, sqlite3_reset(q)) {
        sqlite3_bind_int(q, 1, i);
        sqlite3_step(q);
    }
    sqlite3_finalize(q);
    sqlite3_prepare_v2(db, "INSERT INTO x VALUES (1, ?1)", -1, &q, NULL);
    for (int i = 0; i < METERS; i++, sqlite3_reset(q)) {
        sqlite3_bind_int(q, 1, i);
        sqlite3_step(q);
    }
    sqlite3_finalize(q);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    rate = figure_rate(METERS, from);
    sqlite3_close(db);
    unlink(path);
    return rate;
}

static bool
measure(struct store *s, const struct profiles *profiles, const char *dir, struct err *e)
{
    struct conf_modem modem = {
        .name = "sim1", .rate = {20, 60}, .routes = {"*"}, .n_routes = 1};
    struct conf conf = {
        .modems = &modem,
        .n_modems = 1,
        .reading = {.window = {0, MINUTES_A_DAY}, .reply_timeout_s = 600, .attempts = 3}};
    struct round_start start = {.name = "bench", .actor = "bench"};
    struct round_summary sum;
    struct round_plan plan;
    int64_t from = bench_now_us();

    if (!metering_round_plan(s, &conf, profiles, &start, NOW, &plan, e))
        return false;
    figure_print(&(struct figure){.name = "meters of a round, forecast",
                                  .unit = "a second",
                                  .ours = figure_rate(plan.meters, from)});
    from = bench_now_us();
    if (!metering_round_start(s, &conf, &start, NOW, &sum, e))
        return false;
    figure_print(&(struct figure){.name = "meters of a round, started",
                                  .unit = "a second",
                                  .baseline = "the bare inserts of SQLite",
                                  .ours = figure_rate(sum.requests, from),
                                  .theirs = bare_inserts(dir)});
    return true;
}

bool
bench_round(struct err *e)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char dir[] = "/tmp/meterpost-bench-XXXXXX", db[64], file[80];
    struct profiles *profiles = NULL;
    struct store *s = NULL;
    bool good;

    if (mkdtemp(dir) == NULL)
        return err_set(e, FAIL_RETRY, "cannot make a folder in /tmp");
    snprintf(db, sizeof(db), "%s/bench.db", dir);
    good = load_profiles(dir, &profiles, e) && store_open(db, STORE_WRITE, &s, e) &&
           store_begin(s, e) && add_meters(s, e) && measure(s, profiles, dir, e);
    store_close(s);
    profiles_free(profiles);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", db, ends[i]);
        unlink(file);
    }
    rmdir(dir);
    return good;
}
