/*
 * issue.h - a draft becomes a bill. Private to billing/.
 */
#ifndef BILLING_ISSUE_H
#define BILLING_ISSUE_H

#include "draft.h"

/* Keep the tariffs of a ready draft, word for word. `known`: a place for each tariff of the
 * set, and one more; zero at first, it saves the look-ups of the next call. */
bool draft_keep_tariffs(const struct billing *b, struct draft *d, int64_t *known,
                        struct err *e);

/* Number, write and post the bill of a ready draft, and queue its message, in the open
 * transaction; the versions of the tariffs of its parts are kept already. d->bill then has
 * its id and number. *told is true when a message was queued. */
bool draft_issue(const struct billing *b, struct draft *d, const char *actor, bool *told,
                 struct err *e);

#endif
