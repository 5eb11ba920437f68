/* erase.h - forgetting what people wrote, and who they were. */
#ifndef METERPOST_STORE_ERASE_H
#define METERPOST_STORE_ERASE_H

#include "meterpost/base/clock.h"
#include "meterpost/store/store.h"

/* Empty the bodies of at most so many messages that came or went before `before`: who, when
 * and what for stays. *done counts. In the open transaction. */
bool bodies_forget(struct store *s, utc_t before, int at_most, int *done, struct err *e);

/* Take the person out of a closed account: name, address, notes, phones, and the bodies of
 * messages with those phones. Bills, payments and the ledger keep their numbers, as the law
 * of bookkeeping wants. FAIL_REJECT while it is open. *messages: bodies emptied. */
bool account_erase(struct store *s, int64_t account_id, utc_t now, int64_t *messages,
                   struct err *e);

#endif
