/* erase.h - forgetting what people wrote, and who they were. */
#ifndef METERPOST_STORE_ERASE_H
#define METERPOST_STORE_ERASE_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

/* Empty the bodies of at most so many messages that came or went before `before`: who, when
 * and what for stays. *done counts. In the open transaction. */
bool bodies_forget(struct store *s, utc_t before, int at_most, int *done, struct err *e);

struct erased {
    int64_t messages;   /* bodies emptied */
    int64_t audit_rows; /* that tell of the account, and stay */
};

/* Take the person out of a closed account: name, address, protection, notes, phones, what
 * was agreed to by them, complaints, and the bodies of messages with those phones; messages
 * about another account that has the same phone stay. What stays: bills, payments and the
 * ledger with their numbers, as the law of bookkeeping wants; the audit, of which each row
 * seals the one before it; the readings; and copies of the database until they are thinned
 * out. FAIL_REJECT while it is open. In the open transaction. */
bool account_erase(struct store *s, int64_t account_id, utc_t now, struct erased *out,
                   struct err *e);

#endif
