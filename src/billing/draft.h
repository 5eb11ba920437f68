/*
 * draft.h - a bill before it is issued: what was read, used and is asked for. Private to
 * billing/.
 */
#ifndef BILLING_DRAFT_H
#define BILLING_DRAFT_H

#include "kept.h"
#include "meterpost/billing/run.h"

/* Why an account gets no bill. */
enum draft_outcome {
    DRAFT_READY,
    DRAFT_EXISTS,
    DRAFT_NO_CONTRACT,
    DRAFT_NO_TARIFF,
    DRAFT_NO_METER,
    DRAFT_NO_READING,
    DRAFT_TOO_SHORT,
    DRAFT_REFUSED, /* readings or tariff that give no bill */
    DRAFT_OUTCOMES
};

struct draft {
    struct account account;
    struct contract contracts[PERIOD_CONTRACTS_MAX]; /* by time */
    int n_contracts;
    struct contract contract;    /* in the middle of the month */
    const struct tariff *tariff; /* likewise */
    struct bill bill;            /* without number, id and usage until it is issued */
    struct bill_reading readings[BILL_READINGS_MAX];
    int n_readings;
    bool left; /* no meter hangs there any more: this is the last bill */
    struct usage_quantity used[USAGE_NAMES_MAX]; /* by the readings; may be below zero */
    struct period period;
    bool class_decided;                    /* by past use, not by a person */
    struct true_up true_ups[TRUE_UPS_MAX]; /* of estimated bills before this one */
    int n_true_ups;
    struct quote quote;
    char reason[ERR_TEXT_MAX]; /* unless it is ready */
};

/* "no reading", ... */
const char *draft_outcome_name(enum draft_outcome outcome);

/* Work out the bill of d->account. False only when the store fails. */
bool draft_make(const struct billing *b, const struct billing_month *m, struct draft *d,
                enum draft_outcome *outcome, struct err *e);

/* There will be no bill, and why. Always true: it is no failure of the store. */
bool draft_stop(struct draft *d, enum draft_outcome *outcome, enum draft_outcome why,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The step that fills readings and quantities: draft_readings.c. */
bool draft_read_meters(const struct billing *b, const struct billing_month *m,
                       struct draft *d, enum draft_outcome *outcome, struct err *e);

/* The OBIS code of the whole use of a commodity: what "total" is measured on. */
const char *register_of_total(const char *commodity);

/* The quantity that a tariff asks this register for; "" when it does not. */
const char *quantity_of_register(const struct tariff *t, const char *obis);

/* The step that decides the class by past use, and what writes it down: class.c. */
bool draft_decide_class(const struct billing *b, const struct billing_month *m,
                        struct draft *d, enum draft_outcome *outcome, struct err *e);
bool draft_keep_class(const struct billing *b, const struct draft *d, struct err *e);

/* What the account had used, before this bill, of the year in which its first day lies:
 * year.c. */
bool year_before_bill(struct store *s, int64_t account_id, const struct bill *b,
                      utc_t first, struct quantity *out, struct err *e);

/* The dated factors of so many days: draft.c. */
bool factors_of_days(struct store *s, utc_t first, int days,
                     struct period_factor out[PERIOD_FACTORS_MAX], int *n, struct err *e);

/* The step that shares out what estimates had guessed: draft_true_up.c. Without estimates
 * the use is what the readings say. */
bool draft_settle_estimates(const struct billing *b, const struct billing_month *m,
                            struct draft *d, enum draft_outcome *outcome, struct err *e);

/* billing_view_bill() where the bill, its account and its tariff are at hand: view.c. */
json_t *view_bill(struct store *s, const struct conf *conf, const struct bill *b,
                  const struct account *a, const struct tariff *t, const char *language,
                  struct err *e);

#endif
