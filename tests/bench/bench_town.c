#include "bench_town.h"

#include <stdio.h>
#include <string.h>

#define SETTLE 10000 /* accounts to a commit */

static const char tariff_text[] =
    "tariff: bench\nname: B\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
    "decimals: 2\ncomponents:\n"
    "  - {code: fixed, label: Fixed charge, type: fixed, amount: 150}\n"
    "  - {code: energy, label: Energy, type: blocks, blocks: [{upto: 30, rate: \"12.22\"}, "
    "{upto: 100, rate: \"16.30\"}, {rate: \"20.97\"}]}\n"
    "  - {code: vat, label: VAT, type: percent, rate: 16, of: [fixed, energy]}\n";

int
town_use(int i)
{
    return i * 37 % 900;
}

static bool
add_one(struct town *t, int i, struct err *e)
{
    struct account a = {.language = "en", .opened_at = t->start};
    struct contract c = {.tariff = "bench", .valid_from = t->start};
    struct meter m = {.commodity = "electricity", .digits = 6, .since = t->start};
    struct installation at = {.multiplier_milli = MULTIPLIER_ONE, .installed_at = t->start};
    struct reading r = {.obis = "1-0:1.8.0",
                        .unit = "kWh",
                        .value = {(110 + town_use(i)) * 1000},
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

bool
town_settle(struct town *t, const char *path, int accounts, struct err *e)
{
    if (!store_open(path, STORE_WRITE, &t->s, e) || !store_begin(t->s, e))
        return false;
    for (int i = 0; i < accounts; i++) {
        if (!add_one(t, i, e))
            return false;
        /* In pieces: what one transaction changed stays in memory until its end. */
        if (i % SETTLE == SETTLE - 1 && (!store_commit(t->s, e) || !store_begin(t->s, e)))
            return false;
    }
    return store_commit(t->s, e) && store_checkpoint(t->s, e);
}

bool
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

bool
town_bill(struct town *t, int accounts, struct spent *spent, struct err *e)
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
        if (!store_begin(t->s, e) || !billing_run_slice(&b, &job, 1000, TOWN_BATCH, e) ||
            !job_save(t->s, &job, b.now, e) || !store_commit(t->s, e))
            return false;
    }
    spent_end(spent, accounts);
    return strstr(job.result, "\"skipped\":0") != NULL ||
           err_set(e, FAIL_FATAL, "accounts were skipped: %.200s", job.result);
}

void
town_close(struct town *t)
{
    tariff_destroy(t->tariff);
    conf_free(&t->conf);
}
