/*
 * From readings to a bill. A step that finds that there can be no bill writes the reason
 * into the draft and stops; only a failure of the store is a failure.
 */
#include "draft.h"

#include "meterpost/base/text.h"
#include "meterpost/store/factors.h"
#include "meterpost/store/ledger.h"
#include "meterpost/store/prepaid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define YEAR_MONTHS  12
#define REPLACED_MAX 99

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

/* The one in force in the middle of the month, or the first of who came later in it. */
static void
take_contract(const struct billing_month *m, struct draft *d)
{
    int at = 0;

    for (int i = 1; i < d->n_contracts; i++) {
        if (d->contracts[i].valid_from <= m->middle)
            at = i;
    }
    d->contract = d->contracts[at];
}

static bool
find_contract(const struct billing *b, const struct billing_month *m, struct draft *d,
              enum draft_outcome *outcome, struct err *e)
{
    if (!contracts_of_account(b->store, d->account.id, m->end, d->contracts,
                              PERIOD_CONTRACTS_MAX, &d->n_contracts, e))
        return false;
    if (d->n_contracts == 0)
        return draft_stop(d, outcome, DRAFT_NO_CONTRACT, "it has no tariff in %s",
                          m->month);
    take_contract(m, d);
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

/* A tariff of two months is billed when about so much is over; where that is no matter of
 * the tariff, billing.min_days says what is too little. */
static int
days_least(const struct billing *b, const struct draft *d)
{
    int64_t days = d->tariff->normal_days_micro / 1000000;

    return d->tariff->frequency == PERIOD_MONTH ? b->conf->billing.min_days
                                                : (int)(days * 3 / 4);
}

static bool
set_period(const struct billing *b, const struct billing_month *m, struct draft *d,
           enum draft_outcome *outcome, struct err *e)
{
    struct bill *bill = &d->bill;

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
    /* Who has moved out has no next month. */
    if (bill->days == 0 || (bill->days < days_least(b, d) && !d->left && !m->partial))
        return draft_stop(
            d, outcome, DRAFT_TOO_SHORT,
            "its period has %d days, less than %s: it is billed with a later month",
            bill->days,
            d->tariff->frequency == PERIOD_MONTH ? "billing.min_days"
                                                 : "its tariff's period");
    if (bill->days > TARIFF_DAYS_MAX)
        return draft_stop(d, outcome, DRAFT_REFUSED, "its period has %d days", bill->days);
    bill->basis = basis_of(d);
    return true;
}

/* Is it so of any version of any tariff that the account has paid by? */
static bool
any_tariff(const struct billing *b, const struct draft *d,
           bool (*is_so)(const struct tariff *t))
{
    for (size_t i = 0; i < b->tariffs->count; i++) {
        for (int k = 0; k < d->n_contracts; k++) {
            if (strcmp(b->tariffs->list[i]->id, d->contracts[k].tariff) == 0 &&
                is_so(b->tariffs->list[i]))
                return true;
        }
    }
    return false;
}

/* Of the year of the bill; 0 for all twelve. Who came from other books was served since his
 * meter hangs there, not since he was imported. */
static bool
months_served(const struct billing *b, const struct draft *d, const struct tm *year,
              int *months, struct err *e)
{
    struct installation list[ACCOUNT_METERS];
    utc_t since = d->account.opened_at;
    struct tm tm;
    size_t n;

    if (!installations_of_account(b->store, d->account.id, 0, d->bill.period_to, list, &n,
                                  e))
        return false;
    if (n > 0 && list[0].installed_at < since)
        since = list[0].installed_at;
    clock_local(since, &tm);
    *months = tm.tm_year == year->tm_year ? YEAR_MONTHS - tm.tm_mon : 0;
    return true;
}

static bool
set_usage(const struct billing *b, const struct billing_month *m, struct draft *d,
          enum draft_outcome *outcome, struct err *e)
{
    struct usage *u = &d->period.usage;
    struct tm tm;

    (void)outcome;
    d->period.first = clock_day_start(d->bill.period_from + DAY_S / 2, 0);
    clock_local(m->middle, &tm);
    u->month = tm.tm_mon + 1;
    u->days = d->bill.days;
    u->months = (d->bill.days * 12 + 182) / 365;
    if (u->months < 1)
        u->months = 1;
    if (!any_tariff(b, d, tariff_counts_year))
        return true;
    /* A period that crosses the year's end counts on from the year in which it began. */
    clock_local(d->period.first, &tm);
    return months_served(b, d, &tm, &u->year_months, e) &&
           year_before_bill(b->store, d->account.id, &d->bill, d->period.first,
                            &u->ytd_before, e);
}

bool
factors_of_days(struct store *s, utc_t first, int days,
                struct period_factor out[PERIOD_FACTORS_MAX], int *n, struct err *e)
{
    struct factor list[PERIOD_FACTORS_MAX];

    if (!factors_between(s, first, clock_day_start(first, days), list, PERIOD_FACTORS_MAX,
                         n, e))
        return false;
    for (int i = 0; i < *n; i++) {
        out[i] = (struct period_factor){.valid_from = list[i].valid_from,
                                        .factor = {.value = list[i].value}};
        text_copy(out[i].factor.name, sizeof(out[i].factor.name), list[i].name);
    }
    return true;
}

/* Cut the period where something changes in it. */
static bool
set_parts(const struct billing *b, const struct billing_month *m, struct draft *d,
          enum draft_outcome *outcome, struct err *e)
{
    struct period_contract contracts[PERIOD_CONTRACTS_MAX];
    struct period_factor factors[PERIOD_FACTORS_MAX];
    struct period_facts facts = {.tariffs = b->tariffs,
                                 .contracts = contracts,
                                 .n_contracts = d->n_contracts,
                                 .factors = factors,
                                 .month = d->period.usage.month};
    struct err why;

    (void)m;
    for (int i = 0; i < d->n_contracts; i++) {
        contracts[i].valid_from = d->contracts[i].valid_from;
        text_copy(contracts[i].tariff, sizeof(contracts[i].tariff), d->contracts[i].tariff);
        text_copy(contracts[i].class_name, sizeof(contracts[i].class_name),
                  d->contracts[i].class);
    }
    if (any_tariff(b, d, tariff_asks_factors) &&
        !factors_of_days(b->store, d->period.first, d->bill.days, factors, &facts.n_factors,
                         e))
        return false;
    if (!period_cut(&d->period, &facts, &why))
        return draft_stop(d, outcome, DRAFT_NO_TARIFF, "%s", why.text);
    text_copy(d->bill.class, sizeof(d->bill.class),
              d->period.parts[d->period.n_parts - 1].class_name);
    return true;
}

/* What a prepaid account was charged is given back when the bill comes. */
static bool
balance_before(struct store *s, struct bill *bill, struct err *e)
{
    struct prepaid p;
    struct money charged = {0};
    bool found;

    if (!account_balance(s, bill->account_id, &bill->balance_before, e) ||
        !prepaid_get(s, bill->account_id, &p, &found, e) ||
        (found && !prepaid_charged(s, bill->account_id, &charged, e)))
        return false;
    return money_add(&bill->balance_before, (struct money){-charged.minor}, e);
}

/* Has the tariff anything to ask of this class in this season? A percent of nothing is
 * nothing. */
static bool
asks_something(const struct period_part *part)
{
    for (int i = 0; i < part->tariff->n_components; i++) {
        const struct component *c = &part->tariff->components[i];
        const struct tariff_when *w = &c->when;

        if (c->type != COMPONENT_PERCENT &&
            (w->class_name[0] == '\0' || strcmp(w->class_name, part->class_name) == 0) &&
            (w->months == 0 || (w->months >> part->month & 1) != 0))
            return true;
    }
    return false;
}

/* A part of the period that the tariff forgot, although something was used. */
static const struct period_part *
part_forgotten(const struct period *p)
{
    for (int i = 0; i < p->n_parts; i++) {
        if (!asks_something(&p->parts[i]) && used_total(p->usage.named).milli > 0)
            return &p->parts[i];
    }
    return NULL;
}

static bool
set_amounts(const struct billing *b, const struct billing_month *m, struct draft *d,
            enum draft_outcome *outcome, struct err *e)
{
    const struct period_part *forgotten;
    struct err why;
    bool ok = period_quote(&d->period, &d->quote, &why);

    (void)m;
    for (int i = 0; ok && i < d->n_true_ups; i++)
        ok = true_up_lines(b->store, &d->true_ups[i], &d->quote, &why);
    if (ok && d->n_true_ups > 0)
        ok = quote_sum(d->period.parts[d->period.n_parts - 1].tariff, &d->quote, &why);
    if (!ok && why.kind == FAIL_RETRY) {
        *e = why;
        return false;
    }
    if (!ok)
        return draft_stop(d, outcome, DRAFT_REFUSED, "%s", why.text);
    forgotten = part_forgotten(&d->period);
    if (forgotten != NULL)
        return draft_stop(d, outcome, DRAFT_REFUSED,
                          "no component of tariff '%s' is for class '%s' in month %d",
                          forgotten->tariff->id, forgotten->class_name, forgotten->month);
    d->bill.total = d->quote.total;
    d->bill.rounding = d->quote.rounding;
    return balance_before(b->store, &d->bill, e);
}

/* What identifies the bill of an account for a month: "1042 2026-10", and "1042 #2 2026-10"
 * where it stands in the place of one that was taken back. */
static bool
find_key(const struct billing *b, const struct billing_month *m, struct draft *d,
         struct bill *there, bool *found, struct err *e)
{
    struct bill credit;
    bool taken_back;

    snprintf(d->bill.key, sizeof(d->bill.key), "%s %s", d->account.account, m->month);
    for (int again = 2; again <= REPLACED_MAX; again++) {
        if (!bill_by_key(b->store, d->bill.key, there, found, e))
            return false;
        if (!*found)
            return true;
        if (!bill_credit_of(b->store, there->id, &credit, &taken_back, e))
            return false;
        if (!taken_back)
            return true;
        d->bill.corrects_id = there->id;
        snprintf(d->bill.key, sizeof(d->bill.key), "%s #%d %s", d->account.account, again,
                 m->month);
    }
    return err_set(e, FAIL_REJECT, "%s was billed and taken back too often", d->bill.key);
}

static bool
set_key(const struct billing *b, const struct billing_month *m, struct draft *d,
        enum draft_outcome *outcome, struct err *e)
{
    struct bill there;
    bool found;

    d->bill = (struct bill){.account_id = d->account.id};
    d->n_readings = 0;
    memset(d->used, 0, sizeof(d->used));
    memset(&d->period.usage, 0, sizeof(d->period.usage));
    d->period.class_months = 0;
    d->reason[0] = '\0';
    if (!find_key(b, m, d, &there, &found, e))
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
        set_key,   find_contract,      find_tariff, draft_read_meters,      set_period,
        set_usage, draft_decide_class, set_parts,   draft_settle_estimates, set_amounts,
    };

    *outcome = DRAFT_READY;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && *outcome == DRAFT_READY;
         i++) {
        if (!steps[i](b, m, d, outcome, e))
            return err_in(e, "account %s", d->account.account);
    }
    return true;
}
