/*
 * From readings to a bill. A step that finds that there can be no bill writes the reason
 * into the draft and stops; only a failure of the store is a failure.
 */
#include "draft.h"

#include "meterpost/base/text.h"
#include "meterpost/store/ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const outcomes[DRAFT_OUTCOMES] = {
    [DRAFT_READY] = "issued",
    [DRAFT_EXISTS] = "issued before",
    [DRAFT_NO_CONTRACT] = "no contract",
    [DRAFT_NO_TARIFF] = "no tariff",
    [DRAFT_NO_METER] = "no meter",
    [DRAFT_NO_READING] = "no reading",
    [DRAFT_TOO_SHORT] = "too short",
    [DRAFT_REFUSED] = "refused",
};

const char *
draft_outcome_name(enum draft_outcome outcome)
{
    return outcomes[outcome];
}

/* Stop here: always true, because it is no failure of the store. */
bool
draft_stop(struct draft *d, enum draft_outcome *outcome, enum draft_outcome why,
           const char *fmt, ...)
{
    va_list args;

    *outcome = why;
    va_start(args, fmt);
    vsnprintf(d->reason, sizeof(d->reason), fmt, args);
    va_end(args);
    return true;
}

/* ---- contract and tariff ---- */

/* One step of making a draft. *outcome is DRAFT_READY when it begins, and afterwards when
 * the next one shall follow. */
typedef bool draft_step(const struct billing *b, const struct billing_month *m,
                        struct draft *d, enum draft_outcome *outcome, struct err *e);

static bool
find_contract(const struct billing *b, const struct billing_month *m, struct draft *d,
              enum draft_outcome *outcome, struct err *e)
{
    bool found;

    if (!contract_at(b->store, d->account.id, m->middle, &d->contract, &found, e))
        return false;
    /* Somebody who came late in the month. */
    if (!found && !contract_at(b->store, d->account.id, m->end, &d->contract, &found, e))
        return false;
    if (!found)
        return draft_stop(d, outcome, DRAFT_NO_CONTRACT, "it has no tariff in %s",
                          m->month);
    return true;
}

static bool
find_tariff(const struct billing *b, const struct billing_month *m, struct draft *d,
            enum draft_outcome *outcome, struct err *e)
{
    char middle[TIME_TEXT_MAX], end[TIME_TEXT_MAX];

    (void)e;
    clock_date(m->middle, middle);
    clock_date(m->end, end);
    d->tariff = tariff_find(b->tariffs, d->contract.tariff, middle);
    if (d->tariff == NULL)
        d->tariff = tariff_find(b->tariffs, d->contract.tariff, end);
    if (d->tariff == NULL)
        return draft_stop(d, outcome, DRAFT_NO_TARIFF,
                          "no file has tariff '%s' in force on %s", d->contract.tariff,
                          middle);
    if (strcmp(d->tariff->currency, b->conf->utility.currency) != 0 ||
        d->tariff->decimals != b->conf->decimals)
        return draft_stop(
            d, outcome, DRAFT_NO_TARIFF,
            "tariff '%s' bills in %s with %d decimals, the utility in %s with %d",
            d->tariff->id, d->tariff->currency, d->tariff->decimals,
            b->conf->utility.currency, b->conf->decimals);
    return true;
}

/* ---- the period and the sum ---- */

static enum bill_basis
basis_of(const struct draft *d)
{
    int ends = 0, starts = 0;

    for (int i = 0; i < d->n_readings; i++) {
        ends += d->readings[i].to_quality != QUALITY_ACTUAL;
        starts += d->readings[i].from_quality != QUALITY_ACTUAL;
    }
    if (ends == d->n_readings)
        return BASIS_ESTIMATED;
    return ends + starts > 0 ? BASIS_MIXED : BASIS_ACTUAL;
}

static bool
set_period(const struct billing *b, const struct billing_month *m, struct draft *d,
           enum draft_outcome *outcome, struct err *e)
{
    struct bill *bill = &d->bill;

    (void)m;
    (void)e;
    bill->period_from = d->readings[0].from_at;
    bill->period_to = d->readings[0].to_at;
    for (int i = 1; i < d->n_readings; i++) {
        if (d->readings[i].from_at < bill->period_from)
            bill->period_from = d->readings[i].from_at;
        if (d->readings[i].to_at > bill->period_to)
            bill->period_to = d->readings[i].to_at;
    }
    bill->days = (int)((bill->period_to - bill->period_from + DAY_S / 2) / DAY_S);
    if (bill->days < b->conf->billing.min_days || bill->days == 0)
        return draft_stop(
            d, outcome, DRAFT_TOO_SHORT,
            "its period has %d days, less than billing.min_days: it is billed with "
            "the next month",
            bill->days);
    if (bill->days > TARIFF_DAYS_MAX)
        return draft_stop(d, outcome, DRAFT_REFUSED, "its period has %d days", bill->days);
    bill->basis = basis_of(d);
    return true;
}

static bool
set_usage(const struct billing *b, const struct billing_month *m, struct draft *d,
          enum draft_outcome *outcome, struct err *e)
{
    utc_t year;
    struct tm tm;

    (void)outcome;
    clock_local(m->middle, &tm);
    year = clock_from_local(tm.tm_year + 1900, 1, 1, 0, 0, 0);
    d->usage.month = tm.tm_mon + 1;
    d->usage.days = d->bill.days;
    d->usage.months = (d->bill.days * 12 + 182) / 365;
    if (d->usage.months < 1)
        d->usage.months = 1;
    text_copy(d->usage.class_name, sizeof(d->usage.class_name), d->contract.class);
    return bill_usage_since(b->store, d->account.id,
                            register_of_total(d->tariff->commodity), year,
                            &d->usage.ytd_before, e);
}

static bool
set_amounts(const struct billing *b, const struct billing_month *m, struct draft *d,
            enum draft_outcome *outcome, struct err *e)
{
    struct err why;

    (void)m;
    if (!quote_compute(d->tariff, &d->usage, &d->quote, &why) ||
        !usage_to_text(&d->usage, d->bill.usage, &why))
        return draft_stop(d, outcome, DRAFT_REFUSED, "%s", why.text);
    d->bill.total = d->quote.total;
    d->bill.rounding = d->quote.rounding;
    return account_balance(b->store, d->account.id, &d->bill.balance_before, e);
}

static bool
set_key(const struct billing *b, const struct billing_month *m, struct draft *d,
        enum draft_outcome *outcome, struct err *e)
{
    struct bill there;
    bool found;

    d->bill = (struct bill){.account_id = d->account.id};
    d->n_readings = 0;
    memset(&d->usage, 0, sizeof(d->usage));
    d->reason[0] = '\0';
    snprintf(d->bill.key, sizeof(d->bill.key), "%s %s", d->account.account, m->month);
    if (!bill_by_key(b->store, d->bill.key, &there, &found, e))
        return false;
    if (found)
        return draft_stop(d, outcome, DRAFT_EXISTS, "bill %s", there.number);
    return true;
}

bool
draft_make(const struct billing *b, const struct billing_month *m, struct draft *d,
           enum draft_outcome *outcome, struct err *e)
{
    static draft_step *const steps[] = {
        set_key,    find_contract, find_tariff, draft_read_meters,
        set_period, set_usage,     set_amounts,
    };

    *outcome = DRAFT_READY;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && *outcome == DRAFT_READY;
         i++) {
        if (!steps[i](b, m, d, outcome, e))
            return err_in(e, "account %s", d->account.account);
    }
    return true;
}
