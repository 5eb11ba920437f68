/*
 * village.h - what the tests of metering stand on: a store in a folder of its own,
 * settings, three profiles, and one open transaction.
 */
#ifndef METERPOST_TESTS_METERING_VILLAGE_H
#define METERPOST_TESTS_METERING_VILLAGE_H

#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"
#include "meterpost/metering/import.h"
#include "meterpost/metering/profile.h"
#include "meterpost/store/inbox.h"
#include "meterpost/store/registry.h"
#include "meterpost/store/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOON 1767268800 /* 2026-01-01T12:00:00Z, a Thursday */

static char dir[] = "/tmp/meterpost-metering-XXXXXX";
static char db[64];
static struct store *s;
static struct conf conf;
static struct profiles *profiles;
static struct err e;
static utc_t now = NOON;

static const char *const profile_files[][2] = {
    {"gsm.yaml",
     "profile: gsm\n"
     "name: A meter with a SIM of its own\n"
     "commodity: electricity\n"
     "source: tests\n"
     "requests: {read: 'READ {{meter}} {{password}}', relay: 'STATE',\n"
     "           clock: 'TIME {{yy}}{{month}}{{day}}{{hour}}{{minute}}'}\n"
     "replies:\n"
     "  - {name: reading, kind: reading,\n"
     "     pattern: '^(?<e>[\\d.]+) kWh(?: at (?<t>\\d{10}))?(?: of (?<meter>\\S+))?$',\n"
     "     values: [{register: '1-0:1.8.0', group: e, unit: kWh}],\n"
     "     time: {group: t, format: '%y%m%d%H%M', zone: utc}}\n"
     "  - {name: relay, kind: relay, pattern: '^Relay (?<r>[01])$',\n"
     "     relay: {group: r, closed: ['1'], open: ['0']}}\n"
     "  - {name: busy, kind: error, pattern: '^Busy$', error: meter-busy}\n"
     "  - {name: cover, kind: alarm, pattern: '^Cover open$', alarm: tamper}\n"
     "examples:\n"
     "  - {text: '5.5 kWh', expect: {kind: reading,\n"
     "     values: [{register: '1-0:1.8.0', value: '5.5', unit: kWh}]}}\n"},
    {"water.yaml",
     "profile: water\n"
     "name: A water meter\n"
     "commodity: water\n"
     "source: tests\n"
     "requests: {read: 'R'}\n"
     "replies:\n"
     "  - {name: reading, kind: reading,\n"
     "     pattern: '^V=(?<v>[\\d.]+)(?: bat (?<b>ok|low))?(?<t> magnet)?$',\n"
     "     values: [{register: '8-0:1.0.0', group: v, unit: m3}],\n"
     "     alarms: [{group: b, is: [low], alarm: battery-low},\n"
     "              {group: t, alarm: tamper}]}\n"
     "examples:\n"
     "  - {text: 'V=5.5', expect: {kind: reading,\n"
     "     values: [{register: '8-0:1.0.0', value: '5.5', unit: m3}]}}\n"},
    {"tou.yaml",
     "profile: tou\n"
     "name: A meter with tariffs, reactive energy and transformers\n"
     "commodity: electricity\n"
     "source: tests\n"
     "requests: {read: 'R'}\n"
     "replies:\n"
     "  - {name: reading, kind: reading, pattern: '^(?<items>(?:[A-Z]=[\\d.]+;)+)$',\n"
     "     repeat: {group: items, pattern: '(?<k>[A-Z])=(?<v>[\\d.]+);', key: k},\n"
     "     values: [{register: '1-0:1.8.0', group: v, unit: kWh, key: T},\n"
     "              {register: '1-0:1.8.1', group: v, unit: kWh, key: P},\n"
     "              {register: '1-0:1.8.2', group: v, unit: kWh, key: V},\n"
     "              {register: '1-0:3.8.0', group: v, unit: kvarh, key: Q},\n"
     "              {register: '1-0:0.4.2', group: v, unit: '1', key: C}]}\n"
     "examples:\n"
     "  - {text: 'T=1.5;', expect: {kind: reading,\n"
     "     values: [{register: '1-0:1.8.0', value: '1.5', unit: kWh}]}}\n"},
    {"box.yaml",
     "profile: box\n"
     "name: A concentrator\n"
     "commodity: electricity\n"
     "source: tests\n"
     "requests: {read: 'ALL {{address}}'}\n"
     "replies:\n"
     "  - {name: all, kind: reading, pattern: '^(?<items>(?:\\w+=[\\d.]+;)+)$',\n"
     "     repeat: {group: items, pattern: '(?<meter>\\w+)=(?<e>[\\d.]+);'},\n"
     "     values: [{register: '1-0:1.8.0', group: e, unit: kWh}]}\n"
     "  - {name: silent, kind: error, pattern: '^No meter response$',\n"
     "     error: meter-silent}\n"
     "examples:\n"
     "  - {text: '17=1.5;', expect: {kind: reading,\n"
     "     values: [{register: '1-0:1.8.0', value: '1.5', unit: kWh}]}}\n"},
};

#define PROFILE_FILES (sizeof(profile_files) / sizeof(profile_files[0]))

static inline void
load_profiles(void)
{
    struct problems p = {0};
    char file[80];
    FILE *f;

    for (size_t i = 0; i < PROFILE_FILES; i++) {
        snprintf(file, sizeof(file), "%s/%s", dir, profile_files[i][0]);
        f = fopen(file, "w");
        fputs(profile_files[i][1], f);
        fclose(f);
    }
    if (!profiles_load(dir, &profiles, &p))
        problems_print(&p, stderr);
    cr_assert_not_null(profiles);
    for (size_t i = 0; i < PROFILE_FILES; i++) {
        snprintf(file, sizeof(file), "%s/%s", dir, profile_files[i][0]);
        unlink(file);
    }
    problems_free(&p);
}

static inline void
make_village(void)
{
    cr_assert(clock_zone_set("UTC", &e), "%s", e.text);
    cr_assert_not_null(mkdtemp(dir));
    load_profiles();
    snprintf(db, sizeof(db), "%s/test.db", dir);
    cr_assert(store_open(db, STORE_WRITE, &s, &e), "%s", e.text);
    cr_assert(store_begin(s, &e), "%s", e.text);
    conf = (struct conf){.decimals = 2,
                         .reading = {.reply_timeout_s = 600,
                                     .attempts = 3,
                                     .backoff_s = {900, 3600},
                                     .n_backoff = 2,
                                     .window = {0, MINUTES_A_DAY}},
                         .validation = {.clock_warn_s = 900,
                                        .clock_hold_s = DAY_S,
                                        .too_old_s = 40 * DAY_S}};
    text_copy(conf.utility.country_code, sizeof(conf.utility.country_code), "254");
    text_copy(conf.utility.language, sizeof(conf.utility.language), "en");
}

static inline void
remove_village(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    store_close(s);
    profiles_free(profiles);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", db, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

static inline bool
tariff_known(const char *name, void *tariffs)
{
    (void)tariffs;
    return strcmp(name, "domestic") == 0;
}

static int64_t village_owed[50]; /* by account: what the import said of its balance */

/* The ledger belongs to billing, and has its tests there. */
static inline bool
post_opening(struct store *to, const struct account *a, struct money balance, utc_t at,
             struct err *why)
{
    (void)to;
    (void)at;
    if (a->id <= 0 || a->id >= 50)
        return err_set(why, FAIL_FATAL, "no account");
    village_owed[a->id] = balance.minor;
    return true;
}

static inline bool
import(const char *kind, const char *text, struct import_result *out, struct problems *p)
{
    struct import_context context = {.store = s,
                                     .conf = &conf,
                                     .profiles = profiles,
                                     .tariff_known = tariff_known,
                                     .post_opening = post_opening,
                                     .actor = "amina",
                                     .now = now};

    return import_text(&context, kind, kind, text, strlen(text), out, p, &e);
}

/* A file that must be right. */
static inline int64_t
must_import(const char *kind, const char *text)
{
    struct import_result done;
    struct problems p = {0};

    if (!import(kind, text, &done, &p))
        problems_print(&p, stderr);
    cr_assert(problems_none(&p), "%s: %s", kind, e.text);
    problems_free(&p);
    return done.rows;
}

/* Two meters with phones, a concentrator with three meters, all at accounts. */
static inline void
settle_village(void)
{
    must_import("groups", "group,name\nT1,Market\nT2,Hill\n");
    must_import("concentrators", "concentrator,profile,phone,address\n"
                                 "C1,box,0722000001,7\n");
    must_import("accounts", "account,name,tariff\n1,A,domestic\n2,B,domestic\n"
                            "3,C,domestic\n4,D,domestic\n5,E,domestic\n");
    must_import("meters",
                "meter,account,commodity,profile,phone,concentrator,address,digits,"
                "initial_reading,installed_on,group,password\n"
                "M1,1,electricity,gsm,0711000001,,0042,5,100,2025-12-01,T1,sesame\n"
                "W2,2,water,water,0711000002,,,,0,2025-12-01,T2,\n"
                "000000000017,3,electricity,,,C1,17,,10,2025-12-01,T2,\n"
                "B4,4,electricity,,,C1,18,,10,2025-12-01,T2,\n"
                "B5,5,electricity,,,C1,19,,10,2025-12-01,T2,\n");
}

static inline struct meter
meter(const char *name)
{
    struct meter m;
    bool found;

    cr_assert(meter_by_name(s, name, &m, &found, &e) && found, "meter %s", name);
    return m;
}

/* A text that came in just now; the row's id is in it. */
static inline struct inbox_row
text_from(const char *sender, const char *text)
{
    struct inbox_row m = {.sender_kind = PHONE_E164,
                          .parts = 1,
                          .state = INBOX_NEW,
                          .smsc_at = now,
                          .received_at = now};

    text_copy(m.modem, sizeof(m.modem), "sim1");
    text_copy(m.sender, sizeof(m.sender), sender);
    text_copy(m.text, sizeof(m.text), text);
    cr_assert(inbox_row_add(s, &m, &m.id, &e), "%s", e.text);
    return m;
}

#endif
