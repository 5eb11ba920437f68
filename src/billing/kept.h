/*
 * kept.h - a bill as it was computed, again: its period, its tariffs word for word, and
 * what it set right of bills before it. Private to billing/.
 */
#ifndef BILLING_KEPT_H
#define BILLING_KEPT_H

#include "meterpost/billing/period.h"
#include "meterpost/store/bills.h"

#define TRUE_UPS_MAX   12           /* estimated bills that one bill may set right */
#define TRUE_UP_BEHIND ", true-up " /* the label of a line, before the bill's number */

/* What an estimated bill would have been, had its use been known. */
struct true_up {
    char number[BILL_NUMBER_MAX];
    struct usage_quantity used[USAGE_NAMES_MAX];
    struct quantity ytd_before;
};

struct kept {
    struct period period;
    struct tariff *tariffs[PERIOD_PARTS_MAX]; /* those of period.parts; some may be NULL */
    struct true_up true_ups[TRUE_UPS_MAX];
    int n_true_ups;
};

/* Read what is stored with a bill. Ends with kept_close(). */
bool kept_open(struct store *s, const struct bill *b, struct kept **out, struct err *e);

/* Takes NULL. */
void kept_close(struct kept *k);

/* The whole use among named quantities; 0 without one. */
struct quantity used_total(const struct usage_quantity *list);

/* The same bill with the quantities of a true-up. */
bool kept_revise(const struct kept *k, const struct true_up *u, struct period *out,
                 struct err *e);

/* Append what each code of the bill becomes more or less by a true-up. */
bool true_up_lines(struct store *s, const struct true_up *u, struct quote *out,
                   struct err *e);

/* What a bill was computed from, as text. */
bool period_to_text(const struct period *p, const struct true_up *true_ups, int n,
                    char out[BILL_USAGE_MAX], struct err *e);

/* The reverse; the tariffs of the parts stay NULL. `version_id` is that of a period that
 * was not cut. */
bool period_from_text(const char *text, int64_t version_id, struct kept *out,
                      struct err *e);

/* Pieces of it, shared with usage_from_json(): quote_json.c. */
void usage_put_json(const struct usage *u, json_t *o);
json_t *factors_to_json(const struct usage_factor *factors);
bool factors_from_json(const json_t *object, struct usage *u, struct err *e);

#endif
