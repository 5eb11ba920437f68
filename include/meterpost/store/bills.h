/*
 * bills.h - issued bills, their lines and the readings they stand on. Insert-only: what is
 * here was issued, and is corrected by a further bill that names it.
 */
#ifndef METERPOST_STORE_BILLS_H
#define METERPOST_STORE_BILLS_H

#include "meterpost/base/amount.h"
#include "meterpost/base/clock.h"
#include "meterpost/store/audit.h"
#include "meterpost/store/readings.h"
#include "meterpost/store/registry.h"

#define BILL_KEY_MAX      80 /* bytes with NUL, as all of these */
#define BILL_NUMBER_MAX   33
#define BILL_SERIES_MAX   17
#define BILL_CODE_MAX     24
#define BILL_LABEL_MAX    128
#define BILL_USAGE_MAX    4096
#define BILL_LINES_MAX    96 /* of one bill */
#define BILL_READINGS_MAX 64 /* of one bill */

enum bill_basis {
    BASIS_ACTUAL,    /* "A": every reading was taken */
    BASIS_ESTIMATED, /* "E": every reading at the end is an estimate */
    BASIS_MIXED,     /* "MIXED" */
};

struct bill {
    int64_t id;
    char key[BILL_KEY_MAX]; /* what it is for; the same twice is refused */
    char number[BILL_NUMBER_MAX];
    char series[BILL_SERIES_MAX];
    int year;
    int64_t seq;
    bool credit; /* takes back the bill corrects_id */
    int64_t account_id;
    utc_t period_from, period_to; /* of its readings */
    utc_t issued_at, due_at;
    utc_t cut_at; /* unpaid, supply may be cut from then; 0: it never is */
    enum bill_basis basis;
    int64_t tariff_version_id;
    char class[WORD_MAX];
    int days;
    char currency[4];
    struct money total, rounding, balance_before;
    char usage[BILL_USAGE_MAX]; /* what the tariff was given, as JSON */
    int64_t corrects_id;        /* 0: none */
    char actor[ACTOR_MAX];
};

struct bill_line {
    char code[BILL_CODE_MAX];
    char label[BILL_LABEL_MAX];
    bool has_qty, has_rate;
    struct quantity qty;
    struct rate rate;
    struct money amount;
};

/* One register from a reading to a reading. */
struct bill_reading {
    int64_t meter_id;
    char obis[OBIS_MAX]; /* which register */
    char unit[UNIT_MAX];
    int64_t from_id, to_id; /* 0: the reading of the installation */
    struct quantity from, to;
    utc_t from_at, to_at;
    char from_quality, to_quality; /* A E S F N */
    int64_t multiplier_milli;
    struct quantity usage;
    bool replaced; /* not stored: its end was put right after it was billed */
};

/* One bar of the use of the last year. */
struct bill_history {
    utc_t period_from, period_to, issued_at;
    struct quantity used;
    struct money total;
    enum bill_basis basis;
};

const char *bill_basis_name(enum bill_basis basis);

/* The next number of a series in a year. Only inside the transaction that uses it: a
 * rollback gives it back, and so there are no gaps. */
bool bill_number_next(struct store *s, const char *series, int year, int64_t *seq,
                      struct err *e);

/* FAIL_REJECT when the key or the number is taken. */
bool bill_add(struct store *s, const struct bill *b, int64_t *id, struct err *e);
/* `line` counts from 1. */
bool bill_line_add(struct store *s, int64_t bill_id, int line, const struct bill_line *l,
                   struct err *e);
bool bill_reading_add(struct store *s, int64_t bill_id, const struct bill_reading *r,
                      struct err *e);

bool bill_by_key(struct store *s, const char *key, struct bill *out, bool *found,
                 struct err *e);
bool bill_by_id(struct store *s, int64_t id, struct bill *out, bool *found, struct err *e);
bool bill_by_number(struct store *s, const char *number, struct bill *out, bool *found,
                    struct err *e);
/* The newest bill of an account; credit notes and what they took back do not count. */
bool bill_newest(struct store *s, int64_t account_id, struct bill *out, bool *found,
                 struct err *e);

/* The newest bill in force whose period ends at `until` or before. */
bool bill_before(struct store *s, int64_t account_id, utc_t until, struct bill *out,
                 bool *found, struct err *e);
/* The credit note that took a bill back. */
bool bill_credit_of(struct store *s, int64_t bill_id, struct bill *out, bool *found,
                    struct err *e);

/* The bill in force with the smallest id above `after` whose period ends in from < t <= to:
 * for work that goes over a month's bills. */
bool bill_next_of_period(struct store *s, utc_t from, utc_t to, int64_t after,
                         struct bill *out, bool *found, struct err *e);

/* How many bills of a month ("2026-10") are in force, and what they come to. */
bool bill_month_total(struct store *s, const char *month, int64_t *bills,
                      struct money *total, struct err *e);

bool bill_lines(struct store *s, int64_t bill_id, struct bill_line out[BILL_LINES_MAX],
                int *n, struct err *e);
bool bill_readings(struct store *s, int64_t bill_id,
                   struct bill_reading out[BILL_READINGS_MAX], int *n, struct err *e);

/* Where the last bill of this account left a register of a meter. */
bool bill_reading_newest(struct store *s, int64_t account_id, int64_t meter_id,
                         const char *obis, struct bill_reading *out, bool *found,
                         struct err *e);

/* The newest bills of an account up to and with bill `id`, oldest first; `obis`
 * says which use. At most `most`. */
bool bill_history(struct store *s, int64_t account_id, int64_t id, const char *obis,
                  struct bill_history *out, int most, int *n, struct err *e);

#endif
