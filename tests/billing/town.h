/* town.h - a store in a temporary folder with a few people in it, for tests. */
#ifndef TESTS_BILLING_TOWN_H
#define TESTS_BILLING_TOWN_H

#include "meterpost/billing/payment.h"
#include "meterpost/billing/run.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/readings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char town_dir[] = "/tmp/meterpost-town-XXXXXX";
static char town_path[64];
static struct store *s;
static struct conf conf;
static struct tariff_set tariffs;
static struct billing b;
static struct err e;
static bool found;

#define POWER                                                                              \
    "tariff: power\nname: Power\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"       \
    "decimals: 2\ncomponents:\n"                                                           \
    "  - {code: fixed, label: Fixed, type: fixed, amount: 100}\n"                          \
    "  - {code: energy, label: Energy, type: blocks, blocks: [{upto: 30, rate: 10}, "      \
    "{rate: 20}]}\n"                                                                       \
    "  - {code: vat, label: VAT, type: percent, rate: 16, of: [fixed, energy]}\n"

static void __attribute__((unused)) town_tariff(const char *text)
{
    struct problems p = {0};
    struct tariff *t = tariff_open_text("t", text, strlen(text), &p);

    cr_assert_not_null(t, "%s", p.count > 0 ? p.at[0].text : "");
    tariffs.list = realloc(tariffs.list, (tariffs.count + 1) * sizeof(*tariffs.list));
    tariffs.list[tariffs.count++] = t;
}

static inline utc_t
at(const char *text)
{
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

static inline void
town_make(void)
{
    cr_assert_not_null(mkdtemp(town_dir));
    snprintf(town_path, sizeof(town_path), "%s/t.db", town_dir);
    cr_assert(clock_zone_set("Africa/Nairobi", &e), "%s", e.text);
    cr_assert(store_open(town_path, STORE_WRITE, &s, &e), "%s", e.text);
    cr_assert(store_begin(s, &e), "%s", e.text);
    strcpy(conf.utility.name, "Kibo");
    strcpy(conf.utility.currency, "KES");
    strcpy(conf.billing.number_format, "{year}-{seq:06}");
    strcpy(conf.billing.credit_format, "C{year}-{seq:06}");
    conf.decimals = 2;
    conf.reading.freeze_day = 1;
    conf.billing.due_days = 14;
    conf.billing.min_days = 5;
    town_tariff(POWER);
    b = (struct billing){
        .store = s, .conf = &conf, .tariffs = &tariffs, .now = at("2026-11-01T08:00")};
}

static inline void
town_remove(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char file[80];

    tariff_set_free(&tariffs);
    store_close(s);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof(file), "%s%s", town_path, ends[i]);
        unlink(file);
    }
    rmdir(town_dir);
}

static inline int64_t
add_account(const char *number, const char *tariff)
{
    struct account a = {.language = "en", .opened_at = at("2026-01-01")};
    struct contract c = {.valid_from = at("2026-01-01")};
    int64_t id;

    snprintf(a.account, sizeof(a.account), "%s", number);
    snprintf(a.name, sizeof(a.name), "Person %s", number);
    cr_assert(account_add(s, &a, &id, &e), "%s", e.text);
    snprintf(c.tariff, sizeof(c.tariff), "%s", tariff);
    if (tariff[0] != '\0')
        cr_assert(contract_add(s, id, &c, &e), "%s", e.text);
    return id;
}

static inline int64_t
add_meter(const char *serial, int64_t account, const char *installed, int64_t initial,
          int64_t multiplier)
{
    struct meter m = {.commodity = "electricity", .digits = 5, .decimals = 1, .since = 1};
    struct installation i = {.account_id = account,
                             .multiplier_milli = multiplier * 1000,
                             .installed_at = at(installed),
                             .initial = {initial * 1000}};
    int64_t id;

    snprintf(m.meter, sizeof(m.meter), "%s", serial);
    cr_assert(meter_add(s, &m, &i.meter_id, &e), "%s", e.text);
    cr_assert(installation_add(s, &i, &id, &e), "%s", e.text);
    return i.meter_id;
}

static inline int64_t
add_reading_of(int64_t meter, const char *obis, const char *when, int64_t milli,
               char quality, const char *flags)
{
    struct reading r = {.meter_id = meter,
                        .value = {milli},
                        .taken_at = at(when),
                        .received_at = at(when),
                        .quality = quality,
                        .source = quality == 'A' ? SOURCE_SMS : SOURCE_ESTIMATE,
                        .status = READING_ACCEPTED};
    int64_t id;

    strcpy(r.obis, obis);
    strcpy(r.unit, "kWh");
    strcpy(r.actor, "test");
    strcpy(r.flags, flags);
    cr_assert(reading_add(s, &r, &id, &e), "%s", e.text);
    return id;
}

static inline int64_t
add_reading(int64_t meter, const char *when, int64_t milli)
{
    return add_reading_of(meter, "1-0:1.8.0", when, milli, 'A', "");
}

/* Run a whole month and give its result, which the caller frees. */
static inline json_t *
run_month(const char *month)
{
    static struct job job;
    json_t *result;
    int64_t id;

    cr_assert(billing_run_start(&b, month, NULL, "test", &id, &e), "%s", e.text);
    cr_assert(job_get(s, id, &job, &found, &e) && found);
    while (job.state == JOB_RUNNING) {
        job.careful = true;
        cr_assert(billing_run_slice(&b, &job, 50, 0, &e), "%s", e.text);
        cr_assert(job_save(s, &job, b.now, &e), "%s", e.text);
    }
    cr_assert_eq(job.state, JOB_DONE);
    result = json_loads(job.result, 0, NULL);
    cr_assert_not_null(result);
    return result;
}

static inline long
count_of(const json_t *result, const char *key)
{
    return (long)json_integer_value(json_object_get(result, key));
}

static inline int64_t
balance_of(int64_t account)
{
    struct money m;

    cr_assert(account_balance(s, account, &m, &e), "%s", e.text);
    return m.minor;
}

static inline void
expect_ledger_agrees(void)
{
    int64_t entries;

    cr_expect(ledger_verify(s, &entries, &e), "%s", e.text);
}

#endif
