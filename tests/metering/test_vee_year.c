/*
 * A year of a village of 300 meters, read every day: rollover, exchanges, stuck, swapped
 * and reversed meters, clocks that drift, misreadings, and estimates that prove too high.
 * Every fault must be found by the rule that is for it, healthy meters must be left alone,
 * and every month must close. METERPOST_SEED makes another village.
 */
#include "village.h"

#include "meterpost/metering/check.h"
#include "meterpost/metering/estimate.h"
#include "meterpost/metering/hold.h"
#include "meterpost/metering/loss.h"
#include "meterpost/metering/reading.h"
#include "meterpost/store/readings.h"

#include <inttypes.h>

#define METERS 300
#define GROUPS 3
#define DAYS   365
#define START  1767225600 /* 2026-01-01T00:00:00Z */
#define KWH    "1-0:1.8.0"
#define END    100000000 /* five digits */

enum fault {
    HEALTHY,
    ROLLS,
    EXCHANGED,      /* and nobody said so */
    EXCHANGED_TOLD, /* and entered at once */
    STUCK,
    SWAPPED, /* with the next one */
    REVERSED,
    DRIFTS,  /* its clock */
    AHEAD,   /* its clock, by days */
    SILENT,  /* while nobody is at home: the estimates are too high */
    IN_WH,   /* once */
    MISREAD, /* once */
    FAULTS
};

static const struct {
    const char *what, *rule;
    int meters;
    bool held; /* the rule holds it; else it leaves a flag */
} faults[FAULTS] = {
    [HEALTHY] = {"healthy", NULL, 0, false},
    [ROLLS] = {"passes its end", "rollover", 8, false},
    [EXCHANGED] = {"exchanged", "exchanged", 6, true},
    [EXCHANGED_TOLD] = {"exchanged, and told", NULL, 6, false},
    [STUCK] = {"stuck", "stuck", 6, false},
    [SWAPPED] = {"swapped", "swapped", 6, true},
    [REVERSED] = {"counts backwards", "reversed", 6, true},
    [DRIFTS] = {"clock off by hours", "clock", 6, false},
    [AHEAD] = {"clock ahead by days", "future", 4, true},
    [SILENT] = {"estimated too high", "overestimated", 6, false},
    [IN_WH] = {"sent in Wh", "scale", 4, true},
    [MISREAD] = {"misread", "very-high", 6, true},
};

static struct sim {
    struct meter meter;
    enum fault fault;
    int day;             /* that the fault begins */
    struct sim *partner; /* swapped with */
    int64_t value, base; /* thousandths; use a day */
    bool found, repaired;
    int readings, held;
} sims[METERS];

static int64_t fed[GROUPS], check_value[GROUPS];
static struct meter check_meters[GROUPS];
static uint32_t seed = 20260101;
static int months_closed, estimates_made, decided;

static uint32_t
dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* ---- the village ---- */

static void
name_faults(void)
{
    int at = 20;

    for (int f = 1; f < FAULTS; f++) {
        for (int i = 0; i < faults[f].meters; i++, at++) {
            sims[at].fault = (enum fault)f;
            sims[at].day = 130 + 7 * i + 3 * f;
        }
        for (int i = 0; f == SWAPPED && i < faults[f].meters / 2; i++) { /* of one group */
            struct sim *x = &sims[at - faults[f].meters + i], *y = x + GROUPS;

            y->day = x->day;
            x->partner = y;
            y->partner = x;
        }
    }
}

static int64_t
add_device(const char *name, int group, bool is_check, int64_t account_id, int64_t initial)
{
    struct meter m = {.decimals = DECIMALS_UNKNOWN,
                      .digits = is_check ? 8 : 5,
                      .group_id = group + 1,
                      .is_check_meter = is_check,
                      .since = START};
    struct installation at = {.account_id = account_id,
                              .multiplier_milli = MULTIPLIER_ONE,
                              .installed_at = START,
                              .initial = {initial}};
    int64_t id, at_id;

    text_copy(m.meter, sizeof(m.meter), name);
    text_copy(m.commodity, sizeof(m.commodity), "electricity");
    cr_assert(meter_add(s, &m, &id, &e), "%s", e.text);
    at.meter_id = id;
    if (!is_check)
        cr_assert(installation_add(s, &at, &at_id, &e), "%s", e.text);
    return id;
}

static void
build_village(void)
{
    char name[24];
    int64_t id;

    name_faults();
    for (int g = 0; g < GROUPS; g++) {
        struct group group = {.kind = "transformer"};

        snprintf(group.code, sizeof(group.code), "T%d", g + 1);
        text_copy(group.name, sizeof(group.name), group.code);
        cr_assert(group_add(s, &group, &id, &e), "%s", e.text);
        snprintf(name, sizeof(name), "C%d", g + 1);
        add_device(name, g, true, 0, 0);
        check_meters[g] = meter(name);
    }
    for (int i = 0; i < METERS; i++) {
        struct account a = {.language = "en", .opened_at = START};
        struct contract c = {.tariff = "domestic", .valid_from = START};

        snprintf(a.account, sizeof(a.account), "%d", 1000 + i);
        text_copy(a.name, sizeof(a.name), a.account);
        cr_assert(account_add(s, &a, &id, &e), "%s", e.text);
        cr_assert(contract_add(s, id, &c, &e), "%s", e.text);
        sims[i].base = 3000 + (int64_t)dice(15000);
        sims[i].value = sims[i].fault == ROLLS ? END - sims[i].base * (150 + (int)dice(90))
                                               : 1000000 + (int64_t)dice(80000) * 1000;
        snprintf(name, sizeof(name), "M%03d", i);
        add_device(name, i % GROUPS, false, id, sims[i].value);
        sims[i].meter = meter(name);
    }
}

/* ---- a day ---- */

/* Percent of the year's mean by month: summers are hot. */
static const int seasons[12] = {115, 112, 105, 95, 88, 85, 86, 90, 97, 105, 110, 116};

static int64_t
use_of_day(const struct sim *x, int day)
{
    struct tm tm;
    int64_t percent;

    clock_local(START + (utc_t)day * DAY_S, &tm);
    percent = seasons[tm.tm_mon] * (60 + (int64_t)dice(80)) / 100;
    if (dice(100) == 0)
        percent = percent * 5 / 2; /* guests, washing, a feast */
    if (x->fault == SILENT && day >= x->day && day < x->day + 70)
        return 0;
    return x->base * percent / 100;
}

static bool
is_faulty(const struct sim *x, int day)
{
    return x->fault != HEALTHY && day >= x->day && !x->repaired;
}

/* What happens to the meter itself. */
static void
live_day(struct sim *x, int day)
{
    int64_t use = use_of_day(x, day);

    fed[(x - sims) % GROUPS] += use;
    if ((x->fault == EXCHANGED || x->fault == EXCHANGED_TOLD) && day == x->day)
        x->value = 0;
    if (x->fault == REVERSED && is_faulty(x, day))
        use = -use;
    if (x->fault == STUCK && is_faulty(x, day))
        use = 0;
    x->value = (x->value + use) % END;
}

/* What it says: the value, and by its clock when. */
static int64_t
said_value(const struct sim *x, int day)
{
    if (x->fault == SWAPPED && is_faulty(x, day))
        return x->partner->value;
    if (x->fault == IN_WH && day == x->day)
        return x->value * 1000;
    if (x->fault == MISREAD && day == x->day)
        return x->value + 90 * x->base;
    return x->value;
}

static bool
is_silent(const struct sim *x, int day)
{
    return x->fault == SILENT && day >= x->day && day < x->day + 70;
}

static utc_t
clock_of(const struct sim *x, int day)
{
    utc_t at = START + (utc_t)day * DAY_S;

    if (x->fault == DRIFTS && is_faulty(x, day))
        return at - 2 * HOUR_S;
    return x->fault == AHEAD && is_faulty(x, day) ? at + 3 * DAY_S : at;
}

/* The new device, as the operator enters it. */
static void
enter_exchange(struct sim *x, utc_t at)
{
    struct installation new = x->meter.at;
    struct reading last;
    bool found;
    int64_t id;

    cr_assert(reading_until(s, x->meter.id, KWH, at, &last, &found, &e) && found);
    cr_assert(installation_close(s, x->meter.at.id, at, last.value, &e), "%s", e.text);
    new.installed_at = at;
    new.initial.milli = 0;
    cr_assert(installation_add(s, &new, &id, &e), "%s", e.text);
    x->meter = meter(x->meter.meter);
}

/* Somebody goes there. */
static void
repair(struct sim *x, int day)
{
    if (x->fault == EXCHANGED)
        enter_exchange(x, START + (utc_t)day * DAY_S - 6 * HOUR_S);
    if (x->fault == SWAPPED)
        x->partner->repaired = true;
    x->repaired = true;
}

static void
judge(struct sim *x, const struct reading *r, int day)
{
    const char *rule = faults[x->fault].rule;

    x->readings++;
    x->held += r->status != READING_ACCEPTED;
    if (rule == NULL || !check_has_flag(r->flags, rule) ||
        (x->fault != ROLLS && day < x->day))
        return;
    cr_expect(!faults[x->fault].held || r->status == READING_HELD, "%s: %s", x->meter.meter,
              r->flags);
    x->found = true;
    if (faults[x->fault].held && x->fault != IN_WH && x->fault != MISREAD)
        repair(x, day);
}

static void
send_reading(const struct meter *m, int64_t value, utc_t meter_time, int day,
             struct reading *r)
{
    utc_t at = START + (utc_t)day * DAY_S;

    *r = (struct reading){.value = {value / 10 * 10},
                          .taken_at = at,
                          .received_at = at,
                          .quality = QUALITY_ACTUAL,
                          .source = SOURCE_SMS};
    text_copy(r->obis, sizeof(r->obis), KWH);
    text_copy(r->unit, sizeof(r->unit), "kWh");
    text_copy(r->actor, sizeof(r->actor), "meter");
    cr_assert(metering_reading_add(s, &conf, m, meter_time, r, &e), "%s", e.text);
}

/* ---- the month's end ---- */

static void
decide(const json_t *row, utc_t at)
{
    struct decision d = {s, &conf, "amina", "month's end", at};
    const char *proposal = json_string_value(json_object_get(row, "proposal"));
    int64_t id = json_integer_value(json_object_get(row, "id"));
    struct reading out;
    bool found;

    cr_assert(reading_by_id(s, id, &out, &found, &e) && found);
    if (out.status != READING_HELD)
        return; /* a decision before this one released it */
    decided++;
    if (strcmp(proposal, "accept") == 0)
        cr_expect(hold_accept(&d, id, false, &out, &e), "%s", e.text);
    else if (strcmp(proposal, "estimate") != 0 || !hold_estimate(&d, id, &out, &e))
        hold_reject(&d, id, &out, &e);
}

static void
close_month(utc_t at)
{
    json_t *rows = hold_rows(s, &conf, NULL, NULL, 0, &e), *row;
    int missing = 0;
    size_t i;

    cr_assert_not_null(rows, "%s", e.text);
    json_array_foreach (rows, i, row)
        decide(row, at);
    json_decref(rows);
    for (i = 0; i < METERS; i++) {
        struct reading r;
        bool found;

        cr_assert(reading_until(s, sims[i].meter.id, KWH, at, &r, &found, &e));
        if (found && r.taken_at > at - DAY_S)
            continue;
        if (metering_estimate(s, &conf, &sims[i].meter, KWH, at, at, "amina", "", &r, &e))
            estimates_made++;
        else
            missing++;
    }
    cr_expect_eq(missing, 0, "%d meters have no reading: %s", missing, e.text);
    months_closed += missing == 0;
}

static void
live_and_read(int day)
{
    utc_t at = START + (utc_t)day * DAY_S;
    struct reading r;

    for (int i = 0; i < METERS; i++)
        live_day(&sims[i], day);
    for (int i = 0; i < METERS; i++) {
        struct sim *x = &sims[i];

        if (is_silent(x, day))
            continue;
        if (x->fault == EXCHANGED_TOLD && day == x->day)
            enter_exchange(x, at - 6 * HOUR_S);
        send_reading(&x->meter, said_value(x, day), clock_of(x, day), day, &r);
        judge(x, &r, day);
    }
    for (int g = 0; g < GROUPS; g++) { /* six percent stay in the lines */
        check_value[g] += fed[g] * 106 / 100;
        fed[g] = 0;
        send_reading(&check_meters[g], check_value[g], 0, day, &r);
    }
}

/* ---- what came of it ---- */

static void
expect_found(void)
{
    for (int f = 1; f < FAULTS; f++) {
        int found = 0, meters = 0, held = 0;

        for (int i = 0; i < METERS; i++) {
            struct sim *x = &sims[i];

            if (x->fault != (enum fault)f)
                continue;
            meters++;
            held += x->held;
            found += x->found || (x->partner != NULL && x->partner->found);
        }
        printf("%-22s %2d meters, %2d found by %s, %d readings held\n", faults[f].what,
               meters, found, faults[f].rule == NULL ? "nothing" : faults[f].rule, held);
        cr_expect_eq(found, faults[f].rule == NULL ? 0 : meters, "%s: found %d of %d",
                     faults[f].what, found, meters);
    }
}

static void
expect_healthy_left_alone(void)
{
    int readings = 0, held = 0, worst = 0;

    for (int i = 0; i < METERS; i++) {
        if (sims[i].fault != HEALTHY && sims[i].fault != ROLLS &&
            sims[i].fault != EXCHANGED_TOLD)
            continue;
        readings += sims[i].readings;
        held += sims[i].held;
        worst = sims[i].held > worst ? sims[i].held : worst;
        cr_expect_leq(sims[i].held * 100, sims[i].readings * 2, "%s: %d of %d held",
                      sims[i].meter.meter, sims[i].held, sims[i].readings);
    }
    printf("healthy: %d readings, %d held (%d in 10000), at most %d of one meter\n",
           readings, held, held * 10000 / readings, worst);
}

static void
expect_balances(void)
{
    utc_t from, to;
    json_t *rows, *row;
    size_t i;

    cr_assert(loss_period(&conf, "2026-03", START + 300 * DAY_S, &from, &to, &e));
    rows = loss_rows(s, &conf, "transformer", NULL, from, to, &e);
    cr_assert_not_null(rows, "%s", e.text);
    cr_expect_eq(json_array_size(rows), GROUPS);
    json_array_foreach (rows, i, row) {
        cr_expect_str_eq(json_string_value(json_object_get(row, "state")), "green", "%s",
                         json_string_value(json_object_get(row, "cause")));
        printf("loss of %s in March: %s %% (%s to %s), %s %% actual\n",
               json_string_value(json_object_get(row, "group")),
               json_string_value(json_object_get(row, "percent")),
               json_string_value(json_object_get(row, "low")),
               json_string_value(json_object_get(row, "high")),
               json_string_value(json_object_get(row, "coverage")));
    }
    json_decref(rows);
}

static void
begin(void)
{
    struct problems p = {0};
    struct conf shipped = {0};

    if (getenv("METERPOST_SEED") != NULL)
        seed = (uint32_t)strtoul(getenv("METERPOST_SEED"), NULL, 10);
    make_village();
    if (!conf_load(TOP "/conf/meterpost.yaml", &shipped, &p))
        problems_print(&p, stderr);
    problems_free(&p);
    conf.validation = shipped.validation;
    conf.losses = shipped.losses;
    conf.reading.freeze_day = 1;
    conf_free(&shipped);
    build_village();
}

TestSuite(vee_year, .init = begin, .fini = remove_village, .timeout = 300);

Test(vee_year, every_fault_is_found_and_every_month_closes)
{
    struct tm tm;

    for (int day = 1; day <= DAYS; day++) {
        live_and_read(day);
        clock_local(START + (utc_t)day * DAY_S, &tm);
        if (tm.tm_mday == 1)
            close_month(START + (utc_t)day * DAY_S);
    }
    expect_found();
    expect_healthy_left_alone();
    expect_balances();
    printf("%d months closed, %d estimates, %d decisions\n", months_closed, estimates_made,
           decided);
    cr_expect_eq(months_closed, 12);
    cr_expect_gt(estimates_made, 0);
}
