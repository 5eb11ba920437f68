/* chase_view.h - what messages about debts show, and sending them; for src/billing alone.
 */
#ifndef METERPOST_SRC_BILLING_CHASE_VIEW_H
#define METERPOST_SRC_BILLING_CHASE_VIEW_H

#include "meterpost/billing/chase.h"

#include <jansson.h>

/* {"utility", "account", "name", "amount", "due_on", "cut_on"}; cut_on 0 is none. */
json_t *chase_view(const struct chase *c, const struct account *a, struct money amount,
                   utc_t due_on, utc_t cut_on, const char *language);

/* The first phone of an account; "" when it has none. */
bool chase_phone(const struct chase *c, int64_t account_id, char number[PHONE_MAX],
                 struct err *e);

/* Fill `template` (without ".sms") in a language and queue it; the view is the caller's. */
bool chase_send(const struct chase *c, const struct account *a, const char *language,
                const char *number, const char *template, const json_t *view,
                const char *key, int64_t *outbox, struct err *e);
/* The one in which a template is there, for who wants it in `language`. */
const char *chase_language(const struct chase *c, const char *language,
                           const char *template);

#endif
