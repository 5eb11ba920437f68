/* views.h - the members of views that several answers have; for src/talk alone. All set
 * members of `one`, which stays the caller's; `language` is that of the template. */
#ifndef METERPOST_SRC_TALK_VIEWS_H
#define METERPOST_SRC_TALK_VIEWS_H

#include "meterpost/store/registry.h"
#include "meterpost/talk/desk.h"

/* balance_due, credit, to_pay, overdue, due_on: what an account owes, and until when. */
bool view_balance(struct desk *d, const struct account *a, const char *language,
                  json_t *one, struct err *e);

/* reading: the last one of the account's first meter, or null. */
bool view_last_reading(struct desk *d, const struct account *a, const char *language,
                       json_t *one, struct err *e);

#endif
