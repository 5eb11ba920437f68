/*
 * bench_town.h - accounts to bill: each with a contract, a meter, and a reading at the end
 * of October 2026; the tariff has three blocks and makes bills of five lines.
 */
#ifndef TESTS_BENCH_TOWN_H
#define TESTS_BENCH_TOWN_H

#include "bench.h"
#include "meterpost/base/conf.h"
#include "meterpost/billing/run.h"
#include "meterpost/store/readings.h"

#define TOWN_BATCH 250 /* bills to a commit */

struct town {
    struct store *s;
    struct conf conf;
    struct tariff *tariff;
    struct tariff_set set;
    utc_t start, end;
};

/* The shipped configuration and the tariff; the store is opened by town_settle(). */
bool town_open(struct town *t, struct err *e);
void town_close(struct town *t);

/* A new store of so many accounts, open in t->s. */
bool town_settle(struct town *t, const char *path, int accounts, struct err *e);

/* kWh above 110 that account i uses: no two neighbours owe the same. */
int town_use(int i);

/* Bill October, committed a slice at a time as the engine does. */
bool town_bill(struct town *t, int accounts, struct spent *spent, struct err *e);

#endif
