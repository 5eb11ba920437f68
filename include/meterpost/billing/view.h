/*
 * view.h - a bill as JSON: for templates, and for the command line. Only reads.
 */
#ifndef METERPOST_BILLING_VIEW_H
#define METERPOST_BILLING_VIEW_H

#include "meterpost/base/conf.h"
#include "meterpost/render/template.h"
#include "meterpost/store/store.h"

#include <jansson.h>

#define BILL_HISTORY_MONTHS 12

/* All that a template can show of a bill, in a language that templates are written in: the
 * fields of the view `bill` in templates/README.md. The caller owns it. NULL with *e when
 * there is no bill of that number. */
json_t *billing_view_bill(struct store *s, const struct conf *conf, const char *number,
                          const char *language, struct err *e);

/* A bill as text, for its account: `kind` is "sms", "txt" or "html". `language` NULL or "":
 * the account's own. *text is new and freed by the caller. */
bool billing_render_bill(struct store *s, const struct conf *conf,
                         const struct templates *templates, const char *number,
                         const char *kind, const char *language, char **text,
                         struct err *e);

/* What an account's newest bill comes from, for the two texts that answer WHY: `why.sms`
 * tells the readings, `why-lines.sms` the prices and the balance. It is the view `bill`
 * with `why`: {"readings", "dates": are theirs told, "more": "number of others" or null,
 * "lines", "rest": "number of others" or null, "rest_amount", "balance_before" and
 * "payments": null where there is none}, of which so few are told that each text is one
 * message. *out is NULL without failure when there is no bill. */
bool billing_view_why(struct store *s, const struct conf *conf,
                      const struct templates *templates, int64_t account_id,
                      const char *language, json_t **out, struct err *e);

/* The row of `bill show`: that of the list "bills" with its lines, as interfaces.md has it,
 * and by what its total was rounded, null where it was not.
 * NULL with *e when there is no bill of that number. */
json_t *billing_json_bill(struct store *s, int decimals, const char *number, struct err *e);

#endif
