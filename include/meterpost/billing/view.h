/*
 * view.h - a bill as JSON: for templates, and for the command line. Only reads.
 */
#ifndef METERPOST_BILLING_VIEW_H
#define METERPOST_BILLING_VIEW_H

#include "meterpost/base/conf.h"
#include "meterpost/store/store.h"

#include <jansson.h>

#define BILL_HISTORY_MONTHS 12

/* All that a template can show of a bill. NULL with *e when there is no bill of that
 * number.
 *
 *   utility          {name, phone, address, pay_code}
 *   bill, account, name, address, language, currency, month ("2026-11")
 *   tariff, commodity, unit
 *   period_from, period_to, issued_at, due_at     days: "2026-11-22"
 *   days             of the period
 *   basis            A, E or MIXED;  estimated: true unless A
 *   usage            of the whole period, in `unit`
 *   readings         [{meter, register, unit, from, from_at, from_quality, from_estimated,
 *                    to, to_at, to_quality, to_estimated, multiplier, multiplied, usage}]
 *   lines            [{code, label, qty, rate, amount}]; qty and rate may be null
 *   total, rounding, balance_before, balance_due, in_credit
 *   payments         [{date, amount, channel, reference}] since the bill before
 *   history          [{month, usage, total}], oldest first, this bill last
 *   kind             bill or credit;  corrects: the number of that bill, or null
 *
 * Money is printed as people read it ("1,425.00"), quantities and rates without trailing
 * zeros. */
json_t *billing_view_bill(struct store *s, const struct conf *conf, const char *number,
                          struct err *e);

/* The row of `bill show`: that of the list "bills" with its lines, as interfaces.md has it.
 * NULL with *e when there is no bill of that number. */
json_t *billing_json_bill(struct store *s, int decimals, const char *number, struct err *e);

#endif
