/* posting.h - what the postings of bills and those of money share; for src/billing alone.
 */
#ifndef METERPOST_SRC_BILLING_POSTING_H
#define METERPOST_SRC_BILLING_POSTING_H

#include "meterpost/billing/ledger.h"

/* Move `amount` from the credit to the debit account; a negative one the other way, and
 * nothing for zero. */
bool posting_move(struct store *s, struct ledger_entry *entry, struct money amount,
                  struct err *e);

/* The ledger account of what an account owes. */
bool posting_receivable(struct store *s, const struct account *a, int64_t *id,
                        struct err *e);

/* The ledger account that money by a channel lies in: "mpesa" is MobileMoney:mpesa. */
bool posting_channel(struct store *s, const char *channel, int64_t *id, struct err *e);

#endif
